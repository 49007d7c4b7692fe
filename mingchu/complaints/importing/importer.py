"""The importer of 12315 sheets: a number that is known is brought up to date, never doubled."""

from __future__ import annotations

from collections.abc import Collection, Mapping, Sequence
from datetime import date, datetime
from typing import Any

from django.urls import reverse
from django.utils.translation import gettext_lazy as _
from django.utils.translation import gettext_noop as _noop

from mingchu.accounts.domain import Actor, Place, may
from mingchu.base.errors import Refusal
from mingchu.base.event import plain
from mingchu.complaints import queries, sealing, services
from mingchu.complaints.importing.layout import SHEET
from mingchu.complaints.importing.rows import Directory, letter
from mingchu.complaints.models import Complaint
from mingchu.complaints.values import NewComplaint
from mingchu.kit.sheets.examine import GoodRow
from mingchu.kit.sheets.faults import Fault
from mingchu.kit.sheets.importers import Named, Outcome, Planned, State
from mingchu.registry.queries import any_of

ACTION = "complaints.import"
FACTS = ("category", "what", "wants", "place", "happened_on", "ill", "households", "ate_at")
BOUND = ("business_id", "district", "station")
# Where in the sheet a refusal is at home; else it is the whole row's.
AT = {"day_ahead": "received", "before_the_rules": "received", "dates_out_of_order": "happened",
      "district_not_yours": "district"}  # fmt: skip


class Complaints:
    """Plans rows, writes them set by set, and takes back what nobody has worked on."""

    key = "complaints"
    title = _("12315投诉举报清单")
    action = ACTION
    table = "complaints.Complaint"
    layout = SHEET
    # A sheet names who wrote: only whoever sent it sees it again.
    is_personal = True

    def plan(self, rows: Sequence[GoodRow], by: Actor | None, as_of: date) -> list[Planned]:
        directory = Directory.of(rows)
        numbers = [str(row.values["number"]) for row in rows]
        known = Complaint.objects.select_related("reporter").filter(number__in=any_of(numbers))
        by_number = {one.number: one for one in known}
        return [_planned(row, directory, by_number, by) for row in rows]

    def write(self, planned: Sequence[Planned], by: Actor | None) -> list[str]:
        fresh = [plan.what for plan in planned if plan.outcome is Outcome.CREATED]
        made = services.register_many(fresh)
        numbers = {one.number: str(one.pk) for one in made}
        changed = [plan for plan in planned if plan.outcome is Outcome.CHANGED]
        _bring_up_to_date(changed)
        return [plan.subject or numbers[plan.what.number] for plan in planned]

    def current(self, subjects: Sequence[str]) -> dict[str, State]:
        found = Complaint.objects.filter(pk__in=subjects)
        return {str(one.pk): _state(one) for one in found}

    def restore(self, states: Mapping[str, State | None], by: Actor | None) -> Collection[str]:
        letters = Complaint.objects.in_bulk(list(map(int, states)))
        made = [one for pk, one in letters.items() if states[str(pk)] is None]
        left = {one.pk for one in made if _is_used(one)}
        services.take_back([one for one in made if one.pk not in left])
        services.correct_many(
            [
                (one, _facts(state))
                for pk, one in letters.items()
                if (state := states[str(pk)]) is not None
            ]
        )
        return [str(pk) for pk in left]

    def named(self, subjects: Sequence[str]) -> dict[str, Named]:
        found = Complaint.objects.filter(pk__in=subjects).only("number")
        return {
            str(one.pk): Named(one.number, one.number, reverse("complaints:one", args=[one.pk]))
            for one in found
        }


def _planned(
    row: GoodRow, directory: Directory, known: Mapping[str, Complaint], by: Actor | None
) -> Planned:
    try:
        new = letter(row, directory)
        _check_scope(new, by)
    except Refusal as refusal:
        title = SHEET.column(AT[refusal.code]).title if refusal.code in AT else ""
        return Planned(row, Outcome.UNCHANGED, "", Fault.of(row.number, title, refusal))
    warnings = tuple(_warnings(row, new))
    found = known.get(new.number)
    if found is None:
        return Planned(row, Outcome.CREATED, "", warnings=warnings, what=new)
    same = not _changes(found, new) and _same_writer(found, new)
    outcome = Outcome.UNCHANGED if same else Outcome.CHANGED
    return Planned(row, outcome, str(found.pk), warnings=warnings, what=new)


def _check_scope(new: NewComplaint, by: Actor | None) -> None:
    if by is not None and not may(by, ACTION, Place(district=new.district)):
        raise Refusal(
            "district_not_yours",
            _noop("这一行不在您的辖区，或没有写明旗县区"),
            fix=_noop("请由所在旗县区或市局导入，或补填旗县区"),
            status=403,
        )


def _warnings(row: GoodRow, new: NewComplaint) -> list[Fault]:
    if new.business is not None:
        return []
    refusal = Refusal(
        "business_unknown",
        _noop("主体库里没有认出“{name}”"),
        fix=_noop("照常导入，请承办时认定经营者"),
        name=row.values["name"],
    )
    return [Fault.of(row.number, SHEET.column("name").title, refusal)]


def _changes(found: Complaint, new: NewComplaint) -> dict[str, Any]:
    """What the newer sheet says otherwise; a business that a person has bound stays."""
    said: dict[str, Any] = {
        **{name: getattr(new, name) for name in FACTS},
        "households": max(new.households, 1) if new.ill else 0,
    }
    if found.business_id is None and new.business:
        business = queries.businesses({new.business})[new.business]
        said |= {"business_id": business.pk, "district": business.district}
        said["station"] = business.station
    return {name: value for name, value in said.items() if getattr(found, name) != value}


def _same_writer(found: Complaint, new: NewComplaint) -> bool:
    if new.contact.is_empty:
        return True
    known = getattr(found, "reporter", None)
    return known is not None and sealing.opened(known.sealed) == new.contact


def _bring_up_to_date(planned: Sequence[Planned]) -> None:
    letters = Complaint.objects.in_bulk([int(plan.subject) for plan in planned])
    changed = []
    for plan in planned:
        one, new = letters[int(plan.subject)], plan.what
        changes = _changes(one, new)
        if not new.contact.is_empty:
            changes |= {
                "household": sealing.household(new.contact),
                "named": new.contact.is_named,
            }
            services.keep_reporter(one, new.contact)
        changed.append((one, changes))
    services.correct_many(changed)


def _state(one: Complaint) -> State:
    """How a letter stands, without anything of its writer; any act on it counts its revision."""
    named = {name: plain(getattr(one, name)) for name in (*FACTS, *BOUND)}
    return {**named, "number": one.number, "state": one.state, "revision": one.revision}


def _facts(state: State) -> dict[str, Any]:
    """The facts of a state as the columns hold them."""
    said = {name: state[name] for name in (*FACTS, *BOUND)}
    happened, ate = said["happened_on"], said["ate_at"]
    said["happened_on"] = date.fromisoformat(happened) if happened else None
    said["ate_at"] = datetime.fromisoformat(ate) if ate else None
    return said


def _is_used(one: Complaint) -> bool:
    """Whether another letter was merged into it, or a part of it was worked on."""
    return one.merged.exists() or one.parts.filter(revision__gt=1).exists()
