"""The schema of this version: servers checked, migrations run, a stamp kept of what was run.

Until 1.0 a context has one migration, rewritten in place; a database made by another version
cannot be brought along, and the stamp tells so before anything is touched.
"""

from __future__ import annotations

import hashlib
import os
from pathlib import Path

import psycopg

from mingchu.base.errors import Refusal
from mingchu.ops import database, home
from mingchu.ops.postgres import OLDEST_MAJOR, Server


def bring_up_to_date(server: Server | None) -> None:
    """Roles, database and tables as this version wants them; at once when they are so already.

    Raises Refusal `schema_changed`, and for a server of the installer's own `old_server`,
    `wrong_encoding`, `no_server`.
    """
    stamp = home.home() / home.STAMP
    kept = stamp.read_text() if stamp.exists() else ""
    if kept == digest():
        return
    if kept:
        raise Refusal(
            "schema_changed",
            "家目录里的数据库由另一版明厨建立，结构不同",
            fix="演示城市请用 ./x demo --fresh 重建；正式数据请换回原来的版本",
        )
    if server:
        database.prepare(server)
    else:
        check_server(os.environ[home.URL], os.environ.get(home.OWNER_URL) or os.environ[home.URL])
    _migrate()
    stamp.write_text(digest())


def digest() -> str:
    """Of every migration of ours, name and text."""
    found = hashlib.sha256()
    root = Path(__file__).parents[1]
    for path in sorted(root.glob("*/migrations/0*.py")):
        found.update(f"{path.relative_to(root)}\n".encode() + path.read_bytes())
    return found.hexdigest()


def check_server(url: str, owner_url: str) -> None:
    """A server of the installer's own: new enough, in UTF-8, and the app's role let in."""
    try:
        with psycopg.connect(owner_url, autocommit=True, connect_timeout=10) as db:
            if db.info.server_version < OLDEST_MAJOR * 10_000:
                raise Refusal(
                    "old_server",
                    "数据库服务器是 PostgreSQL {have}，需要 {oldest} 以上",
                    fix="请升级服务器，或去掉 MINGCHU_DATABASE_URL 使用内置数据库",
                    have=db.info.server_version // 10_000,
                    oldest=OLDEST_MAJOR,
                )
            _check_encoding(db)
            app = psycopg.conninfo.conninfo_to_dict(url).get("user") or db.info.user
            if app != db.info.user:
                database.grant(db, str(app))
    except psycopg.OperationalError as error:
        raise Refusal(
            "no_server",
            "连不上数据库服务器：{said}",
            fix="请检查 MINGCHU_DATABASE_URL 与服务器是否已启动",
            said=str(error).strip().splitlines()[0],
        ) from error


def _check_encoding(db: psycopg.Connection[tuple[object, ...]]) -> None:
    row = db.execute("SHOW server_encoding").fetchone()
    if row is None or row[0] != "UTF8":
        raise Refusal(
            "wrong_encoding",
            "数据库的字符编码是 {have}，需要 UTF8",
            fix="请新建数据库：CREATE DATABASE … ENCODING 'UTF8' TEMPLATE template0",
            have=row[0] if row else "?",
        )


def _migrate() -> None:
    from django.core.management import call_command
    from django.db import connections

    call_command("migrate", database="owner", verbosity=0, interactive=False)
    connections["owner"].close()
