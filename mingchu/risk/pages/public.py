"""What the public sees: the hygiene grades of caterers."""

from __future__ import annotations

from typing import Any
from urllib.parse import urlencode

from django.http import HttpRequest, HttpResponse
from django.shortcuts import render
from django.utils.safestring import SafeString
from django.views.decorators.http import require_safe

from mingchu.accounts.access import public
from mingchu.base import clock
from mingchu.kit.drawn import drawn
from mingchu.registry.places import DISTRICTS, district_name
from mingchu.registry.queries import COUNTED, plan_count, plan_page
from mingchu.risk import public as outside
from mingchu.risk import rules, words
from mingchu.risk.models import HygieneGrade, HygieneLetter
from mingchu.risk.queries import hygiene as queries

PAGE = 20
ASKED = {"q": 60, "district": 6, "letter": 4}  # characters of each that are looked at
PART, RISK = "risk/public/_hygiene.html", "risk/public/_risk.html"


@public
@require_safe
def hygiene(request: HttpRequest) -> HttpResponse:
    """Caterers with their hygiene grades, by name, district and letter."""
    asked = {name: request.GET.get(name, "").strip()[:top] for name, top in ASKED.items()}
    found = queries.graded(**asked)
    page = plan_page(found, "", request.GET.get("cursor", ""), PAGE)
    query = {name: value for name, value in asked.items() if value}
    shown = {
        "rows": [_row(one) for one in page.rows],
        "found": plan_count(found),
        "most": COUNTED,
        "asked": asked,
        "letters": [
            *((code, words.hygiene_name(code)) for code in HygieneLetter.values),
            (queries.UNGRADED, words.hygiene_name("")),
        ],
        "districts": DISTRICTS.items(),
        "rule": rules.hygiene_ruling(clock.today()),
        "next": f"?{urlencode({**query, 'cursor': page.next})}" if page.next else "",
        "first": f"?{urlencode(query)}" if request.GET.get("cursor") else "",
    }
    return render(request, "risk/public/hygiene.html", shown)


def _row(one: HygieneGrade) -> dict[str, Any]:
    return {
        "id": one.business.public_id,
        "name": one.business.name,
        "sign": one.business.sign,
        "district": district_name(one.business.district),
        "grade": outside.told(one),
    }


def part(request: HttpRequest, number: int) -> SafeString | str:
    """The hygiene grade on the public page of a business."""
    one = outside.hygiene(number)
    return drawn(PART, {"one": one, "rule": outside.HYGIENE_RULE}, request) if one else ""


def risk_part(request: HttpRequest, number: int) -> SafeString | str:
    """The risk grade, where the city shows it."""
    one = outside.risk(number)
    return drawn(RISK, {"one": one, "rule": outside.RISK_PUBLIC}, request) if one else ""
