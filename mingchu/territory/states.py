"""How a visit moves between its states, for readers and tests."""

from __future__ import annotations

from django.utils.translation import gettext_lazy as _

from mingchu.base.states import BEGINNING, Move, StateTable
from mingchu.territory.models import VisitState

OPEN, DONE, MISSED, ENDED = map(str, VisitState.values)

VISIT = StateTable(
    _("包保走访"),
    dict(VisitState.choices),
    (
        Move("territory.open_visits", (BEGINNING,), OPEN, "one a business and quarter"),
        Move("territory.finish", (OPEN,), DONE, "also when it is overdue; it then counts as late"),
        Move("territory.give_up_missed", (OPEN,), MISSED, "when it can be made up no more"),
        Move("territory.settle", (OPEN,), ENDED, "its business is not to be visited any more"),
        Move("territory.open_visits", (ENDED,), OPEN, "it is to be visited after all"),
    ),
)
