"""Terms, states and dates in words."""

from __future__ import annotations

from datetime import date
from functools import cache
from typing import Any

from django.utils.translation import gettext as _

from mingchu.registry import models, rules

RUNGS = ("good", "watch", "near", "last", "bad")


def left_said(expires: date | None, day: date) -> str:
    """Time left in words, in the unit people count it by.

    Said of the last day itself: it is the last one.
    """
    if expires is None:
        return _("长期")
    days = (expires - day).days
    if days < 0:
        return _("已过期 %(days)s 天") % {"days": -days}
    if days == 0:
        return _("今天到期")
    months = (expires.year - day.year) * 12 + expires.month - day.month
    if months < 6:
        return _("还有 %(days)s 天") % {"days": days}
    years, rest = divmod(months - (expires.day < day.day), 12)
    said = {"years": years, "months": rest}
    return (
        _("还有 %(years)s 年 %(months)s 个月") % said if years else _("还有 %(months)s 个月") % said
    )


def share_left(issued: date, expires: date | None, day: date) -> int:
    """How much of the term is left, in hundredths; without an end all of it."""
    if expires is None:
        return 100
    whole = max(1, (expires - issued).days)
    return max(0, min(100, round(100 * (expires - day).days / whole)))


def rung(expires: date | None, day: date) -> str:
    """How near the end is, by the ladder: good, watch, near, last, bad."""
    if expires is None:
        return RUNGS[0]
    days = (expires - day).days
    if days < 0:
        return RUNGS[-1]
    return RUNGS[sum(days <= step for step in rules.ladder(day) if step)]


def health_said(until: date | None, day: date) -> tuple[str, str]:
    """How a health certificate stands, in words and as a state."""
    if until is None:
        return _("未登记"), "off"
    days = (until - day).days
    if days < 0:
        return _("已过期 %(days)s 天") % {"days": -days}, "bad"
    if days <= rules.health_warn_days(day):
        left = _("还有 %(days)s 天") % {"days": days} if days else _("今天到期")
        return left, "warn"
    return _("有效"), "good"


def exam_said(exam: models.Exam | None) -> str:
    if exam is None:
        return "—"
    said = _("合格") if exam.passed else _("不合格")
    score = f" {exam.score}" if exam.score is not None else ""
    return f"{said}{score} · {exam.day}"


def follow_up_said(committed: bool, due: date | None, done: date | None) -> str:
    if done:
        return _("告知承诺 · %(day)s 已核查") % {"day": done}
    if due:
        return _("告知承诺 · 应于 %(day)s 前核查") % {"day": due}
    return _("告知承诺") if committed else ""


def channel_name(channel: str) -> str:
    return label(models.Channel, channel)


def label(choices: Any, code: str) -> str:
    """The word for a code; of one no longer known, the code."""
    return str(_labels(choices).get(code, code))


@cache
def _labels(choices: Any) -> dict[str, Any]:
    return dict(choices.choices)


def day_of(text: str | None) -> date | None:
    return date.fromisoformat(text) if text else None
