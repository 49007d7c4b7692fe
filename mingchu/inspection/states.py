"""How a plan and a batch move between their states, for readers and tests."""

from __future__ import annotations

from django.utils.translation import gettext_lazy as _

from mingchu.base.states import BEGINNING, Move, StateTable
from mingchu.inspection.models import BatchState, PlanState

PLAN = StateTable(
    _("年度抽查计划"),
    dict(PlanState.choices),
    (
        Move("inspection.draft_plan", (BEGINNING,), "draft", "one a year for each office"),
        Move("inspection.submit", ("draft",), "submitted"),
        Move("inspection.send_back", ("submitted",), "draft", "with the reason"),
        Move("inspection.approve", ("submitted",), "approved", "by another person"),
        Move("inspection.file_plan", ("approved",), "filed", "with the next office up"),
        Move("inspection.publish", ("filed",), "published", "from here on it can be drawn by"),
        Move("inspection.withdraw", ("draft", "submitted"), "withdrawn"),
    ),
)
BATCH = StateTable(
    _("抽查批次"),
    dict(BatchState.choices),
    (
        Move("inspection.add_batch", (BEGINNING,), "planned"),
        Move("inspection.check", ("planned", "checked", "opened"), "checked",
             "of an opened one when its draw was thawed"),
        Move("inspection.change_batch", ("checked",), "planned", "with a public reason"),
        Move("inspection.change_batch", ("planned", "checked"), "void", "given up, with a reason"),
        Move("inspection.open_batch", ("checked",), "opened", "lists are frozen in a draw"),
        Move("inspection.hear", ("opened",), "drawn", "chance has spoken"),
        Move("inspection.hear", ("drawn",), "revealed"),
        Move("inspection.hear", ("opened", "drawn"), "planned", "the draw was voided"),
    ),
)  # fmt: skip
