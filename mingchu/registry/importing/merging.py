"""What a row changes in a business that is known: merged with it, never laid over it.

Each act of a person after the day of the list stays, and the row says so as a warning.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import replace
from typing import Any

from mingchu.base.errors import Refusal
from mingchu.registry import models
from mingchu.registry.domain import Duty, State
from mingchu.registry.importing.known import Known
from mingchu.registry.importing.rows import FIRST, PLACE, Said, items_of, new_licence
from mingchu.registry.layout import LIST
from mingchu.registry.models import Business, Licence, Person
from mingchu.registry.services import NewLicence, NewPerson
from mingchu.registry.services.checking import check_division, check_grid, checked_licence
from mingchu.registry.services.licensing import ENDED, licence_ended

People = tuple[list[NewPerson], list[tuple[Person, dict[str, Any]]]]


def changes_of(one: Said, business: Business, known: Known) -> dict[str, Any]:
    """Facts the row says otherwise and may set; raises Refusal where the place is impossible."""
    changes = {name: value for name, value in one.facts.items() if value != getattr(business, name)}
    for name in list(changes):
        if source := known.is_kept(business, name):
            del changes[name]
            _note_kept(one, name, source, known)
    _fit_place(changes, business)
    now = {name: changes.get(name, getattr(business, name)) for name in PLACE}
    check_division(now["district"], now["station"])
    check_grid(now["station"], now["grid"])
    _note_left_alone(one, business)
    return changes


def _fit_place(changes: dict[str, Any], business: Business) -> None:
    """A station of the old district cannot stay behind, nor a grid of the old station."""
    if changes.get("district", business.district) != business.district:
        changes.setdefault("station", "")
    if changes.get("station", business.station) != business.station:
        changes.setdefault("grid", "")
    for name in ("station", "grid"):
        if changes.get(name) == getattr(business, name):
            del changes[name]


def _note_kept(one: Said, name: str, source: str, known: Known) -> None:
    channel, _, day = source.partition(" ")
    one.note(
        name,
        Refusal(
            "kept",
            "现值由{channel}于{day}改定，晚于名单的截至日{as_of}，予以保留",
            fix="名单较新的，请在表头上方写明“数据截至”日期后重新导入；否则不必处理",
            channel=models.Channel(channel).label,
            day=day,
            as_of=known.as_of,
        ),
    )


def _note_left_alone(one: Said, business: Business) -> None:
    """What a list does not change in a known business."""
    for name in FIRST:
        value = one.values.get(name)
        if value and value != getattr(business, name):
            title = LIST.column(name).title
            one.note(
                name,
                Refusal(
                    "not_by_list",
                    "{column}与档案不同，未随名单变更",
                    fix="请打开档案，核对后办理变更",
                    column=title,
                ),
            )
    if business.state == State.CLOSED and not one.values.get("state"):
        one.note(
            "",
            Refusal(
                "business_closed",
                "档案里该主体已于{day}关闭",
                fix="请核对；重新开业的按新主体建档",
                day=business.closed,
            ),
        )


def licence_of(one: Said, business: Business) -> NewLicence | None:
    """A licence new to the business, or one with later dates; None where nothing changes."""
    held = {licence.number: licence for licence in business.licences.all()}
    strange = [number for number in one.numbers if number not in held]
    if strange or not one.numbers:
        # Of several numbers in one cell none has dates of its own; our own exports write such.
        return checked_licence(new_licence(one)) if strange else None
    if len(one.numbers) > 1:
        return None
    old = held[one.numbers[0]]
    new = _renewed(one.values, old)
    if new == as_new(old):
        return None
    if old.state in ENDED:
        raise licence_ended(old)
    if new.issued < old.issued:
        one.note(
            "issued",
            Refusal(
                "kept",
                "档案里这张证件的发证日期{day}更晚，予以保留",
                fix="请核对证件；档案确有错误的，在档案里更正",
                day=old.issued,
            ),
        )
        return None
    return checked_licence(new)


def as_new(licence: Licence) -> NewLicence:
    """The licence as it would be granted again, unchanged."""
    return NewLicence(
        kind=licence.kind,
        number=licence.number,
        items=tuple(licence.items),
        issued=licence.issued,
        expires=licence.expires,
        endless=licence.expires is None,
        state=licence.state,
        evidence=licence.number_evidence,
        number_check=licence.number_check,
        catalogue=licence.catalogue,
        committed=licence.committed,
        follow_up_due=licence.follow_up_due if licence.followed_up is None else None,
    )


def _renewed(values: Mapping[str, Any], licence: Licence) -> NewLicence:
    """The licence with what the row says otherwise."""
    told = {name: values[name] for name in ("issued", "expires") if values.get(name)}
    if items := items_of(values):
        told["items"] = items
    # Another day of issue is another term, whose end nobody has said yet.
    if told.get("issued", licence.issued) != licence.issued:
        told = {"expires": None, "endless": False, **told}
    return replace(as_new(licence), **told)


def people_of(one: Said, business: Business, known: Known) -> People:
    """Who is to be posted, and what of whoever is there already is to be corrected."""
    there = [person for person in business.people.all() if person.until is None]
    posts: list[NewPerson] = []
    corrections: list[tuple[Person, dict[str, Any]]] = []
    for new in one.people:
        person = _match(there, new, known.digests.get(new.identity, ""))
        if person is None:
            posts.append(new)
            if Duty.PRINCIPAL in new.duties:
                _note_principal(one, there)
        elif changes := _person_changes(one, person, new, known):
            corrections.append((person, changes))
    return posts, corrections


def _match(there: list[Person], new: NewPerson, digest: str) -> Person | None:
    """By identity; by name where one of the two has none."""
    same = [person for person in there if digest and person.identity_digest == digest]
    named = (
        person
        for person in there
        if person.name == new.name and not (digest and person.identity_digest)
    )
    return same[0] if same else next(named, None)


def _person_changes(one: Said, person: Person, new: NewPerson, known: Known) -> dict[str, Any]:
    changes: dict[str, Any] = {}
    if more := [duty for duty in new.duties if duty not in person.duties]:
        changes["duties"] = [*person.duties, *more]
    if new.phone and new.phone != person.phone:
        if person.phone and (person.pk, "phone") in known.people_by_hand:
            one.note("principal_phone", _kept_person(known))
        else:
            changes["phone"] = new.phone
    if new.health_until and new.health_until != person.health_until:
        if person.health_until and person.health_until > new.health_until:
            one.note("health_until", _later_known(person))
        else:
            changes["health_until"] = new.health_until
    return changes


def _kept_person(known: Known) -> Refusal:
    return Refusal(
        "kept",
        "现值在名单的截至日{as_of}之后由工作人员或经营者改定，予以保留",
        fix="名单较新的，请在表头上方写明“数据截至”日期后重新导入；否则不必处理",
        as_of=known.as_of,
    )


def _later_known(person: Person) -> Refusal:
    return Refusal(
        "kept",
        "档案里的健康证有效期至{day}，更晚，予以保留",
        fix="请核对健康证",
        day=person.health_until,
    )


def _note_principal(one: Said, there: list[Person]) -> None:
    if any(Duty.PRINCIPAL in person.duties for person in there):
        one.note(
            "principal",
            Refusal(
                "principal_changed",
                "档案里另有主要负责人，已加记名单上的这一位",
                fix="请打开档案，为已离岗的办理离岗",
            ),
        )
