"""Rows 入库行: an event as the lines of its tables, ready for COPY in text form.

Identifiers are kept as 128-bit digests of their canonical key, which no spelling changes; what a
digest stands for is told once, by a table of items.
"""

from __future__ import annotations

from collections.abc import Iterator
from datetime import datetime
from functools import lru_cache
from hashlib import blake2b
from typing import Any, NamedTuple

from mingchu.identifiers.epc import HOST
from mingchu.trace.domain import hashing, times, vocabulary
from mingchu.trace.domain.extending import Members
from mingchu.trace.domain.keys import Identity
from mingchu.trace.domain.linking import linked
from mingchu.trace.domain.reading import Judged

DIGEST_BYTES = 16
# A side of more items than this stands once in the event and not in each of its links.
REPEATED_TOP = 64
TYPES = {
    "ObjectEvent": 1,
    "AggregationEvent": 2,
    "TransactionEvent": 3,
    "TransformationEvent": 4,
    "AssociationEvent": 5,
}
ACTIONS = {None: 0, "ADD": 1, "OBSERVE": 2, "DELETE": 3}
EPC, PARENT, CHILD, INPUT, OUTPUT = 1, 2, 3, 4, 5
# The same of a class or lot, with a quantity.
CLASS, CHILD_CLASS, INPUT_CLASS, OUTPUT_CLASS = 11, 13, 14, 15
DOCUMENT, SOURCE, DESTINATION, TRANSFORMATION = 21, 22, 23, 24
LISTS = (
    ("epcList", EPC),
    ("childEPCs", CHILD),
    ("inputEPCList", INPUT),
    ("outputEPCList", OUTPUT),
)
QUANTITIES = (
    ("quantityList", CLASS),
    ("childQuantityList", CHILD_CLASS),
    ("inputQuantityList", INPUT_CLASS),
    ("outputQuantityList", OUTPUT_CLASS),
)
ONCE = (("parentID", PARENT), ("transformationID", TRANSFORMATION))
OTHERS = (
    ("bizTransactionList", "bizTransaction", DOCUMENT),
    ("sourceList", "source", SOURCE),
    ("destinationList", "destination", DESTINATION),
)
# Of which roles the other side is made.
OPPOSITE = {
    PARENT: 1, CHILD: 0, CHILD_CLASS: 0, INPUT: 1, INPUT_CLASS: 1, OUTPUT: 0, OUTPUT_CLASS: 0,
}  # fmt: skip
SIDE = {role: 1 - side for role, side in OPPOSITE.items()}
NULL = r"\N"
URN = "urn:epc:"


class Sent(NamedTuple):
    """An event that was judged, from whom it came, and its number in its document."""

    judged: Judged
    identity: Identity
    party: str
    district: str
    capture: str = NULL
    place: int = 0


class Link(NamedTuple):
    item: str
    role: int
    quantity: str = NULL
    unit: str = NULL


Item = tuple[str, str]  # what a digest stands for: canonical key, and the text that told it


class Lines(NamedTuple):
    """Lines of COPY for one event, and what its digests stand for."""

    event: str
    links: str
    items: dict[str, Item]


def digest(text: str) -> str:
    """128 bits of a text, as the 32 hexadecimal digits a uuid column reads."""
    return blake2b(text.encode(), digest_size=DIGEST_BYTES).hexdigest()


def key_of(text: str) -> str:
    """The canonical key of an identifier; of what is no GS1 key, the text itself.

    >>> key_of("urn:epc:id:sgtin:0614141.112345.400"), key_of("urn:example:1")
    ('01/10614141123459/21/400', 'urn:example:1')
    """
    return linked(text).removeprefix(_HOST)


_HOST = HOST + "/"
_KINDS = {
    "00": "logistic", "01": "class", "253": "document", "254": "place", "255": "coupon",
    "401": "logistic", "402": "shipment", "414": "place", "417": "party", "8003": "asset",
    "8004": "asset", "8006": "class", "8010": "class", "8017": "relation", "8018": "relation",
}  # fmt: skip
_FINER = {"21": "instance", "235": "instance", "8011": "instance", "10": "lot"}


def kind_of(key: str) -> str:
    """What a canonical key names, `other` where it is no GS1 key.

    >>> kind_of("01/10614141123459/10/L1"), kind_of("urn:example:1"), kind_of("414/4012345000115")
    ('lot', 'other', 'place')
    """
    parts = key.split("/", 3)
    kind = _KINDS.get(parts[0])
    if kind is None:
        return "other"
    return _FINER.get(parts[2], kind) if kind == "class" and len(parts) > 3 else kind


def lines(sent: Sent, record_time: str) -> Lines:
    """All that is kept of an event; `record_time` as PostgreSQL reads it."""
    members = sent.judged.members
    links, items = _links(members)
    read_point = _place(members, "readPoint", items)
    biz_location = _place(members, "bizLocation", items)
    sides = _sides(links)
    apart = tuple(len(side) > REPEATED_TOP for side in sides)
    key, when = sent.identity.key.hex(), _event_time(members["eventTime"])
    row = (
        key, record_time, when, sent.capture, _context_of(sent.judged), read_point, biz_location,
        str(sent.place), str(TYPES[members["type"]]), str(ACTIONS[members.get("action")]),
        "t" if "errorDeclaration" in members else "f",
        r"\\x" + _hash(sent.identity.hash), hashing.VERSION,
        _word(members.get("bizStep"), vocabulary.BIZ_STEPS),
        _word(members.get("disposition"), vocabulary.DISPOSITIONS),
        escaped(sent.party), escaped(sent.district),
        _array(sides[0]) if apart[0] else NULL, _array(sides[1]) if apart[1] else NULL,
        r"\\x" + sent.judged.raw.hex(),
        str(int(sent.judged.form)),
        r"\\x" + sent.judged.original.hex() if sent.judged.original else NULL,
    )  # fmt: skip
    written = [NULL if large else _array(side) for large, side in zip(apart, sides, strict=True)]
    middle = f"\t{key}\t{record_time}\t{when}\t"
    return Lines(
        "\t".join(row) + "\n",
        "".join(
            [
                f"{item}{middle}{role}\t{quantity}\t{unit}\t"
                f"{written[OPPOSITE[role]] if role in OPPOSITE else '{}'}\n"
                for item, role, quantity, unit in links
            ]
        ),
        items,
    )


def _links(members: Members) -> tuple[list[Link], dict[str, Item]]:
    items: dict[str, Item] = {}
    found = list(_named(members, items))
    return found, items


def _named(members: Members, items: dict[str, Item]) -> Iterator[Link]:
    for member, role in LISTS:
        for text in members.get(member, ()):
            yield Link(_item(text, items), role)
    for member, role in ONCE:
        if member in members:
            yield Link(_item(members[member], items), role)
    yield from _measured(members, items)
    for member, name, role in OTHERS:
        for one in members.get(member, ()):
            yield Link(_item(one[name], items), role)


def _measured(members: Members, items: dict[str, Item]) -> Iterator[Link]:
    for member, role in QUANTITIES:
        for one in members.get(member, ()):
            quantity = one.get("quantity")
            said = NULL if quantity is None else repr(quantity)
            yield Link(_item(one["epcClass"], items), role, said, one.get("uom", NULL))


def _item(text: str, items: dict[str, Item]) -> str:
    key = key_of(text)
    found = digest(key)
    if found not in items or text[:8] == URN:
        items[found] = key, text
    return found


def prefix_of(item: Item) -> int:
    """How many digits its company prefix has, as the URN of a GS1 key tells; 0 where none does.

    >>> prefix_of(("01/10614141123459/21/4:0", "urn:epc:id:sgtin:0614141.112345.4:0"))
    7
    """
    key, text = item
    if text[:8] != URN or key == text:
        return 0
    dot = text.find(".")
    return dot - text.rfind(":", 0, dot) - 1


def _place(members: Members, member: str, items: dict[str, Item]) -> str:
    place: dict[str, Any] | None = members.get(member)
    return NULL if place is None else _item(place["id"], items)


def _sides(links: list[Link]) -> tuple[list[str], list[str]]:
    """What went in, or holds, is one side; what came out, or lies inside, is the other."""
    sides: tuple[list[str], list[str]] = ([], [])
    for link in links:
        if link.role in SIDE:
            sides[SIDE[link.role]].append(link.item)
    return sides


def _array(items: list[str]) -> str:
    return "{" + ",".join(items) + "}"


def _word(text: str | None, words: vocabulary.Vocabulary) -> str:
    return NULL if text is None else escaped(_short(text, words))


@lru_cache(maxsize=4096)
def _short(text: str, words: vocabulary.Vocabulary) -> str:
    return words.to_short(text)


@lru_cache(maxsize=4096)
def _event_time(text: str) -> str:
    return instant(times.read(text))


def instant(moment: datetime) -> str:
    return moment.isoformat()


def _hash(text: str) -> str:
    """The digits in `ni:///sha-256;…?ver=…`."""
    return text[text.index(";") + 1 : text.index("?")]


@lru_cache(maxsize=256)
def context_digest(context: bytes) -> str:
    return blake2b(context, digest_size=DIGEST_BYTES).hexdigest()


def _context_of(judged: Judged) -> str:
    return context_digest(judged.context) if judged.context else NULL


_ESCAPES = str.maketrans({"\\": r"\\", "\t": r"\t", "\n": r"\n", "\r": r"\r"})


def escaped(text: str) -> str:
    """A text in a line of COPY.

    >>> print(escaped("a\\tb"))
    a\\tb
    """
    return text.translate(_ESCAPES)
