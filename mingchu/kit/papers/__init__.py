"""Papers 文书: A4 documents and charts."""
