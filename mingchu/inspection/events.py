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


# ── Visits ──


@dataclass(frozen=True, kw_only=True)
class VisitPlanned(Event):
    """Somebody is to go to a business; nobody has approved it yet. An unannounced visit names no
    business and no day before it begins."""

    business_id: int | None
    visit_id: int
    type: str
    department: str
    day: date | None
    origin: str


@dataclass(frozen=True, kw_only=True)
class VisitMoved(Event):
    """Approved, returned, notified, begun, done or called off."""

    business_id: int | None
    visit_id: int
    before: str
    after: str
    reason: str = ""


@dataclass(frozen=True, kw_only=True)
class VisitReassigned(Event):
    """Another pair, another day, or another office has it now; `left` need not go any more."""

    business_id: int | None
    visit_id: int
    fields: tuple[str, ...]
    reason: str
    left: tuple[int, ...] = ()


# ── Records ──


@dataclass(frozen=True, kw_only=True)
class RecordReceived(Event):
    """A sealed record is here with all its files; `doubts` are for a person to decide.

    `files` are the attachments, whose digests are entries of their own.
    """

    business_id: int
    visit_id: int
    record_id: int
    revision: int
    digest: str
    doubts: tuple[str, ...]
    files: tuple[str, ...]


@dataclass(frozen=True, kw_only=True)
class DoubtDecided(Event):
    """A person decided on a doubt about a record."""

    business_id: int
    record_id: int
    doubt: str
    decision: str
    reason: str


@dataclass(frozen=True, kw_only=True)
class InspectionDone(Event):
    """A record counts from now on: what it found, by which list, and by when it is public.

    `failed` names unmet items; key and general ones are counted apart, as are those that applied.
    """

    business_id: int
    visit_id: int
    record_id: int
    type: str
    department: str
    random: bool
    day: date
    lead_id: int
    outcome: str
    results: tuple[str, ...]
    full_list: bool
    sheet: str
    applicable_key: int
    applicable_general: int
    failed_key: int
    failed_general: int
    failed: tuple[str, ...]
    joint: str
    publish_by: date


@dataclass(frozen=True, kw_only=True)
class CaseProposed(Event):
    """An unmet item affects food safety: the matter is to be looked into as a case."""

    business_id: int
    record_id: int
    finding_id: int
    item: str
    is_key: bool


@dataclass(frozen=True, kw_only=True)
class FindingMoved(Event):
    """What is to be mended was answered, returned, confirmed, or found unmended."""

    business_id: int
    record_id: int
    finding_id: int
    item: str
    before: str
    after: str
    files: tuple[str, ...] = ()
    recheck_id: int | None = None


@dataclass(frozen=True, kw_only=True)
class FindingOverdue(Event):
    """The day by which something was to be mended is over, and nobody showed it."""

    business_id: int
    record_id: int
    finding_id: int
    item: str
    due: date


@dataclass(frozen=True, kw_only=True)
class ReplyMade(Event):
    """A business states or objects."""

    business_id: int
    record_id: int
    reply_id: int
    kind_of: str


@dataclass(frozen=True, kw_only=True)
class ReplyAnswered(Event):
    """It got its answer."""

    business_id: int
    record_id: int
    reply_id: int
    upheld: bool


@dataclass(frozen=True, kw_only=True)
class ResultReleased(Event):
    """The result is public from now on; `late` says that its days were over."""

    business_id: int
    record_id: int
    results: tuple[str, ...]
    day: date
    late: bool


@dataclass(frozen=True, kw_only=True)
class ManagersExamined(Event):
    """Managers drawn at random answered questions: (person of the registry, score, passed)."""

    business_id: int
    record_id: int
    day: date
    exams: tuple[tuple[int, int, bool], ...]


@dataclass(frozen=True, kw_only=True)
class InstrumentKept(Event):
    """An instrument with its calibration; `in_use` false: it measures no more."""

    number: str
    calibrated_until: date
    in_use: bool
