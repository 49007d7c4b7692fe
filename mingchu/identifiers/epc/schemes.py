"""The keys of EPCIS as tables: their digits, letters and places in URN and Digital Link.

Sources: GS1 EPC Tag Data Standard (URNs), GS1 Digital Link URI Syntax (paths and order of
qualifiers), GS1 General Specifications (lengths and character sets), CBV 2.0 (class level).
"""

from __future__ import annotations

from enum import StrEnum
from itertools import combinations
from typing import Any, NamedTuple

from mingchu.identifiers.epc.letters import (
    CPI,
    DIGITS_10,
    DIGITS_12,
    SERIAL_12,
    UIC,
    X16,
    X17,
    X20,
    X28,
    X30,
    Letters,
)

SHORTEST_PREFIX, LONGEST_PREFIX = 6, 12


class Kind(StrEnum):
    """What sort of thing a key names."""

    INSTANCE = "instance"
    LOT = "lot"
    CLS = "class"
    LOGISTIC = "logistic"
    SHIPMENT = "shipment"
    ASSET = "asset"
    PLACE = "place"
    PARTY = "party"
    RELATION = "relation"
    DOCUMENT = "document"
    COUPON = "coupon"


class Epc(NamedTuple):
    """One identifier, whatever text it was read from.

    `key` is the path of its canonical Digital Link, `01/09521234543213/21/400`: the same for every
    domain and for the URN. `prefix` counts the digits of the company prefix where the text told it.
    """

    scheme: str
    kind: Kind
    key: str
    prefix: int | None


class Scheme(NamedTuple):
    """One kind of key: how its URN is built and where the parts lie in the Digital Link.

    `digits` are those of prefix and reference together, without the check digit; 0 where letters
    may follow the prefix, as many as `letters` takes with it. `turned`: the first digit of the
    reference stands before the prefix. `pieces`: piece and total of an ITIP follow. `joint` is what
    the Digital Link has before the last part, whose letters are `last`; None where none is.
    `fields` counts those of the URN, the prefix among them.
    """

    form: str
    name: str
    kind: Kind
    ai: str
    digits: int
    turned: bool = False
    lead: str = ""
    joint: str = ""
    last: Letters | None = None
    letters: Letters | None = None
    pieces: bool = False
    fields: int = 2
    is_class: bool = False

    @property
    def qualifier(self) -> str:
        """The AI of the last part where it stands apart: `21`."""
        return self.joint.strip("/")


def _tables() -> tuple[Scheme, ...]:
    gtin: dict[str, Any] = {"ai": "01", "digits": 13, "turned": True}
    itip = {"ai": "8006", "digits": 13, "turned": True, "pieces": True}
    cpi = {"ai": "8010", "digits": 0, "letters": CPI}
    grai = {"ai": "8003", "digits": 12, "lead": "0"}
    gdti, sgcn = {"ai": "253", "digits": 12}, {"ai": "255", "digits": 12}
    rows = (
        ("id", "sgtin", Kind.INSTANCE, gtin | {"joint": "/21/", "last": X20}),
        ("class", "lgtin", Kind.LOT, gtin | {"joint": "/10/", "last": X20}),
        ("id", "upui", Kind.INSTANCE, gtin | {"joint": "/235/", "last": X28}),
        ("id", "itip", Kind.INSTANCE, itip | {"joint": "/21/", "last": X20}),
        ("id", "sscc", Kind.LOGISTIC, {"ai": "00", "digits": 17, "turned": True}),
        ("id", "sgln", Kind.PLACE, {"ai": "414", "digits": 12, "joint": "/254/", "last": X20}),
        ("id", "pgln", Kind.PARTY, {"ai": "417", "digits": 12}),
        ("id", "grai", Kind.ASSET, grai | {"last": X16}),
        ("id", "giai", Kind.ASSET, {"ai": "8004", "digits": 0, "letters": X30}),
        ("id", "gsrn", Kind.RELATION, {"ai": "8018", "digits": 17}),
        ("id", "gsrnp", Kind.RELATION, {"ai": "8017", "digits": 17}),
        ("id", "gdti", Kind.DOCUMENT, gdti | {"last": X17}),
        ("id", "sgcn", Kind.COUPON, sgcn | {"last": DIGITS_12}),
        ("id", "cpi", Kind.INSTANCE, cpi | {"joint": "/8011/", "last": SERIAL_12}),
        ("id", "ginc", Kind.SHIPMENT, {"ai": "401", "digits": 0, "letters": X30}),
        ("id", "gsin", Kind.SHIPMENT, {"ai": "402", "digits": 16}),
        ("idpat", "sgtin", Kind.CLS, gtin),
        ("idpat", "upui", Kind.CLS, gtin),
        ("idpat", "itip", Kind.CLS, itip),
        ("idpat", "grai", Kind.CLS, grai),
        ("idpat", "gdti", Kind.CLS, gdti),
        ("idpat", "sgcn", Kind.CLS, sgcn),
        ("idpat", "cpi", Kind.CLS, cpi),
    )
    return tuple(_counted(Scheme(form, name, kind, **rest)) for form, name, kind, rest in rows)


def _counted(row: Scheme) -> Scheme:
    is_class = row.kind is Kind.CLS
    ends = row.last is not None or is_class
    return row._replace(fields=2 + 2 * row.pieces + ends, is_class=is_class)


SCHEMES = _tables()
# A class of GTINs is of the scheme `gtin`: it is no SGTIN.
CLASS_NAMES = {"sgtin": "gtin"}


def name_of(row: Scheme) -> str:
    return CLASS_NAMES.get(row.name, row.name) if row.is_class else row.name


BY_URN = {f"urn:epc:{row.form}:{row.name}:": row for row in SCHEMES}
BY_NAME = {(name_of(row), row.kind): row for row in SCHEMES}


class Link(NamedTuple):
    """A primary key of Digital Link: `digits` with the check digit, and what may follow them.

    `whole` is (scheme, kind) of the key alone, `longer` of one with a serial right behind its
    digits, `qualified` of one with a qualifier after it.
    """

    digits: int
    whole: tuple[str, Kind]
    longer: tuple[str, Kind] | None = None
    serial: Letters | None = None
    letters: Letters | None = None
    pieces: bool = False
    qualified: dict[str, tuple[str, Kind]] = {}


LINKS: dict[str, Link] = {
    "01": Link(
        14,
        ("gtin", Kind.CLS),
        qualified={
            "10": ("lgtin", Kind.LOT),
            "21": ("sgtin", Kind.INSTANCE),
            "235": ("upui", Kind.INSTANCE),
        },
    ),
    "8006": Link(
        14,
        ("itip", Kind.CLS),
        pieces=True,
        qualified={"10": ("itip", Kind.LOT), "21": ("itip", Kind.INSTANCE)},
    ),
    "00": Link(18, ("sscc", Kind.LOGISTIC)),
    "414": Link(13, ("sgln", Kind.PLACE)),
    "417": Link(13, ("pgln", Kind.PARTY)),
    "402": Link(17, ("gsin", Kind.SHIPMENT)),
    "8017": Link(18, ("gsrnp", Kind.RELATION)),
    "8018": Link(18, ("gsrn", Kind.RELATION)),
    "8003": Link(14, ("grai", Kind.CLS), ("grai", Kind.ASSET), X16),
    "253": Link(13, ("gdti", Kind.CLS), ("gdti", Kind.DOCUMENT), X17),
    "255": Link(13, ("sgcn", Kind.CLS), ("sgcn", Kind.COUPON), DIGITS_12),
    "8004": Link(0, ("giai", Kind.ASSET), letters=X30),
    "401": Link(0, ("ginc", Kind.SHIPMENT), letters=X30),
    "8010": Link(0, ("cpi", Kind.CLS), letters=CPI, qualified={"8011": ("cpi", Kind.INSTANCE)}),
}

# The variant of a product names no other thing: no EPC carries it.
VARIANT = "22"
QUALIFIERS = {
    "22": X20,
    "10": X20,
    "21": X20,
    "235": X28,
    "254": X20,
    "7040": UIC,
    "8011": SERIAL_12,
    "8019": DIGITS_10,
}
_ORDER = {
    "01": (("22", "10", "21"), ("235",)),
    "8006": (("22", "10", "21"),),
    "414": (("254",), ("7040",)),
    "417": (("7040",),),
    "8004": (("7040",),),
    "8010": (("8011",),),
    "8017": (("8019",),),
    "8018": (("8019",),),
}
# Which qualifiers may follow a key: each in its order, any of them left out.
ORDERS = {
    ai: {
        chosen
        for order in _ORDER.get(ai, ())
        for many in range(len(order) + 1)
        for chosen in combinations(order, many)
    }
    | {()}
    for ai in LINKS
}
# The names of Digital Link 1.1, gone from later versions and still on labels.
SHORT_NAMES = {
    "gtin": "01",
    "itip": "8006",
    "sscc": "00",
    "gln": "414",
    "party": "417",
    "gsin": "402",
    "gsrnp": "8017",
    "gsrn": "8018",
    "grai": "8003",
    "gdti": "253",
    "gcn": "255",
    "giai": "8004",
    "ginc": "401",
    "cpid": "8010",
    "cpv": "22",
    "lot": "10",
    "ser": "21",
    "glnx": "254",
    "cpsn": "8011",
    "srin": "8019",
}
NAMES_OF_KEYS = {ai: ai for ai in LINKS} | {
    name: ai for name, ai in SHORT_NAMES.items() if ai in LINKS
}
NAMES_OF_QUALIFIERS = {ai: ai for ai in QUALIFIERS} | {
    name: ai for name, ai in SHORT_NAMES.items() if ai in QUALIFIERS
}
