"""What a list's address asks: the rows that are wanted and the boxes as they stand filled.

The boxes are checked and drawn once for what stands in them: nearly everybody asks the same few
things of them, and they take longer than the page's rows. The search box is each reader's own.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, replace
from functools import lru_cache

from django.core.exceptions import ValidationError
from django.utils.safestring import SafeString
from django.utils.translation import get_language

from mingchu.accounts.domain import Actor
from mingchu.accounts.queries import NOBODY
from mingchu.kit.drawn import drawn
from mingchu.registry import queries
from mingchu.registry.forms import FindForm, OfficerFindForm
from mingchu.registry.queries import AreaRow, Wanted

Filled = tuple[tuple[str, str], ...]
FORMS_KEPT = 500


@dataclass(frozen=True)
class Question:
    """`boxes` is the drawn form but for its search box, which says `q`; `fault` is about that."""

    wanted: Wanted
    boxes: SafeString
    q: str
    fault: str = ""
    areas: tuple[AreaRow, ...] = ()


def question(said: Mapping[str, str], actor: Actor) -> Question:
    """What an officer's address asks, as far as it makes sense."""
    areas = queries.areas(actor.scopes_for("registry.read"), station=said.get("station", ""))
    wanted, boxes = _officers(get_language() or "", areas, _filled(OfficerFindForm, said))
    return replace(_with_words(said, wanted, boxes), areas=areas)


def public_question(said: Mapping[str, str]) -> Question:
    """The same of anybody's."""
    wanted, boxes = _public(get_language() or "", _filled(FindForm, said))
    return _with_words(said, wanted, boxes)


def _filled(form: type[FindForm], said: Mapping[str, str]) -> Filled:
    names = form.base_fields
    return tuple((name, said[name]) for name in names if name != "q" and said.get(name))


def _with_words(said: Mapping[str, str], wanted: Wanted, boxes: SafeString) -> Question:
    typed = said.get("q", "")
    try:
        q = FindForm.base_fields["q"].clean(typed)
    except ValidationError as error:
        return Question(wanted, boxes, typed, " ".join(error.messages))
    return Question(replace(wanted, q=q), boxes, q)


@lru_cache(FORMS_KEPT)
def _officers(
    _language: str, areas: tuple[AreaRow, ...], filled: Filled
) -> tuple[Wanted, SafeString]:
    form = OfficerFindForm(dict(filled), actor=NOBODY, areas=areas)
    return form.wanted, drawn("registry/_filters.html", {"form": form})


@lru_cache(FORMS_KEPT)
def _public(_language: str, filled: Filled) -> tuple[Wanted, SafeString]:
    form = FindForm(dict(filled))
    return form.wanted, drawn("registry/_public_filters.html", {"form": form})
