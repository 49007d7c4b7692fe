"""How plans, batches, visits, records and findings move, for readers and tests."""

from __future__ import annotations

from django.utils.translation import gettext_lazy as _

from mingchu.base.states import BEGINNING, Move, StateTable
from mingchu.inspection.models import (
    BatchState,
    FindingState,
    PlanState,
    RecordState,
    VisitState,
)

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
READY = ("approved", "notified")
VISIT = StateTable(
    _("检查任务"),
    dict(VisitState.choices),
    (
        Move("inspection.plan_visit", (BEGINNING,), "planned", "of a draw each task"),
        Move("inspection.approve_visits", ("planned",), "approved", "by another person"),
        Move("inspection.send_back_visit", ("planned", *READY), "planned", "with the reason"),
        Move("inspection.notify_visits", ("approved",), "notified", "but for the unannounced"),
        Move("inspection.receive", ("planned", *READY, "void"), "done",
             "its record counts; of one that nobody approved, or that was called off, a person "
             "decides first"),
        Move("inspection.call_off", ("planned", *READY), "void", "with the reason"),
        Move("inspection.hear", ("planned", *READY), "void", "the draw was voided"),
    ),
)  # fmt: skip
RECORD = StateTable(
    _("检查记录"),
    dict(RecordState.choices),
    (
        Move("inspection.receive", (BEGINNING, "draft"), "draft", "a mirror of an open record"),
        Move("inspection.receive", (BEGINNING, "draft", "held"), "held", "photos are missing"),
        Move("inspection.receive", (BEGINNING, "draft", "held"), "accepted", "whole, no doubts"),
        Move("inspection.receive", (BEGINNING, "draft", "held"), "conflict", "whole, in doubt"),
        Move("inspection.decide", ("conflict",), "accepted", "by another than who wrote it"),
        Move("inspection.decide", ("conflict",), "set_aside", "kept, and counts for nothing"),
    ),
)
FINDING = StateTable(
    _("检查发现的问题"),
    dict(FindingState.choices),
    (
        Move("inspection.receive", (BEGINNING,), "open", "with a day"),
        Move("inspection.receive", (BEGINNING,), "mended", "on the spot"),
        Move("inspection.receive", (BEGINNING,), "case", "it affects food safety"),
        Move("inspection.answer_finding", ("open", "answered"), "answered", "by the business"),
        Move("inspection.return_answer", ("answered",), "open", "with what is missing"),
        Move("inspection.confirm", ("open", "answered"), "mended", "where no recheck is asked"),
        Move("inspection.receive", ("open", "answered"), "mended", "a later record saw it mended"),
        Move("inspection.receive", ("open", "answered"), "again", "the recheck found it again"),
    ),
)
