"""Assigning 派员: two inspectors for each subject, by chance among those who may go; no solver.

Subjects come in the order of their tickets. Whoever may go to one stands in the order of his load,
in steps of a bucket, then of a hash that the seed decides: chance chooses, loads stay even. The
first who may lead leads; the next who may go beside him is the second. Each who stood before them
and was passed over is kept with the reason. Where no pair may go, that is the result.
"""

from __future__ import annotations

from collections import Counter, defaultdict
from collections.abc import Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass
from enum import StrEnum

from mingchu.draw.domain.hashing import Hashing
from mingchu.draw.domain.lists import ON_DUTY, Inspector, Recusal, Subject

Pair = tuple[str, str]


class Skip(StrEnum):
    """Why somebody who stood before was passed over."""

    ABSENT = "absent"
    RECUSED = "recused"
    NOT_LEADING = "not_leading"
    BARRED_TOGETHER = "barred_together"
    PAIR_CAP = "pair_cap"


@dataclass(frozen=True)
class Passed:
    """An inspector, or a pair, that was passed over; `detail` is the list's own reason."""

    inspector: str
    why: Skip
    beside: str = ""
    detail: str = ""


@dataclass(frozen=True)
class Task:
    """Who goes to a subject; without a lead, nobody may: an exception, which is published too."""

    subject: str
    lead: str
    second: str
    passed: tuple[Passed, ...]

    @property
    def is_exception(self) -> bool:
        return not self.lead


@dataclass(frozen=True)
class Terms:
    """What the plan says of pairs: `bucket` tasks count as one step of load; one pair goes together
    at most `pair_cap` times in a draw, 0 for as often as it comes."""

    bucket: int
    pair_cap: int


def assign(
    subjects: Sequence[Subject],
    inspectors: Iterable[Inspector],
    recusals: Iterable[Recusal],
    seed: bytes,
    hashing: Hashing,
    terms: Terms,
) -> list[Task]:
    """`subjects` are those drawn, in the order of their tickets."""
    room = _Room(inspectors, recusals, seed, hashing, terms)
    return [room.send(subject) for subject in subjects]


class _Room:
    """Loads and pairs so far."""

    def __init__(
        self,
        inspectors: Iterable[Inspector],
        recusals: Iterable[Recusal],
        seed: bytes,
        hashing: Hashing,
        terms: Terms,
    ):
        self.seed, self.hashing, self.terms = seed, hashing, terms
        self.able = _by_place(inspectors)
        self.load = {one.id: one.load for some in self.able.values() for one in some}
        self.together: Counter[Pair] = Counter()
        self.recused: dict[Pair, str] = {}
        self.barred: dict[tuple[str, str, str], str] = {}
        for row in recusals:
            self._bar(row)

    def _bar(self, row: Recusal) -> None:
        if row.with_whom:
            one, other = _pair(row.inspector, row.with_whom)
            self.barred[row.subject, one, other] = row.reason
        else:
            self.recused[row.subject, row.inspector] = row.reason

    def send(self, subject: Subject) -> Task:
        passed: list[Passed] = []
        standing = list(self._standing(subject, passed))
        for lead in standing:
            if not lead.leads:
                passed.append(Passed(lead.id, Skip.NOT_LEADING))
                continue
            second = self._second(subject, lead, standing, passed)
            if second:
                self._sent(lead.id, second.id)
                return Task(subject.id, lead.id, second.id, tuple(passed))
        return Task(subject.id, "", "", tuple(passed))

    def _standing(self, subject: Subject, passed: list[Passed]) -> Iterator[Inspector]:
        """Who may go to a subject, in order; who may not is passed over at his place."""
        for one in self._ordered(subject):
            if one.absent != ON_DUTY:
                passed.append(Passed(one.id, Skip.ABSENT, detail=one.absent))
            elif why := self.recused.get((subject.id, one.id)):
                passed.append(Passed(one.id, Skip.RECUSED, detail=why))
            else:
                yield one

    def _ordered(self, subject: Subject) -> list[Inspector]:
        def place(one: Inspector) -> tuple[int, bytes, str]:
            turn = self.hashing.turn(self.seed, subject.id, one.id)
            return self.load[one.id] // self.terms.bucket, turn, one.id

        return sorted(self.able.get((subject.district, subject.kind), ()), key=place)

    def _second(
        self,
        subject: Subject,
        lead: Inspector,
        standing: Iterable[Inspector],
        passed: list[Passed],
    ) -> Inspector | None:
        """The next who may go beside the lead."""
        for other in standing:
            if other is lead:
                continue
            one, two = _pair(lead.id, other.id)
            if why := self.barred.get((subject.id, one, two)):
                passed.append(Passed(lead.id, Skip.BARRED_TOGETHER, other.id, why))
            elif 0 < self.terms.pair_cap <= self.together[one, two]:
                passed.append(Passed(lead.id, Skip.PAIR_CAP, other.id))
            else:
                return other
        return None

    def _sent(self, lead: str, second: str) -> None:
        self.load[lead] += 1
        self.load[second] += 1
        self.together[_pair(lead, second)] += 1


def _by_place(inspectors: Iterable[Inspector]) -> Mapping[tuple[str, str], list[Inspector]]:
    """Who fits a district and a kind of subject."""
    able: dict[tuple[str, str], list[Inspector]] = defaultdict(list)
    for one in inspectors:
        for district in one.districts:
            for kind in one.kinds:
                able[district, kind].append(one)
    return able


def _pair(one: str, other: str) -> Pair:
    return (one, other) if one < other else (other, one)
