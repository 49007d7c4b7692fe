"""Forms of the acts on a file: each opens filled with what the registry knows, at its revision."""

from __future__ import annotations

from dataclasses import dataclass
from decimal import Decimal
from typing import Any

from django import forms
from django.utils.translation import gettext_lazy as _

from mingchu.accounts.domain import Actor, Place, may
from mingchu.base import clock
from mingchu.registry import models, queries, rules
from mingchu.registry.choosing import UNDECIDED, AreaField, areas_for, offer_areas, offer_districts
from mingchu.registry.forms import BusinessForm, districts_for, term_end
from mingchu.registry.forms import day as day_field
from mingchu.registry.history import Snapshot
from mingchu.registry.models import Business, Licence, Person, Premises
from mingchu.registry.places import DISTRICTS
from mingchu.registry.queries.parts import by_code

Row = Licence | Premises | Person
LEDGER_HINT = _("记入台账；请勿写姓名、证件号等个人信息")
EVIDENCE_HINT = _("号码核验不过、但证件上确实如此的，写明看过的证件")


@dataclass(frozen=True)
class Target:
    """What an act is about: the file as the form saw it, and one of its rows, if it is of one."""

    business: Business
    file: Snapshot
    actor: Actor
    row: Row | None = None


class ActForm(forms.Form):
    """An act on a file: why, and at which revision the form was opened."""

    why = forms.CharField(label=_("理由"), max_length=200, help_text=LEDGER_HINT)
    revision = forms.IntegerField(widget=forms.HiddenInput)

    def __init__(self, *said: Any, target: Target, **more: Any):
        super().__init__(*said, **more)
        self.target = target
        self.fields["why"] = self.fields.pop("why")


class CorrectForm(BusinessForm):
    why = forms.CharField(label=_("更正理由"), max_length=200, help_text=LEDGER_HINT)
    revision = forms.IntegerField(widget=forms.HiddenInput)

    def __init__(self, *said: Any, target: Target, **more: Any):
        super().__init__(*said, actor=target.actor, **more)


class StateForm(ActForm):
    state = forms.ChoiceField(label=_("经营状态"), choices=models.State.choices)
    since = day_field(_("自哪一天起"))


class BusinessCodeField(forms.CharField):
    """Another business, said by code, file number or whole name."""

    def clean(self, value: Any) -> Business | None:
        said = super().clean(value)
        if not said:
            return None
        found = by_code(said)
        if found is None:
            raise forms.ValidationError(
                _("没有找到“%(said)s”；请填统一社会信用代码、档案编号或完整名称"),
                params={"said": said},
            )
        return found


class HeadForm(ActForm):
    head = BusinessCodeField(
        label=_("总部"),
        required=False,
        max_length=120,
        help_text=_("总部的统一社会信用代码、档案编号或完整名称；留空表示不再隶属"),
    )


class PlaceForm(ActForm):
    """A place inside the officer's reach."""

    use = forms.ChoiceField(label=_("用途"), choices=models.Use.choices)
    address = forms.CharField(
        label=_("地址"), max_length=200, required=False, help_text=_("网络经营可不填")
    )
    district = forms.ChoiceField(label=_("旗县区"))
    station = AreaField(label=_("监管所"), required=False)
    platform = forms.CharField(
        label=_("网络平台"), max_length=80, required=False, help_text=_("网络经营填写")
    )
    hours = forms.CharField(
        label=_("经营时段"), max_length=80, required=False, help_text=_("如：每日 06:00–10:00")
    )

    def __init__(self, *said: Any, target: Target, **more: Any):
        super().__init__(*said, target=target, **more)
        offer_districts(self, self._districts())
        offer_areas(self, self._areas(), UNDECIDED)

    def _districts(self) -> list[tuple[str, Any]]:
        """A place may lie elsewhere than the business: whoever keeps the file enters it."""
        return list(DISTRICTS.items())

    def _areas(self) -> tuple[queries.AreaRow, ...]:
        return queries.all_areas(queries.EVERYWHERE)


class PremisesForm(PlaceForm):
    since = day_field(_("启用日期"), required=False)
    landlord = BusinessCodeField(
        label=_("出租方"),
        required=False,
        max_length=120,
        help_text=_("租用冷库、市场等场地的，填出租方的代码、档案编号或完整名称"),
    )


class PremisesCorrectForm(PlaceForm):
    since = day_field(_("启用日期"), required=False)


class MoveForm(PlaceForm):
    """Where a business moves to: only where the officer may keep it."""

    day = day_field(_("迁址日期"))

    def _districts(self) -> list[tuple[str, Any]]:
        return districts_for(self.target.actor, "registry.write")

    def _areas(self) -> tuple[queries.AreaRow, ...]:
        return areas_for(self.target.actor, "registry.write")

    def clean(self) -> dict[str, Any]:
        said = super().clean() or {}
        place = Place(district=said.get("district", ""), station=said.get("station", ""))
        if place.district and not may(self.target.actor, "registry.write", place):
            self.add_error("station", _("您的岗位不管这里；请选择本所"))
        return said


class EndPlaceForm(ActForm):
    until = day_field(_("停用日期"))


class ItemsField(forms.CharField):
    """Items of a licence, as people write them: with the enumeration comma or a line each."""

    def __init__(self, **more: Any):
        super().__init__(
            label=_("许可项目"),
            max_length=400,
            required=False,
            help_text=_("多个项目用顿号隔开"),
            **more,
        )

    def clean(self, value: Any) -> tuple[str, ...]:
        said = super().clean(value).replace("\n", "、")
        return tuple(part.strip() for part in said.split("、") if part.strip())


class LicenceForm(ActForm):
    """A new licence; with a known number of its own it is that licence's next term."""

    kind = forms.ChoiceField(label=_("证件种类"), choices=models.LicenceKind.choices)
    number = forms.CharField(label=_("证件编号"), max_length=32)
    items = ItemsField()
    catalogue = forms.CharField(label=_("项目目录版本"), max_length=16, required=False)
    issued = day_field(_("发证日期"))
    expires = term_end()
    evidence = forms.CharField(
        label=_("凭证件确认"), max_length=200, required=False, help_text=EVIDENCE_HINT
    )
    committed = forms.BooleanField(
        label=_("告知承诺"), required=False, help_text=_("申请人书面承诺后当场发证，之后须到场核查")
    )
    follow_up_due = day_field(_("承诺后核查期限"), required=False)

    def __init__(self, *said: Any, target: Target, **more: Any):
        super().__init__(*said, target=target, **more)
        del self.fields["why"]

    def clean(self) -> dict[str, Any]:
        said = super().clean() or {}
        if not said.get("committed"):
            said["follow_up_due"] = None
        elif not rules.may_commit(self._kind(said), clock.today()):
            self.add_error("committed", _("这类证件不适用告知承诺"))
        elif not said.get("follow_up_due") and "follow_up_due" not in self.errors:
            self.add_error("follow_up_due", _("告知承诺的，要写明核查期限"))
        return said

    def _kind(self, said: dict[str, Any]) -> str:
        return str(said.get("kind", ""))


class RenewForm(LicenceForm):
    """The next term of a licence: kind and number stay."""

    def __init__(self, *said: Any, target: Target, **more: Any):
        super().__init__(*said, target=target, **more)
        for name in ("kind", "number", "evidence"):
            del self.fields[name]

    def _kind(self, said: dict[str, Any]) -> str:
        assert isinstance(self.target.row, Licence)  # noqa: S101 as above
        return self.target.row.kind


class LicenceChangeForm(ActForm):
    items = ItemsField()
    catalogue = forms.CharField(label=_("项目目录版本"), max_length=16, required=False)
    issued = day_field(_("发证日期"))
    expires = day_field(_("有效期至"), required=False)
    expires.help_text = _("留空表示没有截止日期")


class LicencePlaceForm(ActForm):
    places = forms.TypedMultipleChoiceField(
        label=_("经营场所"),
        coerce=int,
        required=False,
        widget=forms.CheckboxSelectMultiple,
        help_text=_("一个也不选表示主要场所"),
    )

    def __init__(self, *said: Any, target: Target, **more: Any):
        super().__init__(*said, target=target, **more)
        field = self.fields["places"]
        assert isinstance(field, forms.TypedMultipleChoiceField)  # noqa: S101 as above
        field.choices = [
            (int(pk), one["address"] or one["platform"])
            for pk, one in target.file["premises"].items()
            if not one["until"]
        ]


class VisitForm(ActForm):
    day = day_field(_("核查日期"))


class NewOwnerForm(ActForm):
    """Who takes the place over; the place itself is known and not asked for."""

    day = day_field(_("接手日期"))
    name = forms.CharField(label=_("新主体名称"), max_length=120)
    sign = forms.CharField(label=_("店招"), max_length=120, required=False)
    legal_form = forms.ChoiceField(label=_("主体类型"), choices=models.LegalForm.choices)
    kind = forms.ChoiceField(label=_("业态"), choices=models.Kind.choices)
    code = forms.CharField(label=_("新主体的统一社会信用代码"), max_length=30, required=False)
    evidence = forms.CharField(
        label=_("凭证件确认"), max_length=200, required=False, help_text=EVIDENCE_HINT
    )
    phone = forms.CharField(label=_("联系电话"), max_length=20, required=False)
    licence_kind = forms.ChoiceField(
        label=_("新证种类"), required=False, choices=[("", _("暂无")), *models.LicenceKind.choices]
    )
    licence_number = forms.CharField(label=_("新证编号"), max_length=32, required=False)
    items = ItemsField()
    licence_issued = day_field(_("发证日期"), required=False)
    licence_expires = term_end()

    def clean(self) -> dict[str, Any]:
        said = super().clean() or {}
        if said.get("licence_kind"):
            for name in ("licence_number", "licence_issued"):
                if not said.get(name) and name not in self.errors:
                    self.add_error(name, _("选了证件种类就要填写"))
        return said


# People: their rows have no revision, a stamp tells the second editor


class PersonActForm(forms.Form):
    seen = forms.CharField(widget=forms.HiddenInput, required=False)

    def __init__(self, *said: Any, target: Target, **more: Any):
        super().__init__(*said, **more)
        self.target = target


def duties_field() -> forms.MultipleChoiceField:
    return forms.MultipleChoiceField(
        label=_("职责"),
        choices=models.Duty.choices,
        widget=forms.CheckboxSelectMultiple,
        help_text=_("一人多职的都选上"),
    )


class PostForm(PersonActForm):
    name = forms.CharField(label=_("姓名"), max_length=60)
    duties = duties_field()
    identity = forms.CharField(
        label=_("身份证号"),
        max_length=24,
        required=False,
        help_text=_("只存摘要和后四位，用来认出同一个人"),
    )
    phone = forms.CharField(label=_("电话"), max_length=20, required=False)
    since = day_field(_("到岗日期"), required=False)
    health_number = forms.CharField(label=_("健康证编号"), max_length=40, required=False)
    health_until = day_field(_("健康证有效期至"), required=False)


class PersonForm(PersonActForm):
    name = forms.CharField(label=_("姓名"), max_length=60)
    duties = duties_field()
    phone = forms.CharField(label=_("电话"), max_length=20, required=False)
    why = forms.CharField(label=_("更正理由"), max_length=200, help_text=LEDGER_HINT)


class LeaveForm(PersonActForm):
    until = day_field(_("离岗日期"))


class DiedForm(PersonActForm):
    day = day_field(_("死亡日期"))


class CertificateForm(PersonActForm):
    number = forms.CharField(label=_("健康证编号"), max_length=40, required=False)
    issued = day_field(_("发证日期"))
    until = day_field(_("有效期至"), required=False)

    def __init__(self, *said: Any, target: Target, **more: Any):
        super().__init__(*said, target=target, **more)
        self.fields["until"].help_text = _("留空按发证日期推算")


class TrainingForm(PersonActForm):
    day = day_field(_("培训日期"))
    hours = forms.DecimalField(
        label=_("学时"), min_value=Decimal("0.5"), max_value=24, max_digits=4, decimal_places=1
    )
    topic = forms.CharField(label=_("内容"), max_length=120)


YES_NO = [("yes", _("合格")), ("no", _("不合格"))]


class ExamForm(PersonActForm):
    day = day_field(_("考核日期"))
    passed = forms.ChoiceField(label=_("结果"), choices=YES_NO, widget=forms.RadioSelect)
    score = forms.IntegerField(label=_("得分"), required=False, min_value=0, max_value=100)
