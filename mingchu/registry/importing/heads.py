"""Head offices 总部: found by code among the known and the rows of the list, in whatever order."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from dataclasses import replace

from mingchu.base.errors import Refusal
from mingchu.kit.sheets.importers import Outcome, Planned
from mingchu.registry.importing.planning import Planner, Subject, refused

LONGEST = 50  # no chain of head offices is longer
Office = Subject | int


def settle(planned: Sequence[Planned], planner: Planner) -> Iterator[Planned]:
    """The plans with their head offices; one that nobody knows is a warning, and left open."""
    offices = _Offices(planner)
    for plan in planned:
        code = str(plan.row.values.get("head") or "")
        own = str(plan.row.values.get("code") or "")
        if plan.fault or not code or code == own or not isinstance(plan.what, Subject):
            yield plan
        else:
            yield offices.settled(plan, plan.what, code)


class _Offices:
    """Heads and branches, those of the list and those it does not speak of."""

    def __init__(self, planner: Planner):
        self.planner, self.known = planner, planner.known
        self.of_list = {one.pk: one for one in planner.subjects.values() if one.business}

    def settled(self, plan: Planned, subject: Subject, code: str) -> Planned:
        head = self._find(code)
        if head is None or head is subject:
            return self._warned(plan, _unknown(code)) if head is None else plan
        business = subject.business
        if business and self._key(business.head_id) == self._key(head):
            return plan
        if self._is_above(subject, head):
            return self._warned(plan, _circle())
        if business and self.known.is_kept(business, "head"):
            return self._warned(plan, _kept(self.known.is_kept(business, "head")))
        subject.head = head
        if plan.outcome is Outcome.UNCHANGED:
            return replace(plan, outcome=Outcome.CHANGED)
        return plan

    def _find(self, code: str) -> Office | None:
        pk = self.known.pk_of_code.get(code)
        return self.of_list.get(pk, pk) if pk else self.planner.subjects.get(code)

    def _key(self, office: Office | None) -> object:
        return office.pk or id(office) if isinstance(office, Subject) else office

    def _above(self, office: Office) -> Office | None:
        if isinstance(office, Subject) and (office.head or not office.business):
            return office.head
        pk = self.known.heads.get(office.pk if isinstance(office, Subject) else office)
        return self.of_list.get(pk, pk) if pk else None

    def _is_above(self, subject: Subject, head: Office) -> bool:
        """Whether the subject stands somewhere above the head it names."""
        above: Office | None = head
        for _step in range(LONGEST):
            if above is None:
                return False
            if self._key(above) == self._key(subject):
                return True
            above = self._above(above)
        return True

    def _warned(self, plan: Planned, refusal: Refusal) -> Planned:
        note = refused(plan.row.number, "head", refusal)
        return replace(plan, warnings=(*plan.warnings, note))


def _unknown(code: str) -> Refusal:
    return Refusal(
        "head_unknown",
        "没有代码为{typed}的主体，总部没有登记",
        fix="请先为总部建档，或把总部加进同一张表",
        typed=code,
    )


def _circle() -> Refusal:
    return Refusal(
        "head_circle",
        "所填总部是该主体自己的下级，总部没有登记",
        fix="请填写真正的总部",
    )


def _kept(source: str) -> Refusal:
    return Refusal(
        "kept",
        "总部已于{day}由工作人员改定，予以保留",
        fix="请核对；名单正确的在档案里更正",
        day=source.partition(" ")[2],
    )


def in_order(subjects: Sequence[Subject]) -> Iterator[list[Subject]]:
    """New businesses wave by wave, each after the head office it names; there are no circles."""
    left = list(subjects)
    while left:
        waiting = set(map(id, left))
        ready = [one for one in left if id(one.head) not in waiting]
        yield ready
        left = [one for one in left if id(one.head) in waiting]
