"""Forms of territorial duty; what they hold is checked again by the services."""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from typing import Any

from django import forms
from django.utils.translation import gettext_lazy as _

from mingchu.accounts.models import User
from mingchu.base import clock
from mingchu.registry.desk_forms import IMAGES, FilesField
from mingchu.registry.forms import day
from mingchu.registry.places import DISTRICTS
from mingchu.rulebook.words import words as said
from mingchu.territory.models import Cadre, Rank
from mingchu.territory.rules import Item, Sheet
from mingchu.territory.words import ANSWERS

ITEM = "item-"
NOTHING = ("", _("没有发现问题"))


class VisitForm(forms.Form):
    """A tap for each item, a tap for what was found, a line of text; photos if one likes."""

    problem = forms.ChoiceField(label=_("发现问题"), required=False, widget=forms.RadioSelect)
    note = forms.CharField(
        label=_("说明"),
        required=False,
        max_length=500,
        widget=forms.Textarea(attrs={"rows": 3}),
        help_text=_("发现问题的，写一两句看到了什么"),
    )

    def __init__(self, *said_: Any, sheet: Sheet, problems: Sequence[Item], **more: Any):
        super().__init__(*said_, **more)
        for item in sheet.items:
            self.fields[f"{ITEM}{item.key}"] = forms.ChoiceField(
                label=said(item.words),
                required=False,
                choices=list(ANSWERS.items()),
                widget=forms.RadioSelect,
            )
        known = [(one.key, said(one.words)) for one in problems]
        problem = self.fields["problem"]
        assert isinstance(problem, forms.ChoiceField)  # noqa: S101 tells the type checker
        problem.choices = [NOTHING, *known]
        self.fields["photos"] = FilesField(
            label=_("照片"), required=False, help_text=_("不是必需的；需要时再拍")
        )
        self.fields["photos"].widget.attrs["accept"] = IMAGES

    @property
    def items(self) -> list[forms.BoundField]:
        return [self[name] for name in self.fields if name.startswith(ITEM)]

    @property
    def answers(self) -> dict[str, str]:
        return {
            name.removeprefix(ITEM): value
            for name, value in self.cleaned_data.items()
            if name.startswith(ITEM) and value
        }


class CadreForm(forms.Form):
    """One cadre; what he answers for as codes, since a list has them so."""

    name = forms.CharField(label=_("姓名"), max_length=80)
    unit = forms.CharField(label=_("单位"), max_length=120)
    rank = forms.ChoiceField(label=_("职级"), choices=Rank.choices)
    district = forms.ChoiceField(label=_("旗县区"), required=False)
    phone = forms.RegexField(r"^\+?[\d-]{5,20}$", label=_("手机号"))
    areas = forms.CharField(
        label=_("包保区域"),
        required=False,
        widget=forms.Textarea(attrs={"rows": 2}),
        help_text=_("旗县区、监管所或网格的代码，几个之间用“、”分开；区域内与职级对应的主体归他"),
    )
    businesses = forms.CharField(
        label=_("点名包保的主体"),
        required=False,
        widget=forms.Textarea(attrs={"rows": 2}),
        help_text=_("档案编号或统一社会信用代码，用“、”分开"),
    )

    def __init__(self, *said_: Any, districts: Iterable[str], city: bool, **more: Any):
        super().__init__(*said_, **more)
        field = self.fields["district"]
        assert isinstance(field, forms.ChoiceField)  # noqa: S101 tells the type checker
        whole = [("", _("全市"))] if city else []
        field.choices = [*whole, *((code, DISTRICTS[code]) for code in districts)]


class AccountForm(forms.Form):
    """Which account is this cadre's."""

    user = forms.TypedChoiceField(label=_("账号"), coerce=int, required=False, empty_value=None)

    def __init__(self, *said_: Any, free: Iterable[User], cadre: Cadre, **more: Any):
        """Accounts of the same name come first."""
        super().__init__(*said_, **more)
        ranked = sorted(free, key=lambda user: (user.name != cadre.name, user.name, user.pk))
        field = self.fields["user"]
        assert isinstance(field, forms.ChoiceField)  # noqa: S101 tells the type checker
        field.choices = [
            ("", _("不关联")),
            *(
                (
                    str(user.pk),
                    _("%(name)s（%(note)s）") % {"name": user.name, "note": user.username},
                )
                for user in ranked
            ),
        ]


class HandOverForm(forms.Form):
    """To whom all of a cadre's goes, and from when."""

    heir = forms.TypedChoiceField(label=_("接手人"), coerce=int)
    since = day(_("自"))

    def __init__(self, *said_: Any, heirs: Iterable[Cadre], **more: Any):
        super().__init__(*said_, **more)
        self.fields["since"].initial = clock.today()
        field = self.fields["heir"]
        assert isinstance(field, forms.ChoiceField)  # noqa: S101 tells the type checker
        field.choices = [
            (str(one.pk), _("%(name)s（%(note)s）") % {"name": one.name, "note": one.unit})
            for one in heirs
        ]


class NameForm(forms.Form):
    """For whom a business is named; nobody means whoever has its area."""

    cadre = forms.TypedChoiceField(
        label=_("包保干部"),
        coerce=int,
        required=False,
        empty_value=None,
        help_text=_("职级与包保层级对应的在册干部；选“按区域”则由负责该区域的干部包保"),
    )

    def __init__(self, *said_: Any, cadres: Iterable[Cadre], **more: Any):
        super().__init__(*said_, **more)
        field = self.fields["cadre"]
        assert isinstance(field, forms.ChoiceField)  # noqa: S101 tells the type checker
        named = [
            (str(one.pk), _("%(name)s（%(note)s）") % {"name": one.name, "note": one.unit})
            for one in cadres
        ]
        field.choices = [("", _("按区域")), *named]
