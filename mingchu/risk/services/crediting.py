"""Crediting 信用记录: what is held against a business, with where it stands; never changed."""

from __future__ import annotations

from collections.abc import Collection, Iterable, Sequence
from dataclasses import dataclass
from datetime import date

from django.db import transaction
from django.utils.translation import gettext_noop as _noop

from mingchu.accounts.domain import Actor
from mingchu.base import clock
from mingchu.base.errors import Refusal
from mingchu.ledger.services import record, record_many
from mingchu.registry import domain as registry
from mingchu.registry.queries import any_number
from mingchu.risk import events, rules
from mingchu.risk.models import Fact, FactKind, Origin
from mingchu.risk.services.running import follow


@dataclass(frozen=True, kw_only=True)
class NewFact:
    """A fact as it is told; `reference` is the number of the paper it stands on."""

    business_id: int
    kind: str
    day: date
    reference: str
    source: str = ""
    note: str = ""
    origin: str = Origin.HAND


def told_by_house(business_id: int, kind: str, day: date, reference: str) -> NewFact:
    """A fact that another part of the house sends, with its own number for it."""
    return NewFact(
        business_id=business_id, kind=kind, day=day, reference=reference, origin=Origin.HOUSE
    )


def note_fact(fact: NewFact, *, by: Actor | None = None) -> Fact:
    """One fact; Refusal `fact_known` where it is held already."""
    noted = note_facts([fact], by=by)
    if not noted:
        raise known_already(fact)
    return noted[0]


def known_already(fact: NewFact) -> Refusal:
    return Refusal(
        "fact_known",
        _noop("这条信用记录已经登记过（文号{reference}）"),
        fix=_noop("请核对文号；确有两件的，用各自的文号登记"),
        reference=fact.reference.strip(),
    )


@transaction.atomic
def note_facts(facts: Iterable[NewFact], *, by: Actor | None = None) -> list[Fact]:
    """Those that are not held yet, set-wise; a fact told twice is one."""
    told = [checked(one) for one in facts]
    known = held(told)
    fresh: dict[tuple[int, str, str], Fact] = {}
    for one in told:
        key = key_of(one)
        if key not in known and key not in fresh:
            fresh[key] = _row(one, by)
    rows = Fact.objects.bulk_create(list(fresh.values()), batch_size=2_000)
    entries = record_many([_noted(row) for row in rows])
    for row, entry in zip(rows, entries, strict=True):
        row.entry = entry.pk
    Fact.objects.bulk_update(rows, ["entry"], batch_size=2_000)
    _graded_by_them({row.business_id for row in rows})
    return rows


def _graded_by_them(businesses: Collection[int]) -> None:
    """Facts count in a grade only where the city has chosen the draft of 2022."""
    if rules.is_draft_chosen(clock.today()):
        follow(businesses)


def checked(fact: NewFact) -> NewFact:
    if fact.kind not in FactKind.values:
        raise Refusal(
            "unknown_fact",
            _noop("没有“{kind}”这种信用记录"),
            fix=_noop("请从列出的种类里选"),
            status=422,
            kind=fact.kind,
        )
    if not fact.reference.strip():
        raise Refusal(
            "fact_without_paper",
            _noop("没有写文号"),
            fix=_noop("请写明所依据文书或者单据的编号，日后据此核对"),
            status=422,
        )
    if fact.day > clock.today():
        raise Refusal(
            "fact_in_future",
            _noop("日期在今天之后"),
            fix=_noop("请填写事情发生的日期"),
            status=422,
        )
    return fact


def key_of(fact: NewFact) -> tuple[int, str, str]:
    """Facts of one key are one fact."""
    return (fact.business_id, fact.kind, fact.reference.strip())


def held(told: Sequence[NewFact]) -> set[tuple[int, str, str]]:
    """The keys of those that are registered already, or of the like."""
    rows = Fact.objects.filter(
        business__in=any_number({one.business_id for one in told}), struck_at__isnull=True
    )
    return set(rows.values_list("business_id", "kind", "reference"))


def _row(fact: NewFact, by: Actor | None) -> Fact:
    return Fact(
        business_id=fact.business_id,
        kind=fact.kind,
        day=fact.day,
        reference=fact.reference.strip(),
        source=fact.source.strip(),
        note=fact.note.strip(),
        origin=fact.origin,
        user_id=by.user_id if by else None,
    )


def _noted(row: Fact) -> events.FactNoted:
    return events.FactNoted(
        subject=registry.subject(row.business_id),
        business_id=row.business_id,
        fact_id=row.pk,
        kind_of=row.kind,
        day=row.day,
        origin=row.origin,
    )


@transaction.atomic
def strike_fact(*, fact: Fact, why: str) -> Fact:
    """It was wrong, or what it stood on was annulled: it counts no more and stays to be read."""
    held = Fact.objects.select_for_update().get(pk=fact.pk)
    held.struck_why = checked_why(why)
    if held.struck_at:
        raise already_struck()
    held.struck_at = clock.now()
    held.save(update_fields=["struck_at", "struck_why"])
    record(
        events.FactStruck(
            subject=registry.subject(held.business_id),
            business_id=held.business_id,
            fact_id=held.pk,
            kind_of=held.kind,
        )
    )
    _graded_by_them([held.business_id])
    return held


@transaction.atomic
def strike_told(*, business_id: int, kind: str, reference: str, why: str) -> None:
    """The same of a fact that a part of the house sent and now takes back; none is no fault."""
    found = Fact.objects.filter(
        business=business_id, kind=kind, reference=reference, struck_at__isnull=True
    ).first()
    if found:
        strike_fact(fact=found, why=why)


def checked_why(why: str) -> str:
    if not why.strip():
        raise Refusal(
            "strike_unsaid",
            _noop("没有写撤销的理由"),
            fix=_noop("请写明为什么撤销"),
            status=422,
        )
    return why.strip()


def already_struck() -> Refusal:
    return Refusal(
        "already_struck", _noop("这条记录已经撤销"), fix=_noop("请刷新页面查看现在的情况")
    )
