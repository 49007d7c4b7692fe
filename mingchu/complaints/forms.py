"""Forms of letters: the one for everybody, the list's filters, and those of each act."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any

from django import forms
from django.utils.translation import gettext_lazy as _

from mingchu.accounts.domain import Actor
from mingchu.accounts.models import User
from mingchu.complaints import models
from mingchu.complaints.domain.numbers import GROUP, LENGTH
from mingchu.complaints.queries import Wanted
from mingchu.complaints.services.registering import NAME_TOP, PHONE_TOP, PHOTOS_TOP, WHAT_TOP
from mingchu.complaints.services.stepping import NOTE_TOP
from mingchu.complaints.values import Contact, NewComplaint
from mingchu.kit.selects import Box
from mingchu.registry import domain as registry
from mingchu.registry.choosing import AreaField, areas_for, offer_areas
from mingchu.registry.desk_forms import IMAGES, FilesField
from mingchu.registry.forms import ALL, day
from mingchu.registry.places import DISTRICTS

LEAVE_EMPTY = "website"  # people do not see it; programs that fill in everything do
KINDS = [
    ("complaint", _("投诉：与商家有纠纷，要求调解、退赔")),
    ("report", _("举报：反映违法问题，要求查处")),
    ("both", _("两样都有：会拆成两件，分别办理")),
]


class LetterForm(forms.Form):
    """What anybody may write; few fields are a must, and each says why it is asked."""

    # What is missing is said by the house: whether a place is needed the browser cannot know.
    use_required_attribute = False

    kind = forms.ChoiceField(label=_("您要"), choices=KINDS, widget=forms.RadioSelect)
    place = forms.CharField(
        label=_("店名和地址"),
        max_length=200,
        required=False,
        help_text=_("写店名或招牌，几个字也行；不知道店名的，写清在哪里"),
    )
    district = Box(
        label=_("在哪个旗县区"), required=False, choices=[("", _("请选择")), *DISTRICTS.items()]
    )
    business = forms.RegexField(r"^[0-9A-Za-z]{1,8}$", required=False, widget=forms.HiddenInput)
    category = Box(label=_("哪方面的问题"), choices=[("", _("请选择")), *models.Category.choices])
    happened_on = day(_("哪一天发生的"), required=False)
    what = forms.CharField(
        label=_("事情经过"),
        max_length=WHAT_TOP,
        widget=forms.Textarea(attrs={"rows": 6}),
        help_text=_(
            "时间、买了或吃了什么、看到什么。请不要在这里写您的姓名和电话，下面有专门的地方"
        ),
    )
    wants = forms.CharField(label=_("您的要求"), max_length=400, required=False)
    ill = forms.IntegerField(
        label=_("有几个人吃了不舒服"), required=False, min_value=0, max_value=10_000
    )
    households = forms.IntegerField(
        label=_("他们来自几户人家"), required=False, min_value=0, max_value=1_000
    )
    ate_at = forms.DateTimeField(
        label=_("什么时候吃的"),
        required=False,
        widget=forms.DateTimeInput(attrs={"type": "datetime-local"}, format="%Y-%m-%dT%H:%M"),
        input_formats=["%Y-%m-%dT%H:%M", "%Y-%m-%d %H:%M"],
    )
    photos = FilesField(
        label=_("照片"),
        top=PHOTOS_TOP,
        accept=IMAGES,
        required=False,
        help_text=_("最多5张；照片里的拍摄地点等信息会自动去除，只有承办人能看到"),
    )
    name = forms.CharField(
        label=_("您的姓名"),
        max_length=NAME_TOP,
        required=False,
        widget=forms.TextInput(attrs={"autocomplete": "name"}),
    )
    phone = forms.CharField(
        label=_("您的电话"),
        max_length=PHONE_TOP,
        required=False,
        widget=forms.TextInput(attrs={"autocomplete": "tel", "inputmode": "tel"}),
    )
    draft = forms.RegexField(r"^[0-9A-Z]{26}$", required=False, widget=forms.HiddenInput)
    website = forms.CharField(
        required=False,
        max_length=200,
        label=_("这一栏请留空"),
        widget=forms.TextInput(attrs={"autocomplete": "off", "tabindex": "-1"}),
    )

    def __init__(self, *said: Any, **more: Any):
        super().__init__(*said, **more)
        # Whoever has chosen a business has said where.
        for name in ("place", "district"):
            self.fields[name].required = not self["business"].value()

    def clean(self) -> dict[str, Any]:
        said = super().clean() or {}
        if said.get("ill") and not said.get("ate_at") and "ate_at" not in self.errors:
            self.add_error("ate_at", _("有人不舒服时，就餐时间能帮我们判断是不是聚集性发病"))
        if said.get(LEAVE_EMPTY):
            self.add_error(LEAVE_EMPTY, _("这一栏请留空后再提交"))
        return said

    def letter(self, origin: str) -> NewComplaint:
        """What was written, as it is taken in."""
        said = self.cleaned_data
        business = registry.number_of(said["business"]) if said["business"] else None
        return NewComplaint(
            kinds=("complaint", "report") if said["kind"] == "both" else (said["kind"],),
            channel=models.Channel.FORM,
            category=said["category"],
            business=business,
            place=said["place"],
            district=said["district"],
            what=said["what"],
            wants=said["wants"],
            happened_on=said["happened_on"],
            ill=said["ill"] or 0,
            households=said["households"] or 0,
            ate_at=said["ate_at"],
            contact=Contact(name=said["name"], phone=said["phone"]),
            origin=origin,
        )


class NumberForm(forms.Form):
    number = forms.CharField(
        label=_("登记编号"),
        max_length=LENGTH + LENGTH // GROUP + 10,
        widget=forms.TextInput(attrs={"autocomplete": "off", "class": "mono"}),
    )


SHOWS = [
    ("open", _("在办")),
    ("overdue", _("已超期")),
    ("unhandled", _("无人承办")),
    ("answer", _("工单已办结、待答复")),
    ("visit", _("待回访")),
    ("all", _("全部")),
    *models.State.choices,
]


class FindForm(forms.Form):
    """The list's filters, all of which stand in its address."""

    q = forms.CharField(
        label=_("查找"),
        required=False,
        max_length=60,
        widget=forms.TextInput(
            attrs={"type": "search", "autocomplete": "off", "placeholder": _("编号、店名")}
        ),
    )
    show = Box(label=_("状态"), required=False, choices=SHOWS)
    kind = Box(label=_("类型"), required=False, choices=[*ALL, *models.Kind.choices])
    category = Box(label=_("问题类别"), required=False, choices=[*ALL, *models.Category.choices])
    district = Box(label=_("旗县区"), required=False, choices=[*ALL, *DISTRICTS.items()])
    channel = Box(label=_("来源"), required=False, choices=[*ALL, *models.Channel.choices])
    since = day(_("收到日期自"), required=False)
    until = day(_("至"), required=False)
    mine = forms.BooleanField(label=_("只看我承办的"), required=False)

    @property
    def wanted(self) -> Wanted:
        """What was asked; a field that makes no sense asks nothing and says so beside itself."""
        self.is_valid()
        said = {name: value for name, value in self.cleaned_data.items() if value not in ("", None)}
        return Wanted(**{"show": "open", **said})


class DaysForm(forms.Form):
    since = day(_("收到日期自"), required=False)
    until = day(_("至"), required=False)


# Acts


def note(label: Any, *, required: bool = True, hint: Any = "", top: int = NOTE_TOP) -> Any:
    return forms.CharField(
        label=label,
        max_length=top,
        required=required,
        help_text=hint,
        widget=forms.Textarea(attrs={"rows": 4}),
    )


TO_READ = _("来信人凭编号能看到，并入本件的来信人也能看到；请勿写任何人的个人信息")


class ActForm(forms.Form):
    """A form of an act; `letter` is what it is done with, `actor` who does it."""

    def __init__(self, *said: Any, letter: models.Complaint, actor: Actor, **more: Any):
        super().__init__(*said, **more)
        self.letter, self.actor = letter, actor


class BareForm(ActForm):
    """An act that needs no word."""


class OptionalNoteForm(ActForm):
    note = note(_("说明"), required=False)


class NoteForm(ActForm):
    note = note(_("情况说明"))


class ReplyForm(ActForm):
    text = note(_("答复"), hint=TO_READ)


class ReturnForm(ActForm):
    why = note(_("退回理由"))
    reply = note(_("答复"), hint=TO_READ)


class GroundForm(ActForm):
    """A ground out of the rule of today."""

    ground = forms.ChoiceField(label=_("法定情形"), widget=forms.RadioSelect)

    def offer(self, grounds: Sequence[tuple[str, str]]) -> None:
        field = self.fields["ground"]
        assert isinstance(field, forms.ChoiceField)  # noqa: S101 tells the type checker
        field.choices = list(grounds)


class RefuseForm(GroundForm):
    reply = note(_("答复"), hint=TO_READ)


class EndForm(GroundForm):
    note = note(_("说明"), required=False)


class WhatForm(ActForm):
    what = note(_("违法线索"), hint=_("拆出的举报只写违法线索，不写来信人"), top=NOTE_TOP)


class HandOverForm(ActForm):
    to = forms.ChoiceField(label=_("移交给"))
    note = note(_("说明"), required=False)

    def offer(self, people: Sequence[User]) -> None:
        field = self.fields["to"]
        assert isinstance(field, forms.ChoiceField)  # noqa: S101 tells the type checker
        field.choices = [(str(one.pk), one.name) for one in people]


class ForwardForm(ActForm):
    district = forms.ChoiceField(label=_("旗县区"), choices=list(DISTRICTS.items()))
    station = AreaField(label=_("监管所"), required=False)
    note = note(_("转办理由"))

    def __init__(self, *said: Any, **more: Any):
        super().__init__(*said, **more)
        offer_areas(self, areas_for(self.actor, "registry.read"), _("未定"))


class MergeForm(ActForm):
    number = forms.CharField(label=_("并入哪一件（件号或12315编号）"), max_length=60)
    why = note(_("并案理由"))
