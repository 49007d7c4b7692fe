"""What the worker does for risk: lists whose term is over every night, classes once a month."""

from __future__ import annotations

from procrastinate.contrib.django import app

from mingchu.base import clock
from mingchu.risk import services
from mingchu.risk.models import Occasion
from mingchu.risk.rules import is_yearly_day
from mingchu.risk.services.classing import reckon
from mingchu.risk.services.listing import end_terms


# Schedules are kept in UTC: twenty to three in the city's night.
@app.periodic(cron="40 18 * * *")
@app.task(queueing_lock="risk.lists", pass_context=False)
def lists(timestamp: int) -> None:
    """Whose term on a list is over leaves it."""
    end_terms()


# Ten to three in the city's night, whose day is not the one of UTC: the day is looked at inside.
@app.periodic(cron="50 18 * * *")
@app.task(queueing_lock="risk.classes", pass_context=False)
def classes(timestamp: int) -> None:
    """The credit class of every firm, on the first of a month."""
    if clock.today().day == 1:
        reckon()


# Ten past three in the city's night, after the lists.
@app.periodic(cron="10 19 * * *")
@app.task(queueing_lock="risk.grades", pass_context=False)
def grades(timestamp: int) -> None:
    """Once a year everybody is graded; in between whoever has new facts. Hygiene goes along."""
    if is_yearly_day(clock.today()):
        services.grade_city(occasion=Occasion.YEARLY)
    else:
        services.grade_touched()
    services.grade_hygiene()
