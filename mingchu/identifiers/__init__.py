"""Identifiers 标识: every code the law gives, read, judged with reasons, and built for tests."""

from mingchu.identifiers.table import Kind, check, read
from mingchu.identifiers.verdict import Reason, Result, Verdict

__all__ = ["Kind", "Reason", "Result", "Verdict", "check", "read"]
