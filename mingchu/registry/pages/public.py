"""What the public sees of businesses."""

from __future__ import annotations

from django.http import Http404, HttpRequest, HttpResponse
from django.shortcuts import redirect, render
from django.urls import reverse
from django.views.decorators.http import require_safe

from mingchu.accounts.access import public
from mingchu.base.slots import PUBLIC
from mingchu.registry import public as outside
from mingchu.registry import queries
from mingchu.registry.asking import public_question
from mingchu.registry.pages.common import pages, said_count
from mingchu.registry.queries import Wanted

PUBLIC_PAGE = 20


@public
@require_safe
def public_search(request: HttpRequest) -> HttpResponse:
    """One box over all businesses; without a question, the ways to ask one."""
    asks = public_question(request.GET)
    wanted = asks.wanted
    wanted = Wanted(
        q=wanted.q, district=wanted.district, kind=wanted.kind, state=wanted.state or "open"
    )
    page = queries.page(
        queries.EVERYWHERE,
        wanted,
        cursor=request.GET.get("cursor", ""),
        limit=PUBLIC_PAGE,
        fields=("id",),
    )
    shown = {
        "question": asks,
        "rows": outside.shown([one.pk for one in page.rows], licensed=False),
        "count": said_count(page),
        "pages": pages(request, page, wanted),
        "asked": bool(wanted.query()),
        "action": reverse("registry:public_search"),
    }
    return render(request, "registry/public_search.html", shown)


@public
@require_safe
def public_business(request: HttpRequest, number: int) -> HttpResponse:
    """The public page of a business, open or closed."""
    shown = next(iter(outside.shown([number])), None)
    if shown is None:
        raise Http404
    if shown.merged_into:
        return redirect("registry:public_business", shown.merged_into, permanent=False)
    drawn = [(part, part.draw(request, number)) for part in PUBLIC]
    parts = [(part.key, part.title, text) for part, text in drawn if text]
    return render(request, "registry/public_business.html", {"business": shown, "parts": parts})
