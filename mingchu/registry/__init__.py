"""Registry 主体库: food businesses, their premises, licences and people."""
