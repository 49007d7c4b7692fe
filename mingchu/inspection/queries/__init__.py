"""Reads of inspection, each inside a scope."""
