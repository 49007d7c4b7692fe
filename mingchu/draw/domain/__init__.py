"""The draw itself, pure: bytes and numbers in, names out; no framework, no clock, no food law."""
