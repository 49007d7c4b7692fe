"""Reads of imports."""

from __future__ import annotations

from django.db.models import Q, QuerySet

from mingchu.accounts.domain import CITY, Actor, may
from mingchu.kit.models import ImportBatch
from mingchu.kit.sheets.importers import IMPORTERS, Importer

PAGE = 30


def importers_for(actor: Actor) -> list[Importer]:
    """The lists this actor may import."""
    return [found for found in IMPORTERS if may(actor, found.action)]


def is_personal(found: Importer) -> bool:
    """Whether its files name people that nobody but their sender has to see."""
    return bool(getattr(found, "is_personal", False))


def batches_for(actor: Actor) -> QuerySet[ImportBatch]:
    """One's own imports; those of everybody where one's scope is the whole city, unless the list
    names people."""
    wanted = Q(pk__in=[])
    for found in importers_for(actor):
        mine = Q(importer=found.key)
        if is_personal(found) or CITY not in actor.scopes_for(found.action):
            mine &= Q(user_id=actor.user_id)
        wanted |= mine
    return ImportBatch.objects.filter(wanted).defer("faults", "outcomes").order_by("-pk")


def page_for(actor: Actor, before: int = 0) -> list[ImportBatch]:
    """The newest imports, one page and one more."""
    found = batches_for(actor)
    return list((found.filter(pk__lt=before) if before else found)[: PAGE + 1])


def batch_for(actor: Actor, pk: int) -> ImportBatch | None:
    return batches_for(actor).filter(pk=pk).first()
