"""Drafting 起草: a version of a rule is begun, written, put before a reviewer or taken back."""

from __future__ import annotations

from datetime import date
from typing import Any

from django.db import transaction
from django.utils.translation import gettext_noop as _noop

from mingchu.base import clock
from mingchu.base.errors import Refusal
from mingchu.kit import events
from mingchu.kit.models import RuleFooting, RuleState, RuleVersion
from mingchu.kit.rules import checking, records
from mingchu.ledger.services import record
from mingchu.rulebook import store
from mingchu.rulebook.kinds import Shape

OPEN = (RuleState.DRAFT, RuleState.RETURNED)
TERMS = ("since", "law", "number", "article", "published", "status", "checked")
NOTES = ("note_zh", "note_en")


@transaction.atomic
def draft(*, rule: str, since: date, author: str, **said: Any) -> RuleVersion:
    """A new version, which begins with what would hold on its day; `said` is what differs."""
    resolved = store.rule(rule)
    if resolved.nearest.shape is Shape.CALENDAR:
        raise Refusal(
            "calendar_is_national",
            _noop("工作日历由国务院办公厅安排，不由本市规定"),
            fix=_noop("新一年的安排公布后，请随新版规则库更新"),
            status=422,
        )
    segment = resolved.segment(since) or resolved.segments[0]
    value = said.pop("value", segment.version.value)
    row = RuleVersion(
        rule=rule,
        since=since,
        value=records.written(value),
        author=author,
        **{"status": RuleFooting.SECONDARY, "checked": clock.today(), **said},
    )
    _keep(row)
    record(events.RuleDrafted(**facts(row)))
    return row


@transaction.atomic
def rewrite(*, version: int, **said: Any) -> RuleVersion:
    """Another value, or other terms, of a version that is still its author's to write.

    `value` is plain data; the other names are columns of terms and notes.
    """
    row = locked(version)
    _refuse_unless(row, OPEN)
    before = row.digest
    if "value" in said:
        row.value = records.written(said.pop("value"))
    for name in (*TERMS, *NOTES):
        if name in said:
            setattr(row, name, said[name])
    _keep(row)
    if row.digest != before:
        record(events.RuleRewritten(**facts(row)))
    return row


@transaction.atomic
def submit(*, version: int) -> RuleVersion:
    """Puts it before a reviewer; whoever wrote it can change it no more."""
    row = locked(version)
    _refuse_unless(row, OPEN)
    checking.refuse_faulty(row)
    row.state, row.submitted_at = RuleState.IN_REVIEW, clock.now()
    row.reviewer = row.opinion = ""
    _keep(row)
    record(events.RuleSubmitted(**facts(row)))
    return row


@transaction.atomic
def withdraw(*, version: int) -> RuleVersion:
    """Takes it back; of an approved one only while its day has not come."""
    row = locked(version)
    if row.state == RuleState.APPROVED and row.since <= clock.today():
        raise Refusal(
            "rule_in_force",
            _noop("自 {since} 起已经施行，不能撤回"),
            fix=_noop("请起草一个新版本，从它的施行日期起代替"),
            since=row.since,
        )
    _refuse_unless(row, (*OPEN, RuleState.IN_REVIEW, RuleState.APPROVED))
    spoke = row.state == RuleState.APPROVED
    row.state = RuleState.WITHDRAWN
    _keep(row)
    record(events.RuleWithdrawn(**facts(row)))
    if spoke:
        transaction.on_commit(store.refresh)
    return row


def locked(version: int) -> RuleVersion:
    return RuleVersion.objects.select_for_update().get(pk=version)


def facts(row: RuleVersion) -> dict[str, Any]:
    return {
        "subject": f"rule:{row.rule}",
        "version_id": row.pk,
        "rule": row.rule,
        "since": row.since,
        "digest": row.digest,
    }


def _keep(row: RuleVersion) -> None:
    row.digest = records.digest_of(row)
    row.save()


def _refuse_unless(row: RuleVersion, states: tuple[str, ...]) -> None:
    if row.state not in states:
        raise Refusal(
            "rule_not_open",
            _noop("这个版本现在是“{state}”，不能这样办"),
            fix=_noop("请刷新页面，按它现在的状态办理"),
            state=row.get_state_display(),
        )
