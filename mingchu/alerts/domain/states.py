"""States of a work order 工单; their moves are one table that code, pages and docs share."""

from __future__ import annotations

from enum import StrEnum


class OrderState(StrEnum):
    NEW = "new"
    TRIAGED = "triaged"
    ASSIGNED = "assigned"
    ACCEPTED = "accepted"
    HANDLING = "handling"
    AWAITING_BUSINESS = "awaiting_business"
    SUBMITTED = "submitted"
    REVIEWING = "reviewing"
    REOPENED = "reopened"
    CLOSED = "closed"
    MERGED = "merged"
    FALSE_ALARM = "false_alarm"
    TRANSFERRED = "transferred"
    ESCALATED_TO_CASE = "escalated_to_case"
