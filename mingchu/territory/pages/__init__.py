"""Pages of territorial duty: a cadre's own visits, and the bureau's view of all of them."""
