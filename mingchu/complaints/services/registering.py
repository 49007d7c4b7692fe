"""Taking letters in 登记: by the public form, by a program, by a sheet of the 12315 platform."""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from datetime import date
from uuid import UUID

from django.db import transaction
from django.utils.translation import gettext_lazy as _
from django.utils.translation import gettext_noop as _noop

from mingchu.base import clock
from mingchu.base.errors import Refusal
from mingchu.base.ids import digest
from mingchu.complaints import queries, rules, sealing
from mingchu.complaints.domain.numbers import new_number
from mingchu.complaints.domain.states import Kind
from mingchu.complaints.events import ComplaintRegistered
from mingchu.complaints.models import Channel, Complaint, Reporter
from mingchu.complaints.services import raising
from mingchu.complaints.values import Contact, NewComplaint
from mingchu.kit.files import keeping
from mingchu.kit.models import Upload
from mingchu.ledger.services import record_many
from mingchu.registry.models import Business
from mingchu.registry.places import DISTRICTS
from mingchu.registry.services.bounds import check_fits
from mingchu.registry.services.checking import missing

PHOTO, PHOTOS_TOP = "photo", 5
WHAT_TOP = 5_000
NAME_TOP, PHONE_TOP = 60, 30
# Whoever comes to us directly and wants mediation has to be reached.
DIRECT = (Channel.FORM, Channel.API)


@transaction.atomic
def register(*, new: NewComplaint, files: Sequence[Upload] = ()) -> list[Complaint]:
    """Takes one letter in, with its photos; one that is both becomes two, the complaint first."""
    if new.origin:
        keeping.lock(digest(new.origin.encode()))  # the same form sent twice at once is one letter
        if known := queries.of_origin(new.origin):
            return known
    check_new(new)
    if len(files) > PHOTOS_TOP:
        raise too_many_photos()
    made = register_many([new])
    keeping.attach_many(
        [
            keeping.evidence(
                upload=file,
                subject=raising.subject(part.pk),
                role=PHOTO,
                name=f"photo-{number}",
                by=None,
            )
            for part in made
            for number, file in enumerate(files, 1)
        ]
    )
    return made


@transaction.atomic
def register_many(news: Sequence[NewComplaint]) -> list[Complaint]:
    """`register` of each, without photos; what comes from a list was checked by it."""
    known = queries.businesses({new.business for new in news if new.business})
    made: list[Complaint] = []
    written: list[tuple[Complaint, Contact]] = []
    for new in news:
        first, *rest = [_complaint(new, kind, known) for kind in _kinds(new)]
        first.save()
        for part in rest:
            part.part_of = first
            part.save()
        made += (first, *rest)
        written += [(part, new.contact) for part in (first, *rest)]
    _keep_reporters(written)
    _tell(made)
    return made


def _kinds(new: NewComplaint) -> list[str]:
    return sorted(new.kinds)  # a complaint before a report, as in the alphabet


def _complaint(new: NewComplaint, kind: str, known: dict[int, Business]) -> Complaint:
    """The row; a report that was parted from a complaint has a number of its own."""
    business = known.get(new.business or 0)
    is_part = len(new.kinds) > 1 and kind == Kind.REPORT
    made = Complaint(
        number=f"{new.number}-2" if new.number and is_part else new.number or new_number(),
        channel=new.channel,
        kind=kind,
        category=new.category,
        business=business,
        place=new.place,
        district=business.district if business else new.district,
        station=business.station if business else "",
        what=new.what,
        wants=new.wants,
        happened_on=new.happened_on,
        ill=new.ill,
        households=max(new.households, 1) if new.ill else 0,
        ate_at=new.ate_at,
        household=sealing.household(new.contact),
        named=new.contact.is_named,
        origin=None if is_part else new.origin or None,
        received_at=new.received or clock.now(),
    )
    rules.set_index(made, ())
    return made


def _keep_reporters(written: Iterable[tuple[Complaint, Contact]]) -> None:
    Reporter.objects.bulk_create(
        Reporter(complaint=complaint, sealed=sealing.sealed(contact))
        for complaint, contact in written
        if not contact.is_empty
    )


def _tell(made: Sequence[Complaint]) -> None:
    """Entries of all, then what they make of the businesses they are about."""
    entries = record_many([registered(one) for one in made])
    causes: dict[int, UUID] = {}
    for one, entry in zip(made, entries, strict=True):
        if one.business_id:
            causes[one.business_id] = entry.pk
    raising.notice(made, causes)


def registered(one: Complaint) -> ComplaintRegistered:
    return ComplaintRegistered(
        subject=raising.subject(one.pk),
        complaint_id=one.pk,
        letter=one.kind,
        channel=one.channel,
        category=one.category,
        business_id=one.business_id,
        district=one.district,
        station=one.station,
        received=clock.city(one.received_at).date(),
        part_of=one.part_of_id,
    )


def check_new(new: NewComplaint) -> None:
    """The first thing that keeps a letter from being taken in."""
    if not new.kinds or set(new.kinds) - set(Kind):
        raise missing(_("类型"))
    for value, what in ((new.what, _("事情经过")), (new.place or new.business, _("店名和地址"))):
        if not str(value or "").strip():
            raise missing(what)
    if new.district and new.district not in DISTRICTS:
        raise Refusal(
            "unknown_district",
            _noop("本市没有代码为{district}的旗县区"),
            fix=_noop("请从旗县区名单里选择"),
            status=422,
            district=new.district,
        )
    if new.business is None and not new.district:
        raise missing(_("旗县区"))
    if new.business is not None and new.business not in queries.businesses({new.business}):
        raise Refusal(
            "unknown_business",
            _noop("没有这家经营者"),
            fix=_noop("请重新查找，或改写店名和地址"),
            status=422,
        )
    _check_texts(new)
    _check_days(new)
    _check_contact(new)


def _check_texts(new: NewComplaint) -> None:
    names = ("place", "category", "channel", "wants", "ill", "households")
    check_fits(Complaint, {name: getattr(new, name) for name in names})
    for text, top, what in (
        (new.what, WHAT_TOP, _("事情经过")),
        (new.contact.name, NAME_TOP, _("您的姓名")),
        (new.contact.phone, PHONE_TOP, _("您的电话")),
    ):
        if len(text) > top:
            raise Refusal(
                "too_long",
                _noop("{what}有{length}个字"),
                fix=_noop("最多{top}个字"),
                status=422,
                what=what,
                length=len(text),
                top=top,
            )


def _check_days(new: NewComplaint) -> None:
    ate = clock.city(new.ate_at).date() if new.ate_at else None
    for day, what in ((new.happened_on, _("发生日期")), (ate, _("就餐时间"))):
        if day and day > clock.today():
            raise ahead(day, what)


def ahead(day: date, what: object) -> Refusal:
    return Refusal(
        "day_ahead",
        _noop("{what}{day}还没有到"),
        fix=_noop("请核对日期"),
        status=422,
        what=what,
        day=day,
    )


def _check_contact(new: NewComplaint) -> None:
    """Mediation needs both sides; whoever only reports may stay unknown."""
    if new.channel in DIRECT and Kind.COMPLAINT in new.kinds and not new.contact.is_named:
        raise Refusal(
            "contact_needed",
            _noop("投诉需要调解，没有姓名和电话就无法联系您"),
            fix=_noop(
                "请填写姓名和电话；只反映违法线索、不要求调解的，请选择举报，可以不留联系方式"
            ),
            status=422,
        )


def too_many_photos() -> Refusal:
    return Refusal(
        "too_many_photos",
        _noop("照片超过{top}张"),
        fix=_noop("请先去掉几张"),
        status=422,
        top=PHOTOS_TOP,
    )
