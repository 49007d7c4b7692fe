"""Enrolling: one business or a million by the same road, set by set through COPY.

A faulty business stays out whole and is told with its reason; the others go in.
"""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Sequence
from dataclasses import dataclass, field
from datetime import date
from itertools import chain, islice
from operator import itemgetter
from typing import Any

from django.db import IntegrityError, transaction
from django.utils.translation import gettext_noop as _noop

from mingchu.base import clock
from mingchu.base.errors import Refusal
from mingchu.base.event import Event
from mingchu.ledger.services import record_many
from mingchu.registry import domain, events, identity, queries
from mingchu.registry.domain import LicenceState
from mingchu.registry.models import Business, Licence, Person, Premises
from mingchu.registry.pinyin import sort_key
from mingchu.registry.services import storing
from mingchu.registry.services.checking import checked_business
from mingchu.registry.values import NewBusiness, NewPremises

BATCH = 5_000


@dataclass
class Enrolled:
    """What came of a list: numbers of the new businesses, and by place in the list what was wrong.

    `numbers` has one value for each business of the list, None where it stayed out.
    """

    numbers: list[int | None] = field(default_factory=list)
    refused: list[tuple[int, Refusal]] = field(default_factory=list)


def enrol(new: NewBusiness) -> Business:
    """Enrols one business; raises the Refusal a list would tell for it."""
    try:
        done = enrol_many([new])
    except IntegrityError as race:
        raise _taken(new.code or new.name) from race
    for _place, refusal in done.refused:
        raise refusal
    [number] = done.numbers
    assert number is not None  # noqa: S101 nothing was refused
    return Business.objects.get(pk=number)


def enrol_many(news: Iterable[NewBusiness], *, are_checked: bool = False) -> Enrolled:
    """Enrols a list in one transaction; memory does not grow with its length but for numbers.

    `are_checked`: they came out of `checked_business`, in this transaction; whether their numbers
    are free is asked all the same.
    """
    done, waiting = Enrolled(), iter(news)
    with transaction.atomic():
        while batch := list(islice(waiting, BATCH)):
            _enrol(batch, done, are_checked)
    return done


def _enrol(batch: list[NewBusiness], done: Enrolled, are_checked: bool) -> None:
    begin = len(done.numbers)
    checked = enumerate(batch, begin) if are_checked else _checked(batch, begin, done)
    good = list(_unclaimed(list(checked), done))
    done.numbers += [None] * len(batch)
    done.refused.sort(key=itemgetter(0))
    if good:
        numbered = list(
            zip(storing.numbers(Business, len(good)), [new for _, new in good], strict=True)
        )
        for (place, _new), (number, _same) in zip(good, numbered, strict=True):
            done.numbers[place] = number
        record_many(list(_write(numbered)))


Placed = tuple[int, NewBusiness]


def _checked(batch: list[NewBusiness], begin: int, done: Enrolled) -> Iterator[Placed]:
    for place, new in enumerate(batch, begin):
        try:
            yield place, checked_business(new)
        except Refusal as refusal:
            done.refused.append((place, refusal))


def _unclaimed(batch: list[Placed], done: Enrolled) -> Iterator[Placed]:
    taken = _Taken([new for _place, new in batch])
    for place, new in batch:
        try:
            taken.claim(new)
        except Refusal as refusal:
            done.refused.append((place, refusal))
        else:
            yield place, new


class _Taken:
    """Codes and licence numbers somebody holds: known ones, asked once, and the list's own."""

    def __init__(self, batch: Sequence[NewBusiness]):
        codes = {new.code for new in batch if new.code}
        numbers = {one.number for new in batch for one in new.licences}
        held = Licence.objects.filter(number__in=queries.any_of(numbers))
        self._codes = {
            code for rows in queries.of_codes(codes) for code in rows.values_list("code", flat=True)
        }
        self._numbers = set(held.values_list("number", flat=True))
        digests = {identity.digest(new.identity) for new in batch if _by_person(new)}
        kept = Business.objects.filter(
            code="", identity_digest__in=queries.any_of(digests)
        ).exclude(identity_digest="")
        self._keepers = set(kept.values_list("kind", "identity_digest", "address"))

    def claim(self, new: NewBusiness) -> None:
        """Takes them for this business, all or none."""
        code, numbers = new.code, [licence.number for licence in new.licences]
        if code and code in self._codes:
            raise _taken(code)
        for at, number in enumerate(numbers):
            if number in self._numbers or number in numbers[:at]:
                raise licence_taken(number)
        keeper = (new.kind, identity.digest(new.identity), new.address) if _by_person(new) else None
        if keeper in self._keepers:
            raise _taken(new.name)
        self._codes.update([code] if code else [])
        self._numbers.update(numbers)
        self._keepers.update([keeper] if keeper else [])


def _by_person(new: NewBusiness) -> bool:
    """Who has no credit code is known by kind, keeper and place."""
    return bool(new.identity and not new.code)


def _taken(code: str) -> Refusal:
    return Refusal(
        "business_known",
        _noop("{held}已经建档"),
        fix=_noop("请在名单里查找并打开已有的档案，不要重复建档"),
        held=code,
    )


def licence_taken(number: str) -> Refusal:
    return Refusal(
        "licence_known",
        _noop("证件编号{number}已登记在别的主体名下"),
        fix=_noop("请核对编号；确属变更主体的，先在原主体办理注销"),
        number=number,
    )


Rows = Iterator[Sequence[Any]]


def _write(numbered: list[tuple[int, NewBusiness]]) -> Iterator[Event]:
    """Writes everything of a batch and tells it."""
    storing.copy(Business, BUSINESS, (_business(number, new) for number, new in numbered))
    places = [
        (number, new, at, premises)
        for number, new in numbered
        for at, premises in enumerate(new.premises or (NewPremises(),))
    ]
    storing.copy(Premises, PREMISES, (_premises(*place) for place in places))
    licences = [(number, licence) for number, new in numbered for licence in new.licences]
    licence_numbers = storing.numbers(Licence, len(licences))
    storing.copy(
        Licence,
        LICENCE,
        (
            (pk, number, one.kind, one.number, one.number_check, one.evidence, list(one.items),
             one.catalogue, one.issued, one.expires, one.state, one.committed, one.follow_up_due)
            for pk, (number, one) in zip(licence_numbers, licences, strict=True)
        ),
    )  # fmt: skip
    storing.copy(
        Person, PERSON, chain.from_iterable(_people(number, new) for number, new in numbered)
    )
    yield from (_enrolled(number, new) for number, new in numbered)
    for pk, (number, one) in zip(licence_numbers, licences, strict=True):
        yield events.LicenceGranted(
            subject=domain.subject(number),
            business_id=number,
            licence_id=pk,
            licence_kind=one.kind,
            issued=one.issued,
            expires=one.expires,
            evidence=bool(one.evidence),
            committed=one.committed,
        )


BUSINESS = (
    "id", "name", "sort_key", "sign", "former_names", "code", "code_check", "code_evidence",
    "identity_digest", "identity_tail", "legal_form", "kind", "scale", "serves", "diners",
    "head_id", "district", "station", "grid", "address", "phone", "state", "state_since", "opened",
    "closed", "expires", "licensed_until", "channel", "sources", "enrolled_at", "changed_at",
    "revision",
    "search_text",
)  # fmt: skip
PREMISES = (
    "business_id", "use", "address", "district", "station", "platform", "hours", "is_main", "since",
    "until",
)  # fmt: skip
LICENCE = (
    "id", "business_id", "kind", "number", "number_check", "number_evidence", "items", "catalogue",
    "issued", "expires", "state", "committed", "follow_up_due",
)  # fmt: skip
PERSON = (
    "business_id", "name", "duties", "identity_digest", "identity_tail", "phone", "health_number",
    "health_until", "since",
)  # fmt: skip


def _business(number: int, new: NewBusiness) -> Sequence[Any]:
    now, own = clock.now(), new.identity
    found_by = domain.searchable(
        (new.name, new.sign, new.code, new.address,
         *(one.number for one in new.licences), *(one.address for one in new.premises))
    )  # fmt: skip
    return (
        number, new.name.strip(), sort_key(new.name.strip()), new.sign, [], new.code,
        new.code_check, new.evidence, identity.digest(own) if own else "", own[-4:],
        new.legal_form, new.kind, new.scale, new.serves, new.diners, new.head, new.district,
        new.station, new.grid, new.address, new.phone, new.state,
        new.state_since or new.closed or new.opened, new.opened, new.closed, *_ends(new),
        new.channel, "{}", now, now, 1, found_by,
    )  # fmt: skip


def _ends(new: NewBusiness) -> tuple[date | None, date | None]:
    return domain.earliest_and_latest(
        one.expires for one in new.licences if one.state == LicenceState.VALID
    )


def _premises(number: int, new: NewBusiness, at: int, one: NewPremises) -> Sequence[Any]:
    district = one.district or new.district
    station = one.station or (new.station if district == new.district else "")
    address = one.address or new.address
    since = one.since or new.opened
    return (
        number, one.use, address, district, station, one.platform, one.hours, at == 0, since, None,
    )  # fmt: skip


def _people(number: int, new: NewBusiness) -> Rows:
    for one in new.people:
        known = one.identity
        yield (
            number, one.name.strip(), list(one.duties), identity.digest(known) if known else "",
            known[-4:], one.phone, one.health_number, one.health_until, one.since,
        )  # fmt: skip


def _enrolled(number: int, new: NewBusiness) -> Event:
    return events.BusinessEnrolled(
        subject=domain.subject(number),
        business_id=number,
        kind_of=new.kind,
        district=new.district,
        station=new.station,
        state=new.state,
        opened=new.opened,
        licences=len(new.licences),
        people=len(new.people),
        evidence=bool(new.evidence),
        channel=new.channel,
    )
