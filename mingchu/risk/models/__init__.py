"""The tables of risk."""
