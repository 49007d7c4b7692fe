"""What inspection keeps."""

from mingchu.inspection.models.people import Expertise, Leave, Recusal
from mingchu.inspection.models.plans import Batch, BatchState, Plan, PlanChange, PlanState
from mingchu.inspection.models.pools import PoolRow, Task
from mingchu.inspection.models.regional import RegionalSubject, RegionalTask

__all__ = [
    "Batch",
    "BatchState",
    "Expertise",
    "Leave",
    "Plan",
    "PlanChange",
    "PlanState",
    "PoolRow",
    "Recusal",
    "RegionalSubject",
    "RegionalTask",
    "Task",
]
