"""Named queries and subscriptions as the EPCIS 2.0 binding has them, and the page by page following
of a query, which the live process turns into WebSockets.
"""

from __future__ import annotations

import json
from collections.abc import Callable, Mapping
from datetime import datetime
from functools import wraps
from typing import Any
from urllib.parse import quote, urlsplit
from uuid import UUID

from django.conf import settings
from django.core import signing
from django.http import HttpRequest, HttpResponse
from django.http.response import HttpResponseBase
from django.views.decorators.csrf import csrf_exempt

from mingchu.accounts.access import actor_of
from mingchu.accounts.domain import Actor
from mingchu.accounts.places import located
from mingchu.base.schedules import FIELDS
from mingchu.trace import following, negotiating, problems, services, standing, turning
from mingchu.trace.answering import Asker
from mingchu.trace.api import READ, View, _json, _Offer, _page, _per_page, _told, _uuid
from mingchu.trace.domain.standing import StandingWrong, is_name, moment
from mingchu.trace.finding import Place
from mingchu.trace.following import Taken
from mingchu.trace.services import Author
from mingchu.trace.standing import NOTHING, NamedQuery, Subscription

SUBSCRIBE = "trace.subscribe"
QUERIES = "/epcis/queries"
NAMES, NUMBERS, PLACES = "trace.query_names", "trace.subscriptions", "trace.following"
BY_WEBSOCKET = frozenset({*FIELDS, "stream", "reportIfEmpty", "initialRecordTime"})
CURSOR, NEXT, COUNT = "Mingchu-Cursor", "Mingchu-Next", "Mingchu-Events"
MINIMUM = "GS1-Query-Min-Record-Time"
LIVE = "Mingchu-Live"


def _by_method(**views: View) -> View:
    """Each method by its own view; whatever else by the one that reads."""
    reading = views["GET"]

    @wraps(reading)
    def answer(request: HttpRequest, **given: Any) -> HttpResponseBase:
        return views.get(request.method or "", reading)(request, **given)

    exempt: View = csrf_exempt(answer)
    return exempt


def _author(actor: Actor) -> Author:
    """Raises Refusal `forbidden`."""
    post = actor.post_for(SUBSCRIBE)
    if post is None or post.id is None:
        raise problems.FORBIDDEN
    found = located(post.scope)
    return Author(actor.label, str(post.scope), found.place.district if found else "", post.id)


def _named(request: HttpRequest, name: str) -> NamedQuery:
    known = is_name(name) and standing.query_seen(actor_of(request).scopes_for(READ), name)
    found = known or None
    if found is None:
        raise problems.NOT_FOUND
    return found


def _body(request: HttpRequest) -> bytes:
    """Raises Refusal `unsupported_media_type`."""
    kind = request.headers.get("Content-Type", "")
    if kind.partition(";")[0].strip().lower() not in negotiating.MEDIA["json"]:
        raise problems.unsupported_media(kind)
    return request.body


@_Offer(READ, ("GET", "POST"))
def _list(request: HttpRequest) -> HttpResponse:
    """Named queries by name, a page at a time."""
    limit = _per_page(request.GET.get("perPage", ""))
    after = _place(request, NAMES, "")
    found = standing.queries_seen(actor_of(request).scopes_for(READ), after, limit + 1)
    return _listed(request, found, limit, _definition, NAMES, lambda one: one.name)


@_Offer(SUBSCRIBE, ("GET", "POST"))
def _create(request: HttpRequest) -> HttpResponse:
    extensions = request.headers.get("GS1-Extensions", "")
    made = services.create_query(_body(request), extensions, _author(actor_of(request)))
    headers = {"Location": f"{QUERIES}/{quote(made.name, safe='')}"}
    return HttpResponse(status=201, headers=headers)


@_Offer(READ, ("GET", "DELETE"))
def _one(request: HttpRequest, name: str) -> HttpResponse:
    """A named query as it was sent."""
    return _json(_definition(_named(request, name)))


@_Offer(SUBSCRIBE, ("GET", "DELETE"))
def _delete(request: HttpRequest, name: str) -> HttpResponse:
    services.delete_query(_named(request, name), _author(actor_of(request)))
    return HttpResponse(status=204)


def _definition(query: NamedQuery) -> dict[str, Any]:
    return {"name": query.name, "query": query.query}


@_Offer(READ, ("GET",), translates=True)
def events(request: HttpRequest, name: str) -> HttpResponse:
    """The events of a named query, as far as the asker sees them; WebSockets are elsewhere."""
    found = _named(request, name)
    upgrades = "websocket" in request.headers.get("Upgrade", "").lower()
    if upgrades or BY_WEBSOCKET & request.GET.keys():
        return _upgraded_elsewhere(request)
    return _page(request, turning.Query.standing(request, found), Asker(found.name))


def _upgraded_elsewhere(request: HttpRequest) -> HttpResponse:
    """The header `Upgrade` that belongs to 426 is none that an application may send (PEP 3333)."""
    there = live_address(request) + request.get_full_path()
    said = json.dumps(problems.body(problems.NOT_LIVE, live=there), ensure_ascii=False)
    return HttpResponse(said, status=426, content_type=problems.CONTENT_TYPE, headers={LIVE: there})


def live_address(request: HttpRequest) -> str:
    """Where the live process answers whoever reached this request."""
    if settings.LIVE_ADDRESS:
        return str(settings.LIVE_ADDRESS)
    host = urlsplit(f"//{request.get_host()}").hostname or ""
    host = f"[{host}]" if ":" in host else host
    return f"{'wss' if request.is_secure() else 'ws'}://{host}:{settings.LIVE_PORT}"


@_Offer(READ, ("GET",), translates=True)
def following_of(request: HttpRequest, name: str) -> HttpResponse:
    """What was recorded after a cursor, in that order; without one, the cursor to begin with.

    Whoever stops goes on by his last cursor, or by the document's date as `initialRecordTime`.
    """
    found = _named(request, name)
    asked = found.asked()
    if (asked.limit, asked.most) != (None, None):
        raise problems.LIMITED
    said = request.GET.get("after", "")
    if not said:
        begun = following.Taken([], following.begin(_initial(request)), following.Next.NOW)
        return _followed(request, found, begun)
    scopes = actor_of(request).scopes_for(READ)
    return _followed(request, found, following.take(scopes, asked, _cursor(said, found)))


def _followed(request: HttpRequest, query: NamedQuery, taken: Taken) -> HttpResponse:
    place = taken.place
    response = _told(request, taken.events, Asker(query.name), place.at)
    said = [str(query.id), place.at.isoformat(), place.key.hex]
    response[CURSOR] = signing.dumps(said, salt=PLACES)
    response[COUNT], response[NEXT] = str(len(taken.events)), taken.next.value
    response[MINIMUM] = place.at.isoformat()
    return response


def _cursor(said: str, query: NamedQuery) -> Place:
    """Raises Refusal `bad_page`, and `not_found` where the query is another one by now."""
    try:
        number, at, key = signing.loads(said, salt=PLACES)
    except (signing.BadSignature, ValueError):
        raise problems.bad_page("after") from None
    if number != str(query.id):
        raise problems.NOT_FOUND
    return Place(datetime.fromisoformat(at), UUID(key))


def _initial(request: HttpRequest) -> datetime | None:
    said = request.GET.get("initialRecordTime")
    try:
        return None if said is None else moment("initialRecordTime", said)
    except StandingWrong as wrong:
        raise problems.of_standing(wrong) from None


@_Offer(READ, ("GET", "POST"))
def _subscriptions(request: HttpRequest, name: str) -> HttpResponse:
    """Who is told of the query's events, a page at a time, the oldest first."""
    found, actor = _named(request, name), actor_of(request)
    limit = _per_page(request.GET.get("perPage", ""))
    after = UUID(_place(request, NUMBERS, str(NOTHING)))
    rows = standing.subscriptions_of(actor.scopes_for(READ), found, after, limit + 1)
    return _listed(request, rows, limit, _teller(actor), NUMBERS, lambda one: str(one.id))


@_Offer(SUBSCRIBE, ("GET", "POST"), translates=True, orders=True)
def _subscribe(request: HttpRequest, name: str) -> HttpResponse:
    found, actor = _named(request, name), actor_of(request)
    author, spelled = _author(actor), negotiating.format_of(request.headers)
    number, _said = services.subscribe(_body(request), found, spelled, author)
    made = standing.subscription_seen(actor.scopes_for(READ), found, number)
    if made is None:
        raise problems.NOT_FOUND
    response = _json(_teller(actor)(made))
    response.status_code = 201
    response["Location"] = f"{QUERIES}/{quote(found.name, safe='')}/subscriptions/{number}"
    return response


def _subscribed(request: HttpRequest, name: str, number: str) -> Subscription:
    known = _uuid(number)
    found = known and standing.subscription_seen(
        actor_of(request).scopes_for(READ), _named(request, name), known
    )
    if not found:
        raise problems.NOT_FOUND
    return found


@_Offer(READ, ("GET", "DELETE"))
def _subscription(request: HttpRequest, name: str, number: str) -> HttpResponse:
    """One subscription, and how well it goes."""
    return _json(_teller(actor_of(request))(_subscribed(request, name, number)))


@_Offer(SUBSCRIBE, ("GET", "DELETE"))
def _unsubscribe(request: HttpRequest, name: str, number: str) -> HttpResponse:
    services.unsubscribe(_subscribed(request, name, number), _author(actor_of(request)))
    return HttpResponse(status=204)


def _teller(actor: Actor) -> Callable[[Subscription], dict[str, Any]]:
    """Subscriptions as the standard writes them; others than its owner see no more of an address
    than where it is, for what follows may be secret."""
    own = {str(scope) for scope in actor.scopes_for(READ)}

    def told(one: Subscription) -> dict[str, Any]:
        parts = urlsplit(one.dest)
        dest = one.dest if one.party in own else f"{parts.scheme}://{parts.netloc}/"
        how = {"stream": True} if one.schedule is None else {"schedule": one.schedule}
        return {
            "subscriptionID": str(one.id),
            "queryName": one.query,
            "dest": dest,
            "createdAt": one.created_at.isoformat(),
            **_if_known("lastNotifiedAt", one.notified_at),
            **_if_known("initialRecordTime", one.initial),
            "minRecordTime": one.place.at.isoformat(),
            "epcFormat": one.epc_format,
            "reportIfEmpty": one.reports_if_empty,
            **how,
            "health": _health(one),
        }

    return told


def _health(one: Subscription) -> dict[str, Any]:
    return {
        "state": one.state,
        "behindSeconds": round(one.behind_seconds, 3),
        "nextTry": None if one.is_paused else one.due_at.isoformat(),
        "failures": one.failures,
        **_if_known("lastFailureAt", one.failed_at),
        **_if_known("failingSince", one.failing_since),
        **({"failure": one.failure} if one.failure else {}),
    }


def _if_known(name: str, at: datetime | None) -> Mapping[str, str]:
    return {} if at is None else {name: at.isoformat()}


def _listed(
    request: HttpRequest,
    rows: list[Any],
    limit: int,
    told: Callable[[Any], dict[str, Any]],
    salt: str,
    place: Callable[[Any], str],
) -> HttpResponse:
    """A page of a list with the address of the next; `rows` are one more, where there is one."""
    response = _json([told(row) for row in rows[:limit]])
    if len(rows) > limit:
        token = signing.dumps(place(rows[limit - 1]), salt=salt)
        there = f"{quote(request.path)}?nextPageToken={token}&perPage={limit}"
        response["Link"] = f'<{there}>; rel="next"'
        response["GS1-Next-Page-Token-Expires"] = turning.ends().isoformat(timespec="seconds")
    return response


def _place(request: HttpRequest, salt: str, begin: str) -> str:
    token = request.GET.get("nextPageToken", "")
    if not token:
        return begin
    try:
        found: str = signing.loads(token, salt=salt, max_age=turning.MINUTES * 60)
    except signing.BadSignature:
        raise problems.bad_page("nextPageToken") from None
    return found


queries = _by_method(GET=_list, POST=_create)
query = _by_method(GET=_one, DELETE=_delete)
subscriptions = _by_method(GET=_subscriptions, POST=_subscribe)
subscription = _by_method(GET=_subscription, DELETE=_unsubscribe)
