"""What inspection hangs into the pages of others: rooms, tasks, sentences, names of those drawn."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

from django.db.models import QuerySet
from django.urls import reverse
from django.utils.translation import gettext, pgettext_lazy
from django.utils.translation import gettext_lazy as _

from mingchu.accounts.domain import Actor
from mingchu.base import clock
from mingchu.base.slots import (
    NAVIGATION,
    SENTENCES,
    TASKS,
    NavigationItem,
    Sentence,
    Task,
)
from mingchu.base.states import STATES
from mingchu.inspection import after_hanging, attached, opened, states, visits_hanging
from mingchu.inspection.models import Batch, Plan, PlanState
from mingchu.inspection.models.people import Ground
from mingchu.inspection.queries import plans as queries
from mingchu.inspection.services import calling
from mingchu.signals.feeders import feeds


def hang() -> None:
    """Called once, when the app is ready."""
    NAVIGATION.add(
        "inspection.visits",
        NavigationItem(pgettext_lazy("menu", "监督检查"), "inspection:visits", "inspection.read"),
        order=210,
    )
    visits_hanging.hang()
    waiting = Task(_("待批准的抽查计划"), "inspection.approve", _waiting, _plans)
    TASKS.add("inspection.approve", waiting)
    TASKS.add("inspection.due", Task(_("到期未抽取的批次"), "inspection.weigh", _due, _plans))
    STATES.add("inspection.Plan", states.PLAN)
    STATES.add("inspection.Batch", states.BATCH)
    opened.hang()
    attached.hang()
    after_hanging.hang()
    feeds("inspection", calling.CASE, calling.ABSENT, calling.OVERDUE)
    for sentence in SAID:
        SENTENCES.add(sentence.kind, sentence)


def _plans() -> str:
    return reverse("inspection:plans")


def _waiting(actor: Actor) -> QuerySet[Plan]:
    scopes = actor.scopes_for("inspection.approve")
    return Plan.objects.filter(queries.runs(scopes), state=PlanState.SUBMITTED)


def _due(actor: Actor) -> QuerySet[Batch]:
    return queries.due_batches(actor.scopes_for("inspection.weigh"), clock.today().replace(day=1))


def _recused(data: Mapping[str, Any]) -> str:
    return gettext("一名检查人员回避本户：%(ground)s") % {"ground": Ground(data["ground"]).label}


SAID = (
    Sentence("inspection.inspector_recused", _recused),
    Sentence("inspection.recusal_ended", lambda data: gettext("解除一名检查人员对本户的回避")),
)
