"""Writing XML: JSON members as the event of EPCIS 2.0 or 1.2 that says the same.

Everything XML can say is written, in the order its schema asks for; what it cannot (a list in a
list, a name that is none in XML, control characters, more than text on a sensor's report) is
refused rather than bent, since the event would no longer keep its hash.
"""

from __future__ import annotations

import re
from collections.abc import Callable, Iterable, Mapping
from decimal import Decimal
from typing import Any

from mingchu.trace.domain import extending, vocabulary
from mingchu.trace.domain.context import Context
from mingchu.trace.domain.extending import Members
from mingchu.trace.domain.vocabulary import Vocabulary
from mingchu.trace.domain.xml import table

_NC_NAME = re.compile(r"[^\W\d][\w.\-\u00b7]*").fullmatch
# XML 1.0 has no way to write these.
_NOT_A_CHARACTER = re.compile("[\x00-\x08\x0b\x0c\x0e-\x1f\ufffe\uffff\ud800-\udfff]").search
_RESERVED = frozenset({"", table.XSI, table.XML, "http://www.w3.org/2000/xmlns/"})
Spell = Callable[[Vocabulary, str], str]


class NotInXml(ValueError):
    """What XML cannot say; the text names it."""


def urn(words: Vocabulary, text: str) -> str:
    """A standard word as 1.2 wrote it; as a web address where 1.2 had none."""
    short = words.to_short(text)
    return words.to_urn(short) if words.urn else words.to_web(short)


def web(words: Vocabulary, text: str) -> str:
    return words.to_web(words.to_short(text))


def written(event: Members, names: Context, *, version: str = "2.0", spell: Spell = urn) -> bytes:
    """The element of an event, with all prefixes it needs; raises NotInXml."""
    return _Writer(names, version, spell).event(event).encode()


class _Writer:
    """One event being written; `prefixes` are those its names turned out to need."""

    def __init__(self, names: Context, version: str, spell: Spell):
        self.names, self.version, self.spell = names, version, spell
        self.prefixes: dict[str, str] = {}  # namespace → prefix
        self._taken: set[str] = set()
        self._made = 0

    def event(self, event: Members) -> str:
        kind = event["type"]
        inside = (self._as_1_2 if self.version == "1.2" else self._as_2_0)(event, kind)
        more = self._extensions(event, extending.EVENTS[kind])
        declared = "".join(
            f" xmlns:{prefix}={_quoted(space)}" for space, prefix in self.prefixes.items()
        )
        return f"<{kind}{declared}>{inside}{more}</{kind}>"

    def _as_2_0(self, event: Members, kind: str) -> str:
        order = (*table.HEAD, *table.BASE, *table.CERTIFIED, *table.ORDER[kind])
        return self._members(event, order)

    def _as_1_2(self, event: Members, kind: str) -> str:
        later = _wrapped("extension", self._members(event, table.CERTIFIED))
        base = _wrapped("baseExtension", self._members(event, table.BASE) + later)
        always = table.ALWAYS_IN_1_2.get(kind)
        if always is not None:
            event = {always: [], **event}
        depths = table.DEPTH[kind]
        levels = [
            self._members(event, (m for m in table.ORDER[kind] if depths.get(m, 0) == depth))
            for depth in range(3)
        ]
        wrapped = _wrapped("extension", levels[1] + _wrapped("extension", levels[2]))
        return self._members(event, table.HEAD) + base + levels[0] + wrapped

    def _members(self, event: Members, order: Iterable[str]) -> str:
        return "".join(_WRITERS[name](self, name, event[name]) for name in order if name in event)

    def text(self, name: str, value: str) -> str:
        return f"<{name}>{_escaped(value)}</{name}>"

    def time(self, name: str, value: str) -> str:
        return self.text(name, value.upper())

    def word(self, words: Vocabulary, name: str, value: str) -> str:
        return self.text(name, self.spell(words, value))

    def certified(self, name: str, value: Any) -> str:
        listed = [value] if isinstance(value, str) else value
        return "".join(self.text(name, one) for one in listed)

    def listed(self, name: str, values: list[Any]) -> str:
        """A list, each item by `_ITEMS`; one that may not be empty is left out."""
        if not values and name in table.NEVER_EMPTY:
            return ""
        write = _ITEMS.get(name, _Writer.text)
        item = table.ITEM[name]
        return f"<{name}>{''.join([write(self, item, one) for one in values])}</{name}>"

    def quantity(self, name: str, value: Members) -> str:
        inside = self.text("epcClass", value["epcClass"])
        if "quantity" in value:
            inside += self.text("quantity", _decimal(value["quantity"]))
        elif "uom" in value:
            inside += f'<quantity xmlns:xsi="{table.XSI}" xsi:nil="true"/>'
        if "uom" in value:
            inside += self.text("uom", value["uom"])
        return f"<{name}>{inside}</{name}>"

    def typed(self, words: Vocabulary, name: str, value: Members) -> str:
        kind = value.get("type")
        said = "" if kind is None else f" type={_quoted(self.spell(words, kind))}"
        return f"<{name}{said}>{_escaped(value[name])}</{name}>"

    def place(self, name: str, value: Members) -> str:
        return self._room(name, self.text("id", value["id"]), value, extending.PLACE)

    def master_data(self, name: str, value: Members) -> str:
        return self._room(name, "", value, frozenset())

    def persistent(self, name: str, value: Members) -> str:
        inside = "".join(
            self.word(vocabulary.DISPOSITIONS, part, one)
            for part in ("unset", "set")
            for one in value.get(part, ())
        )
        return f"<{name}>{inside}</{name}>"

    def declaration(self, name: str, value: Members) -> str:
        order = ("declarationTime", "reason", "correctiveEventIDs")
        return self._room(name, self._members(value, order), value, extending.DECLARATION)

    def _room(self, name: str, inside: str, value: Members, known: frozenset[str]) -> str:
        return f"<{name}>{inside}{self._extensions(value, known)}</{name}>"

    def sensor(self, name: str, value: Members) -> str:
        inside = ""
        if "sensorMetadata" in value:
            inside = self._measured("sensorMetadata", value["sensorMetadata"], extending.METADATA)
        for report in value["sensorReport"]:
            inside += self._measured("sensorReport", report, extending.REPORT)
        return self._room(name, inside, value, extending.ELEMENT)

    def _measured(self, name: str, value: Members, known: frozenset[str]) -> str:
        said = ""
        for key, one in value.items():
            if key in known:
                said += f" {key}={_quoted(self._reported(key, one))}"
            else:
                said += self._attributes(key, one)
        return f"<{name}{said}/>"

    def _reported(self, key: str, value: Any) -> str:
        words = _REPORTED.get(key)
        if words is not None:
            return self.spell(words, value)
        return value.upper() if key in _TIMES else _scalar(value)

    def _attributes(self, key: str, value: Any) -> str:
        """An extension where XML has room for attributes only."""
        if isinstance(value, list) and len(value) == 1:
            value = value[0]
        if value is None or value == []:
            return ""
        if isinstance(value, dict | list):
            raise NotInXml(key)
        return f" {self._name(key)}={_quoted(_scalar(value))}"

    def _extensions(self, value: Members, known: frozenset[str]) -> str:
        return "".join(
            [self._extension(key, one) for key, one in value.items() if key not in known]
        )

    def _extension(self, key: str, value: Any) -> str:
        name = self._name(key)
        items = value if isinstance(value, list) else [value]
        return "".join([self._element(name, one) for one in items if one is not None])

    def _element(self, name: str, value: Any) -> str:
        if isinstance(value, list):
            raise NotInXml(name)
        if not isinstance(value, dict):
            return f"<{name}>{_escaped(_scalar(value))}</{name}>"
        text = value.get("#text")
        if isinstance(text, dict | list):
            raise NotInXml(name)
        said = "".join(
            self._attributes(key, one)
            for key, one in value.items()
            if text is not None and _is_plain(key, one)
        )
        inside = "" if text is None else _escaped(_scalar(text))
        for key, one in value.items():
            if key != "#text" and not (text is not None and _is_plain(key, one)):
                inside += self._extension(key, one)
        return f"<{name}{said}>{inside}</{name}>"

    def _name(self, key: str) -> str:
        """An extension's name with a prefix that is declared on the event."""
        if ":" not in key:
            return _local(key, key)
        space, _, local = self.names.name(key)[1:].rpartition("}")
        _local(local, key)
        if space in _RESERVED:
            raise NotInXml(key)
        if space not in self.prefixes:
            self.prefixes[space] = self._prefix(key, space)
        return f"{self.prefixes[space]}:{local}"

    def _prefix(self, key: str, space: str) -> str:
        prefix = key.partition(":")[0]
        if self.names.prefixes.get(prefix) != space:
            prefix = ""
        while not _NC_NAME(prefix) or prefix.lower().startswith("xml") or prefix in self._taken:
            self._made += 1
            prefix = f"ns{self._made}"
        self._taken.add(prefix)
        return prefix


def _is_plain(key: str, value: Any) -> bool:
    return key != "#text" and value is not None and not isinstance(value, dict | list)


def _wrapped(name: str, inside: str) -> str:
    return f"<{name}>{inside}</{name}>" if inside else ""


def _local(local: str, key: str) -> str:
    if not _NC_NAME(local) or ":" in local:
        raise NotInXml(key)
    return local


def _scalar(value: Any) -> str:
    """
    >>> _scalar(True), _scalar(1e-7), _scalar(7), _scalar("x")
    ('true', '0.0000001', '7', 'x')
    """
    if isinstance(value, bool):
        return "true" if value else "false"
    return value if isinstance(value, str) else _decimal(value)


def _decimal(value: float) -> str:
    text = repr(value)
    return format(Decimal(text), "f") if "e" in text else text


_IN_TEXT = str.maketrans({"&": "&amp;", "<": "&lt;", ">": "&gt;", "\r": "&#13;"})
_IN_QUOTES = {**_IN_TEXT, ord('"'): "&quot;", ord("\n"): "&#10;", ord("\t"): "&#9;"}


def _escaped(text: str) -> str:
    _check(text)
    return text.translate(_IN_TEXT)


def _quoted(text: str) -> str:
    _check(text)
    return f'"{text.translate(_IN_QUOTES)}"'


def _check(text: str) -> None:
    found = _NOT_A_CHARACTER(text)
    if found:
        raise NotInXml(f"U+{ord(found[0]):04X}")


_TIMES = frozenset({"time", "startTime", "endTime"})
_REPORTED = {
    "type": vocabulary.MEASUREMENTS,
    "exception": vocabulary.ALERTS,
    "component": vocabulary.COMPONENTS,
}
_Write = Callable[[_Writer, str, Any], str]


def _word(words: Vocabulary) -> _Write:
    return lambda writer, name, value: writer.word(words, name, value)


def _typed(words: Vocabulary) -> _Write:
    return lambda writer, name, value: writer.typed(words, name, value)


_ITEMS: Mapping[str, _Write] = {
    **dict.fromkeys(table.QUANTITIES, _Writer.quantity),
    "bizTransactionList": _typed(vocabulary.BIZ_TRANSACTIONS),
    "sourceList": _typed(vocabulary.SOURCE_DESTINATIONS),
    "destinationList": _typed(vocabulary.SOURCE_DESTINATIONS),
    "sensorElementList": _Writer.sensor,
}
_WRITERS: Mapping[str, _Write] = {
    **dict.fromkeys(table.ITEM, _Writer.listed),
    **dict.fromkeys(
        ("eventTimeZoneOffset", "eventID", "action", "parentID", "transformationID"), _Writer.text
    ),
    **dict.fromkeys(("eventTime", "recordTime", "declarationTime"), _Writer.time),
    "certificationInfo": _Writer.certified,
    "bizStep": _word(vocabulary.BIZ_STEPS),
    "disposition": _word(vocabulary.DISPOSITIONS),
    "reason": _word(vocabulary.ERROR_REASONS),
    "readPoint": _Writer.place,
    "bizLocation": _Writer.place,
    "persistentDisposition": _Writer.persistent,
    "errorDeclaration": _Writer.declaration,
    "ilmd": _Writer.master_data,
}
