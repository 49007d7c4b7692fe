"""Kit 工具箱: what several contexts need and no law speaks of: Excel sheets, papers, files,
messages."""
