"""What is checked before a business, a licence or a person is written; the same for one or many.

What comes out is as it will be stored: numbers without what does not matter in them, and beside
each how it was found. A number whose check fails needs the document that was seen.
"""

from __future__ import annotations

from collections.abc import Collection
from dataclasses import replace
from datetime import date
from typing import Any, TypeVar

from django.utils.translation import gettext_lazy as _
from django.utils.translation import gettext_noop as _noop

from mingchu.base import clock
from mingchu.base.errors import Refusal
from mingchu.identifiers import Result, Verdict, check, divisions, licences, read, small_operators
from mingchu.registry import rules
from mingchu.registry.domain import State
from mingchu.registry.models import Business, Licence, Person, Premises
from mingchu.registry.places import DISTRICTS
from mingchu.registry.services.bounds import check_fits, too_long
from mingchu.registry.values import NewBusiness, NewLicence, NewPerson

New = TypeVar("New", NewBusiness, NewLicence, NewPerson)
BUSINESS = (
    "name", "sign", "kind", "legal_form", "scale", "serves", "diners", "station", "grid", "address",
    "phone", "state", "channel",
)  # fmt: skip
PREMISES = ("use", "address", "station", "platform", "hours")
LICENCE = ("kind", "number", "items", "catalogue", "state")
PERSON = ("name", "duties", "phone", "health_number")
WHY_TOP = 200
SERIES = {str(series): series for series in licences.Series}


def checked_business(new: NewBusiness) -> NewBusiness:
    """The business as it is stored; the first Refusal of it, its licences and its people."""
    check_name(new.name)
    check_fits(Business, {**_said(new, BUSINESS), "code_evidence": new.evidence})
    check_division(new.district, new.station)
    in_order(new.opened, new.closed, _noop("关闭日期早于开业日期{first}"))
    if (new.state == State.CLOSED) != (new.closed is not None):
        raise Refusal(
            "closed_without_day",
            _noop("“已关闭”和关闭日期必须同时有或同时没有"),
            fix=_noop("请补填关闭日期，或改选经营状态"),
            status=422,
        )
    not_later(new.opened, _noop("开业日期"))
    for premises in new.premises:
        check_fits(Premises, _said(premises, PREMISES))
        if premises.district or premises.station:
            check_division(premises.district or new.district, premises.station)
    own = tuple(map(checked_licence, new.licences))
    people = tuple(map(checked_person, new.people))
    check_grid(new.station, new.grid)
    code, found, evidence = _coded(new)
    return _with(
        new,
        code=code,
        code_check=found,
        evidence=evidence,
        identity=read("resident_id", new.identity) if new.identity.strip() else "",
        licences=own,
        people=people,
    )


def _said(new: Any, names: tuple[str, ...]) -> dict[str, Any]:
    return {name: getattr(new, name) for name in names}


def _with(new: New, **known: Any) -> New:
    """The same object where nothing differs: in a million, most are in order."""
    other = {name: value for name, value in known.items() if getattr(new, name) != value}
    return replace(new, **other) if other else new


def _coded(new: NewBusiness) -> tuple[str, str, str]:
    if not new.code.strip():
        return "", Result.OK, ""
    return _settled(check("credit_code", new.code), new.evidence)


def _settled(verdict: Verdict, evidence: str) -> tuple[str, str, str]:
    """What is stored of a number: its text, how it was found, and what was seen where it counts."""
    if verdict.result is Result.NEEDS_EVIDENCE and evidence:
        return verdict.value, verdict.result.value, evidence
    return verdict.required(), verdict.result.value, ""


def number_verdict(kind: str, number: str) -> Verdict:
    """The verdict on the number of a licence, filing or registration."""
    series = SERIES.get(kind)
    return licences.check(number, series) if series else _small(number)


def _small(number: str) -> Verdict:
    return small_operators.check(number, rules.small_operator_pattern(clock.today()))


def checked_licence(new: NewLicence) -> NewLicence:
    check_fits(Licence, {**_said(new, LICENCE), "number_evidence": new.evidence})
    if not new.number.strip():
        raise missing(_noop("证件编号"))
    in_order(new.issued, new.expires, _noop("有效期截止早于发证日期{first}"))
    not_later(new.issued, _noop("发证日期"))
    number, found, evidence = _settled(number_verdict(new.kind, new.number), new.evidence)
    return _with(new, number=number, number_check=found, evidence=evidence, expires=_last_day(new))


def _last_day(new: NewLicence) -> date | None:
    """As the document says it; where nobody said it, by the rule of the day it was issued."""
    if new.expires or new.endless:
        return new.expires
    return rules.next_term(new.kind, new.issued)


def checked_person(new: NewPerson) -> NewPerson:
    if not new.name.strip():
        raise missing(_noop("姓名"))
    check_fits(Person, _said(new, PERSON))
    check_duties(new.duties)
    if not new.identity.strip():
        return _with(new, identity="")
    return _with(new, identity=read("resident_id", new.identity))


def check_duties(duties: Collection[str]) -> None:
    if not duties:
        raise missing(_("职责"))


def check_name(name: str) -> None:
    if not name.strip():
        raise missing(_noop("名称"))


def check_division(district: str, station: str) -> None:
    """One of the city's, or the city itself until somebody knows better; a station's code begins
    with its district's, as division codes do.

    Elsewhere nobody would supervise it, and no form could show where it lies.
    """
    if district not in DISTRICTS and district != divisions.HOHHOT:
        raise Refusal(
            "bad_district",
            _noop("本市没有代码为“{district}”的旗县区"),
            fix=_noop("可用的代码：{known}"),
            status=422,
            district=district,
            known=list(DISTRICTS),
        )
    if station and not station.startswith(district):
        raise Refusal(
            "station_elsewhere",
            _noop("监管所{station}不属于旗县区{district}"),
            fix=_noop("请选择该旗县区的监管所"),
            status=422,
            station=station,
            district=district,
        )


def check_grid(station: str, grid: str) -> None:
    """A grid cell's code begins with its station's."""
    if grid and not (station and grid.startswith(station)):
        raise Refusal(
            "grid_elsewhere",
            _noop("网格{grid}不属于监管所{station}"),
            fix=_noop("请选择该监管所的网格"),
            status=422,
            grid=grid,
            station=station or "—",
        )


def in_order(first: date | None, last: date | None, why: str) -> None:
    if first and last and last < first:
        raise Refusal("dates_out_of_order", why, fix=_noop("请核对日期"), status=422, first=first)


def not_later(day: date | None, what: str) -> None:
    """A day somebody swears has passed cannot lie ahead."""
    if day and day > clock.today():
        raise Refusal(
            "day_ahead",
            _noop("{what}{day}还没有到"),
            fix=_noop("请核对日期"),
            status=422,
            what=what,
            day=day,
        )


def check_in_use(premises: Premises) -> None:
    """Nothing is put where nobody works any more."""
    if premises.until:
        raise Refusal(
            "premises_ended",
            _noop("该场所已于{day}停用"),
            fix=_noop("请选择在用的场所"),
            day=premises.until,
        )


def check_commitment(kind: str, *, committed: bool, due: date | None) -> None:
    """On notice and commitment 告知承诺 only some kinds are given, with a day for the visit."""
    if not committed:
        if due:
            raise Refusal(
                "no_commitment",
                _noop("写了承诺后核查期限{day}，却没有选告知承诺"),
                fix=_noop("不是告知承诺发证的，请去掉核查期限"),
                status=422,
                day=due,
            )
        return
    if not rules.may_commit(kind, clock.today()):
        raise Refusal(
            "no_commitment",
            _noop("这类证件不适用告知承诺"),
            fix=_noop("请按一般程序发证"),
            status=422,
        )
    if due is None:
        raise missing(_("承诺后核查期限"))


def check_why(why: str) -> None:
    """A reason that can be read beside the act, as long as every form lets it be."""
    if not why.strip():
        raise missing(_("理由"))
    if len(why) > WHY_TOP:
        raise too_long(len(why), WHY_TOP, _("理由"))


def missing(what: Any) -> Refusal:
    return Refusal("missing", _noop("没有填写{what}"), fix=_noop("请补填"), status=422, what=what)
