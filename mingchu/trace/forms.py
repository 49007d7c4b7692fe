"""Forms of the repository's pages: filters of captures, the query builder, a file to send."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from datetime import date, timedelta
from typing import Any

from django import forms
from django.core.validators import MaxValueValidator, MinValueValidator
from django.utils.translation import gettext as _now
from django.utils.translation import gettext_lazy as _
from django.utils.translation import pgettext_lazy

from mingchu.base import clock
from mingchu.identifiers.checksums import gs1
from mingchu.identifiers.epc import HOST
from mingchu.kit.selects import Box
from mingchu.trace import labels, problems
from mingchu.trace.domain.asking import Asked, AskedWrong, ask
from mingchu.trace.services import Behaviour
from mingchu.trace.states import TABLE
from mingchu.trace.viewing import Wanted

ANY = [("", _("全部"))]
DAY = timedelta(days=1)
FIRST_DAY, LAST_DAY = date(2000, 1, 1), date(2999, 12, 31)


def _day() -> forms.DateField:
    return forms.DateField(
        required=False,
        widget=forms.DateInput(attrs={"type": "date"}, format="%Y-%m-%d"),
        validators=[MinValueValidator(FIRST_DAY), MaxValueValidator(LAST_DAY)],
    )


class CaptureFilter(forms.Form):
    """Which captures a list shows; a field that makes no sense asks nothing and says so."""

    state = Box(label=_("状态"), required=False, choices=[*ANY, *TABLE.states.items()])
    since = _day()
    until = _day()
    party = forms.RegexField(
        r"^[a-z]+(:[0-9A-Za-z]{1,20})?$",
        label=_("上报单位"),
        required=False,
        widget=forms.TextInput(attrs={"placeholder": _("如 business:7K")}),
    )

    def __init__(self, said: Any):
        super().__init__(said)
        self.fields["since"].label = pgettext_lazy("filter", "收到自")
        self.fields["until"].label = pgettext_lazy("filter", "收到至")
        self.is_valid()

    @property
    def wanted(self) -> Wanted:
        said = self.cleaned_data
        since, until = said.get("since"), said.get("until")
        return Wanted(
            state=said.get("state") or "",
            party=said.get("party") or "",
            since=clock.midnight(since) if since else None,
            until=clock.midnight(until + DAY) if until else None,
        )

    @property
    def asked(self) -> dict[str, str]:
        """As it stands in the address."""
        return {name: self.data[name] for name in self.fields if self.data.get(name)}


def _one_of(label: Any, table: Mapping[str, Any]) -> Box:
    return Box(label=label, required=False, choices=[*ANY, *table.items()])


def _as_what(label: Any, table: Mapping[str, Any]) -> Box:
    """Of which kind the field before it is; the first where nothing is said."""
    return Box(label=label, required=False, choices=list(table.items()))


def _text(label: Any, hint: Any = "", top: int = 400) -> forms.CharField:
    shown = forms.TextInput(attrs={"placeholder": hint} if hint else {})
    return forms.CharField(label=label, required=False, max_length=top, widget=shown)


def _moment(label: Any) -> forms.DateTimeField:
    return forms.DateTimeField(
        label=label,
        required=False,
        widget=forms.DateTimeInput(attrs={"type": "datetime-local"}, format="%Y-%m-%dT%H:%M"),
        input_formats=["%Y-%m-%dT%H:%M", "%Y-%m-%dT%H:%M:%S", "%Y-%m-%d %H:%M", "%Y-%m-%d"],
    )


LEVELS = [("", pgettext_lazy("place of a field", "事件")), ("ILMD_", _("主数据 ilmd"))]
ORDERS = [
    ("", _("事件时间，新的在前")),
    ("asc", _("事件时间，旧的在前")),
    ("recorded", _("入库时间，新的在前")),
]
_KEYS = _("编号、URN 或网址")


class QueryForm(forms.Form):
    """The common parameters of the standard's query, each asked by itself: what is wrong stands
    beside its field. `parameters` is what the interface is asked for the same answer."""

    thing = _text(_("物品"), _KEYS)
    lot = _text(_("品种或批次"), _KEYS)
    type = _one_of(_("事件种类"), labels.TYPES)
    step = _one_of(_("业务环节"), labels.STEPS)
    since = _moment(pgettext_lazy("filter", "发生不早于"))
    until = _moment(pgettext_lazy("filter", "发生早于"))
    read_point = _text(_("操作地点"), _KEYS)
    biz_location = _text(_("存放地点"), _KEYS)
    disposition = _one_of(_("物品状态"), labels.DISPOSITIONS)
    action = _one_of(pgettext_lazy("event", "动作"), labels.ACTIONS)
    document = _text(_("单据号"), "urn:epcglobal:cbv:bt:…")
    document_kind = _as_what(_("单据种类"), labels.DOCUMENTS)
    source = _text(_("来自"), _KEYS)
    source_kind = _as_what(_("来自：身份"), labels.PARTIES)
    destination = _text(_("交给"), _KEYS)
    destination_kind = _as_what(_("交给：身份"), labels.PARTIES)
    field = _text(_("扩展字段"), "cbvmda:lotNumber")
    field_in = Box(label=_("字段位置"), required=False, choices=LEVELS)
    value = _text(_("字段的值"))
    event_id = _text(_("事件编号"))
    wrong = forms.BooleanField(label=_("只看错误声明"), required=False)
    order = Box(label=_("排序"), required=False, choices=ORDERS)
    FIRST = ("thing", "lot", "type", "step", "since", "until")
    # Which parameter each field asks; those of a kind have the kind in their name.
    ASKS = {
        "thing": "MATCH_anyEPC",
        "lot": "MATCH_anyEPCClass",
        "type": "eventType",
        "step": "EQ_bizStep",
        "since": "GE_eventTime",
        "until": "LT_eventTime",
        "read_point": "EQ_readPoint",
        "biz_location": "EQ_bizLocation",
        "disposition": "EQ_disposition",
        "action": "EQ_action",
        "document": "EQ_bizTransaction_{document_kind}",
        "source": "EQ_source_{source_kind}",
        "destination": "EQ_destination_{destination_kind}",
        "field": "EQ_{field_in}{field}",
        "event_id": "EQ_eventID",
    }
    # By which key bare digits are meant.
    DIGITS = {
        "thing": {8: "01", 12: "01", 13: "01", 14: "01", 18: "00"},
        "lot": {8: "01", 12: "01", 13: "01", 14: "01"},
        "read_point": {13: "414"},
        "biz_location": {13: "414"},
        "source": {13: "417"},
        "destination": {13: "417"},
    }

    def __init__(self, said: Any):
        super().__init__(said)
        self.parameters: tuple[tuple[str, str], ...] = ()
        self.query: Asked | None = None
        if self.is_valid():
            self.parameters = tuple(self._parameters())
            self._judge()

    def _parameters(self) -> Iterator[tuple[str, str]]:
        said = {name: value for name, value in self.cleaned_data.items() if value}
        # A list without a choice of "none" has its first as a rule.
        kinds = {
            name: said.get(name, next(iter(self.fields[name].choices))[0])  # type: ignore[attr-defined]
            for name in ("document_kind", "source_kind", "destination_kind", "field_in")
        }
        for name, pattern in self.ASKS.items():
            if name in said:
                yield pattern.format(field=said.get("field", ""), **kinds), self._value(name)
        if said.get("wrong"):
            yield "EXISTS_errorDeclaration", "true"
        if said.get("order") == "recorded":
            yield "orderBy", "recordTime"
        elif said.get("order"):
            yield from (("orderBy", "eventTime"), ("orderDirection", "ASC"))

    def _value(self, name: str) -> str:
        value = self.cleaned_data["value" if name == "field" else name]
        if name in ("since", "until"):
            return clock.city(value).isoformat()
        ai = self.DIGITS.get(name, {}).get(len(value)) if value.isdecimal() else None
        if ai is None:
            return str(value)
        # The number of a product asks for all of it: serials, lots, and the product itself.
        return f"{HOST}/01/{value.zfill(14)}/*" if ai == "01" else f"{HOST}/{ai}/{value}"

    def clean(self) -> dict[str, Any]:
        said = super().clean() or {}
        for name, lengths in self.DIGITS.items():
            value = said.get(name, "")
            if value.isdecimal() and value.isascii():
                self._check_digits(name, value, lengths)
        if said.get("field") and ":" not in said["field"]:
            self.add_error("field", _now("扩展字段要带前缀，如 cbvmda:lotNumber"))
        elif bool(said.get("field")) != bool(said.get("value")):
            lacking = "value" if said.get("field") else "field"
            self.add_error(lacking, _now("字段名和值要一起填写"))
        return said

    def _check_digits(self, name: str, value: str, lengths: Mapping[int, str]) -> None:
        if len(value) not in lengths:
            known = _now("、").join(map(str, lengths))
            self.add_error(name, _now("只有数字时应为 %s 位") % known)
        elif gs1(value[:-1]) != value[-1]:
            self.add_error(name, _now("校验位不对：最后一位应为 %s") % gs1(value[:-1]))

    def _judge(self) -> None:
        """Asks each parameter by itself, to know whose it is."""
        fields = {
            parameter: name
            for name, pattern in self.ASKS.items()
            for parameter in [self._called(pattern)]
        }
        for name, value in self.parameters:
            try:
                ask([(name, value)])
            except AskedWrong as error:
                said = problems.of_query(error).sentence(_now)
                self.add_error(fields.get(name), said)
        if not self.errors:
            self.query = ask(self.parameters)

    def _called(self, pattern: str) -> str:
        head, brace, _rest = pattern.partition("{")
        known = (name for name, _value in self.parameters if brace and name.startswith(head))
        return next(known, pattern)

    @property
    def first(self) -> list[forms.BoundField]:
        return [self[name] for name in self.FIRST]

    @property
    def more(self) -> list[forms.BoundField]:
        return [field for field in self if field.name not in self.FIRST]

    @property
    def asks_more(self) -> bool:
        return any(self.data.get(one.name) or one.errors for one in self.more)

    @property
    def asked(self) -> dict[str, str]:
        """As it stands in the page's address."""
        return {name: self.data[name] for name in self.fields if self.data.get(name)}


BEHAVIOURS = [
    (Behaviour.ROLLBACK.value, _("有一条错误，整份不采集（rollback）")),
    (Behaviour.PROCEED.value, _("跳过有错误的，其余照常采集（proceed）")),
]


class SendForm(forms.Form):
    """A document to be captured, from the reader's own disk."""

    file = forms.FileField(
        label=_("事件文件"),
        widget=forms.FileInput(attrs={"accept": ".json,.jsonld,.jsonl,.ndjson,application/json"}),
        help_text=_("EPCIS 2.0 文件、单个事件，或每行一个事件的 JSON Lines"),
    )
    behaviour = forms.ChoiceField(
        label=_("遇到错误时"), choices=BEHAVIOURS, widget=forms.RadioSelect, initial="rollback"
    )
