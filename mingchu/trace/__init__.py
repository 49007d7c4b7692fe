"""Trace 追溯: an EPCIS 2.0 event repository, usable by itself; it holds no food law."""
