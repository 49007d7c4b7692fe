"""Beacons 随机源: what nobody can know when the lists are frozen; several are mixed.

A source is announced in the plan and found afterwards. Its value is bytes; what the seed takes in
is the value of the one source, or the digests of all values in the order of the plan: if one of
them was honest, nobody could know the whole.
"""

from __future__ import annotations

import hashlib
import re
from collections.abc import Callable, Mapping, Sequence
from typing import Any

from mingchu.draw.domain.hashing import Hashing

KINDS = ("drand", "dice", "lottery", "envelope")
SHARE_BYTES = 32
PARTIES_LEAST = 2
THROWS = (20, 200)
SEAL = re.compile(r"[0-9a-f]{64}")
DICE = re.compile(r"[0-9]{20,200}")
HEX = re.compile(r"([0-9a-f]{2})+")
Source = Mapping[str, Any]


class NotFound(ValueError):
    """What was found does not belong to what was announced; `code` says how."""

    def __init__(self, place: int, code: str):
        super().__init__(f"source {place}: {code}")
        self.place, self.code = place, code


def check_announced(announced: Sequence[Source]) -> None:
    """Raises NotFound where a source cannot be found later, so as it is announced."""
    for place, source in enumerate(announced, start=1):
        kind = source.get("kind")
        if kind not in KINDS:
            raise NotFound(place, "kind")
        for name, fits in ANNOUNCED[kind].items():
            if not fits(source.get(name)):
                raise NotFound(place, name)


def _is_whole(said: Any) -> bool:
    return isinstance(said, int) and not isinstance(said, bool) and said > 0


def _are_names(said: Any) -> bool:
    return isinstance(said, list) and bool(said) and all(isinstance(o, str) and o for o in said)


def _are_parties(said: Any) -> bool:
    """At least two, each with his sealed share; the envelope he leaves may be missing."""
    return isinstance(said, list) and len(said) >= PARTIES_LEAST and all(map(_is_party, said))


def _is_party(said: Any) -> bool:
    if not isinstance(said, Mapping) or not said.get("name"):
        return False
    envelope = said.get("envelope", "")
    return bool(SEAL.fullmatch(str(said.get("digest")))) and (
        envelope == "" or bool(SEAL.fullmatch(str(envelope)))
    )


ANNOUNCED: Mapping[str, Mapping[str, Callable[[Any], bool]]] = {
    "drand": {
        **dict.fromkeys(("round", "genesis", "period", "lead"), _is_whole),
        "chain": lambda said: isinstance(said, str) and bool(HEX.fullmatch(said)),
    },
    "dice": {"throws": lambda said: _is_whole(said) and THROWS[0] <= said <= THROWS[1]},
    "lottery": {"names": _are_names},
    "envelope": {"parties": _are_parties},
}


def mixed(announced: Sequence[Source], found: Sequence[Source], hashing: Hashing) -> bytes:
    """The bytes that enter the seed. Raises NotFound where a source is not the announced one.

    Signatures are not checked here but by whoever takes a round in.
    """
    if not announced or len(announced) != len(found):
        raise NotFound(0, "count")
    values = [
        _value(place, plan, seen, hashing)
        for place, (plan, seen) in enumerate(zip(announced, found, strict=True), start=1)
    ]
    if len(values) == 1:
        return values[0]
    return b"".join(hashing.digest(value) for value in values)


def _value(place: int, plan: Source, seen: Source, hashing: Hashing) -> bytes:
    kind = plan["kind"]
    if kind not in KINDS or seen.get("kind") != kind:
        raise NotFound(place, "kind")
    if kind == "drand":
        return _round(place, plan, seen)
    if kind == "dice":
        return _throws(place, plan, seen)
    if kind == "lottery":
        return _drawings(place, plan, seen)
    return _shares(place, plan, seen, hashing)


def _round(place: int, plan: Source, seen: Source) -> bytes:
    """A round of the chain: SHA-256 of its signature, whatever the draw itself hashes with."""
    if seen.get("round") != plan["round"]:
        raise NotFound(place, "round")
    signature = seen.get("signature", "")
    if not HEX.fullmatch(signature):
        raise NotFound(place, "signature")
    return hashlib.sha256(bytes.fromhex(signature)).digest()


def _throws(place: int, plan: Source, seen: Source) -> bytes:
    """Ten-sided dice before witnesses: the digits as they fell."""
    throws = seen.get("throws", "")
    if not DICE.fullmatch(throws) or len(throws) != plan["throws"]:
        raise NotFound(place, "throws")
    return bytes(throws, "ascii")


def _drawings(place: int, plan: Source, seen: Source) -> bytes:
    """Results of lotteries as RFC 3797 section 4 writes them: sorted, `.` after each, `/` at the
    end of each source.

    >>> lottery([[9319], [2, 5, 12, 8, 10], [9, 18, 26, 34, 41, 45]])
    b'9319./2.5.8.10.12./9.18.26.34.41.45./'
    """
    results = seen.get("results", [])
    if len(results) != len(plan["names"]) or not all(map(_are_numbers, results)):
        raise NotFound(place, "results")
    return lottery(results)


def _are_numbers(drawing: Any) -> bool:
    return bool(drawing) and all(isinstance(one, int) and one >= 0 for one in drawing)


def lottery(results: Sequence[Sequence[int]]) -> bytes:
    return "".join(
        "".join(f"{number}." for number in sorted(drawing)) + "/" for drawing in results
    ).encode()


def _shares(place: int, plan: Source, seen: Source, hashing: Hashing) -> bytes:
    """Each party's share, which it had sealed by its digest; of one who keeps his back, the share
    from the envelope he had left, sealed likewise."""
    parties, shares = plan["parties"], seen.get("shares", [])
    if len(shares) != len(parties):
        raise NotFound(place, "shares")
    return b"".join(
        _share(place, party, share, hashing) for party, share in zip(parties, shares, strict=True)
    )


def _share(place: int, party: Source, share: Source, hashing: Hashing) -> bytes:
    said = share.get("value", "")
    if not HEX.fullmatch(said) or len(said) != 2 * SHARE_BYTES:
        raise NotFound(place, "share")
    value = bytes.fromhex(said)
    sealed = party["envelope"] if share.get("withheld") else party["digest"]
    if hashing.digest(value).hex() != sealed:
        raise NotFound(place, "seal")
    return value
