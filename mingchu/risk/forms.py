"""Forms of grading; what they hold is checked again by the services."""

from __future__ import annotations

from collections.abc import Mapping
from datetime import date
from decimal import Decimal
from typing import Any

from django import forms
from django.utils.translation import get_language
from django.utils.translation import gettext_lazy as _

from mingchu.base import clock
from mingchu.registry.forms import day
from mingchu.risk import rules
from mingchu.risk.models import Department, Direction, Ground, Letter, Purpose
from mingchu.rulebook.scoring import Kind
from mingchu.rulebook.words import words as said


def _reason(label: Any, help_text: Any = "") -> forms.CharField:
    return forms.CharField(
        label=label,
        max_length=500,
        help_text=help_text,
        widget=forms.Textarea(attrs={"rows": 3}),
    )


class AgainForm(forms.Form):
    """Which day is reckoned anew."""

    on = day(_("基准日"))

    def clean_on(self) -> date:
        said: date = self.cleaned_data["on"]
        if said > clock.today():
            raise forms.ValidationError(_("这一天还没有到，请选今天或以前的日期"))
        return said


class ProfileForm(forms.Form):
    """One field an item of the sheet; what is left empty is not there."""

    since = day(_("自"))
    note = forms.CharField(label=_("来源说明"), max_length=200, required=False)

    def __init__(self, *given: Any, sheet: Mapping[str, Any], **more: Any):
        super().__init__(*given, **more)
        self.items = sheet["items"]
        for item in self.items:
            self.fields[f"item-{item['id']}"] = _field(item, sheet)
        self.order_fields([*(f"item-{item['id']}" for item in self.items), "since", "note"])

    @property
    def answers(self) -> dict[str, Any]:
        known = {item["id"]: self.cleaned_data[f"item-{item['id']}"] for item in self.items}
        return {name: value for name, value in known.items() if value not in (None, "", [])}


def _field(item: Mapping[str, Any], sheet: Mapping[str, Any]) -> forms.Field:
    zh = (get_language() or "zh").startswith("zh")
    label = item["zh"] if zh else item["en"]
    needed = item.get("missing", sheet.get("missing", "refuse")) == "refuse"
    match item["kind"]:
        case Kind.CHOICE:
            known = [(one["id"], one["zh"] if zh else one["en"]) for one in item["options"]]
            return forms.MultipleChoiceField(
                label=label, choices=known, required=needed, widget=forms.CheckboxSelectMultiple()
            )
        case Kind.BAND | Kind.PER_DEFECT:
            return _Number(label=label, min_value=Decimal(0), required=needed)
        case _:
            return forms.BooleanField(label=label, required=False)


class _Number(forms.DecimalField):
    """A whole number stays one."""

    def clean(self, value: Any) -> Any:
        found = super().clean(value)
        return int(found) if found is not None and found == int(found) else found


class VisitForm(forms.Form):
    """A visit by hand: how many items applied, how many failed, of each sort."""

    day = day(_("检查日期"))
    department = forms.ChoiceField(label=_("部门"), choices=Department.choices)
    purpose = forms.ChoiceField(label=_("检查类型"), choices=Purpose.choices)
    inspector = forms.CharField(
        label=_("检查人员编号"), max_length=40, required=False, help_text=_("执法证号，不写姓名")
    )
    applicable_key = forms.IntegerField(label=_("适用重点项"), min_value=0, initial=0)
    failed_key = forms.IntegerField(label=_("不符合重点项"), min_value=0, initial=0)
    applicable_general = forms.IntegerField(label=_("适用一般项"), min_value=0, initial=0)
    failed_general = forms.IntegerField(label=_("不符合一般项"), min_value=0, initial=0)
    full_list = forms.BooleanField(label=_("覆盖全部项目"), required=False, initial=True)
    joint = forms.CharField(label=_("联合检查编号"), max_length=40, required=False)
    note = forms.CharField(label=_("来源说明"), max_length=200, required=False)


class GroundForm(forms.Form):
    """A case of the lists, with where it is known from."""

    ground = forms.ChoiceField(label=_("情形"))
    day = day(_("发生日期"))
    note = _reason(_("事实与来源"), _("写明文书号、抽检报告号或者认证证书号"))

    def __init__(self, *given: Any, **more: Any):
        super().__init__(*given, **more)
        field = self.fields["ground"]
        assert isinstance(field, forms.ChoiceField)  # noqa: S101 tells the type checker
        field.choices = [(str(name), _grounds(code)) for code, name in Direction.choices]

    @property
    def chosen(self) -> tuple[str, str]:
        """(direction, ground)."""
        direction, _colon, ground = self.cleaned_data["ground"].partition(":")
        return direction, ground


def _grounds(direction: str) -> list[tuple[str, str]]:
    ruling = rules.grounds(direction, clock.today())
    return [(f"{direction}:{key}", said(rules.title(ruling, key))) for key in ruling.value]


class DecideForm(forms.Form):
    levels = forms.TypedChoiceField(label=_("调整级数"), coerce=int)
    reason = _reason(_("理由"), _("经营者会看到"))

    def __init__(self, *given: Any, ground: Ground, **more: Any):
        super().__init__(*given, **more)
        most = int(rules.grounds(ground.direction, clock.today()).choice(ground.ground))
        field = self.fields["levels"]
        assert isinstance(field, forms.ChoiceField)  # noqa: S101 tells the type checker
        names = {0: _("不调整"), 1: _("一级"), 2: _("二级")}
        field.choices = [(n, names[n]) for n in range(most + 1)]


class OverrideForm(forms.Form):
    letter = forms.ChoiceField(label=_("风险等级"), choices=Letter.choices)
    until = day(_("至"))
    why = _reason(_("理由"), _("经营者会看到；到期后恢复按分值评定"))

    def __init__(self, *given: Any, **more: Any):
        super().__init__(*given, **more)
        field = self.fields["letter"]
        assert isinstance(field, forms.ChoiceField)  # noqa: S101 tells the type checker
        field.choices = [(code, f"{code} {name}") for code, name in Letter.choices]


class EndForm(forms.Form):
    why = _reason(_("撤销理由"))


class ObjectionForm(forms.Form):
    """What is wrong, and about which factor."""

    item = forms.ChoiceField(label=_("针对哪一项"), required=False)
    text = forms.CharField(
        label=_("异议内容"), max_length=2000, widget=forms.Textarea(attrs={"rows": 5})
    )

    def __init__(self, *given: Any, items: list[tuple[str, str]], **more: Any):
        super().__init__(*given, **more)
        field = self.fields["item"]
        assert isinstance(field, forms.ChoiceField)  # noqa: S101 tells the type checker
        field.choices = [("", _("整个等级")), *items]


class AnswerForm(forms.Form):
    upheld = forms.TypedChoiceField(
        label=_("结论"),
        choices=[("no", _("异议不成立")), ("yes", _("异议成立"))],
        coerce=lambda value: value == "yes",
    )
    answer = _reason(_("答复"), _("经营者会看到；成立的，请同时更正有误的事实"))
