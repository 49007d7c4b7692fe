"""Forms of the registry; what they hold is checked again by the services."""

from __future__ import annotations

from collections.abc import Iterable
from typing import Any, cast

from django import forms
from django.utils.translation import gettext_lazy as _

from mingchu.accounts.domain import Actor, Place, ScopeKind, may
from mingchu.kit.selects import Box
from mingchu.registry import models, queries
from mingchu.registry.choosing import UNDECIDED, AreaField, areas_for, offer_areas, offer_districts
from mingchu.registry.places import DISTRICTS
from mingchu.registry.queries import SORTS, Wanted

SORT_NAMES = {"name": _("按名称"), "new": _("最近建档在前"), "expires": _("最早到期在前")}
ALL = [("", _("全部"))]


def day(label: Any, *, required: bool = True) -> forms.DateField:
    widget = forms.DateInput(attrs={"type": "date"}, format="%Y-%m-%d")
    return forms.DateField(label=label, required=required, widget=widget)


def term_end() -> forms.DateField:
    """The last day of a new term, which the rule knows where nobody says it."""
    field = day(_("有效期至"), required=False)
    field.help_text = _("留空按证件种类和发证日期推算")
    return field


class FindForm(forms.Form):
    """The search box and the filters everybody has; all of it stands in the page's address."""

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
    district = Box(label=_("旗县区"), required=False, choices=[*ALL, *DISTRICTS.items()])
    kind = Box(label=_("业态"), required=False, choices=[*ALL, *models.Kind.choices])
    state = Box(label=_("经营状态"), required=False, choices=[*ALL, *models.State.choices])

    @property
    def wanted(self) -> Wanted:
        """What was asked; a field that makes no sense asks nothing and says so beside itself."""
        self.is_valid()
        said = {name: value for name, value in self.cleaned_data.items() if value not in ("", None)}
        return Wanted(**said)


STANDINGS = [("expired", _("有证件已过期")), ("none", _("没有有效证件"))]


Offers = tuple[queries.AreaRow, ...] | None


class OfficerFindForm(FindForm):
    """What officers filter by too; `MORE` of it is folded away until something is asked."""

    station = AreaField(label=_("监管所"), required=False)
    expires_before = day(_("证件在此日前到期"), required=False)
    sort = Box(label=_("排序"), required=False, choices=[(key, SORT_NAMES[key]) for key in SORTS])
    grid = AreaField(label=_("网格"), required=False)
    standing = Box(label=_("证件情况"), required=False, choices=[*ALL, *STANDINGS])
    within = forms.IntegerField(
        label=_("几天之内到期"), required=False, min_value=0, max_value=3_660
    )
    legal_form = Box(label=_("主体类型"), required=False, choices=[*ALL, *models.LegalForm.choices])
    channel = Box(label=_("建档来源"), required=False, choices=[*ALL, *models.Channel.choices])
    head = forms.RegexField(r"^[0-9A-Za-z]{1,8}$", label=_("总部档案编号"), required=False)
    MORE = ("grid", "standing", "within", "legal_form", "channel", "head", "expires_before")

    def __init__(
        self,
        said: Any,
        *,
        actor: Actor,
        areas: tuple[queries.AreaRow, ...] | None = None,
        **more: Any,
    ):
        """`areas` are those to choose from, where a page knows them already."""
        super().__init__(said, **more)
        self.fields["q"].widget.attrs["placeholder"] = _("名称、代码、证件编号、地址、人员姓名")
        scopes = actor.scopes_for("registry.read")
        self.areas = queries.areas(scopes, station=said.get("station")) if areas is None else areas
        offer_areas(self, self.areas, ALL[0][1])

    @property
    def more(self) -> list[forms.BoundField]:
        return [self[name] for name in self.MORE]

    @property
    def first(self) -> list[forms.BoundField]:
        return [self[name] for name in self.fields if name not in (*self.MORE, "q")]

    @property
    def in_words(self) -> str:
        """What is asked, as a sentence: the boxes that are filled, with their labels."""
        self.is_valid()
        said = ((self[name].label, self._word(name)) for name in self.fields)
        return _("；").join(f"{label}{_('：')}{word}" for label, word in said if word)

    def _word(self, name: str) -> str:
        value, field = self.cleaned_data.get(name), self.fields[name]
        if value in ("", None):
            return ""
        if isinstance(field, forms.ChoiceField):
            return _choices(field).get(str(value), str(value))
        return str(value)

    @property
    def asks_more(self) -> bool:
        return any(self.data.get(name) for name in self.MORE)


def _choices(field: forms.ChoiceField) -> dict[str, str]:
    """Words of a box by code, groups unfolded."""
    found: dict[str, str] = {}
    for code, word in cast("Iterable[tuple[Any, Any]]", field.choices):
        options = word if isinstance(word, list | tuple) else [(code, word)]
        found.update((str(own), str(said)) for own, said in options)
    return found


def districts_for(actor: Actor, action: str) -> list[tuple[str, Any]]:
    """Where the actor may do it, be it only in one station of the district."""
    stations = {
        scope.code[:6] for scope in actor.scopes_for(action) if scope.kind is ScopeKind.STATION
    }
    return [
        (code, name)
        for code, name in DISTRICTS.items()
        if code in stations or may(actor, action, Place(district=code))
    ]


class BusinessForm(forms.Form):
    """What an officer may write of a business."""

    name = forms.CharField(label=_("名称"), max_length=120)
    sign = forms.CharField(label=_("店招"), max_length=120, required=False)
    kind = forms.ChoiceField(label=_("业态"), choices=models.Kind.choices)
    legal_form = forms.ChoiceField(label=_("主体类型"), choices=models.LegalForm.choices)
    district = forms.ChoiceField(label=_("旗县区"))
    station = AreaField(label=_("监管所"), required=False)
    grid = AreaField(label=_("网格"), required=False)
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
        offer_districts(self, districts_for(actor, "registry.write"))
        offer_areas(self, areas_for(actor, "registry.write"), UNDECIDED)
        self._actor = actor

    def clean(self) -> dict[str, Any]:
        """Nobody puts a business where he could not write it himself."""
        said = super().clean() or {}
        place = Place(district=said.get("district", ""), station=said.get("station", ""))
        if place.district and not may(self._actor, "registry.write", place):
            self.add_error("station", _("您的岗位不管这里；请选择本所"))
        return said


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
    licence_expires = term_end()

    def clean(self) -> dict[str, Any]:
        said = super().clean() or {}
        if said.get("licence_kind"):
            for name in ("licence_number", "licence_issued"):
                if not said.get(name) and name not in self.errors:
                    self.add_error(name, _("选了证件种类就要填写"))
        return said


class AskForm(forms.Form):
    """What an office asks a business for."""

    title = forms.CharField(label=_("事项"), max_length=80)
    asks = forms.CharField(
        label=_("要求"),
        max_length=1000,
        widget=forms.Textarea(attrs={"rows": 4}),
        help_text=_("写清要什么材料、为什么要；主体库里已有的不要再要"),
    )
    due = day(_("期限"))


class SettleForm(forms.Form):
    """What an officer says to an answer."""

    verdict = forms.ChoiceField(
        label=_("核对结果"),
        choices=[("good", _("材料齐全，办结")), ("back", _("退回补正"))],
        widget=forms.RadioSelect,
    )
    remark = forms.CharField(
        label=_("核对意见"),
        max_length=400,
        required=False,
        help_text=_("退回的写明还缺什么"),
    )
