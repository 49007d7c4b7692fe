"""Forms of the credit file; what they hold is checked again by the services."""

from __future__ import annotations

from collections.abc import Iterable
from typing import Any

from django import forms
from django.utils.translation import gettext_lazy as _

from mingchu.base import clock
from mingchu.registry.forms import day
from mingchu.risk import credit_rules, credit_words
from mingchu.risk.models import Exit, FactKind, Listing, RollName
from mingchu.risk.services.listing import EXITS


class FactForm(forms.Form):
    """Something held against the business, with the paper it stands on."""

    kind = forms.ChoiceField(label=_("种类"), choices=FactKind.choices)
    day = day(_("日期"))
    reference = forms.CharField(
        label=_("文号"), max_length=80, help_text=_("决定书、报告、工单等的编号，日后据此核对")
    )
    source = forms.CharField(
        label=_("出处"), max_length=120, required=False, help_text=_("作出机关或者提供单位")
    )
    note = forms.CharField(
        label=_("说明"), max_length=300, required=False, widget=forms.Textarea(attrs={"rows": 2})
    )


class ListForm(forms.Form):
    """An entry on a list, as it was decided."""

    ground = forms.ChoiceField(label=_("名录与列入情形"))
    found = day(_("查实日期"))
    since = day(_("列入日期"))
    decision = forms.CharField(label=_("列入决定文号"), max_length=80)

    def __init__(self, *said: Any, **more: Any):
        super().__init__(*said, **more)
        field = self.fields["ground"]
        assert isinstance(field, forms.ChoiceField)  # noqa: S101 tells the type checker
        field.choices = [(str(name), _grounds(roll)) for roll, name in RollName.choices]

    @property
    def chosen(self) -> tuple[str, str]:
        """(list, ground)."""
        roll, _colon, ground = self.cleaned_data["ground"].partition(":")
        return roll, ground


def _grounds(roll: str) -> list[tuple[str, str]]:
    ruling = credit_rules.grounds(roll, clock.today())
    return [(f"{roll}:{key}", credit_words.label(ruling, key)) for key in ruling.value]


class AskForm(forms.Form):
    day = day(_("申请日期"))


class LeaveForm(forms.Form):
    how = forms.ChoiceField(label=_("移出情形"), choices=())
    until = day(_("在列的最后一天"))
    decision = forms.CharField(label=_("移出决定文号"), max_length=80, required=False)

    def __init__(self, *said: Any, listing: Listing, **more: Any):
        super().__init__(*said, **more)
        field = self.fields["how"]
        assert isinstance(field, forms.ChoiceField)  # noqa: S101 tells the type checker
        field.choices = list(_exits(EXITS[listing.roll]))


def _exits(exits: Iterable[Exit]) -> Iterable[tuple[str, Any]]:
    return ((one.value, one.label) for one in exits)


class StrikeForm(forms.Form):
    why = forms.CharField(label=_("撤销理由"), max_length=200)
