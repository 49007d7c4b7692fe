"""Writes a file in words from its snapshot, so that a past day is shown by the same code."""

from __future__ import annotations

from collections.abc import Collection, Iterator, Mapping, Sequence
from datetime import date
from typing import Any

from django.urls import reverse
from django.utils.translation import gettext as _

from mingchu.accounts.domain import Scope
from mingchu.base import clock
from mingchu.registry import domain, duties, lacking, models, rules
from mingchu.registry.dossier.lines import (
    Dossier,
    Fact,
    InquiryLine,
    LackLine,
    LicenceLine,
    PersonLine,
    PlaceLine,
    Ref,
)
from mingchu.registry.dossier.refs import ref_to
from mingchu.registry.dossier.said import (
    channel_name,
    day_of,
    exam_said,
    follow_up_said,
    health_said,
    label,
    left_said,
    rung,
    share_left,
)
from mingchu.registry.duties import Facts
from mingchu.registry.models import Business, Person, Premises
from mingchu.registry.places import district_name
from mingchu.registry.queries import parts
from mingchu.registry.queries.past import Dated
from mingchu.registry.queries.regions import area_names
from mingchu.registry.words import STANDINGS


class Writer:
    """Writes one file; everything it looks up is asked once, at the start."""

    def __init__(self, dated: Dated, scopes: Sequence[Scope], *, as_of: bool):
        self.dated, self.scopes, self.as_of = dated, scopes, as_of
        self.file, self.day, self.business = dated.file, dated.day, dated.business
        places = self.file["premises"].values()
        self.names = parts.named(
            {one["landlord_id"] for one in places if one["landlord_id"]}
            | ({self.file["head_id"]} if self.file["head_id"] else set())
        )
        self.neighbours = self._neighbours({one["site_id"] for one in places if one["site_id"]})
        self.known = parts.Present() if as_of else parts.present(self.business)
        merges = self.known.merges and not as_of
        self.merges = tuple(parts.merged_into(self.business)) if merges else ()
        self.branches = tuple(parts.branches_of(self.business)) if self.known.branches else ()
        codes = (self.file["station"], self.file["grid"], *(one["station"] for one in places))
        self.areas = area_names(codes)

    def _neighbours(self, sites: Collection[int]) -> Mapping[int, list[Premises]]:
        found: dict[int, list[Premises]] = {site: [] for site in sites}
        for one in parts.at_sites(sites, self.day):
            if one.business_id != self.business.pk and one.site_id:
                found[one.site_id].append(one)
        return found

    def ref(self, other: Business, note: str = "") -> Ref:
        return ref_to(other, self.scopes, note)

    # Identity and the door

    def fact(self, name: str, label: str, value: Any, **more: Any) -> Fact:
        return Fact(label, str(value or "—"), source=self._source(name), **more)

    def _source(self, name: str) -> str:
        """The door and the day of a corrected field; of a past day only what was known then."""
        channel, _space, day = self.business.sources.get(name, "").partition(" ")
        if not day or day > self.day.isoformat():
            return ""
        return f"{channel_name(channel)} {day}"

    def who(self) -> Iterator[Fact]:
        file = self.file
        yield self._code()
        yield Fact(_("档案编号"), self.business.public_id, mono=True)
        if file["former_names"]:
            yield Fact(_("曾用名"), _("、").join(file["former_names"]))
        yield self.fact("legal_form", _("主体类型"), label(models.LegalForm, file["legal_form"]))
        yield self.fact("kind", _("业态"), label(models.Kind, file["kind"]))
        if file["scale"] or file.get("serves") or file["diners"]:
            yield self._size()
        if head := self.names.get(file["head_id"] or 0):
            yield Fact(_("总部"), "", source=self._source("head"), refs=(self.ref(head),))
        if not self.as_of:
            yield from self._related()

    def _code(self) -> Fact:
        file, own = self.file, self.business
        if file["code"]:
            checked = file["code_check"] != models.Evidence.OK
            return Fact(
                _("统一社会信用代码"),
                file["code"],
                source=self._source("code"),
                warn=label(models.Evidence, file["code_check"]) if checked else "",
                note=file["code_evidence"],
                mono=True,
            )
        tail = own.identity_tail
        known = f"****{tail}" if tail else _("无代码")
        return Fact(_("经营者身份证号") if tail else _("统一社会信用代码"), known, mono=bool(tail))

    def _size(self) -> Fact:
        file = self.file
        said = [
            label(models.Scale, file["scale"]),
            label(models.Serves, file.get("serves", "")),
            _("每餐 %(count)s 人") % {"count": file["diners"]} if file["diners"] else "",
        ]
        return self.fact("scale", _("规模"), " · ".join(filter(None, said)))

    def _related(self) -> Iterator[Fact]:
        if self.branches:
            more = len(self.branches) > parts.BRANCHES_SHOWN
            shown = self.branches[: parts.BRANCHES_SHOWN]
            count = f"{len(shown)}+" if more else str(len(shown))
            refs = tuple(map(self.ref, shown))
            yield Fact(_("分支机构"), _("%(count)s 家") % {"count": count}, refs=refs)
        if same := parts.same_keeper(self.business, self.scopes):
            yield Fact(_("同一经营者"), "", refs=tuple(map(self.ref, same)))

    def door(self) -> Iterator[Fact]:
        file = self.file
        yield self.fact("address", _("住所"), file["address"])
        yield self.fact("phone", _("联系电话"), file["phone"], mono=bool(file["phone"]))
        where = (file["district"] and district_name(file["district"]), self._area("station"))
        said = " · ".join(filter(None, (*where, self._area("grid"))))
        yield self.fact("district", _("辖区"), said)
        since = file["state_since"]
        yield self.fact(
            "state",
            _("经营状态"),
            label(models.State, file["state"]),
            note=_("自 %(day)s") % {"day": since} if since else "",
        )
        yield Fact(_("开业日期"), file["opened"] or "—")
        if file["closed"]:
            yield Fact(_("关闭日期"), file["closed"])

    def _area(self, name: str) -> str:
        code = str(self.file[name])
        return self.areas.get(code, code)

    # Licences

    def licences(self) -> Iterator[LicenceLine]:
        rows = self.file["licences"].items()
        for pk, one in sorted(rows, key=lambda row: _licence_order(row[1])):
            yield self._licence(int(pk), one)

    def _licence(self, pk: int, one: Mapping[str, Any]) -> LicenceLine:
        expires = day_of(one["expires"])
        standing = rules.standing(one["state"], expires, self.day)
        due, done = day_of(one["follow_up_due"]), day_of(one["followed_up"])
        checked = one["number_check"] != models.Evidence.OK
        return LicenceLine(
            pk=pk,
            kind=label(models.LicenceKind, one["kind"]),
            number=one["number"],
            items=_("、").join(one["items"]),
            issued=one["issued"],
            expires=one["expires"] or "",
            standing=standing.value,
            standing_name=str(STANDINGS[standing]),
            left=left_said(expires, self.day) if one["state"] not in ENDED else "",
            share=share_left(date.fromisoformat(one["issued"]), expires, self.day),
            rung=rung(expires, self.day),
            warn=label(models.Evidence, one["number_check"]) if checked else "",
            note=one["number_evidence"],
            state=one["state"],
            places=self._places(one.get("places", ())),
            follow_up=follow_up_said(one["committed"], due, done),
            follow_up_late=bool(due and not done and due < self.day),
            to_follow_up=bool(due and not done),
            renewable=one["state"] == domain.LicenceState.VALID,
        )

    def _places(self, numbers: Collection[int]) -> tuple[str, ...]:
        known = self.file["premises"]
        found = (known.get(str(number)) for number in numbers)
        return tuple(one["address"] or one["platform"] for one in found if one)

    # Premises

    def premises(self) -> Iterator[PlaceLine]:
        rows = self.file["premises"].items()
        order = sorted(rows, key=lambda row: (bool(row[1]["until"]), not row[1]["is_main"]))
        for pk, one in order:
            yield self._place(int(pk), one)

    def _place(self, pk: int, one: Mapping[str, Any]) -> PlaceLine:
        landlord = self.names.get(one["landlord_id"] or 0)
        before, after = self._handed(one)
        return PlaceLine(
            pk=pk,
            address=one["address"] or one["platform"] or "—",
            use=label(models.Use, one["use"]),
            where=" · ".join(
                filter(
                    None,
                    (
                        district_name(one["district"]),
                        self.areas.get(one["station"], one["station"]),
                    ),
                )
            ),
            is_main=one["is_main"],
            since=one["since"] or "",
            until=one["until"] or "",
            platform=one["platform"] if one["address"] else "",
            hours=one["hours"],
            licences=tuple(self._licences_at(pk, one)),
            landlord=(self.ref(landlord),) if landlord else (),
            before=before,
            after=after,
        )

    def _licences_at(self, pk: int, one: Mapping[str, Any]) -> Iterator[str]:
        for licence in self.file["licences"].values():
            places = licence.get("places", ())
            here = pk in places if places else one["is_main"]
            if here and licence["state"] not in ENDED:
                yield licence["number"]

    def _handed(self, one: Mapping[str, Any]) -> tuple[tuple[Ref, ...], tuple[Ref, ...]]:
        """Who was at the place before and after; a landlord and its tenants are there at once."""
        before, after = [], []
        since, until = day_of(one["since"]), day_of(one["until"])
        for other in self.neighbours.get(one["site_id"] or 0, ()):
            ended, began = other.until, other.since
            if ended and since and ended <= since:
                before.append(self.ref(other.business, _("至 %(day)s") % {"day": ended}))
            elif began and until and began >= until:
                after.append(self.ref(other.business, _("自 %(day)s") % {"day": began}))
        return tuple(before), tuple(after)

    def tenants(self) -> Iterator[Ref]:
        for one in parts.tenants_of(self.business, self.day) if self.known.tenants else ():
            yield self.ref(one.business, one.since.isoformat() if one.since else "")

    def merged(self) -> Iterator[Ref]:
        """Files that were merged into this one; each still opens as of the day before."""
        for one in self.merges:
            day = clock.city(one.at).date()
            before = date.fromordinal(day.toordinal() - 1)
            href = f"{reverse('registry:business', args=[one.gone_id])}?on={before}"
            yield Ref(one.gone.name, href, f"{day} · {one.why}")

    def inquiries(self) -> Iterator[InquiryLine]:
        """What is asked of it now; of a past day nobody asks."""
        asked = self.known.inquiries and not self.as_of
        for one in parts.inquiries_of(self.business) if asked else ():
            waits = one.state in (models.InquiryState.OPEN, models.InquiryState.RETURNED)
            yield InquiryLine(
                pk=one.pk,
                title=one.title,
                due=one.due.isoformat(),
                state="pending" if one.settled_at is None else "ok",
                state_name=label(models.InquiryState, one.state),
                late=waits and one.due < self.day,
            )

    # People

    def people(
        self, rows: Sequence[Person], papers: Mapping[int, parts.Papers]
    ) -> list[PersonLine]:
        asked = self.known.elsewhere and not self.as_of
        also = parts.also_posted(rows, self.scopes, self.business.pk) if asked else {}
        ranked = sorted(rows, key=lambda one: (_rank(one), one.name, one.pk))
        return [self._person(one, papers[one.pk], also.get(one.pk, ())) for one in ranked]

    def lacks(self, papers: Mapping[int, parts.Papers]) -> Iterator[LackLine]:
        """What the rules of the day demand; a business that is closed owes nothing more."""
        file, day = self.file, self.day
        if file["state"] == domain.State.CLOSED:
            return
        there = {one.pk: one for one in self.dated.people if not one.until or one.until > day}
        facts = Facts(
            **{name: file.get(name) or "" for name in ("kind", "legal_form", "scale", "serves")},
            diners=file["diners"],
            branches=len(self.branches),
        )
        staff = [papers[one.pk].staff(one) for one in there.values()]
        for lack in duties.lacking(facts, staff, rules.norms(day), day):
            said = lacking.said(lack, there.get(lack.who or 0))
            yield LackLine(said.text, said.rule, said.grave)

    def _person(self, one: Person, papers: parts.Papers, also: Sequence[Business]) -> PersonLine:
        health, state = health_said(papers.health_until, self.day)
        leads = duties.leads_firm(self.file["legal_form"], one.duties, rules.norms(self.day))
        needed = rules.training_hours(self.day) if leads else 0
        exam = papers.exam
        hours = f"{papers.hours.normalize():f}" if papers.hours else "0"
        return PersonLine(
            pk=one.pk,
            name=one.name,
            duties=_("、").join(label(models.Duty, duty) for duty in one.duties),
            identity=f"****{one.identity_tail}" if one.identity_tail else "—",
            phone=domain.masked_phone(one.phone),
            since=one.since.isoformat() if one.since else "",
            until=one.until.isoformat() if one.until else "",
            health=health,
            health_state=state,
            health_until=papers.health_until.isoformat() if papers.health_until else "",
            hours=f"{hours} / {needed}" if needed else hours,
            hours_short=papers.hours < needed,
            exam=exam_said(exam),
            exam_state="" if exam is None else "good" if exam.passed else "bad",
            elsewhere=tuple(map(self.ref, also)),
            unseen=tuple(certificate.pk for certificate in papers.unseen),
        )


ENDED = (domain.LicenceState.REVOKED, domain.LicenceState.CANCELLED)
_RANKS = {duty: at for at, duty in enumerate(models.Duty.values)}


def write(dated: Dated, scopes: Sequence[Scope], *, as_of: bool = False) -> Dossier:
    """The file in words, as far as a reader with these scopes may follow it."""
    writer, file = Writer(dated, scopes, as_of=as_of), dated.file
    papers = parts.papers_of(dated.people, dated.day, writer.known)
    people = writer.people(dated.people, papers)
    return Dossier(
        business=dated.business,
        day=dated.day,
        as_of=as_of,
        name=file["name"],
        sign=file["sign"],
        state=file["state"],
        state_name=label(models.State, file["state"]),
        kind_name=label(models.Kind, file["kind"]),
        district=district_name(file["district"]),
        who=tuple(writer.who()),
        door=tuple(writer.door()),
        licences=tuple(writer.licences()),
        premises=tuple(writer.premises()),
        people=tuple(one for one in people if as_of or not _has_left(one, dated.day)),
        gone=tuple(one for one in people if not as_of and _has_left(one, dated.day)),
        tenants=tuple(writer.tenants()),
        merged=tuple(writer.merged()),
        merged_names={one.gone_id: one.gone.name for one in writer.merges},
        inquiries=tuple(writer.inquiries()),
        lacks=tuple(writer.lacks(papers)),
        source=_entered(dated.business),
    )


def _entered(business: Business) -> str:
    day = clock.city(business.enrolled_at).date()
    return f"{channel_name(business.channel)} {day}"


def _has_left(one: PersonLine, day: date) -> bool:
    return bool(one.until) and one.until <= day.isoformat()


def _rank(person: Person) -> int:
    return min((_RANKS.get(duty, 9) for duty in person.duties), default=9)


def _licence_order(one: Mapping[str, Any]) -> tuple[bool, str]:
    return one["state"] in ENDED, one["expires"] or "9999"
