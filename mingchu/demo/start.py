"""What the command `demo` does before the house is up, when it is ready, and while it runs."""

from __future__ import annotations

from collections.abc import Iterator
from datetime import date
from typing import cast

from django.db import connections, transaction
from django.db.backends.postgresql.base import DatabaseWrapper
from django.db.models import Max

from mingchu.accounts.queries import holders
from mingchu.accounts.services import issue_link
from mingchu.base import clock
from mingchu.demo import driver
from mingchu.demo.accounts import with_page
from mingchu.demo.models import City, Phase
from mingchu.demo.plan import plan
from mingchu.ledger.models import Entry
from mingchu.ledger.services import acting


def prepare(
    *, seed: int, businesses: int, today: date, days: int | None, progress: driver.Progress
) -> City:
    """Everything that must be in before the pages answer; at once when it is there already."""
    is_new = driver.begun(seed=seed, businesses=businesses, today=today).phase == Phase.STANDING
    city = driver.load(seed=seed, businesses=businesses, today=today, days=days, progress=progress)
    if is_new:
        _tell_the_planner()
    wind(city)
    return city


def wind(city: City) -> None:
    """Sets the demo clock going: from the demo's hour, or from where the city has got to.

    Time never runs backwards over an act that is entered.
    """
    source = clock.source()
    if not isinstance(source, clock.DemoClock):
        return
    latest = Entry.objects.aggregate(latest=Max("city_time"))["latest"]
    known = [plan().moment(city.today), latest, source.kept()]
    source.set(max(moment for moment in known if moment))


def login_lines(url: str) -> Iterator[str]:
    """`login <role> <url>` for every role that has a page; each link works once, from here."""
    with transaction.atomic(), acting(driver.ACTOR):
        for role in with_page():
            post = holders(role.code).first()
            if post:
                ticket = issue_link(user=post.user)
                yield f"login {role.code} {url}login/{ticket.secret}"


def opened(url: str) -> list[str]:
    """The clock set going and the links made, when the pages answer."""
    city = City.objects.get()
    wind(city)
    return list(login_lines(url))


def is_complete() -> bool:
    return City.objects.filter(phase=Phase.COMPLETE).exists()


def of_this_home() -> City | None:
    return City.objects.first()


def let_go() -> None:
    """No connection and no thread of the pool: the supervisor forks."""
    database = cast(DatabaseWrapper, connections["default"])
    database.close()
    database.close_pool()


def _tell_the_planner() -> None:
    """Counts rows and marks pages as visible to all, as the server would some minutes later."""
    tables = ("registry_business", "registry_licence", "registry_person", "registry_premises")
    owner = connections["owner"]
    with owner.cursor() as db:
        db.execute(f"VACUUM (ANALYZE) {', '.join((*tables, 'ledger_entry'))}")
    owner.close()
