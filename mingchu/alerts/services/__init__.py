"""The acts of the risk-control platform."""
