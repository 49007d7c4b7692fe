"""Plans 到期计划: what comes due, each with its rows, steps, columns and the rule it stands on."""

from __future__ import annotations

from collections.abc import Callable, Collection, Iterable, Mapping, Sequence
from dataclasses import dataclass
from datetime import date, timedelta
from typing import Any

from django.db.models import QuerySet
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy

from mingchu.accounts.domain import Scope
from mingchu.base import clock
from mingchu.registry import queries, rules
from mingchu.registry.domain import Duty
from mingchu.registry.models import Business, Inquiry, Licence, Person
from mingchu.registry.models import Duty as DutyName
from mingchu.registry.queries import Span
from mingchu.registry.words import Words

Scopes = Iterable[Scope]
OPEN = Span(None, None)
# Plans whose lines are people: every look is logged.
OF_PEOPLE = {"health", "training"}


@dataclass(frozen=True)
class Line:
    """A row of any plan: whose it is, what about, until when."""

    business: Business
    what: str
    detail: str
    day: date | None
    left: int | None


@dataclass(frozen=True)
class Plan:
    """One kind of what comes due; `steps` are its spans by key, none where there is no day.

    `field` is the day the rows go by, "" for an order by number; `rule` names what it rests on.
    """

    key: str
    title: Any
    says: Any
    rule: str
    field: str
    rows: Callable[[Scopes, Collection[str], Span], QuerySet[Any]]
    line: Callable[[Any, date, Words], Line]
    counts: str = "licences"
    has_steps: bool = True


def steps(day: date) -> dict[str, tuple[Any, Span]]:
    """Spans of a plan by the ladder of the rulebook: what has passed, then each rung."""
    found: dict[str, tuple[Any, Span]] = {
        "past": (_("已过期"), Span(None, day - timedelta(days=1)))
    }
    first = day
    for rung in sorted(rung for rung in rules.ladder(day) if rung):
        last = day + timedelta(days=rung)
        label = _("%(days)s天内") % {"days": rung}
        if first > day:
            label = _("%(from)s–%(days)s天") % {"from": (first - day).days, "days": rung}
        found[f"d{rung}"] = (label, Span(first, last))
        first = last + timedelta(days=1)
    return found


def span_of(plan: Plan, step: str) -> Span | None:
    """The days a step of a plan means, none for one it has not; "" is all of them."""
    if not plan.has_steps:
        return None if step else OPEN
    known = [span for _label, span in steps(clock.today()).values()]
    if not step:
        # Everything that has passed or will within the longest rung.
        return Span(None, max(span.last for span in known if span.last))
    return steps(clock.today()).get(step, (None, None))[1]


def _left(day: date | None, today: date) -> int | None:
    return (day - today).days if day else None


def _licence(row: Licence, today: date, said: Words) -> Line:
    kind = said.licence_kinds[row.kind]
    return Line(row.business, f"{kind} {row.number}", _("、").join(row.items), row.expires,
                _left(row.expires, today))  # fmt: skip


def _follow_up(row: Licence, today: date, said: Words) -> Line:
    what = f"{said.licence_kinds[row.kind]} {row.number}"
    return Line(row.business, what, "", row.follow_up_due, _left(row.follow_up_due, today))


def _certificate(row: Person, today: date, said: Words) -> Line:
    return Line(
        row.business, row.name, _duties(row), row.health_until, _left(row.health_until, today)
    )


def _training(row: Any, today: date, said: Words) -> Line:
    need = rules.training_hours(today)
    detail = _("已培训%(have)s学时，应满%(need)s学时") % {"have": row.had.normalize(), "need": need}
    ends = date(today.year, 12, 31)
    return Line(
        row.business,
        _("%(name)s（%(note)s）") % {"name": row.name, "note": _duties(row)},
        detail,
        ends,
        _left(ends, today),
    )


def _duties(row: Person) -> str:
    return _("、").join(str(DutyName(duty).label) for duty in row.duties)


def _inquiry(row: Inquiry, today: date, said: Words) -> Line:
    return Line(row.business, row.title, row.get_state_display(), row.due, _left(row.due, today))


def _business(row: Business, today: date, said: Words) -> Line:
    return Line(row, said.kinds[row.kind], row.get_legal_form_display(), None, None)


def _without(duty: str) -> Callable[[Scopes, Collection[str], Span], QuerySet[Business]]:
    """Who needs somebody in the duty by the rules of today, and has nobody."""

    def rows(scopes: Scopes, states: Collection[str], span: Span) -> QuerySet[Business]:
        return queries.without_duty(scopes, states, duty, needing(duty))

    return rows


def needing(duty: str, day: date | None = None) -> Sequence[Mapping[str, Any]]:
    """The businesses a duty falls on, as conditions a query takes."""
    norms = rules.norms(day or clock.today())
    firm = {"legal_form__in": list(norms.firm_forms)}
    if duty != Duty.DIRECTOR:
        return [{**firm, "kind__in": list(norms.officer_kinds)}]
    by_scale = [
        {**firm, "kind": kind, "scale__in": list(scales)}
        for kind, scales in norms.director_scales.items()
    ]
    by_diners = [
        {**firm, "serves": serves, "diners__gte": least}
        for serves, least in norms.director_diners.items()
    ]
    heads = {**firm, "kind__in": list(norms.head_office_kinds), "pk__in": queries.head_offices()}
    return [*by_scale, *by_diners, heads]


def _short(scopes: Scopes, states: Collection[str], span: Span) -> QuerySet[Person]:
    today = clock.today()
    return queries.short_of_training(
        scopes,
        states,
        today.year,
        rules.training_hours(today),
        rules.norms(today).firm_forms,
    )


def _dormant(scopes: Scopes, states: Collection[str], span: Span) -> QuerySet[Business]:
    return queries.dormant(scopes)


def _rests(row: Business, today: date, said: Words) -> Line:
    assert row.state_since is not None  # noqa: S101 the plan holds only those with a day
    until = rules.dormant_until(row.state_since)
    since = _("自%(day)s起歇业") % {"day": row.state_since}
    return Line(row, said.kinds[row.kind], since, until, _left(until, today))


def _inquiries(scopes: Scopes, states: Collection[str], span: Span) -> QuerySet[Inquiry]:
    return queries.inquiries(scopes, queries.UNSETTLED)


PLANS = {
    plan.key: plan
    for plan in (
        Plan(
            "licences",
            gettext_lazy("证件到期"),
            gettext_lazy("决定上仍有效、期限将到或已到的许可、登记。"),
            "licence.expiry_steps",
            "expires",
            queries.licences_ending,
            _licence,
        ),
        Plan(
            "health",
            gettext_lazy("健康证明到期"),
            gettext_lazy("在岗人员最新一份健康证明的期限。"),
            "duty.health_years",
            "health_until",
            queries.certificates_ending,
            _certificate,
            counts="people",
        ),
        Plan(
            "follow_up",
            gettext_lazy("承诺后核查"),
            gettext_lazy("告知承诺取得的证件，到期前应当现场核查。"),
            "licence.follow_up_days",
            "follow_up_due",
            queries.follow_ups,
            _follow_up,
        ),
        Plan(
            "director",
            gettext_lazy("缺食品安全总监"),
            gettext_lazy("按规模、用餐人数或连锁总部应当配备而没有登记的主体。"),
            "duty.director_required",
            "",
            _without(Duty.DIRECTOR),
            _business,
            counts="people",
            has_steps=False,
        ),
        Plan(
            "officer",
            gettext_lazy("缺食品安全员"),
            gettext_lazy("应当配备食品安全员而没有登记的企业。"),
            "duty.officer_kinds",
            "",
            _without(Duty.OFFICER),
            _business,
            counts="people",
            has_steps=False,
        ),
        Plan(
            "training",
            gettext_lazy("培训学时不足"),
            gettext_lazy("企业的主要负责人、食品安全总监和食品安全员本年培训学时未满的。"),
            "duty.training_hours",
            "",
            _short,
            _training,
            counts="people",
            has_steps=False,
        ),
        Plan(
            "dormant",
            gettext_lazy("歇业期限"),
            gettext_lazy("歇业有最长期限；届满前应当恢复经营或办理注销。"),
            "licence.dormant_years_max",
            "state_since",
            _dormant,
            _rests,
            has_steps=False,
        ),
        Plan(
            "inquiries",
            gettext_lazy("材料补正"),
            gettext_lazy("已向经营者发出、还没有办结的要求。"),
            "",
            "due",
            _inquiries,
            _inquiry,
            has_steps=False,
        ),
    )
}


def rows_of(plan: Plan, scopes: Scopes, span: Span) -> QuerySet[Any]:
    """The rows of a plan over the states the rulebook counts for it."""
    return plan.rows(scopes, rules.states_counted(plan.counts), span)


def lines(plan: Plan, rows: Iterable[Any], said: Words) -> list[Line]:
    today = clock.today()
    return [plan.line(row, today, said) for row in rows]
