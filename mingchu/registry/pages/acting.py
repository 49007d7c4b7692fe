"""Acts on a file as pages: one form each, filled with what is known, refusals beside it.

If somebody else changed the file after the form was opened, the officer is shown what changed;
what he had not touched takes the new value, what he typed stays, and he sends it again.
"""

from __future__ import annotations

from collections.abc import Callable, Mapping
from dataclasses import dataclass, field, replace
from typing import Any

from django import forms
from django.contrib import messages
from django.http import HttpRequest, HttpResponse
from django.shortcuts import redirect, render
from django.urls import reverse
from django.utils.functional import Promise
from django.utils.translation import gettext as _

from mingchu.accounts.access import actor_of
from mingchu.base.errors import Refusal
from mingchu.registry import history
from mingchu.registry.act_forms import Row, Target
from mingchu.registry.differences import Difference, differences
from mingchu.registry.models import Business
from mingchu.registry.pages.common import found, told
from mingchu.registry.queries import past

Text = str | Promise
Said = dict[str, Any]


def _nothing(target: Target) -> Said:
    return {}


def _always(row: Any) -> bool:
    return True


@dataclass(frozen=True)
class Act:
    """An official act on a file: its form, what it opens with, and the service that does it.

    `run` may return the number of another file to go to; `about` says in short what it is about.
    """

    title: Text
    does: Text
    form: Callable[..., forms.Form]
    run: Callable[[Target, Said], object]
    initial: Callable[[Target], Mapping[str, Any]] = _nothing
    about: Callable[[Target], str] = field(default=lambda target: "")
    note: Text = ""
    done: Text = ""
    anchor: str = ""
    grave: bool = False
    when: Callable[[Any], bool] = _always


def target_of(request: HttpRequest, number: int, row: Row | None = None) -> Target:
    """The file, if the officer may write it."""
    known = found(request, number, "registry.write")
    return Target(known, history.snapshot(known), actor_of(request), row)


def perform(request: HttpRequest, target: Target, act: Act) -> HttpResponse:
    """Shows the form, or does the act and goes back to the file."""
    form = act.form(request.POST or None, initial=_opening(target, act), target=target)
    meanwhile: list[Difference] = []
    if request.method == "POST" and form.is_valid():
        try:
            went = act.run(target, form.cleaned_data)
        except Refusal as refusal:
            if refusal.code == "changed_meanwhile" and "revision" in form.fields:
                form, meanwhile = _rebased(form, target, act)
            form.add_error(None, told(refusal))
        else:
            messages.success(request, str(act.done) or _("已办理"))
            there = went.pk if isinstance(went, Business) else target.business.pk
            return redirect(f"{reverse('registry:business', args=[there])}{act.anchor}")
    shown = {
        "form": form,
        "act": act,
        "business": target.business,
        "about": act.about(target),
        "meanwhile": meanwhile,
        "back": f"{reverse('registry:business', args=[target.business.pk])}{act.anchor}",
    }
    return render(request, "registry/act.html", shown)


def _opening(target: Target, act: Act) -> Said:
    return {**act.initial(target), "revision": target.business.revision}


def _rebased(form: forms.Form, target: Target, act: Act) -> tuple[forms.Form, list[Difference]]:
    """The same form on the file as it is now, and what changed under it."""
    opened = past.file_at(target.business, form.cleaned_data["revision"])
    before = act.initial(replace(target, file=opened))
    now = act.initial(target)
    data: Any = form.data
    data = data.copy()
    data["revision"] = str(target.business.revision)
    for name, one in form.fields.items():
        typed = one.widget.value_from_datadict(form.data, form.files, name)
        same = not one.has_changed(before.get(name), typed)
        if name in now and same and before.get(name) != now[name]:
            _fill(data, name, now[name])
    again = act.form(data, initial=_opening(target, act), target=target)
    again.is_valid()
    return again, differences(opened, target.file)


def _fill(data: Any, name: str, value: Any) -> None:
    """A value as the browser would have sent it."""
    if isinstance(value, list | tuple):
        data.setlist(name, [str(one) for one in value])
    elif value in (None, False):
        data.pop(name, None)
    else:
        data[name] = "on" if value is True else str(value)
