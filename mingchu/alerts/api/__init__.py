"""Alerts, and signals from outside, for programs."""

from ninja import Router

from mingchu.alerts.api import alerts, signals

router = Router()
router.add_router("", alerts.router)
router.add_router("", signals.router)

__all__ = ["alerts", "router", "signals"]
