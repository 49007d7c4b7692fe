"""Alerts and orders for programs."""

from __future__ import annotations

from ninja import Router

from mingchu.alerts import order_api

router = Router()
router.add_router("", order_api.router)
