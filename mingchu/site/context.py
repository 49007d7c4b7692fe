"""What every template knows: the links that exist, the reader's choices, the city's time."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass
from functools import cache, lru_cache
from urllib.parse import urlencode

from django.conf import settings
from django.http import HttpRequest
from django.urls import Resolver404, resolve
from django.utils.functional import SimpleLazyObject
from django.utils.translation import get_language
from django.utils.translation import gettext_lazy as _
from django.utils.translation.trans_real import translation

from mingchu.accounts.context import LARGE_TEXT_COOKIE
from mingchu.base import clock, trail
from mingchu.base.slots import BANNERS

# Public paths of the contracts; a link is shown once its context has landed.
PUBLIC_LINKS = (
    ("/", _("首页")),
    ("/draws/", _("双随机抽查")),
    ("/plans/", _("抽查计划")),
    ("/notices/", _("公示")),
    ("/sunshine/", _("阳光直播")),
    ("/hygiene/", _("餐饮量化等级")),
    ("/rules/", _("规则")),
    ("/open/", _("开放数据")),
    ("/complain/", _("投诉举报")),
)


@dataclass(frozen=True)
class Link:
    href: str
    label: object
    here: bool = False


@dataclass(frozen=True)
class LanguageLink:
    href: str
    code: str
    name: str


@cache
def exists(path: str) -> bool:
    """Whether some view answers the path; asked on every page, and the same as long as we live."""
    try:
        resolve(path)
    except Resolver404:
        return False
    return True


def _same_page(request: HttpRequest, **change: str) -> str:
    query = {k: v for k, v in request.GET.items() if k not in {"lang", "text"}}
    return f"?{urlencode({**query, **change})}"


def _public_links(request: HttpRequest) -> Iterator[Link]:
    for path, label in PUBLIC_LINKS:
        if exists(path):
            here = request.path == path or (path != "/" and request.path.startswith(path))
            yield Link(path, label, here)


def _language_links(request: HttpRequest) -> Iterator[LanguageLink]:
    for code, name in settings.LANGUAGES:
        if code != get_language():
            yield LanguageLink(_same_page(request, lang=code), code, str(name))


def large_text(request: HttpRequest) -> bool:
    return request.COOKIES.get(LARGE_TEXT_COOKIE) == "large"


@cache
def _texts(language: str) -> dict[str, object]:
    """The page's `_` in its language: found out once, not for each of its hundred texts. What code
    says goes the same short way instead of through one catalogue after another."""
    words = translation(language)
    known = lru_cache(8192)(words.gettext)
    words.gettext = known  # type: ignore[method-assign]
    return {"_": known, "gettext": known, "pgettext": lru_cache(8192)(words.pgettext)}


def base(request: HttpRequest) -> dict[str, object]:
    """The context processor of the layout."""
    large = large_text(request)
    return {
        **_texts(get_language() or settings.LANGUAGE_CODE),
        "demo": settings.DEMO,
        "banners": SimpleLazyObject(lambda: [said for banner in BANNERS if (said := banner())]),
        "city_now": clock.city(clock.now()),
        "request_id": trail.request_id(),
        "large_text": large,
        "text_link": _same_page(request, text="normal" if large else "large"),
        "language_links": list(_language_links(request)),
        "public_links": SimpleLazyObject(lambda: list(_public_links(request))),
    }
