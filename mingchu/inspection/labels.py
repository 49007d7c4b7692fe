"""Labels 用语: the words that a draw takes along in both languages, since it knows none itself."""

from __future__ import annotations

from typing import Any

from django.utils import translation
from django.utils.translation import gettext_lazy as _

from mingchu.base import clock
from mingchu.inspection import rules
from mingchu.inspection.models import Batch
from mingchu.inspection.models.people import Absence, Ground
from mingchu.registry.layout import words_of
from mingchu.registry.models import Kind
from mingchu.registry.places import district_name

# What a public list says of those it leaves out.
OUTSIDE = {
    "not_open": _("不在营"),
    "other_plan": _("已列入其他检查计划或任务"),
    "drawn_before": _("本年度同一事项已抽中"),
    "three_months": _("上级检查后未满三个月"),
    "ceiling": _("年度检查次数已到上限"),
    "same_pair": _("上次即由这两人检查"),
    "certificate": _("没有有效的执法证"),
}


def labels() -> dict[str, Any]:
    """Kinds, reasons of rows and of inspectors, each as {zh, en}."""
    known = {
        **dict(Kind.choices),
        **OUTSIDE,
        **dict(Absence.choices),
        **dict(Ground.choices),
    }
    return {
        code: dict(zip(("zh", "en"), words_of(label), strict=True)) for code, label in known.items()
    }


def matter_zh(name: str) -> str:
    found = rules.matters(clock.today()).get(name)
    return found.title.zh if found else name


def batch_title(batch: Batch) -> str:
    """As the register calls it: in the office's language, whoever opens it."""
    with translation.override("zh-hans"):
        place = district_name(batch.plan.district) if batch.plan.district else ""
    month = f"{batch.month.year}年{batch.month.month}月"
    return f"{month}{place}{matter_zh(batch.matter)}（第{batch.number}批）"
