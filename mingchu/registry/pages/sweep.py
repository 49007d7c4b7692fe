"""Sweep 清查: many that could not be found, marked at once after being looked at once more."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass
from functools import partial
from typing import Any
from urllib.parse import urlencode

from django.contrib import messages
from django.http import HttpRequest, HttpResponse
from django.shortcuts import redirect, render
from django.urls import reverse
from django.utils.translation import gettext as _
from django.views.decorators.http import require_http_methods

from mingchu.accounts.access import actor_of, requires
from mingchu.base import clock
from mingchu.base.errors import Refusal
from mingchu.kit.files import keeping, uploads
from mingchu.kit.files.pages import takes_files
from mingchu.kit.models import Upload
from mingchu.registry import domain, queries, services
from mingchu.registry.forms import OfficerFindForm
from mingchu.registry.list_forms import EvidenceForm, SweepForm
from mingchu.registry.models import Business
from mingchu.registry.pages.common import attempt, told
from mingchu.registry.pages.lists import listed
from mingchu.registry.services import SWEEP_TOP
from mingchu.registry.values import FILES_TOP


@dataclass(frozen=True)
class Paper:
    """A file that is here, under the name its sender knows it by."""

    upload: Upload
    name: str

    @property
    def value(self) -> str:
        """How the page brings it back."""
        return f"{self.upload.sha256}/{self.name}"


@takes_files(FILES_TOP)
@requires("registry.write")
@require_http_methods(["GET", "POST"])
def sweep(request: HttpRequest) -> HttpResponse:
    """Chosen in the list, told why, looked at once more, marked: a step each."""
    if request.method == "POST":
        return _told(request)
    chosen, back = _chosen(request)
    if not chosen:
        messages.error(request, _("没有选中可以标记的经营者：请先勾选，或选“本页全部”"))
        return redirect(back)
    if len(chosen) > SWEEP_TOP:
        said = _("一次最多处理%(top)s户，请再加条件缩小范围") % {"top": SWEEP_TOP}
        messages.error(request, said)
        return redirect(back)
    form = SweepForm(initial={"since": clock.today()})
    return _step(request, "form", chosen, form=form, back=back)


def _chosen(request: HttpRequest) -> tuple[list[Business], str]:
    """By tick, by page or by the whole question; and the list they were chosen in."""
    actor = actor_of(request)
    scopes = actor.scopes_for("registry.write")
    wanted = OfficerFindForm(request.GET, actor=actor, areas=()).wanted
    back = f"{reverse('registry:businesses')}?{urlencode(wanted.query())}"
    if request.GET.get("take") == "all":
        return list(queries.matching(scopes, wanted, people=True)[: SWEEP_TOP + 1]), back
    codes = request.GET.getlist("row" if request.GET.get("take") == "page" else "chosen")
    return queries.some(scopes, _numbers(codes)), back


def _numbers(codes: list[str]) -> list[int]:
    return [domain.number_of(code) for code in codes[: SWEEP_TOP + 1]]


def _told(request: HttpRequest) -> HttpResponse:
    """The same businesses from step to step, whatever the list shows meanwhile."""
    scopes = actor_of(request).scopes_for("registry.write")
    chosen = queries.some(scopes, _numbers(request.POST.getlist("chosen"))[:SWEEP_TOP])
    form, evidence = SweepForm(request.POST), EvidenceForm(request.POST, request.FILES)
    papers = _papers(request, evidence)
    known = {"form": form, "evidence": evidence, "papers": papers}
    if not form.is_valid() or "change" in request.POST:
        for said in evidence.errors.get("papers", ()):
            form.add_error(None, said)
        return _step(request, "form", chosen, **known)
    if "confirmed" not in request.POST or not evidence.is_valid():
        return _step(request, "confirm", chosen, **known)
    done: list[services.Swept] = []
    if not attempt(evidence, lambda: done.append(_swept(request, chosen, form, papers))):
        return _step(request, "confirm", chosen, **known)
    [swept] = done
    left = [(one.public_id, one.name, told(refusal)) for one, refusal in swept.left]
    return _step(request, "done", swept.done, left=left, **known)


def _swept(
    request: HttpRequest, chosen: list[Business], form: SweepForm, papers: list[Paper]
) -> services.Swept:
    return services.sweep_not_found(
        numbers=[one.pk for one in chosen],
        since=form.cleaned_data["since"],
        why=form.cleaned_data["why"],
        evidence=form.cleaned_data["evidence"],
        files=[one.upload for one in papers],
        by=actor_of(request),
    )


def _papers(request: HttpRequest, form: EvidenceForm) -> list[Paper]:
    """Files that came on an earlier step and are still wanted, and those that come now.

    What is wrong with one is said in the form; the others are in the house and need not be sent
    again when it comes back.
    """
    by = actor_of(request)
    asked: list[tuple[str, Callable[[], Upload]]] = []
    for said in request.POST.getlist("kept")[: 2 * FILES_TOP]:
        digest, _slash, name = said.partition("/")
        asked.append((name, partial(uploads.whole, by, digest)))
    for file in form.cleaned_data["papers"] if form.is_valid() else ():
        keep = partial(keeping.keep, file=file.file, claimed=file.content_type or "", by=by)
        asked.append((file.name, keep))
    found: dict[str, Paper] = {}
    for name, take in asked:
        try:
            upload = take()
        except Refusal as refusal:
            form.add_error("papers", f"{name}{_('：')}{told(refusal)}")
        else:
            found[upload.sha256] = Paper(upload, name)
    if len(found) > FILES_TOP:
        form.add_error("papers", _("一次最多%(top)s个文件") % {"top": FILES_TOP})
    return list(found.values())


def _step(request: HttpRequest, step: str, rows: list[Business], **more: Any) -> HttpResponse:
    names = queries.area_names(one.station for one in rows)
    shown = {
        "step": step,
        "rows": listed(rows, names),
        "count": len(rows),
        "back": reverse("registry:businesses"),
        **more,
    }
    return render(request, "registry/sweep.html", shown)
