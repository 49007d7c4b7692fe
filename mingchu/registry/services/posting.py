"""People of a business: who takes up a duty, what shows that they may, who leaves.

Nobody's data goes into an event: ids, duties and days only.
"""

from __future__ import annotations

from collections.abc import Collection, Mapping
from datetime import date
from decimal import Decimal
from typing import Any

from django.db import transaction
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
from mingchu.registry.services.editing import check_stamp, held, stamp
from mingchu.registry.values import NewPerson

CERTIFICATE_ROLE = "health_certificate"
HOURS_A_DAY = 24
PERSON_FIELDS = ("name", "phone", "duties")
STAMPED = (*PERSON_FIELDS, "until", "died")


@transaction.atomic
def post_person(*, number: int, new: NewPerson, channel: str = Channel.FORM) -> Person:
    """Somebody takes up a duty in a business; the same person may hold posts in several."""
    new = checking.checked_person(new)
    business = held(number)
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
) -> Person:
    """Sets name, telephone or duties to what they should be; `seen` is the `person_stamp` of the
    form, by which a second editor is told."""
    _open(person, seen)
    changed = [
        name
        for name, value in changes.items()
        if name in PERSON_FIELDS and getattr(person, name) != value
    ]
    for name in changed:
        setattr(person, name, changes[name])
    check_corrected(person)
    if changed:
        person.save(update_fields=changed)
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


def person_stamp(person: Person) -> str:
    """How the person was entered when a form was opened."""
    return stamp(person, STAMPED)


def _open(person: Person, seen: str) -> None:
    """The person's row as it is now, under the lock of its business."""
    held(person.business_id)
    person.refresh_from_db()
    check_stamp(person, STAMPED, seen)


@transaction.atomic
def person_leaves(*, person: Person, until: date, seen: str = "") -> None:
    _open(person, seen)
    checking.not_later(until, _noop("离岗日期"))
    checking.in_order(person.since, until, _noop("离岗日期早于到岗日期{first}"))
    person.until = until
    person.save(update_fields=["until"])
    record(events.PersonLeft(**_told(person), until=until))


@transaction.atomic
def person_died(*, person: Person, day: date, seen: str = "") -> Collection[Person]:
    """Ends every post of somebody who died, wherever they are; they are posted nowhere again."""
    _open(person, seen)
    checking.not_later(day, _noop("死亡日期"))
    same = Person.objects.filter(pk=person.pk)
    if person.identity_digest:
        same = Person.objects.filter(identity_digest=person.identity_digest)
    found = list(same.select_for_update().order_by("pk"))
    for one in found:
        one.died, one.until = day, one.until or max(day, one.since or day)
        one.save(update_fields=["died", "until"])
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
) -> HealthCertificate:
    """A health certificate was shown; what the desk sends in waits to be looked at."""
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
        person.save(update_fields=["health_until", "health_number"])
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
def see_health_certificate(*, certificate: HealthCertificate, good: bool, why: str) -> None:
    """An officer looked at what was sent in: it stays, or it goes and its date with it."""
    if not good and not why.strip():
        raise checking.missing(_noop("退回理由"))
    person = certificate.person
    number = certificate.pk
    if good:
        certificate.seen = True
        certificate.save(update_fields=["seen"])
    else:
        certificate.delete()
        latest = person.certificates.order_by("-until").first()
        person.health_until = latest.until if latest else None
        person.health_number = latest.number if latest else ""
        person.save(update_fields=["health_until", "health_number"])
    record(events.HealthCertificateSeen(**_told(person), certificate_id=number, good=good, why=why))


@transaction.atomic
def record_training(
    *, person: Person, day: date, hours: Decimal, topic: str, channel: str = Channel.FORM
) -> Training:
    checking.not_later(day, _noop("培训日期"))
    check_fits(Training, {"topic": topic})
    if not 0 < hours <= HOURS_A_DAY:
        raise out_of_range(hours, 0, HOURS_A_DAY, _noop("学时"))
    made = Training.objects.create(person=person, day=day, hours=hours, topic=topic)
    record(events.TrainingRecorded(**_told(person), day=day, hours=hours, channel=channel))
    return made


@transaction.atomic
def record_exam(*, person: Person, day: date, passed: bool, score: int | None = None) -> Exam:
    checking.not_later(day, _noop("考核日期"))
    check_fits(Exam, {"score": score})
    made = Exam.objects.create(person=person, day=day, passed=passed, score=score)
    record(events.ExamRecorded(**_told(person), day=day, passed=passed))
    return made
