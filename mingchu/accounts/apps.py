from django.apps import AppConfig


class AccountsConfig(AppConfig):
    name = "mingchu.accounts"
    default_auto_field = "django.db.models.BigAutoField"
