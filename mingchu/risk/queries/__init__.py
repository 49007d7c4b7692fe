"""Reads of risk, each inside a scope."""
