"""Pages of alerts and work orders."""
