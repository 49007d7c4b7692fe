from django.apps import AppConfig
from django.utils.translation import pgettext_lazy

from mingchu.base.slots import NAVIGATION, NavigationItem


class LedgerConfig(AppConfig):
    name = "mingchu.ledger"
    default_auto_field = "django.db.models.BigAutoField"

    def ready(self) -> None:
        from mingchu.ledger import signs

        signs.hang()
        # Its pages stand in the site, which knows who may see them.
        NAVIGATION.add(
            "ledger.entries",
            NavigationItem(
                pgettext_lazy("menu", "台账"), "ledger:entries", "ledger.read", aside=True
            ),
            order=700,
        )
