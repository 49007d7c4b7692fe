"""Words of a draw's pages: what its codes mean to a reader."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

from django.utils.translation import get_language
from django.utils.translation import gettext_lazy as _

from mingchu.draw.domain.assigning import Skip
from mingchu.identifiers.divisions import DIVISIONS

SKIPS = {
    Skip.ABSENT: _("不在岗"),
    Skip.RECUSED: _("须回避"),
    Skip.NOT_LEADING: _("不能带队"),
    Skip.BARRED_TOGETHER: _("两人不得同去这一户"),
    Skip.PAIR_CAP: _("两人同组已到次数上限"),
}
SOURCES = {
    "drand": _("公共随机信标 drand"),
    "dice": _("当众掷骰"),
    "lottery": _("彩票开奖号码"),
    "envelope": _("多方密封数"),
}
REASONS = {
    "closed": _("已停业"),
    "moved": _("已迁走"),
    "not_found": _("查找不到"),
    "other_plan": _("已列入别的任务"),
}
FILES = {
    "plan.json": _("方案"),
    "subjects.tsv": _("对象名单"),
    "inspectors.tsv": _("检查人员名单"),
    "recusals.tsv": _("回避名单"),
}


def said(code: str, plan: Mapping[str, Any]) -> str:
    """A code of the plan in words, if the plan brings words along: the draw itself knows none."""
    labels = plan.get("about", {}).get("labels", {})
    words = labels.get(code) if isinstance(labels, Mapping) else None
    if isinstance(words, Mapping):
        return str(words.get("zh" if get_language() == "zh-hans" else "en") or code)
    return str(REASONS.get(code) or district(code))


def district(code: str) -> str:
    known = DIVISIONS.get(code)
    if known is None:
        return code
    return known.zh if get_language() == "zh-hans" else known.en
