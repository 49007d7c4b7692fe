"""Reads of alerts and orders, each inside a scope."""
