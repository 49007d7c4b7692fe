"""The public form and what becomes of a letter: without log-in, without script.

A form is a draft until it is in order: its key, which only its page holds, keeps the photos that
came with a faulty one, and makes the same form sent twice one letter.
"""

from __future__ import annotations

from typing import Any

from django.http import Http404, HttpRequest, HttpResponse
from django.shortcuts import redirect, render
from django.urls import reverse
from django.utils.translation import gettext as _
from django.utils.translation import gettext_noop as _noop
from django.views.decorators.cache import never_cache
from django.views.decorators.http import require_http_methods, require_safe

from mingchu.accounts.access import public
from mingchu.accounts.limits import Tries
from mingchu.base import ids
from mingchu.base.errors import Refusal
from mingchu.complaints import limiting, services
from mingchu.complaints import public as outside
from mingchu.complaints.domain.numbers import read_number
from mingchu.complaints.forms import LetterForm, NumberForm
from mingchu.complaints.words import MOVES
from mingchu.kit.files import keeping, uploads
from mingchu.kit.files.keeping import Draft
from mingchu.kit.files.pages import takes_files
from mingchu.registry import domain as registry
from mingchu.registry import public as directory
from mingchu.registry import queries as businesses
from mingchu.registry.pages.common import told

FOUND_TOP = 8
DRAFT_LETTERS = 26


@takes_files(services.PHOTOS_TOP)
@public
@never_cache
@require_http_methods(["GET", "HEAD", "POST"])
def complain(request: HttpRequest) -> HttpResponse:
    """The form; whatever is wrong with it, nothing that was typed or sent is lost."""
    if request.method != "POST":
        return _page(request, LetterForm(initial=_opening(request)), Draft(_new_key()))
    form = LetterForm(request.POST, request.FILES)
    draft = Draft(_key_of(request))
    tries = limiting.attempt(request)
    if tries.is_over:
        form.is_valid()
        form.add_error(None, _over(tries))
        return _page(request, form, draft, status=429)
    form.is_valid()
    _keep_photos(request, form, draft)
    if {"find", "drop"} & request.POST.keys():
        return _again(request, form, draft)
    if form.is_valid() and (made := _send(request, form, draft)):
        return redirect("complaints:state", made)
    return _page(request, form, draft)


def _opening(request: HttpRequest) -> dict[str, Any]:
    """A link on a business's page may name it."""
    return {"business": request.GET.get("business", ""), "kind": request.GET.get("kind", "")}


def _new_key() -> str:
    return ids.new_code(DRAFT_LETTERS)


def _key_of(request: HttpRequest) -> str:
    """The draft's key as the page gave it; a page without one is a new draft."""
    said = ids.read_code(request.POST.get("draft", ""))
    is_key = len(said) == DRAFT_LETTERS and set(said) <= set(ids.CODE_ALPHABET)
    return said if is_key else _new_key()


def _over(tries: Tries) -> str:
    try:
        tries.refuse_if_over()
    except Refusal as refusal:
        return told(refusal)
    return ""


def _keep_photos(request: HttpRequest, form: LetterForm, draft: Draft) -> None:
    """Each photo by itself, so that a bad one keeps none of the others out."""
    dropped = request.POST.get("drop", "")
    if dropped:
        uploads.drop(draft, dropped)
    kept = {one.sha256 for one in uploads.all_of(draft)}
    for file in form.cleaned_data.get("photos") or ():
        try:
            if len(kept) >= services.PHOTOS_TOP:
                raise services.too_many_photos()
            limiting.photo(request).refuse_if_over()
            kept.add(keeping.keep(file=file.file, claimed=file.content_type or "", by=draft).sha256)
        except Refusal as refusal:
            form.add_error("photos", f"{file.name}{_('：')}{told(refusal)}")


def _send(request: HttpRequest, form: LetterForm, draft: Draft) -> str:
    """Takes the letter in; its number, or nothing where it was refused: the form then says why."""
    sent = limiting.letter(request)
    try:
        sent.refuse_if_over()
        made = services.register(
            new=form.letter(keeping.sender_of(draft)), files=uploads.all_of(draft)
        )
    except Refusal as refusal:
        form.add_error(None, told(refusal))
        return ""
    return made[0].number


def _again(request: HttpRequest, form: LetterForm, draft: Draft) -> HttpResponse:
    """Looking for the business, or taking a photo away, is no sending: nothing is wrong yet."""
    found = _candidates(form) if "find" in request.POST else ()
    photos = form.errors.get("photos")
    again = LetterForm(initial={**{k: form.data.get(k, "") for k in form.fields}, "photos": None})
    known: dict[str, Any] = {"candidates": found, "searched": "find" in request.POST}
    return _page(request, again, draft, **known, photo_errors=photos or ())


def _candidates(form: LetterForm) -> list[directory.PublicBusiness]:
    words, district = form.data.get("place", "").strip(), form.data.get("district", "")
    if not words:
        return []
    wanted = businesses.Wanted(q=words[:60], district=district)
    page = businesses.page(businesses.EVERYWHERE, wanted, limit=FOUND_TOP, fields=("id",))
    return directory.shown([one.pk for one in page.rows])


def _page(
    request: HttpRequest, form: LetterForm, draft: Draft, status: int = 200, **more: Any
) -> HttpResponse:
    chosen = str(form["business"].value() or "")
    number = registry.number_of(chosen) if chosen else 0
    shown = {
        "form": form,
        "draft": draft.key,
        "kept": uploads.all_of(draft) if request.method == "POST" else (),
        "chosen": next(iter(directory.shown([number])), None) if number else None,
        "number_form": NumberForm(),
        "photos_top": services.PHOTOS_TOP,
        **more,
    }
    return render(request, "complaints/form.html", shown, status=status)


@public
@never_cache
@require_safe
def find(request: HttpRequest) -> HttpResponse:
    """From a typed number to its page."""
    number = read_number(request.GET.get("number", ""))
    if not number:
        raise Refusal(
            "not_a_number",
            _noop("这不是本站的登记编号"),
            fix=_noop("请照提交后页面上的编号输入；在12315平台提交的，请到12315平台查询"),
            status=404,
        )
    return redirect("complaints:state", number)


@public
@never_cache
@require_safe
def state(request: HttpRequest, number: str) -> HttpResponse:
    """How a letter stands; its number is all it takes, so no log gets to see it."""
    request._mingchu_path = "/complain/*"  # type: ignore[attr-defined]
    limiting.check_misses(request)
    found = outside.shown(read_number(number))
    if found is None:
        limiting.miss(request)
        raise Http404
    link = request.build_absolute_uri(reverse("complaints:state", args=[found.number]))
    answer = render(request, "complaints/state.html", {"file": found, "link": link, "moves": MOVES})
    answer["X-Robots-Tag"] = "noindex, nofollow, noarchive"
    return answer
