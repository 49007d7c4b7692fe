"""The inspector's phone 检查手机 `/i/`: a shell, its service worker, and the key of a device.

The shell and its files hold nobody's data, so they are public: a worker renews them whoever is
signed in. The first visit and the key ask for an inspector.
"""

from __future__ import annotations

import hashlib
import json
from collections.abc import Mapping
from functools import cache
from pathlib import Path
from typing import Any

from django.conf import settings
from django.core.exceptions import PermissionDenied
from django.http import HttpRequest, HttpResponse, JsonResponse
from django.middleware.csrf import get_token
from django.shortcuts import render
from django.templatetags.static import static
from django.urls import reverse
from django.utils import translation
from django.utils.translation import gettext_noop as _noop
from django.utils.translation import pgettext
from django.views.decorators.cache import never_cache
from django.views.decorators.http import require_POST, require_safe

from mingchu.accounts import services as accounts
from mingchu.accounts.access import public, requires
from mingchu.accounts.models import User
from mingchu.base import clock
from mingchu.base.errors import Refusal
from mingchu.inspection import rules
from mingchu.inspection.pages.phone_words import WORDS

CONDUCT = "inspection.conduct"
FOLDER = Path(__file__).parents[1] / "static" / "inspection" / "phone"
WORKER = FOLDER / "worker.js"
SHELL = Path(__file__).parents[1] / "templates" / "inspection" / "phone" / "shell.html"
MARK = "site/mark.svg"
VERSION_LETTERS = 10


@cache
def words() -> Mapping[str, Mapping[str, str]]:
    """All texts of the phone, in each language: it changes its language without a network."""
    said = {}
    for code, _name in settings.LANGUAGES:
        with translation.override(code):
            said[code] = {key: str(text) for key, text in WORDS.items()}
    return said


def _files() -> list[Path]:
    return sorted(path for path in FOLDER.iterdir() if path != WORKER)


@cache
def version() -> str:
    """A digest of all that a phone keeps: it is another when any of it is another."""
    whole = hashlib.sha256(json.dumps(words(), sort_keys=True).encode())
    for path in (SHELL, WORKER, *_files()):
        whole.update(path.name.encode() + b"\0" + hashlib.sha256(path.read_bytes()).digest())
    return whole.hexdigest()[:VERSION_LETTERS]


def _shell(request: HttpRequest) -> HttpResponse:
    shown = {"version": version(), "words": words()}
    return render(request, "inspection/phone/shell.html", shown)


@requires(CONDUCT)
@require_safe
@never_cache
def phone(request: HttpRequest) -> HttpResponse:
    """The first visit; later ones the service worker answers."""
    return _shell(request)


@public
@require_safe
@never_cache
def shell(request: HttpRequest) -> HttpResponse:
    """The same for the service worker, which may renew it when nobody is signed in."""
    return _shell(request)


@public
@require_safe
@never_cache
def worker(request: HttpRequest) -> HttpResponse:
    """The service worker, told which version it is and which files belong to it."""
    files = [static(f"inspection/phone/{path.name}") for path in _files()] + [static(MARK)]
    told = {"VERSION": version(), "SHELL": reverse("inspection:phone_shell"), "FILES": files}
    head = "".join(f"const {name} = {json.dumps(value)};\n" for name, value in told.items())
    answer = HttpResponse(head + WORKER.read_text("utf-8"), content_type="text/javascript")
    answer["Service-Worker-Allowed"] = reverse("inspection:phone")
    return answer


@public
@require_safe
@never_cache
def phone_version(request: HttpRequest) -> JsonResponse:
    return JsonResponse({"version": version()})


@public
@require_safe
def manifest(request: HttpRequest) -> JsonResponse:
    """What a home screen shows."""
    home = reverse("inspection:phone")
    said = {
        "id": home,
        "name": pgettext("phone", "检查手机"),
        "short_name": pgettext("phone", "检查手机"),
        "start_url": home,
        "scope": home,
        "display": "standalone",
        "background_color": "#f4f7f6",
        "theme_color": "#083f34",
        "icons": [{"src": static(MARK), "sizes": "any", "type": "image/svg+xml"}],
    }
    return JsonResponse(said, content_type="application/manifest+json")


@requires(CONDUCT)
@require_safe
@never_cache
def me(request: HttpRequest) -> JsonResponse:
    """Who is signed in, and what the phone must show to ask for its key."""
    return JsonResponse({"person": _person(_user(request)), "csrf": get_token(request)})


@requires(CONDUCT)
@require_POST
@never_cache
def device(request: HttpRequest) -> JsonResponse:
    """A key of this device for whoever is signed in: {"name", "device"} → {"token", …}."""
    said, user = _said(request), _user(request)
    token, secret = accounts.issue_device_token(
        user=user, device=said["device"], name=said["name"], days=rules.device_days(clock.today())
    )
    expires = token.expires_at.isoformat()
    return JsonResponse({"token": secret, "expires": expires, "person": _person(user)})


def _said(request: HttpRequest) -> dict[str, str]:
    try:
        said = json.loads(request.body)
        return {key: str(said[key]) for key in ("name", "device")}
    except (ValueError, KeyError, TypeError) as error:
        raise Refusal(
            "bad_device_request",
            _noop("登记手机的请求缺少名称或设备编号"),
            fix=_noop("请在检查手机页面上重新登录"),
            status=400,
        ) from error


def _user(request: HttpRequest) -> User:
    """Whoever is signed in; a program with a token of its own has no phone."""
    if not isinstance(request.user, User):
        raise PermissionDenied
    return request.user


def _person(user: User) -> dict[str, Any]:
    until = user.certificate_until
    return {
        "id": user.pk,
        "name": user.name,
        "certificate": user.certificate_no,
        "until": until.isoformat() if until else None,
    }
