from django.apps import AppConfig


class FlowsConfig(AppConfig):
    name = "mingchu.flows"
    default_auto_field = "django.db.models.BigAutoField"

    def ready(self) -> None:
        from mingchu.flows import supervision
        from mingchu.flows.reactions import BATCHES, REACTIONS
        from mingchu.ledger.services import wire

        wire(REACTIONS, BATCHES)
        supervision.wire()
