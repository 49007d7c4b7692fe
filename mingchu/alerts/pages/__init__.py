"""Pages of alerts and orders."""
