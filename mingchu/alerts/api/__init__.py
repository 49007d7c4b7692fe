"""Alerts and orders, and signals from outside, for programs."""

from ninja import Router

from mingchu.alerts.api import alerts, figures, orders, signals

router = Router()
for part in (alerts.router, signals.router, figures.router, orders.router):
    router.add_router("", part)

__all__ = ["router"]
