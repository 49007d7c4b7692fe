"""Forms of the registry; what they hold is checked again by the services."""

from __future__ import annotations

from typing import Any

from django import forms
from django.utils.translation import gettext_lazy as _

from mingchu.accounts.domain import Actor, Place, may
from mingchu.registry import models
from mingchu.registry.places import DISTRICTS
from mingchu.registry.queries import SORTS, Wanted

SORT_NAMES = {"name": _("按名称"), "new": _("最近建档在前"), "expires": _("最早到期在前")}
ALL = [("", _("全部"))]


def day(label: Any, *, required: bool = True) -> forms.DateField:
    widget = forms.DateInput(attrs={"type": "date"}, format="%Y-%m-%d")
    return forms.DateField(label=label, required=required, widget=widget)


class FindForm(forms.Form):
    """The search box and the filters; all of it stands in the page's address."""

    q = forms.CharField(
        label=_("查找"),
        required=False,
        max_length=60,
        widget=forms.TextInput(
            attrs={
                "type": "search",
                "autocomplete": "off",
                "placeholder": _("名称、代码、证件编号、地址，任意几个字"),
            }
        ),
    )
    district = forms.ChoiceField(
        label=_("旗县区"), required=False, choices=[*ALL, *DISTRICTS.items()]
    )
    kind = forms.ChoiceField(label=_("业态"), required=False, choices=[*ALL, *models.Kind.choices])
    state = forms.ChoiceField(
        label=_("经营状态"), required=False, choices=[*ALL, *models.State.choices]
    )
    expires_before = day(_("证件在此日前到期"), required=False)
    sort = forms.ChoiceField(
        label=_("排序"), required=False, choices=[(key, SORT_NAMES[key]) for key in SORTS]
    )

    @property
    def wanted(self) -> Wanted:
        """What was asked; a field that makes no sense asks nothing and says so beside itself."""
        self.is_valid()
        said = {name: value for name, value in self.cleaned_data.items() if value}
        return Wanted(**said)


def districts_for(actor: Actor, action: str) -> list[tuple[str, Any]]:
    """Where the actor may do it."""
    return [
        (code, name) for code, name in DISTRICTS.items() if may(actor, action, Place(district=code))
    ]


class BusinessForm(forms.Form):
    """What an officer may write of a business."""

    name = forms.CharField(label=_("名称"), max_length=120)
    sign = forms.CharField(label=_("店招"), max_length=120, required=False)
    kind = forms.ChoiceField(label=_("业态"), choices=models.Kind.choices)
    legal_form = forms.ChoiceField(label=_("主体类型"), choices=models.LegalForm.choices)
    district = forms.ChoiceField(label=_("旗县区"))
    station = forms.CharField(
        label=_("监管所"),
        max_length=12,
        required=False,
        help_text=_("监管所代码，前六位与旗县区相同"),
    )
    grid = forms.CharField(
        label=_("网格"),
        max_length=15,
        required=False,
        help_text=_("网格代码，前几位与监管所相同"),
    )
    address = forms.CharField(label=_("地址"), max_length=200)
    scale = forms.ChoiceField(
        label=_("规模"), required=False, choices=[("", _("未定")), *models.Scale.choices]
    )
    serves = forms.ChoiceField(
        label=_("供餐对象"), required=False, choices=[("", _("不供餐")), *models.Serves.choices]
    )
    diners = forms.IntegerField(
        label=_("每餐用餐人数"),
        required=False,
        min_value=0,
        max_value=100_000,
        help_text=_("食堂和集体用餐配送单位填写"),
    )
    phone = forms.CharField(label=_("联系电话"), max_length=20, required=False)

    def __init__(self, *said: Any, actor: Actor, **more: Any):
        super().__init__(*said, **more)
        field = self.fields["district"]
        assert isinstance(field, forms.ChoiceField)  # noqa: S101 tells the type checker
        field.choices = districts_for(actor, "registry.write")


class EnrolForm(BusinessForm):
    """A new business with, if it has one already, its first licence."""

    code = forms.CharField(
        label=_("统一社会信用代码"),
        max_length=30,
        required=False,
        help_text=_("18位；摊贩、农户等没有代码的留空"),
    )
    evidence = forms.CharField(
        label=_("凭证件确认"),
        max_length=200,
        required=False,
        help_text=_("号码核验不过、但证件上确实如此的，写明看过的证件"),
    )
    opened = day(_("开业日期"), required=False)
    licence_kind = forms.ChoiceField(
        label=_("证件种类"), required=False, choices=[("", _("暂无")), *models.LicenceKind.choices]
    )
    licence_number = forms.CharField(label=_("证件编号"), max_length=32, required=False)
    licence_issued = day(_("发证日期"), required=False)
    licence_expires = day(_("有效期至"), required=False)

    def clean(self) -> dict[str, Any]:
        said = super().clean() or {}
        if said.get("licence_kind"):
            for name in ("licence_number", "licence_issued"):
                if not said.get(name) and name not in self.errors:
                    self.add_error(name, _("选了证件种类就要填写"))
        return said


class CorrectForm(BusinessForm):
    why = forms.CharField(
        label=_("更正理由"),
        max_length=200,
        help_text=_("记入台账；请勿写姓名、证件号等个人信息"),
    )
    revision = forms.IntegerField(widget=forms.HiddenInput)


class StateForm(forms.Form):
    state = forms.ChoiceField(label=_("经营状态"), choices=models.State.choices)
    since = day(_("自哪一天起"))
    why = forms.CharField(
        label=_("理由"), max_length=200, help_text=_("记入台账；请勿写姓名、证件号等个人信息")
    )
    revision = forms.IntegerField(widget=forms.HiddenInput)


class LicenceForm(forms.Form):
    kind = forms.ChoiceField(label=_("证件种类"), choices=models.LicenceKind.choices)
    number = forms.CharField(label=_("证件编号"), max_length=32)
    items = forms.CharField(
        label=_("许可项目"), max_length=400, required=False, help_text=_("多个项目用顿号隔开")
    )
    issued = day(_("发证日期"))
    expires = day(_("有效期至"), required=False)
    evidence = forms.CharField(
        label=_("凭证件确认"),
        max_length=200,
        required=False,
        help_text=_("号码核验不过、但证件上确实如此的，写明看过的证件"),
    )
