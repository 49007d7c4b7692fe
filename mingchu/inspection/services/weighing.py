"""Weighing a visit 检查前的核对: whether anybody goes there at all, and who of the officers may.

The list of its type, its days, three months after a higher office, the yearly ceiling; two people
with certificates in force, none of whom keeps away.
"""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from datetime import date

from django.utils.translation import gettext_noop as _noop

from mingchu.accounts.models import User
from mingchu.base import clock
from mingchu.base.errors import Refusal
from mingchu.inspection import rules
from mingchu.inspection.domain.months import earlier
from mingchu.inspection.models import (
    WAITING,
    Department,
    Finding,
    Level,
    Recusal,
    Task,
    Visit,
    VisitState,
    VisitType,
)
from mingchu.inspection.queries.people import who_found
from mingchu.inspection.standing import standing_of

# Visits that an office makes of its own accord, which the three months hold back.
REPEATS = (VisitType.ROUTINE, VisitType.KEY, VisitType.SYSTEM)
# What the yearly ceiling holds back besides; a recheck and a follow-up belong to something before.
CAPPED = (*REPEATS, VisitType.SPECIAL, VisitType.UNANNOUNCED, VisitType.JOINT)


@dataclass(frozen=True, kw_only=True)
class NewVisit:
    """A visit to be; without items by the full list, without a pair until somebody gives one."""

    business_id: int
    type: str
    due: date
    day: date | None = None
    lead_id: int | None = None
    second_id: int | None = None
    department: str = Department.MARKET
    level: str = Level.DISTRICT
    matter: str = ""
    joint: str = ""
    task: Task | None = None
    origin: str = ""
    recheck_of: Visit | None = None
    reason: str = ""
    items: tuple[str, ...] = ()


def check_list(new: NewVisit, day: date) -> None:
    if new.items and rules.needs_all_items(new.type, day):
        raise Refusal(
            "full_list_asked",
            _noop("“{type}”须覆盖全部检查项目"),
            fix=_noop("请用完整检查表，或者选专项检查（规则 inspection.all_items）"),
            status=422,
            type=VisitType(new.type).label,
        )  # fmt: skip


def check_ceiling(new: NewVisit, day: date) -> None:
    """Nobody is inspected more often than the ceiling of his grade without a reason. What was drawn
    was weighed before; visits that departments make together count once."""
    if new.task is not None or new.type not in CAPPED or new.reason.strip():
        return
    if not rules.held_back(new.origin, day) or _made_together(new):
        return
    known = standing_of(new.business_id, day)
    if known is not None and known.cap is not None and known.counted >= known.cap:
        raise Refusal(
            "ceiling_reached",
            _noop("本年已检查{counted}次，达到上限{cap}次"),
            fix=_noop("确需检查的请写明检查事由，或者与待办的检查合并（规则 draw.visits_cap）"),
            status=409,
            counted=known.counted,
            cap=known.cap,
        )


def _made_together(new: NewVisit) -> bool:
    """Whether another department goes there at the same time."""
    rows = Visit.objects.filter(business=new.business_id, joint=new.joint, state__in=WAITING)
    return bool(new.joint) and rows.exclude(department=new.department).exists()


def check_days(day: date, due: date) -> None:
    if due < day:
        raise Refusal(
            "due_before_day",
            _noop("期限{due}早于计划日期{day}"),
            fix=_noop("请把期限改到计划日期当天或以后"),
            status=422,
            due=due,
            day=day,
        )


def inspected_above(news: Sequence[NewVisit]) -> dict[int, date]:
    """Of whom a district would repeat what the city inspected: when it did."""
    asked = [
        one.business_id
        for one in news
        if one.level == Level.DISTRICT and one.type in REPEATS and one.task is None
    ]
    if not asked:
        return {}
    since = earlier(clock.today(), rules.no_repeat_months(clock.today()))
    rows = Visit.objects.filter(
        business__in=asked, level=Level.CITY, state=VisitState.DONE, type__in=REPEATS
    )
    found = rows.filter(records__state="accepted", records__day__gt=since)
    return dict(found.values_list("business_id", "records__day"))


def check_other_pair(of: Visit, findings: Iterable[Finding], pair: Iterable[int | None]) -> None:
    """Who found it does not judge it again where the rule asks for another pair."""
    if who_found(of, findings) & set(pair):
        raise Refusal(
            "same_pair",
            _noop("复查须由另外的检查人员进行"),
            fix=_noop("请换两位没有参加上次检查的人员（规则 inspection.recheck_other_pair）"),
            status=409,
        )


def repeated(day: date) -> Refusal:
    return Refusal(
        "inspected_above",
        _noop("上级机关{day}已经检查过同样的项目，未满规定的月数"),
        fix=_noop("涉嫌违法或者有明显隐患的，请写明检查事由（规则 inspection.no_repeat_months）"),
        status=409,
        day=day,
    )


class Pairs:
    """Who may not go: without a certificate on the day, recused, or twice the same person."""

    def __init__(self, pairs: Iterable[tuple[int | None, ...]], businesses: Iterable[int]):
        people = {one for pair in pairs for one in pair if one}
        self.users = User.objects.in_bulk(people)
        rows = Recusal.objects.filter(user__in=people, business__in=set(businesses))
        self.recused = set(rows.filter(ended=None).values_list("user_id", "business_id"))

    def check(self, business: int, lead: int | None, second: int | None, day: date) -> None:
        if lead is not None and lead == second:
            raise Refusal(
                "one_person",
                _noop("带队和同行是同一个人"),
                fix=_noop("检查须由两名以上检查人员进行，请选两个人"),
                status=422,
            )
        for number in (lead, second):
            if number is not None:
                self._check_one(business, number, day)

    def _check_one(self, business: int, number: int, day: date) -> None:
        user = self.users.get(number)
        if user is None or not certified_on(user, day):
            raise Refusal(
                "no_certificate",
                _noop("{name}在{day}没有有效的执法检查证件"),
                fix=_noop("请换一位持证人员"),
                status=409,
                name=user.name if user else number,
                day=day,
            )
        if (number, business) in self.recused:
            raise Refusal(
                "recused",
                _noop("{name}须对本户回避"),
                fix=_noop("请换一位检查人员；回避已解除的请先登记解除"),
                status=409,
                name=user.name,
            )


def certified_on(user: User, day: date) -> bool:
    """Whether he held an inspection certificate in force on the day."""
    until = user.certificate_until
    return bool(user.certificate_no) and (until is None or until >= day)
