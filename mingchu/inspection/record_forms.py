"""The filters of records; all of them stand in the page's address."""

from __future__ import annotations

from django import forms
from django.utils.translation import gettext_lazy as _

from mingchu.inspection.models import OutcomeName, RecordState, VisitType, WordName
from mingchu.inspection.queries.records import SEEN
from mingchu.kit.selects import Box
from mingchu.registry.forms import ALL, day
from mingchu.registry.places import DISTRICTS


class RecordFindForm(forms.Form):
    q = forms.CharField(
        label=_("查找"), required=False, max_length=60,
        widget=forms.TextInput(attrs={"type": "search", "autocomplete": "off",
                                      "placeholder": _("名称、地址的任意几个字，或检查编号")}),
    )  # fmt: skip
    type = Box(label=_("检查类型"), required=False, choices=[*ALL, *VisitType.choices])
    word = Box(label=_("结果判定"), required=False, choices=[*ALL, *WordName.choices])
    outcome = Box(label=_("检查情形"), required=False, choices=[*ALL, *OutcomeName.choices])
    state = Box(
        label=_("状态"), required=False,
        choices=[*ALL, *((one, RecordState(one).label) for one in SEEN)],
    )  # fmt: skip
    district = Box(label=_("旗县区"), required=False, choices=[*ALL, *DISTRICTS.items()])
    since = day(_("检查日期自"), required=False)
    until = day(_("检查日期至"), required=False)

    @property
    def wanted(self) -> dict[str, str]:
        """What was asked; a field that makes no sense asks nothing and says so beside itself."""
        self.is_valid()
        return {name: str(value) for name, value in self.cleaned_data.items() if value}
