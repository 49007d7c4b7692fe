"""What the city's rules hang into the house: page, task of the reviewer, sign of health."""

from __future__ import annotations

from functools import partial

from django.urls import reverse
from django.utils.translation import gettext, pgettext_lazy
from django.utils.translation import gettext_lazy as _

from mingchu.base.slots import (
    NAVIGATION,
    SIGNS,
    TASKS,
    NavigationItem,
    Reading,
    Sign,
    Task,
)
from mingchu.kit.rules import queries, source


def hang() -> None:
    NAVIGATION.add(
        "kit.rules",
        NavigationItem(pgettext_lazy("menu", "本市规则"), "kit:rules", "rules.read", aside=True),
        order=760,
    )
    waiting = Task(
        _("规则待审定"),
        "rules.approve",
        lambda actor: queries.waiting(),
        partial(reverse, "kit:rules"),
    )
    TASKS.add("kit.rules", waiting, order=760)
    SIGNS.add("kit.rules", Sign(_("本市规则"), read), order=760)


def read() -> Reading:
    """Approved versions that the book as it is now cannot take up, as after an update."""
    rows = list(queries.approved())
    unfit = [f"{row.rule} {row.since}" for row in rows if source.is_unfit(row)]
    if not unfit:
        return Reading(gettext("已批准{count}个版本").format(count=len(rows)))
    return Reading(
        gettext("{count}个已批准的版本与规则库不合，没有生效").format(count=len(unfit)),
        "bad",
        gettext("请按新规则库的格式重新起草：{names}").format(names=gettext("、").join(unfit)),
    )
