"""The home 家目录: where one house keeps its data, keys, files and logs; how commands enter it."""

from __future__ import annotations

import errno
import fcntl
import os
import pwd
import secrets
import shutil
from collections.abc import Iterator
from contextlib import contextmanager, nullcontext, suppress
from pathlib import Path

from mingchu.base.errors import Refusal
from mingchu.ops.postgres import APP, OWNER, Server

URL, OWNER_URL = "MINGCHU_DATABASE_URL", "MINGCHU_DATABASE_OWNER_URL"
LOCK, MARK, STAMP = "house.lock", "mingchu.home", "schema.stamp"
ADDRESS = "run/address"
NEEDED_BYTES = 300_000_000
KEY_BYTES = 48


def home() -> Path:
    return Path(os.environ.get("MINGCHU_HOME") or "var").absolute()


def is_embedded() -> bool:
    """True unless the installer named a server of their own."""
    return os.environ.get(URL, "") in {"", Server(home()).url(APP)}


def configure() -> None:
    """Django, pointed at the home's database; nothing is started by it."""
    import django

    os.environ.setdefault("DJANGO_SETTINGS_MODULE", "mingchu.site.settings")
    if not os.environ.get(URL):
        server = Server(home())
        os.environ[URL], os.environ[OWNER_URL] = server.url(APP), server.url(OWNER)
    django.setup()


@contextmanager
def database() -> Iterator[None]:
    """The database running for as long as one command needs it.

    Raises Refusal `empty_home` when no house was ever set up there, `home_not_ours`.
    """
    check_open()
    server = Server(home())
    if not is_embedded() or server.is_running():
        yield
        return
    if not (home() / STAMP).exists():
        raise Refusal(
            "empty_home",
            "家目录 {place} 里还没有数据",
            fix="请先运行 ./x demo 或 mingchu up，或用 MINGCHU_HOME 指定另一个目录",
            place=home(),
        )
    with held():
        server.start()
        try:
            yield
        finally:
            server.stop()


@contextmanager
def own_rules() -> Iterator[None]:
    """With the versions of rules that this house has approved, where it is there to be asked."""
    from mingchu.kit.rules import source

    there = not is_embedded() or Server(home()).is_running()
    with source.heard() if there else nullcontext():
        yield


def check_open() -> None:
    """Raises Refusal `home_not_ours`, `home_unwritable` where we may not look into the home."""
    place = home()
    if os.access(place, os.R_OK | os.X_OK):
        return
    try:
        _check_owner(place)
    except FileNotFoundError:  # it will be made
        return
    except OSError as error:
        raise _refused(place, error) from error
    raise _refused(place, PermissionError(errno.EACCES, os.strerror(errno.EACCES)))


def make() -> Path:
    """The home with its folders and keys, made if it is not there; ours, and with room left.

    Raises Refusal `home_not_ours`, `home_unwritable`, `disk_full`.
    """
    place = home()
    try:
        place.mkdir(parents=True, exist_ok=True)
        _check_owner(place)
        for name in ("files", "keys", "logs", "run", "static"):
            (place / name).mkdir(mode=0o700, exist_ok=True)
        _check_room(place)
        (place / MARK).touch()
        _make_key(place / "keys" / "session.key")
    except OSError as error:
        raise _refused(place, error) from error
    return place


def _check_owner(place: Path) -> None:
    owner = place.stat().st_uid
    if owner == os.geteuid():
        return
    try:
        name = pwd.getpwuid(owner).pw_name
    except KeyError:
        name = str(owner)
    raise Refusal(
        "home_not_ours",
        "家目录 {place} 属于用户 {owner}",
        fix="请用该用户启动，或用 MINGCHU_HOME 指定另一个目录",
        place=place,
        owner=name,
    )


def _check_room(place: Path) -> None:
    free = shutil.disk_usage(place).free
    if free < NEEDED_BYTES:
        raise Refusal(
            "disk_full",
            "{place} 所在磁盘只剩 {free} MB",
            fix="请腾出至少 {needed} MB，或用 MINGCHU_HOME 指定另一个目录",
            place=place,
            free=free // 1_000_000,
            needed=NEEDED_BYTES // 1_000_000,
        )


def _refused(place: Path, error: OSError) -> Refusal:
    if error.errno in (errno.ENOSPC, errno.EDQUOT):
        return Refusal(
            "disk_full",
            "{place} 所在磁盘只剩 {free} MB",
            fix="请腾出至少 {needed} MB，或用 MINGCHU_HOME 指定另一个目录",
            place=place,
            free=0,
            needed=NEEDED_BYTES // 1_000_000,
        )
    return Refusal(
        "home_unwritable",
        "家目录 {place} 不能写入：{said}",
        fix="请检查目录权限，或用 MINGCHU_HOME 指定另一个目录",
        place=place,
        said=error.strerror,
    )


def _make_key(path: Path) -> None:
    """A key of its own, never derived from another; there whole or not at all."""
    if path.exists():
        return
    draft = path.with_suffix(".new")
    with suppress(FileNotFoundError):
        draft.unlink()
    with os.fdopen(os.open(draft, os.O_WRONLY | os.O_CREAT | os.O_EXCL, 0o600), "w") as file:
        file.write(secrets.token_urlsafe(KEY_BYTES))
        file.flush()
        os.fsync(file.fileno())
    draft.replace(path)


@contextmanager
def held() -> Iterator[Path]:
    """The home held by this process alone; the lock goes with the process, however it ends.

    Raises Refusal `home_in_use` while another house runs in it.
    """
    place = make()
    with (place / LOCK).open("a+") as lock:
        try:
            fcntl.flock(lock, fcntl.LOCK_EX | fcntl.LOCK_NB)
        except BlockingIOError as error:
            lock.seek(0)
            raise Refusal(
                "home_in_use",
                "家目录 {place} 正由进程 {pid} 使用",
                fix="请先停止它，或用 MINGCHU_HOME 指定另一个目录",
                place=place,
                pid=lock.read().strip() or "?",
            ) from error
        lock.truncate(0)
        lock.write(str(os.getpid()))
        lock.flush()
        yield place


def is_held() -> bool:
    """True while a house runs in the home."""
    try:
        with (home() / LOCK).open("a") as lock:
            fcntl.flock(lock, fcntl.LOCK_EX | fcntl.LOCK_NB)
    except BlockingIOError:
        return True
    except FileNotFoundError:
        return False
    return False


def address() -> str:
    """Where the house of this home answers, as it wrote down when it was up; "" while it is not."""
    try:
        return (home() / ADDRESS).read_text() if is_held() else ""
    except OSError:
        return ""


def clear() -> None:
    """Everything of the home gone; only of a folder that we made.

    Raises Refusal `not_a_home` for any other folder with something in it.
    """
    place = home()
    if not place.exists() or not any(place.iterdir()):
        return
    if not (place / MARK).exists():
        raise Refusal(
            "not_a_home",
            "{place} 不是明厨建立的家目录，没有删除",
            fix="请核对 MINGCHU_HOME，或自行清空该目录",
            place=place,
        )
    with held():
        Server(place).stop()
        for part in place.iterdir():
            if part.name in {LOCK, MARK}:
                continue
            if part.is_dir() and not part.is_symlink():
                shutil.rmtree(part)
            else:
                part.unlink()
