"""Negotiating: the headers by which both sides say what they speak; what we do not is refused."""

from __future__ import annotations

import re
from collections.abc import Mapping

from mingchu import __version__
from mingchu.trace import packing, problems
from mingchu.trace.domain.spelling import ANY_FORMAT, KEPT, LINKS, URNS
from mingchu.trace.services import limits

# Each form by the media types it is called by; the first is preferred where both are as welcome.
MEDIA = {
    "json": ("application/json", "application/ld+json"),
    "xml": ("application/xml", "text/xml"),
}
VERSION, OLDER = "2.0.0", "1.2.0"  # the older one in XML only
_NUMBERS = re.compile(r"[0-9]{1,9}(?:\.[0-9]{1,9})*").fullmatch
VERSIONS = {
    f"GS1-{what}-{which}": OLDER if which == "Min" else VERSION
    for what in ("EPCIS", "CBV")
    for which in ("Version", "Min", "Max")
}
SPOKEN = {
    "GS1-EPCIS-Version": VERSION,
    "GS1-CBV-Version": VERSION,
    "GS1-EPC-Format": "Never_Translates",
}
FORMATS = frozenset({KEPT, ANY_FORMAT})
# What an answer made of events can be written in besides.
TRANSLATIONS = FORMATS | {LINKS, URNS}
# How standard words are spelled in XML: a preference that is none leaves an event's own spelling.
IN_XML = "GS1-CBV-XML-Format"
WORDS_WEB, WORDS_URN = "Always_Web_URI", "Always_URN"
WORDS = FORMATS | {WORDS_WEB, WORDS_URN}


def announced(allow: str) -> dict[str, str]:
    """What OPTIONS tells of every resource."""
    vendor = {"GS1-Vendor-Version": __version__}
    return {"Allow": allow, **VERSIONS, **SPOKEN, IN_XML: KEPT, **vendor}


def announced_limits() -> dict[str, str]:
    """What OPTIONS tells of capturing, and a refusal of what is too large."""
    top = limits()
    return {
        "GS1-EPCIS-Capture-Limit": str(top.events),
        "GS1-EPCIS-Capture-File-Size-Limit": str(top.bytes),
        "GS1-Capture-Error-Behaviour": "all",
        "Accept-Encoding": "gzip",
    }


def check(
    headers: Mapping[str, str],
    formats: frozenset[str] = FORMATS,
    *,
    accepts_xml: bool = False,
    speaks_1_2: bool = False,
) -> str:
    """The form to answer in: json or xml. Raises Refusal `unsupported_version`, `not_acceptable`.

    EPCIS 1.2 is spoken where the body is XML (`speaks_1_2`) or the answer is.
    """
    form = form_of(headers, accepts_xml=accepts_xml)
    oldest = [1, 2] if form == "xml" or speaks_1_2 else [2, 0]
    for name in VERSIONS:
        said = headers.get(name, "")
        if said and not _speaks(name, said, oldest):
            raise problems.unsupported_version(name, said)
    # Words of the vocabulary stand in JSON as they came: only XML has them in two forms.
    words = WORDS if form == "xml" else FORMATS
    for name, known in (("GS1-EPC-Format", formats), (IN_XML, words)):
        said = headers.get(name, "")
        if said and said not in known:
            raise problems.unsupported_version(name, said)
    return form


def form_of(headers: Mapping[str, str], *, accepts_xml: bool = True) -> str:
    """What is welcome most of json and xml; json where that is not said. Raises Refusal
    `not_acceptable`.

    >>> form_of({"Accept": "application/xml, application/json;q=0.5"}), form_of({"Accept": "*/*"})
    ('xml', 'json')
    """
    accept = headers.get("Accept", "")
    offered = MEDIA if accepts_xml else {"json": MEDIA["json"]}
    weights = dict(map(_weighted, (accept or "*/*").split(",")))
    best, most = "", 0.0
    for form, types in offered.items():
        weight = max(_weight(one, weights) for one in types)
        if weight > most:
            best, most = form, weight
    if not best:
        raise problems.unacceptable(accept)
    return best


def _weighted(said: str) -> tuple[str, float]:
    media, *parameters = (part.strip().lower() for part in said.split(";"))
    for one in parameters:
        name, _, value = one.partition("=")
        if name.strip() == "q":
            try:
                return media, float(value)
            except ValueError:
                return media, 0.0
    return media, 1.0


def _weight(media: str, weights: Mapping[str, float]) -> float:
    """The most exact word on a media type counts."""
    for one in (media, media.partition("/")[0] + "/*", "*/*"):
        if one in weights:
            return weights[one]
    return 0.0


def version_of(headers: Mapping[str, str]) -> str:
    """Which EPCIS an answer in XML is to be."""
    said = headers.get("GS1-EPCIS-Version", "") or headers.get("GS1-EPCIS-Max", "")
    return "1.2" if said and _number(said) < [2, 0] else "2.0"


def format_of(headers: Mapping[str, str]) -> str:
    """How identifiers are to be spelled: as Digital Links where the asker does not say, which is
    the standard's default; as they came where he does not care."""
    said = headers.get("GS1-EPC-Format", "") or LINKS
    return said if said in (LINKS, URNS) else KEPT


def _speaks(name: str, said: str, oldest: list[int]) -> bool:
    number = _number(said)
    if name.endswith("Min"):
        return [0, 0] <= number <= [2, 0]
    return number >= oldest if name.endswith("Max") else number in (oldest, [2, 0])


def _number(said: str) -> list[int]:
    """The first two numbers of a version; of what is none, one below all."""
    if _NUMBERS(said) is None:
        return [-1, 0]
    return [*map(int, said.split(".")), 0, 0][:2]


def check_body(headers: Mapping[str, str], *, takes_xml: bool = False) -> bool:
    """Whether it is XML. Raises Refusal `unsupported_media_type`."""
    kind = headers.get("Content-Type", "")
    is_xml = _media(kind) in MEDIA["xml"]
    if not (takes_xml if is_xml else _media(kind) in MEDIA["json"]):
        raise problems.unsupported_media(kind)
    packed = packing.encoding(headers)
    if packed not in packing.PLAIN | packing.PACKED:
        raise problems.unsupported_media(packed)
    return is_xml


def _media(said: str) -> str:
    return said.partition(";")[0].strip().lower()
