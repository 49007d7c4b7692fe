"""Every URL of the house, context by context."""

from __future__ import annotations

from importlib.util import find_spec

from django.urls import URLPattern, URLResolver, path

from mingchu.site import pages, question
from mingchu.site.api import api
from mingchu.site.routing import Ways

handler400 = "mingchu.site.answers.bad_request"
handler403 = "mingchu.site.answers.forbidden"
handler404 = "mingchu.site.answers.not_found"
handler500 = "mingchu.site.answers.broken"

urlpatterns: list[URLPattern | URLResolver] = [
    path("", pages.home, name="home"),
    path("w/", pages.workbench, name="workbench"),
    path("w/city/", pages.city, name="city"),
    path("w/city/figures", pages.city_figures, name="city_figures"),
    path("w/businesses/map", question.question_map, name="question_map"),
    path("w/businesses/map/export", question.export, name="question_map_export"),
    path("w/health", pages.health, name="health"),
    path("healthz", pages.healthz, name="healthz"),
    path("readyz", pages.readyz, name="readyz"),
    path("metrics", pages.prometheus, name="metrics"),
    path("api/v1/", api.urls),
    Ways("mingchu.site.ledger.urls"),
]
urlpatterns += [
    Ways(f"mingchu.{context}.urls")
    for context in (
        "rulebook",
        "ledger",
        "accounts",
        "kit",
        "signals",
        "registry",
        "draw",
        "trace",
        "alerts",
        "complaints",
        "territory",
        "risk",
        "inspection",
    )
    if find_spec(f"mingchu.{context}.urls")
]
