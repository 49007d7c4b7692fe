"""What inspection keeps."""

from mingchu.inspection.models.people import Expertise, Leave, Recusal
from mingchu.inspection.models.plans import Batch, BatchState, Plan, PlanChange, PlanState
from mingchu.inspection.models.pools import PoolRow, Task
from mingchu.inspection.models.records import (
    Conflict,
    Decision,
    Doubt,
    Finding,
    FindingState,
    OutcomeName,
    Record,
    RecordState,
    Reply,
    ReplyKind,
    WayName,
    WordName,
)
from mingchu.inspection.models.regional import RegionalSubject, RegionalTask
from mingchu.inspection.models.visits import (
    READY,
    WAITING,
    Department,
    Instrument,
    Level,
    Sheet,
    Visit,
    VisitState,
    VisitType,
)

__all__ = [
    "READY",
    "WAITING",
    "Batch",
    "BatchState",
    "Conflict",
    "Decision",
    "Department",
    "Doubt",
    "Expertise",
    "Finding",
    "FindingState",
    "Instrument",
    "Leave",
    "Level",
    "OutcomeName",
    "Plan",
    "PlanChange",
    "PlanState",
    "PoolRow",
    "Record",
    "RecordState",
    "Recusal",
    "RegionalSubject",
    "RegionalTask",
    "Reply",
    "ReplyKind",
    "Sheet",
    "Task",
    "Visit",
    "VisitState",
    "VisitType",
    "WayName",
    "WordName",
]
