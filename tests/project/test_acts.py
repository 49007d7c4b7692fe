"""Acts, events and states: what changes something says so, and what is said is heard."""

from __future__ import annotations

import ast
from collections.abc import Iterator

from django.apps import apps

from mingchu.base.states import BEGINNING, STATES, StateTable
from mingchu.flows.reactions import REACTIONS, TERMINAL
from mingchu.ops.docs.events import events, recorders
from mingchu.ops.docs.sources import Function, Source, called, functions, sources

WRITES = {"create", "save", "delete", "update", "bulk_create", "bulk_update"} | {
    "get_or_create",
    "update_or_create",
}
RECORDS = {"record", "record_many"}
# What keeps no official fact: why, beside each.
UNRECORDED = {
    "mingchu.accounts.services.viewing": "the access log is its own record, of personal data",
    "mingchu.ledger.services": "the ledger cannot enter itself",
    "mingchu.accounts.services.links.use_link": "a sign-in is no act; making the link was",
    "mingchu.accounts.services.signing.check_signing_pin": "the record it signs tells",
    "mingchu.accounts.services.people.set_preferences": "language and type size are one's own",
    "mingchu.registry.services.views": "a saved question is one's own and says nothing of anybody",
    "mingchu.registry.services.editing.keep": "it keeps what the act around it records",
    "mingchu.registry.services.placing.site_of": "a joint of the house; its acts record",
    "mingchu.alerts.services.feeding.touch": "a note of whom to look at again",
    "mingchu.alerts.services.folding.forget_tallies": "counts of a minute that has passed",
    "mingchu.alerts.services.letting_go": "orders and alerts record their ends; it lets go of ids",
    "mingchu.signals.services.forget_businesses": "it goes with the withdrawal, an entry",
    "mingchu.alerts.services.warning.warn": "a signal, which opens an alert, an entry",
    "mingchu.risk.services.running.forget": "it goes with the withdrawal, an entry",
    "mingchu.inspection.services.hearing.forget": "it goes with the withdrawal, an entry",
    "mingchu.inspection.services.visiting.follow_merge": "it goes with the merge, an entry",
    "mingchu.inspection.services.visiting.follow_unmerge": "it goes with the merge, an entry",
    "mingchu.inspection.services.sheets.keep_sheets": "a list by its digest; records name it",
    "mingchu.inspection.services.regional.restore_regional": "part of an undone import, an entry",
    "mingchu.territory.services.settling.forget": "it goes with the withdrawal, an entry",
    "mingchu.alerts.services.orders.indexing": "an index of what the steps say, which are recorded",
    "mingchu.risk.services.following": "it goes with the merge or the withdrawal, an entry",
    "mingchu.complaints.services.watching": "an index of clocks, and signals, which are counted",
    "mingchu.complaints.services.listing.keep_reporter": "who wrote stands in no entry",
    "mingchu.accounts.services.tokens.note_use": "a counter for the holder, to the minute",
}


def is_service(source: Source) -> bool:
    parts = source.module.split(".")
    return len(parts) > 2 and parts[2] == "services"


def acts() -> Iterator[tuple[Source, Function]]:
    """Public functions of services that write a row themselves."""
    for source in sources():
        if is_service(source):
            yield from ((source, node) for node in source.tree.body if _is_act(node))


def _is_act(node: ast.stmt) -> bool:
    return (
        isinstance(node, ast.FunctionDef)
        and not node.name.startswith("_")
        and bool(WRITES & _calls(node))
    )


def _calls(function: ast.AST) -> set[str]:
    return {called(node) for node in ast.walk(function) if isinstance(node, ast.Call)}


def _reached(source: Source, function: Function) -> set[str]:
    """What the function calls, and what its neighbours it calls call in turn."""
    neighbours = {f.name: f for f in functions(source.tree)}
    seen: set[str] = set()
    waiting = _calls(function)
    while waiting:
        name = waiting.pop()
        if name not in seen:
            seen.add(name)
            waiting |= _calls(neighbours[name]) if name in neighbours else set()
    return seen


def test_every_service_that_changes_something_records_it() -> None:
    recording = {
        function.name
        for source in sources()
        if is_service(source)
        for function in functions(source.tree)
        if RECORDS & _reached(source, function)
    }

    silent = [
        f"{source.module}.{function.name}"
        for source, function in acts()
        if not (RECORDS | recording) & _reached(source, function)
    ]

    assert [name for name in silent if not name.startswith(tuple(UNRECORDED))] == []


def test_every_event_is_followed_by_something_or_ends_on_purpose() -> None:
    forgotten = [e.kind for e in events() if e not in REACTIONS and e not in TERMINAL]
    both = [e.kind for e in events() if e in REACTIONS and e in TERMINAL]

    assert (forgotten, both) == ([], [])


def test_every_event_is_recorded_somewhere() -> None:
    made = recorders()

    assert [event.kind for event in events() if not made[event.__name__]] == []


def test_every_model_with_states_has_a_table_of_them() -> None:
    for model in apps.get_models():
        if not model.__module__.startswith("mingchu."):
            continue
        for field in model._meta.get_fields():
            if field.name == "state" and getattr(field, "choices", None):
                declared = STATES.get(f"{model._meta.app_label}.{model.__name__}")
                assert declared is not None, f"{model.__name__} has states but no table"
                assert list(declared.states) == [code for code, _ in field.choices]


def test_every_state_can_be_reached_and_every_act_exists() -> None:
    known = {
        f"{source.context}.{function.name}"
        for source in sources()
        for function in functions(source.tree)
    }
    for table in STATES:
        assert {move.after for move in table.moves} == set(table.states)
        assert {s for m in table.moves for s in m.before} - {BEGINNING} <= set(table.states)
        assert _reachable(table) == set(table.states)
        assert {move.act for move in table.moves} <= known


def _reachable(table: StateTable) -> set[str]:
    reached = {BEGINNING}
    for _ in table.moves:
        reached |= {move.after for move in table.moves if reached & set(move.before)}
    return reached - {BEGINNING}
