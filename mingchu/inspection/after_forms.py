"""Forms after a record: filters, reasons, another pair, a business's own words."""

from __future__ import annotations

from collections.abc import Iterable
from typing import Any

from django import forms
from django.utils.translation import gettext_lazy as _
from django.utils.translation import pgettext_lazy

from mingchu.accounts.models import User
from mingchu.inspection.models import FindingState, ReplyKind, VisitType, WayName
from mingchu.inspection.queries.after import Wanted
from mingchu.registry.desk_forms import IMAGES, FilesField
from mingchu.registry.forms import day
from mingchu.registry.models import Kind
from mingchu.registry.places import DISTRICTS

ALL = ("", _("全部"))
SHOWS = (
    ("waiting", pgettext_lazy("findings", "未了结的")),
    ("overdue", pgettext_lazy("findings", "已逾期的")),
    ("soon", pgettext_lazy("findings", "即将到期的")),
    ("answered", pgettext_lazy("findings", "待核实的")),
    ("unplanned", pgettext_lazy("findings", "待安排复查的")),
    ("settled", pgettext_lazy("findings", "已了结的限期整改")),
    *((code, name) for code, name in FindingState.choices if code not in ("open", "answered")),
    ("all", pgettext_lazy("findings", "全部")),
)


class FindForm(forms.Form):
    """What a list of findings is asked for; it stands in the address."""

    show = forms.ChoiceField(label=_("状态"), choices=SHOWS, required=False)
    district = forms.ChoiceField(
        label=_("旗县区"), choices=[ALL, *DISTRICTS.items()], required=False
    )
    kind = forms.ChoiceField(label=_("业态"), choices=[ALL, *Kind.choices], required=False)
    way = forms.ChoiceField(
        label=pgettext_lazy("inspection", "处理"), choices=[ALL, *WayName.choices], required=False
    )
    type = forms.ChoiceField(label=_("检查类型"), choices=[ALL, *VisitType.choices], required=False)
    item = forms.ChoiceField(label=_("检查项目"), choices=[ALL], required=False)
    since = day(_("检查日期自"), required=False)
    until = day(_("至"), required=False)
    record = forms.IntegerField(required=False, widget=forms.HiddenInput)

    def __init__(self, *said: Any, items: Iterable[tuple[str, str]] = (), **more: Any):
        super().__init__(*said, **more)
        field = self.fields["item"]
        assert isinstance(field, forms.ChoiceField)  # noqa: S101 tells the type checker
        field.choices = [ALL, *items]

    @property
    def wanted(self) -> Wanted:
        """Of what was asked as much as can be understood."""
        self.is_valid()
        known = {name: value for name, value in self.cleaned_data.items() if value}
        return Wanted(**known)


class WhyForm(forms.Form):
    why = forms.CharField(
        label=_("还差什么"),
        max_length=200,
        widget=forms.Textarea(attrs={"rows": 3}),
        help_text=_("经营者会看到这段话，整改期限不变"),
    )


class PairForm(forms.Form):
    """Who looks at it again, and until when."""

    lead = forms.TypedChoiceField(label=_("带队人员"), coerce=int, required=False, empty_value=None)
    second = forms.TypedChoiceField(
        label=_("同行人员"), coerce=int, required=False, empty_value=None
    )
    due = day(_("最迟复查日期"))

    def __init__(self, *said: Any, able: Iterable[User], **more: Any):
        super().__init__(*said, **more)
        names = [(str(one.pk), one.name) for one in able]
        for name in ("lead", "second"):
            field = self.fields[name]
            assert isinstance(field, forms.ChoiceField)  # noqa: S101 tells the type checker
            field.choices = [("", _("以后再派")), *names]


class AnswerForm(forms.Form):
    """How a business put it right."""

    text = forms.CharField(
        label=_("怎么改的"),
        required=False,
        max_length=500,
        widget=forms.Textarea(attrs={"rows": 3}),
        help_text=_("一句话就行，照片和文字有一样即可"),
    )

    def __init__(self, *said: Any, **more: Any):
        super().__init__(*said, **more)
        self.fields["photos"] = FilesField(label=_("改正后的照片"), required=False, accept=IMAGES)


class ReplyForm(forms.Form):
    """What a business says of a record."""

    kind = forms.ChoiceField(
        label=_("类别"),
        choices=ReplyKind.choices,
        initial=ReplyKind.STATEMENT,
        widget=forms.RadioSelect,
    )
    text = forms.CharField(
        label=_("内容"), max_length=1000, widget=forms.Textarea(attrs={"rows": 6})
    )


class ReplyAnswerForm(forms.Form):
    """Whether it is right, and why."""

    upheld = forms.TypedChoiceField(
        label=_("结论"),
        choices=[("1", pgettext_lazy("reply", "成立")), ("0", pgettext_lazy("reply", "不成立"))],
        coerce=lambda said: said == "1",
        widget=forms.RadioSelect,
    )
    answer = forms.CharField(
        label=_("答复和理由"),
        max_length=500,
        widget=forms.Textarea(attrs={"rows": 5}),
        help_text=_("异议成立的，这段话作为更正说明随检查结果公开，请不要写个人信息"),
    )


class DaysForm(forms.Form):
    """Which records are counted."""

    since = day(_("检查日期自"), required=False)
    until = day(_("至"), required=False)
    district = forms.ChoiceField(
        label=_("旗县区"), choices=[ALL, *DISTRICTS.items()], required=False
    )
    kind = forms.ChoiceField(label=_("业态"), choices=[ALL, *Kind.choices], required=False)
