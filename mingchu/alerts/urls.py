"""URLs of alerts and work orders."""

from __future__ import annotations

from django.urls import path

from mingchu.alerts.pages import alerts, silences, warnings

app_name = "alerts"
urlpatterns = [
    path("w/alerts/", alerts.alerts, name="alerts"),
    path("w/alerts/export", alerts.export, name="export"),
    path("w/alerts/silences/", silences.silences, name="silences"),
    path("w/alerts/silences/<int:pk>/lift", silences.lift, name="lift"),
    path("w/alerts/aside/", silences.aside, name="aside"),
    path("w/alerts/<int:pk>", alerts.alert, name="alert"),
    path("w/alerts/<int:pk>/silence", silences.silence, name="silence"),
    path("w/warnings/", warnings.warnings, name="warnings"),
    path("w/warnings/<int:pk>", warnings.warning, name="warning"),
]
