"""Demo 示范城市: a synthetic Hohhot, the same from the same seed."""
