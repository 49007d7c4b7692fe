"""Pages of the city's rules: what there is, a rule, a draft and its forms, trial, review."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from io import BytesIO
from typing import Any
from zipfile import ZIP_DEFLATED, ZipFile

from django.contrib import messages
from django.http import Http404, HttpRequest, HttpResponse
from django.shortcuts import redirect, render
from django.utils.translation import gettext as _
from django.utils.translation import ngettext
from django.views.decorators.http import require_http_methods, require_POST, require_safe

from mingchu.accounts.access import actor_of, requires
from mingchu.accounts.domain import may
from mingchu.accounts.naming import actors_said
from mingchu.base import clock
from mingchu.base.errors import Refusal
from mingchu.kit.models import RuleState, RuleVersion
from mingchu.kit.rules import (
    checking,
    drafting,
    editing,
    exporting,
    forms,
    queries,
    records,
    rehearsals,
    reviewing,
    words,
)
from mingchu.rulebook import queries as rulebook
from mingchu.rulebook import store, writing
from mingchu.rulebook import words as said_of
from mingchu.rulebook.domain import Ruling, Title
from mingchu.rulebook.kinds import Shape

LONGEST = 60  # characters of a search
FOUND_TOP = 40
FILE_BYTES_TOP = 1_000_000


def _who(request: HttpRequest) -> str:
    """The person, whatever key he came with: nobody approves by a program what he wrote himself."""
    return f"user:{actor_of(request).user_id}"


# ── What there is ──


@requires("rules.read")
@require_safe
def index(request: HttpRequest) -> HttpResponse:
    """What is being written, what was decided; and a search for a rule to look at."""
    asked = request.GET.get("q", "").strip()[:LONGEST]
    day = clock.today()
    wanted = rulebook.Wanted(q=asked)
    known = rulebook.entries(day, internal=_sees_internal(request))
    found = [one for one in known if (wanted.fits(one) if asked else _is_sheet(one))]
    shown = {
        "asked": asked,
        "found": [_entry(one) for one in found[:FOUND_TOP]],
        "more": max(len(found) - FOUND_TOP, 0),
        "at_work": words.lines(_shown(request, queries.at_work())),
        "decided": words.lines(_shown(request, queries.decided())),
        "form": forms.BringInForm(),
        "drafts": _may(request, "rules.draft"),
    }
    return render(request, "kit/rules/index.html", shown)


def _may(request: HttpRequest, action: str) -> bool:
    return may(actor_of(request), action)


def _sees_internal(request: HttpRequest) -> bool:
    """Rules that the city keeps to itself are for whoever writes or approves its rules."""
    return _may(request, "rules.draft") or _may(request, "rules.approve")


def _is_sheet(one: rulebook.Entry) -> bool:
    """Score sheets have a viewer of their own, so they stand there unasked."""
    return one.rule.shape is Shape.SHEET


def _shown(request: HttpRequest, rows: list[RuleVersion]) -> list[RuleVersion]:
    return [row for row in rows if _sees(request, row.rule)]


def _sees(request: HttpRequest, rule_id: str) -> bool:
    known = store.rulebook().ids_in(store.here())
    if rule_id not in known:
        return False
    return not store.rule(rule_id).is_internal or _sees_internal(request)


def _entry(one: rulebook.Entry) -> dict[str, Any]:
    told = said_of.Told(one.version.value, one.rule.unit, one.rule.shape, one.rule.labels)
    return {
        "id": one.id,
        "title": said_of.words(one.title),
        "value": said_of.value_words(told).short,
        "place": said_of.place_name(one.rule.jurisdiction),
        "since": one.version.since,
        "status": one.version.status,
        "status_name": said_of.STATUSES[one.version.status],
    }


@requires("rules.read")
@require_safe
def rule(request: HttpRequest, rule_id: str) -> HttpResponse:
    """A rule as it holds today, and every version this city has written of it."""
    return _rule_page(request, rule_id, forms.SinceForm())


def _rule_page(request: HttpRequest, rule_id: str, form: Any) -> HttpResponse:
    if not _sees(request, rule_id):
        raise Http404
    resolved = store.rule(rule_id)
    ruling, no = rulebook.ruling(resolved, clock.today())
    nearest = resolved.nearest
    shown = {
        "id": rule_id,
        "internal": resolved.is_internal,
        "title": words.title(rule_id),
        "family_name": said_of.family_name(nearest.family),
        "ruling": ruling,
        "place": said_of.place_name(ruling.jurisdiction) if ruling else "",
        "cited": said_of.cited(ruling.cite) if ruling else "",
        "note": said_of.words(ruling.note) if ruling and ruling.note else "",
        "refused": no.said(_) if no else None,
        "value": words.shown(ruling, ruling.value) if ruling else None,
        "versions": words.lines(queries.of_rule(rule_id)),
        "form": form if _may(request, "rules.draft") and _is_ours(nearest.shape) else None,
    }
    return render(request, "kit/rules/rule.html", shown)


def _is_ours(shape: Shape) -> bool:
    return shape is not Shape.CALENDAR


@requires("rules.draft")
@require_POST
def begin(request: HttpRequest, rule_id: str) -> HttpResponse:
    form = forms.SinceForm(request.POST)
    if form.is_valid():
        row = drafting.draft(rule=rule_id, author=_who(request), **form.cleaned_data)
        return redirect("kit:rule_draft", row.pk)
    return _rule_page(request, rule_id, form)


# ── A version ──


@requires("rules.read")
@require_safe
def draft(request: HttpRequest, pk: int) -> HttpResponse:
    """A version: what it says, what is other, what is wrong with it, and what can be done."""
    return _draft_page(request, _version(request, pk), forms.OpinionForm())


def _draft_page(request: HttpRequest, row: RuleVersion, form: Any) -> HttpResponse:
    version, before = records.version_of(row), _before(row)
    rule = records.template(row.rule)
    names = actors_said({row.author, row.reviewer} - {""})
    shown = {
        "row": row,
        "title": words.title(row.rule),
        "tone": words.TONES[RuleState(row.state)],
        "speaks": words.speaks(row),
        "author": names[row.author],
        "reviewer": names.get(row.reviewer, ""),
        "value": words.shown(rule, version.value),
        "repealed": version.value is None,
        "cited": said_of.cited(version.cite) if row.law else "",
        "before": before,
        "differences": words.differences(version, before) if before else [],
        "faults": checking.faults(row) if row.state in drafting.OPEN else [],
        "rehearsed": rehearsals.may_be_rehearsed(row),
        "writes": row.state in drafting.OPEN and _may(request, "rules.draft"),
        "withdraws": _may_withdraw(request, row),
        "form": form if _reviews(request, row) else None,
        "waits_for_another": row.state == RuleState.IN_REVIEW and row.author == _who(request),
        "yaml": writing.written([records.record_of(row)]),
    }
    return render(request, "kit/rules/draft.html", shown)


def _may_withdraw(request: HttpRequest, row: RuleVersion) -> bool:
    """Its author while it is not decided; an approved one whoever may approve, before its day."""
    if row.state == RuleState.APPROVED:
        return row.since > clock.today() and _may(request, "rules.approve")
    return row.state != RuleState.WITHDRAWN and row.author == _who(request)


def _reviews(request: HttpRequest, row: RuleVersion) -> bool:
    is_other = row.author != _who(request)
    return row.state == RuleState.IN_REVIEW and is_other and _may(request, "rules.approve")


def _before(row: RuleVersion) -> Ruling | None:
    """What holds on its day without it, if anything does."""
    try:
        ruling = store.rule(row.rule).on(row.since)
    except Refusal:
        return None
    is_itself = row.state == RuleState.APPROVED and ruling.since == row.since
    return None if is_itself else ruling


def _version(request: HttpRequest, pk: int) -> RuleVersion:
    found = queries.version(pk)
    if found is None or not _sees(request, found.rule):
        raise Http404
    return found


def _open(request: HttpRequest, pk: int) -> RuleVersion:
    """A version that is to be written on; of one that is not the page says so."""
    row = _version(request, pk)
    if row.state not in drafting.OPEN:
        raise Http404
    return row


def _edit(
    request: HttpRequest,
    row: RuleVersion,
    form: Any,
    keep: Callable[[Any], None],
    heading: str,
    **more: Any,
) -> HttpResponse:
    """A form of a draft: asked for, refused with its reasons, or kept."""
    if form.is_bound and form.is_valid():
        try:
            keep(form)
        except Refusal as refusal:
            form.add_error(None, refusal.sentence(_))
        else:
            messages.success(request, _("已保存"))
            return redirect("kit:rule_draft", row.pk)
    shown = {"row": row, "form": form, "heading": heading, "title": words.title(row.rule), **more}
    return render(request, "kit/rules/edit.html", shown)


@requires("rules.draft")
@require_http_methods(["GET", "HEAD", "POST"])
def terms(request: HttpRequest, pk: int) -> HttpResponse:
    """From which day on, on what ground."""
    row = _open(request, pk)
    initial = {name: getattr(row, name) for name in forms.TermsForm.base_fields}
    form = forms.TermsForm(request.POST or None, initial=initial)

    def keep(form: Any) -> None:
        drafting.rewrite(version=pk, **form.cleaned_data)

    return _edit(request, row, form, keep, _("依据和施行日期"))


@requires("rules.draft")
@require_http_methods(["GET", "HEAD", "POST"])
def value(request: HttpRequest, pk: int) -> HttpResponse:
    """The value, by the form its shape has."""
    row = _open(request, pk)
    rule, known = records.template(row.rule), writing.thawed(records.value_of(row))
    if known is None:
        raise Http404
    name = editing.form_of(known, rule.unit, rule.shape)
    if name == "choice":
        form: Any = forms.ChoiceForm(request.POST or None, known=known, labels=rule.labels)
    else:
        form = forms.FORMS[name](request.POST or None, known=known)

    def keep(form: Any) -> None:
        drafting.rewrite(version=pk, value=form.value())

    return _edit(request, row, form, keep, _("整张表的规定") if name == "sheet" else _("规定"))


@requires("rules.draft")
@require_POST
def repeal(request: HttpRequest, pk: int) -> HttpResponse:
    """From its day on this city says nothing of its own; or it does, beginning with what holds."""
    row = _open(request, pk)
    before = _before(row)
    takes_back = records.value_of(row) is None
    drafting.rewrite(version=pk, value=before.value if takes_back and before else None)
    return redirect("kit:rule_draft", pk)


# ── Items and caps of a sheet ──


def _sheet(row: RuleVersion) -> dict[str, Any]:
    known = writing.thawed(records.value_of(row))
    if records.template(row.rule).shape is not Shape.SHEET or known is None:
        raise Http404
    sheet: dict[str, Any] = known
    return sheet


@requires("rules.draft")
@require_http_methods(["GET", "HEAD", "POST"])
def item(request: HttpRequest, pk: int, name: str) -> HttpResponse:
    """One item of the sheet."""
    row = _open(request, pk)
    sheet = _sheet(row)
    known = editing.item_of(sheet, name)
    form = forms.ItemForm(request.POST or None, known=known)

    def keep(form: Any) -> None:
        drafting.rewrite(version=pk, value=editing.with_item(sheet, form.value()))

    heading = said_of.words(Title(known["zh"], known["en"]))
    return _edit(request, row, form, keep, heading, drop=name, kind=forms.KINDS[form.kind])


@requires("rules.draft")
@require_http_methods(["GET", "HEAD", "POST"])
def new_item(request: HttpRequest, pk: int) -> HttpResponse:
    """The name and the kind of a new item come first, the rest on its own page."""
    row = _open(request, pk)
    sheet = _sheet(row)
    taken = {one["id"] for one in (*sheet["items"], *sheet.get("caps", ()))}
    form = forms.NewItemForm(request.POST or None, taken=taken)
    if form.is_bound and form.is_valid():
        said = form.cleaned_data
        made = {**said, "zh": said["id"], "en": said["id"], **EMPTY.get(said["kind"], {})}
        drafting.rewrite(version=pk, value=editing.with_item(sheet, made))
        return redirect("kit:rule_item", pk, said["id"])
    shown = {"row": row, "form": form, "heading": _("加一项"), "title": words.title(row.rule)}
    return render(request, "kit/rules/edit.html", shown)


# What an item of a kind begins with, until its own form says more.
EMPTY: Mapping[str, dict[str, Any]] = {
    "band": {"points": 0, "bands": [{"is": 0}]},
    "choice": {"points": 0, "options": []},
    "per_defect": {"points": 0, "deduct": 1},
    "all_or_nothing": {"points": 0},
    "ratio": {"points": 0},
}


@requires("rules.draft")
@require_http_methods(["GET", "HEAD", "POST"])
def cap(request: HttpRequest, pk: int, name: str = "") -> HttpResponse:
    """The most that several items may give together."""
    row = _open(request, pk)
    sheet = _sheet(row)
    known = editing.cap_of(sheet, name) if name else None
    if name and known is None:
        raise Http404
    form = forms.CapForm(request.POST or None, sheet=sheet, known=known)

    def keep(form: Any) -> None:
        drafting.rewrite(version=pk, value=editing.with_cap(sheet, form.value()))

    return _edit(request, row, form, keep, _("几项合计的上限"), drop=name)


@requires("rules.draft")
@require_POST
def drop(request: HttpRequest, pk: int, name: str) -> HttpResponse:
    """An item or a cap goes from the sheet."""
    row = _open(request, pk)
    drafting.rewrite(version=pk, value=editing.without(_sheet(row), name))
    messages.success(request, _("已删去"))
    return redirect("kit:rule_draft", pk)


# ── Trial and review ──


@requires("rules.read")
@require_safe
def rehearsal(request: HttpRequest, pk: int) -> HttpResponse:
    """What would come of it, over the whole city; nothing is written."""
    row = _version(request, pk)
    shown = {"row": row, "title": words.title(row.rule), "found": rehearsals.rehearse(row)}
    return render(request, "kit/rules/rehearsal.html", shown)


@requires("rules.draft")
@require_POST
def submit(request: HttpRequest, pk: int) -> HttpResponse:
    drafting.submit(version=_version(request, pk).pk)
    messages.success(request, _("已送审，由另一位有审定权限的人审定"))
    return redirect("kit:rule_draft", pk)


@requires("rules.read")
@require_POST
def withdraw(request: HttpRequest, pk: int) -> HttpResponse:
    row = _version(request, pk)
    if not _may_withdraw(request, row):
        raise Http404
    drafting.withdraw(version=pk)
    messages.success(request, _("已撤回"))
    return redirect("kit:rule_draft", pk)


@requires("rules.approve")
@require_POST
def decide(request: HttpRequest, pk: int) -> HttpResponse:
    """Approved, or given back with a reason."""
    row = _version(request, pk)
    form = forms.OpinionForm(request.POST)
    if form.is_valid():
        opinion = form.cleaned_data["opinion"]
        try:
            if request.POST.get("decision") == "approve":
                reviewing.approve(version=pk, reviewer=_who(request), opinion=opinion)
                said = _("已批准，自 {since} 起施行").format(since=row.since)
            else:
                reviewing.send_back(version=pk, reviewer=_who(request), opinion=opinion)
                said = _("已退回起草人")
        except Refusal as refusal:
            if refusal.status == 403:
                raise
            form.add_error(None, refusal.sentence(_))
        else:
            messages.success(request, said)
            return redirect("kit:rule_draft", pk)
    return _draft_page(request, row, form)


# ── Files ──


@requires("rules.draft")
@require_safe
def export(request: HttpRequest) -> HttpResponse:
    """What the city says itself, as the files the rulebook reads."""
    kept = BytesIO()
    with ZipFile(kept, "w", ZIP_DEFLATED) as packed:
        for name, text in exporting.documents().items():
            packed.writestr(name, text)
    answer = HttpResponse(kept.getvalue(), content_type="application/zip")
    answer["Content-Disposition"] = f'attachment; filename="rules-{store.here()}.zip"'
    answer["Cache-Control"] = "private, no-store"
    return answer


@requires("rules.draft")
@require_POST
def bring_in(request: HttpRequest) -> HttpResponse:
    """A file of rules, each version of which that is not known becomes a draft."""
    form = forms.BringInForm(request.POST, request.FILES)
    if not form.is_valid():
        messages.error(request, _("请选择一个文件"))
        return redirect("kit:rules")
    found = exporting.bring_in(text=_text(form.cleaned_data["file"]), author=_who(request))
    count = len(found.drafts)
    said = ngettext("新起草 %(count)d 个版本", "新起草 %(count)d 个版本", count) % {"count": count}
    messages.success(request, said)
    if found.known:
        messages.info(request, _("已有，未动：{names}").format(names=_("、").join(found.known)))
    if found.past:
        told = _("施行日期已过，未读入：{names}")
        messages.warning(request, told.format(names=_("、").join(found.past)))
    return redirect("kit:rules")


def _text(file: Any) -> str:
    try:
        text: str = file.read(FILE_BYTES_TOP).decode("utf-8-sig")
    except UnicodeDecodeError:
        return ""
    return text
