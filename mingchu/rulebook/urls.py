"""URLs of the rulebook."""

from __future__ import annotations

from django.urls import path

from mingchu.rulebook import pages

app_name = "rulebook"
urlpatterns = [
    path("rules/", pages.directory, name="directory"),
    path("rules/<str:rule_id>", pages.rule, name="rule"),
]
