"""Forms of plans and pools; what they hold is checked again by the services."""

from __future__ import annotations

import re
from collections.abc import Sequence
from datetime import date, datetime
from typing import Any

from django import forms
from django.utils.translation import gettext_lazy as _

from mingchu.base import clock
from mingchu.draw.domain.beacons import THROWS
from mingchu.draw.services import round_after
from mingchu.inspection import words
from mingchu.inspection.models.people import Absence, Ground
from mingchu.inspection.services.planning import NewBatch
from mingchu.registry.forms import day
from mingchu.registry.models import Kind

THROWN = 40  # digits of ten-sided dice: more chance than a digest holds would take 77
PARTY = re.compile(r"(?P<name>\S[^,，\t]{0,59})[,，\t ]+(?P<digest>[0-9a-f]{64})"
                   r"(?:[,，\t ]+(?P<envelope>[0-9a-f]{64}))?")  # fmt: skip
MONTH = re.compile(r"(\d{4})-(\d{2})(-01)?")


class PlanForm(forms.Form):
    """A plan of a year, of the city or of a district."""

    year = forms.IntegerField(label=_("年度"), min_value=2000, max_value=2100)
    district = forms.ChoiceField(label=_("范围"), required=False)
    title = forms.CharField(label=_("名称"), max_length=120)
    note = forms.CharField(
        label=_("说明"), max_length=2_000, required=False, widget=forms.Textarea(attrs={"rows": 4}),
        help_text=_("随计划一起公布"),
    )  # fmt: skip

    def __init__(self, *said: Any, offices: Sequence[tuple[str, Any]], **more: Any):
        super().__init__(*said, **more)
        _offer(self, "district", offices)


class MonthField(forms.CharField):
    """A month as a browser's own field writes it, `2026-11`."""

    widget = forms.TextInput(attrs={"type": "month"})

    def clean(self, value: Any) -> Any:
        said = MONTH.fullmatch(str(super().clean(value)))
        if said is None or not 1 <= int(said[2]) <= 12:
            raise forms.ValidationError(_("请填年和月，例如 2026-11"))
        return date(int(said[1]), int(said[2]), 1)


class BatchForm(forms.Form):
    """One draw of a plan."""

    month = MonthField(label=_("月份"))
    matter = forms.ChoiceField(label=_("抽查事项"))
    districts = forms.MultipleChoiceField(
        label=_("旗县区"), required=False, widget=forms.CheckboxSelectMultiple,
        help_text=_("不选为计划的全部范围"),
    )  # fmt: skip
    campaign = forms.CharField(
        label=_("联合任务"), max_length=60, required=False,
        help_text=_("同一联合任务的抽取共用化名，抽到同一户时合并上门"),
    )  # fmt: skip
    departments = forms.CharField(label=_("联合部门"), max_length=120, required=False)

    def __init__(self, *said: Any, districts: Sequence[tuple[str, Any]], **more: Any):
        super().__init__(*said, **more)
        rows = words.matter_rows(clock.today())
        _offer(self, "matter", [(one["matter"].id, one["name"]) for one in rows])
        _offer(self, "districts", districts)

    @property
    def batch(self) -> NewBatch:
        given = self.cleaned_data
        names = ("month", "matter", "campaign", "departments")
        return NewBatch(**{name: given[name] for name in names}, districts=given["districts"])


class ChangeForm(BatchForm):
    """The same of a batch of an approved plan, with the reason."""

    gives_up = forms.BooleanField(label=_("取消这一批"), required=False)
    reason = forms.CharField(label=_("变更理由"), max_length=200, help_text=_("随计划一起公布"))


class ReasonForm(forms.Form):
    why = forms.CharField(label=_("理由"), max_length=200)


class FileForm(forms.Form):
    """Where and under what number the plan was filed."""

    filed_with = forms.CharField(label=_("备案机关"), max_length=80)
    filing = forms.CharField(label=_("备案文号"), max_length=60, required=False)
    filed_on = day(_("备案日期"))


class OpenForm(forms.Form):
    """The sources of chance of a draw: at least one; several are mixed."""

    dice = forms.BooleanField(label=_("当众掷骰（十面骰）"), required=False)
    throws = forms.IntegerField(
        label=_("掷骰次数"), min_value=THROWS[0], max_value=THROWS[1], required=False
    )
    drand_at = forms.DateTimeField(
        label=_("公共随机信标：取这一时刻以后的第一轮"), required=False,
        widget=forms.DateTimeInput(attrs={"type": "datetime-local"}, format="%Y-%m-%dT%H:%M"),
        help_text=_("不填则不用；需要能上网"),
    )  # fmt: skip
    lottery = forms.CharField(
        label=_("彩票开奖号码"), max_length=200, required=False,
        help_text=_("彩种和期号，几个之间用“、”分开；不填则不用"),
    )  # fmt: skip
    parties = forms.CharField(
        label=_("多方密封数"), max_length=4_000, required=False,
        widget=forms.Textarea(attrs={"rows": 3}),
        help_text=_("每行一方：名称、所封数的摘要、备用信封的摘要；不填则不用"),
    )  # fmt: skip
    reveal_by = day(_("最迟公开日"))

    def clean_parties(self) -> list[dict[str, str]]:
        """Each line as the plan of a draw has a party."""
        lines = [line.strip() for line in self.cleaned_data["parties"].splitlines()]
        found = []
        for line in filter(None, lines):
            said = PARTY.fullmatch(line)
            if said is None:
                raise forms.ValidationError(_("看不懂这一行：%(line)s") % {"line": line[:80]})
            found.append({key: value or "" for key, value in said.groupdict().items()})
        return found

    @property
    def announced(self) -> list[dict[str, Any]]:
        """As the plan of a draw has them."""
        given, found = self.cleaned_data, []
        if given["dice"]:
            found.append({"kind": "dice", "throws": given["throws"] or THROWN})
        if given["drand_at"]:
            found.append(round_after(_moment(given["drand_at"])))
        if names := [one.strip() for one in re.split("[、,，]", given["lottery"]) if one.strip()]:
            found.append({"kind": "lottery", "names": names})
        if given["parties"]:
            found.append({"kind": "envelope", "parties": given["parties"]})
        return found


def _moment(said: datetime) -> datetime:
    """What the browser writes is the city's time."""
    return said if said.tzinfo else said.replace(tzinfo=clock.CITY_ZONE)


class ExpertiseForm(forms.Form):
    kinds = forms.MultipleChoiceField(
        label=_("检查领域"), choices=Kind.choices, required=False,
        widget=forms.CheckboxSelectMultiple, help_text=_("一项都不选为移出名录库"),
    )  # fmt: skip
    leads = forms.BooleanField(label=_("可以带队"), required=False)


class LeaveForm(forms.Form):
    why = forms.ChoiceField(label=_("原因"), choices=Absence.choices)
    first = day(_("自"))
    last = day(_("至"))


class RecusalForm(forms.Form):
    business = forms.CharField(
        label=_("主体"), max_length=18, help_text=_("档案编号或统一社会信用代码")
    )
    ground = forms.ChoiceField(label=_("回避情形"), choices=Ground.choices)
    note = forms.CharField(label=_("说明"), max_length=200, required=False)


def _offer(form: forms.Form, name: str, choices: Sequence[tuple[str, Any]]) -> None:
    field = form.fields[name]
    assert isinstance(field, forms.ChoiceField)  # noqa: S101 tells the type checker
    field.choices = list(choices)
