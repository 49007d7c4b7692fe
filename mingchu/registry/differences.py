"""Differences between two versions of a file, field by field, in words."""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from typing import Any

from django.utils.translation import gettext as _

from mingchu.registry import history, models
from mingchu.registry.places import district_name
from mingchu.registry.queries import parts
from mingchu.registry.words import FIELD_NAMES

PARTS = ("premises", "licences")
CHOICES: Mapping[str, Any] = {
    "legal_form": models.LegalForm,
    "scale": models.Scale,
    "serves": models.Serves,
    "use": models.Use,
    "code_check": models.Evidence,
    "number_check": models.Evidence,
}
# A word that means another list in a business, a licence and a place.
OF_PART: Mapping[tuple[str, str], Any] = {
    ("", "kind"): models.Kind,
    ("", "state"): models.State,
    ("licences", "kind"): models.LicenceKind,
    ("licences", "state"): models.LicenceState,
}
BUSINESSES = ("head_id", "landlord_id", "merged_into_id")


@dataclass(frozen=True)
class Difference:
    """One field: which part of the file it belongs to, and its value on both sides."""

    part: str
    label: str
    before: str
    after: str


def differences(before: Mapping[str, Any], after: Mapping[str, Any]) -> list[Difference]:
    """What differs, in the order of the file; a part that came or went is told whole."""
    names = _names((before, after))
    found = []
    for path in history.differing(before, after):
        part, _dot, rest = path.partition(".")
        if rest.endswith("site_id"):  # a joint of the house's own
            continue
        if part in PARTS and rest:
            found += _of_part(part, rest, before, after, names)
        else:
            found.append(_one("", "", path, before.get(path), after.get(path), names))
    return found


def _of_part(
    part: str,
    rest: str,
    before: Mapping[str, Any],
    after: Mapping[str, Any],
    names: Mapping[int, str],
) -> list[Difference]:
    pk, _dot, name = rest.partition(".")
    old, new = before[part].get(pk), after[part].get(pk)
    said = _title(part, new or old)
    if not name:
        label = str(FIELD_NAMES[part])
        gone, there = ("", _("登记")) if old is None else (_("登记"), _("撤销"))
        return [Difference(said, label, gone, there)]
    if name == "places":
        pair = (_places(before, old[name]), _places(after, new[name]))
        return [Difference(said, str(FIELD_NAMES[name]), *pair)]
    return [_one(part, said, name, old.get(name), new.get(name), names)]


def _one(
    part: str, said: str, name: str, old: Any, new: Any, names: Mapping[int, str]
) -> Difference:
    label = str(FIELD_NAMES.get(name, name))
    if part == "premises" and name == "address":
        label = _("地址")
    if part == "licences" and name == "state":
        label = _("证件状态")
    return Difference(
        said, label, value_said(part, name, old, names), value_said(part, name, new, names)
    )


def _title(part: str, one: Mapping[str, Any]) -> str:
    return str(one["number"] if part == "licences" else one["address"] or one["platform"])


def _places(file: Mapping[str, Any], numbers: Iterable[int]) -> str:
    known = file["premises"]
    said = [_title("premises", known[str(pk)]) for pk in numbers if str(pk) in known]
    return _("、").join(said) or _("主要场所")


def value_said(part: str, name: str, value: Any, names: Mapping[int, str]) -> str:
    """A stored value as people read it."""
    if value in (None, "", []):
        return "—"
    if isinstance(value, bool):
        return _("是") if value else _("否")
    if isinstance(value, list):
        return _("、").join(map(str, value))
    if name in BUSINESSES:
        return names.get(value, str(value))
    if name == "district":
        return district_name(value)
    choices = OF_PART.get((part, name)) or CHOICES.get(name)
    if choices is not None and value in choices.values:
        return str(choices(value).label)
    return str(value)


def _names(files: Iterable[Mapping[str, Any]]) -> dict[int, str]:
    """Names of the businesses that files mention by number."""
    numbers = {file.get(name) for file in files for name in BUSINESSES}
    numbers |= {one["landlord_id"] for file in files for one in file["premises"].values()}
    known = parts.named({number for number in numbers if number})
    return {number: one.name for number, one in known.items()}
