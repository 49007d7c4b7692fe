"""Choosing a station 监管所 and a grid cell 网格: select boxes of what is named, by district."""

from __future__ import annotations

import re
from collections.abc import Callable, Iterable, Sequence
from functools import lru_cache
from typing import Any

from django import forms
from django.utils.translation import get_language
from django.utils.translation import gettext_lazy as _

from mingchu.accounts.domain import Actor
from mingchu.kit.selects import Box, Offered
from mingchu.registry import queries
from mingchu.registry.models import AreaKind
from mingchu.registry.places import district_name
from mingchu.registry.queries import AreaRow

CODE = re.compile(r"\d{6}[0-9A-Za-z]{1,9}")


class AreaField(Box):
    """A select of areas; a code that came by a list and has no name yet is let through.

    Whether the code fits its district is for the services to say.
    """

    def valid_value(self, value: Any) -> bool:
        return super().valid_value(value) or bool(CODE.fullmatch(str(value)))


Group = tuple[str, list[tuple[str, str]]]


def stations_of(areas: Iterable[AreaRow]) -> list[Group]:
    """Stations under their districts."""
    found: dict[str, list[tuple[str, str]]] = {}
    for one in areas:
        if one.kind == AreaKind.STATION:
            found.setdefault(district_name(one.parent), []).append((one.code, one.name))
    return list(found.items())


def grids_of(areas: Iterable[AreaRow]) -> list[Group]:
    """Grid cells under their stations."""
    areas = list(areas)
    names = {one.code: f"{district_name(one.code[:6])} {one.name}" for one in areas}
    found: dict[str, list[tuple[str, str]]] = {}
    for one in areas:
        if one.kind == AreaKind.GRID:
            found.setdefault(names.get(one.parent, one.parent), []).append((one.code, one.name))
    return list(found.items())


def offer_areas(
    form: forms.Form, areas: tuple[AreaRow, ...], empty: Any, nowhere: tuple[str, Any] | None = None
) -> None:
    """Fills the boxes `station` and `grid`; what is chosen now stays a choice.

    `nowhere` is a choice of its own: what no station has.
    """
    language = get_language() or ""
    for name, groups_of in (("station", stations_of), ("grid", grids_of)):
        if name not in form.fields:
            continue
        offered = _offered(groups_of, areas, str(empty), nowhere, language)
        chosen = str(form[name].value() or "")
        if chosen not in offered.values:
            (none, *groups) = offered.choices
            offered = Offered([none, (chosen, chosen), *groups])
        field = form.fields[name]
        assert isinstance(field, forms.ChoiceField)  # noqa: S101 tells the type checker
        field.choices = offered


def offer_districts(form: forms.Form, offered: Sequence[tuple[str, Any]]) -> None:
    """Fills the box `district`; nothing is chosen for anybody who has a choice.

    A list may have left a file with the whole city: a box that began with a district would move
    it there along with any other correction.
    """
    field = form.fields["district"]
    assert isinstance(field, forms.ChoiceField)  # noqa: S101 tells the type checker
    asks = str(form["district"].value() or "") not in dict(offered) and len(offered) != 1
    field.choices = [("", _("请选择")), *offered] if asks else list(offered)


@lru_cache(64)
def _offered(
    groups_of: Callable[[Iterable[AreaRow]], list[Group]],
    areas: tuple[AreaRow, ...],
    empty: str,
    nowhere: tuple[str, Any] | None,
    _language: str,
) -> Offered:
    return Offered([("", empty), *([nowhere] if nowhere else ()), *groups_of(areas)])


def areas_for(actor: Actor, action: str) -> tuple[AreaRow, ...]:
    """All areas where the actor may do it."""
    return queries.all_areas(actor.scopes_for(action))


UNDECIDED = _("未定")
