"""Public pages of the ledger: its newest heads, how to keep one, whether an entry is in it."""

from __future__ import annotations

from pathlib import Path
from typing import Any

from django.http import HttpRequest, HttpResponse, JsonResponse
from django.shortcuts import render
from django.urls import reverse
from django.utils.safestring import SafeString
from django.utils.translation import gettext
from django.views.decorators.cache import never_cache
from django.views.decorators.http import require_safe

from mingchu.accounts.access import public
from mingchu.base.errors import Refusal
from mingchu.base.remembered import Remembered
from mingchu.kit.drawn import drawn
from mingchu.ledger import keys, queries
from mingchu.ledger.domain import LogName, SignedHead
from mingchu.site.ledger import proofs
from mingchu.site.ledger.words import LOGS, head_row, line_of

PAGE = 50
FILE_LINES = 5000
CHECKER = Path(__file__).with_name("check.py")


def _log(request: HttpRequest) -> LogName:
    return proofs.log_named(request.GET.get("log", LogName.JOURNAL))


def _chosen(request: HttpRequest) -> dict[str, Any]:
    return {"logs": LOGS.items(), "address": request.build_absolute_uri("/")}


@public
@require_safe
@never_cache
def opened(request: HttpRequest) -> HttpResponse:
    """What is open, and the newest head of each log to copy and keep."""
    newest = {log: queries.newest(log) for log in LogName}
    heads = [head_row(head) for head in newest.values() if head]
    shown = {
        **_chosen(request),
        "heads": heads,
        "empty": [LOGS[log] for log, head in newest.items() if head is None],
        "keep": heads[0] if heads else None,
    }
    return render(request, "site/ledger/open.html", shown)


@public
@require_safe
@never_cache
def entry(request: HttpRequest) -> HttpResponse:
    """Is my entry in the log? Answered with the path from it up to the newest head."""
    shown: dict[str, Any] = {**_chosen(request), "item": request.GET.get("id", "").strip()}
    status = 200
    try:
        log = shown["log"] = _log(request)
        if shown["item"]:
            found = proofs.inclusion(log, item=shown["item"])
            sealed = queries.head_over(log, found.leaf_index + 1)
            shown |= {
                "found": found,
                "number": found.leaf_index + 1,
                "head": head_row(proofs.head(log, str(found.tree_size))),
                "sealed": head_row(sealed) if sealed else None,
            }
    except Refusal as refusal:
        status = refusal.status
        shown["why"], shown["fix"] = refusal.said(gettext)
    return render(request, "site/ledger/open_entry.html", shown, status=status)


@public
@require_safe
@never_cache
def heads(request: HttpRequest) -> HttpResponse:
    """Heads of a log from the newest back."""
    log = _log(request)
    found = _heads(request, log, PAGE + 1)
    rows, more = found[:PAGE], found[PAGE:]
    here = f"?log={log}"
    shown = {
        **_chosen(request),
        "log": log,
        "name": LOGS[log],
        "heads": list(map(head_row, rows)),
        "next": f"{here}&before={rows[-1].size}" if more else "",
        "first": here if request.GET.get("before") else "",
    }
    return render(request, "site/ledger/open_heads.html", shown)


@public
@require_safe
@never_cache
def heads_file(request: HttpRequest) -> HttpResponse:
    """Heads as lines of JSON, the oldest first; `before` a size, older ones are had as well."""
    log = _log(request)
    lines = [line_of(head) for head in reversed(_heads(request, log, FILE_LINES))]
    answer = HttpResponse(
        "".join(f"{line}\n" for line in lines), content_type="application/jsonl; charset=utf-8"
    )
    answer["Content-Disposition"] = f'attachment; filename="heads-{log}.jsonl"'
    return answer


def _heads(request: HttpRequest, log: LogName, limit: int) -> list[SignedHead]:
    before = request.GET.get("before", "")
    sane = before.isascii() and before.isdecimal() and len(before) <= proofs.SIZE_DIGITS
    return queries.heads_below(log, int(before) if sane else None, limit)


@public
@require_safe
def keys_json(request: HttpRequest) -> JsonResponse:
    """Every public key that ever signed a head; `key_id` begins the SHA-256 of the raw key."""
    known = keys.HEADS.opened().items()
    items = [{"key_id": name, "algorithm": "Ed25519", "pem": keys.pem(key)} for name, key in known]
    return JsonResponse({"keys": items})


@public
@require_safe
def keys_pem(request: HttpRequest) -> HttpResponse:
    """The same as text that other programs read."""
    known = keys.HEADS.opened().items()
    text = "".join(f"key_id: {name}\n{keys.pem(key)}" for name, key in known)
    answer = HttpResponse(text, content_type="application/x-pem-file")
    answer["Content-Disposition"] = 'attachment; filename="keys.pem"'
    return answer


@public
@require_safe
def checker(request: HttpRequest) -> HttpResponse:
    """The program with which anybody checks us; to be read before it is run."""
    return HttpResponse(CHECKER.read_bytes(), content_type="text/plain; charset=utf-8")


NEWEST = Remembered[SignedHead | None](seconds=5)


def seal(request: HttpRequest) -> SafeString:
    """The newest head of the journal, for the front door."""
    head = NEWEST.get("journal", lambda: queries.newest(LogName.JOURNAL))
    if head is None:
        return SafeString()
    row = head_row(head)
    known = {"size": head.size, "at": row.at, "root": head.root, "href": reverse("ledger:open")}
    return drawn("_seal.html", known)
