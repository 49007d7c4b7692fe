"""Forms beside the list: saved views, areas, merges, the sweep."""

from __future__ import annotations

import re
from typing import Any

from django import forms
from django.utils.translation import gettext_lazy as _

from mingchu.registry.desk_forms import FilesField
from mingchu.registry.forms import day
from mingchu.registry.models import AreaKind
from mingchu.registry.services.sweeping import SWEEP_EVIDENCE_TOP, SWEEP_WHY_TOP

REMEMBERED = _("记入台账；请勿写姓名、证件号等个人信息")
_LINE = re.compile(r"^([0-9A-Za-z]+)[\s,，]+(\S.*)$")


class ViewForm(forms.Form):
    name = forms.CharField(label=_("名称"), max_length=40)
    query = forms.CharField(required=False, max_length=500, widget=forms.HiddenInput)


class RenameViewForm(forms.Form):
    name = forms.CharField(label=_("名称"), max_length=40)


class AreasForm(forms.Form):
    """Areas as lines of a code and a name, as two columns of a table come over."""

    kind = forms.ChoiceField(label=_("种类"), choices=AreaKind.choices)
    lines = forms.CharField(
        label=_("代码和名称"),
        max_length=60_000,
        widget=forms.Textarea(attrs={"rows": 12, "class": "mono"}),
        help_text=_("每行一个：代码、空格、名称；可从表格里复制两列粘贴。已有的代码按新名称改名。"),
    )

    def clean_lines(self) -> list[tuple[str, str]]:
        found = []
        for number, line in enumerate(self.cleaned_data["lines"].splitlines(), 1):
            if not line.strip():
                continue
            said = _LINE.match(line.strip())
            if said is None:
                raise forms.ValidationError(
                    _("第%(number)s行没有同时写代码和名称：%(line)s"),
                    params={"number": number, "line": line.strip()[:40]},
                )
            found.append((said[1], said[2].strip()))
        return found


class MergeForm(forms.Form):
    why = forms.CharField(label=_("合并理由"), max_length=200, help_text=REMEMBERED)
    kept_revision = forms.IntegerField(widget=forms.HiddenInput)
    gone_revision = forms.IntegerField(widget=forms.HiddenInput)


class UndoForm(forms.Form):
    why = forms.CharField(label=_("撤回理由"), max_length=200, help_text=REMEMBERED)
    revision = forms.IntegerField(widget=forms.HiddenInput)


class SweepForm(forms.Form):
    """A visit in vain: when, why somebody went, what was seen."""

    since = day(_("自哪一天起"))
    why = forms.CharField(label=_("理由"), max_length=SWEEP_WHY_TOP, help_text=REMEMBERED)
    evidence = forms.CharField(
        label=_("查找经过"),
        max_length=SWEEP_EVIDENCE_TOP,
        widget=forms.Textarea(attrs={"rows": 3}),
        help_text=_("哪天由谁的岗位到场、看到什么；照片在下一步附上。请勿写个人信息"),
    )

    def hidden(self) -> list[tuple[str, Any]]:
        """What was said, for the page that asks once more."""
        return [(name, self.data.get(name, "")) for name in self.fields]


class EvidenceForm(forms.Form):
    """What shows the visit, sent as the sweep is looked at once more."""

    papers = FilesField(
        label=_("现场照片或材料"),
        required=False,
        help_text=_(
            "JPEG、PNG、WebP、HEIC 或 PDF；记入名单里每一户的档案。照片里的拍摄地点等信息会自动去除"
        ),
    )
