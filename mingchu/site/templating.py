"""The pages' language: Jinja templates, with what every page may call in them.

Django's own template language stays beside it for the pages that packages bring along. Why:
docs/decisions/0011-pages-are-jinja.md.
"""

from __future__ import annotations

from datetime import date, datetime
from typing import Any

from allauth.socialaccount.templatetags.socialaccount import get_providers, provider_login_url
from django.template.defaultfilters import linebreaksbr
from django.templatetags.static import static
from django.utils import dateformat
from django.utils.html import json_script
from django.utils.translation import get_language, gettext, ngettext, npgettext, pgettext
from jinja2 import ChainableUndefined, Environment, pass_context

from mingchu.accounts.domain import Role, Scope
from mingchu.accounts.places import located
from mingchu.base import clock
from mingchu.rulebook.marks import as_law, rule_badge
from mingchu.rulebook.scoring import told
from mingchu.site.addresses import url
from mingchu.site.citymap import NAMES

# The forms nearly all pages use, without Django's walk through the letters of a form.
PLAIN = {
    "Y-m-d": "%Y-%m-%d",
    "Y-m-d H:i": "%Y-%m-%d %H:%M",
    "Y-m-d H:i:s": "%Y-%m-%d %H:%M:%S",
}


def environment(**options: Any) -> Environment:
    """The environment of all pages. What a page does not know is empty, as it is in Django."""
    made = Environment(
        autoescape=True,
        extensions=["jinja2.ext.i18n"],
        keep_trailing_newline=True,
        undefined=ChainableUndefined,
        loader=options["loader"],
        auto_reload=options["auto_reload"],
    )
    made.install_gettext_callables(  # type: ignore[attr-defined]
        gettext, ngettext, pgettext=pgettext, npgettext=npgettext
    )
    made.globals |= {
        "get_language": get_language,
        "get_providers": pass_context(get_providers),
        "provider_login_url": pass_context(provider_login_url),
        "role_name": role_name,
        "rule_badge": rule_badge,
        "scope_name": scope_name,
        "static": static,
        "url": url,
    }
    made.filters |= {
        "as_law": as_law,
        "date": day,
        "grouped": grouped,
        "json_script": json_script,
        "linebreaksbr": linebreaksbr,
        "pointed": told,
    }
    return made


def day(moment: date | None, form: str) -> str:
    """A day, or a moment in the city's time, in Django's form of dates; nothing for none."""
    if isinstance(moment, datetime):
        moment = clock.city(moment)
    if not moment:
        return ""
    return moment.strftime(PLAIN[form]) if form in PLAIN else dateformat.format(moment, form)


def grouped(number: float | None) -> str:
    """A number with its thousands apart, at most one decimal.

    >>> grouped(16108), grouped(93.04), grouped(None)
    ('16,108', '93', '–')
    """
    if number is None:
        return "–"
    return f"{number:,.1f}".removesuffix(".0")


def role_name(role: Role) -> str:
    return role.zh if get_language() == "zh-hans" else role.en


def scope_name(scope: Scope) -> str:
    """Where a post holds, in words."""
    if scope.kind == "city":
        return gettext("全市")
    if scope.code in NAMES:
        return str(NAMES[scope.code])
    found = located(scope)
    return found.name if found else scope.code
