"""Sentences 句子: what an event says, as a person would: who did what with which goods, how many,
where, when and why.

Chinese is the source of every pattern; `Words` puts patterns and standard words into the reader's
language. Of long lists only the first things are looked at: a sentence stays a sentence.
"""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from itertools import islice
from typing import Any, Protocol
from urllib.parse import unquote

from mingchu.trace.domain import vocabulary
from mingchu.trace.domain.extending import Members
from mingchu.trace.domain.predicates import key_of

LOOKED_AT = 500  # things of one list that are looked at
NAMED = 3  # kinds of things, readings or documents that are named one by one


class Words(Protocol):
    """What the reader's language has for a pattern of this module and for standard words."""

    def text(self, source: str) -> str: ...
    def verb(self, step: str) -> str:
        """What is done to things in a step; "" for a word that is none of the standard's."""

    def step(self, word: str) -> str: ...
    def disposition(self, word: str) -> str: ...
    def document(self, kind: str) -> str: ...
    def party(self, kind: str) -> str: ...
    def reason(self, word: str) -> str: ...
    def measure(self, kind: str) -> str: ...
    def unit(self, code: str) -> str: ...
    def moment(self, text: str) -> str: ...


def _noop(text: str) -> str:
    """Marks a pattern for the catalogue; this module knows no framework."""
    return text


# Canonical keys by the shape of their identifiers: product, lot, serial …
_NAMES = {
    ("00",): _noop("物流单元 {0}"),
    ("01",): _noop("商品 {0}"),
    ("01", "10"): _noop("商品 {0} 批次 {1}"),
    ("01", "21"): _noop("商品 {0} 序列号 {1}"),
    ("253",): _noop("单证 {0}"),
    ("401",): _noop("托运 {0}"),
    ("402",): _noop("装运 {0}"),
    ("414",): _noop("地点 {0}"),
    ("414", "254"): _noop("地点 {0} 的 {1}"),
    ("417",): _noop("单位 {0}"),
    ("8003",): _noop("周转物 {0}"),
    ("8004",): _noop("资产 {0}"),
}
_GTIN = 14
_BT = "urn:epcglobal:cbv:bt:"


def named(text: str, words: Words) -> str:
    """An identifier in any spelling, as one says it; what is no GS1 key, by its last part."""
    key = key_of(text)
    parts = key.split("/")
    pattern = _NAMES.get(tuple(parts[::2])) if len(parts) % 2 == 0 else None
    if pattern is None:
        return _last(text)
    return words.text(pattern).format(*map(_value, parts[1::2]))


def _value(text: str) -> str:
    """A value of a key; a GTIN of 13 digits without the zero that fills it up."""
    is_padded = len(text) == _GTIN and text.isdecimal() and text.startswith("0")
    return text[1:] if is_padded else unquote(text)


def _last(text: str) -> str:
    """
    >>> _last("urn:epcglobal:cbv:bt:6901234000019:PO-7"), _last("https://example.org/things/9")
    ('PO-7', 'example.org/things/9')
    """
    if text.startswith(_BT):
        return unquote(text.rsplit(":", 1)[-1])
    return text.removeprefix("https://").removeprefix("http://")


def say(event: Members, words: Words, who: str = "") -> str:
    """One sentence; `who` is the party that reported it, as a name."""
    return _Sentence(event, words).said(who)


def what(event: Members, words: Words) -> str:
    """The same without when and where, for lists that have columns for them."""
    said = _Sentence(event, words).what()
    return said[:1].upper() + said[1:]


class _Sentence:
    def __init__(self, event: Members, words: Words):
        self.event, self.words, self.text = event, words, words.text

    def said(self, who: str) -> str:
        clauses = self.text(_noop("，")).join([self._head(), self.what()])
        if who:
            clauses = self.text(_noop("{said}（{who}上报）")).format(said=clauses, who=who)
        declaration = self.event.get("errorDeclaration")
        pattern = self.text(_noop("{said}。"))
        if declaration:
            pattern = self.text(_noop("声明有误（{reason}）：{said}。"))
            reason = declaration.get("reason", "")
            return pattern.format(reason=self.words.reason(reason), said=clauses)
        return pattern.format(said=clauses)

    def what(self) -> str:
        return self.text(_noop("，")).join(self._clauses())

    def _head(self) -> str:
        when = self.words.moment(self.event["eventTime"])
        place = self.event.get("readPoint") or self.event.get("bizLocation")
        if not place:
            return self.text(_noop("{when}")).format(when=when)
        return self.text(_noop("{when} 在{where}")).format(
            when=when, where=named(place["id"], self.words)
        )

    def _clauses(self) -> Iterable[str]:
        yield _MAINS[self.event["type"]](self)
        yield from self._step()
        yield from self._documents()
        yield from self._parties()
        yield from self._readings()
        yield from self._afterwards()

    # What was done

    def objects(self) -> str:
        things = self._things("epcList", "quantityList")
        if not things:
            return self.text(_noop("做了测量"))
        step = self._word("bizStep", vocabulary.BIZ_STEPS)
        verb = self.words.verb(step) or self.text(_OBJECTS[self.event["action"]])
        return self.text(_noop("{verb} {things}")).format(verb=verb, things=things)

    def aggregation(self) -> str:
        return self._parented(_INTO if "parentID" in self.event else _TOGETHER, _ALL_OUT)

    def association(self) -> str:
        return self._parented(_BOUND, _ALL_FREE)

    def _parented(self, patterns: dict[str, str], everything: str) -> str:
        children = self._things("childEPCs", "childQuantityList")
        pattern = patterns[self.event["action"]] if children else everything
        parent = self.event.get("parentID", "")
        name = named(parent, self.words) if parent else ""
        return self.text(pattern).format(things=children, parent=name)

    def transaction(self) -> str:
        things = self._things("epcList", "quantityList")
        pattern = _DOCUMENTED[self.event["action"]] if things else _ALL_UNDOCUMENTED
        documents = self._listed(self.event["bizTransactionList"], self._document)
        return self.text(pattern).format(things=things, documents=documents)

    def transformation(self) -> str:
        eaten = self._things("inputEPCList", "inputQuantityList")
        made = self._things("outputEPCList", "outputQuantityList")
        if eaten and made:
            pattern = _noop("用 {eaten} 制成 {made}")
        else:
            pattern = _noop("投入 {eaten}") if eaten else _noop("产出 {made}")
        return self.text(pattern).format(eaten=eaten, made=made)

    # Things

    def _things(self, list_: str, quantities: str) -> str:
        epcs: Sequence[str] = self.event.get(list_, ())
        kinds = _by_class(islice(epcs, LOOKED_AT))
        phrases = [
            *(self._counted(keys) for keys in kinds),
            *(self._measured(one) for one in islice(self.event.get(quantities, ()), LOOKED_AT)),
        ]
        if len(epcs) > LOOKED_AT:
            pattern = self.text(_noop("{n} 件物品（其中有 {first}）"))
            return pattern.format(n=f"{len(epcs):,}", first=phrases[0])
        return self._several(phrases)

    def _counted(self, keys: Sequence[str]) -> str:
        """Serials of one product, or a single thing."""
        if len(keys) == 1:
            return named(_as_link(keys[0]), self.words)
        parts = keys[0].split("/")
        if parts[0] == "00":
            return self.text(_noop("{n} 个物流单元")).format(n=len(keys))
        name = named(_as_link("/".join(parts[:2])), self.words)
        return self.text(_noop("{n} 件{name}")).format(n=len(keys), name=name)

    def _measured(self, one: Members) -> str:
        name = named(one["epcClass"], self.words)
        if "quantity" not in one:
            return name
        amount = number(one["quantity"])
        pattern = _noop("{number} {unit}{name}") if "uom" in one else _noop("{n} 件{name}")
        unit = self.words.unit(one.get("uom", ""))
        return self.text(pattern).format(number=amount, n=amount, unit=unit, name=name)

    def _several(self, phrases: Sequence[str]) -> str:
        said = self.text(_noop("、")).join(phrases[:NAMED])
        if len(phrases) <= NAMED:
            return said
        return self.text(_noop("{first} 等 {n} 种")).format(first=said, n=len(phrases))

    # Why, from whom, in which state

    def _step(self) -> Iterable[str]:
        """Of things by themselves the verb says it already."""
        step = self._word("bizStep", vocabulary.BIZ_STEPS)
        if step and not (self.event["type"] == "ObjectEvent" and self.words.verb(step)):
            yield self.text(_noop("环节：{step}")).format(step=self.words.step(step))

    def _documents(self) -> Iterable[str]:
        listed = self.event.get("bizTransactionList")
        if listed and self.event["type"] != "TransactionEvent":
            documents = self._listed(listed, self._document)
            yield self.text(_noop("凭{documents}")).format(documents=documents)

    def _document(self, one: Members) -> str:
        name = named(one["bizTransaction"], self.words)
        kind = vocabulary.BIZ_TRANSACTIONS.to_short(one.get("type", ""))
        if not kind:
            return name
        return self.text(_noop("{kind} {name}")).format(kind=self.words.document(kind), name=name)

    def _parties(self) -> Iterable[str]:
        for members, name, pattern in _SIDES:
            listed = self.event.get(members)
            if listed:
                said = self._listed(listed, lambda one, name=name: self._party(one, name))
                yield self.text(pattern).format(parties=said)

    def _party(self, one: Members, name: str) -> str:
        kind = vocabulary.SOURCE_DESTINATIONS.to_short(one["type"])
        said = named(one[name], self.words)
        return self.text(_noop("{name}（{kind}）")).format(kind=self.words.party(kind), name=said)

    def _readings(self) -> Iterable[str]:
        found = [
            said
            for element in islice(self.event.get("sensorElementList", ()), LOOKED_AT)
            for report in element["sensorReport"]
            if (said := reading(report, self.words))
        ]
        if found:
            yield self.text(_noop("测得{readings}")).format(readings=self._several(found))

    def _afterwards(self) -> Iterable[str]:
        word = self._word("disposition", vocabulary.DISPOSITIONS)
        if word:
            said = self.words.disposition(word)
            yield self.text(_noop("之后为“{disposition}”")).format(disposition=said)
        lasting = self.event.get("persistentDisposition", {})
        for part, pattern in (("set", _noop("标为{words}")), ("unset", _noop("取消{words}"))):
            if part in lasting:
                said = self.text(_noop("、")).join(map(self._disposition, lasting[part]))
                yield self.text(pattern).format(words=said)

    def _disposition(self, word: str) -> str:
        said = self.words.disposition(vocabulary.DISPOSITIONS.to_short(word))
        return self.text(_noop("“{word}”")).format(word=said)

    def _word(self, member: str, words: vocabulary.Vocabulary) -> str:
        return words.to_short(self.event.get(member, ""))

    def _listed(self, listed: Sequence[Members], say_one: Any) -> str:
        return self._several([say_one(one) for one in islice(listed, LOOKED_AT)])


def reading(report: Members, words: Words) -> str:
    """What one sensor report says; "" where it holds no value."""
    said = value(report, words)
    kind = words.measure(measured(report))
    return words.text(_noop("{kind} {value}")).format(kind=kind, value=said) if said else ""


def measured(report: Members) -> str:
    """What a report measures, by the short name of the standard."""
    return vocabulary.MEASUREMENTS.to_short(report["type"].removeprefix("gs1:"))


def value(report: Members, words: Words) -> str:
    """The value of a report with its unit, in whichever of the forms it has."""
    unit = words.unit(report["uom"]) if "uom" in report else ""
    for member in ("value", "meanValue"):
        if member in report:
            return f"{number(report[member])} {unit}".rstrip()
    bounds = [number(report[one]) for one in ("minValue", "maxValue") if one in report]
    if bounds:
        return f"{' – '.join(bounds)} {unit}".rstrip()
    for member in ("stringValue", "booleanValue", "hexBinaryValue", "uriValue"):
        if member in report:
            return str(report[member])
    return ""


def _by_class(epcs: Iterable[str]) -> list[list[str]]:
    """Canonical keys, those of one product together, in the order they came."""
    found: dict[str, list[str]] = {}
    for text in epcs:
        key = key_of(text)
        parts = key.split("/")
        is_serial = parts[0] == "01" and parts[2:3] == ["21"]
        name = "/".join(parts[:2]) if is_serial else "00" if parts[0] == "00" else text
        found.setdefault(name, []).append(key)
    return list(found.values())


def _as_link(key: str) -> str:
    """A canonical key as something that is read as an identifier again."""
    return f"https://id.gs1.org/{key}" if key[:1].isdecimal() else key


def number(value: float) -> str:
    """
    >>> number(1200), number(80.50), number(1e21)
    ('1,200', '80.5', '1e+21')
    """
    if isinstance(value, float) and not value.is_integer():
        return f"{value:,}"
    return f"{int(value):,}" if abs(value) < 1e15 else str(value)


_OBJECTS = {"ADD": _noop("登记了"), "OBSERVE": _noop("看到了"), "DELETE": _noop("注销了")}
_INTO = {
    "ADD": _noop("把 {things} 装入{parent}"),
    "OBSERVE": _noop("看到 {things} 在{parent} 里"),
    "DELETE": _noop("把 {things} 从{parent} 取出"),
}
_TOGETHER = dict.fromkeys(_INTO, _noop("看到 {things} 放在一起"))
_ALL_OUT = _noop("把{parent} 里的全部取出")
_BOUND = {
    "ADD": _noop("把 {things} 绑定到{parent}"),
    "OBSERVE": _noop("看到 {things} 绑定在{parent} 上"),
    "DELETE": _noop("把 {things} 与{parent} 解绑"),
}
_ALL_FREE = _noop("解除{parent} 的全部绑定")
_DOCUMENTED = {
    "ADD": _noop("把 {things} 记入{documents}"),
    "OBSERVE": _noop("确认 {things} 属于{documents}"),
    "DELETE": _noop("把 {things} 从{documents} 移出"),
}
_ALL_UNDOCUMENTED = _noop("解除{documents} 与全部物品的关联")
_SIDES = (
    ("sourceList", "source", _noop("来自{parties}")),
    ("destinationList", "destination", _noop("交给{parties}")),
)
_MAINS = {
    "ObjectEvent": _Sentence.objects,
    "AggregationEvent": _Sentence.aggregation,
    "AssociationEvent": _Sentence.association,
    "TransactionEvent": _Sentence.transaction,
    "TransformationEvent": _Sentence.transformation,
}
