"""Ops 运维: the command line, embedded PostgreSQL, the supervisor, benchmarks, walks."""
