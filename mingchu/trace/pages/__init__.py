"""Pages of the event repository, by what they show."""
