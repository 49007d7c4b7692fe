"""What comes after a record: findings by filters, what is due to be public, what a business and
what everybody sees."""

from __future__ import annotations

from collections.abc import Collection, Iterable, Sequence
from dataclasses import dataclass, fields
from datetime import date, datetime
from typing import Any, NamedTuple

from django.db.models import Case, Count, Exists, Min, OuterRef, Q, QuerySet, Value, When

from mingchu.accounts.domain import Actor, Place, Scope, may
from mingchu.base import clock
from mingchu.inspection.domain.outcome import DATED, Way
from mingchu.inspection.models import (
    Conflict,
    Finding,
    FindingState,
    Record,
    RecordState,
    Reply,
    Visit,
    VisitState,
    VisitType,
)
from mingchu.ledger.keyset import behind
from mingchu.ledger.rows import Question, Rows, ask
from mingchu.registry.queries import within

APPROVE = "inspection.approve"
UNMENDED = (FindingState.OPEN, FindingState.ANSWERED)
COUNTED = RecordState.ACCEPTED
PANEL_SHOWN = 6
VISITS_READ = 12  # of the newest visits, some of which the reader may not know of
# What a list shows of a record; all that a phone sent stays where it is.
WITHOUT = ("business__search_text", "record__body")


@dataclass(frozen=True, kw_only=True)
class Wanted:
    """What a list of findings is asked for; empty means all. It stands in the page's address.

    `show` is `waiting` (the first answer), `overdue`, `soon`, `answered`, `unplanned` (to be
    looked at again, and nobody goes yet), `settled`, `late` (settled after its day), `all`, or a
    state. `since` and `until` are days of the record.
    """

    show: str = "waiting"
    district: str = ""
    kind: str = ""
    item: str = ""
    way: str = ""
    type: str = ""
    record: int | None = None
    since: date | None = None
    until: date | None = None

    def query(self) -> dict[str, str]:
        said = {one.name: getattr(self, one.name) for one in fields(self)}
        return {
            name: str(value)
            for name, value in said.items()
            if value not in ("", None) and (name, value) != ("show", "waiting")
        }


def findings(scopes: Iterable[Scope], wanted: Wanted, *, soon: date) -> QuerySet[Finding]:
    """The first to be due first; `soon` is the last day that is about to come."""
    rows = Finding.objects.select_related("record__visit", "business").defer(*WITHOUT)
    rows = within(rows, scopes, "business__").filter(_shown(wanted.show, soon))
    for name, path in (
        ("district", "district"),
        ("kind", "business__kind"),
        ("item", "item"),
        ("way", "way"),
        ("type", "record__visit__type"),
        ("record", "record"),
        ("since", "record__day__gte"),
        ("until", "record__day__lte"),
    ):
        if value := getattr(wanted, name):
            rows = rows.filter(**{path: value})
    return rows.order_by("due", "pk")


def _shown(show: str, soon: date) -> Q:
    today = clock.today()
    asked = {
        "waiting": Q(state__in=UNMENDED),
        "overdue": Q(state=FindingState.OPEN, due__lt=today),
        "soon": Q(state=FindingState.OPEN, due__range=(today, soon)),
        "unplanned": Q(state__in=UNMENDED, way=Way.ORDER, recheck=None),
        "settled": Q(way__in=DATED, settled_at__isnull=False),
        "all": Q(),
    }
    if show in asked:
        return asked[show]
    return Q(state=show if show in FindingState.values else FindingState.OPEN)


def finding(scopes: Iterable[Scope], pk: int) -> Finding | None:
    rows = Finding.objects.select_related("record__visit", "business", "recheck")
    return within(rows.defer(*WITHOUT), scopes, "business__").filter(pk=pk).first()


def findings_at(scopes: Iterable[Scope], numbers: Collection[int]) -> list[Finding]:
    rows = Finding.objects.filter(pk__in=numbers).select_related("record").order_by("pk")
    return list(within(rows.defer("record__body"), scopes, "business__"))


def visits_in(scopes: Iterable[Scope], numbers: Collection[int]) -> list[Visit]:
    """Visits by number, but for those that nobody is to hear of yet."""
    rows = Visit.objects.filter(pk__in=numbers)
    rows = rows.exclude(type=VisitType.UNANNOUNCED, started_at=None)
    return list(within(rows, scopes, "business__"))


def replies(scopes: Iterable[Scope], show: str) -> QuerySet[Reply]:
    """Those that wait (the first answer) or all, the oldest that waits first."""
    rows = Reply.objects.select_related("record__visit", "record__business")
    rows = rows.defer("record__body", "record__business__search_text")
    rows = within(rows, scopes, "record__business__")
    if show != "all":
        return rows.filter(answered_at=None).order_by("at", "pk")
    return rows.order_by("-at", "-pk")


def disputed(rows: QuerySet[Record]) -> QuerySet[Record]:
    """Each says as `upheld` whether an objection to it was upheld."""
    return rows.annotate(upheld=Exists(Reply.objects.filter(record=OuterRef("pk"), upheld=True)))


def to_publish(scopes: Iterable[Scope], show: str, soon: date) -> QuerySet[Record]:
    """What is not public yet, the first to be due first: `all` (the first answer), `soon`,
    `disputed`."""
    rows = Record.objects.filter(state=COUNTED, released_at=None)
    rows = disputed(rows.select_related("visit", "business").defer("body", WITHOUT[0]))
    rows = rows.annotate(
        waits=Exists(
            Reply.objects.filter(record=OuterRef("pk"), kind="objection", answered_at=None)
        )
    )
    if show == "soon":
        rows = rows.filter(publish_by__lte=soon)
    if show == "disputed":
        rows = rows.filter(replies__upheld=True).distinct()
    return within(rows, scopes, "business__").order_by("publish_by", "pk")


def records_at(scopes: Iterable[Scope], numbers: Collection[int]) -> list[Record]:
    rows = Record.objects.filter(pk__in=numbers, state=COUNTED).defer("body").order_by("pk")
    return list(within(rows, scopes, "business__"))


# ── What a business sees of itself ──


def own_records(business: int) -> QuerySet[Record]:
    """Records that count, the newest first, each with how much of it is to be mended."""
    rows = Record.objects.filter(business=business, state=COUNTED).select_related("visit")
    waiting = Count("findings", filter=Q(findings__state=FindingState.OPEN))
    return rows.defer("body").annotate(waiting=waiting).order_by("-day", "-pk")


def own_record(scopes: Iterable[Scope], pk: int) -> Record | None:
    rows = Record.objects.select_related("visit__recheck_of", "business").filter(state=COUNTED)
    return within(rows, scopes, "business__").filter(pk=pk).first()


def own_findings(business: int) -> list[Finding]:
    """What is to be mended, what has to be done first at the head."""
    rows = Finding.objects.filter(business=business, state__in=UNMENDED)
    first = Case(When(state=FindingState.OPEN, then=Value(0)), default=Value(1))
    rows = rows.select_related("record__visit").defer("record__body")
    return list(rows.order_by(first, "due", "pk"))


def own_visits(business: int) -> list[Visit]:
    """Visits that it was told of. One that is unannounced never gets a notice."""
    rows = Visit.objects.filter(business=business, state=VisitState.NOTIFIED)
    return list(rows.exclude(type=VisitType.UNANNOUNCED).order_by("day", "pk"))


def own_visit(scopes: Iterable[Scope], pk: int) -> Visit | None:
    """One that it was told of, as long as the paper is of use: until long after it was made."""
    rows = Visit.objects.filter(notified_at__isnull=False).exclude(type=VisitType.UNANNOUNCED)
    rows = rows.exclude(state=VisitState.VOID).select_related("business")
    return within(rows, scopes, "business__").filter(pk=pk).first()


def own_visit_made(scopes: Iterable[Scope], pk: int) -> Visit | None:
    """One that was made, told of before or not: its record counts."""
    rows = Visit.objects.filter(records__state=COUNTED).select_related("business")
    return within(rows, scopes, "business__").filter(pk=pk).first()


# ── The panel on the file of a business, asked in its round ──

_RECORD = (
    "visit_id", "business_id", "day", "outcome", "word", "results", "released_at", "publish_by",
)  # fmt: skip
_VISIT = (
    "business_id", "district", "station", "type", "state", "day", "due", "lead_id", "second_id",
    "planned_by", "planned_at", "started_at", "returned_why",
)  # fmt: skip
_FINDING = ("record_id", "business_id", "item", "is_key", "way", "due", "state", "district")
_last = Rows(
    Record,
    "WHERE business_id = %s AND state = 'accepted' ORDER BY day DESC, id DESC LIMIT 1",
    _RECORD,
)
_newest = Rows(Visit, "WHERE business_id = %s ORDER BY day DESC, id DESC LIMIT %s", _VISIT)
_OFFICERS = """
SELECT id, name FROM accounts_user WHERE id IN (
    SELECT unnest(ARRAY[v.lead_id, v.second_id])
      FROM (SELECT lead_id, second_id FROM inspection_visit
             WHERE business_id = %s ORDER BY day DESC, id DESC LIMIT %s) v)
"""
_open = Rows(
    Finding,
    """WHERE inspection_finding.business_id = %s
         AND inspection_finding.state IN ('open', 'answered')
       ORDER BY inspection_finding.due, inspection_finding.id LIMIT %s""",
    _FINDING,
    related={"record": ("sheet_id", "day")},
)


class OfFile(NamedTuple):
    """What the file of a business shows of what inspections found."""

    last: Record | None
    findings: Sequence[Finding]


def panel_asked(number: int) -> tuple[Question, ...]:
    return _last.asked(number), _open.asked(number, PANEL_SHOWN + 1)


def of_file(number: int) -> OfFile:
    return OfFile(next(iter(_last(number)), None), _open(number, PANEL_SHOWN + 1))


def visits_asked(number: int) -> tuple[Question, ...]:
    return _newest.asked(number, VISITS_READ), Question(_OFFICERS, (number, VISITS_READ))


def visits_of_file(number: int, actor: Actor) -> tuple[list[Visit], dict[int, str]]:
    """The newest visits of a business, and the names of who makes them. Of visits nobody is to
    hear of only those that the reader knows of anyway."""
    visits, officers = visits_asked(number)
    rows = [_newest.made(row) for row in ask(visits)]
    known = [one for one in rows if _knows(actor, one)]
    return known[:PANEL_SHOWN], dict(ask(officers))


def _knows(actor: Actor, one: Visit) -> bool:
    if not one.is_hidden or actor.user_id in (one.lead_id, one.second_id, one.planned_by):
        return True
    return may(actor, APPROVE, Place(district=one.district, station=one.station))


# ── What everybody sees ──


class Released(NamedTuple):
    """A result that is public: no people, nothing in anybody's own words but a correction."""

    department: str
    pk: int
    business: int
    day: date
    released: datetime
    outcome: str
    word: str
    results: Sequence[str]
    full_list: bool
    sheet: str
    type: str
    matter: str
    found: Sequence[Sequence[Any]]
    correction: str


_TOLD = """
       v.department, r.id, r.business_id, r.day, r.released_at, r.outcome, r.word, r.results,
       r.full_list, r.sheet_id, v.type, v.matter,
       coalesce((SELECT json_agg(json_build_array(f.item, f.is_key, f.state, f.way) ORDER BY f.id)
                   FROM inspection_finding f WHERE f.record_id = r.id), '[]'::json),
       coalesce((SELECT max(p.answer) FROM inspection_reply p
                  WHERE p.record_id = r.id AND p.upheld), '')
  FROM inspection_record r JOIN inspection_visit v ON v.id = r.visit_id
"""
_OF_ONE = f"""
SELECT DISTINCT ON (v.department) {_TOLD}
 WHERE r.business_id = %s AND r.state = 'accepted' AND r.released_at IS NOT NULL
 ORDER BY v.department, r.day DESC, r.id DESC
"""
_BY_NUMBER = f"""
SELECT {_TOLD} WHERE r.id = ANY(%s::bigint[]) AND r.released_at IS NOT NULL
"""


def newest_released(business: int) -> list[Released]:
    """The newest public result of each department."""
    return [Released(*row) for row in ask(Question(_OF_ONE, (business,)))]


def released(
    matter: str, place: tuple[datetime, int] | None, limit: int
) -> tuple[list[Released], bool]:
    """Public results, those that were released last first, behind (moment, number); and whether
    there are more."""
    rows = Record.objects.filter(state=COUNTED, released_at__isnull=False)
    if matter:
        rows = rows.filter(visit__matter=matter)
    rows = rows.only("released_at").order_by("-released_at", "-pk")
    more = limit + 1
    found = behind(rows, "-released_at", place, more) if place else list(rows[:more])
    shown = [one.pk for one in found[:limit]]
    told = {row[1]: Released(*row) for row in ask(Question(_BY_NUMBER, (shown,)))}
    return [told[pk] for pk in shown], len(found) > limit


# ── Counts of other pages ──


def overdue_by_district() -> dict[str, int]:
    rows = Finding.objects.filter(state=FindingState.OPEN, due__lt=clock.today()).order_by()
    return dict(rows.values_list("district").annotate(n=Count("pk")))


def counted_since(day: date) -> int:
    return Record.objects.filter(state=COUNTED, day__gte=day, day__lte=clock.today()).count()


# ── Whom to tell ──


def visits_at(numbers: Collection[int]) -> dict[int, Visit]:
    return Visit.objects.in_bulk(list(numbers))


def records_told(numbers: Collection[int]) -> dict[int, Record]:
    """Each with how much is to be mended (`to_mend`) and by when at first (`first_due`), and
    whether a doubt about it still waits (`in_doubt`)."""
    rows = Record.objects.select_related("visit").defer("body").filter(pk__in=list(numbers))
    waiting = Q(findings__state=FindingState.OPEN)
    doubts = Conflict.objects.filter(record=OuterRef("pk"), decision="")
    rows = rows.annotate(
        to_mend=Count("findings", filter=waiting),
        first_due=Min("findings__due", filter=waiting),
        in_doubt=Exists(doubts),
    )
    return {one.pk: one for one in rows}


def due_soon(until: date) -> list[Finding]:
    """What has to be mended in the coming days, and nobody has shown it."""
    rows = Finding.objects.filter(state=FindingState.OPEN, due__range=(clock.today(), until))
    return list(rows.order_by("business_id", "due", "pk"))
