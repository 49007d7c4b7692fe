"""How businesses stand, and how they are put back to where they stood before a list."""

from __future__ import annotations

import json
from collections.abc import Collection, Mapping, Sequence
from datetime import date
from typing import Any

from django.db import connection

from mingchu.kit.sheets.importers import State
from mingchu.registry import queries, services
from mingchu.registry.domain import Channel
from mingchu.registry.models import Licence, Person
from mingchu.registry.services import Correction, NewLicence
from mingchu.registry.services.many import LISTED
from mingchu.registry.services.storing import listed

# Said in the ledger and in the file of a business; people read it there in Chinese.
TAKEN_BACK = "撤销批量导入"
BESIDE = ("former_names", "sources")
# All that a list may change, and whether anything has come to refer to a business or a person.
STATE = """
    SELECT b.id, jsonb_build_object(
        'name', b.name, 'sign', b.sign, 'kind', b.kind, 'address', b.address, 'phone', b.phone,
        'legal_form', b.legal_form, 'district', b.district, 'station', b.station, 'grid', b.grid,
        'scale', b.scale, 'serves', b.serves, 'diners', b.diners, 'head_id', b.head_id,
        'state', b.state, 'former_names', b.former_names, 'sources', b.sources,
        'merged', b.merged_into_id,
        'licences', (SELECT coalesce(jsonb_object_agg(l.number, jsonb_build_object(
            'kind', l.kind, 'items', l.items, 'issued', l.issued, 'expires', l.expires,
            'state', l.state, 'evidence', l.number_evidence, 'catalogue', l.catalogue,
            'committed', l.committed, 'due', l.follow_up_due)), '{}')
            FROM registry_licence l WHERE l.business_id = b.id),
        'people', (SELECT coalesce(jsonb_object_agg(p.id, jsonb_build_object(
            'phone', p.phone, 'duties', p.duties, 'health_until', p.health_until,
            'until', p.until, 'papers',
            EXISTS (SELECT FROM registry_healthcertificate h WHERE h.person_id = p.id)
            OR EXISTS (SELECT FROM registry_training t WHERE t.person_id = p.id)
            OR EXISTS (SELECT FROM registry_exam e WHERE e.person_id = p.id))), '{}')
            FROM registry_person p WHERE p.business_id = b.id)
    )::text
    FROM registry_business b WHERE b.id = ANY(%s::bigint[])
"""


def current(numbers: Sequence[int]) -> dict[str, State]:
    used = queries.in_use(numbers)
    with connection.cursor() as db:
        db.execute(STATE, [listed(numbers)])
        return {str(pk): {**json.loads(said), "used": pk in used} for pk, said in db}


def restore(states: Mapping[int, State | None]) -> Collection[str]:
    """Whom it could not put back: of what was made, somebody refers to them since."""
    made = [pk for pk, state in states.items() if state is None]
    used = queries.in_use(made)
    services.withdraw_many([pk for pk in made if pk not in used], why=TAKEN_BACK)
    before = {pk: state for pk, state in states.items() if state is not None}
    now = current(list(before))
    _restore_facts(before, now)
    _restore_licences(before, now)
    _restore_people(before, now)
    return [str(pk) for pk in used]


def _restore_facts(before: Mapping[int, State], now: Mapping[str, State]) -> None:
    corrections = []
    for pk, state in before.items():
        changes = {name: state[name] for name in LISTED if state[name] != now[str(pk)][name]}
        if changes:
            beside = {name: state[name] for name in BESIDE}
            corrections.append(Correction(number=pk, changes=changes, beside=beside))
    services.correct_many(corrections, why=TAKEN_BACK, channel=Channel.LIST)


def _restore_licences(before: Mapping[int, State], now: Mapping[str, State]) -> None:
    fresh: list[str] = []
    changed: list[tuple[int, NewLicence]] = []
    for pk, state in before.items():
        for number, said in now[str(pk)]["licences"].items():
            if number not in state["licences"]:
                fresh.append(number)
            elif said != state["licences"][number]:
                changed.append((pk, _licence(number, state["licences"][number])))
    services.withdraw_licences(Licence.objects.filter(number__in=fresh), why=TAKEN_BACK)
    services.grant_licences(changed, channel=Channel.LIST)


def _licence(number: str, state: Mapping[str, Any]) -> NewLicence:
    return NewLicence(
        number=number,
        kind=state["kind"],
        items=tuple(state["items"]),
        issued=date.fromisoformat(state["issued"]),
        expires=_day(state["expires"]),
        endless=state["expires"] is None,
        state=state["state"],
        evidence=state["evidence"],
        catalogue=state["catalogue"],
        committed=state["committed"],
        follow_up_due=_day(state["due"]),
    )


def _day(said: str | None) -> date | None:
    return date.fromisoformat(said) if said else None


def _restore_people(before: Mapping[int, State], now: Mapping[str, State]) -> None:
    fresh: list[int] = []
    changed: dict[int, Mapping[str, Any]] = {}
    for pk, state in before.items():
        for key, said in now[str(pk)]["people"].items():
            if key not in state["people"]:
                fresh.append(int(key))
            elif said != state["people"][key]:
                changed[int(key)] = state["people"][key]
    services.withdraw_people(list(Person.objects.filter(pk__in=fresh)), why=TAKEN_BACK)
    people = Person.objects.filter(pk__in=changed)
    services.correct_people(
        [(person, _person(changed[person.pk])) for person in people],
        why=TAKEN_BACK,
        channel=Channel.LIST,
    )


def _person(state: Mapping[str, Any]) -> dict[str, Any]:
    return {
        "phone": state["phone"],
        "duties": state["duties"],
        "health_until": _day(state["health_until"]),
    }
