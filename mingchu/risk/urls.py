"""URLs of risk grades."""

from __future__ import annotations

from django.urls import URLPattern

from mingchu.risk import credit_urls, grade_urls

app_name = "risk"
urlpatterns: list[URLPattern] = [*grade_urls.urlpatterns, *credit_urls.urlpatterns]
