"""Rows of the risk-control platform: alerts, what holds them back, and work orders."""

from mingchu.alerts.models.alerts import Alert, AlertEnd, Silence
from mingchu.alerts.models.orders import Order, OrderDay, OrderStep

__all__ = ["Alert", "AlertEnd", "Order", "OrderDay", "OrderStep", "Silence"]
