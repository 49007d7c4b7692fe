"""What a list's address asks: the rows that are wanted and the boxes as they stand filled.

The boxes are checked and drawn once for what stands in them; nearly everybody asks the same few
things of them, and they take longer than the page's rows. The search box is each reader's own.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, replace
from functools import lru_cache

from django.core.exceptions import ValidationError
from django.template.loader import render_to_string
from django.utils.safestring import SafeString
from django.utils.translation import get_language

from mingchu.accounts.domain import Actor
from mingchu.accounts.queries import NOBODY
from mingchu.registry import queries
from mingchu.registry.forms import OfficerFindForm
from mingchu.registry.queries import AreaRow, Wanted

Filled = tuple[tuple[str, str], ...]
BOXES = tuple(name for name in OfficerFindForm.base_fields if name != "q")
FORMS_KEPT = 500


@dataclass(frozen=True)
class Question:
    """`boxes` is the drawn form but for its search box, which says `q`; `fault` is about that."""

    wanted: Wanted
    boxes: SafeString
    areas: tuple[AreaRow, ...]
    q: str
    fault: str = ""


def question(said: Mapping[str, str], actor: Actor) -> Question:
    """What the address asks, as far as it makes sense."""
    areas = queries.areas(actor.scopes_for("registry.read"), station=said.get("station", ""))
    filled = tuple((name, said[name]) for name in BOXES if said.get(name))
    wanted, boxes = _boxes(get_language() or "", areas, filled)
    typed = said.get("q", "")
    try:
        q = OfficerFindForm.base_fields["q"].clean(typed)
    except ValidationError as error:
        return Question(wanted, boxes, areas, typed, " ".join(error.messages))
    return Question(replace(wanted, q=q), boxes, areas, q)


@lru_cache(FORMS_KEPT)
def _boxes(_language: str, areas: tuple[AreaRow, ...], filled: Filled) -> tuple[Wanted, SafeString]:
    form = OfficerFindForm(dict(filled), actor=NOBODY, areas=areas)
    wanted = form.wanted
    return wanted, SafeString(render_to_string("registry/_filters.html", {"form": form}))
