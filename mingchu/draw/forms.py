"""Forms of the draw room: a draft, lists and sources of chance, what chance gave, reasons."""

from __future__ import annotations

import re
from collections.abc import Iterable, Mapping, Sequence
from datetime import timedelta
from decimal import Decimal
from typing import Any

from django import forms
from django.utils.translation import gettext_lazy as _

from mingchu.base import clock
from mingchu.draw import words
from mingchu.draw.domain import lists
from mingchu.draw.domain.beacons import PARTIES_LEAST, SEAL, THROWS
from mingchu.draw.domain.lists import Inspector, Misfit, Recusal, Stratum, Subject
from mingchu.draw.domain.quotas import MILLION
from mingchu.draw.models import Draw
from mingchu.draw.services import round_after
from mingchu.draw.words import district

LIST_BYTES_TOP = 32 * 2**20
REVEAL_DAYS = 90
PPM_OF_PERCENT = MILLION // 100
NUMBERS = re.compile(r"[\s,，、+]+")


def day(**more: Any) -> forms.DateField:
    return forms.DateField(
        widget=forms.DateInput(attrs={"type": "date"}, format="%Y-%m-%d"), **more
    )


def lines(said: str) -> list[str]:
    return [line.strip() for line in said.splitlines() if line.strip()]


def area(rows: int = 3, **more: Any) -> forms.Textarea:
    return forms.Textarea(attrs={"rows": rows, **more})


class OpenForm(forms.Form):
    """A draft: what it is called, whose it is, of which campaign."""

    title = forms.CharField(label=_("名称"), max_length=120)
    district = forms.ChoiceField(label=_("范围"), required=False)
    campaign = forms.CharField(
        label=_("联合任务"),
        max_length=60,
        required=False,
        help_text=_("几个部门联合检查的，写任务名称；同一任务里一户只有一个化名"),
    )
    lead = forms.ChoiceField(
        label=_("共用种子"),
        required=False,
        help_text=_("选联合任务里已经公布承诺、还没有产生随机数的抽取：同一户的号码相同，一起检查"),
    )

    def __init__(
        self,
        *said: Any,
        districts: Sequence[tuple[str, Any]],
        leads: Sequence[Draw],
        **more: Any,
    ):
        super().__init__(*said, **more)
        self.leads = {one.number: one for one in leads}
        self._choose("district", districts)
        offered = [(one.number, f"{one.number} {one.title}") for one in leads]
        self._choose("lead", [("", _("不共用")), *offered])

    def _choose(self, name: str, choices: Iterable[tuple[str, Any]]) -> None:
        field = self.fields[name]
        assert isinstance(field, forms.ChoiceField)  # noqa: S101 tells the type checker
        field.choices = list(choices)

    @property
    def said(self) -> dict[str, Any]:
        return {**self.cleaned_data, "lead": self.leads.get(self.cleaned_data["lead"])}


class SourcesForm(forms.Form):
    """Which sources of chance are announced; dice before witnesses, if nothing else is said."""

    dice = forms.BooleanField(label=words.SOURCES["dice"], required=False, initial=True)
    throws = forms.IntegerField(
        label=_("掷几次"),
        required=False,
        initial=THROWS[0],
        min_value=THROWS[0],
        max_value=THROWS[1],
        help_text=_("十面骰，至少20次，一次一位数字"),
    )
    parties = forms.CharField(
        label=words.SOURCES["envelope"],
        required=False,
        widget=area(),
        help_text=_(
            "每方一行：名称、所密封数的摘要，可再写留存信封的摘要。"
            "密封数是32字节的十六进制，摘要按方案的算法计算，现场各自准备"
        ),
    )
    lotteries = forms.CharField(
        label=words.SOURCES["lottery"],
        required=False,
        widget=area(2),
        help_text=_("每期一行，写彩种和期号，开奖时间须在公布承诺以后"),
    )
    round_at = forms.DateTimeField(
        label=words.SOURCES["drand"],
        required=False,
        widget=forms.DateTimeInput(attrs={"type": "datetime-local"}, format="%Y-%m-%dT%H:%M"),
        help_text=_("取这个时刻以后的第一轮；现场没有网络也能离线核对签名"),
    )

    def clean(self) -> dict[str, Any]:
        said = super().clean() or {}
        if not self.errors and not self.announced:
            self.add_error(None, _("请至少选定一种随机源"))
        return said

    def clean_parties(self) -> list[dict[str, str]]:
        """Names with digests; a name may hold blanks."""
        found = [_party(line) for line in lines(self.cleaned_data["parties"])]
        if None in found or (found and len(found) < PARTIES_LEAST):
            raise forms.ValidationError(_("每方一行：名称、摘要（64位十六进制），至少两方"))
        return [one for one in found if one]

    @property
    def announced(self) -> list[dict[str, Any]]:
        """The sources in one order, whatever the form's."""
        said, found = self.cleaned_data, []
        if said.get("dice"):
            found.append({"kind": "dice", "throws": said.get("throws") or THROWS[0]})
        if said.get("parties"):
            found.append({"kind": "envelope", "parties": said["parties"]})
        if names := lines(said.get("lotteries", "")):
            found.append({"kind": "lottery", "names": names})
        if at := said.get("round_at"):
            found.append(round_after(at))
        return found


def _party(line: str) -> dict[str, str] | None:
    parts = line.split()
    seals = [part for part in parts[-2:] if SEAL.fullmatch(part)]
    name = " ".join(parts[: len(parts) - len(seals)])
    if not seals or not name:
        return None
    return {"name": name, "digest": seals[0], "envelope": seals[1] if len(seals) > 1 else ""}


class ListsForm(SourcesForm):
    """Lists from files, for an office whose lists no other part of the house prepares."""

    subjects = forms.FileField(
        label=_("对象名单"),
        help_text=_("六列，制表符分隔：编号、旗县区、种类、层、球数、状态"),
    )
    inspectors = forms.FileField(
        label=_("检查人员名单"),
        help_text=_("六列：编号、旗县区、种类、能否带队（0或1）、已有任务数、不在岗原因"),
    )
    recusals = forms.FileField(
        label=_("回避名单"), required=False, help_text=_("四列：对象、检查人员、原因、与谁")
    )
    percent = forms.DecimalField(
        label=_("抽取比例（%）"), min_value=0, max_value=100, decimal_places=4, initial=5
    )
    rates = forms.CharField(
        label=_("另有比例的层"),
        required=False,
        widget=area(),
        help_text=_("每层一行：旗县区、种类、层、比例（%）"),
    )
    total = forms.IntegerField(label=_("抽取总数"), required=False, min_value=1)
    algorithm = forms.ChoiceField(
        label=_("摘要算法"), choices=[("sha256", "SHA-256"), ("sm3", _("国密 SM3"))]
    )
    reveal_by = day(label=_("最迟公开日"))

    field_order = ("subjects", "inspectors", "recusals", "percent", "rates", "total")

    def __init__(self, *said: Any, joint: bool = False, **more: Any):
        super().__init__(*said, **more)
        self.fields["reveal_by"].initial = clock.today() + timedelta(days=REVEAL_DAYS)
        self.joint = joint
        for name in (*SourcesForm.base_fields, "algorithm") if joint else ():
            del self.fields[name]

    def clean(self) -> dict[str, Any]:
        """A joint draw has the sources of its lead."""
        return self.cleaned_data if self.joint else super().clean()

    def clean_subjects(self) -> list[Subject]:
        return self._rows("subjects", lists.read_subjects)

    def clean_inspectors(self) -> list[Inspector]:
        return self._rows("inspectors", lists.read_inspectors)

    def clean_recusals(self) -> list[Recusal]:
        return self._rows("recusals", lists.read_recusals)

    def _rows(self, name: str, read: Any) -> list[Any]:
        sent = self.cleaned_data[name]
        if not sent:
            return []
        if sent.size > LIST_BYTES_TOP:
            raise forms.ValidationError(_("文件太大"))
        try:
            found: list[Any] = read(_in_order(sent.read()))
        except Misfit as error:
            raise forms.ValidationError(words.misfit_said(error)) from error
        return found

    def clean_rates(self) -> dict[Stratum, Decimal]:
        found = {}
        for line in lines(self.cleaned_data["rates"]):
            try:
                place, kind, tier, percent = line.split()
                found[place, kind, tier] = Decimal(percent)
            except (ValueError, ArithmeticError) as error:
                raise forms.ValidationError(
                    _("“%(line)s”不是四项"), params={"line": line}
                ) from error
        return found

    @property
    def said(self) -> dict[str, Any]:
        """What `freeze` takes, but for the terms of pairs."""
        said = self.cleaned_data
        strata = {row.stratum for row in said["subjects"]}
        rates = {**dict.fromkeys(strata, said["percent"]), **said["rates"]}
        return {
            "subjects": said["subjects"],
            "inspectors": said["inspectors"],
            "recusals": said["recusals"],
            "rates": {one: int(percent * PPM_OF_PERCENT) for one, percent in rates.items()},
            "announced": [] if self.joint else self.announced,
            "total": said["total"],
            "algorithm": said.get("algorithm", "sha256"),
            "reveal_by": said["reveal_by"],
        }


def _in_order(data: bytes) -> bytes:
    """Rows as a spreadsheet leaves them, in the one order that a list has."""
    rows = sorted(row for row in data.removeprefix(b"\xef\xbb\xbf").splitlines() if row)
    return b"".join(row + b"\n" for row in rows)


class BeaconForm(forms.Form):
    """What the announced sources gave: a field for each thing that somebody reads out."""

    def __init__(self, *said: Any, announced: Sequence[Mapping[str, Any]], **more: Any):
        super().__init__(*said, **more)
        self.announced = announced
        for place, source in enumerate(announced):
            for name, field in BEACON_FIELDS[source["kind"]](source):
                self.fields[f"s{place}{name}"] = field

    @property
    def found(self) -> list[dict[str, Any]]:
        return [self._found(place, source) for place, source in enumerate(self.announced)]

    def _found(self, place: int, source: Mapping[str, Any]) -> dict[str, Any]:
        def said(name: str) -> Any:
            return self.cleaned_data[f"s{place}{name}"]

        kind = source["kind"]
        if kind == "dice":
            return {"kind": kind, "throws": _plain(said("throws"))}
        if kind == "drand":
            signature = _plain(said("signature")).lower()
            return {"kind": kind, "round": source["round"], "signature": signature}
        if kind == "lottery":
            return {"kind": kind, "results": [said(f"n{n}") for n, _n in _each(source["names"])]}
        shares = []
        for number, _party in _each(source["parties"]):
            share: dict[str, Any] = {"value": _plain(said(f"p{number}")).lower()}
            shares.append(share | ({"withheld": True} if said(f"w{number}") else {}))
        return {"kind": kind, "shares": shares}


def _plain(said: str) -> str:
    """As people read digits out: in groups."""
    return "".join(said.split())


def _each(some: Sequence[Any]) -> Iterable[tuple[int, Any]]:
    return enumerate(some)


class Numbers(forms.CharField):
    """Numbers as they were called, parted by blanks or commas."""

    def clean(self, value: Any) -> list[int]:
        said = [one for one in NUMBERS.split(super().clean(value)) if one]
        if not said or not all(one.isascii() and one.isdecimal() and len(one) < 10 for one in said):
            raise forms.ValidationError(_("请写号码，用空格隔开"))
        return [int(one) for one in said]


DIGITS = {"inputmode": "numeric", "autocomplete": "off", "class": "mono"}
HEX = {"autocomplete": "off", "spellcheck": "false", "class": "mono"}


def _dice(source: Mapping[str, Any]) -> Iterable[tuple[str, forms.Field]]:
    yield (
        "throws",
        forms.CharField(
            label=_("骰子依次掷出的 %(n)s 位数字") % {"n": source["throws"]},
            widget=forms.TextInput(attrs=DIGITS),
            help_text=_("十面骰的0至9，可以分组写"),
        ),
    )


def _drand(source: Mapping[str, Any]) -> Iterable[tuple[str, forms.Field]]:
    yield (
        "signature",
        forms.CharField(
            label=_("drand 第 %(n)s 轮的签名") % {"n": source["round"]},
            widget=area(3, **HEX),
            help_text=_("96位十六进制，从任何一个 drand 节点抄来或粘贴；在本机离线核对"),
        ),
    )


def _lottery(source: Mapping[str, Any]) -> Iterable[tuple[str, forms.Field]]:
    for number, name in _each(source["names"]):
        yield f"n{number}", Numbers(label=name, widget=forms.TextInput(attrs=DIGITS))


def _envelope(source: Mapping[str, Any]) -> Iterable[tuple[str, forms.Field]]:
    for number, party in _each(source["parties"]):
        label = _("%(name)s 的密封数") % {"name": party["name"]}
        yield f"p{number}", forms.CharField(label=label, widget=forms.TextInput(attrs=HEX))
        late = forms.BooleanField(label=_("本人没有拿出，用的是留存信封里的数"), required=False)
        late.disabled = not party.get("envelope")
        yield f"w{number}", late


BEACON_FIELDS = {
    "dice": _dice,
    "drand": _drand,
    "lottery": _lottery,
    "envelope": _envelope,
}


class ReasonForm(forms.Form):
    """Why: it is published with the draw."""

    reason = forms.CharField(label=_("原因"), max_length=200)


class StandInForm(forms.Form):
    """Who cannot be visited, and why."""

    out = forms.CharField(max_length=64, widget=forms.HiddenInput)
    reason = forms.ChoiceField(label=_("原因"), choices=list(words.REASONS.items()))


def offered_districts(codes: Iterable[str], *, city: bool) -> list[tuple[str, Any]]:
    """Whose draw it may be; the city's, where the city opens it."""
    named = [(code, district(code)) for code in codes]
    return [("", _("全市")), *named] if city else named
