"""What goes out with a proof: programs for those who do not trust the house; no import of it."""
