"""Forms of messages: how one wants to be reached, receivers, the duty roster."""

from __future__ import annotations

from typing import Any

from django import forms
from django.utils.translation import get_language
from django.utils.translation import gettext_lazy as _

from mingchu.accounts.domain import CITY, Scope
from mingchu.base import clock
from mingchu.identifiers.divisions import DIVISIONS, REPORTING
from mingchu.kit.messages import queries
from mingchu.kit.messages.kinds import KINDS
from mingchu.kit.models import Pace, ReceiverForm, Severity

BY_SEVERITY = [
    (0, _("不用")),
    (Severity.GRAVE.value, _("只收紧急消息")),
    (Severity.PRESSING.value, _("紧急和重要消息")),
    (Severity.PLAIN.value, _("全部消息")),
]
MOMENT = "%Y-%m-%dT%H:%M"


class ReachForm(forms.Form):
    mail = forms.EmailField(label=_("电子邮箱"), max_length=200, required=False)
    by_mail = forms.TypedChoiceField(label=_("邮件通知"), choices=BY_SEVERITY, coerce=int)
    by_text = forms.TypedChoiceField(
        label=_("短信通知"),
        choices=BY_SEVERITY,
        coerce=int,
        help_text=_("发到账号里登记的手机号"),
    )
    pace = forms.ChoiceField(
        label=_("通知方式"),
        choices=Pace.choices,
        help_text=_("紧急消息总是立即通知；站内收件箱不受这里的影响"),
    )


def district_name(code: str) -> str:
    row = DIVISIONS.get(code)
    if row is None:
        return code
    return row.en if (get_language() or "").startswith("en") else row.zh


def scope_name(scope: Scope) -> str:
    return str(_("全市")) if scope == CITY else district_name(scope.code)


class NewReceiver(forms.Form):
    """A system or a chat group that is to be told."""

    name = forms.CharField(label=_("名称"), max_length=60)
    form = forms.ChoiceField(label=_("类型"), choices=ReceiverForm.choices)
    address = forms.CharField(
        label=_("地址"),
        max_length=500,
        help_text=_("以 https:// 开头的完整地址；保存后不再显示"),
        widget=forms.TextInput(attrs={"autocomplete": "off", "spellcheck": "false"}),
    )
    secret = forms.CharField(
        label=_("签名密钥"),
        max_length=200,
        required=False,
        help_text=_("钉钉和飞书机器人的加签密钥，企业微信没有；系统接口的由本系统生成"),
        widget=forms.PasswordInput(attrs={"autocomplete": "off"}),
    )
    district = forms.ChoiceField(label=_("范围"), required=False)
    mildest = forms.TypedChoiceField(
        label=_("级别"), choices=BY_SEVERITY[1:], coerce=int, initial=Severity.PLAIN.value
    )
    kinds = forms.MultipleChoiceField(
        label=_("事项种类"),
        required=False,
        widget=forms.CheckboxSelectMultiple,
        help_text=_("不选就是全部"),
    )

    def __init__(self, *args: Any, **kwargs: Any):
        super().__init__(*args, **kwargs)
        named = [(row.code, district_name(row.code)) for row in REPORTING]
        self.fields["district"].choices = [("", _("全市")), *named]  # type: ignore[attr-defined]
        kinds = list(KINDS)
        self.fields["kinds"].choices = kinds  # type: ignore[attr-defined]
        if not kinds:
            del self.fields["kinds"]

    def clean(self) -> dict[str, Any]:
        """Kinds here are those of messages; who gets changes from this page gets all of them."""
        said = super().clean() or {}
        if said.get("form") == ReceiverForm.CHANGES:
            said["kinds"] = []
        return said


class DutyForm(forms.Form):
    """One person on one duty of this part of the city."""

    user = forms.TypedChoiceField(label=_("值班人"), coerce=int)
    begins = forms.DateTimeField(
        label=_("起"),
        input_formats=[MOMENT],
        widget=forms.DateTimeInput(attrs={"type": "datetime-local"}, format=MOMENT),
    )
    ends = forms.DateTimeField(
        label=_("止"),
        input_formats=[MOMENT],
        widget=forms.DateTimeInput(attrs={"type": "datetime-local"}, format=MOMENT),
    )

    def __init__(self, *args: Any, scope: Scope, **kwargs: Any):
        super().__init__(*args, **kwargs)
        self.people = {user.pk: user for user in queries.candidates(scope)}
        self.fields["user"].choices = [  # type: ignore[attr-defined]
            (
                user.pk,
                user.name
                if user.phone
                else _("%(name)s（%(note)s）") % {"name": user.name, "note": _("未登记手机号")},
            )
            for user in self.people.values()
        ]

    def clean(self) -> dict[str, Any]:
        said = super().clean() or {}
        if said.get("begins") and said.get("ends") and said["ends"] <= said["begins"]:
            self.add_error("ends", _("结束时间应晚于开始时间，跨夜的填次日"))
        return said


def typed(moment: Any) -> str:
    """A moment as the form's field wants it."""
    return f"{clock.city(moment):{MOMENT}}"
