"""Pages of draws: public ones, the draw room, what the assignment says, the year's report."""
