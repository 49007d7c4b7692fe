from django.apps import AppConfig


class LedgerConfig(AppConfig):
    name = "mingchu.ledger"
    default_auto_field = "django.db.models.BigAutoField"
