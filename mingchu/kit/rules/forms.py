"""Forms of the city's rules: plain fields for each shape of value, rows for bands and options."""

from __future__ import annotations

from collections.abc import Callable, Iterator, Mapping
from datetime import timedelta
from decimal import Decimal
from typing import Any

from django import forms
from django.utils.translation import gettext_lazy as _

from mingchu.base import clock
from mingchu.kit.models import RuleFooting
from mingchu.kit.rules import editing, records
from mingchu.rulebook.domain import Title
from mingchu.rulebook.scoring import Better, Kind, Missing
from mingchu.rulebook.words import words

SPARE_ROWS = 2
MISSING = {
    Missing.REFUSE: _("没有填写的不计分，也不出结果"),
    Missing.ZERO: _("没有填写的计0分"),
    Missing.TOP: _("没有填写的按最高分计"),
}
BETTER = {
    Better.MORE: _("分数越高越好（评分）"),
    Better.FEWER: _("分数越低越好（风险）"),
}
KINDS = {
    Kind.BAND: _("按数值分档"),
    Kind.CHOICE: _("按情形选择"),
    Kind.PER_DEFECT: _("按问题处数扣分"),
    Kind.ALL_OR_NOTHING: _("符合得分，不符合不得分"),
    Kind.RATIO: _("按比例得分"),
    Kind.VETO: _("一票否决"),
}
NAME = r"[a-z][a-z0-9_]{0,62}"
OPTION = r"[a-z0-9][a-z0-9_]{0,62}"
A_DAY = timedelta(days=1)


class DateInput(forms.DateInput):
    def __init__(self) -> None:
        super().__init__(attrs={"type": "date"}, format="%Y-%m-%d")


class Amount(forms.DecimalField):
    """A number of the format, exact."""

    def __init__(self, **options: Any):
        super().__init__(
            max_digits=13,
            decimal_places=6,
            widget=forms.TextInput(attrs={"inputmode": "decimal", "autocomplete": "off"}),
            **options,
        )

    def clean(self, value: Any) -> Any:
        return editing.exact(super().clean(value))


class SinceForm(forms.Form):
    """From which day on a new version is to hold."""

    since = forms.DateField(
        label=_("施行日期"), widget=DateInput(), help_text=_("须晚于批准的那一天")
    )

    def __init__(self, *args: Any, **kwargs: Any):
        super().__init__(*args, **kwargs)
        self.fields["since"].initial = clock.today() + A_DAY


class TermsForm(forms.Form):
    """Where a version stands, since when, and how far it was compared."""

    since = forms.DateField(
        label=_("施行日期"), widget=DateInput(), help_text=_("须晚于批准的那一天")
    )
    law = forms.CharField(label=_("依据文件"), max_length=200, required=False)
    number = forms.CharField(label=_("文号"), max_length=100, required=False)
    article = forms.CharField(label=_("条款"), max_length=100, required=False)
    published = forms.DateField(label=_("公布日期"), widget=DateInput(), required=False)
    status = forms.ChoiceField(label=_("核对情况"), choices=RuleFooting.choices)
    checked = forms.DateField(label=_("核对日期"), widget=DateInput())
    note_zh = forms.CharField(label=_("说明（中文）"), max_length=500, required=False)
    note_en = forms.CharField(label=_("说明（英文）"), max_length=500, required=False)


class OpinionForm(forms.Form):
    opinion = forms.CharField(
        label=_("审核意见"),
        max_length=500,
        required=False,
        help_text=_("退回时必须写明要改什么"),
        widget=forms.Textarea(attrs={"rows": 3}),
    )


class BringInForm(forms.Form):
    """A file of rules, as the house exports them."""

    file = forms.FileField(label=_("规则文件（YAML）"))


class ValueForm(forms.Form):
    """The base of a form for one shape of value: `known` is what it begins with, `value()` what it
    says."""

    def __init__(self, data: Any = None, *, known: Any, initial: Any = None):
        super().__init__(data, initial=initial)
        self.known = known

    def value(self) -> Any:
        raise NotImplementedError


class NumberForm(ValueForm):
    number = Amount(label=_("规定"))

    def __init__(self, data: Any = None, *, known: Any):
        super().__init__(data, known=known, initial={"number": known})

    def value(self) -> Any:
        return self.cleaned_data["number"]


class WordsForm(ValueForm):
    words = forms.CharField(label=_("规定"), max_length=500)

    def __init__(self, data: Any = None, *, known: Any):
        super().__init__(data, known=known, initial={"words": _text(known)})

    def value(self) -> Any:
        return editing.word(self.cleaned_data["words"])


class YamlForm(ValueForm):
    """For values that are tables: as they are kept."""

    text = forms.CharField(
        label=_("规定（YAML）"),
        widget=forms.Textarea(attrs={"rows": 16, "class": "mono", "spellcheck": "false"}),
    )

    def __init__(self, data: Any = None, *, known: Any):
        super().__init__(data, known=known, initial={"text": records.written(known)})

    def value(self) -> Any:
        return records.parsed(self.cleaned_data["text"])


class ChoiceForm(ValueForm):
    """One line for each key; an empty one says that nothing is laid down."""

    def __init__(self, data: Any = None, *, known: Any, labels: Mapping[str, Title]):
        super().__init__(data, known=known)
        self.keys = list(known)
        for key, value in known.items():
            self.fields[f"key_{key}"] = forms.CharField(
                label=words(labels[key]) if key in labels else key,
                max_length=200,
                required=False,
                initial=_text(value),
            )

    def value(self) -> Any:
        return {key: editing.word(self.cleaned_data[f"key_{key}"]) for key in self.keys}


class RowsForm(ValueForm):
    """A form with numbered rows of fields, and some spare ones below."""

    def rows(self) -> Iterator[list[forms.BoundField]]:
        """The fields of each row, for the template."""
        for number in range(self.count):
            yield [self[f"{name}_{number}"] for name in self.columns]

    columns: tuple[str, ...] = ()
    count = 0

    def add_rows(self, known: list[Mapping[str, Any]], made: Mapping[str, Any]) -> None:
        """`made` gives a column's field by name, as a function of its first value."""
        self.columns, self.count = tuple(made), len(known) + SPARE_ROWS
        for number in range(self.count):
            row = known[number] if number < len(known) else {}
            for name, field in made.items():
                self.fields[f"{name}_{number}"] = field(row.get(name))

    def said(self) -> Iterator[tuple[Any, ...]]:
        for number in range(self.count):
            yield tuple(self.cleaned_data.get(f"{name}_{number}") for name in self.columns)

    def plain_fields(self) -> list[forms.BoundField]:
        """The fields outside of the rows."""
        in_rows = {f"{name}_{n}" for name in self.columns for n in range(self.count)}
        return [field for field in self.visible_fields() if field.name not in in_rows]


def _amount(label: Any) -> Any:
    return lambda value: Amount(label=label, required=False, initial=value)


def _words(label: Any, **options: Any) -> Any:
    return lambda value: forms.CharField(
        label=label, required=False, max_length=200, initial=_text(value), **options
    )


class BandsForm(RowsForm):
    """Bands of a rule: up to which number, and what that is."""

    def __init__(self, data: Any = None, *, known: Any):
        super().__init__(data, known=known)
        columns = {"to": _amount(_("不超过")), "is": _words(_("结果"))}
        self.add_rows(list(known["bands"]), columns)
        self.fields["above"] = forms.CharField(
            label=_("超过以上各档的"), max_length=60, initial=_text(known["above"])
        )

    def value(self) -> Any:
        rows = ((to, editing.word(said or "")) for to, said in self.said())
        return editing.bands_value(rows, editing.word(self.cleaned_data["above"]))


class SheetForm(ValueForm):
    """The lines of a sheet that concern all its items."""

    total = Amount(label=_("总分"), help_text=_("各项分值之和，合计有上限的按上限算"))
    passing = Amount(label=_("合格分"), required=False)
    vetoes_say = forms.CharField(label=_("被否决的定为"), max_length=60, required=False)
    better = forms.ChoiceField(label=_("分数的含义"), choices=BETTER.items())
    missing = forms.ChoiceField(label=_("没有填写的项目"), choices=MISSING.items())

    def __init__(self, data: Any = None, *, known: Any):
        usual = {"better": str(Better.MORE), "missing": str(Missing.REFUSE)}
        said = {name: known[name] for name in self.base_fields if name in known}
        super().__init__(data, known=known, initial={**usual, **said})

    def value(self) -> Any:
        return editing.with_settings(self.known, self.cleaned_data)


class ItemForm(RowsForm):
    """One item of a sheet; how it counts is chosen when it is made."""

    zh = forms.CharField(label=_("名称（中文）"), max_length=200)
    en = forms.CharField(label=_("名称（英文）"), max_length=200)
    points = Amount(label=_("分值"), required=False)
    missing = forms.ChoiceField(
        label=_("没有填写时"),
        required=False,
        choices=[("", _("按整张表的规定")), *MISSING.items()],
    )

    def __init__(self, data: Any = None, *, known: Any):
        self.kind = Kind(known["kind"])
        said = {name: known[name] for name in self.base_fields if name in known}
        super().__init__(data, known=known, initial=said)
        if self.kind is Kind.PER_DEFECT:
            self.fields["deduct"] = Amount(label=_("每处扣分"), initial=known.get("deduct"))
        elif self.kind is Kind.BAND:
            self._add_bands(list(known.get("bands", ())))
        elif self.kind is Kind.CHOICE:
            self._add_options(list(known.get("options", ())))
        if self.kind in (Kind.BAND, Kind.CHOICE):
            del self.fields["points"]  # the most that a band or an option gives

    def _add_bands(self, known: list[Mapping[str, Any]]) -> None:
        self.fields["begin"] = Amount(
            label=_("从哪个数起"),
            required=False,
            initial=known[0].get("from") if known else None,
            help_text=_("小于它的数不收；不填就没有下限。各档前后相接，只填上限"),
        )
        self.add_rows(known, {"to": _amount(_("不超过")), "is": _amount(_("得分"))})

    def _add_options(self, known: list[Mapping[str, Any]]) -> None:
        code = {"widget": forms.TextInput(attrs={"pattern": OPTION, "class": "mono"})}
        columns = {
            "id": _words(_("代码"), **code),
            "zh": _words(_("名称（中文）")),
            "en": _words(_("名称（英文）")),
            "is": _amount(_("得分")),
        }
        self.add_rows(known, columns)

    def value(self) -> Any:
        said = self.cleaned_data
        told: dict[str, Any] = {name: said[name] for name in ("zh", "en", "missing")}
        if self.kind is Kind.BAND:
            told["bands"] = editing.joined_bands(said["begin"], list(self.said()))
            told["points"] = _most(told["bands"])
        elif self.kind is Kind.CHOICE:
            told["options"] = [
                dict(zip(self.columns, row, strict=True)) for row in self.said() if row[0]
            ]
            told["points"] = _most(told["options"])
        else:
            told |= {name: said[name] for name in ("points", "deduct") if name in said}
        return editing.item_value(self.known, told)


def _most(parts: list[dict[str, Any]]) -> Any:
    return max((one["is"] for one in parts if one["is"] is not None), default=0)


class NewItemForm(forms.Form):
    """A new item: its name for programs, and how it counts."""

    id = forms.RegexField(
        NAME,
        label=_("代码"),
        max_length=63,
        help_text=_("小写英文字母、数字和下划线，定下后不再改"),
    )
    kind = forms.ChoiceField(label=_("怎样计分"), choices=KINDS.items())

    def __init__(self, *args: Any, taken: set[str], **kwargs: Any):
        self.taken = taken
        super().__init__(*args, **kwargs)

    def clean_id(self) -> str:
        name: str = self.cleaned_data["id"]
        if name in self.taken:
            raise forms.ValidationError(_("已经有这个代码了"))
        return name


class CapForm(ValueForm):
    """The most that several items may give together."""

    id = forms.RegexField(NAME, label=_("代码"), max_length=63)
    zh = forms.CharField(label=_("名称（中文）"), max_length=200)
    en = forms.CharField(label=_("名称（英文）"), max_length=200)
    most = Amount(label=_("合计最多"))
    items = forms.MultipleChoiceField(label=_("哪些项目"), widget=forms.CheckboxSelectMultiple)

    def __init__(self, data: Any = None, *, sheet: Mapping[str, Any], known: Any):
        super().__init__(data, known=known, initial=dict(known or {}))
        self.taken = {one["id"] for one in (*sheet["items"], *sheet.get("caps", ()))}
        named = [(one["id"], words(Title(one["zh"], one["en"]))) for one in sheet["items"]]
        self.fields["items"].choices = named  # type: ignore[attr-defined]
        if known:
            self.fields["id"].disabled = True
            self.taken.discard(known["id"])

    def clean_id(self) -> str:
        name: str = self.cleaned_data["id"]
        if name in self.taken:
            raise forms.ValidationError(_("已经有这个代码了"))
        return name

    def value(self) -> Any:
        return {name: self.cleaned_data[name] for name in ("id", "zh", "en", "items", "most")}


# By the name that `editing.form_of` gives; a choice asks for its labels besides.
FORMS: Mapping[str, Callable[..., ValueForm]] = {
    "number": NumberForm,
    "words": WordsForm,
    "yaml": YamlForm,
    "bands": BandsForm,
    "sheet": SheetForm,
}


def _text(value: Any) -> str:
    """A number or a word as it stands in a box."""
    if value is None:
        return ""
    if isinstance(value, bool):
        return str(value).lower()
    return f"{value.normalize():f}" if isinstance(value, Decimal) else str(value)
