"""What a row says, read whole: the facts of its business, its licence, its people."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field
from datetime import date
from typing import Any

from django.utils.translation import gettext
from django.utils.translation import gettext_noop as _noop

from mingchu.base.errors import Refusal
from mingchu.identifiers import Result, Verdict, check, divisions
from mingchu.kit.sheets.examine import GoodRow
from mingchu.kit.sheets.faults import Fault
from mingchu.registry.domain import Channel, Duty
from mingchu.registry.layout import LIST, NUMBERS, is_district, licence_kind
from mingchu.registry.services import NewBusiness, NewLicence, NewPerson
from mingchu.registry.services.checking import missing, number_verdict

# Facts of a business that a list may set; the place is looked at as a whole.
FACTS = (
    "name", "sign", "kind", "address", "phone", "legal_form", "scale", "diners", "district",
    "station", "grid",
)  # fmt: skip
PLACE = ("district", "station", "grid")
# Facts a list gives only to a file it makes.
FIRST = ("code", "state", "opened")
# What the rows of one business have to agree in.
SHARED = (*FACTS, *FIRST, "head", "principal", "principal_phone", "principal_identity")
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
# Said where a document was not seen; people read it in the file of a business.
UNSEEN = "批量导入，证件待核对"
# Where in the list a refusal of a service is at home.
AT = {
    "station_elsewhere": "station",
    "grid_elsewhere": "grid",
    "licence_known": "numbers",
    "licence_twice": "numbers",
    "licence_ended": "numbers",
    "several_licences": "numbers",
    "not_your_district": "district",
    "person_died": "principal_identity",
    "several_officers": "health_until",
    "dates_out_of_order": "expires",
}
DAYS = {"开业日期": "opened", "发证日期": "issued", "负责人": "principal", "食品安全员": "officer"}


@dataclass
class Said:
    """A row with what it says; `notes` are its warnings."""

    row: GoodRow
    facts: dict[str, Any]
    numbers: list[str]
    people: tuple[NewPerson, ...]
    notes: list[Fault] = field(default_factory=list)

    @property
    def values(self) -> Mapping[str, Any]:
        return self.row.values

    @property
    def is_named(self) -> bool:
        """Whether it tells its business by a number."""
        return bool(self.values.get("code") or self.numbers)

    def note(self, key: str, refusal: Refusal) -> None:
        """Something to look at again, in the column of that key."""
        title = LIST.column(key).title if key else ""
        self.notes.append(Fault.of(self.row.number, title, refusal))


def said(row: GoodRow) -> Said:
    """Raises Refusal where the row contradicts itself."""
    values: Mapping[str, Any] = row.values
    facts = {name: values[name] for name in FACTS if values.get(name) not in (None, "")}
    if "district" in facts and not is_district(facts["district"]):
        del facts["district"]
    return Said(row, facts, numbers_of(row), _people(values))


def fault_of(row: GoodRow, refusal: Refusal) -> Fault:
    """A fault in the column it belongs to."""
    what = str(refusal.facts.get("what", ""))
    key = refusal.facts.get("column_key") or AT.get(refusal.code) or DAYS.get(what, "")
    return Fault.of(row.number, LIST.column(str(key)).title if key else "", refusal)


def numbers_of(row: GoodRow) -> list[str]:
    return [number for number in str(row.values.get("numbers") or "").split(NUMBERS) if number]


def _parts(text: object) -> tuple[str, ...]:
    """Names or items between 、 , ; and the like."""
    bare = str(text or "")
    for sign in ",，;；/":
        bare = bare.replace(sign, NUMBERS)
    return tuple(part.strip() for part in bare.split(NUMBERS) if part.strip())


def _people(values: Mapping[str, Any]) -> tuple[NewPerson, ...]:
    """Who is responsible, and the food-safety officers; one person may be both.

    The health certificate is the officer's, of a row without one the principal's.
    """
    principal, officers = str(values.get("principal") or ""), _parts(values.get("officer"))
    phone, identity = values.get("principal_phone") or "", values.get("principal_identity") or ""
    if (phone or identity) and not principal:
        raise missing(_noop("负责人"))
    until = values.get("health_until")
    if until and len(officers) > 1:
        raise Refusal(
            "several_officers",
            "食品安全员有{n}位，健康证日期只有一个",
            fix="请只填一位食品安全员，或清空健康证有效期",
            n=len(officers),
        )
    if until and not (principal or officers):
        raise missing(_noop("食品安全员"))
    duties: dict[str, tuple[str, ...]] = {principal: (Duty.PRINCIPAL.value,)} if principal else {}
    for name in officers:
        duties[name] = (*duties.get(name, ()), Duty.OFFICER.value)
    holder = officers[0] if officers else principal
    return tuple(
        NewPerson(
            name=name,
            duties=held,
            phone=phone if name == principal else "",
            identity=identity if name == principal else "",
            health_until=until if name == holder else None,
        )
        for name, held in duties.items()
    )


def new_business(one: Said, unseen: str = UNSEEN) -> NewBusiness:
    """The business that a row makes; of an unknown division it is placed by its numbers.

    `unseen` is what stands for a document where the row names none.
    """
    values = one.values
    code = values.get("code") or ""
    facts = {"district": _placed(one), **one.facts}
    facts.setdefault("legal_form", LEGAL_FORMS.get(code[:2], "other") if code else "person")
    return NewBusiness(
        **facts,
        code=code,
        evidence=str(values.get("evidence") or unseen),
        identity="" if code else values.get("principal_identity") or "",
        channel=Channel.LIST,
        state=values.get("state") or "open",
        opened=values.get("opened"),
        licences=(new_licence(one, unseen),) if one.numbers else (),
        people=one.people,
    )


def _placed(one: Said) -> str:
    """Where a business of an unknown division probably is; else with the city itself."""
    station, grid = (str(one.facts.get(name) or "") for name in ("station", "grid"))
    code = str(one.values.get("code") or "")
    licence = next((number for number in one.numbers if number[:2].isalpha()), "")
    places = (station[:6], grid[:6], licence[3:9], licence[5:11], code[2:8])
    return next((place for place in places if is_district(place)), divisions.HOHHOT)


def new_licence(one: Said, unseen: str = UNSEEN) -> NewLicence:
    """The licence of a row; several numbers with one set of dates tell nothing of each."""
    values = one.values
    if len(one.numbers) > 1:
        raise Refusal(
            "several_licences",
            "一行里有{n}个证件编号，日期却只有一组",
            fix="请每张证件填一行，主体信息照抄",
            n=len(one.numbers),
        )
    if not values.get("issued"):
        raise missing(_noop("发证日期"))
    [number] = one.numbers
    kind = licence_kind(number, str(values["kind"]))
    return NewLicence(
        kind=kind,
        number=number,
        items=items_of(values),
        issued=values["issued"],
        expires=values.get("expires"),
        evidence=str(values.get("evidence") or unseen),
    )


def items_of(values: Mapping[str, Any]) -> tuple[str, ...]:
    return tuple(part for part in str(values.get("items") or "").split(NUMBERS) if part)


def note_code(one: Said, new: NewBusiness) -> None:
    """What was noticed about a code that comes in all the same."""
    if new.code_check != Result.OK:
        _note_verdict(one, "code", check("credit_code", new.code))


def note_licence(one: Said, new: NewLicence) -> None:
    if new.number_check != Result.OK:
        _note_verdict(one, "numbers", number_verdict(new.kind, new.number))
    if new.expires and not one.values.get("expires"):
        _note_term(one, new.expires)


def _note_term(one: Said, last: date) -> None:
    one.note(
        "expires",
        Refusal(
            "term_by_rule",
            "没有填写有效期，按证件种类和发证日期推算至{day}",
            fix="请与证件核对；不一致的，填上证件上的日期后重新导入",
            day=last,
        ),
    )


def _note_verdict(one: Said, key: str, verdict: Verdict) -> None:
    title = LIST.column(key).title
    for reason in verdict.reasons:
        one.notes.append(Fault(one.row.number, title, reason.code, *reason.said(gettext)))


def note_place(one: Said, district: str) -> None:
    """That the division was unknown, and where the business is counted until somebody looks."""
    typed = one.values.get("district")
    if "district" in one.facts or not typed:
        return
    known = divisions.DIVISIONS.get(district)
    one.note(
        "district",
        Refusal(
            "unknown_district",
            "本市没有旗县区“{typed}”，暂归{district}",
            fix="请核对后在档案里更正旗县区",
            typed=typed,
            district=known.zh if known else district,
        ),
    )
