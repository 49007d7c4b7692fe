"""URLs of risk grades."""

from __future__ import annotations

from django.urls import URLPattern

from mingchu.risk import credit_urls

app_name = "risk"
urlpatterns: list[URLPattern] = [*credit_urls.urlpatterns]
