"""Negotiating: the headers by which both sides say what they speak; what we do not is refused."""

from __future__ import annotations

import re
from collections.abc import Mapping

from mingchu import __version__
from mingchu.trace import problems
from mingchu.trace.services import limits

JSON = frozenset({"application/json", "application/ld+json"})
ANY = frozenset({"*/*", "application/*"})
VERSION = "2.0.0"
_NUMBERS = re.compile(r"[0-9]{1,9}(?:\.[0-9]{1,9})*").fullmatch
VERSIONS = {
    f"GS1-{what}-{which}": VERSION
    for what in ("EPCIS", "CBV")
    for which in ("Version", "Min", "Max")
}
SPOKEN = {
    "GS1-EPCIS-Version": VERSION,
    "GS1-CBV-Version": VERSION,
    "GS1-EPC-Format": "Never_Translates",
}
KEPT, ANY_FORMAT = "Never_Translates", "No_Preference"
FORMATS = frozenset({KEPT, ANY_FORMAT})
XML_FORMAT = "GS1-CBV-XML-Format"
# What an answer made of events can be written in besides.
LINKS, URNS = "Always_GS1_Digital_Link", "Always_EPC_URN"
TRANSLATIONS = FORMATS | {LINKS, URNS}


def announced(allow: str) -> dict[str, str]:
    """What OPTIONS tells of every resource."""
    vendor = {"GS1-Vendor-Version": __version__}
    return {"Allow": allow, **VERSIONS, **SPOKEN, XML_FORMAT: KEPT, **vendor}


def announced_limits() -> dict[str, str]:
    """What OPTIONS tells of capturing, and a refusal of what is too large."""
    top = limits()
    return {
        "GS1-EPCIS-Capture-Limit": str(top.events),
        "GS1-EPCIS-Capture-File-Size-Limit": str(top.bytes),
        "GS1-Capture-Error-Behaviour": "all",
    }


def check(headers: Mapping[str, str], formats: frozenset[str] = FORMATS) -> None:
    """Raises Refusal `unsupported_version` or `not_acceptable`."""
    for name in VERSIONS:
        said = headers.get(name, "")
        if said and not _speaks(name, said):
            raise problems.unsupported_version(name, said)
    said = headers.get("GS1-EPC-Format", "")
    if said and said not in formats:
        raise problems.unsupported_version("GS1-EPC-Format", said)
    said = headers.get(XML_FORMAT, "")
    if said and said not in FORMATS:
        # The words of the vocabulary stand in JSON as they came: only XML has them in two forms.
        raise problems.unsupported_version(XML_FORMAT, said)
    accept = headers.get("Accept", "") or "*/*"
    if not (JSON | ANY) & {_media(one) for one in accept.split(",")}:
        raise problems.unacceptable(accept)


def format_of(headers: Mapping[str, str]) -> str:
    """How identifiers are to be spelled: as Digital Links where the asker does not say, which is
    the standard's default; as they came where he does not care."""
    said = headers.get("GS1-EPC-Format", "") or LINKS
    return said if said in (LINKS, URNS) else KEPT


def _speaks(name: str, said: str) -> bool:
    if _NUMBERS(said) is None:
        return False
    number = [*map(int, said.split(".")), 0, 0][:2]
    if name.endswith("Min"):
        return number <= [2, 0]
    return number >= [2, 0] if name.endswith("Max") else number == [2, 0]


def check_body(headers: Mapping[str, str]) -> None:
    """Raises Refusal `unsupported_media_type`."""
    kind = headers.get("Content-Type", "")
    if _media(kind) not in JSON:
        raise problems.unsupported_media(kind)
    packed = headers.get("Content-Encoding", "")
    if packed not in ("", "identity"):
        raise problems.unsupported_media(packed)


def _media(said: str) -> str:
    return said.partition(";")[0].strip().lower()
