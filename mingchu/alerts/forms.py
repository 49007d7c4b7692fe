"""Forms of the alerts; what they hold is checked again by the services."""

from __future__ import annotations

from collections.abc import Iterable
from datetime import timedelta
from typing import Any

from django import forms
from django.utils.translation import gettext_lazy as _

from mingchu.alerts import rules
from mingchu.alerts.models import Alert
from mingchu.alerts.move_names import SEVERITY_NAMES
from mingchu.alerts.queries.alerts import Wanted
from mingchu.alerts.services.silencing import WHY_TOP, About
from mingchu.alerts.words import live_names
from mingchu.base import clock
from mingchu.kit.selects import Box
from mingchu.registry.places import DISTRICTS, district_name
from mingchu.registry.queries import AreaRow

ALL = [("", _("全部"))]
STATES = [("open", _("未了结")), ("ended", _("已了结")), ("all", _("全部"))]
HOLDS = [("free", _("没有归入或静默")), ("covered", _("已归入")), ("silenced", _("静默中"))]
SORTS = [("due", _("最急在前")), ("new", _("最新在前"))]


class FindForm(forms.Form):
    """The filters of the list; all of it stands in the page's address."""

    kind = Box(label=_("种类"), required=False)
    severity = Box(label=_("级别"), required=False, choices=[*ALL, *SEVERITY_NAMES.items()])
    district = Box(label=_("旗县区"), required=False, choices=[*ALL, *DISTRICTS.items()])
    station = Box(label=_("监管所"), required=False)
    state = Box(label=_("状态"), required=False, choices=STATES)
    held = Box(label=_("归入与静默"), required=False, choices=[*ALL, *HOLDS])
    late = Box(label=_("时限"), required=False, choices=[*ALL, ("1", _("已超时限"))])
    sort = Box(label=_("排序"), required=False, choices=SORTS)
    business = forms.RegexField(r"^[0-9A-Za-z]{1,8}$", label=_("档案编号"), required=False)
    MORE = ("station", "held", "late", "sort", "business")

    def __init__(self, said: Any, *, areas: Iterable[AreaRow]):
        super().__init__(said)
        self.fields["kind"].choices = [*ALL, *live_names().items()]  # type: ignore[attr-defined]
        stations = [(one.code, one.name) for one in areas if one.kind == "station"]
        self.fields["station"].choices = [*ALL, *stations]  # type: ignore[attr-defined]

    @property
    def wanted(self) -> Wanted:
        """What was asked; a field that makes no sense asks nothing and says so beside itself."""
        self.is_valid()
        said = {name: word for name, word in self.cleaned_data.items() if word}
        return Wanted(**said)

    @property
    def first(self) -> list[forms.BoundField]:
        return [field for field in self if field.name not in self.MORE]

    @property
    def more(self) -> list[forms.BoundField]:
        return [field for field in self if field.name in self.MORE]

    @property
    def asks_more(self) -> bool:
        return any(self.data.get(name) for name in self.MORE)


class SilenceForm(forms.Form):
    """A silence made from an alert: how far it reaches, until which day, why."""

    reach = forms.ChoiceField(label=_("静默哪些"), widget=forms.RadioSelect)
    until = forms.DateField(
        label=_("静默至（含当日）"),
        widget=forms.DateInput(attrs={"type": "date"}, format="%Y-%m-%d"),
    )
    why = forms.CharField(
        label=_("理由"),
        max_length=WHY_TOP,
        help_text=_("为什么这件事已经知道、暂不需要派单；记入台账，请勿写姓名、证件号等个人信息"),
    )

    def __init__(self, said: Any, *, alert: Alert):
        super().__init__(said)
        self.alert = alert
        self.fields["reach"].choices = list(self._reaches())  # type: ignore[attr-defined]
        self.fields["reach"].initial = "subject"
        top = clock.today() + timedelta(days=rules.silence_days_max(clock.today()))
        self.fields["until"].widget.attrs["max"] = top.isoformat()

    def _reaches(self) -> Any:
        yield "subject", _("只是这一个对象")
        if self.alert.business_id:
            yield "business", _("这个主体的同类预警")
        if self.alert.station:
            yield "station", _("本监管所的同类预警")
        if self.alert.district:
            name = district_name(self.alert.district)
            yield "district", _("%(district)s的同类预警") % {"district": name}

    def about(self) -> About:
        """What the chosen reach holds; it always stays where the alert is."""
        one, reach = self.alert, self.cleaned_data["reach"]
        place = {"district": one.district, "station": one.station if reach != "district" else ""}
        if reach == "subject":
            return About(kind=one.kind, business_id=one.business_id, subject=one.subject, **place)
        return About(
            kind=one.kind, business_id=one.business_id if reach == "business" else None, **place
        )
