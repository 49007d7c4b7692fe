"""The list of alerts, one alert, silences, warnings, what was laid aside; each inside a scope."""

from __future__ import annotations

from collections.abc import Callable, Collection, Iterable, Mapping, Sequence
from dataclasses import dataclass, fields, replace
from datetime import datetime, timedelta
from functools import partial
from typing import Any, TypeVar

from django.core.exceptions import EmptyResultSet
from django.db.models import Count, Model, Q, QuerySet

from mingchu.accounts.domain import Place, Scope, ScopeKind, covers
from mingchu.alerts.models import OPEN, Alert, EarlyWarning, Silence
from mingchu.base import clock, paging
from mingchu.base.remembered import Remembered
from mingchu.ledger import composing
from mingchu.ledger import queries as ledger
from mingchu.ledger.composing import Composed, composed, together
from mingchu.ledger.keyset import behind
from mingchu.ledger.models import Entry
from mingchu.ledger.rows import Joined, Question, Rows, ask, foreseen
from mingchu.registry import domain as registry
from mingchu.registry.queries import COUNTED
from mingchu.signals.models import Noticed

PAGE = 50
SORTS = {"due": "due_at", "new": "id"}
HELD = {
    "covered": Q(covered_by__isnull=False),
    "silenced": Q(silence__isnull=False),
    "free": Q(covered_by__isnull=True, silence__isnull=True),
}
EQUAL = ("kind", "district", "station")
# What a row shows: labels and texts of the rest are read where one alert is.
SHOWN = (
    *("kind", "subject", "severity", "district", "station", "due_at", "count", "opened_at"),
    *("ended_at", "end", "covered_by_id", "silence_id", "order_id", "key", "business_id"),
)
LISTED = Joined(Alert, SHOWN, related={"business": ("name",)})
COMPOSED = Remembered[tuple[Composed, Composed]](seconds=3600)
NOBODY = 0  # these questions ask nothing of who asks
# Questions whose answer is too many to count; asked of every page of a walk.
COMMON = Remembered[bool](seconds=60)
LIFTED_SHOWN = timedelta(days=30)
Row = TypeVar("Row", bound=Model)
Read = Callable[[QuerySet[Alert]], list[Alert]]


def within(rows: QuerySet[Row], scopes: Iterable[Scope]) -> QuerySet[Row]:
    """Only rows inside the scopes; what lies nowhere is the city's alone."""
    wanted = Q(pk__in=[])
    for scope in scopes:
        if scope.kind is ScopeKind.CITY:
            return rows
        if scope.kind is ScopeKind.DISTRICT:
            wanted |= Q(district=scope.code)
        elif scope.kind is ScopeKind.STATION:
            # A station lies in its district: by that the index is found.
            wanted |= Q(district=scope.code[:6], station=scope.code)
        elif scope.kind is ScopeKind.BUSINESS:
            wanted |= Q(business_id=registry.number_of(scope.code))
    return rows.filter(wanted)


@dataclass(frozen=True, kw_only=True)
class Wanted:
    """What a list is asked for; empty means all. `state` is open, ended or all; `held` is covered,
    silenced or free; `late` those whose deadline has passed; `business` a public id."""

    kind: str = ""
    severity: str = ""
    district: str = ""
    station: str = ""
    state: str = "open"
    held: str = ""
    late: str = ""
    business: str = ""
    sort: str = "due"

    @property
    def order(self) -> str:
        """What has ended has no deadline to go by."""
        return SORTS[self.sort] if self.state == "open" and self.sort in SORTS else "id"

    def query(self) -> dict[str, str]:
        """As the address says it, without what is not asked."""
        said = {one.name: getattr(self, one.name) for one in fields(self)}
        usual = {"state": "open", "sort": "due"}
        return {name: word for name, word in said.items() if word and usual.get(name) != word}


@dataclass(frozen=True)
class Page:
    rows: Sequence[Alert]
    next: str
    count: int


def filtered(scopes: Iterable[Scope], wanted: Wanted) -> QuerySet[Alert]:
    """The alerts a list means, in no order yet."""
    rows = within(Alert.objects.all(), scopes)
    if wanted.state == "open":
        rows = rows.filter(OPEN)
    elif wanted.state == "ended":
        rows = rows.exclude(OPEN)
    asked = {name: word for name in EQUAL if (word := getattr(wanted, name))}
    if wanted.severity in ("1", "2", "3"):
        asked["severity"] = wanted.severity
    if wanted.business:
        asked["business_id"] = str(registry.number_of(wanted.business))
    if wanted.late:
        rows = rows.filter(due_at__lt=clock.now())
    return rows.filter(HELD.get(wanted.held, Q()), **asked)


def matching(scopes: Iterable[Scope], wanted: Wanted) -> QuerySet[Alert]:
    """All of a list in its order: the most urgent first, or the newest; with their businesses."""
    return _ordered(filtered(scopes, wanted), wanted).select_related("business")


def _ordered(rows: QuerySet[Alert], wanted: Wanted) -> QuerySet[Alert]:
    return rows.order_by("due_at", "id") if wanted.order == "due_at" else rows.order_by("-id")


def page(
    scopes: Iterable[Scope],
    wanted: Wanted,
    *,
    cursor: str = "",
    limit: int = PAGE,
    whole: bool = False,
) -> Page:
    """One page, and how many there are up to COUNTED + 1: what a page's row shows, or the whole of
    each alert without its business."""
    scopes = tuple(scopes)
    known = (frozenset(scopes), wanted, limit, clock.today())
    try:
        first, counted = COMPOSED.get(known, lambda: _composed(scopes, wanted, limit + 1))
    except EmptyResultSet:  # a reader without scopes, whom Django asks nothing for
        return Page([], "", 0)
    many = (frozenset(scopes), replace(wanted, sort="due"))
    counting = together([counted], NOBODY)
    with foreseen(() if COMMON.has(many) else (counting,)):
        if cursor or whole:
            rows = _ordered(filtered(scopes, wanted), wanted)
            found = _after(rows, wanted.order, cursor, limit + 1, list if whole else LISTED.read)
        else:
            found = [LISTED.made(row) for row in ask(first.asked(NOBODY))]
        n = COUNTED + 1 if COMMON.has(many) else ask(counting)[0][0]
    if n > COUNTED:
        COMMON.keep(many, True)
    following = _cursor(found[limit - 1], wanted.order) if len(found) > limit else ""
    return Page(found[:limit], following, n)


def _composed(scopes: tuple[Scope, ...], wanted: Wanted, limit: int) -> tuple[Composed, Composed]:
    """The first page, and how many there are: most lists are asked for again within the hour."""
    rows = partial(filtered, scopes, wanted)
    return (
        composed(lambda: _ordered(rows(), wanted).values_list(*LISTED.paths)[:limit]),
        composing.counted(rows, COUNTED + 1),
    )


def count(rows: QuerySet[Any]) -> int:
    """At most COUNTED + 1: nobody reads on whether it were 41,281."""
    return rows.order_by().values("pk")[: COUNTED + 1].count()


def _cursor(last: Alert, order: str) -> str:
    if order == "id":
        return paging.cursor(last.pk)
    return paging.cursor(last.due_at.isoformat() if last.due_at else "", last.pk)


def _after(rows: QuerySet[Alert], order: str, cursor: str, limit: int, read: Read) -> list[Alert]:
    if not cursor:
        return read(rows[:limit])
    said = paging.place(cursor)
    if len(said) != (1 if order == "id" else 2) or not isinstance(said[-1], int):
        paging.place("!")
    if order == "id":
        return read(rows.filter(pk__lt=said[0])[:limit])
    return behind(rows, order, (_moment(str(said[0])), said[1]), limit, read)


def _moment(text: str) -> datetime:
    try:
        return datetime.fromisoformat(text)
    except ValueError:
        paging.place("!")
        raise


def alert(scopes: Iterable[Scope], pk: int) -> Alert | None:
    """One alert with what it hangs together with."""
    rows = Alert.objects.select_related("business", "covered_by", "silence", "order")
    return within(rows.defer("business__search_text"), scopes).filter(pk=pk).first()


def entries_of(one: Alert) -> list[Entry]:
    """Its entries in the ledger, in their order: how it opened and what it met."""
    ids = [*([one.entry] if one.entry else []), *one.later]
    found = ledger.entries_by_id(ids)
    return [found[pk] for pk in ids if pk in found]


def covered_by(one: Alert, limit: int) -> list[Alert]:
    """Open alerts that it speaks for, the oldest first."""
    return list(Alert.objects.filter(OPEN, covered_by=one.pk).order_by("pk")[:limit])


def open_of(scopes: Iterable[Scope], business: int, limit: int) -> list[Alert]:
    """What is open about a business, the gravest first."""
    return [one for one in _open_of(business, limit) if any(_lies_in(one, at) for at in scopes)]


def open_of_asked(business: int, limit: int) -> Question:
    return _open_of.asked(business, limit)


def _lies_in(one: Alert, scope: Scope) -> bool:
    place = Place(
        district=one.district,
        station=one.station,
        business=one.business.public_id if one.business else "",
    )
    return covers(scope, place)


_open_of = Rows(
    Alert,
    """WHERE business_id = %s AND ended_at IS NULL
       ORDER BY alerts_alert.severity, due_at, alerts_alert.id LIMIT %s""",
    SHOWN,
    related={"business": ("name",)},
)


def open_count(scopes: Iterable[Scope], business: int) -> int:
    return count(within(Alert.objects.filter(OPEN, business=business), scopes))


def counted_by_district() -> Mapping[str, int]:
    rows = Alert.objects.filter(OPEN).exclude(district="").order_by()
    return dict(rows.values_list("district").annotate(n=Count("pk")))


def silences(scopes: Iterable[Scope]) -> list[Silence]:
    """Those in force, the first to end first, then what ended within the month."""
    now = clock.now()
    rows = within(Silence.objects.filter(until__gt=now - LIFTED_SHOWN), scopes)
    found = rows.annotate(held=Count("alerts", filter=Q(alerts__ended_at__isnull=True)))
    return sorted(found, key=lambda one: (not in_force(one), one.until, one.pk))


def in_force(one: Silence) -> bool:
    return one.lifted_at is None and one.until > clock.now()


def silence(scopes: Iterable[Scope], pk: int) -> Silence | None:
    return within(Silence.objects.all(), scopes).filter(pk=pk).first()


def aside(scopes: Iterable[Scope]) -> QuerySet[Noticed]:
    """Signals that could not be folded, the newest first."""
    return within(Noticed.objects.exclude(fault=""), scopes).order_by("-pk")


def aside_everywhere() -> int:
    return count(Noticed.objects.exclude(fault=""))


def open_everywhere() -> int:
    return Alert.objects.filter(OPEN).count()


def waiting_since() -> datetime | None:
    """When the signal came that waits longest to be folded."""
    rows = Noticed.objects.filter(fault="").order_by("pk")
    return rows.values_list("received", flat=True).first()


def warnings(scopes: Iterable[Scope]) -> QuerySet[EarlyWarning]:
    """Early warnings, the newest first."""
    return _in_districts(EarlyWarning.objects.all(), scopes).order_by("-day", "district", "kind")


def _in_districts(rows: QuerySet[EarlyWarning], scopes: Iterable[Scope]) -> QuerySet[EarlyWarning]:
    """A station sees its district's: one station's numbers are too few to stand out."""
    scopes = tuple(scopes)
    if any(scope.kind is ScopeKind.CITY for scope in scopes):
        return rows
    wide = (ScopeKind.DISTRICT, ScopeKind.STATION)
    return rows.filter(district__in={scope.code[:6] for scope in scopes if scope.kind in wide})


def warning(scopes: Iterable[Scope], pk: int) -> EarlyWarning | None:
    return warnings(scopes).filter(pk=pk).first()


def alert_of_warning(one: EarlyWarning) -> Alert | None:
    """The alert it opened."""
    subject = f"series:{one.district}:{one.kind}"[:60]
    found = Alert.objects.filter(kind="early_warning", subject=subject, key=one.day.isoformat())
    return found.order_by("pk").first()


def outside(scopes: Iterable[Scope], fingerprints: Collection[bytes]) -> set[bytes]:
    """Fingerprints of open alerts that lie out of the scopes: not the caller's to speak of."""
    rows = Alert.objects.filter(OPEN, fingerprint__in=list(fingerprints))
    mine = within(rows, scopes).values_list("pk", flat=True)
    return {bytes(one) for one in rows.exclude(pk__in=mine).values_list("fingerprint", flat=True)}
