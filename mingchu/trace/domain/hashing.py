"""The event hash 事件哈希 of CBV 2.0 (§8.9): one digest for an event however it is spelled.

The event is written as one text, the pre-hash: standard members in a fixed order, lists sorted,
times in UTC to the millisecond, GS1 keys as Digital Links, standard words as web addresses; then
master data (`ilmd`), then extensions inside standard members under the names of these members, then
those of the event itself. Left out: the event's id, record time, error declaration, `@context`,
certification info (not in the standard's order of properties) and comments.

Where the standard leaves a choice open, we write what does not depend on the order of sending.
"""

from __future__ import annotations

import re
from collections.abc import Callable, Iterable
from decimal import Decimal
from hashlib import sha256
from typing import Any

from mingchu.trace.domain import extending, times, vocabulary
from mingchu.trace.domain.context import Context
from mingchu.trace.domain.extending import Members
from mingchu.trace.domain.linking import linked

VERSION = "CBV2.0"

_NUMBER = re.compile(r"[+-]?(?:[0-9]+(?:\.[0-9]*)?|\.[0-9]+)(?:[eE][+-]?[0-9]{1,4})?").fullmatch
_COMMENTS = frozenset({"rdfs:comment", "comment"})
_Write = Callable[[str, Any, Context], str]


def event_hash(event: Members, names: Context) -> str:
    """`ni:///sha-256;…?ver=CBV2.0` of a judged event."""
    digest = sha256(prehash(event, names).encode()).hexdigest()
    return f"ni:///sha-256;{digest}?ver={VERSION}"


def prehash(event: Members, names: Context) -> str:
    """The text whose digest is the hash."""
    pieces = ["eventType=", event["type"]]
    get = event.get
    pieces += [
        write(member, value, names)
        for member, write in _ORDERS[event["type"]]
        if (value := get(member)) is not None
    ]
    pieces += _extensions(event, names)
    return "".join(pieces)


def _time(member: str, value: str, _: Context) -> str:
    return f"{member}={times.hashed(value)}"


def _text(member: str, value: str, names: Context) -> str:
    text = _value(value, names)
    return f"{member}={text}" if text else ""


def _as_is(member: str, value: str, _: Context) -> str:
    return f"{member}={value}"


def _address(member: str, value: str, names: Context) -> str:
    return f"{member}={_uri(value, names)}"


def _number(member: str, value: float, _: Context) -> str:
    return f"{member}={_numeral(value)}"


def _truth(member: str, value: bool, _: Context) -> str:
    return f"{member}=true" if value else f"{member}=false"


def _word(words: vocabulary.Vocabulary) -> Callable[[str, str, Context], str]:
    spelled = {short: words.to_web(short) for short in words.words}

    def write(member: str, value: str, names: Context) -> str:
        return f"{member}={spelled.get(value) or _uri(value, names)}"

    return write


def _epcs(member: str, values: list[str], names: Context) -> str:
    if not values:
        return ""
    return member + "".join(sorted(["epc=" + _uri(value, names) for value in values]))


def _parts(order: Iterable[tuple[str, _Write]], wrapper: str = "") -> _Write:
    """A list of objects, each written in `order` after `wrapper`, and the list sorted."""
    fixed = tuple(order)

    def write(member: str, values: list[Members], names: Context) -> str:
        written = [wrapper + text for value in values if (text := _ordered(value, fixed, names))]
        written.sort()
        return member + "".join(written) if written else ""

    return write


def _ordered(value: Members, order: tuple[tuple[str, _Write], ...], names: Context) -> str:
    get = value.get
    return "".join(
        [write(key, found, names) for key, write in order if (found := get(key)) is not None]
    )


def _place(member: str, value: Members, names: Context) -> str:
    return f"{member}id={_uri(value['id'], names)}"


def _persistent(member: str, value: Members, names: Context) -> str:
    pieces = [member]
    for part in ("set", "unset"):
        pieces += sorted([_disposition(part, word, names) for word in value.get(part, ())])
    return "".join(pieces)


def _sensors(_: str, elements: list[Members], names: Context) -> str:
    """CBV 2.0 writes no name for the list itself; 2.1 will."""
    return "".join(
        sorted(["sensorElement" + _ordered(one, _SENSOR_ELEMENT, names) for one in elements])
    )


def _metadata(member: str, value: Members, names: Context) -> str:
    text = _ordered(value, _SENSOR_METADATA, names)
    return member + text if text else ""


def _reports(member: str, reports: list[Members], names: Context) -> str:
    return "".join(sorted([member + _ordered(one, _SENSOR_REPORT, names) for one in reports]))


_disposition = _word(vocabulary.DISPOSITIONS)
_QUANTITY = _parts(
    (("epcClass", _address), ("quantity", _number), ("uom", _text)), "quantityElement"
)
_SENSOR_METADATA: tuple[tuple[str, _Write], ...] = (
    ("time", _time),
    ("startTime", _time),
    ("endTime", _time),
    ("deviceID", _address),
    ("deviceMetadata", _address),
    ("rawData", _address),
    ("dataProcessingMethod", _address),
    ("bizRules", _address),
)
_SENSOR_REPORT: tuple[tuple[str, _Write], ...] = (
    ("type", _word(vocabulary.MEASUREMENTS)),
    ("exception", _word(vocabulary.ALERTS)),
    ("deviceID", _address),
    ("deviceMetadata", _address),
    ("rawData", _address),
    ("dataProcessingMethod", _address),
    ("time", _time),
    ("microorganism", _address),
    ("chemicalSubstance", _address),
    ("value", _number),
    ("component", _word(vocabulary.COMPONENTS)),
    ("stringValue", _text),
    ("booleanValue", _truth),
    ("hexBinaryValue", _text),
    ("uriValue", _address),
    ("minValue", _number),
    ("maxValue", _number),
    ("meanValue", _number),
    ("sDev", _number),
    ("percRank", _number),
    ("percValue", _number),
    ("uom", _text),
    ("coordinateReferenceSystem", _address),
)
_SENSOR_ELEMENT: tuple[tuple[str, _Write], ...] = (
    ("sensorMetadata", _metadata),
    ("sensorReport", _reports),
)
_SOURCE = _word(vocabulary.SOURCE_DESTINATIONS)
_ORDER: tuple[tuple[str, _Write], ...] = (
    ("eventTime", _time),
    ("eventTimeZoneOffset", _as_is),
    ("epcList", _epcs),
    ("parentID", _address),
    ("inputEPCList", _epcs),
    ("childEPCs", _epcs),
    ("quantityList", _QUANTITY),
    ("childQuantityList", _QUANTITY),
    ("inputQuantityList", _QUANTITY),
    ("outputEPCList", _epcs),
    ("outputQuantityList", _QUANTITY),
    ("action", _as_is),
    ("transformationID", _address),
    ("bizStep", _word(vocabulary.BIZ_STEPS)),
    ("disposition", _disposition),
    ("persistentDisposition", _persistent),
    ("readPoint", _place),
    ("bizLocation", _place),
    (
        "bizTransactionList",
        _parts((("type", _word(vocabulary.BIZ_TRANSACTIONS)), ("bizTransaction", _address))),
    ),
    ("sourceList", _parts((("type", _SOURCE), ("source", _address)))),
    ("destinationList", _parts((("type", _SOURCE), ("destination", _address)))),
    ("sensorElementList", _sensors),
)
_ORDERS = {
    kind: tuple((member, write) for member, write in _ORDER if member in known)
    for kind, known in extending.EVENTS.items()
}


def _extensions(event: Members, names: Context) -> list[str]:
    pieces = []
    if "ilmd" in event:
        pieces.append("ilmd" + _inside(event["ilmd"], names))
    for member in ("readPoint", "bizLocation"):
        place = event.get(member)
        if place is not None and len(place) > 1:
            own = _own(place, extending.PLACE, names)
            pieces.append(member + own if own else "")
    if "sensorElementList" in event:
        pieces += sorted([_of_element(one, names) for one in event["sensorElementList"]])
    pieces.append(_own(event, extending.EVENTS[event["type"]], names))
    return pieces


def _of_element(element: Members, names: Context) -> str:
    """Extensions in a sensor element, in its metadata and reports, under their names."""
    metadata = _own(element.get("sensorMetadata", {}), extending.METADATA, names)
    pieces = ["sensorMetadata" + metadata] if metadata else []
    reports = [_own(report, extending.REPORT, names) for report in element["sensorReport"]]
    pieces += sorted("sensorReport" + report for report in reports if report)
    pieces.append(_own(element, extending.ELEMENT, names))
    text = "".join(pieces)
    return "sensorElement" + text if text else ""


def _own(members: Members, known: frozenset[str], names: Context) -> str:
    """Extensions that stand directly in `members`."""
    more = [key for key in members if key not in known]
    return _inside({key: members[key] for key in more}, names) if more else ""


def _inside(members: Members, names: Context) -> str:
    written: list[str] = []
    for key, value in members.items():
        if key not in _COMMENTS and key != "#text":
            _write(names.name(key) if ":" in key else key, value, names, written)
    written.sort()
    return "".join(written)


def _write(name: str, value: object, names: Context, into: list[str]) -> None:
    """One extension: a list is its name again for each item, null is not there."""
    if isinstance(value, list):
        for item in value:
            _write_item(name, item, names, into)
    else:
        _write_item(name, value, names, into)


def _write_item(name: str, value: object, names: Context, into: list[str]) -> None:
    if isinstance(value, dict):
        text = _scalar(value.get("#text"), names)
        into.append(
            f"{name}={text}{_inside(value, names)}" if text else name + _inside(value, names)
        )
    elif isinstance(value, list):
        inner: list[str] = []
        _write("", value, names, inner)
        inner.sort()
        into.append(name + "".join(inner))
    elif value is not None:
        text = _scalar(value, names)
        into.append(f"{name}={text}" if text else name)


def _scalar(value: object, names: Context) -> str:
    if isinstance(value, str):
        return _value(value, names)
    if isinstance(value, bool):
        return "true" if value else "false"
    return _numeral(value) if isinstance(value, int | float) else ""


def _value(text: str, names: Context) -> str:
    """A text in canonical form: blanks off, numbers plain, addresses as `_uri` writes them."""
    text = text.strip()
    if _NUMBER(text):
        return _plain_decimal(Decimal(text))
    return _uri(text, names) if ":" in text else text


def _uri(text: str, names: Context) -> str:
    if text.startswith(("urn:epc:", "http")):
        return linked(text)
    if text.startswith(vocabulary.CBV_URN):
        return vocabulary.web_of_urn(text)
    return names.value(text)


def _numeral(number: float) -> str:
    """
    >>> _numeral(200), _numeral(200.50), _numeral(1e-7), _numeral(1e22), _numeral(-0.0)
    ('200', '200.5', '0.0000001', '10000000000000000000000', '0')
    """
    text = repr(number)
    if "e" in text:
        return _plain_decimal(Decimal(text))
    text = text.removesuffix(".0")
    return "0" if text == "-0" else text


def _plain_decimal(number: Decimal) -> str:
    """No exponent, no zeros that say nothing.

    >>> _plain_decimal(Decimal("007.50")), _plain_decimal(Decimal("1E+3"))
    ('7.5', '1000')
    """
    text = format(number, "f")
    if "." in text:
        text = text.rstrip("0").removesuffix(".")
    return text.lstrip("+") if number else "0"


def beside(event: Members, names: Context) -> str:
    """What an event says that its hash does not cover: certificates and the error declaration.

    Two events of one id that differ here only are not the same event either.
    """
    certificates = event.get("certificationInfo", ())
    listed = [certificates] if isinstance(certificates, str) else certificates
    pieces = sorted(_address("certificationInfo", one, names) for one in listed)
    declaration = event.get("errorDeclaration")
    if declaration is not None:
        pieces.append("errorDeclaration" + _ordered(declaration, _DECLARATION, names))
        pieces += sorted("eventID=" + one for one in declaration.get("correctiveEventIDs", ()))
        pieces.append(_own(declaration, extending.DECLARATION, names))
    return "".join(pieces)


_DECLARATION: tuple[tuple[str, _Write], ...] = (
    ("declarationTime", _time),
    ("reason", _word(vocabulary.ERROR_REASONS)),
)
