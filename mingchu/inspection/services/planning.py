"""Planning 计划: a yearly plan is drafted, approved by somebody else, filed and published; from the
approval on it changes with a reason only."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import date
from typing import Any

from django.db import transaction
from django.utils.translation import gettext_noop as _noop

from mingchu.accounts.domain import Actor
from mingchu.base import clock
from mingchu.base.errors import Refusal
from mingchu.inspection import events, rules
from mingchu.inspection.models import Batch, BatchState, Plan, PlanChange, PlanState
from mingchu.inspection.queries import plans as queries
from mingchu.ledger.services import record
from mingchu.registry.places import DISTRICTS

BATCH_TOP = 200  # of a plan
WORD_TOP = 60
APPROVED = (PlanState.APPROVED, PlanState.FILED, PlanState.PUBLISHED)
OPEN_STATES = (BatchState.PLANNED, BatchState.CHECKED)


@dataclass(frozen=True, kw_only=True)
class NewBatch:
    """What is said of a batch; no districts are all of the plan's."""

    month: date
    matter: str
    districts: Sequence[str] = ()
    campaign: str = ""
    departments: str = ""

    def plain(self) -> dict[str, Any]:
        """As a change keeps it."""
        return {
            "month": self.month.isoformat(),
            "matter": self.matter,
            "districts": sorted(self.districts),
            "campaign": self.campaign,
            "departments": self.departments,
        }


def said(batch: Batch) -> NewBatch:
    """A batch as it stands."""
    return NewBatch(
        month=batch.month,
        matter=batch.matter,
        districts=tuple(batch.districts),
        campaign=batch.campaign,
        departments=batch.departments,
    )


@transaction.atomic
def draft_plan(
    *, year: int, title: str, by: Actor | None, district: str = "", note: str = ""
) -> Plan:
    """A plan to write; one a year for each office."""
    if not title.strip():
        raise Refusal("no_title", _noop("没有名称"), fix=_noop("请写明名称"), status=422)
    if district and district not in DISTRICTS:
        raise _no_district(district)
    live = Plan.objects.filter(year=year, district=district)
    if live.exclude(state=PlanState.WITHDRAWN).exists():
        raise Refusal(
            "plan_of_year_exists",
            _noop("{year}年已经有一份抽查计划"),
            fix=_noop("请在那份计划里增加批次，或先撤回它"),
            status=409,
            year=year,
        )
    plan = Plan.objects.create(
        year=year, district=district, title=title.strip(), note=note.strip(), drafted_by=_who(by)
    )
    record(events.PlanDrafted(subject=subject(plan), plan_id=plan.pk, year=year, district=district))
    return plan


@transaction.atomic
def add_batch(*, plan: Plan, batch: NewBatch) -> Batch:
    """One more draw of a plan that is still a draft."""
    held = _held(plan, PlanState.DRAFT)
    _check(held, batch)
    number = _next_number(held)
    made = Batch.objects.create(plan=held, number=number, **_fields(batch))
    record(_planned(made))
    return made


@transaction.atomic
def drop_batch(*, batch: Batch) -> None:
    """Out of a draft again."""
    held = _held(batch.plan, PlanState.DRAFT)
    row = held.batches.get(pk=batch.pk)
    record(_planned(row, gone=True))
    row.delete()


@transaction.atomic
def submit(*, plan: Plan) -> Plan:
    """To be approved by somebody else; a plan without a batch is none."""
    held = _held(plan, PlanState.DRAFT)
    if not queries.batches_to_count(held):
        raise Refusal(
            "plan_is_empty", _noop("计划里还没有批次"), fix=_noop("请先增加批次"), status=409
        )
    held.returned_why = ""
    return _moved(held, PlanState.SUBMITTED)


@transaction.atomic
def send_back(*, plan: Plan, why: str, by: Actor | None) -> Plan:
    """Not approved, and why."""
    held = _held(plan, PlanState.SUBMITTED)
    _check_other(held, by)
    held.returned_why = _reason(why)
    return _moved(held, PlanState.DRAFT)


@transaction.atomic
def approve(*, plan: Plan, by: Actor | None) -> Plan:
    """By another person than who drafted it."""
    held = _held(plan, PlanState.SUBMITTED)
    _check_other(held, by)
    held.approved_by, held.approved_at = _who(by), clock.now()
    return _moved(held, PlanState.APPROVED)


@transaction.atomic
def file_plan(*, plan: Plan, filed_with: str, filing: str, filed_on: date) -> Plan:
    """Filed with the next office up, which the yearly plan has to be."""
    held = _held(plan, PlanState.APPROVED)
    if not filed_with.strip():
        raise Refusal(
            "filed_with_whom", _noop("没有写明备案机关"), fix=_noop("请填写上级机关"), status=422
        )
    if filed_on > clock.today():
        raise Refusal(
            "filed_in_future", _noop("备案日期还没有到"), fix=_noop("请核对日期"), status=422
        )
    held.filed_with, held.filing, held.filed_on = filed_with.strip(), filing.strip(), filed_on
    return _moved(held, PlanState.FILED)


@transaction.atomic
def publish(*, plan: Plan) -> Plan:
    """For everybody to read; from here on its batches can be drawn."""
    held = _held(plan, PlanState.FILED)
    held.published_at = clock.now()
    return _moved(held, PlanState.PUBLISHED)


@transaction.atomic
def withdraw(*, plan: Plan, why: str) -> Plan:
    """Given up before it was approved."""
    held = _held(plan, PlanState.DRAFT, PlanState.SUBMITTED)
    held.returned_why = _reason(why)
    return _moved(held, PlanState.WITHDRAWN)


@transaction.atomic
def change_batch(*, batch: Batch, to: NewBatch | None, reason: str, by: Actor | None) -> PlanChange:
    """Another month, matter or place for a batch of an approved plan; None gives it up.

    What was drawn cannot be changed. The change and its reason stand in the published plan.
    """
    plan = _held(batch.plan, *APPROVED)
    row = plan.batches.select_for_update().get(pk=batch.pk)
    _check_undrawn(row)
    before, why = said(row).plain(), _reason(reason)
    after = _put(plan, row, to)
    changed = sorted(name for name in before if before[name] != after.get(name))
    if not changed:
        raise Refusal("nothing_changed", _noop("没有改动"), fix=_noop("请改一处再保存"), status=422)
    made = PlanChange.objects.create(
        plan=plan, batch=row, before=before, after=after, reason=why, user_id=_who(by)
    )
    record(
        events.PlanChanged(
            subject=subject(plan), plan_id=plan.pk, batch_id=row.pk, fields=tuple(changed),
            reason=why,
        )
    )  # fmt: skip
    return made


def _put(plan: Plan, row: Batch, to: NewBatch | None) -> Mapping[str, Any]:
    """The batch as it is from now on; whatever was reckoned of it is void."""
    row.pool.all().delete()
    row.found, row.checked_on, row.checked_at = {}, None, None
    if to is None:
        row.state = BatchState.VOID
    else:
        _check(plan, to)
        row.state = BatchState.PLANNED
        for name, value in _fields(to).items():
            setattr(row, name, value)
    row.save()
    return {} if to is None else to.plain()


def _check_undrawn(row: Batch) -> None:
    if row.state not in OPEN_STATES or row.draw_id:
        raise Refusal(
            "batch_is_in_a_draw",
            _noop("这一批已经进入抽取，不能再改"),
            fix=_noop("要放弃，请在抽取现场作废，并写明原因"),
            status=409,
        )


def _check(plan: Plan, batch: NewBatch) -> None:
    rules.matter(batch.matter, clock.today())
    if batch.month.year != plan.year or batch.month.day != 1:
        raise Refusal(
            "month_outside_the_plan",
            _noop("月份不在{year}年"),
            fix=_noop("请选计划年度里的月份"),
            status=422,
            year=plan.year,
        )
    for code in batch.districts:
        if code not in ({plan.district} if plan.district else DISTRICTS):
            raise _no_district(code)
    if len(batch.campaign) > WORD_TOP:
        raise Refusal(
            "too_long", _noop("内容太长"), fix=_noop("最多{top}个字"), status=422, top=WORD_TOP
        )


def _no_district(code: str) -> Refusal:
    return Refusal(
        "unknown_district",
        _noop("没有旗县区“{district}”"),
        fix=_noop("请从名单里选"),
        status=422,
        district=code,
    )


def _fields(batch: NewBatch) -> dict[str, Any]:
    return {
        "month": batch.month,
        "matter": batch.matter,
        "districts": sorted(batch.districts),
        "campaign": batch.campaign.strip(),
        "departments": batch.departments.strip(),
    }


def _next_number(plan: Plan) -> int:
    last = plan.batches.order_by("-number").values_list("number", flat=True).first() or 0
    if last >= BATCH_TOP:
        raise Refusal(
            "too_many_batches", _noop("批次太多"), fix=_noop("最多{top}批"), status=422,
            top=BATCH_TOP,
        )  # fmt: skip
    return last + 1


def _planned(batch: Batch, *, gone: bool = False) -> events.BatchPlanned:
    return events.BatchPlanned(
        subject=subject(batch.plan), plan_id=batch.plan_id, number=batch.number,
        month=batch.month, matter=batch.matter, gone=gone,
    )  # fmt: skip


def _held(plan: Plan, *before: PlanState) -> Plan:
    """The plan, locked, in one of the states that the act begins in."""
    found = Plan.objects.select_for_update().get(pk=plan.pk)
    if found.state not in before:
        raise Refusal(
            "plan_state",
            _noop("计划现在是“{state}”，不能这样做"),
            fix=_noop("请刷新页面；批准以后的计划只能写明理由变更批次"),
            status=409,
            state=PlanState(found.state).label,
        )
    return found


def _moved(plan: Plan, after: PlanState) -> Plan:
    before, plan.state = plan.state, after
    plan.save()
    record(
        events.PlanMoved(
            subject=subject(plan), plan_id=plan.pk, before=str(before), after=str(after)
        )
    )
    return plan


def _check_other(plan: Plan, by: Actor | None) -> None:
    """Whoever wrote it does not decide on it."""
    if by is not None and by.user_id == plan.drafted_by:
        raise Refusal(
            "approved_by_its_writer",
            _noop("拟定人不能审批自己的计划"),
            fix=_noop("请由另一位负责人审批"),
            status=409,
        )


def _reason(why: str) -> str:
    if not why.strip():
        raise Refusal(
            "no_reason", _noop("没有写明原因"), fix=_noop("请写明原因，它会一并公开"), status=422
        )
    return why.strip()[:200]


def _who(by: Actor | None) -> int | None:
    return by.user_id if by else None


def subject(plan: Plan) -> str:
    return f"plan:{plan.pk}"
