"""What happened in planning inspections: numbers, days and codes, never a person's data."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import date

from mingchu.base.event import Event


@dataclass(frozen=True, kw_only=True)
class PlanDrafted(Event):
    """A yearly plan is being written."""

    plan_id: int
    year: int
    district: str


@dataclass(frozen=True, kw_only=True)
class BatchPlanned(Event):
    """A batch was put into a plan that is still a draft; `gone` says that it was taken out."""

    plan_id: int
    number: int
    month: date
    matter: str
    gone: bool = False


@dataclass(frozen=True, kw_only=True)
class PlanMoved(Event):
    """Submitted, returned, approved, filed, published or withdrawn."""

    plan_id: int
    before: str
    after: str


@dataclass(frozen=True, kw_only=True)
class PlanChanged(Event):
    """An approved plan was changed, for a reason that is public; `fields` are of the batch."""

    plan_id: int
    batch_id: int
    fields: tuple[str, ...]
    reason: str


@dataclass(frozen=True, kw_only=True)
class BatchChecked(Event):
    """The pool of a batch was reckoned; `clashes` counts rows by the rules that collide."""

    batch_id: int
    subjects: int
    certain: int
    left_out: int
    clashes: dict[str, int]


@dataclass(frozen=True, kw_only=True)
class BatchOpened(Event):
    """Its lists went into a draw."""

    batch_id: int
    draw: str


@dataclass(frozen=True, kw_only=True)
class BatchDrawn(Event):
    """Its draw has a result: so many tasks, of which so many have nobody who may go."""

    batch_id: int
    draw: str
    tasks: int
    without_pair: int


@dataclass(frozen=True, kw_only=True)
class ExpertiseSet(Event):
    """What an officer is able to inspect, and whether he leads; no kinds: out of the pool."""

    user_id: int
    kinds: tuple[str, ...]
    leads: bool


@dataclass(frozen=True, kw_only=True)
class LeaveNoted(Event):
    """An officer is away from a day to a day; `gone` says that the note was taken back."""

    user_id: int
    first: date
    last: date
    gone: bool = False


@dataclass(frozen=True, kw_only=True)
class InspectorRecused(Event):
    """An officer does not inspect a business."""

    user_id: int
    business_id: int
    ground: str


@dataclass(frozen=True, kw_only=True)
class RecusalEnded(Event):
    """He may again."""

    user_id: int
    business_id: int


@dataclass(frozen=True, kw_only=True)
class RegionalTaskBrought(Event):
    """A task of the regional platform came in by a file, or more of its subjects."""

    task: str
    subjects: int


@dataclass(frozen=True, kw_only=True)
class RegionalSubjectsTakenBack(Event):
    """A file that brought subjects of regional tasks was wrong."""

    subjects: int
