"""What a file looked like 档案历史: its snapshot, without people, and what differs between two.

People stay out: their rows are erased when their time is over, and a snapshot would outlive them.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from datetime import date
from operator import attrgetter
from typing import Any

from django.db.models import Prefetch

from mingchu.ledger.rows import Question, Rows, ask
from mingchu.registry.models import Business, Licence, Premises

Snapshot = dict[str, Any]
PLACES = Prefetch("places", Premises.objects.only("pk"))
_PARTS: dict[str, Rows[Any]] = {
    "premises": Rows(Premises, "WHERE business_id = %s ORDER BY id"),
    "licences": Rows(Licence, "WHERE business_id = %s ORDER BY id"),
}
_NAMED = """
SELECT id, ARRAY(SELECT premises_id FROM registry_licence_places
                  WHERE licence_id = one.id ORDER BY premises_id)
  FROM registry_licence one WHERE business_id = %s
"""
OWN = (
    "name", "sign", "former_names", "code", "code_check", "code_evidence", "legal_form", "kind",
    "scale", "serves", "diners", "head_id", "district", "station", "grid", "address", "phone",
    "state", "state_since", "opened", "closed", "merged_into_id",
)  # fmt: skip
PREMISES = (
    "use", "address", "district", "station", "site_id", "landlord_id", "platform", "hours",
    "is_main", "since", "until",
)  # fmt: skip
LICENCE = (
    "kind", "number", "number_check", "number_evidence", "items", "catalogue", "issued",
    "expires", "state", "committed", "follow_up_due", "followed_up",
)  # fmt: skip


def snapshot(business: Business) -> Snapshot:
    """The file as JSON values: its own fields, premises and licences by their ids."""
    licences = _sorted(business, "licences")
    places = _places(business, licences)
    return {
        **_plain(business, OWN),
        "premises": {str(one.pk): _plain(one, PREMISES) for one in _sorted(business, "premises")},
        "licences": {
            str(one.pk): {**_plain(one, LICENCE), "places": places[one.pk]} for one in licences
        },
    }


def parts(business: Business, name: str) -> list[Any]:
    """Its premises or licences: those asked for beforehand, to which an act adds, else as they
    are."""
    asked = getattr(business, "_prefetched_objects_cache", {}).get(name)
    held: list[Any] | None = asked._result_cache if asked is not None else None
    if held is not None:
        return held
    rows: list[Any] = _PARTS[name](business.pk)
    for row in rows:
        row.business = business
    return rows


def _sorted(business: Business, name: str) -> list[Any]:
    return sorted(parts(business, name), key=attrgetter("pk"))


def _places(business: Business, licences: Sequence[Licence]) -> dict[int, list[int]]:
    """Which premises each names: as asked for beforehand, else asked once for all."""
    asked = {
        one.pk: sorted(place.pk for place in one.places.all())
        for one in licences
        if "places" in getattr(one, "_prefetched_objects_cache", {})
    }
    if len(asked) < len(licences):
        asked = {**dict(ask(_named_asked(business.pk))), **asked}
    return asked


def _named_asked(number: int) -> Question:
    return Question(_NAMED, (number,))


def snapshot_asked(number: int) -> tuple[Question, ...]:
    """What a snapshot of a business asks of which nothing is read yet."""
    return *(rows.asked(number) for rows in _PARTS.values()), _named_asked(number)


def _plain(row: Any, names: tuple[str, ...]) -> Snapshot:
    values = zip(names, attrgetter(*names)(row), strict=True)
    return {name: value.isoformat() if isinstance(value, date) else value for name, value in values}


def differing(before: Mapping[str, Any], after: Mapping[str, Any]) -> list[str]:
    """Names of what changed, `licences.17.expires` for a part of a part.

    >>> differing({"name": "a", "licences": {"1": {"state": "valid"}}},
    ...           {"name": "b", "licences": {"1": {"state": "valid"}, "2": {"state": "valid"}}})
    ['licences.2', 'name']
    """
    found = []
    for name in sorted(before.keys() | after.keys()):
        old, new = before.get(name), after.get(name)
        if old == new:
            continue
        if isinstance(old, dict) and isinstance(new, dict):
            found += [f"{name}.{inner}" for inner in differing(old, new)]
        else:
            found.append(name)
    return found
