"""Signs 体检: how the house itself is, one line each, looked at when asked."""

from __future__ import annotations

import shutil
from collections.abc import Iterator
from contextlib import suppress
from dataclasses import dataclass
from datetime import timedelta
from time import monotonic
from typing import Any

from django.conf import settings
from django.core.cache import cache
from django.db import DatabaseError, connection
from django.db.migrations.executor import MigrationExecutor
from django.http import HttpRequest
from django.utils.translation import gettext_lazy as _
from procrastinate.contrib.django.models import ProcrastinateJob

from mingchu.base import clock
from mingchu.base.slots import SIGNS, Reading, Sign
from mingchu.kit.papers import fonts
from mingchu.site.models import Process

GIB = 2**30
DISK_WARN_GIB = 5
DISK_BAD_GIB = 1
SILENT_AFTER = timedelta(seconds=45)
DRIFT_WARN_SECONDS = 2
PLAIN_KEY = "site.plain_from_outside"
A_DAY_SECONDS = 24 * 3600
POSTGRES_OLDEST = 150000


@dataclass(frozen=True)
class Line:
    title: Any
    reading: Reading


def lines() -> Iterator[Line]:
    """Every sign with its reading; one that cannot be read is a bad sign, not an error page."""
    for sign in SIGNS:
        try:
            yield Line(sign.title, sign.read())
        except Exception as error:
            yield Line(sign.title, Reading(type(error).__name__, "bad", _("请查看日志")))


def database() -> Reading:
    with connection.cursor() as db:
        db.execute(
            "SELECT current_setting('server_version_num')::int, current_setting('server_version')"
        )
        number, said = db.fetchone()
    if number < POSTGRES_OLDEST:
        return Reading(f"PostgreSQL {said}", "bad", _("请升级到 PostgreSQL 15 以上"))
    return Reading(f"PostgreSQL {said}")


def migrations() -> Reading:
    executor = MigrationExecutor(connection)
    pending = executor.migration_plan(executor.loader.graph.leaf_nodes())
    if pending:
        said = ", ".join(f"{step.app_label}.{step.name}" for step, _back in pending)
        return Reading(said, "bad", _("请停机后运行 mingchu up，它会先更新数据库"))
    return Reading(_("数据库结构是最新的"))


def disk() -> Reading:
    free = shutil.disk_usage(settings.HOME if settings.HOME.exists() else "/").free / GIB
    condition = "bad" if free < DISK_BAD_GIB else "warn" if free < DISK_WARN_GIB else "good"
    advice = "" if condition == "good" else _("请清理磁盘，或把 MINGCHU_HOME 移到更大的盘")
    return Reading(f"{free:.1f} GiB", condition, advice)  # type: ignore[arg-type]


def processes() -> Reading:
    """Everyone who beat within the last minutes; silence is a fault only if someone was there."""
    now = clock.wall()
    known = list(Process.objects.order_by("name", "pid"))
    silent = [f"{one.name} {one.pid}" for one in known if now - one.seen > SILENT_AFTER]
    said = ", ".join(f"{one.name} {one.pid}" for one in known) or _("没有进程报到")
    if silent or not known:
        return Reading(said, "warn", _("有进程一段时间没有报到，请查看日志"))
    return Reading(said)


def jobs() -> Reading:
    waiting = ProcrastinateJob.objects.filter(status="todo").count()
    failed = ProcrastinateJob.objects.filter(status="failed").count()
    said = _("等待 %(waiting)d 项，失败 %(failed)d 项") % {"waiting": waiting, "failed": failed}
    return Reading(said, "warn", _("请查看失败作业的日志")) if failed else Reading(said)


def type_faces() -> Reading:
    choice = fonts.choose("明厨食品安全Aa0", first=fonts.SANS)
    if choice.missing:
        return Reading(
            ", ".join(map(fonts.named, sorted(choice.missing))), "bad", _("请重新安装中文字体包")
        )
    return Reading(choice.families[0])


def time() -> Reading:
    with connection.cursor() as db:
        db.execute("SELECT clock_timestamp()")
        drift = abs((db.fetchone()[0] - clock.wall()).total_seconds())
    shown = f"{clock.city(clock.now()):%Y-%m-%d %H:%M}"
    if drift > DRIFT_WARN_SECONDS:
        return Reading(shown, "warn", _("数据库与本机时间不一致，请校时"))
    return Reading(_("%(time)s（演示时钟）") % {"time": shown} if settings.DEMO else shown)


def note_connection(request: HttpRequest) -> None:
    """Remembers for a day that somebody outside of this machine came without TLS.

    Written once in ten minutes and process at most, as it is asked for every request.
    """
    address = request.META.get("REMOTE_ADDR", "")
    if request.is_secure() or not address or address.startswith(("127.", "::1")):
        return
    if _plain.is_due():
        with suppress(DatabaseError):
            cache.set(PLAIN_KEY, clock.wall().isoformat(), A_DAY_SECONDS)


class _Seldom:
    """Says yes once in a while."""

    def __init__(self, seconds: float):
        self.seconds = seconds
        self.next = 0.0

    def is_due(self) -> bool:
        due = monotonic() >= self.next
        if due:
            self.next = monotonic() + self.seconds
        return due


_plain = _Seldom(600)


def encryption() -> Reading:
    seen = cache.get(PLAIN_KEY)
    if seen:
        return Reading(
            _("24小时内有设备未加密访问"),
            "warn",
            _("请用 --tls-cert 与 --tls-key，或放到反向代理之后"),
        )
    return Reading(_("没有来自外部的未加密访问"))


def hang() -> None:
    """Called once at start; other contexts add their own signs."""
    for order, (key, title, read) in enumerate(
        (
            ("site.processes", _("进程"), processes),
            ("site.database", _("数据库"), database),
            ("site.migrations", _("数据库结构"), migrations),
            ("site.jobs", _("后台作业"), jobs),
            ("site.disk", _("磁盘可用"), disk),
            ("site.fonts", _("中文字体"), type_faces),
            ("site.tls", _("传输加密"), encryption),
            ("site.clock", _("时钟"), time),
        )
    ):
        SIGNS.add(key, Sign(title, read), order=order * 10)
