"""Messages of the played days: who is on duty at night and on days off, who reads what when, and a
receiver that is away, so that the pages show what that looks like.

Nothing of it leaves the machine: people of the demo have no mail address, and the receiver is a
port of this machine at which nobody listens.
"""

from __future__ import annotations

from collections.abc import Iterator
from datetime import date, datetime, timedelta
from functools import partial
from uuid import UUID

from mingchu.accounts.domain import CITY, Scope, ScopeKind
from mingchu.accounts.models import User
from mingchu.base.stage import Stage
from mingchu.demo.agenda import Act, Cast, as_, is_office_day, moment
from mingchu.kit.messages import duties, reading, receiving
from mingchu.kit.models import InboxItem, Pace, ReceiverForm, Severity

MONDAY, WEEK, BEYOND_WEEKS = 0, 7, 2
# Whose rosters are kept: (district or "" for the city, the roles that take turns).
ROSTERS = (
    ("", ("city", "inspector", "case_officer")),
    ("150105", ("district", "inspector")),
)
NIGHT = ((17, 30), (8, 30))
AWAY = "http://127.0.0.1:9/mingchu"
AWAY_NAME, AWAY_DISTRICT, AWAY_SINCE = "赛罕区指挥大屏（演示：已停机）", "150105", 45
READERS = 4  # one of so many reads his inbox on Fridays only
FRIDAY, A_DAY = 4, timedelta(days=1)


def agenda(stage: Stage, day: date, cast: Cast) -> Iterator[Act]:
    """The roster of a week on its Monday, of the next ones with the last; inboxes in the morning
    of an office day."""
    number = stage.number(day)
    if number == 0:
        yield Act(moment(day, 7), partial(_begin, cast))
    if number == 0 or day.weekday() == MONDAY:
        yield Act(moment(day, 7, 10), partial(_roster, day, cast))
    if number == stage.days - 1:
        for weeks in range(1, 1 + BEYOND_WEEKS):
            yield Act(moment(day, 7, 20), partial(_roster, _monday(day) + weeks * _week(), cast))
    if number == AWAY_SINCE:
        yield Act(moment(day, 9), partial(_add_receiver, cast))
    if is_office_day(day):
        yield Act(moment(day, 8, 40), partial(_read, day))


def _week() -> timedelta:
    return timedelta(days=WEEK)


def _monday(day: date) -> date:
    return day - timedelta(days=day.weekday())


def _begin(cast: Cast) -> None:
    """The city's desk wants what is not grave in one message a day."""
    if user := cast.user("city"):
        reading.set_reach(user=user, pace=Pace.DIGEST)


def _add_receiver(cast: Cast) -> None:
    """A screen of a district that was switched off: what it should hear waits for it."""
    desk = cast.at("admin")
    if desk:
        with as_(desk):
            receiving.add_receiver(
                name=AWAY_NAME,
                form=ReceiverForm.WEBHOOK,
                address=AWAY,
                district=AWAY_DISTRICT,
                mildest=Severity.PRESSING,
            )


# Duty


def _roster(first: date, cast: Cast) -> None:
    """From a day to the Sunday after it: every night, and the days off, by turns."""
    for code, roles in ROSTERS:
        people = [user for role in roles if (user := cast.user(role, code))]
        if people:
            _fill(first, Scope(ScopeKind.DISTRICT, code) if code else CITY, people)


def _fill(first: date, scope: Scope, people: list[User]) -> None:
    for n in range(WEEK - first.weekday()):
        day = first + timedelta(days=n)
        user = people[day.toordinal() % len(people)]
        for begins, ends in _spans(day):
            duties.set_duty(user=user, scope=scope, begins=begins, ends=ends)


def _spans(day: date) -> Iterator[tuple[datetime, datetime]]:
    evening, morning = NIGHT
    if not is_office_day(day):
        yield moment(day, *morning), moment(day, *evening)
    yield moment(day, *evening), moment(day + timedelta(days=1), *morning)


# Inboxes


def _read(day: date) -> None:
    """Most people read in the morning what came before yesterday, some on Fridays."""
    old = InboxItem.objects.filter(read_at=None, message__at__lt=moment(day - A_DAY, 8, 40))
    unread: dict[int, list[UUID]] = {}
    for user, key in old.values_list("user_id", "pk"):
        unread.setdefault(user, []).append(key)
    for user, keys in unread.items():
        if user % READERS or day.weekday() == FRIDAY:
            reading.mark_read(user=user, only=keys)
