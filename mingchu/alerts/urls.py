"""URLs of alerts and work orders."""

from __future__ import annotations

from django.urls import path

from mingchu.alerts.pages import (
    alerts,
    answering,
    desks,
    orders,
    reporting,
    silences,
    warnings,
)

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
    path("w/orders/", orders.orders, name="orders"),
    path("w/orders/export", orders.export, name="export_orders"),
    path("w/orders/assign", desks.assign_many, name="assign_orders"),
    path("w/orders/desk", desks.hand_over_desk, name="hand_over_desk"),
    path("w/orders/report", reporting.report, name="report"),
    path("w/orders/<int:pk>", orders.order, name="order"),
    path("w/orders/<int:pk>/<slug:move>", orders.act, name="order_act"),
    path("e/orders/<int:pk>", answering.answer, name="answer_order"),
]
