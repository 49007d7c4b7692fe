"""Pages: the ways in, my account, people and posts, who looked at whom."""

from __future__ import annotations

import ipaddress
from collections.abc import Callable
from datetime import timedelta
from functools import wraps
from typing import Any, TypeVar

import requests
from allauth.account.internal.flows.reauthentication import is_reauthentication_required
from allauth.account.utils import perform_login
from allauth.core.exceptions import ReauthenticationRequired
from django.conf import settings
from django.contrib import messages
from django.http import Http404, HttpRequest, HttpResponse
from django.http.response import HttpResponseBase
from django.shortcuts import redirect, render
from django.urls import reverse
from django.utils.safestring import mark_safe
from django.utils.translation import gettext as _
from django.utils.translation import gettext_noop as _noop
from django.views.decorators.cache import never_cache
from django.views.decorators.http import require_http_methods, require_POST

from mingchu.accounts import limits, queries, services
from mingchu.accounts.access import actor_of, public, requires
from mingchu.accounts.adapters import AccountAdapter
from mingchu.accounts.context import LARGE_TEXT_COOKIE
from mingchu.accounts.domain import may_give
from mingchu.accounts.forms import (
    EndForm,
    EnrolForm,
    HandOverForm,
    InviteForm,
    PinForm,
    PreferencesForm,
    ResetForm,
    SigningPinForm,
    TokenForm,
    givable,
    role_name,
)
from mingchu.accounts.models import Enrolment, User
from mingchu.accounts.passwords import is_light
from mingchu.accounts.places import located
from mingchu.accounts.roles import roles
from mingchu.accounts.services import NewPerson
from mingchu.accounts.symbols import qr_svg
from mingchu.base import clock, paging
from mingchu.base.errors import Refusal

A_YEAR = 365 * 24 * 3600
DEAD_LINKS_OF_ADDRESS = 60
AN_HOUR = timedelta(hours=1)
Answer = TypeVar("Answer", bound=HttpResponseBase)


def person(request: HttpRequest) -> User:
    """The signed-in person's own row; a program with a token has no account page."""
    if not isinstance(request.user, User):
        raise Http404
    return request.user


# Ways in


@public
@never_cache
@require_http_methods(["GET", "POST"])
def enter(request: HttpRequest, token: str) -> HttpResponseBase:
    """A link of the command line signs in at once; one on paper asks for its PIN first."""
    # The path is the secret, so the request log gets another.
    request._mingchu_path = "/login/*"  # type: ignore[attr-defined]
    guesses = f"enter:{AccountAdapter(request).get_client_ip(request)}"
    limits.seen(guesses, DEAD_LINKS_OF_ADDRESS - 1).refuse_if_over()
    try:
        return _enter(request, token)
    except Refusal:
        # Only misses count: a whole parents' meeting may come from one address.
        limits.hit(guesses, DEAD_LINKS_OF_ADDRESS, AN_HOUR)
        raise


def _enter(request: HttpRequest, token: str) -> HttpResponseBase:
    if queries.is_link(token):
        if request.method == "POST":
            raise services.link_is_dead()
        user = services.use_link(token=token, from_loopback=is_loopback(request))
        return _let_in(request, user)
    return _enrol(request, token, services.open_enrolment(token))


def is_loopback(request: HttpRequest) -> bool:
    """Whether the browser runs on this machine; a proxy in between speaks for others."""
    forwarded = {"X-Forwarded-For", "Forwarded", "X-Real-Ip"} & set(request.headers)
    try:
        near = ipaddress.ip_address(request.META.get("REMOTE_ADDR") or "").is_loopback
    except ValueError:
        return False
    return near and not forwarded


def _let_in(request: HttpRequest, user: User) -> HttpResponseBase:
    """Through the same stages as with a password, a second factor included."""
    if request.user.is_authenticated and request.user != user:
        AccountAdapter(request).logout(request)
    answer: HttpResponseBase = perform_login(request, user)
    return _with_preferences(request, answer, user)


def _enrol(request: HttpRequest, token: str, enrolment: Enrolment) -> HttpResponseBase:
    known = request.user if isinstance(request.user, User) and not enrolment.person else None
    form = _sheet_form(request, enrolment, known)
    if form.is_valid():
        try:
            user = _accepted(token, enrolment, known, form.cleaned_data)
        except Refusal as refusal:
            form.add_error("pin" if refusal.code == "wrong_pin" else None, _told(refusal))
        else:
            messages.success(request, _("办理完成，您的登录账号是 %s") % user.username)
            return _let_in(request, user)
    shown = {
        "form": form,
        "role": role_name(enrolment.role),
        "scope": queries.scope_name(enrolment.scope),
        "reset": enrolment.person,
    }
    return render(request, "accounts/enrol.html", shown)


def _sheet_form(request: HttpRequest, enrolment: Enrolment, known: User | None) -> PinForm:
    """A PIN for one more post, with a password for a forgotten one, with a name for a new one."""
    if known:
        return PinForm(request.POST or None)
    if enrolment.person:
        return ResetForm(request.POST or None, light=is_light(enrolment.person))
    return EnrolForm(request.POST or None, light=roles().by_code[enrolment.role].light)


def _accepted(token: str, enrolment: Enrolment, known: User | None, said: dict[str, Any]) -> User:
    if enrolment.person:
        return services.accept_reset(token=token, pin=said["pin"], password=said["password"])
    person = known or NewPerson(
        username=said["username"], name=said["name"], password=said["password"]
    )
    return services.accept_enrolment(token=token, pin=said["pin"], person=person)


def _told(refusal: Refusal) -> str:
    return refusal.sentence(_)


def reaching_out(view: Callable[..., HttpResponseBase]) -> Callable[..., HttpResponseBase]:
    """A view that asks the identity provider; its silence is said, not a broken page."""

    @wraps(view)
    def asked(request: HttpRequest, provider_id: str) -> HttpResponseBase:
        try:
            return view(request, provider_id)
        except requests.RequestException as error:
            raise Refusal(
                "provider_out_of_reach",
                _noop("统一身份认证没有回应"),
                fix=_noop("请稍后再试，或用本系统的账号和密码登录"),
                status=502,
            ) from error

    return asked


# My account


@requires("accounts.self")
def account(request: HttpRequest) -> HttpResponse:
    user = person(request)
    now = {
        "name": user.name,
        "phone": user.phone,
        "language": user.language,
        "large_text": user.large_text,
    }
    form = PreferencesForm(request.POST or None, initial=now)
    if form.is_valid():
        services.set_preferences(user=user, **form.cleaned_data)
        messages.success(request, _("已保存"))
        return _with_preferences(request, redirect("accounts:account"), user)
    posts = [_titled(row) for row in queries.posts_of(user)]
    shown = {"form": form, "posts": posts, "certified": queries.is_certified(user)}
    return render(request, "accounts/account.html", shown)


def _with_preferences(request: HttpRequest, answer: Answer, user: User) -> Answer:
    """A person's language and type size travel in the cookies every page reads."""
    said = {
        settings.LANGUAGE_COOKIE_NAME: user.language,
        LARGE_TEXT_COOKIE: "large" if user.large_text else "normal",
    }
    for cookie, value in said.items():
        if value:
            answer.set_cookie(
                cookie,
                value,
                max_age=A_YEAR,
                samesite="Lax",
                secure=request.is_secure(),
                httponly=True,
            )
    return answer


@requires("accounts.self")
@never_cache
def signing_pin(request: HttpRequest) -> HttpResponse:
    """Set by whoever has just shown again who he is.

    A form that comes too late is asked for again: allauth would keep the PIN in the session.
    """
    user = person(request)
    if not queries.is_certified(user):
        raise Http404
    if is_reauthentication_required(request, app="accounts"):
        if request.method == "POST":
            return redirect("accounts:signing_pin")
        raise ReauthenticationRequired
    form = SigningPinForm(request.POST or None)
    if form.is_valid():
        try:
            services.set_signing_pin(user, form.cleaned_data["pin"], by=actor_of(request))
        except Refusal as refusal:
            form.add_error("pin", _told(refusal))
        else:
            messages.success(request, _("签名口令已设置"))
            return redirect("accounts:account")
    shown = {"form": form, "has_pin": queries.has_signing_pin([user.pk])}
    return render(request, "accounts/signing_pin.html", shown)


@requires("accounts.self")
@never_cache
def tokens(request: HttpRequest) -> HttpResponse:
    user, secret = person(request), ""
    form = TokenForm(request.POST or None, actor=actor_of(request))
    if form.is_valid():
        post = queries.own_post(user, form.cleaned_data["post"])
        if post is None:
            raise Http404
        _token, secret = services.issue_token(
            post=post,
            title=form.cleaned_data["title"],
            api_scopes=tuple(form.cleaned_data["api_scopes"]),
            days=form.cleaned_data["days"],
        )
        form = TokenForm(actor=actor_of(request))
    shown = {"form": form, "secret": secret, "tokens": queries.tokens_of(user)}
    return render(request, "accounts/tokens.html", shown)


@requires("accounts.self")
@require_POST
def revoke_token(request: HttpRequest, pk: str) -> HttpResponse:
    token = queries.token_of(person(request), pk)
    if token is None:
        raise Http404
    services.revoke_token(token=token)
    messages.success(request, _("已撤销"))
    return redirect("accounts:tokens")


# People and posts


@requires("accounts.people")
def people(request: HttpRequest) -> HttpResponse:
    actor, query, role = actor_of(request), request.GET.get("q", ""), request.GET.get("role", "")
    scopes = actor.scopes_for("accounts.people")
    rows = queries.posts_in(scopes, query=query, role=role, after=_place(request))
    shown = {
        "posts": [_titled(row) for row in rows[: queries.PAGE]],
        "next": _next(request, rows, rows[queries.PAGE - 1].id if len(rows) > queries.PAGE else 0),
        "enrolments": _sheets(queries.open_enrolments(scopes)),
        "query": query,
        "role": role,
        "roles": [(known.code, role_name(known.code)) for known in roles()],
        "can_invite": bool(givable(actor)),
    }
    return render(request, "accounts/people.html", shown)


def _titled(row: queries.PostRow) -> dict[str, Any]:
    return {**vars(row), "role": role_name(row.role_code)}


def _sheets(sheets: list[Enrolment]) -> list[dict[str, Any]]:
    names = queries.scope_names(sheet.scope for sheet in sheets)
    return [
        {
            "id": sheet.pk,
            "role": role_name(sheet.role),
            "scope": names[sheet.scope],
            "expires": sheet.expires_at,
        }
        for sheet in sheets
    ]


def _place(request: HttpRequest) -> int:
    """Where the list goes on, from the cursor in the address."""
    said = request.GET.get("cursor", "")
    return int(paging.place(said)[0]) if said else 0


def _next(request: HttpRequest, rows: list[Any], last: int) -> str:
    if len(rows) <= queries.PAGE:
        return ""
    query = request.GET.copy()
    query["cursor"] = paging.cursor(last)
    return f"?{query.urlencode()}"


@requires("accounts.people")
def post(request: HttpRequest, pk: int) -> HttpResponse:
    """One person in one post; ending it is a form on the same page."""
    actor = actor_of(request)
    held = queries.post_in(actor.scopes_for("accounts.people"), pk)
    if held is None:
        raise Http404
    form = EndForm(request.POST or None, initial={"until": clock.today()})
    if form.is_valid():
        services.end_post(post=held, until=form.cleaned_data["until"], by=actor)
        messages.success(request, _("已办理离岗"))
        return redirect("accounts:people")
    services.log_view(actor, f"user:{held.user_id}", "accounts.people")
    phones = queries.devices_of(actor.scopes_for("accounts.people"), held.user)
    found = located(held.scope)
    shown = {
        "form": form,
        "person": held.user,
        "post": {
            "id": held.pk,
            "role": role_name(held.role),
            "scope": queries.scope_name(held.scope),
            "since": held.since,
            "until": held.until,
        },
        "devices": [one for one in phones if not one.revoked],
        "can_end": held.until is None
        and found is not None
        and may_give(actor, roles().by_code[held.role], found.place),
    }
    return render(request, "accounts/post.html", shown)


@requires("accounts.people")
@never_cache
def invite(request: HttpRequest) -> HttpResponse:
    """Issues an enrolment; link and PIN are on the answer and nowhere else."""
    actor = actor_of(request)
    form = InviteForm(request.POST or None, actor=actor)
    if form.is_valid():
        try:
            made = services.issue_enrolment(
                role=form.cleaned_data["role"],
                scope=form.scope,
                by=actor,
                days=form.cleaned_data["days"],
            )
        except Refusal as refusal:
            form.add_error(None, _told(refusal))
        else:
            return render(request, "accounts/sheet.html", _printed(request, made))
    return render(request, "accounts/invite.html", {"form": form})


def _printed(request: HttpRequest, made: services.Invitation) -> dict[str, Any]:
    link = request.build_absolute_uri(reverse("accounts:enter", args=[made.token]))
    return {
        "link": link,
        "symbol": mark_safe(qr_svg(link)),  # noqa: S308 our own drawing, nothing typed in it
        "pin": made.pin,
        "role": role_name(made.enrolment.role),
        "scope": queries.scope_name(made.enrolment.scope),
        "expires": made.enrolment.expires_at,
        "number": made.enrolment.pk,
    }


@requires("accounts.people")
@require_POST
@never_cache
def reset(request: HttpRequest, pk: int) -> HttpResponse:
    """A sheet for somebody who forgot the password."""
    actor = actor_of(request)
    held = queries.post_in(actor.scopes_for("accounts.people"), pk)
    if held is None:
        raise Http404
    made = services.issue_reset(post=held, by=actor)
    return render(request, "accounts/sheet.html", {**_printed(request, made), "reset": held.user})


@requires("accounts.people")
@require_POST
def revoke_device(request: HttpRequest, pk: str) -> HttpResponse:
    """A phone that was lost, or whose holder must not send any more."""
    token = queries.device_in(actor_of(request).scopes_for("accounts.people"), pk)
    if token is None:
        raise Http404
    services.revoke_token(token=token)
    messages.success(request, _("已撤销"))
    return redirect("accounts:post", token.post_id)


@requires("accounts.people")
@require_POST
def void_enrolment(request: HttpRequest, pk: int) -> HttpResponse:
    actor = actor_of(request)
    sheet = queries.enrolment_in(actor.scopes_for("accounts.people"), pk)
    if sheet is None:
        raise Http404
    services.void_enrolment(enrolment=sheet, by=actor)
    messages.success(request, _("已作废"))
    return redirect("accounts:people")


@requires("accounts.people")
def hand_over(request: HttpRequest) -> HttpResponse:
    form = HandOverForm(request.POST or None, initial={"since": clock.today() + timedelta(days=1)})
    if form.is_valid():
        try:
            moved = services.hand_over(**form.cleaned_data, by=actor_of(request))
        except Refusal as refusal:
            form.add_error(None, _told(refusal))
        else:
            messages.success(request, _("已交接%d个岗位") % len(moved))
            return redirect("accounts:people")
    return render(request, "accounts/hand_over.html", {"form": form})


@requires("accounts.log")
def access_log(request: HttpRequest) -> HttpResponse:
    who, whom = request.GET.get("actor", "").strip(), request.GET.get("subject", "").strip()
    rows = queries.viewings(actor=who, subject=whom, before=_place(request))
    last = rows[queries.PAGE - 1].pk if len(rows) > queries.PAGE else 0
    shown = {
        "rows": rows[: queries.PAGE],
        "next": _next(request, rows, last),
        "who": who,
        "whom": whom,
    }
    return render(request, "accounts/access_log.html", shown)
