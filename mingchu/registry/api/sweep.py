"""Sweep 清查 for programs: many that could not be found, marked at once."""

from __future__ import annotations

from datetime import date
from typing import Any

from django.http import Http404, HttpRequest
from django.utils.translation import gettext
from django.utils.translation import gettext_noop as _noop
from ninja import Router

from mingchu.accounts.access import actor_of, api_auth, requires
from mingchu.base.errors import Refusal
from mingchu.kit.bodies import described, read
from mingchu.registry import domain, queries, services
from mingchu.registry.api.acting import WRITE, Digests, Exact, sent
from mingchu.registry.api.questions import Question
from mingchu.registry.api.reading import short
from mingchu.registry.models import Business

router = Router(auth=api_auth, tags=["businesses"])


class SweepIn(Exact):
    """Whom: by `ids`, or all that a `question` to the list means. `evidence` is what was seen."""

    ids: list[str] = []
    question: Question | None = None
    since: date
    why: str
    evidence: str
    files: Digests = []


@router.post("/businesses/sweep", operation_id="sweep", openapi_extra=described(SweepIn))
@requires(WRITE)
def sweep(request: HttpRequest) -> dict[str, Any]:
    """Marks them as not to be found; whoever cannot be is left as he is, with the refusal."""
    said = read(request, SweepIn)
    swept = services.sweep_not_found(
        numbers=[one.pk for one in _whom(request, said)],
        since=said.since,
        why=said.why,
        evidence=said.evidence,
        files=sent(request, said.files),
        by=actor_of(request),
    )
    return {
        "done": [short(one) for one in swept.done],
        "left": [_left(one, refusal) for one, refusal in swept.left],
    }


def _whom(request: HttpRequest, said: SweepIn) -> list[Business]:
    """All of them where the caller may write; of ids, each has to be there."""
    if bool(said.ids) == (said.question is not None):
        raise Refusal(
            "ids_or_question",
            _noop("没有说明清查哪些经营者，或同时给出了编号和查询条件"),
            fix=_noop("请在 ids 和 question 里只给一项"),
            status=422,
        )
    scopes = actor_of(request).scopes_for(WRITE)
    if said.question:
        found = queries.matching(scopes, said.question.wanted, people=True)
        return list(found[: services.SWEEP_TOP + 1])
    numbers = {domain.number_of(code) for code in said.ids}
    some = queries.some(scopes, numbers)
    if len(some) != len(numbers):
        raise Http404
    return some


def _left(one: Business, refusal: Refusal) -> dict[str, Any]:
    why, fix = refusal.said(gettext)
    return {**short(one), "code": refusal.code, "why": why, "fix": fix}
