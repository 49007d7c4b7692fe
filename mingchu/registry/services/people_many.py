"""People of many businesses at once: posted, corrected, taken out again; the same checks, set-wise.

What `post_person` and `correct_person` do for one; all of it or nothing.
"""

from __future__ import annotations

from collections import Counter
from collections.abc import Collection, Iterable, Mapping, Sequence
from typing import Any

from django.db import transaction
from django.db.models import F

from mingchu.base.event import Event
from mingchu.ledger.services import record_many
from mingchu.registry import domain, events, identity, queries
from mingchu.registry.domain import Channel
from mingchu.registry.models import Person, Training
from mingchu.registry.services import storing
from mingchu.registry.services.checking import checked_person
from mingchu.registry.services.editing import checked
from mingchu.registry.services.many import of_numbers
from mingchu.registry.services.posting import (
    check_corrected,
    check_training,
    dead,
    died_known,
    posted_known,
)
from mingchu.registry.values import NewPerson, NewTraining

# A list also says until when somebody's health certificate holds.
FIELDS = ("name", "phone", "duties", "health_until")
NEW = (
    "id", "business_id", "name", "duties", "identity_digest", "identity_tail", "phone",
    "health_number", "health_until", "since",
)  # fmt: skip
Correction = tuple[Person, Mapping[str, Any]]


@transaction.atomic
def post_people(posts: Sequence[tuple[int, NewPerson]], *, channel: str = Channel.FORM) -> None:
    """`post_person` of each."""
    news = [(number, checked_person(new)) for number, new in posts]
    _hold({number for number, _new in news})
    digests = [identity.digest(new.identity) if new.identity else "" for _number, new in news]
    ended = dead(digests)
    there = set(_open_posts(digests))
    for (number, _new), digest in zip(news, digests, strict=True):
        if digest in ended:
            raise died_known(ended[digest])
        if digest and (number, digest) in there:
            raise posted_known()
        there.add((number, digest))
    keys = storing.numbers(Person, len(news))
    posted = zip(keys, news, digests, strict=True)
    rows = (_row(key, number, new, digest) for key, (number, new), digest in posted)
    storing.copy(Person, NEW, rows)
    record_many(
        [
            events.PersonPosted(**_told(number, key), duties=tuple(new.duties), channel=channel)
            for key, (number, new) in zip(keys, news, strict=True)
        ]
    )


def _hold(numbers: Collection[int]) -> None:
    """Their rows, locked; a Refusal as for one."""
    rows = of_numbers(numbers).select_for_update(of=("self",)).order_by("pk")
    known = {one.pk: one for one in rows.only("pk", "revision", "merged_into")}
    for number in numbers:
        checked(known.get(number), None)


def _open_posts(digests: Iterable[str]) -> Iterable[tuple[int, str]]:
    there = queries.people_of_digests(digests).filter(until__isnull=True)
    return there.values_list("business_id", "identity_digest")


def _row(key: int, number: int, new: NewPerson, digest: str) -> Sequence[Any]:
    return (
        key, number, new.name.strip(), list(new.duties), digest, new.identity[-4:], new.phone,
        new.health_number, new.health_until, new.since,
    )  # fmt: skip


def _told(number: int, person: int) -> dict[str, Any]:
    return {"subject": domain.subject(number), "business_id": number, "person_id": person}


@transaction.atomic
def record_trainings(news: Sequence[NewTraining], *, channel: str = Channel.FORM) -> None:
    """`record_training` of each, for whoever holds a course and hands in its list."""
    for day, hours, topic in {(new.day, new.hours, new.topic) for new in news}:
        check_training(day, hours, topic)
    _hold({new.business for new in news})
    rows = ((new.person, new.day, new.hours, new.topic) for new in news)
    storing.copy(Training, ("person_id", "day", "hours", "topic"), rows)
    times = Counter(new.person for new in news)
    for count in set(times.values()):
        people = queries.any_number(one for one, n in times.items() if n == count)
        Person.objects.filter(pk__in=people).update(revision=F("revision") + count)
    record_many(
        events.TrainingRecorded(
            **_told(new.business, new.person), day=new.day, hours=new.hours, channel=channel
        )
        for new in news
    )


@transaction.atomic
def correct_people(
    corrections: Sequence[Correction], *, why: str, channel: str = Channel.FORM
) -> None:
    """`correct_person` of each, and until when a health certificate holds."""
    _hold({person.business_id for person, _changes in corrections})
    keys = queries.any_number(person.pk for person, _changes in corrections)
    known = {one.pk: one for one in Person.objects.filter(pk__in=keys)}
    changed: list[Person] = []
    told: list[Event] = []
    for person, changes in corrections:
        now = known[person.pk]
        names = [name for name in FIELDS if name in changes and getattr(now, name) != changes[name]]
        for name in names:
            setattr(now, name, changes[name])
        check_corrected(now)
        if names:
            now.revision += 1
            changed.append(now)
            fields = tuple(sorted(names))
            about = _told(now.business_id, now.pk)
            told.append(events.PersonCorrected(**about, fields=fields, why=why, channel=channel))
    storing.update(Person, (*FIELDS, "revision"), changed)
    record_many(told)


@transaction.atomic
def withdraw_people(people: Collection[Person], *, why: str) -> None:
    """Takes out people who were entered by mistake, before anything came to refer to them."""
    _hold({person.business_id for person in people})
    storing.delete(Person, "id", [person.pk for person in people])
    record_many(
        [events.PersonWithdrawn(**_told(one.business_id, one.pk), why=why) for one in people]
    )
