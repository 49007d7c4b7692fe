"""Checking 体检: what stands between a version and its review, each with its reason."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from dataclasses import dataclass

from django.utils.translation import gettext as _
from django.utils.translation import gettext_noop as _noop

from mingchu.base import clock
from mingchu.base.errors import Refusal
from mingchu.kit.models import RuleState, RuleVersion
from mingchu.kit.rules import records
from mingchu.rulebook import lint, store
from mingchu.rulebook.kinds import Shape

DAY_PAST = _noop("施行日期 {since} 不晚于今天：已经作出的决定不能改按新规")
DAY_TAKEN = _noop("{since} 起施行的版本已经有了")
KEY_LOST = _noop("少了“{key}”这一项，平台要用到它")
SAYS_THE_SAME = _noop("与 {since} 起施行的现行规定一样，没有改动")


@dataclass(frozen=True)
class Fault:
    """What is to be mended, as a source sentence and its facts."""

    code: str
    source: str
    facts: Mapping[str, object]

    @property
    def why(self) -> str:
        return _(self.source).format(**self.facts)


def faults(row: RuleVersion) -> list[Fault]:
    """Everything that keeps the version from review; nothing where it may go."""
    found = lint.faults_of(records.record_of(row), store.here())
    wrong = [Fault(one.code, lint.WHY[one.code], {"detail": one.detail}) for one in found]
    return [*wrong, *_day(row), *([] if wrong else _beside(row))]


def _day(row: RuleVersion) -> Iterator[Fault]:
    if row.since <= clock.today():
        yield Fault("day_past", DAY_PAST, {"since": row.since})
    others = RuleVersion.objects.filter(rule=row.rule, since=row.since, state=RuleState.APPROVED)
    own = store.shipped().said_by(row.rule, store.here())
    shipped = own is not None and any(one.since == row.since for one in own.versions)
    if shipped or others.exclude(pk=row.pk).exists():
        yield Fault("day_taken", DAY_TAKEN, {"since": row.since})


def _beside(row: RuleVersion) -> Iterator[Fault]:
    """Beside what holds on its day: something is to be other, and no key that is used to go."""
    value = records.version_of(row).value
    try:
        ruling = store.rule(row.rule).on(row.since)
    except Refusal:
        return
    if value == ruling.value:
        yield Fault("says_the_same", SAYS_THE_SAME, {"since": ruling.since})
    if ruling.shape is Shape.CHOICE and value is not None:
        for key in ruling.value.keys() - value.keys():
            yield Fault("key_lost", KEY_LOST, {"key": key})


def refuse_faulty(row: RuleVersion) -> None:
    """Refusal `rule_faulty` with the first fault."""
    if wrong := faults(row):
        raise Refusal(
            "rule_faulty",
            _noop("这个版本还有问题：{first}"),
            fix=_noop("请按页面上列出的逐条改正后再办理"),
            status=422,
            first=wrong[0].why,
        )
