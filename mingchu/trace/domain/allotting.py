"""Allotting 分配: who may speak for which identifiers.

A company prefix, or a single class, place or party, is allotted to a party of the house as its
owner or as the owner's agent. Who brings a thing into being says so with a right of its own: of
what he commissions or makes, every identifier that was ever allotted has to be allotted to him on
that day. Seeing, packing, moving, selling what others named is trade and asks for nothing.
"""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Iterable, Iterator, Sequence
from dataclasses import dataclass, field
from datetime import date, timedelta
from enum import StrEnum
from typing import NamedTuple

from mingchu.identifiers.epc import HOST, class_of, company_digits, is_prefix, read
from mingchu.trace.domain import times
from mingchu.trace.domain.extending import Members
from mingchu.trace.domain.faults import Kind
from mingchu.trace.domain.predicates import key_of
from mingchu.trace.domain.vocabulary import BIZ_STEPS
from mingchu.trace.domain.words import Broken

# The city runs the repository: it brings in and mends for everybody, under its own name.
CITY = "city"
MOST_REMEMBERED = 20_000


class Role(StrEnum):
    OWNER = "owner"
    AGENT = "agent"


class Allotment(NamedTuple):
    """`number` is a company prefix (digits) or the canonical key of one class, place or party; it
    holds from `since` to `until`, both days included, without end where there is none."""

    number: str
    party: str
    role: Role
    since: date | None = None
    until: date | None = None

    def holds_on(self, day: date) -> bool:
        return (self.since is None or self.since <= day) and (
            self.until is None or day <= self.until
        )


def number_of(text: str) -> str:
    """What can be allotted, as it is kept: a company prefix, or the key of one class, place, party
    or box. Raises EpcError, ValueError for a serial or lot.

    >>> number_of("0614141"), number_of("urn:epc:idpat:sgtin:0614141.112345.*")
    ('0614141', '01/10614141123459')
    >>> number_of("417/0614141007776")
    '414/0614141007776'
    """
    if is_prefix(text):
        return text
    is_key = text[:1].isdecimal() and "/" in text
    key = read(f"{HOST}/{text}" if is_key else text).key
    found = class_of(key)
    if found.partition("/")[2] != key.partition("/")[2]:
        raise ValueError(text)
    return found


@dataclass(frozen=True)
class Allotments:
    """All that are known, found by the identifiers they cover."""

    by_number: dict[str, tuple[Allotment, ...]] = field(default_factory=dict)
    lengths: tuple[int, ...] = ()
    _found: dict[str, tuple[Allotment, ...]] = field(default_factory=dict, compare=False)

    @classmethod
    def of(cls, known: Iterable[Allotment]) -> Allotments:
        by_number: dict[str, list[Allotment]] = defaultdict(list)
        for one in known:
            by_number[one.number].append(one)
        lengths = sorted({len(one) for one in by_number if one.isdecimal()}, reverse=True)
        return cls({number: tuple(them) for number, them in by_number.items()}, tuple(lengths))

    def covering(self, key: str) -> tuple[Allotment, ...]:
        """Those of its company prefix and of its class; of a text that is no GS1 key, none.

        >>> mine = Allotment("0614141", "business:17", Role.OWNER)
        >>> Allotments.of([mine]).covering("01/10614141123459/21/400") == (mine,)
        True
        """
        ai, _, rest = key.partition("/")
        head = f"{ai}/{rest.partition('/')[0]}"
        found = self._found.get(head)
        if found is None:
            if len(self._found) >= MOST_REMEMBERED:
                self._found.clear()
            found = self._found[head] = tuple(self._covering(head))
        return found

    def _covering(self, head: str) -> Iterator[Allotment]:
        digits = company_digits(head)
        if digits:
            for length in self.lengths:
                yield from self.by_number.get(digits[:length], ())
            yield from self.by_number.get(class_of(head), ())

    def prefix(self, key: str) -> int:
        """Digits of the longest company prefix that is allotted and that the key has; 0: none."""
        return max(
            (len(one.number) for one in self.covering(key) if one.number.isdecimal()), default=0
        )


def may_speak(covering: Sequence[Allotment], party: str, day: date) -> bool:
    return any(one.party == party and one.holds_on(day) for one in covering)


class Rule(NamedTuple):
    """What holds now: what is allotted, and whether anybody may bring into being what is not."""

    allotments: Allotments
    is_open: bool = True


def made(members: Members) -> Iterator[tuple[str, str]]:
    """(place, identifier) of what an event brings into being.

    >>> list(made({"type": "TransformationEvent", "inputEPCList": ["urn:a:b"],
    ...            "outputEPCList": ["urn:a:c"]}))
    [('.outputEPCList[0]', 'urn:a:c')]
    """
    if members["type"] == "TransformationEvent":
        yield from _listed(members, ("outputEPCList",), ("outputQuantityList",))
    elif members["type"] == "ObjectEvent" and _begins(members):
        yield from _listed(members, ("epcList",), ("quantityList",))


_BEGINNINGS = ("commissioning", "creating_class_instance")


def _begins(members: Members) -> bool:
    step = members.get("bizStep")
    return members["action"] == "ADD" or (
        step is not None and BIZ_STEPS.to_short(step) in _BEGINNINGS
    )


def named(members: Members) -> Iterator[tuple[str, str]]:
    """(place, identifier) of every thing an event is about."""
    if "parentID" in members:
        yield ".parentID", members["parentID"]
    yield from _listed(members, _LISTS, _QUANTITIES)


_LISTS = ("epcList", "childEPCs", "inputEPCList", "outputEPCList")
_QUANTITIES = ("quantityList", "childQuantityList", "inputQuantityList", "outputQuantityList")


def _listed(
    members: Members, lists: Sequence[str], quantities: Sequence[str]
) -> Iterator[tuple[str, str]]:
    for name in lists:
        for at, text in enumerate(members.get(name, ())):
            yield f".{name}[{at}]", text
    for name in quantities:
        for at, one in enumerate(members.get(name, ())):
            yield f".{name}[{at}].epcClass", one["epcClass"]


def check_made(members: Members, party: str, rule: Rule) -> None:
    """Raises Broken where the party brings into being what is not its own."""
    _check(made(members), members, party, rule)


class Original(NamedTuple):
    """The event that a declaration says was wrong: whose it is, and its hash."""

    party: str
    hash: str


def check_declared(
    members: Members, hashed: str, original: Original | None, party: str, rule: Rule
) -> None:
    """Raises Broken where the party may not say of that event that it was wrong.

    One's own event one may. Another's only who speaks for everything it is about, and repeats it
    as the standard asks. Of one that is not here nobody knows whose it was: he has to speak for
    what it is about as if he made it.
    """
    if party == CITY or (original is not None and original.party == party):
        return
    if original is None:
        _check(named(members), members, party, rule)
        return
    day, known = _day(members), rule.allotments
    covered = [known.covering(key) for _at, text in named(members) if _is_gs1(key := key_of(text))]
    if (
        original.hash != hashed
        or not covered
        or not all(may_speak(one, party, day) for one in covered)
    ):
        raise Broken(Kind.NOT_YOUR_EVENT, ".errorDeclaration", members.get("eventID", hashed))


def _check(spoken: Iterable[tuple[str, str]], members: Members, party: str, rule: Rule) -> None:
    if party == CITY or (rule.is_open and not rule.allotments.by_number):
        return
    day: date | None = None
    for at, text in spoken:
        key = key_of(text)
        covering = rule.allotments.covering(key)
        if covering:
            day = day or _day(members)
            if not may_speak(covering, party, day):
                raise Broken(Kind.NOT_ALLOTTED_TO_YOU, at, text)
        elif not rule.is_open and _is_gs1(key):
            raise Broken(Kind.NOT_ALLOTTED, at, text)


def _is_gs1(key: str) -> bool:
    """Other addresses name their issuer themselves: nobody allots them."""
    return company_digits(key) != ""


def _day(members: Members) -> date:
    """The day it happened, by the clock of the place."""
    moment, offset = times.read(members["eventTime"]), members["eventTimeZoneOffset"]
    ahead = timedelta(hours=int(offset[1:3]), minutes=int(offset[4:]))
    try:
        return (moment - ahead if offset[0] == "-" else moment + ahead).date()
    except OverflowError:
        return moment.date()
