"""URLs of alerts and orders."""

from __future__ import annotations

from django.urls import path

from mingchu.alerts.pages import answering, desks, orders, reporting

app_name = "alerts"
urlpatterns = [
    path("w/orders/", orders.orders, name="orders"),
    path("w/orders/export", orders.export, name="export_orders"),
    path("w/orders/assign", desks.assign_many, name="assign_orders"),
    path("w/orders/desk", desks.hand_over_desk, name="hand_over_desk"),
    path("w/orders/report", reporting.report, name="report"),
    path("w/orders/<int:pk>", orders.order, name="order"),
    path("w/orders/<int:pk>/<slug:move>", orders.act, name="order_act"),
    path("e/orders/<int:pk>", answering.answer, name="answer_order"),
]
