"""Subscriptions 订阅: who is told of which events, how well that goes, and their owner's acts."""

from __future__ import annotations

from typing import Any
from urllib.parse import urlsplit
from uuid import UUID

from django.contrib import messages
from django.core.exceptions import PermissionDenied
from django.http import Http404, HttpRequest, HttpResponse
from django.shortcuts import redirect, render
from django.utils.translation import gettext as _
from django.views.decorators.http import require_POST, require_safe

from mingchu.accounts.access import actor_of, requires
from mingchu.accounts.domain import Actor
from mingchu.accounts.places import located
from mingchu.trace import labels, standing
from mingchu.trace.pages.common import READ, party_names, shared
from mingchu.trace.services import standing as services
from mingchu.trace.services.standing import Author
from mingchu.trace.standing import LISTED, Subscription
from mingchu.trace.states import SUBSCRIPTION

SUBSCRIBE = "trace.subscribe"
MINUTE, HOUR, DAY = 60, 3600, 86400


@requires(READ)
@require_safe
def subscriptions(request: HttpRequest) -> HttpResponse:
    """All of one's part of the city, those first that have failed for longest."""
    actor = actor_of(request)
    found = standing.subscriptions_seen(actor.scopes_for(READ))
    names = party_names({one.party for one in found})
    shown = {
        **shared(request, "subscriptions"),
        "rows": [_row(one, actor, names[one.party]) for one in found],
        "top": LISTED if len(found) == LISTED else 0,
    }
    return render(request, "trace/subscriptions.html", shown)


def _row(one: Subscription, actor: Actor, who: str) -> dict[str, Any]:
    """Others than its owner see no more of an address than where it is: the rest may be secret."""
    own = {str(scope) for scope in actor.scopes_for(READ)}
    parts = urlsplit(one.dest)
    look = "failed" if one.is_paused else "warn" if one.failing_since else "good"
    return {
        "row": one,
        "who": who,
        "dest": one.dest if one.party in own else f"{parts.scheme}://{parts.netloc}/…",
        "state": SUBSCRIPTION.states[one.state],
        "look": look,
        "behind": _behind(one.behind_seconds),
        "told": labels.minute(one.notified_at) if one.notified_at else "",
        "failed": labels.minute(one.failed_at) if one.failed_at else "",
        "since": labels.minute(one.failing_since) if one.failing_since else "",
        "next": labels.minute(one.due_at),
        "is_own": one.party in {str(scope) for scope in actor.scopes_for(SUBSCRIBE)},
    }


def _behind(seconds: float) -> str:
    """How old the oldest event may be that was not told yet."""
    if not seconds:
        return _("已送到最新")
    if seconds < MINUTE:
        return _("不到 1 分钟")
    if seconds < 2 * HOUR:
        return _("%d 分钟") % (seconds // MINUTE)
    if seconds < 2 * DAY:
        return _("%d 小时") % (seconds // HOUR)
    return _("%d 天") % (seconds // DAY)


@requires(SUBSCRIBE)
@require_POST
def act(request: HttpRequest, number: UUID, act: str) -> HttpResponse:
    """Its owner resumes it, or ends it."""
    acts = {"resume": services.resume, "end": services.unsubscribe}
    one = _seen(request, number)
    if act not in acts:
        raise Http404
    acts[act](one, _author(actor_of(request)))
    said = _("已恢复，事件从中断处补发") if act == "resume" else _("订阅已取消")
    messages.success(request, said)
    return redirect("trace:subscriptions_page")


def _seen(request: HttpRequest, number: UUID) -> Subscription:
    found = standing.subscriptions_seen(actor_of(request).scopes_for(SUBSCRIBE))
    known = next((one for one in found if one.id == number), None)
    if known is None:
        raise Http404
    return known


def _author(actor: Actor) -> Author:
    post = actor.post_for(SUBSCRIBE)
    if post is None or post.id is None:
        raise PermissionDenied
    found = located(post.scope)
    return Author(actor.label, str(post.scope), found.place.district if found else "", post.id)
