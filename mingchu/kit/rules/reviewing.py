"""Reviewing 审核: somebody else approves a version, or gives it back with a reason."""

from __future__ import annotations

from django.db import transaction
from django.utils.translation import gettext_noop as _noop

from mingchu.base import clock
from mingchu.base.errors import Refusal
from mingchu.kit import events
from mingchu.kit.models import RuleState, RuleVersion
from mingchu.kit.rules import checking
from mingchu.kit.rules.drafting import facts, locked
from mingchu.ledger.services import record
from mingchu.rulebook import store


@transaction.atomic
def approve(*, version: int, reviewer: str, opinion: str = "") -> RuleVersion:
    """From its day on it speaks, in every process within seconds."""
    row = _under_review(version, reviewer)
    # What was fit when it was put before him may have been overtaken since.
    checking.refuse_faulty(row)
    _decide(row, RuleState.APPROVED, reviewer, opinion)
    record(events.RuleApproved(**facts(row)))
    transaction.on_commit(store.refresh)
    return row


@transaction.atomic
def send_back(*, version: int, reviewer: str, opinion: str) -> RuleVersion:
    """Back to its author, who is told why."""
    row = _under_review(version, reviewer)
    if not opinion.strip():
        raise Refusal(
            "opinion_missing",
            _noop("退回没有写明理由"),
            fix=_noop("请写明要改什么"),
            status=422,
        )
    _decide(row, RuleState.RETURNED, reviewer, opinion)
    record(events.RuleReturned(**facts(row)))
    return row


def _under_review(version: int, reviewer: str) -> RuleVersion:
    row = locked(version)
    if row.state != RuleState.IN_REVIEW:
        raise Refusal(
            "rule_not_in_review",
            _noop("这个版本现在是“{state}”，不在审核中"),
            fix=_noop("请刷新页面，看它已经办到哪一步"),
            state=row.get_state_display(),
        )
    if row.author == reviewer:
        raise Refusal(
            "own_rule",
            _noop("自己起草的规则不能由自己审定"),
            fix=_noop("请由另一位有审定权限的人办理"),
            status=403,
        )
    return row


def _decide(row: RuleVersion, state: RuleState, reviewer: str, opinion: str) -> None:
    row.state, row.reviewer, row.opinion = state, reviewer, opinion.strip()
    row.decided_at = clock.now()
    row.save(update_fields=["state", "reviewer", "opinion", "decided_at"])
