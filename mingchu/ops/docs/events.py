"""`docs/events.md`: every event, who records it and what follows from it."""

from __future__ import annotations

import ast
import dataclasses
import pkgutil
from collections import defaultdict
from collections.abc import Iterator
from importlib import import_module

import mingchu
from mingchu.base.event import Event
from mingchu.flows.reactions import REACTIONS
from mingchu.ops.docs import table
from mingchu.ops.docs.sources import called, functions, sources
from mingchu.site.glossary import terms

HEAD = """# Events

Generated from the `events.py` of each context, the services that record them and
`mingchu/flows/reactions.py`; a test compares. An event is a fact in the past tense; it goes into
the ledger for ever, holds no personal data, and is the only thing contexts say to one another.
"End" means: nothing in the house has to follow, on purpose.

"""


def events() -> list[type[Event]]:
    """Every event of the house, by kind."""
    for name in _modules():
        import_module(name)
    own = (event for event in _below(Event) if event.__module__.startswith("mingchu."))
    return sorted(set(own), key=lambda event: event.kind)


def _modules() -> Iterator[str]:
    """`events` modules and packages, found rather than listed."""
    for found in pkgutil.iter_modules(mingchu.__path__, "mingchu."):
        if found.ispkg:
            inside = pkgutil.iter_modules(import_module(found.name).__path__, f"{found.name}.")
            yield from (inner.name for inner in inside if inner.name.endswith(".events"))


def _below(event: type[Event]) -> Iterator[type[Event]]:
    for heir in event.__subclasses__():
        yield heir
        yield from _below(heir)


def recorders() -> dict[str, set[str]]:
    """Functions that make an event, by the event's class name."""
    found: dict[str, set[str]] = defaultdict(set)
    for source in sources():
        if source.context == "ops":  # benches repeat acts, they are nobody's
            continue
        for function in functions(source.tree):
            for node in ast.walk(function):
                if isinstance(node, ast.Call) and called(node)[:1].isupper():
                    found[called(node)].add(f"{source.context}.{function.name.lstrip('_')}")
    return found


def page() -> str:
    meanings = {code: term for term in terms() for code in term.codes}
    made = recorders()
    rows = []
    for event in events():
        term = meanings.get(event.kind)
        rows.append(
            (
                f"`{event.kind}`",
                term.zh if term else "",
                term.says if term else "",
                " ".join(f"`{f.name}`" for f in dataclasses.fields(event)),
                " ".join(f"`{name}`" for name in sorted(made[event.__name__])),
                _follows(event),
            )
        )
    return HEAD + table(("Kind", "中文", "Says", "Holds", "Recorded by", "Followed by"), rows)


def _follows(event: type[Event]) -> str:
    handlers = REACTIONS.get(event, ())
    return " ".join(f"`{handler.__name__}`" for handler in handlers) or "end"
