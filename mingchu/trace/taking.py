"""Taking in 接收: one POST of the capture interface, whichever edge brings it."""

from __future__ import annotations

import json
from collections.abc import Mapping
from typing import Any, NamedTuple
from urllib.parse import quote

from mingchu.accounts.domain import Actor, may
from mingchu.accounts.places import located
from mingchu.base.errors import Refusal
from mingchu.trace import negotiating, problems
from mingchu.trace.domain.faults import Fault
from mingchu.trace.packing import unpacked
from mingchu.trace.services import (
    Behaviour,
    Outcome,
    Sender,
    capture_document,
    capture_event,
    limits,
)

CAPTURE = "trace.capture"
DOCUMENTS, EVENTS = "/epcis/capture", "/epcis/events"
JSON = "application/json"
TOLD = "Mingchu-Capture"  # what became of a single event


class Answer(NamedTuple):
    status: int
    headers: dict[str, str]
    body: bytes = b""


def sender_of(actor: Actor) -> Sender:
    """Raises Refusal `unauthenticated`, `forbidden`."""
    if not actor.is_known:
        raise problems.UNAUTHENTICATED
    post = actor.post_for(CAPTURE)
    if post is None or not may(actor, CAPTURE):
        raise problems.FORBIDDEN
    found = located(post.scope)
    return Sender(actor.label, str(post.scope), found.place.district if found else "")


def take(path: str, headers: Mapping[str, str], data: bytes, sender: Sender) -> Answer:
    """The answer to a document or an event; what was captured is durable by then."""
    try:
        is_xml = negotiating.check_body(headers, takes_xml=path == DOCUMENTS)
        negotiating.check(headers, speaks_1_2=is_xml, accepts_xml=path == DOCUMENTS)
        data = unpacked(headers, data, limits().bytes)
        if path == EVENTS:
            return _event(data, sender)
        behaviour = headers.get("GS1-Capture-Error-Behaviour", "")
        return _document(data, behaviour, sender, is_xml=is_xml)
    except Fault as fault:
        return told(problems.of_fault(fault))
    except Refusal as refusal:
        return told(problems.body(refusal))


def _document(data: bytes, behaviour: str, sender: Sender, *, is_xml: bool) -> Answer:
    try:
        how = Behaviour(behaviour or Behaviour.ROLLBACK)
    except ValueError:
        raise problems.unknown_behaviour(behaviour) from None
    job = capture_document(data, how, sender, is_xml=is_xml)
    return Answer(202, {**negotiating.SPOKEN, "Location": f"{DOCUMENTS}/{job.id}"})


def _event(data: bytes, sender: Sender) -> Answer:
    """A repeat is answered as the first was, but says that nothing was created."""
    single = capture_event(data, sender)
    is_new = single.outcome is Outcome.CAPTURED
    headers = {
        **negotiating.SPOKEN,
        "Location": f"{EVENTS}/{quote(single.name, safe=':')}",
        "Content-Type": JSON,
        TOLD: single.outcome.value,
    }
    return Answer(201 if is_new else 200, headers, single.raw)


def told(problem: dict[str, Any]) -> Answer:
    """A problem document; one about size names the limits."""
    top = negotiating.announced_limits() if problem["status"] == 413 else {}
    headers = {**negotiating.SPOKEN, **top, "Content-Type": problems.CONTENT_TYPE}
    return Answer(problem["status"], headers, json.dumps(problem, ensure_ascii=False).encode())
