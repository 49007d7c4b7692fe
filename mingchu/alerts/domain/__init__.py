"""The pure core: states and moves of an order, its clock, folding and covering of alerts."""
