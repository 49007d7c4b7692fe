"""Rehearsing 试算: who would move if a version of a rule of grading were in force; nothing is
written, and nothing is compared but the rule: both sides are reckoned from the facts of today.
"""

from __future__ import annotations

from contextvars import Context
from dataclasses import replace
from typing import Any

from django.urls import reverse
from django.utils.translation import gettext as _

from mingchu.base import clock
from mingchu.kit.rules.rehearsals import Draft, Rehearsal, Row
from mingchu.registry.places import district_name
from mingchu.risk import rules, words
from mingchu.risk.domain.basis import Basis
from mingchu.risk.queries import grades as queries

SHOWN = 200


def rehearse(draft: Draft) -> Rehearsal:
    """The movers by what they are and would be, and the first of them by name."""
    today = clock.today()
    then = _as_of_today(rules.basis(max(today, draft.since)))
    # In a context of its own nothing is supposed.
    now = Context().run(rules.basis, today)
    found = queries.would_move(now, then, SHOWN)
    told = _("；").join(
        _("由%(before)s变为%(after)s的%(n)s户")
        % {
            "before": words.letter_short(before),
            "after": words.letter_short(after),
            "n": f"{n:,}",
        }
        for (before, after), n in found.counts.items()
    )
    return Rehearsal(
        summary=told or _("没有主体的风险等级会变"),
        head=(_("名称"), _("旗县区"), _("现等级"), _("将成为"), _("分值")),
        rows=[
            Row(
                (
                    one.name,
                    district_name(one.district),
                    words.letter_short(one.before),
                    words.letter_short(one.after),
                    f"{one.points_before} → {one.points_after}",
                ),
                reverse("risk:file", args=[one.business]),
            )
            for one in found.rows
        ],
        of=sum(found.counts.values()),
    )


def _as_of_today(basis: Basis) -> Basis:
    """Rules of a later day over the facts of today."""
    here: dict[str, Any] = {**rules.spans(clock.today())}
    return replace(basis, day=clock.today(), **here)
