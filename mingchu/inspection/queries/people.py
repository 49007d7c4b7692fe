"""The pool of inspectors: who holds a post and a certificate, what he is able to, where he may not
go."""

from __future__ import annotations

from collections import Counter, defaultdict
from collections.abc import Collection, Iterable, Sequence
from dataclasses import dataclass, field
from datetime import date

from django.db import connection
from django.db.models import Q

from mingchu.accounts.domain import Scope, ScopeKind
from mingchu.accounts.models import Post, User
from mingchu.accounts.queries import holders, scope_filter
from mingchu.base import clock
from mingchu.inspection import rules
from mingchu.inspection.models import BatchState, Expertise, Finding, Leave, Recusal, Task, Visit
from mingchu.registry.places import DISTRICTS
from mingchu.registry.queries import any_number

INSPECTOR = "inspector"
NO_CERTIFICATE = "certificate"
LAST_PAIRS = """
SELECT DISTINCT ON (t.business_id) t.business_id, t.lead_id, t.second_id
  FROM inspection_task t JOIN inspection_batch b ON b.id = t.batch_id
 WHERE t.business_id = ANY(%s::bigint[]) AND NOT t.replaced AND t.lead_id IS NOT NULL
   AND b.state <> 'void'
 ORDER BY t.business_id, t.id DESC
"""


@dataclass(frozen=True)
class Able:
    """Somebody of the pool on a day: `absent` is why he cannot go, "" if he can."""

    user: User
    districts: tuple[str, ...]
    kinds: tuple[str, ...]
    leads: bool
    load: int = 0
    absent: str = ""
    until: date | None = None
    away: Sequence[Leave] = field(default=())

    @property
    def is_in_pool(self) -> bool:
        return bool(self.kinds)


def inspectors(scopes: Iterable[Scope], day: date) -> list[Able]:
    """Everybody who holds the post of an inspector in the scopes, in the pool or not."""
    return _able(holders(INSPECTOR).filter(scope_filter(scopes)), day)


def pool(districts: Collection[str], day: date) -> list[Able]:
    """Who may be sent into some districts; of his districts those alone."""
    wanted = Q(scope_kind=ScopeKind.CITY) | Q(district__in=districts)
    found = _able(holders(INSPECTOR).filter(wanted), day)
    return [one for one in found if one.is_in_pool and set(one.districts) & set(districts)]


def able_at(district: str, kind: str, day: date) -> list[Able]:
    """Who may be sent to a kind of business in a district on a day."""
    return [
        one
        for one in pool([district], max(day, clock.today()))
        if not one.absent and kind in one.kinds
    ]


def able_for(visits: Sequence[Visit]) -> list[Able]:
    """Who may go to every one of them, on its day."""
    found: dict[int, Able] | None = None
    for district, kind, day in sorted({(v.district, v.business.kind, v.day) for v in visits}):
        fit = {one.user.pk: one for one in able_at(district, kind, day)}
        found = fit if found is None else {pk: found[pk] for pk in found if pk in fit}
    known = found or {}
    kept_away = {one.user_id for one in recusals(known, [v.business_id for v in visits])}
    for visit in visits:
        if visit.recheck_of is not None:
            kept_away |= who_found(visit.recheck_of, visit.rechecked.all())
    return [one for pk, one in known.items() if pk not in kept_away]


def who_found(of: Visit, findings: Iterable[Finding]) -> set[int]:
    """Who may not judge again what he found, where the rule asks for another pair."""
    other = any(rules.by_another_pair(one.way, clock.today()) for one in findings)
    return set(of.pair) if other else set()


def inspector(scopes: Iterable[Scope], user: int, day: date) -> Able | None:
    found = _able(holders(INSPECTOR).filter(scope_filter(scopes), user=user), day)
    return found[0] if found else None


def _able(posts: Iterable[Post], day: date) -> list[Able]:
    """A person once, with the districts of all his posts."""
    places: defaultdict[int, set[str]] = defaultdict(set)
    people: dict[int, User] = {}
    for post in posts:
        people[post.user_id] = post.user
        places[post.user_id] |= set(DISTRICTS) if not post.district else {post.district}
    known = {one.user_id: one for one in Expertise.objects.filter(user__in=people)}
    away, loads = _away(people, day), loads_of(people, day.year)
    return [
        Able(
            user=user,
            districts=tuple(sorted(places[pk])),
            kinds=tuple(sorted(known[pk].kinds)) if pk in known else (),
            leads=pk in known and known[pk].leads,
            load=loads[pk],
            absent=_absent(user, away[pk], day),
            until=user.certificate_until,
            away=away[pk],
        )
        for pk, user in people.items()
    ]


def _away(people: Collection[int], day: date) -> dict[int, list[Leave]]:
    found: dict[int, list[Leave]] = {pk: [] for pk in people}
    for one in Leave.objects.filter(user__in=people, last__gte=day).order_by("first", "pk"):
        found[one.user_id].append(one)
    return found


def _absent(user: User, away: Sequence[Leave], day: date) -> str:
    """Nobody without a certificate in force inspects; nobody who is away is sent."""
    until = user.certificate_until
    if not user.certificate_no or (until is not None and until < day):
        return NO_CERTIFICATE
    return next((one.why for one in away if one.first <= day <= one.last), "")


def loads_of(people: Collection[int], year: int) -> Counter[int]:
    """How many tasks of a year each has been given."""
    rows = Task.objects.filter(batch__month__year=year, replaced=False)
    rows = rows.exclude(batch__state=BatchState.VOID)
    counted: Counter[int] = Counter()
    for pair in rows.values_list("lead_id", "second_id"):
        counted.update(pk for pk in pair if pk is not None and pk in people)
    return counted


def recusals(people: Collection[int], businesses: Collection[int]) -> list[Recusal]:
    """Who may not go to whom at present."""
    rows = Recusal.objects.filter(ended__isnull=True, user__in=people)
    return list(rows.filter(business__in=any_number(businesses)).order_by("pk"))


def recusals_of(user: int) -> list[Recusal]:
    rows = Recusal.objects.select_related("business").filter(user=user, ended__isnull=True)
    return list(rows.order_by("-since", "-pk"))


def recusal(pk: int, user: int) -> Recusal | None:
    return Recusal.objects.filter(pk=pk, user=user, ended__isnull=True).first()


def leave(pk: int, user: int) -> Leave | None:
    return Leave.objects.filter(pk=pk, user=user).first()


def last_pairs(businesses: Collection[int]) -> list[tuple[int, int, int]]:
    """(business, lead, second) of the last draw that sent somebody there."""
    with connection.cursor() as db:
        db.execute(LAST_PAIRS, [list(businesses)])
        return list(db.fetchall())


def names(people: Collection[int | None]) -> dict[int, str]:
    wanted = [pk for pk in people if pk]
    return dict(User.objects.filter(pk__in=wanted).values_list("pk", "name"))


def certified(people: Collection[int | None]) -> dict[int, User]:
    """Officers by number, as papers name them with their certificates."""
    return User.objects.only("name", "certificate_no").in_bulk([pk for pk in people if pk])
