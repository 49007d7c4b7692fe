"""Sheets of the national 12315 platform: letters in, replies out in the same file."""
