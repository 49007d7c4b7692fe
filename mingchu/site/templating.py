"""The pages' language: Jinja templates, with what every page may call in them.

Django's own template language stays beside it for the pages that packages bring along. Why:
docs/decisions/0011-pages-are-jinja.md.
"""

from __future__ import annotations

from collections.abc import Callable, Mapping
from datetime import date, datetime
from functools import cache, cached_property, lru_cache
from typing import Any

from allauth.socialaccount.templatetags.socialaccount import get_providers, provider_login_url
from django.http import HttpRequest
from django.template.backends.jinja2 import Jinja2
from django.template.defaultfilters import linebreaksbr
from django.templatetags.static import static
from django.utils import dateformat
from django.utils.html import json_script
from django.utils.module_loading import import_string
from django.utils.translation import get_language, gettext, ngettext, npgettext, pgettext
from jinja2 import ChainableUndefined, Environment, Template, pass_context
from jinja2.compiler import CodeGenerator, Frame
from jinja2.nodes import Call, Name
from markupsafe import Markup, escape

from mingchu.accounts.domain import Role, Scope
from mingchu.accounts.places import located
from mingchu.base import clock
from mingchu.rulebook.marks import as_law, rule_badge
from mingchu.rulebook.scoring import told
from mingchu.site.addresses import url
from mingchu.site.citymap import NAMES

Processor = Callable[[HttpRequest], Mapping[str, Any]]
STRAIGHT = {"_", "url"}  # functions of every page that need nothing of it
# The forms nearly all pages use, and how much of an ISO moment each is: without Django's walk
# through the letters of a form.
PLAIN = {"Y-m-d": 10, "Y-m-d H:i": 16, "Y-m-d H:i:s": 19}


class Pages(Jinja2):
    """Django's backend; for a page and the pieces drawn for it the context processors are asked
    once in each language."""

    @cached_property
    def template_context_processors(self) -> list[Processor]:  # type: ignore[override]
        asked: list[Processor] = [import_string(path) for path in self.context_processors]

        def said_once(request: HttpRequest) -> dict[str, Any]:
            by_language = request.__dict__.setdefault("_mingchu_said", {})
            said: dict[str, Any] | None = by_language.get(get_language())
            if said is None:
                said = {name: value for one in asked for name, value in one(request).items()}
                by_language[get_language()] = said
            return said

        return [said_once]


class House(Environment):
    """An environment in which `row.name` of a dictionary is what it holds, before it is what
    dictionaries can do; most rows of lists are dictionaries."""

    def getattr(self, obj: Any, attribute: str) -> Any:
        if type(obj) is dict and attribute in obj:
            return obj[attribute]
        return super().getattr(obj, attribute)


class Straight(CodeGenerator):
    """Compiles a template so that it calls what needs no context without asking each time whether
    it does: the texts and addresses of a page are more than a hundred."""

    def visit_Call(  # noqa: N802  the name is Jinja's
        self, node: Call, frame: Frame, forward_caller: bool = False
    ) -> None:
        named = isinstance(node.node, Name) and node.node.name in STRAIGHT
        if not named or forward_caller or node.kwargs or node.dyn_args or node.dyn_kwargs:
            super().visit_Call(node, frame, forward_caller=forward_caller)
            return
        self.visit(node.node, frame)
        self.write("(")
        for argument in node.args:
            self.visit(argument, frame)
            self.write(", ")
        self.write(")")


class Page(Template):
    """A template that knows how the words read which it has escaped before: most of what a page
    says is names of districts, kinds and states, some hundred times."""

    @classmethod
    def from_code(cls, *made_of: Any) -> Template:
        made = super().from_code(*made_of)
        made.root_render_func.__globals__["escape"] = escaped
        return made


_escaped = lru_cache(8192)(escape)


def escaped(value: Any) -> Markup:
    """As markupsafe has it; its own walk takes five times as long as to remember."""
    return _escaped(value) if type(value) is str else escape(value)


def environment(**options: Any) -> Environment:
    """The environment of all pages. What a page does not know is empty, as it is in Django."""
    made = House(
        autoescape=True,
        extensions=["jinja2.ext.i18n"],
        keep_trailing_newline=True,
        undefined=ChainableUndefined,
        loader=options["loader"],
        auto_reload=options["auto_reload"],
    )
    made.template_class, made.code_generator_class = Page, Straight
    made.install_gettext_callables(  # type: ignore[attr-defined]
        gettext, ngettext, pgettext=pgettext, npgettext=npgettext
    )
    made.globals |= {
        "_": gettext,  # the extension's own asks the page for it
        "get_language": get_language,
        "get_providers": pass_context(get_providers),
        "provider_login_url": pass_context(provider_login_url),
        "role_name": role_name,
        "rule_badge": rule_badge,
        "scope_name": scope_name,
        "static": cache(static),
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
    if form == "c":
        return moment.isoformat()
    if form not in PLAIN:
        return dateformat.format(moment, form)
    whole = moment.isoformat(" ") if isinstance(moment, datetime) else f"{moment} 00:00:00"
    return whole[: PLAIN[form]]


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
