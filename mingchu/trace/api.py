"""The REST interface of EPCIS 2.0 as Django answers it: jobs, events, resources, what is offered.

What is sent in passes by the door before Django; sent past it, it is taken here just the same.
"""

from __future__ import annotations

import json
from collections.abc import Callable, Sequence
from dataclasses import dataclass
from datetime import datetime
from functools import wraps
from typing import Any
from urllib.parse import urlencode
from uuid import UUID

from django.core.exceptions import PermissionDenied, SuspiciousOperation
from django.http import HttpRequest, HttpResponse
from django.http.response import HttpResponseBase
from django.views.decorators.csrf import csrf_exempt

from mingchu.accounts.access import actor_of, requires
from mingchu.base import clock, paging
from mingchu.base.errors import Refusal
from mingchu.trace import (
    answering,
    answering_xml,
    collecting,
    negotiating,
    problems,
    queries,
    turning,
)
from mingchu.trace.answering import SIMPLE, Asker
from mingchu.trace.collecting import Turner
from mingchu.trace.domain import extending
from mingchu.trace.domain.asking import AskedWrong, Wrong, declared
from mingchu.trace.domain.spelling import ANY_FORMAT, KEPT
from mingchu.trace.queries import JobRow, Stored
from mingchu.trace.taking import CAPTURE, Answer, sender_of, take

READ = "trace.read"
PER_PAGE = 30
URL_TOP = 60_000  # characters; what is longer the server itself cuts off
METHODS = ("GET", "POST", "PUT", "PATCH", "DELETE", "HEAD", "OPTIONS")
View = Callable[..., HttpResponseBase]


@dataclass(frozen=True)
class _Offer:
    """What a resource offers: who may ask, by which methods, whether it names the limits,
    whether it writes events in the form that is asked for, and whether headers are judged here.
    What is not there `exists` not, whatever is asked of it."""

    action: str
    methods: tuple[str, ...]
    names_limits: bool = False
    translates: bool = False
    # What is sent says in which form it wants to be told later on.
    orders: bool = False
    negotiates: bool = True
    has_xml: bool = True  # as far as it translates
    exists: bool = True

    @property
    def allow(self) -> str:
        return ", ".join((*self.methods, "OPTIONS"))

    def options(self) -> HttpResponse:
        limits = negotiating.announced_limits() if self.names_limits else {}
        spelled = ANY_FORMAT if self.translates else KEPT
        headers = {**negotiating.announced(self.allow), "GS1-EPC-Format": spelled, **limits}
        return HttpResponse(status=204, headers=headers)

    def check(self, request: HttpRequest) -> None:
        if len(request.get_full_path()) > URL_TOP:
            raise problems.LONG_ADDRESS
        if not self.exists:
            return
        if request.method not in (*self.methods, "HEAD"):
            raise problems.WRONG_METHOD
        if not self.negotiates:
            return
        sent = (request.method == "POST" and not self.orders) or not self.translates
        formats = negotiating.FORMATS if sent else negotiating.TRANSLATIONS
        negotiating.check(request.headers, formats, accepts_xml=self.has_xml and not sent)

    def __call__(self, view: View) -> View:
        """The view for who may do `action`; others hear of it in problems of the standard."""

        @wraps(view)
        def checked(request: HttpRequest, **given: Any) -> HttpResponseBase:
            self.check(request)
            return view(request, **given)

        permitted = requires(self.action)(checked)

        def run(request: HttpRequest, **given: Any) -> HttpResponseBase:
            if not actor_of(request).is_known:
                raise problems.UNAUTHENTICATED
            if request.method == "OPTIONS" and self.exists:
                return self.options()
            return permitted(request, **given)

        @wraps(permitted)
        def answer(request: HttpRequest, **given: Any) -> HttpResponseBase:
            try:
                return _spoken(run(request, **given))
            except (Refusal, PermissionDenied, SuspiciousOperation) as error:
                return _problem(_refusal_of(error), self.allow)

        exempt: View = csrf_exempt(answer)
        return exempt


def _refusal_of(error: Exception) -> Refusal:
    if isinstance(error, Refusal):
        return error
    return problems.FORBIDDEN if isinstance(error, PermissionDenied) else problems.MANY_PARAMETERS


def _spoken(response: HttpResponseBase) -> HttpResponseBase:
    for name, said in negotiating.SPOKEN.items():
        response.setdefault(name, said)
    return response


def _problem(refusal: Refusal, allow: str) -> HttpResponseBase:
    said = json.dumps(problems.body(refusal), ensure_ascii=False)
    response = HttpResponse(said, status=refusal.status, content_type=problems.CONTENT_TYPE)
    if refusal.status == 405:
        response["Allow"] = allow
    return _spoken(response)


def _either(reading: View, sending: View) -> View:
    """GET by who may read, POST by who may capture."""

    @wraps(reading)
    def answer(request: HttpRequest, **given: Any) -> HttpResponseBase:
        return (sending if request.method == "POST" else reading)(request, **given)

    exempt: View = csrf_exempt(answer)
    return exempt


@_Offer(CAPTURE, ("POST",), negotiates=False)
def _sent(request: HttpRequest) -> HttpResponse:
    return _made(take(request.path, request.headers, request.body, sender_of(actor_of(request))))


def _made(answer: Answer) -> HttpResponse:
    return HttpResponse(answer.body, status=answer.status, headers=answer.headers)


@_Offer(READ, ("GET", "POST"), names_limits=True)
def _jobs(request: HttpRequest) -> HttpResponse:
    """Captures, the newest first, a page at a time."""
    turner, limit = _turner(request)
    here = turner.here()
    before = UUID(str(here[0])) if here else None
    rows = queries.jobs(actor_of(request).scopes_for(READ), before, limit + 1)
    response = _json([_job(row) for row in rows[:limit]])
    if len(rows) > limit:
        _link(request, response, turner.following(rows[limit - 1].id.hex), limit)
    return response


def _turner(request: HttpRequest) -> tuple[Turner, int]:
    """Who turns the pages of this address, and how much a page holds: nothing else is asked.

    Raises Refusal `query_unknown`, `bad_page`.
    """
    for name in request.GET:
        if name not in turning.NOT_ASKED:
            raise problems.of_query(AskedWrong(Wrong.UNKNOWN, name))
    token = request.GET.get("nextPageToken", "")
    turner = Turner(actor_of(request).label, request.path, token)
    return turner, _per_page(request.GET.get("perPage", ""))


def _link(request: HttpRequest, response: HttpResponse, token: str, limit: int) -> None:
    said = urlencode({"nextPageToken": token, "perPage": limit})
    response["Link"] = f'<{request.path}?{said}>; rel="next"'
    response["GS1-Next-Page-Token-Expires"] = turning.ends().isoformat(timespec="seconds")


def _per_page(said: str) -> int:
    if not said:
        return PER_PAGE
    if not (said.isascii() and said.isdecimal() and int(said[:9])):
        raise problems.bad_page("perPage")
    return paging.limited(int(said[:9]))


@_Offer(READ, ("GET",))
def job(request: HttpRequest, number: str) -> HttpResponse:
    """One capture with all its errors."""
    _asks_nothing(request)
    found = None
    if (known := _uuid(number)) is not None:
        found = queries.job(actor_of(request).scopes_for(READ), known)
    if found is None:
        raise problems.NOT_FOUND
    return _json(_job(found))


def _uuid(text: str) -> UUID | None:
    try:
        return UUID(text)
    except ValueError:
        return None


@_Offer(READ, ("GET",), translates=True)
def event(request: HttpRequest, name: str) -> HttpResponse:
    """An event by its id, with the declaration that it was wrong where there is one."""
    _asks_nothing(request)
    found = queries.named(actor_of(request).scopes_for(READ), name)
    if not found:
        raise problems.NOT_FOUND
    return _told(request, found)


def _told(
    request: HttpRequest,
    events: Sequence[Stored],
    asker: Asker = SIMPLE,
    at: datetime | None = None,
) -> HttpResponse:
    events, spelled = answering.spelled_as(events, negotiating.format_of(request.headers))
    if negotiating.form_of(request.headers) == "xml":
        return _in_xml(request, events, spelled, asker, at or clock.now())
    said = answering.query_document(events, at or clock.now(), asker=asker)
    headers = {"GS1-EPC-Format": spelled}
    return HttpResponse(said, content_type="application/json", headers=headers)


def _in_xml(
    request: HttpRequest, events: Sequence[Stored], spelled: str, asker: Asker, at: datetime
) -> HttpResponse:
    asked = answering_xml.Asked.by(request.headers)
    said = answering_xml.query_document(events, at, asked, asker)
    headers = {**asked.headers, "GS1-EPC-Format": spelled}
    return HttpResponse(said, content_type=answering_xml.CONTENT_TYPE, headers=headers)


@_Offer(READ, ("GET", "POST"), translates=True)
def _found(request: HttpRequest) -> HttpResponse:
    """Events by the parameters of the standard, a page at a time."""
    return _page_of_events(request)


def _page_of_events(request: HttpRequest, *fixed: tuple[str, str]) -> HttpResponse:
    """`fixed` are parameters that the address itself says."""
    return _page(request, turning.Query.of(request, fixed))


def _page(request: HttpRequest, query: turning.Query, asker: Asker = SIMPLE) -> HttpResponse:
    limit = _per_page(request.GET.get("perPage", ""))
    actor = actor_of(request)
    page, following = turning.turn(query, actor.label, actor.scopes_for(READ), limit)
    response = _told(request, page, asker)
    if following is not None:
        response["Link"] = f'<{query.address(following, limit)}>; rel="next"'
        response["GS1-Next-Page-Token-Expires"] = turning.ends().isoformat(timespec="seconds")
    return response


# Resources that group events: the parameter that each stands for.
GROUPS = {
    "eventTypes": "eventType",
    "epcs": "MATCH_anyEPC",
    "bizSteps": "EQ_bizStep",
    "bizLocations": "EQ_bizLocation",
    "readPoints": "EQ_readPoint",
    "dispositions": "EQ_disposition",
}
TOP = ("events", *GROUPS, "capture", "queries")


@_Offer(READ, ("GET",))
def root(request: HttpRequest) -> HttpResponse:
    """The resources there are."""
    _asks_nothing(request)
    return _collection(TOP)


@_Offer(READ, ("GET",), translates=True, has_xml=False)
def group(request: HttpRequest, kind: str) -> HttpResponse:
    """The members of a resource, a page at a time: words of the standard, or what events name."""
    turner, limit = _turner(request)
    page = collecting.page(kind, actor_of(request).scopes_for(READ), turner, limit)
    members, spelled = answering.spelled(page.members, negotiating.format_of(request.headers))
    response = _collection(members, request)
    response["GS1-EPC-Format"] = spelled
    if page.token is not None:
        _link(request, response, page.token, limit)
    return response


@_Offer(READ, ("GET",))
def member(request: HttpRequest, kind: str, name: str) -> HttpResponse:
    """What there is to see of a member: whether it has events is not told here."""
    _turner(request)
    collecting.check_member(kind, name)
    return _collection(["events"])


@_Offer(READ, ("GET",), translates=True)
def events_of(request: HttpRequest, kind: str, name: str) -> HttpResponse:
    """The events of a member, further sifted by the parameters of queries."""
    return _page_of_events(request, (GROUPS[kind], name))


def _collection(members: Sequence[str], request: HttpRequest | None = None) -> HttpResponse:
    """Names begin with the asker's prefixes where he declares such."""
    prefixes = declared(request.headers.get("GS1-Extensions", "")) if request else {}
    short = [extending.shortened(one, prefixes) for one in members]
    used = {name: prefixes[name] for name in {one.partition(":")[0] for one in short} & {*prefixes}}
    context = [*answering.CONTEXTS, used] if used else answering.CONTEXTS
    return _json({"@context": context, "type": "Collection", "member": short})


def _asks_nothing(request: HttpRequest) -> None:
    for name in request.GET:
        raise problems.of_query(AskedWrong(Wrong.UNKNOWN, name))


@_Offer(READ, METHODS, exists=False)
def nowhere(request: HttpRequest, rest: str) -> HttpResponse:
    """No such address, told in a problem of the standard."""
    raise problems.NO_ADDRESS


@_Offer(READ, ("DELETE",))
def page_token(request: HttpRequest, token: str) -> HttpResponse:
    """The token leads nowhere from now on."""
    turning.forget(token, actor_of(request).label)
    return HttpResponse(status=204)


def _job(row: JobRow) -> dict[str, Any]:
    return {
        "captureID": str(row.id),
        "createdAt": row.created_at.isoformat(),
        "finishedAt": row.finished_at.isoformat(),
        "running": False,
        "success": row.state == "captured",
        "captureErrorBehaviour": row.behaviour,
        "errors": [problems.of_error(error) for error in row.errors],
        "events": row.events,
        "captured": row.captured,
        "duplicate": row.duplicate,
        "rejected": row.rejected,
    }


def _json(said: Any) -> HttpResponse:
    return HttpResponse(json.dumps(said, ensure_ascii=False), content_type="application/json")


captures = _either(_jobs, _sent)
events = _either(_found, _sent)
