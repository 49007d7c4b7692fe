"""Workbench pages of the ledger: entries, one entry with its proof and chain, what went wrong."""

from __future__ import annotations

import json
from typing import Any
from urllib.parse import urlencode
from uuid import UUID

from django.contrib import messages
from django.http import Http404, HttpRequest, HttpResponse, HttpResponseBadRequest
from django.shortcuts import redirect, render
from django.utils.translation import gettext as _
from django.views.decorators.http import require_POST, require_safe

from mingchu.accounts.access import actor_of, requires
from mingchu.accounts.domain import CITY, may
from mingchu.ledger import queries, services
from mingchu.ledger.domain import LogName
from mingchu.site.ledger import scoping
from mingchu.site.ledger.words import head_row, kind_choices, kind_word, row, subject_page

PAGE = 50
LISTED = 200


def _common(request: HttpRequest) -> dict[str, Any]:
    """How the ledger is, above each of its pages; what went wrong only for who looks after it."""
    actor, head = actor_of(request), queries.newest(LogName.JOURNAL)
    return {
        "standing": queries.standing(),
        "head": head_row(head) if head else None,
        "sees_faults": may(actor, "ledger.verify"),
        "may_retry": may(actor, "ledger.retry"),
    }


@requires("ledger.read")
@require_safe
def entries(request: HttpRequest) -> HttpResponse:
    """Entries, the newest first, by kind and subject."""
    actor = actor_of(request)
    scopes = actor.scopes_for("ledger.read")
    asked = {name: request.GET.get(name, "").strip() for name in ("kind", "subject")}
    cursor = request.GET.get("cursor", "")
    page = scoping.page(scopes, **asked, cursor=cursor, limit=PAGE)
    kept = {name: value for name, value in asked.items() if value}
    shown = {
        **_common(request),
        **asked,
        "kinds": kind_choices(),
        "rows": [row(sealed, actor) for sealed in page.rows],
        "asked": bool(kept),
        "is_part": CITY not in scopes,
        "next": f"?{urlencode({**kept, 'cursor': page.next})}" if page.next else "",
        "first": f"?{urlencode(kept)}" if cursor else "",
    }
    return render(request, "site/ledger/entries.html", shown)


@requires("ledger.read")
@require_safe
def entry(request: HttpRequest, pk: UUID) -> HttpResponse:
    """One entry: what it says, whether it can be proved, what led to it and what answered it."""
    actor = actor_of(request)
    scopes = actor.scopes_for("ledger.read")
    sealed = queries.entry(pk)
    if sealed is None or not scoping.visible(scopes, [sealed]):
        raise Http404
    known = sealed.entry
    proof = services.prove(known)
    causes, answers = queries.causes(known), queries.answers(known)
    seen = [scoping.visible(scopes, chain) for chain in (causes, answers)]
    shown = {
        "entry": known,
        "row": row(sealed, actor),
        "digest": bytes(known.digest).hex(),
        "data": json.dumps(known.told, ensure_ascii=False, indent=2),
        "proof": proof,
        "sealed": head_row(proof.sealed) if proof.sealed else None,
        "causes": [row(one, actor) for one in seen[0]],
        "answers": [row(one, actor) for one in seen[1]],
        "hidden": len(causes) + len(answers) - sum(map(len, seen)),
    }
    return render(request, "site/ledger/entry.html", shown)


@requires("ledger.verify")
@require_safe
def failed(request: HttpRequest) -> HttpResponse:
    """Reactions that failed, why, and when they are tried again."""
    found = queries.failed_reactions(limit=LISTED)
    rows = [{"run": run, "word": kind_word(run.entry.kind) if run.entry else ""} for run in found]
    return render(request, "site/ledger/failed.html", {**_common(request), "rows": rows})


@requires("ledger.retry")
@require_POST
def retry(request: HttpRequest) -> HttpResponse:
    """One failed reaction, tried again now."""
    entry_id = _uuid(request.POST.get("entry", ""))
    if entry_id is None:
        return HttpResponseBadRequest()
    if services.retry_now(entry_id=entry_id, handler=request.POST.get("handler", "")):
        messages.success(request, _("重试成功，这项联动已办"))
    else:
        messages.error(request, _("又失败了，原因见下表；系统稍后还会自动重试"))
    return redirect("ledger:failed")


@requires("ledger.verify")
@require_safe
def undelivered(request: HttpRequest) -> HttpResponse:
    """Messages that did not arrive."""
    actor = actor_of(request)
    found = queries.undelivered(limit=LISTED)
    rows = [{"message": one, "href": subject_page(one.subject, actor)} for one in found]
    return render(request, "site/ledger/undelivered.html", {**_common(request), "rows": rows})


@requires("ledger.retry")
@require_POST
def send_again(request: HttpRequest) -> HttpResponse:
    """One message, sent again."""
    key = _uuid(request.POST.get("key", ""))
    if key is None:
        return HttpResponseBadRequest()
    services.send_again(key)
    messages.success(request, _("已排到最前，马上再发"))
    return redirect("ledger:undelivered")


def _uuid(text: str) -> UUID | None:
    try:
        return UUID(text)
    except ValueError:
        return None
