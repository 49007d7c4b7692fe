"""Words of a draw's pages: what its codes mean to a reader."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

from django.utils.translation import get_language, gettext
from django.utils.translation import gettext_lazy as _

from mingchu.draw.domain.assigning import Skip
from mingchu.draw.domain.lists import Misfit
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
# Columns of the lists, as the forms explain them.
COLUMNS = {
    "row": _("栏数"),
    "file": _("写法"),
    "id": _("编号"),
    "district": _("旗县区"),
    "districts": _("旗县区"),
    "kind": _("种类"),
    "kinds": _("种类"),
    "tier": _("层"),
    "balls": _("球数"),
    "standing": _("状态"),
    "leads": _("能否带队"),
    "load": _("已有任务数"),
    "absent": _("不在岗原因"),
    "subject": _("对象"),
    "inspector": _("检查人员"),
    "reason": _("原因"),
    "with_whom": _("与谁"),
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


def misfit_said(error: Misfit) -> str:
    """What is wrong with a list, where, and what to do about it."""
    if error.code == "utf8":
        return gettext("这不是 UTF-8 编码的文本文件，请在表格软件里另存为制表符分隔的文本再选")
    if error.code == "twice":
        return gettext("第%(row)s行的编号前面已经有了，请删去重复的一行") % {"row": error.row}
    return gettext("第%(row)s行的%(column)s不合格式，请对照上面各列的说明更正后重新选择") % {
        "row": error.row,
        "column": COLUMNS.get(error.field, error.field),
    }
