"""Frame 名册和方案: all that is frozen before chance speaks, as files whose digests are committed.

`plan.json` is canonical JSON (RFC 8785, whole numbers and texts only), the lists are as `lists.py`
writes them. The order of FILES is the order of their digests in the commitment.
"""

from __future__ import annotations

import json
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from functools import cached_property
from typing import Any

from mingchu.draw.domain import beacons, lists
from mingchu.draw.domain.assigning import Task, Terms, assign
from mingchu.draw.domain.choosing import Chosen, choose
from mingchu.draw.domain.hashing import FORMAT, Hashing
from mingchu.draw.domain.lists import Inspector, Recusal, Stratum, Subject

FILES = ("plan.json", "subjects.tsv", "inspectors.tsv", "recusals.tsv")


def canonical(value: Any) -> bytes:
    """RFC 8785 of what is made of whole numbers, texts, lists and maps.

    >>> canonical({"b": 1, "a": ["é"]}).decode()
    '{"a":["é"],"b":1}'
    """
    _hold_canonical(value)
    return json.dumps(
        value, ensure_ascii=False, sort_keys=True, separators=(",", ":"), allow_nan=False
    ).encode()


def _hold_canonical(value: Any) -> None:
    if isinstance(value, float):
        raise ValueError("no fractions in a plan")  # they have more than one form  # noqa: TRY004
    if isinstance(value, Mapping):
        if not all(isinstance(key, str) and key.isascii() for key in value):
            raise ValueError("keys are plain letters")  # so that they sort alike everywhere
        value = list(value.values())
    if isinstance(value, (list, tuple)):
        for one in value:
            _hold_canonical(one)


@dataclass(frozen=True)
class Plan:
    """What is to be drawn, by whom it is told apart, and how chance comes in.

    `rates` are parts per million by stratum; `total` fixes how many in all; `announced` are the
    sources of chance; `about` says in words what the draw is for and changes nothing in it.
    `joint` names the draw of a campaign whose seed this one takes over: number and commitment.
    """

    number: str
    rates: Mapping[Stratum, int]
    announced: Sequence[Mapping[str, Any]]
    terms: Terms
    total: int | None = None
    algorithm: str = "sha256"
    about: Mapping[str, Any] = field(default_factory=dict)
    joint: Mapping[str, str] | None = None

    @property
    def hashing(self) -> Hashing:
        return Hashing(self.algorithm)

    def file(self) -> bytes:
        return canonical(
            {
                "about": dict(self.about),
                "algorithm": self.algorithm,
                "beacons": [dict(one) for one in self.announced],
                "format": FORMAT,
                "number": self.number,
                "pairs": {"bucket": self.terms.bucket, "cap": self.terms.pair_cap},
                "rates": [[*stratum, ppm] for stratum, ppm in sorted(self.rates.items())],
                "total": self.total,
                **({"joint": dict(self.joint)} if self.joint else {}),
            }
        )

    @classmethod
    def read(cls, data: bytes) -> Plan:
        """Raises ValueError where the bytes are not the one form of a plan."""
        try:
            said = json.loads(data)
            plan = cls(
                said["number"],
                {(one[0], one[1], one[2]): one[3] for one in said["rates"]},
                said["beacons"],
                Terms(said["pairs"]["bucket"], said["pairs"]["cap"]),
                said["total"],
                said["algorithm"],
                said["about"],
                said.get("joint"),
            )
        except (KeyError, TypeError, IndexError) as error:
            raise ValueError("no plan of this format") from error
        if plan.file() != data:
            raise ValueError("not in canonical form")
        return plan


@dataclass(frozen=True)
class Lead:
    """Of the draw whose seed a joint campaign shares: what was committed, and its nonce."""

    commitment: bytes
    nonce: bytes


@dataclass(frozen=True)
class Frame:
    """The plan and the lists it draws from."""

    plan: Plan
    subjects: Sequence[Subject]
    inspectors: Sequence[Inspector]
    recusals: Sequence[Recusal]

    @cached_property
    def files(self) -> dict[str, bytes]:
        """The frozen bytes, by name, in the order of the commitment."""
        written = (
            self.plan.file(),
            lists.subjects_file(self.subjects),
            lists.inspectors_file(self.inspectors),
            lists.recusals_file(self.recusals),
        )
        return dict(zip(FILES, written, strict=True))

    @classmethod
    def read(cls, files: Mapping[str, bytes]) -> Frame:
        """Raises Misfit or ValueError where a file is not in its one form."""
        plan, subjects, inspectors, recusals = (files[name] for name in FILES)
        return cls(
            Plan.read(plan),
            lists.read_subjects(subjects),
            lists.read_inspectors(inspectors),
            lists.read_recusals(recusals),
        )

    def commitment(self, nonce: bytes) -> bytes:
        hashing = self.plan.hashing
        return hashing.commitment([hashing.digest(data) for data in self.files.values()], nonce)

    def draw(
        self,
        nonce: bytes,
        found: Sequence[Mapping[str, Any]],
        *,
        reserve: int = 0,
        lead: Lead | None = None,
    ) -> Result:
        """Everything that follows from the frame, the nonce and what chance gave.

        A draw that is joint takes `lead` in the place of its own commitment and nonce: one
        subject then has one ticket in all draws of the campaign. Raises NotFound where a source
        is not the announced one, ValueError as `quotas` does.
        """
        hashing = self.plan.hashing
        beacon = beacons.mixed(self.plan.announced, found, hashing)
        sealed = lead or Lead(self.commitment(nonce), nonce)
        seed = hashing.seed(sealed.commitment, beacon, sealed.nonce)
        chosen = choose(
            self.subjects, self.plan.rates, seed, hashing, total=self.plan.total, reserve=reserve
        )
        return Result(seed, chosen, tuple(self._sent(chosen, seed)))

    def _sent(self, chosen: Chosen, seed: bytes) -> list[Task]:
        order = [one for _ticket, one in chosen.in_order()]
        known = {row.id: row for row in self.subjects}
        return assign(
            [known[one] for one in order],
            self.inspectors,
            self.recusals,
            seed,
            self.plan.hashing,
            self.plan.terms,
        )


@dataclass(frozen=True)
class Result:
    """Seed, who is drawn, who goes there."""

    seed: bytes
    chosen: Chosen
    tasks: Sequence[Task]

    def file(self) -> bytes:
        """`result.json` of a bundle."""
        drawn = sorted(
            (*one, stratum) for stratum, some in self.chosen.drawn.items() for one in some
        )
        return canonical(
            {
                "certain": [[one, ticket.hex()] for ticket, one in self.chosen.certain],
                "drawn": [[*stratum, one, ticket.hex()] for ticket, one, stratum in drawn],
                "seed": self.seed.hex(),
                "tasks": [_task(task) for task in self.tasks],
            }
        )


def _task(task: Task) -> dict[str, Any]:
    return {
        "lead": task.lead,
        "passed": [[one.inspector, one.why.value, one.beside, one.detail] for one in task.passed],
        "second": task.second,
        "subject": task.subject,
    }
