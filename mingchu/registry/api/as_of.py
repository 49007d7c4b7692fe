"""A file as it stood on a past day, said as today's is."""

from __future__ import annotations

from collections.abc import Mapping
from datetime import date
from typing import Any

from mingchu.registry import domain, rules
from mingchu.registry.history import Snapshot
from mingchu.registry.queries.past import Dated

PARTS = ("premises", "licences")
# Numbers of other businesses, which the world outside knows by their codes.
OTHERS = {"head_id": "head", "landlord_id": "landlord", "merged_into_id": "merged_into"}
# Words of the tables that the API has shorter.
SHORTER = {"is_main": "main"}
JOINTS = {"site_id", "code_check", "code_evidence", "number_check", "number_evidence"}


def file_said(file: Snapshot) -> Snapshot:
    """A kept file in the words of the API, its parts by their ids."""
    return {
        **_part({name: value for name, value in file.items() if name not in PARTS}),
        **{name: {pk: _part(one) for pk, one in file[name].items()} for name in PARTS},
    }


def _part(one: Mapping[str, Any]) -> Snapshot:
    return {
        OTHERS.get(name) or SHORTER.get(name, name): (
            domain.public_id(value) if name in OTHERS and value else value
        )
        for name, value in one.items()
        if name not in JOINTS
    }


def said_of_day(dated: Dated) -> Snapshot:
    """The file at the end of the day: states of licences are those of that day.

    What was not kept of a past day, such as the source of a field, is left out.
    """
    said = file_said(dated.file)
    return {
        "id": dated.business.public_id,
        "on": dated.day,
        **said,
        "premises": [{"id": int(pk), **one} for pk, one in said["premises"].items()],
        "licences": [
            {"id": int(pk), **one, "state": _standing(one, dated.day)}
            for pk, one in said["licences"].items()
        ],
    }


def _standing(one: Mapping[str, Any], day: date) -> str:
    expires = date.fromisoformat(one["expires"]) if one["expires"] else None
    return rules.standing(one["state"], expires, day)
