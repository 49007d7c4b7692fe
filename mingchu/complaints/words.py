"""Words for moves, terms and how clocks stand, as pages and timelines say them."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

from django.utils.translation import get_language, gettext, pgettext_lazy
from django.utils.translation import gettext_lazy as _

from mingchu.complaints.domain.clocks import Standing, Term
from mingchu.rulebook.domain import Ruling

MOVES: Mapping[str, Any] = {
    "take": pgettext_lazy("complaint", "承办"),
    "hand_over": _("移交承办人"),
    "recuse": _("回避"),
    "forward": _("转办"),
    "bind": _("认定经营者"),
    "dispute": _("提出处理权限争议"),
    "settle_dispute": _("处理权限争议已解决"),
    "return_to_intake": _("退回受理入口"),
    "accept": _("受理"),
    "refuse": _("不予受理"),
    "split": _("拆出举报"),
    "find_breach": _("调解中发现违法线索"),
    "agree": _("达成调解协议"),
    "end_mediation": _("终止调解"),
    "begin_check": pgettext_lazy("complaint", "开始核查"),
    "extend_check": _("延长核查期限"),
    "begin_testing": _("开始检验检测"),
    "end_testing": _("检验检测结束"),
    "file_case": _("立案"),
    "file_no_case": _("不予立案"),
    "reply": _("答复并办结"),
    "follow_up": _("回访"),
    "withdraw": _("撤回"),
    "merge": _("并案"),
    "unmerge": _("撤回并案"),
    "reopen": _("重新办理"),
    "note_order_ended": _("工单已办结，待答复"),
}
TERMS: Mapping[str, Any] = {
    Term.ACCEPT: _("受理或者不予受理并告知"),
    Term.DISPUTE: _("处理权限争议协商"),
    Term.MEDIATE: _("调解"),
    Term.CHECK: _("核查并决定是否立案"),
    Term.END_NOTICE: _("告知终止调解"),
    Term.REPORTER_NOTICE: _("告知实名举报人"),
    Term.FOLLOW_UP: _("回访"),
}
STANDINGS: Mapping[str, Any] = {
    Standing.RUNNING: _("计时中"),
    Standing.HELD: _("检验检测中，暂不计时"),
    Standing.OVERDUE: _("已超期"),
    Standing.MET: _("按期完成"),
    Standing.LATE: _("超期完成"),
}
# How a clock looks beside its word.
LOOKS: Mapping[str, str] = {
    Standing.RUNNING: "open",
    Standing.HELD: "pending",
    Standing.OVERDUE: "bad",
    Standing.MET: "good",
    Standing.LATE: "warn",
}


def ground_name(ruling: Ruling, ground: str) -> str:
    """A legal ground in the reader's language; the code where the rule of today has it no more."""
    label = ruling.labels.get(ground)
    return label.said(get_language() or "zh") if label else ground


def grounds(ruling: Ruling) -> list[tuple[str, str]]:
    """The grounds of a rule as choices, with where they stand in the law."""
    return [
        (
            key,
            gettext("%(ground)s（%(item)s）") % {"ground": ground_name(ruling, key), "item": said},
        )
        for key, said in ruling.value.items()
    ]
