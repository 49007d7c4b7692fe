"""Taking back 撤回: facts of a list that was wrong go again, but for what something stands on."""

from __future__ import annotations

from collections.abc import Collection

from django.db import transaction

from mingchu.ledger.services import record_many
from mingchu.registry import domain as registry
from mingchu.registry.queries import any_number
from mingchu.risk import events
from mingchu.risk.models import Grade, Ground, Profile, Visit
from mingchu.risk.services.running import regrade


@transaction.atomic
def take_back(
    model: type[Profile] | type[Visit] | type[Ground], numbers: Collection[int]
) -> list[int]:
    """Facts of a list that was wrong; which stay since a grade or a decision stands on them."""
    rows = model.objects.filter(pk__in=any_number(numbers))
    used = _used(model, numbers)
    going = dict(rows.exclude(pk__in=used).values_list("pk", "business_id"))
    if model is Profile:
        _ungrade(set(going))
    model.objects.filter(pk__in=any_number(going)).delete()
    record_many(
        events.FactTakenBack(
            subject=registry.subject(number),
            business_id=number,
            fact=f"{model._meta.model_name}:{pk}",
        )
        for pk, number in going.items()
    )
    regrade(set(going.values()))
    return sorted(used)


def _used(model: type, numbers: Collection[int]) -> set[int]:
    """Profiles of a grade that is past, and grounds that somebody has decided on."""
    if model is Profile:
        held = Grade.objects.filter(profile__in=any_number(numbers), until__isnull=False)
        return {pk for pk in held.values_list("profile_id", flat=True) if pk}
    if model is Ground:
        decided = Ground.objects.filter(pk__in=any_number(numbers), levels__isnull=False)
        return set(decided.values_list("pk", flat=True))
    return set()


def _ungrade(profiles: Collection[int]) -> None:
    """The present grades on these profiles go: they never held for a day that has passed."""
    rows = Grade.objects.filter(profile__in=any_number(profiles), until__isnull=True)
    rows.update(profile=None)
