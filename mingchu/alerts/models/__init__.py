"""Rows of the risk-control platform: alerts, what holds them back, and work orders."""

from mingchu.alerts.models.alerts import OPEN, SETTLED, WAITING, Alert, AlertEnd, Silence
from mingchu.alerts.models.orders import Order, OrderStep
from mingchu.alerts.models.watching import EarlyWarning, Tally, Touched

__all__ = [
    "OPEN",
    "SETTLED",
    "WAITING",
    "Alert",
    "AlertEnd",
    "EarlyWarning",
    "Order",
    "OrderStep",
    "Silence",
    "Tally",
    "Touched",
]
