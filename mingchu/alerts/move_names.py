"""Words of an order's moves, needs, authorities and severities."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

from django.utils.translation import gettext_lazy as _

from mingchu.alerts.domain.states import Move, Need

MOVE_NAMES: Mapping[Move, Any] = {
    Move.OPEN: _("立单"),
    Move.TRIAGE: _("分类"),
    Move.ASSIGN: _("派单"),
    Move.ACCEPT: _("签收"),
    Move.BEGIN: _("开始处置"),
    Move.AWAIT_BUSINESS: _("责令整改"),
    Move.ANSWER: _("提交整改情况"),
    Move.SUBMIT: _("提交核查"),
    Move.REVIEW: _("开始核查"),
    Move.CLOSE: _("办结"),
    Move.SEND_BACK: _("退回"),
    Move.REOPEN: _("重新办理"),
    Move.FALSE_ALARM: _("认定误报"),
    Move.MERGE: _("并入其他工单"),
    Move.TRANSFER: _("移送其他部门"),
    Move.REFER_TO_POLICE: _("移送公安机关"),
    Move.ESCALATE_TO_CASE: _("转立案"),
    Move.HAND_OVER: _("移交"),
    Move.PAUSE: _("中止计时"),
    Move.RESUME: _("恢复计时"),
    Move.REGRADE: _("调整级别"),
    Move.ESCALATE: _("上报上一级"),
    Move.TALK: _("责任约谈"),
    Move.JOIN_FORCES: _("联合处置"),
    Move.JOIN_ALERT: _("预警并入"),
    Move.FOLLOW_BUSINESS: _("随辖区转移"),
    Move.CHANGE_FILE: _("随档案合并"),
    Move.GONE: _("情形消除"),
}
NEED_NAMES: Mapping[Need, Any] = {
    Need.NOTE: _("说明"),
    Need.EVIDENCE: _("证据文件"),
    Need.GROUND: _("法定事由"),
    Need.DAY: _("日期"),
    Need.PERSON: _("接手人"),
    Need.TARGET: _("并入的工单"),
    Need.AUTHORITY: _("部门"),
    Need.RECEIPT: _("回执编号"),
    Need.SEVERITY: _("级别"),
}
SEVERITY_NAMES: Mapping[int, Any] = {1: _("红色"), 2: _("橙色"), 3: _("黄色")}
AUTHORITIES: Mapping[str, Any] = {
    "health": _("卫生健康部门"),
    "education": _("教育部门"),
    "agriculture": _("农牧部门"),
    "customs": _("海关"),
    "urban": _("城市管理部门"),
    "commerce": _("商务部门"),
    "market": _("外地市场监督管理部门"),
    "police": _("公安机关"),
    "government": _("街道办事处、乡镇人民政府"),
}
