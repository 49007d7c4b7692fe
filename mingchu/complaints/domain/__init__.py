"""The pure core: states and moves, clocks, likeness of letters, outbreaks, numbers."""
