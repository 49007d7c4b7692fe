"""Lists of businesses come in 批量建档: new ones enrolled, known ones corrected, all of it undone.

A business is known by its code, by its licence, or, having neither, by name and address. An empty
cell says nothing. A number that only fails its check comes in and is marked for a look at the
document; what is wrong keeps its row out.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, replace
from datetime import date
from typing import Any

from django.utils.translation import gettext
from django.utils.translation import gettext_lazy as _

from mingchu.accounts.domain import Actor, Place, may
from mingchu.base.errors import Refusal
from mingchu.identifiers import Verdict, check
from mingchu.kit.sheets.examine import GoodRow
from mingchu.kit.sheets.faults import Fault
from mingchu.kit.sheets.importers import Outcome, Planned, State
from mingchu.registry import queries, services
from mingchu.registry.layout import LIST, NUMBERS, licence_kind
from mingchu.registry.models import Business, Licence
from mingchu.registry.services import NewBusiness, NewLicence
from mingchu.registry.services.checking import (
    check_division,
    checked_business,
    checked_licence,
    number_verdict,
)

ACTION = "registry.write"
# Said in the ledger and in the file of a business; people read them there in Chinese.
BROUGHT, TAKEN_BACK, UNSEEN = "批量导入", "撤销批量导入", "批量导入，证件待核对"
FIELDS = ("name", "sign", "kind", "address", "phone", "legal_form", "district", "station")
LEGAL_FORMS = {
    "91": "company",
    "92": "household",
    "93": "cooperative",
    "11": "public",
    "12": "public",
    "52": "private_school",
    "N1": "village",
    "N2": "village",
    "N3": "village",
}


@dataclass(frozen=True)
class Step:
    """What a row comes to: a new business, or corrections and licences of a known one."""

    new: NewBusiness | None = None
    business: Business | None = None
    changes: Mapping[str, str] | None = None
    licences: tuple[NewLicence, ...] = ()


class Known:
    """The businesses that rows may speak of, asked once for a whole list."""

    def __init__(self, rows: Sequence[GoodRow]):
        codes = {row.values.get("code") for row in rows} - {None, ""}
        numbers = {number for row in rows for number in numbers_of(row)}
        held = Licence.objects.filter(number__in=numbers).values_list("number", "business_id")
        self.holders = dict(held)
        bare = [row.values["name"] for row in rows if not _named(row)]
        found = (
            Business.objects.filter(code__in=codes)
            | Business.objects.filter(pk__in=set(self.holders.values()))
            | Business.objects.filter(code="", name__in=bare)
        )
        self.by_pk = {one.pk: one for one in found.distinct().prefetch_related("licences")}
        self.by_code = {one.code: one for one in self.by_pk.values() if one.code}
        self.by_place = {_place_key(vars(one)): one for one in self.by_pk.values() if not one.code}

    def of(self, row: GoodRow) -> Business | None:
        """The business of a row; a Refusal where code and licence speak of two."""
        own = {self.holders[number] for number in numbers_of(row) if number in self.holders}
        by_code = self.by_code.get(str(row.values.get("code") or ""))
        if by_code:
            own.add(by_code.pk)
        if len(own) > 1:
            raise services.licence_taken(NUMBERS.join(numbers_of(row)))
        if own:
            return self.by_pk[own.pop()]
        return None if _named(row) else self.by_place.get(_place_key(row.values))


def numbers_of(row: GoodRow) -> list[str]:
    return [number for number in str(row.values.get("numbers") or "").split(NUMBERS) if number]


def _named(row: GoodRow) -> bool:
    """Whether the row tells its business by a number."""
    return bool(row.values.get("code") or row.values.get("numbers"))


def _place_key(values: Mapping[str, Any]) -> tuple[str, str, str]:
    return values["name"], values["district"], values.get("address") or ""


class Businesses:
    """The importer of businesses; who is on no row is left as he is."""

    key = "registry"
    title = _("经营者名单")
    action = ACTION
    table = "registry.Business"
    layout = LIST

    def plan(self, rows: Sequence[GoodRow], by: Actor | None) -> list[Planned]:
        known, seen = Known(rows), _Seen()
        return [_planned(row, known, seen, by) for row in rows]

    def write(self, planned: Sequence[Planned], by: Actor | None) -> list[str]:
        known = Known([plan.row for plan in planned])
        steps = [_step(plan.row, known) for plan in planned]
        fresh = [step.new for step in steps if step.new]
        done = services.enrol_many(fresh)
        for _place, refusal in done.refused:  # somebody was faster since the plan
            raise refusal
        numbers = iter(done.numbers)
        return [str(next(numbers) if step.new else _apply(step)) for step in steps]

    def current(self, subjects: Sequence[str]) -> dict[str, State]:
        pks = [int(subject) for subject in subjects]
        used = queries.in_use(pks)
        rows = Business.objects.filter(pk__in=pks).prefetch_related("licences", "people")
        return {str(one.pk): _state(one, used=one.pk in used) for one in rows}

    def restore(self, states: Mapping[str, State | None], by: Actor | None) -> None:
        made = [int(subject) for subject, state in states.items() if state is None]
        services.withdraw_many(made, why=TAKEN_BACK)
        for subject, state in states.items():
            if state is not None:
                _restore(int(subject), state)


class _Seen:
    """What earlier rows of the file have claimed."""

    def __init__(self) -> None:
        self._rows: dict[Any, int] = {}

    def claim(self, row: GoodRow, business: Business | None) -> None:
        keys: list[Any] = [*numbers_of(row)]
        if business:
            keys.append(business.pk)
        elif not _named(row):
            keys.append(_place_key(row.values))
        for key in keys:
            first = self._rows.setdefault(key, row.number)
            if first != row.number:
                raise Refusal(
                    "duplicate_row",
                    "与第{row}行重复",
                    fix="请删去其中一行，或改正号码",
                    row=first,
                )


def _planned(row: GoodRow, known: Known, seen: _Seen, by: Actor | None) -> Planned:
    subject = ""
    try:
        business = known.of(row)
        subject = str(business.pk) if business else ""
        seen.claim(row, business)
        step = _step(row, known)
        _check(step, by)
    except Refusal as refusal:
        return Planned(row, Outcome.UNCHANGED, subject, Fault.of(row.number, "", refusal))
    if step.new:
        return Planned(row, Outcome.CREATED, warnings=_warnings(row, step))
    moved = step.changes or step.licences
    outcome = Outcome.CHANGED if moved else Outcome.UNCHANGED
    return Planned(row, outcome, subject, warnings=_warnings(row, step))


def _check(step: Step, by: Actor | None) -> None:
    """What writing would refuse, asked before anything is written."""
    if step.new:
        checked_business(step.new)
        _check_place(by, step.new.district, step.new.station)
        return
    business, changes = step.business, step.changes or {}
    assert business is not None  # noqa: S101 a step without a new business has a known one
    district = changes.get("district", business.district)
    station = changes.get("station", business.station)
    check_division(district, station)
    for licence in step.licences:
        checked_licence(licence)
    _check_place(by, business.district, business.station)
    _check_place(by, district, station)


def _check_place(by: Actor | None, district: str, station: str) -> None:
    if by is not None and not may(by, ACTION, Place(district=district, station=station)):
        raise Refusal(
            "not_your_district",
            "{district}不在您的辖区内",
            fix="请只导入本辖区的主体，或由该旗县区办理",
            status=403,
            district=district,
        )


def _step(row: GoodRow, known: Known) -> Step:
    business = known.of(row)
    if business is None:
        return Step(new=_new(row))
    said = {name: row.values.get(name) for name in FIELDS}
    changes = {
        name: str(value)
        for name, value in said.items()
        if value is not None and value != getattr(business, name)
    }
    if changes.get("district", business.district) != business.district:
        # A station of the old district cannot stay behind.
        changes.setdefault("station", "")
    return Step(business=business, changes=changes, licences=_renewals(row, business))


def _new(row: GoodRow) -> NewBusiness:
    values: Mapping[str, Any] = row.values
    code = values.get("code") or ""
    said = {name: values[name] for name in FIELDS if values.get(name) is not None}
    said.setdefault("legal_form", LEGAL_FORMS.get(code[:2], "other") if code else "person")
    numbers = numbers_of(row)
    if len(numbers) > 1:
        raise Refusal(
            "several_licences",
            "新建档案的一行里有{n}个证件编号",
            fix="请只填一个编号和它的日期，其余证件建档后再登记",
            n=len(numbers),
        )
    return NewBusiness(
        **said,
        code=code,
        evidence=_evidence(row, check("credit_code", code) if code else None),
        state=values.get("state") or "open",
        opened=values.get("opened"),
        licences=tuple(_licence(row, number, said["kind"]) for number in numbers),
    )


def _licence(row: GoodRow, number: str, business_kind: str) -> NewLicence:
    values: Mapping[str, Any] = row.values
    if not values.get("issued"):
        raise Refusal(
            "missing", "没有填写{what}", fix="请补填", status=422, what=gettext("发证日期")
        )
    kind = licence_kind(number, business_kind)
    return NewLicence(
        kind=kind,
        number=number,
        items=tuple(part for part in str(values.get("items") or "").split(NUMBERS) if part),
        issued=values["issued"],
        expires=values.get("expires"),
        evidence=_evidence(row, number_verdict(kind, number)),
    )


def _evidence(row: GoodRow, verdict: Verdict | None) -> str:
    """Which document was seen; that none was, where the number asks for one."""
    if verdict is None or verdict.usable:
        return ""
    return str(row.values.get("evidence") or UNSEEN)


def _renewals(row: GoodRow, business: Business) -> tuple[NewLicence, ...]:
    """Licences of a known business that are new to it or have other dates."""
    held = {licence.number: licence for licence in business.licences.all()}
    numbers = numbers_of(row)
    strange = [number for number in numbers if number not in held]
    if len(numbers) > 1:
        if strange:
            raise services.licence_taken(NUMBERS.join(strange))
        return ()
    if strange:
        return (_licence(row, strange[0], str(row.values["kind"])),)
    return tuple(
        new for number in numbers if (new := _renewed(row, held[number])) != _as_new(held[number])
    )


def _as_new(licence: Licence) -> NewLicence:
    return NewLicence(
        kind=licence.kind,
        number=licence.number,
        items=tuple(licence.items),
        issued=licence.issued,
        expires=licence.expires,
        state=licence.state,
        evidence=licence.number_evidence,
    )


def _renewed(row: GoodRow, licence: Licence) -> NewLicence:
    """The licence with what the row says otherwise."""
    values: Mapping[str, Any] = row.values
    said = {name: values[name] for name in ("issued", "expires") if values.get(name)}
    if values.get("items"):
        said["items"] = tuple(part for part in values["items"].split(NUMBERS) if part)
    return replace(_as_new(licence), **said)


def _warnings(row: GoodRow, step: Step) -> tuple[Fault, ...]:
    """What came in and should be looked at again."""
    found = []
    licences = step.new.licences if step.new else step.licences
    if step.new and step.new.code:
        found.append(("code", check("credit_code", step.new.code)))
    found += [("numbers", number_verdict(one.kind, one.number)) for one in licences]
    said = [
        Fault(row.number, LIST.column(key).title, reason.code, *reason.said(gettext))
        for key, verdict in found
        for reason in verdict.reasons
    ]
    if step.business and (told := _left_alone(row, step.business)):
        said.append(Fault.of(row.number, told[0], told[1]))
    return tuple(said)


def _left_alone(row: GoodRow, business: Business) -> tuple[str, Refusal] | None:
    """What a list does not change in a known business."""
    for key, field in (("state", "state"), ("code", "code")):
        value = row.values.get(key)
        if value and value != getattr(business, field):
            title = LIST.column(key).title
            return title, Refusal(
                "not_by_list",
                "{column}与档案不同，未随名单变更",
                fix="请打开档案，核对后办理变更",
                column=title,
            )
    return None


def _apply(step: Step) -> int:
    assert step.business is not None  # noqa: S101 a step without a new business has a known one
    number = step.business.pk
    if step.changes:
        services.correct(
            number=number, changes=step.changes, why=BROUGHT, revision=step.business.revision
        )
    for licence in step.licences:
        services.grant_licence(number=number, new=licence)
    return number


def _state(one: Business, *, used: bool) -> State:
    """All that a list may change, and whether anything has come to refer to the business."""
    return {
        **{name: getattr(one, name) for name in FIELDS},
        "state": one.state,
        "people": len(one.people.all()),
        "used": used,
        "licences": {
            licence.number: {
                "kind": licence.kind,
                "items": licence.items,
                "issued": licence.issued.isoformat(),
                "expires": licence.expires.isoformat() if licence.expires else None,
                "state": licence.state,
                "evidence": licence.number_evidence,
            }
            for licence in one.licences.all()
        },
    }


def _restore(number: int, state: State) -> None:
    """Puts a known business back to how it stood before the list."""
    business = Business.objects.get(pk=number)
    changes = {name: state[name] for name in FIELDS if state[name] != getattr(business, name)}
    services.correct(number=number, changes=changes, why=TAKEN_BACK, revision=business.revision)
    for licence in business.licences.all():
        before = state["licences"].get(licence.number)
        if before is None:
            services.withdraw_licence(licence=licence, why=TAKEN_BACK)
        elif (new := _licence_as(licence.number, before)) != _as_new(licence):
            services.grant_licence(number=number, new=new)


def _licence_as(number: str, state: Mapping[str, Any]) -> NewLicence:
    return NewLicence(
        number=number,
        kind=state["kind"],
        items=tuple(state["items"]),
        issued=date.fromisoformat(state["issued"]),
        expires=date.fromisoformat(state["expires"]) if state["expires"] else None,
        state=state["state"],
        evidence=state["evidence"],
    )
