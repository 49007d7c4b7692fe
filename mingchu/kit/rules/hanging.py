"""What the city's rules hang into the house: their page, and what waits for a reviewer."""

from __future__ import annotations

from django.urls import reverse
from django.utils.translation import gettext_lazy as _

from mingchu.accounts.domain import Actor
from mingchu.base.slots import NAVIGATION, TASKS, FigureValue, NavigationItem, Task
from mingchu.kit.rules import queries


def hang() -> None:
    NAVIGATION.add("kit.rules", NavigationItem(_("本市规则"), "kit:rules", "rules.read"), order=760)
    TASKS.add("kit.rules", Task(_("规则待审定"), "rules.approve", _waiting), order=760)


def _waiting(actor: Actor) -> FigureValue:
    return FigureValue(queries.waiting(), rows=reverse("kit:rules"))
