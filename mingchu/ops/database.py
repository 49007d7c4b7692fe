"""The house's database: its two roles, its creation, its migrations."""

from __future__ import annotations

import psycopg
from psycopg import sql

from mingchu.ops.postgres import APP, OWNER, Server


def prepare(server: Server, name: str = "mingchu") -> None:
    """Roles and database of an embedded cluster, made once; harmless when repeated.

    The owner migrates; the app role writes rows and owns nothing, so that tables made
    immutable by grants stay so whatever the app does.
    """
    with psycopg.connect(server.url("postgres", "postgres"), autocommit=True) as db:
        for role in (OWNER, APP):
            if not _exists(db, "SELECT 1 FROM pg_roles WHERE rolname = %s", role):
                db.execute(sql.SQL("CREATE ROLE {} LOGIN").format(sql.Identifier(role)))
        if not _exists(db, "SELECT 1 FROM pg_database WHERE datname = %s", name):
            db.execute(
                sql.SQL("CREATE DATABASE {} OWNER {}").format(
                    sql.Identifier(name), sql.Identifier(OWNER)
                )
            )
    with psycopg.connect(server.url(OWNER, name), autocommit=True) as db:
        grant(db)


def grant(db: psycopg.Connection[tuple[object, ...]], role: str = APP) -> None:
    """What the app role gets on every table the owner makes from now on."""
    app = sql.Identifier(role)
    db.execute(sql.SQL("GRANT USAGE ON SCHEMA public TO {}").format(app))
    for what, rights in (
        ("TABLES", "SELECT, INSERT, UPDATE, DELETE"),
        ("SEQUENCES", "SELECT, USAGE"),
    ):
        db.execute(
            sql.SQL("ALTER DEFAULT PRIVILEGES GRANT {} ON {} TO {}").format(
                sql.SQL(rights), sql.SQL(what), app
            )
        )


def _exists(db: psycopg.Connection[tuple[object, ...]], query: str, value: str) -> bool:
    return db.execute(query.encode(), [value]).fetchone() is not None
