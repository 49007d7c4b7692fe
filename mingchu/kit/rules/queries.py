"""Reads of the city's rules: what is being written, what waits, what was approved."""

from __future__ import annotations

from django.db.models import QuerySet

from mingchu.kit.models import RuleState, RuleVersion

PAGE = 40
AT_WORK = (RuleState.DRAFT, RuleState.RETURNED, RuleState.IN_REVIEW)


def version(pk: int) -> RuleVersion | None:
    return RuleVersion.objects.filter(pk=pk).first()


def at_work() -> list[RuleVersion]:
    """What somebody has to do something about, what waits for review first."""
    rows = RuleVersion.objects.filter(state__in=AT_WORK).order_by("-submitted_at", "-pk")
    return sorted(rows, key=lambda row: row.state != RuleState.IN_REVIEW)


def decided(limit: int = PAGE) -> list[RuleVersion]:
    """What was approved or taken back, the newest first."""
    rows = RuleVersion.objects.exclude(state__in=AT_WORK)
    return list(rows.order_by("-decided_at", "-pk")[:limit])


def of_rule(rule: str) -> list[RuleVersion]:
    return list(RuleVersion.objects.filter(rule=rule).order_by("-since", "-pk"))


def approved(rule: str = "") -> QuerySet[RuleVersion]:
    rows = RuleVersion.objects.filter(state=RuleState.APPROVED).order_by("rule", "since")
    return rows.filter(rule=rule) if rule else rows


def waiting() -> QuerySet[RuleVersion]:
    """What waits for a reviewer."""
    return RuleVersion.objects.filter(state=RuleState.IN_REVIEW)
