"""Folding 归并: many signals become few alerts, one at a time open for each fingerprint; pure.

Signals count in the order they arrived. However they are cut into batches, the alerts that come
out are the same: what a batch leaves open is what the next one begins with.
"""

from __future__ import annotations

from collections import Counter
from collections.abc import Callable, Iterable, Mapping, MutableMapping
from dataclasses import dataclass, field, replace
from datetime import datetime
from uuid import UUID

from mingchu.alerts.domain.deadlines import Deadline
from mingchu.alerts.domain.kinds import Ends, Kind
from mingchu.signals.domain import SOURCE, fingerprint

FLOOD = "signal_flood"
Minute = tuple[str, datetime]


@dataclass(frozen=True, slots=True)
class Noticed:
    """A signal as it came; `received` is the house's own time, `at` the sender's."""

    kind: str
    fingerprint: bytes
    subject: str
    key: str
    business: int | None
    district: str
    station: str
    labels: Mapping[str, str]
    over: bool
    cause: UUID | None
    at: datetime
    received: datetime

    @property
    def minute(self) -> datetime:
        return self.received.replace(second=0, microsecond=0)


@dataclass(frozen=True, slots=True)
class Rise:
    """It became graver: from what, to what, when, after which entry."""

    before: int
    severity: int
    at: datetime
    cause: UUID | None


@dataclass(slots=True)
class Line:
    """One alert as the signals so far leave it; `id` None while it is not written yet.

    `first` is the severity it opened with or stood at before the batch.
    """

    kind: str
    fingerprint: bytes
    subject: str
    key: str
    business: int | None
    district: str
    station: str
    labels: Mapping[str, str]
    severity: int
    count: int
    first_at: datetime
    last_at: datetime
    opened_at: datetime
    id: int | None = None
    cause: UUID | None = None
    deadline: Deadline | None = None
    first: int = 0
    rises: list[Rise] = field(default_factory=list)
    gone_at: datetime | None = None
    ended_at: datetime | None = None
    end_cause: UUID | None = None


Standing = Mapping[bytes, Line]
KindOf = Callable[[datetime], Mapping[str, Kind]]


@dataclass
class Folded:
    """What a batch comes to: lines that are new, and lines that stood before and changed."""

    opened: list[Line] = field(default_factory=list)
    changed: list[Line] = field(default_factory=list)

    @property
    def ended(self) -> list[Line]:
        return [one for one in (*self.changed, *self.opened) if one.ended_at]


class Folding:
    """Takes signals one after another.

    `kinds` gives the table of the day of a moment, `limit` the flood limit of that day; `tally`
    holds how many signals each source sent in a minute and is counted on.
    """

    def __init__(
        self,
        standing: Standing,
        kinds: KindOf,
        tally: MutableMapping[Minute, int],
        limit: Callable[[datetime], int],
    ):
        self.open = dict(standing)
        self.kinds, self.tally, self.limit = kinds, tally, limit
        self.opened: list[Line] = []
        self._changed: dict[int, Line] = {}

    def take(self, one: Noticed) -> None:
        kind = self.kinds(one.received)[one.kind]
        if one.over:
            self._over(one, kind)
            return
        flooded = self._flooded(one)
        known = self.open.get(one.fingerprint)
        if known:
            self._again(known, one, kind)
        elif not flooded:
            self._open(one, kind)

    def result(self) -> Folded:
        return Folded(self.opened, list(self._changed.values()))

    def _open(self, one: Noticed, kind: Kind) -> Line:
        severity = kind.severity_of(one.labels)
        line = Line(
            kind=one.kind,
            fingerprint=one.fingerprint,
            subject=one.subject,
            key=one.key,
            business=one.business,
            district=one.district,
            station=one.station,
            labels=one.labels,
            severity=severity,
            count=1,
            first_at=one.at,
            last_at=one.at,
            opened_at=one.received,
            cause=one.cause,
            first=severity,
        )
        self.open[one.fingerprint] = line
        self.opened.append(line)
        return line

    def _again(self, line: Line, one: Noticed, kind: Kind) -> None:
        """Once more: counted, its labels and place the newest, its severity the gravest."""
        line.count += 1
        line.first_at = min(line.first_at, one.at)
        line.last_at = max(line.last_at, one.at)
        line.gone_at = None
        line.labels = {**line.labels, **one.labels}
        line.business = one.business or line.business
        line.district = one.district or line.district
        line.station = one.station or line.station
        severity = kind.severity_of(line.labels)
        if severity < line.severity:
            line.rises.append(Rise(line.severity, severity, one.received, one.cause))
            line.severity = severity
        self._note(line)

    def _over(self, one: Noticed, kind: Kind) -> None:
        """A fact ends what facts may end; of the rest it is kept that it is so no more."""
        line = self.open.get(one.fingerprint)
        if line is None:
            return
        if kind.ends is Ends.OFFICER:
            line.gone_at = one.received
        else:
            line.ended_at, line.end_cause = one.received, one.cause
            del self.open[one.fingerprint]
        self._note(line)

    def _note(self, line: Line) -> None:
        if line.id is not None:
            self._changed[line.id] = line

    def _flooded(self, one: Noticed) -> bool:
        """Whether its source has sent too many this minute; the surplus is counted at the source.

        What is open already is counted there too, what would be new opens nothing of its own: a
        broken device has one alert, not ten thousand.
        """
        source = one.labels.get(SOURCE, "")
        table = self.kinds(one.received)
        if not source or one.kind == FLOOD or FLOOD not in table:
            return False
        self.tally[source, one.minute] = sent = self.tally.get((source, one.minute), 0) + 1
        if sent <= self.limit(one.received):
            return False
        about = replace(
            one, kind=FLOOD, fingerprint=fingerprint(FLOOD, source), subject=source, key="",
            labels={SOURCE: source}, cause=None, at=one.received,
        )  # fmt: skip
        known = self.open.get(about.fingerprint)
        if known:
            self._again(known, about, table[FLOOD])
        else:
            self._open(about, table[FLOOD])
        return True


def fold(
    noticed: Iterable[Noticed],
    standing: Standing,
    kinds: KindOf,
    tally: MutableMapping[Minute, int],
    limit: Callable[[datetime], int],
) -> Folded:
    """Signals in the order of their arrival, on what stands open."""
    folding = Folding(standing, kinds, tally, limit)
    for one in noticed:
        folding.take(one)
    return folding.result()


def wanted(noticed: Iterable[Noticed]) -> set[bytes]:
    """Fingerprints of every alert that a batch can touch: its own, and those of its sources."""
    found: set[bytes] = set()
    sources: Counter[str] = Counter()
    for one in noticed:
        found.add(one.fingerprint)
        if source := one.labels.get(SOURCE):
            sources[source] += 1
    return found | {fingerprint(FLOOD, source) for source in sources}
