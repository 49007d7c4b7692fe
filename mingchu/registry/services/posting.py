"""People of a business: who takes up a duty, what shows that they may, who leaves.

Nobody's data goes into an event: ids, duties and days only.
"""

from __future__ import annotations

from collections.abc import Collection, Mapping
from datetime import date
from decimal import Decimal
from typing import Any

from django.db import transaction
from django.db.models import Q
from django.utils.translation import gettext_noop as _noop

from mingchu.accounts.domain import Actor
from mingchu.base.errors import Refusal
from mingchu.kit.files.keeping import attach
from mingchu.kit.models import Upload
from mingchu.ledger.services import record
from mingchu.registry import domain, events, identity, queries
from mingchu.registry.domain import Channel
from mingchu.registry.models import Exam, HealthCertificate, Person, Training
from mingchu.registry.services import checking
from mingchu.registry.services.bounds import check_fits, out_of_range
from mingchu.registry.services.editing import changed_meanwhile, check_stamp, held, stamp
from mingchu.registry.values import NewPerson

CERTIFICATE_ROLE = "health_certificate"
HOURS_A_DAY = 24
PERSON_FIELDS = ("name", "phone", "duties")
STAMPED = (*PERSON_FIELDS, "until", "died")


@transaction.atomic
def post_person(
    *, number: int, new: NewPerson, revision: int | None = None, channel: str = Channel.FORM
) -> Person:
    """Somebody takes up a duty in a business; the same person may hold posts in several.

    `revision` is the business's: nobody of its people has one before he is posted.
    """
    new = checking.checked_person(new)
    business = held(number, revision)
    known = new.identity
    digest = identity.digest(known) if known else ""
    _check_alive(digest)
    _check_once(number, digest)
    person = Person.objects.create(
        business=business,
        name=new.name.strip(),
        duties=list(new.duties),
        identity_digest=digest,
        identity_tail=known[-4:],
        phone=new.phone,
        health_number=new.health_number,
        health_until=new.health_until,
        since=new.since,
    )
    record(events.PersonPosted(**_told(person), duties=tuple(new.duties), channel=channel))
    return person


def _check_alive(digest: str) -> None:
    if day := dead([digest]).get(digest):
        raise died_known(day)


def dead(digests: Collection[str]) -> dict[str, date]:
    """Those of whom somewhere is entered that they died, with the day."""
    known = {digest for digest in digests if digest}
    rows = queries.people_of_digests(known).filter(died__isnull=False)
    return {digest: day for digest, day in rows.values_list("identity_digest", "died") if day}


def died_known(day: date) -> Refusal:
    return Refusal(
        "person_died",
        _noop("登记显示此人已于{day}去世"),
        fix=_noop("请核对身份证号；登记有误的，先在原登记处更正"),
        day=day,
    )


def _check_once(number: int, digest: str) -> None:
    there = Person.objects.filter(business=number, identity_digest=digest, until__isnull=True)
    if digest and there.exists():
        raise posted_known()


def posted_known() -> Refusal:
    return Refusal(
        "person_known",
        _noop("此人已登记在本主体名下"),
        fix=_noop("一人多职请在原登记上补选职责"),
    )


def _told(person: Person) -> dict[str, Any]:
    return {
        "subject": domain.subject(person.business_id),
        "business_id": person.business_id,
        "person_id": person.pk,
    }


@transaction.atomic
def correct_person(
    *,
    person: Person,
    changes: Mapping[str, Any],
    why: str,
    channel: str = Channel.FORM,
    seen: str = "",
    revision: int | None = None,
) -> Person:
    """Sets name, telephone or duties to what they should be; `seen` is the `person_stamp` of the
    form, or `revision` what a program read: by them a second editor is told."""
    _open(person, seen, revision)
    changed = [
        name
        for name, value in changes.items()
        if name in PERSON_FIELDS and getattr(person, name) != value
    ]
    for name in changed:
        setattr(person, name, changes[name])
    check_corrected(person)
    if changed:
        _save(person, changed)
        record(
            events.PersonCorrected(
                **_told(person), fields=tuple(sorted(changed)), why=why, channel=channel
            )
        )
    return person


def check_corrected(person: Person) -> None:
    if not person.name.strip():
        raise checking.missing(_noop("姓名"))
    check_fits(Person, {name: getattr(person, name) for name in checking.PERSON})
    checking.check_duties(person.duties)


def person_stamp(person: Person) -> str:
    """How the person was entered when a form was opened."""
    return stamp(person, STAMPED)


def _open(person: Person, seen: str = "", revision: int | None = None) -> None:
    """The person's row as it is now, locked under its business; a Refusal to a second editor."""
    held(person.business_id)
    person.refresh_from_db(from_queryset=Person.objects.select_for_update())
    _check_seen(person, seen, revision)


def _check_seen(person: Person, seen: str, revision: int | None) -> None:
    check_stamp(person, STAMPED, seen)
    if revision is not None and person.revision != revision:
        raise changed_meanwhile(())


def _save(person: Person, names: Collection[str] = ()) -> None:
    person.revision += 1
    person.save(update_fields=[*names, "revision"])


@transaction.atomic
def person_leaves(
    *, person: Person, until: date, seen: str = "", revision: int | None = None
) -> None:
    _open(person, seen, revision)
    checking.not_later(until, _noop("离岗日期"))
    checking.in_order(person.since, until, _noop("离岗日期早于到岗日期{first}"))
    person.until = until
    _save(person, ["until"])
    record(events.PersonLeft(**_told(person), until=until))


@transaction.atomic
def person_died(
    *, person: Person, day: date, seen: str = "", revision: int | None = None
) -> Collection[Person]:
    """Ends every post of somebody who died, wherever they are; they are posted nowhere again."""
    held(person.business_id)
    checking.not_later(day, _noop("死亡日期"))
    # All of them at once and in one order: two such acts on one person never wait for each other.
    same = Q(pk=person.pk)
    if person.identity_digest:
        same |= Q(identity_digest=person.identity_digest)
    found = list(Person.objects.filter(same).select_for_update().order_by("pk"))
    _check_seen(next(one for one in found if one.pk == person.pk), seen, revision)
    for one in found:
        one.died, one.until = day, one.until or max(day, one.since or day)
        _save(one, ["died", "until"])
        record(events.PersonLeft(**_told(one), until=one.until))
    return found


@transaction.atomic
def keep_health_certificate(
    *,
    person: Person,
    issued: date,
    until: date,
    number: str = "",
    file: str = "",
    channel: str = Channel.FORM,
    revision: int | None = None,
) -> HealthCertificate:
    """A health certificate was shown; what the desk sends in waits to be looked at."""
    _open(person, revision=revision)
    checking.not_later(issued, _noop("发证日期"))
    checking.in_order(issued, until, _noop("有效期截止早于发证日期{first}"))
    check_fits(HealthCertificate, {"number": number})
    certificate = HealthCertificate.objects.create(
        person=person,
        number=number,
        issued=issued,
        until=until,
        file=file,
        seen=channel != Channel.DESK,
    )
    if person.health_until is None or until > person.health_until:
        person.health_until, person.health_number = until, number
    _save(person, ["health_until", "health_number"])
    record(
        events.HealthCertificateKept(
            **_told(person), certificate_id=certificate.pk, until=until, channel=channel
        )
    )
    return certificate


@transaction.atomic
def send_health_certificate(
    *, person: Person, issued: date, until: date, number: str, photo: Upload, by: Actor
) -> HealthCertificate:
    """The desk sends a certificate's photo in; it counts until an officer turns it down."""
    kept = attach(
        upload=photo,
        subject=domain.subject(person.business_id),
        role=CERTIFICATE_ROLE,
        name=str(HealthCertificate._meta.verbose_name),
        by=by,
    )
    return keep_health_certificate(
        person=person,
        issued=issued,
        until=until,
        number=number,
        file=str(kept.pk),
        channel=Channel.DESK,
    )


@transaction.atomic
def see_health_certificate(
    *, certificate: HealthCertificate, good: bool, why: str, revision: int | None = None
) -> None:
    """An officer looked at what was sent in: it stays, or it goes and its date with it."""
    if not good and not why.strip():
        raise checking.missing(_noop("退回理由"))
    person = certificate.person
    number = certificate.pk
    _open(person, revision=revision)
    if good:
        certificate.seen = True
        certificate.save(update_fields=["seen"])
    else:
        certificate.delete()
        latest = person.certificates.order_by("-until").first()
        person.health_until = latest.until if latest else None
        person.health_number = latest.number if latest else ""
    _save(person, ["health_until", "health_number"])
    record(events.HealthCertificateSeen(**_told(person), certificate_id=number, good=good, why=why))


@transaction.atomic
def record_training(
    *,
    person: Person,
    day: date,
    hours: Decimal,
    topic: str,
    channel: str = Channel.FORM,
    revision: int | None = None,
) -> Training:
    _open(person, revision=revision)
    check_training(day, hours, topic)
    made = Training.objects.create(person=person, day=day, hours=hours, topic=topic)
    _save(person)
    record(events.TrainingRecorded(**_told(person), day=day, hours=hours, channel=channel))
    return made


def check_training(day: date, hours: Decimal, topic: str) -> None:
    checking.not_later(day, _noop("培训日期"))
    check_fits(Training, {"topic": topic})
    if not 0 < hours <= HOURS_A_DAY:
        raise out_of_range(hours, 0, HOURS_A_DAY, _noop("学时"))


@transaction.atomic
def record_exam(
    *,
    person: Person,
    day: date,
    passed: bool,
    score: int | None = None,
    revision: int | None = None,
) -> Exam:
    _open(person, revision=revision)
    checking.not_later(day, _noop("考核日期"))
    check_fits(Exam, {"score": score})
    made = Exam.objects.create(person=person, day=day, passed=passed, score=score)
    _save(person)
    record(events.ExamRecorded(**_told(person), day=day, passed=passed))
    return made
