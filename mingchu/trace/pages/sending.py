"""Sending 上报: how a program sends events, and a form for whoever has no program."""

from __future__ import annotations

import json
from typing import Any
from urllib.parse import unquote

from django.conf import settings
from django.contrib import messages
from django.http import HttpRequest, HttpResponse
from django.shortcuts import redirect, render
from django.utils.translation import gettext as _
from django.views.decorators.http import require_http_methods

from mingchu.accounts.access import actor_of, requires
from mingchu.base import clock
from mingchu.trace import viewing
from mingchu.trace.forms import SendForm
from mingchu.trace.pages.common import party_names, shared
from mingchu.trace.services import limits
from mingchu.trace.taking import CAPTURE, DOCUMENTS, EVENTS, JSON, Answer, sender_of, take

MIB = 2**20
LINES = (".jsonl", ".ndjson")
HEAD = (
    '{"@context":["https://ref.gs1.org/standards/epcis/2.0.0/epcis-context.jsonld"],'
    '"type":"EPCISDocument","schemaVersion":"2.0","creationDate":"%s","epcisBody":{"eventList":['
)
TAIL = b"]}}"


@requires(CAPTURE)
@require_http_methods(["GET", "POST"])
def send(request: HttpRequest) -> HttpResponse:
    """How to send, and a file taken as the interface takes it."""
    sender = sender_of(actor_of(request))
    form = SendForm(request.POST or None, request.FILES or None)
    if form.is_valid():
        file = form.cleaned_data["file"]
        data = file.read()
        if file.name.lower().endswith(LINES):
            data = as_document(data)
        headers = {
            "Content-Type": JSON,
            "GS1-Capture-Error-Behaviour": form.cleaned_data["behaviour"],
        }
        answer = take(DOCUMENTS, headers, data, sender)
        if _is_event(answer):
            answer = take(EVENTS, headers, data, sender)
        if answer.status < 300:
            return _sent(request, answer)
        form.add_error("file", _why(answer))
    top = limits()
    shown = {
        **shared(request, "send"),
        "form": form,
        "as_whom": party_names([sender.party])[sender.party],
        "house": request.build_absolute_uri("/").rstrip("/"),
        "events": f"{top.events:,}",
        "mib": top.bytes // MIB,
    }
    return render(request, "trace/send.html", shown)


send.max_body_bytes = settings.CAPTURE_BYTES + MIB  # type: ignore[attr-defined]


def as_document(lines: bytes) -> bytes:
    """Lines of events as one document; a line that is none is found by its number there."""
    events = [line for line in lines.splitlines() if line.strip()]
    head = HEAD % clock.now().isoformat(timespec="milliseconds")
    return head.encode() + b",".join(events) + TAIL


def _is_event(answer: Answer) -> bool:
    """Refused as a document because it is an event by itself."""
    if answer.status != 400:
        return False
    return bool(json.loads(answer.body)["code"] == "document_not_epcis")


def _why(answer: Answer) -> str:
    """What is wrong with the file, where, and how to mend it."""
    problem: dict[str, Any] = json.loads(answer.body)
    said = _("。").join((problem["why"], problem["fix"]))
    path, byte = problem.get("path"), problem.get("byte")
    if path and byte is not None:
        return _("%(said)s（位置 %(path)s，第 %(byte)s 字节）") % {
            "said": said, "path": path, "byte": byte
        }  # fmt: skip
    return _("%(said)s（第 %(byte)s 字节）") % {"said": said, "byte": byte} if byte else said


def _sent(request: HttpRequest, answer: Answer) -> HttpResponse:
    where = answer.headers["Location"]
    if where.startswith(DOCUMENTS):
        return redirect("trace:capture_page", where.rsplit("/", 1)[1])
    if answer.status == 200:
        messages.info(request, _("这个事件早已采集过，没有重复采集"))
    else:
        messages.success(request, _("已采集"))
    event: dict[str, Any] = json.loads(answer.body)
    is_declaration = "errorDeclaration" in event
    name = where.removeprefix(f"{EVENTS}/")
    return redirect(
        "trace:event_page", viewing.key_of(unquote(name), is_declaration=is_declaration)
    )
