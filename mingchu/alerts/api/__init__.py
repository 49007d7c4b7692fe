"""Alerts and orders, and signals from outside, for programs."""

from ninja import Router

from mingchu.alerts import order_api
from mingchu.alerts.api import alerts, signals

router = Router()
for part in (alerts.router, signals.router, order_api.router):
    router.add_router("", part)

__all__ = ["router"]
