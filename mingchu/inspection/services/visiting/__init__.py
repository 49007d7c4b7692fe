"""Visiting 检查任务: planned, approved by another, notified, given to a pair; one or very many.

No inspection without approval; whoever is to be inspected is told, but for the unannounced.
"""

from mingchu.inspection.services.visiting.asking import (
    drop_draw,
    drop_task,
    plan_visit,
    plan_visits,
    visits_of_draw,
)
from mingchu.inspection.services.visiting.following import (
    follow_business,
    follow_merge,
    follow_unmerge,
)
from mingchu.inspection.services.visiting.moving import (
    approve_visits,
    assign_visits,
    begin,
    call_off,
    notify_visits,
    reassign,
    send_back_visit,
)

__all__ = [
    "approve_visits",
    "assign_visits",
    "begin",
    "call_off",
    "drop_draw",
    "drop_task",
    "follow_business",
    "follow_merge",
    "follow_unmerge",
    "notify_visits",
    "plan_visit",
    "plan_visits",
    "reassign",
    "send_back_visit",
    "visits_of_draw",
]
