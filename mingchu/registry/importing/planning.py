"""Planning: what each row comes to, against what is known and what the rows before it said."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass, field, replace
from typing import Any

from django.utils.translation import gettext

from mingchu.accounts.domain import Actor, Place, may
from mingchu.base.errors import Refusal
from mingchu.kit.sheets.examine import GoodRow
from mingchu.kit.sheets.faults import Fault
from mingchu.kit.sheets.importers import Outcome, Planned
from mingchu.kit.sheets.progress import told
from mingchu.registry import domain
from mingchu.registry.importing import merging
from mingchu.registry.importing.known import Known
from mingchu.registry.importing.rows import (
    SHARED,
    Said,
    fault_of,
    new_business,
    new_licence,
    note_code,
    note_licence,
    note_place,
)
from mingchu.registry.layout import LIST
from mingchu.registry.models import Business, Person
from mingchu.registry.services import NewBusiness, NewLicence, NewPerson
from mingchu.registry.services.checking import checked_business
from mingchu.registry.services.posting import died_known

ACTION = "registry.write"
Key = object


@dataclass(eq=False)
class Subject:
    """What a list says of one business, over all its rows that are in order."""

    row: int
    said: dict[str, Any]
    business: Business | None = None
    new: NewBusiness | None = None
    changes: dict[str, Any] = field(default_factory=dict)
    licences: list[NewLicence] = field(default_factory=list)
    posts: list[NewPerson] = field(default_factory=list)
    people: list[tuple[Person, dict[str, Any]]] = field(default_factory=list)
    head: Subject | int | None = None
    made: int = 0

    @property
    def pk(self) -> int:
        return self.business.pk if self.business else self.made


class Planner:
    """Keeps what rows have claimed: a business by its key, a licence and a person by the row."""

    def __init__(self, known: Known, by: Actor | None):
        self.known, self.by = known, by
        self.subjects: dict[Key, Subject] = {}
        self._licences: dict[str, tuple[Key, int]] = {}
        self._people: dict[str, tuple[Key, int]] = {}

    def plan(self, rows: Sequence[tuple[GoodRow, Said | Refusal]]) -> list[Planned]:
        return [self._row(row, said) for row, said in told(gettext("对照档案"), rows)]

    def _row(self, row: GoodRow, said: Said | Refusal) -> Planned:
        subject = ""
        try:
            if isinstance(said, Refusal):
                raise said
            business = self._of(said)
            subject = str(business.pk) if business else ""
            outcome, what = self._put(said, business)
        except Refusal as refusal:
            return Planned(row, Outcome.UNCHANGED, subject, fault_of(row, refusal))
        return Planned(row, outcome, subject, warnings=tuple(said.notes), what=what)

    def _of(self, said: Said) -> Business | None:
        """Of a licence that the file itself gives to two, the other row is named, not the file."""
        try:
            return self.known.of(said)
        except Refusal:
            for number in said.numbers:
                if number in self._licences:
                    raise _licence_twice(number, self._licences[number][1]) from None
            raise

    def _put(self, said: Said, business: Business | None) -> tuple[Outcome, Subject]:
        """Everything is checked before the row leaves a trace in what later rows see."""
        key = self._key(said, business)
        self._check_claims(said, key)
        self._check_people(said, key)
        first = self.subjects.get(key)
        if first:
            _check_agrees(said, first)
        if business:
            outcome, subject = self._known(said, first, business)
        else:
            outcome, subject = self._new(said, first)
        self.subjects[key] = subject
        for name in SHARED:
            if (value := said.values.get(name)) not in (None, ""):
                subject.said.setdefault(name, value)
        for number in said.numbers:
            self._licences[number] = (key, said.row.number)
        for person in said.people:
            if digest := self.known.digests.get(person.identity):
                self._people.setdefault(digest, (key, said.row.number))
        return outcome, subject

    def _key(self, said: Said, business: Business | None) -> Key:
        """What tells that two rows speak of one business."""
        if business:
            return business.pk
        if code := said.values.get("code"):
            return code
        if said.numbers:
            return tuple(said.numbers)
        return said.values["name"], said.values["district"], said.values.get("address") or ""

    def _check_claims(self, said: Said, key: Key) -> None:
        first = self.subjects.get(key)
        if first and not said.numbers:
            raise _twice(first.row)
        for number in said.numbers:
            owner, row = self._licences.get(number, (key, 0))
            if owner != key:
                raise _licence_twice(number, row)
            if row:
                raise _twice(row)

    def _check_people(self, said: Said, key: Key) -> None:
        for person in said.people:
            digest = self.known.digests.get(person.identity)
            if digest is None:
                continue
            if day := self.known.dead.get(digest):
                raise died_known(day)
            owner, row = self._people.get(digest, (key, 0))
            elsewhere = self.known.posts.get(digest, set()) - {key}
            if owner != key:
                said.note("principal_identity", _elsewhere(gettext("第{row}行").format(row=row)))
            elif elsewhere:
                said.note("principal_identity", _elsewhere(domain.public_id(min(elsewhere))))

    def _new(self, said: Said, first: Subject | None) -> tuple[Outcome, Subject]:
        if first is None:
            new = _checked(said)
        else:
            assert first.new is not None  # noqa: S101 a row of no known business follows such a one
            new = checked_business(_joined(first.new, said))
        self._check_place(new.district, new.station)
        note_place(said, new.district)
        note_code(said, new)
        for licence in new.licences[-1:] if said.numbers else ():
            note_licence(said, licence)
        subject = first or Subject(said.row.number, {})
        subject.new = new
        return Outcome.CREATED, subject

    def _known(
        self, said: Said, first: Subject | None, business: Business
    ) -> tuple[Outcome, Subject]:
        self._check_place(business.district, business.station)
        changes = merging.changes_of(said, business, self.known)
        self._check_place(
            changes.get("district", business.district), changes.get("station", business.station)
        )
        licence = merging.licence_of(said, business)
        posts, people = merging.people_of(said, business, self.known)
        note_place(said, business.district)
        if licence:
            note_licence(said, licence)
        subject = first or Subject(said.row.number, {}, business)
        added = [
            *(name for name in changes if name not in subject.changes),
            *_fresh(posts, subject.posts),
            *(one for one in people if one not in subject.people),
            *([licence] if licence else ()),
        ]
        subject.changes |= changes
        subject.licences += [licence] if licence else []
        subject.posts += _fresh(posts, subject.posts)
        subject.people += [one for one in people if one not in subject.people]
        return (Outcome.CHANGED if added else Outcome.UNCHANGED), subject

    def _check_place(self, district: str, station: str) -> None:
        if self.by and not may(self.by, ACTION, Place(district=district, station=station)):
            raise Refusal(
                "not_your_district",
                "{district}不在您的辖区内",
                fix="请只导入本辖区的主体，或由该旗县区办理",
                status=403,
                district=district,
            )


def _checked(said: Said) -> NewBusiness:
    """Nearly every number is in order; only where one is not does a document matter."""
    try:
        return checked_business(new_business(said, unseen=""))
    except Refusal:
        return checked_business(new_business(said))


def _fresh(people: Sequence[NewPerson], known: Sequence[NewPerson]) -> list[NewPerson]:
    names = {person.name for person in known}
    return [person for person in people if person.name not in names]


def _joined(new: NewBusiness, said: Said) -> NewBusiness:
    """A business of the list with what another of its rows adds: a licence, a person, a fact."""
    facts = {
        name: value
        for name, value in said.facts.items()
        if getattr(new, name) in (None, "") and name != "legal_form"
    }
    return replace(
        new,
        **facts,
        licences=(*new.licences, new_licence(said)),
        people=(*new.people, *_fresh(said.people, new.people)),
    )


def _check_agrees(said: Said, first: Subject) -> None:
    """Rows of one business copy its facts; where they differ nobody can say which is right."""
    for name in SHARED:
        value = said.values.get(name)
        if value not in (None, "") and first.said.get(name, value) != value:
            title = LIST.column(name).title
            raise Refusal(
                "rows_disagree",
                "与第{row}行是同一个主体，{column}却不相同",
                fix="请把同一主体各行的主体信息改成一致",
                row=first.row,
                column=title,
                column_key=name,
            )


def _twice(row: int) -> Refusal:
    return Refusal("duplicate_row", "与第{row}行重复", fix="请删去其中一行，或改正号码", row=row)


def _licence_twice(number: str, row: int) -> Refusal:
    return Refusal(
        "licence_twice",
        "证件编号{number}在第{row}行已属另一个主体",
        fix="请对照证件，更正其中一行的证件编号",
        number=number,
        row=row,
    )


def _elsewhere(where: str) -> Refusal:
    return Refusal(
        "person_elsewhere",
        "此人同时在另一个主体（{where}）任职",
        fix="一人多处任职的不必处理；身份证号填错的请更正",
        where=where,
    )


def refused(number: int, key: str, refusal: Refusal) -> Fault:
    return Fault.of(number, LIST.column(key).title, refusal)
