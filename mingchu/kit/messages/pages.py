"""Pages of messages: the inbox, how one is reached, receivers, the duty roster."""

from __future__ import annotations

from datetime import date, datetime, timedelta
from typing import Any
from urllib.parse import quote, urlencode
from uuid import UUID

from django.contrib import messages
from django.http import Http404, HttpRequest, HttpResponse
from django.shortcuts import redirect, render
from django.urls import reverse
from django.utils.translation import gettext as _
from django.utils.translation import ngettext
from django.views.decorators.cache import never_cache
from django.views.decorators.http import (
    conditional_page,
    require_http_methods,
    require_POST,
    require_safe,
)

from mingchu.accounts.access import actor_of, requires
from mingchu.accounts.domain import Actor, Scope
from mingchu.accounts.models import User
from mingchu.base import clock, paging
from mingchu.base.errors import Refusal
from mingchu.kit.messages import context, duties, hours, queries, reading, receiving, roster, words
from mingchu.kit.messages.domain import Span, cover
from mingchu.kit.messages.forms import (
    DutyForm,
    NewReceiver,
    ReachForm,
    district_name,
    scope_name,
    typed,
)
from mingchu.kit.messages.signs import WAYS
from mingchu.kit.messages.ways import is_connected, reach_of
from mingchu.kit.models import Duty, Receiver
from mingchu.kit.pages import XLSX
from mingchu.ledger import queries as ledger
from mingchu.rulebook.store import calendar, rule

ATTEMPTS_SHOWN = 50


def _person(request: HttpRequest) -> User:
    """A program has a token and no page of its own."""
    if not isinstance(request.user, User):
        raise Http404
    return request.user


# Inbox


@requires("accounts.self")
@require_safe
def inbox(request: HttpRequest) -> HttpResponse:
    """One's own messages: under /w/ among an officer's pages, under /e/ among everybody's."""
    user, said = _person(request), request.GET.get("cursor", "")
    only_unread = request.GET.get("show") == "unread"
    rows = queries.inbox(user.pk, only_unread=only_unread, before=_before(said))
    kept = {"show": "unread"} if only_unread else {}
    following = paging.cursor(str(rows[queries.PAGE - 1].pk)) if len(rows) > queries.PAGE else ""
    shown = {
        "base": "workbench.html" if request.path.startswith("/w/") else "layout.html",
        "rows": [{"item": row, "told": words.told(row.message)} for row in rows[: queries.PAGE]],
        "only_unread": only_unread,
        "next": f"?{urlencode({**kept, 'cursor': following})}" if following else "",
        "first": f"?{urlencode(kept)}" if said else "",
    }
    return render(request, "kit/inbox.html", shown)


def _before(cursor: str) -> UUID | None:
    if not cursor:
        return None
    try:
        return UUID(str(paging.place(cursor)[0]))
    except ValueError:
        raise Http404 from None


@requires("accounts.self")
@require_safe
@conditional_page
def unread(request: HttpRequest) -> HttpResponse:
    """The count in the head alone, asked for every half minute; 304 while nothing has changed."""
    return render(request, "kit/_unread.html")


@requires("accounts.self")
@require_POST
def open_item(request: HttpRequest, pk: UUID) -> HttpResponse:
    """Marks one message as read and leads to what it speaks of."""
    user = _person(request)
    item = queries.own_item(user.pk, pk)
    if item is None:
        raise Http404
    reading.mark_read(user=user.pk, only=[pk])
    return redirect(item.message.link or context.address(actor_of(request)))


@requires("accounts.self")
@require_POST
def read_all(request: HttpRequest) -> HttpResponse:
    count = reading.mark_read(user=_person(request).pk)
    said = ngettext("%(count)d 条标为已读", "%(count)d 条标为已读", count) % {"count": count}
    messages.success(request, said)
    return redirect(context.address(actor_of(request)))


# How one is reached


@requires("accounts.self")
@require_http_methods(["GET", "HEAD", "POST"])
def reach(request: HttpRequest) -> HttpResponse:
    user = _person(request)
    now = reach_of(user)
    initial = {name: getattr(now, name) for name in ReachForm.base_fields}
    form = ReachForm(request.POST or None, initial=initial)
    if form.is_valid():
        reading.set_reach(user=user, **form.cleaned_data)
        messages.success(request, _("已保存"))
        return redirect("kit:reach")
    shown = {
        "form": form,
        "hours": hours.hours(),
        "rulings": [rule(name).on(clock.today()) for name in hours.RULES],
        "missing": [said for way, said in WAYS.items() if not is_connected(way)],
    }
    return render(request, "kit/reach.html", shown)


@requires("accounts.self")
@require_POST
def try_reach(request: HttpRequest) -> HttpResponse:
    count = reading.send_test(user=_person(request))
    said = ngettext("测试消息已发往 %(count)d 处", "测试消息已发往 %(count)d 处", count)
    messages.success(request, said % {"count": count})
    return redirect("kit:reach")


# Receivers


@requires("flows.receivers")
@never_cache
@require_http_methods(["GET", "HEAD", "POST"])
def receivers(request: HttpRequest) -> HttpResponse:
    """Who is told, how it goes, and a form for one more; a new secret is on the answer only."""
    form, secret = NewReceiver(request.POST or None), ""
    if form.is_valid():
        try:
            made, secret = receiving.add_receiver(**form.cleaned_data)
        except Refusal as refusal:
            form.add_error(None, refusal.sentence(_))
        else:
            if not secret:
                return redirect("kit:receiver", made.pk)
            form = NewReceiver()
    tallies = ledger.tallies(tuple({receiving.channel(one) for one in queries.receivers()}))
    rows = [
        {
            **_shown(one),
            "tally": tallies.get((receiving.channel(one), receiving.name(one)), ledger.Tally()),
        }
        for one in queries.receivers()
    ]
    return render(request, "kit/receivers.html", {"form": form, "rows": rows, "secret": secret})


def _shown(receiver: Receiver) -> dict[str, Any]:
    place = district_name(receiver.district) if receiver.district else _("全市")
    return {"receiver": receiver, "place": place}


@requires("flows.receivers")
@require_safe
def receiver(request: HttpRequest, pk: int) -> HttpResponse:
    """One receiver: what was sent to it, what waits, what was given up."""
    known = _receiver(pk)
    whose = (receiving.channel(known), receiving.name(known))
    rests = ledger.resting([whose[0]])
    shown = {
        **_shown(known),
        "attempts": ledger.messages_to(*whose, limit=ATTEMPTS_SHOWN),
        "rest": next((rest for rest in rests if rest.receiver == whose[1]), None),
    }
    return render(request, "kit/receiver.html", shown)


@requires("flows.receivers")
@require_POST
def try_receiver(request: HttpRequest, pk: int) -> HttpResponse:
    receiving.try_receiver(receiver=_receiver(pk))
    messages.success(request, _("测试消息马上发出，结果见下表"))
    return redirect("kit:receiver", pk)


@requires("flows.receivers")
@require_POST
def send_again(request: HttpRequest, pk: int) -> HttpResponse:
    try:
        key = UUID(request.POST.get("key", ""))
    except ValueError:
        raise Http404 from None
    receiving.send_again_to(receiver=_receiver(pk), key=key)
    messages.success(request, _("已排到最前，马上再发"))
    return redirect("kit:receiver", pk)


@requires("flows.receivers")
@require_POST
def end_receiver(request: HttpRequest, pk: int) -> HttpResponse:
    receiving.end_receiver(receiver=_receiver(pk))
    messages.success(request, _("已停用"))
    return redirect("kit:receiver", pk)


def _receiver(pk: int) -> Receiver:
    found = queries.receiver(pk)
    if found is None:
        raise Http404
    return found


# Duty


@requires("duty.read")
@require_http_methods(["GET", "HEAD", "POST"])
def duty(request: HttpRequest) -> HttpResponse:
    """A month's roster of one part of the city; whoever keeps it adds to it below."""
    actor = actor_of(request)
    scope, month = _asked_scope(request, actor), _asked_month(request)
    keeps = scope in queries.rosters_kept(actor)
    form = DutyForm(request.POST or None, scope=scope, initial=_next_night()) if keeps else None
    if request.method == "POST" and form is None:
        raise Http404
    if form and form.is_valid():
        said = form.cleaned_data
        duties.set_duty(
            user=form.people[said["user"]], scope=scope, begins=said["begins"], ends=said["ends"]
        )
        messages.success(request, _("已排入值班表"))
        return redirect(_there(scope, said["begins"].date()))
    shown = {
        "form": form,
        "scope": scope,
        "scopes": [(str(one), scope_name(one)) for one in queries.rosters_seen(actor)],
        "month": month,
        "before": _there(scope, month - timedelta(days=1)),
        "after": _there(scope, _month_after(month)),
        "days": _days(scope, month),
        "here": urlencode({"scope": str(scope), "month": f"{month:%Y-%m}"}),
        "keeps": keeps,
    }
    return render(request, "kit/duty.html", shown)


def _asked_scope(request: HttpRequest, actor: Actor) -> Scope:
    known = queries.rosters_seen(actor)
    asked = request.GET.get("scope", "")
    found = [scope for scope in known if str(scope) == asked] if asked else known
    if not found:
        raise Http404
    return found[0]


def _asked_month(request: HttpRequest) -> date:
    asked = request.GET.get("month", "")
    try:
        return date.fromisoformat(f"{asked}-01") if asked else clock.today().replace(day=1)
    except ValueError:
        raise Http404 from None


def _month_after(month: date) -> date:
    return (month + timedelta(days=31)).replace(day=1)


def _there(scope: Scope, day: date) -> str:
    return f"{reverse('kit:duty')}?{urlencode({'scope': str(scope), 'month': f'{day:%Y-%m}'})}"


def _next_night() -> dict[str, str]:
    """What the form begins with: tonight's quiet hours."""
    known, today = hours.hours(), clock.today()
    begins = datetime.combine(today, known.begin, clock.CITY_ZONE)
    ends = datetime.combine(today, known.end, clock.CITY_ZONE)
    return {"begins": typed(begins), "ends": typed(ends if ends > begins else ends + roster.A_DAY)}


def _days(scope: Scope, month: date) -> list[dict[str, Any]]:
    """Each day with who is on duty and what nobody attends to."""
    end = _month_after(month)
    rows = queries.duties(scope, clock.midnight(month), clock.midnight(end + roster.A_DAY))
    spans = [Span(row.begins, row.ends) for row in rows]
    known, working = hours.hours(), calendar()
    return [
        {
            "day": day,
            "working": working.is_working(day),
            "cover": cover(day, spans, known, working, clock.CITY_ZONE),
            "duties": [row for row in rows if _begins_on(row, day)],
            "today": day == clock.today(),
        }
        for n in range((end - month).days)
        for day in [month + timedelta(days=n)]
    ]


def _begins_on(row: Duty, day: date) -> bool:
    return clock.city(row.begins).date() == day


@requires("duty.roster")
@require_POST
def drop_duty(request: HttpRequest, pk: int) -> HttpResponse:
    found = queries.duty_in(queries.rosters_kept(actor_of(request)), pk)
    if found is None:
        raise Http404
    there = _there(found.scope, clock.city(found.begins).date())
    duties.drop_duty(duty=found)
    messages.success(request, _("已从值班表删去"))
    return redirect(there)


@requires("duty.read")
@require_safe
def duty_sheet(request: HttpRequest) -> HttpResponse:
    """The month as Excel, in the columns it comes in by."""
    actor = actor_of(request)
    scope, month = _asked_scope(request, actor), _asked_month(request)
    end = clock.midnight(_month_after(month))
    rows = [
        row
        for row in queries.duties(scope, clock.midnight(month), end)
        if row.begins >= clock.midnight(month)
    ]
    answer = HttpResponse(roster.export(rows), content_type=XLSX)
    name = f"{_('值班表')}-{scope_name(scope)}-{month:%Y-%m}.xlsx"
    answer["Content-Disposition"] = f"attachment; filename*=UTF-8''{quote(name)}"
    answer["Cache-Control"] = "private, no-store"
    return answer
