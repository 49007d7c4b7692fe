"""Reads of alerts and work orders, each inside a scope."""
