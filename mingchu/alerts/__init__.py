"""Alerts and work orders 预警与工单: from what was noticed to what was done about it."""
