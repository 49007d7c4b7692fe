"""Forms of visits, doubts and instruments; what they hold is checked again by the services."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from typing import Any

from django import forms
from django.utils.translation import gettext as _now
from django.utils.translation import gettext_lazy as _

from mingchu.inspection import words
from mingchu.inspection.models import Department, VisitState, VisitType
from mingchu.inspection.queries.people import Able
from mingchu.inspection.queries.visits import ALL as EVERY
from mingchu.inspection.queries.visits import TO_APPROVE, Wanted
from mingchu.inspection.visit_words import INSTRUMENT_KINDS
from mingchu.kit.selects import Box
from mingchu.registry.choosing import AreaField, offer_areas
from mingchu.registry.forms import ALL
from mingchu.registry.forms import day as day_field
from mingchu.registry.places import DISTRICTS
from mingchu.registry.queries import AreaRow

STATES = [
    ("", _("全部待办")), (TO_APPROVE, _("等待审批")), *VisitState.choices, (EVERY, _("全部")),
]  # fmt: skip
DUES = [("overdue", _("已逾期")), ("today", _("今天到期")), ("week", _("七天内到期"))]
WHOSE = [("mine", _("我的")), ("unassigned", _("未派定人员"))]
# What an office plans by itself; a recheck is planned from its record.
PLANNED = [one for one in VisitType.choices if one[0] != VisitType.RECHECK]
TEXT = {"rows": 2}


class VisitFindForm(forms.Form):
    """The filters of the board; all of it stands in the page's address."""

    q = forms.CharField(
        label=_("查找"), required=False, max_length=60,
        widget=forms.TextInput(attrs={"type": "search", "autocomplete": "off",
                                      "placeholder": _("名称、地址的任意几个字，或检查编号")}),
    )  # fmt: skip
    state = Box(label=_("状态"), required=False, choices=STATES)
    type = Box(label=_("检查类型"), required=False, choices=[*ALL, *VisitType.choices])
    district = Box(label=_("旗县区"), required=False, choices=[*ALL, *DISTRICTS.items()])
    station = AreaField(label=_("监管所"), required=False)
    due = Box(label=_("期限"), required=False, choices=[*ALL, *DUES])
    whose = Box(label=_("检查人员"), required=False, choices=[*ALL, *WHOSE])

    def __init__(self, said: Any, *, areas: tuple[AreaRow, ...], **more: Any):
        super().__init__(said, **more)
        offer_areas(self, areas, ALL[0][1])

    @property
    def wanted(self) -> Wanted:
        """What was asked; a field that makes no sense asks nothing and says so beside itself."""
        self.is_valid()
        return Wanted(**{name: str(value) for name, value in self.cleaned_data.items() if value})


def officer_name(one: Able, loads: Mapping[int, int]) -> str:
    """An officer with what he has to do."""
    return _now("%(name)s（待查 %(n)s 项）") % {
        "name": one.user.name,
        "n": loads.get(one.user.pk, 0),
    }


class PairForm(forms.Form):
    """Who goes: of those who may, each with what waits for him."""

    lead_id = forms.TypedChoiceField(label=_("带队人员"), coerce=int)
    second_id = forms.TypedChoiceField(label=_("同行人员"), coerce=int)
    why = forms.CharField(
        label=_("理由"), max_length=200, required=False,
        help_text=_("抽中的检查更换人员时必填"),
    )  # fmt: skip

    def __init__(self, *said: Any, able: Sequence[Able], loads: Mapping[int, int], **more: Any):
        super().__init__(*said, **more)
        offer_pair(self, able, loads)


def offer_pair(form: forms.Form, able: Sequence[Able], loads: Mapping[int, int]) -> None:
    """The least loaded first; who may lead leads, where anybody may."""
    ranked = sorted(able, key=lambda one: (loads.get(one.user.pk, 0), one.user.name))
    leading = [one for one in ranked if one.leads] or ranked
    for name, offered in (("lead_id", leading), ("second_id", ranked)):
        field: Any = form.fields[name]
        field.choices = [("", _("请选择")), *((one.user.pk, officer_name(one, loads))
                                           for one in offered)]  # fmt: skip


class ReassignForm(PairForm):
    """Another pair, or another day."""

    day = day_field(_("计划日期"))
    due = day_field(_("期限"))
    field_order = ("lead_id", "second_id", "day", "due", "why")


class VisitForm(forms.Form):
    """What nobody can know but who plans: which visit, when, by whom."""

    type = forms.ChoiceField(label=_("检查类型"), choices=PLANNED)
    day = day_field(_("计划日期"))
    due = day_field(_("期限"))
    lead_id = forms.TypedChoiceField(
        label=_("带队人员"), coerce=int, empty_value=None, required=False
    )
    second_id = forms.TypedChoiceField(
        label=_("同行人员"), coerce=int, empty_value=None, required=False,
        help_text=_("可以先不派，审批以前派定两人"),
    )  # fmt: skip
    reason = forms.CharField(
        label=_("检查事由"), max_length=200, required=False,
        help_text=_("超过年度上限，或者上级刚检查过的，必须写明"),
        widget=forms.Textarea(attrs=TEXT),
    )  # fmt: skip
    department = forms.ChoiceField(
        label=_("检查主体"), choices=Department.choices, initial=Department.MARKET
    )
    joint = forms.CharField(
        label=_("联合任务"), max_length=60, required=False,
        help_text=_("部门联合检查的，各部门用同一个编号；留空自动编号"),
    )  # fmt: skip
    items = forms.MultipleChoiceField(
        label=_("检查项目"), required=False, widget=forms.CheckboxSelectMultiple,
        help_text=_("不选为全部项目；日常监督检查和体系检查必须查全部项目"),
    )  # fmt: skip

    def __init__(
        self,
        *said: Any,
        able: Sequence[Able],
        loads: Mapping[int, int],
        items: Sequence[tuple[str, str]],
        **more: Any,
    ):
        super().__init__(*said, **more)
        offer_pair(self, able, loads)
        field: Any = self.fields["items"]
        field.choices = list(items)


class WhyForm(forms.Form):
    why = forms.CharField(
        label=_("理由"), max_length=200, widget=forms.Textarea(attrs=TEXT),
        help_text=_("会留在记录里"),
    )  # fmt: skip


class RecheckForm(PairForm):
    """A visit to what is not mended; the pair may be given later."""

    due = day_field(_("期限"))
    field_order = ("due", "lead_id", "second_id")

    def __init__(self, *said: Any, **more: Any):
        super().__init__(*said, **more)
        del self.fields["why"]


class DecideForm(forms.Form):
    """A decision on a doubt; of a clock with the day it was."""

    why = forms.CharField(label=_("理由"), max_length=200, widget=forms.Textarea(attrs=TEXT))
    day = day_field(_("实际检查日期"), required=False)

    def __init__(self, *said: Any, asks_day: bool, **more: Any):
        super().__init__(*said, **more)
        if not asks_day:
            del self.fields["day"]


class InstrumentForm(forms.Form):
    number = forms.CharField(label=_("器具编号"), max_length=40)
    name = forms.CharField(label=_("名称"), max_length=60)
    kind = forms.ChoiceField(label=_("用途"), choices=list(INSTRUMENT_KINDS.items()))
    district = forms.ChoiceField(label=_("旗县区"), required=False)
    calibrated_until = day_field(_("校准有效期至"))
    certificate = forms.CharField(label=_("校准证书号"), max_length=60, required=False)

    def __init__(self, *said: Any, offices: Sequence[str], **more: Any):
        super().__init__(*said, **more)
        field: Any = self.fields["district"]
        field.choices = [(code, words.office(code)) for code in offices]


class CalibrateForm(forms.Form):
    until = day_field(_("校准有效期至"))
    certificate = forms.CharField(label=_("校准证书号"), max_length=60, required=False)
