"""Every URL of the house, context by context."""

from __future__ import annotations

from django.urls import URLPattern, URLResolver, path

from mingchu.site import pages

handler400 = "mingchu.site.answers.bad_request"
handler403 = "mingchu.site.answers.forbidden"
handler404 = "mingchu.site.answers.not_found"
handler500 = "mingchu.site.answers.broken"

urlpatterns: list[URLPattern | URLResolver] = [
    path("", pages.home, name="home"),
]
