"""The officers' list of letters, its exports, the counts for publication, sheets and answers."""

from __future__ import annotations

from collections.abc import Iterable, Iterator
from datetime import date, timedelta
from typing import Any, TypedDict
from urllib.parse import quote, urlencode

from django.http import Http404, HttpRequest, HttpResponse
from django.shortcuts import render
from django.utils.translation import gettext as _
from django.views.decorators.http import require_safe

from mingchu.accounts.access import actor_of, requires
from mingchu.accounts.domain import may
from mingchu.accounts.services import log_view
from mingchu.base import clock
from mingchu.complaints import exports, queries
from mingchu.complaints.forms import DaysForm, FindForm
from mingchu.complaints.importing import replies
from mingchu.complaints.models import NEVER, Channel, Complaint
from mingchu.complaints.queries import COUNTED, Page, Wanted
from mingchu.complaints.words import TERMS
from mingchu.kit.models import ImportBatch, ImportState
from mingchu.kit.sheets import queries as sheets
from mingchu.kit.sheets.downloads import XLSX, exported
from mingchu.registry.places import district_name

READ, EXPORT, IMPORT = "complaints.read", "complaints.export", "complaints.import"
STATISTICS_DAYS = 90


class Days(TypedDict):
    since: date
    until: date


SHEETS_SHOWN = 30


@requires(READ)
@require_safe
def letters(request: HttpRequest) -> HttpResponse:
    """What is due first stands first; filters and place stand in the address."""
    actor = actor_of(request)
    form = FindForm(request.GET)
    wanted = form.wanted
    page = queries.page(
        actor.scopes_for(READ),
        wanted,
        user_id=actor.user_id,
        cursor=request.GET.get("cursor", ""),
    )
    asked = wanted.query()
    shown = {
        "form": form,
        "rows": list(listed(page.rows)),
        "count": _said_count(page),
        "asked": urlencode(asked),
        "next": f"?{urlencode({**asked, 'cursor': page.next})}" if page.next else "",
        "first": f"?{urlencode(asked)}" if request.GET.get("cursor") else "",
        "can_export": may(actor, EXPORT),
        "can_import": may(actor, IMPORT),
    }
    return render(request, "complaints/list.html", shown)


def _said_count(page: Page) -> str:
    if page.count > COUNTED:
        return _("%s+ 件") % f"{COUNTED:,}"
    return _("%s 件") % f"{page.count:,}"


def listed(rows: Iterable[Complaint]) -> Iterator[dict[str, Any]]:
    """Rows as the list shows them; nothing in them says who wrote."""
    today = clock.today()
    for one in rows:
        due = one.due_on if one.due_on != NEVER else None
        yield {
            "row": one,
            "about": one.business.name if one.business else one.place,
            "bound": one.business_id is not None,
            "district": district_name(one.district) if one.district else "",
            "received": clock.city(one.received_at).date(),
            "due": due,
            "term": TERMS.get(one.due_term, ""),
            "left": (due - today).days if due else None,
        }


@requires(EXPORT)
@require_safe
def export(request: HttpRequest) -> HttpResponse:
    """The same list, all of it, as a file."""
    actor = actor_of(request)
    found = queries.matching(actor.scopes_for(EXPORT), FindForm(request.GET).wanted, actor.user_id)
    rows = exports.rows(found.iterator(exports.CHUNK))
    return exported(request, "complaints", _("投诉举报"), exports.columns(), rows)


@requires(EXPORT)
@require_safe
def answers(request: HttpRequest) -> HttpResponse:
    """Answers to letters of the platform, in the layout of its sheet."""
    actor = actor_of(request)
    wanted = Wanted(show="all", channel=Channel.SHEET, **_days(request))
    found = queries.matching(actor.scopes_for(EXPORT), wanted)
    rows = replies.rows(found)
    return exported(request, "complaint-replies", _("12315答复"), replies.columns(), rows)


def _days(request: HttpRequest) -> Days:
    """Asked days, or those of late."""
    form = DaysForm(request.GET)
    form.is_valid()
    said = {name: value for name, value in form.cleaned_data.items() if value}
    today = clock.today()
    since = said.get("since", today - timedelta(days=STATISTICS_DAYS))
    return {"since": since, "until": said.get("until", today)}


@requires(READ)
@require_safe
def statistics(request: HttpRequest) -> HttpResponse:
    """Counts that may be published; nobody can be told from them."""
    actor, days = actor_of(request), _days(request)
    scopes = actor.scopes_for(READ)
    shown = {
        "form": DaysForm(initial=dict(days)),
        **days,
        "tables": exports.tables(queries.counts(scopes, **days)),
        "terms": [
            {"title": TERMS[term], "good": good, "all": all_}
            for term, (good, all_) in queries.answered_on_time(scopes, **days).items()
            if all_
        ],
        "asked": urlencode(days),
        "can_export": may(actor, EXPORT),
    }
    return render(request, "complaints/statistics.html", shown)


@requires(EXPORT)
@require_safe
def export_statistics(request: HttpRequest) -> HttpResponse:
    actor, days = actor_of(request), _days(request)
    found = queries.counts(actor.scopes_for(EXPORT), **days)
    rows = exports.counted(found)
    columns = exports.count_columns()
    return exported(request, "complaint-statistics", _("投诉举报统计"), columns, rows)


@requires(IMPORT)
@require_safe
def sent_sheets(request: HttpRequest) -> HttpResponse:
    """One's own sheets of the platform, each to be had back with the answers so far."""
    found = sheets.batches_for(actor_of(request)).filter(importer="complaints")
    done = found.filter(state=ImportState.APPLIED)[:SHEETS_SHOWN]
    return render(request, "complaints/sheets.html", {"batches": done})


@requires(IMPORT)
@require_safe
def sheet_replies(request: HttpRequest, pk: int) -> HttpResponse:
    """The very sheet, its columns of the answer filled, those of the writer empty."""
    batch = sheets.batch_for(actor_of(request), pk)
    if batch is None or batch.importer != "complaints":
        raise Http404
    log_view(actor_of(request), f"import:{pk}", "complaints.replies")
    return _file(replies.filled_back(batch), _name(batch))


def _name(batch: ImportBatch) -> str:
    return f"{batch.file_name.rsplit('.', 1)[0]}-{_('答复')}.xlsx"


def _file(content: bytes, name: str) -> HttpResponse:
    answer = HttpResponse(content, content_type=XLSX)
    answer["Content-Disposition"] = f"attachment; filename*=UTF-8''{quote(name)}"
    answer["Cache-Control"] = "private, no-store"
    return answer
