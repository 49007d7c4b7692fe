from django.apps import AppConfig


class SiteConfig(AppConfig):
    name = "mingchu.site"
    default_auto_field = "django.db.models.BigAutoField"
