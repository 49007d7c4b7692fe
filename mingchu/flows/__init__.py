"""Flows 联动: which event leads to which service, in one file (`reactions.py`)."""
