"""Rows of the risk-control platform: alerts, what holds them back, and work orders."""

from mingchu.alerts.models.alerts import OPEN, SETTLED, WAITING, Alert, AlertEnd, Silence
from mingchu.alerts.models.orders import Order, OrderDay, OrderStep
from mingchu.alerts.models.watching import EarlyWarning, Tally, Touched

__all__ = [
    "OPEN",
    "SETTLED",
    "WAITING",
    "Alert",
    "AlertEnd",
    "EarlyWarning",
    "Order",
    "OrderDay",
    "OrderStep",
    "Silence",
    "Tally",
    "Touched",
]
