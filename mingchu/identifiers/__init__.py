"""Identifiers 标识: every code the law gives, read, judged with reasons, and built for tests."""
