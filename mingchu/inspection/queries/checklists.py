"""What a list of items needs to know of businesses: their traits, of many in one question."""

from __future__ import annotations

from collections.abc import Collection
from datetime import date

from mingchu.inspection import checklists
from mingchu.inspection.domain.checklists import Checklist, Paper, traits
from mingchu.inspection.models import Record
from mingchu.registry.models import Business, Licence, LicenceState
from mingchu.rulebook.domain import Title
from mingchu.rulebook.words import words as said


def traits_of(numbers: Collection[int], day: date) -> dict[int, frozenset[str]]:
    """The traits of businesses by number, in two statements however many they are.

    A licence counts while it is valid, whatever its end: that its term ran out is a finding.
    """
    papers: dict[int, list[Paper]] = {}
    valid = Licence.objects.filter(business__in=numbers, state=LicenceState.VALID).order_by("pk")
    for number, kind, code, items in valid.values_list("business_id", "kind", "number", "items"):
        papers.setdefault(number, []).append(Paper(kind, code, items))
    told = checklists.tells(day)
    serves = Business.objects.filter(pk__in=numbers).values_list("pk", "serves")
    return {number: traits(papers.get(number, ()), feeds, told) for number, feeds in serves}


def list_for(business: int, kind: str, matter: str, day: date) -> Checklist:
    """The whole list that a business is looked at by on a day, under a matter of the draw."""
    return checklists.checklist_for(kind, traits_of([business], day)[business], matter, day)


def asked_of(record: Record, day: date) -> Checklist:
    """What a record's business would be asked on a day, by the matter of its visit."""
    return list_for(record.business_id, record.business.kind, record.visit.matter, day)


def newest_names(record: Record, day: date) -> dict[str, str]:
    """Texts of the items that a record's business would be asked for on a day, by their ids."""
    return {one.id: said(Title(one.zh, one.en)) for one in asked_of(record, day).items}
