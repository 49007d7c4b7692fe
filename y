#!/usr/bin/env python3
"""x: from clone to a living city, with nothing but Python. `./x help` lists what it does.

It prepares `.venv` from the hashed locks and hands over to `python -m mingchu`; it also runs the
checks. Everything here parses under Python 3.6, so that an old Python can say it is too old.
"""

import os
import sys

# ruff: noqa: E402, E501, ISC004
SAID = {  # key: (English, Chinese); both name what is wrong and what to do about it
    "old_python": (
        "mingchu needs Python ≥ 3.11, and this is {have}: run it with a newer one, `python3.11 x …`.",
        "明厨需要 Python 3.11 以上，当前是 {have}：请改用新版运行，例如 python3.11 x …。",
    ),
    "no_venv": (
        "This Python lacks its `{module}` module: install it (on Debian or Ubuntu: "
        "`apt-get install python3-venv`) and start again.",
        "当前 Python 缺少 {module} 模块：请先安装（Debian、Ubuntu：apt-get install python3-venv）再重新运行。",
    ),
    "no_network": (
        "No package index can be reached: connect, or name a mirror "
        "(`pip config set global.index-url URL`), and start again; what is done is kept.",
        "无法连接软件包索引：请联网，或指定镜像（pip config set global.index-url URL）后重新运行，已完成的部分会保留。",
    ),
    "disk_full": (
        "The disk is full: free about 1 GB where {place} lies and start again; what is done is kept.",
        "磁盘已满：请在 {place} 所在磁盘腾出约 1 GB 后重新运行，已完成的部分会保留。",
    ),
    "not_yours": (
        "{place} belongs to another user or may not be written: run as its owner, or use a copy of your own.",
        "{place} 属于其他用户或不可写：请用其所有者运行，或另取一份自己的副本。",
    ),
    "no_peers": (
        "`--peers` installs programs by apt-get and hides the system's own, which takes root on "
        "Linux: run it as root in a container, or run `./x test` without it.",
        "--peers 要用 apt-get 安装程序并遮蔽系统自带程序，需要 Linux 的 root：请在容器中以 root 运行，或不加 --peers。",
    ),
    "failed": (
        "{label} failed: read the lines above, mend what they name and start again.",
        "{label}失败：请按上面的提示处理后重新运行。",
    ),
    "making": ("making .venv", "建立 .venv"),
    "tool": ("installing uv, hashes checked", "安装 uv（核对哈希）"),
    "packages": ("installing packages, hashes checked", "安装依赖（核对哈希）"),
    "peers": ("installing {names}", "安装 {names}"),
    "waiting": ("waiting for another ./x to finish installing", "等待另一个 ./x 安装完成"),
    "help": (
        """usage: ./x COMMAND …

  demo [--port P] [--businesses N] [--seed S] [--today D] [--fresh] [--wait]
                          a living demo city in the foreground: prints a log-in link for each role,
                          `ready URL`, later `city complete`; --fresh starts it anew, --wait shows
                          `ready` only when the city is complete
  test [--peers] [--soak] [pytest arguments]
                          lint, types, import contracts, tests; --peers adds the programs from
                          outside and a second run on Debian's PostgreSQL 15 (root), --soak the
                          long series
  walk NN                 walks docs/walk/NN.md against the live demo
  mingchu …               every other command, on the same home; `./x mingchu help` lists them
  lock                    compiles locks/*.in anew into hashed locks
  help                    this

The home is ./var, or $MINGCHU_HOME. Your pip and uv settings are honoured.
""",
        """用法：./x 命令 …

  demo [--port P] [--businesses N] [--seed S] [--today D] [--fresh] [--wait]
                          前台运行演示城市：逐个打印各角色的登录链接和 ready 网址，随后打印
                          city complete；--fresh 从头重建，--wait 待全城数据齐备后才打印 ready
  test [--peers] [--soak] [pytest 参数]
                          代码检查、类型、层次约定、测试；--peers 另装外部程序并在 Debian 的
                          PostgreSQL 15 上再跑一遍（需 root），--soak 加跑长时间测试
  walk NN                 按 docs/walk/NN.md 走查运行中的演示城市
  mingchu …               其他全部命令，使用同一家目录；./x mingchu help 列出
  lock                    由 locks/*.in 重新生成带哈希的依赖锁
  help                    显示本说明

家目录为 ./var，或由 MINGCHU_HOME 指定。沿用您的 pip 与 uv 设置。
""",
    ),
}


def say(key, **places):  # type: ignore[no-untyped-def]  # old Pythons come this far
    tongue = next(
        (os.environ[n] for n in ("LC_ALL", "LC_MESSAGES", "LANG") if os.environ.get(n)), ""
    )
    return SAID[key][tongue.startswith("zh")].format(**places)


if sys.version_info < (3, 11):
    sys.exit(say("old_python", have=sys.version.split()[0]))

import errno
import fcntl
import hashlib
import importlib.util
import json
import re
import select
import shutil
import subprocess
import time
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import NoReturn

TOP = Path(__file__).resolve().parent
LOCKS = TOP / "locks"
VENV = TOP / ".venv"
PYTHON = VENV / "bin" / "python"
STAMP = VENV / ".ready"
IDENTITY = f"{sys.version} {sys.base_prefix}"
QUIET_SECONDS, NEWS_SECONDS = 2, 15
SCARCE_BYTES = 20_000_000
FULL = re.compile(r"No space left on device|Disk quota exceeded|No usable temporary directory")
AWAY = re.compile(
    r"NewConnectionError|Connection refused|name resolution|Name or service not known"
    r"|Network is unreachable|error sending request|Failed to fetch|timed out|No matching distribution found|dns error"
)
# What pip calls a setting, and where uv looks for the same; uv reads none of pip's files.
PIP_TO_UV = {
    "index-url": ("UV_DEFAULT_INDEX", " "),
    "extra-index-url": ("UV_INDEX", " "),
    "find-links": ("UV_FIND_LINKS", ","),
    "no-index": ("UV_NO_INDEX", " "),
    "trusted-host": ("UV_INSECURE_HOST", " "),
    "cert": ("SSL_CERT_FILE", " "),
    "client-cert": ("SSL_CLIENT_CERT", " "),
    "proxy": ("ALL_PROXY", " "),
    "timeout": ("UV_HTTP_TIMEOUT", " "),
    "default-timeout": ("UV_HTTP_TIMEOUT", " "),
}


class Refused(Exception):
    """One sentence that says what is wrong and what to do."""


# -- The environment ---------------------------------------------------------------------------


def prepare(*sets: str) -> None:
    """`.venv` holding the locks named; at once when its stamp says so."""
    if is_ready(stamped(), sets):
        return
    for module in ("venv", "ensurepip"):
        if importlib.util.find_spec(module) is None:
            raise Refused(say("no_venv", module=module))
    with alone():
        kept = stamped()
        if is_ready(kept, sets):
            return
        # Without its stamp the environment counts as half made, whenever this ends.
        STAMP.unlink(missing_ok=True)
        if kept.get("python") != IDENTITY or not os.access(PYTHON, os.X_OK):
            kept = {}
            shutil.rmtree(VENV, ignore_errors=True)
            step(say("making"), [base_python(), "-m", "venv", str(VENV)], {})
        install(sets, kept)


def install(sets: tuple[str, ...], kept: dict[str, str]) -> None:
    """uv by pip, everything else by uv; the stamp last. What was there before stays there."""
    if kept.get("tool") != digest("tool"):
        pip = [
            str(PYTHON),
            "-m",
            "pip",
            "install",
            "--require-hashes",
            "-r",
            str(LOCKS / "tool.txt"),
        ]
        step(say("tool"), pip, {"PIP_RETRIES": "2", "PIP_DISABLE_PIP_VERSION_CHECK": "1"})
    names = [name for name in ("run", "test") if name in sets or name in kept]
    files = [str(LOCKS / f"{name}.txt") for name in names]
    uv = [
        str(VENV / "bin" / "uv"),
        "pip",
        "sync",
        "--require-hashes",
        "--python",
        str(PYTHON),
        *files,
    ]
    step(say("packages"), uv, {"UV_HTTP_RETRIES": "2", **pip_settings()})
    draft = STAMP.with_suffix(".new")
    stamp = {"python": IDENTITY, **{name: digest(name) for name in ("tool", *names)}}
    draft.write_text(json.dumps(stamp, indent=1), encoding="utf-8")
    draft.replace(STAMP)


def stamped() -> dict[str, str]:
    """What `.venv` holds whole: the Python that made it and the digests of the locks."""
    try:
        kept = json.loads(STAMP.read_text(encoding="utf-8"))
    except (OSError, ValueError):
        return {}
    return kept if isinstance(kept, dict) else {}


def is_ready(kept: dict[str, str], sets: tuple[str, ...]) -> bool:
    due = {"python": IDENTITY, **{name: digest(name) for name in ("tool", *sets)}}
    return due.items() <= kept.items() and os.access(PYTHON, os.X_OK)


def digest(name: str) -> str:
    return hashlib.sha256((LOCKS / f"{name}.txt").read_bytes()).hexdigest()


def base_python() -> str:
    """The interpreter under any environment this script was started from."""
    return str(getattr(sys, "_base_executable", None) or sys.executable)


@contextmanager
def alone() -> Iterator[None]:
    """One installation at a time; the next one waits and finds it done."""
    real = VENV.resolve()
    with real.with_name(real.name + ".lock").open("w") as lock:
        began = time.monotonic()
        with News(say("waiting")) as news:
            while not locked(lock.fileno()):
                news.tell(time.monotonic() - began)
                time.sleep(0.1)
        yield


def locked(file: int) -> bool:
    try:
        fcntl.flock(file, fcntl.LOCK_EX | fcntl.LOCK_NB)
    except BlockingIOError:
        return False
    return True


def pip_settings() -> dict[str, str]:
    """The user's pip settings in uv's words, unless the user speaks to uv already."""
    if any(name.startswith("UV_") and re.search("INDEX|LINKS|CONFIG", name) for name in os.environ):
        return {}
    asked = subprocess.run(
        [PYTHON, "-m", "pip", "config", "list"], capture_output=True, text=True, check=False
    )
    found: dict[str, str] = {}
    for scope, key, value in re.findall(
        r"^(global|install|:env:)\.([\w-]+)='(.*)'$", asked.stdout, re.MULTILINE
    ):
        if key in PIP_TO_UV and (key not in found or scope != "global"):
            found[key] = value.replace("\\n", " ")
    known = {
        PIP_TO_UV[key][0]: PIP_TO_UV[key][1].join(value.split()) for key, value in found.items()
    }
    # pip weighs every index alike; with hashes that is safe, whoever serves the file.
    return {"UV_INDEX_STRATEGY": "unsafe-best-match", **known}


# -- Steps that take long ----------------------------------------------------------------------


class News:
    """How long something has been going on: one line rewritten on a terminal, else few lines."""

    def __init__(self, label: str) -> None:
        self.label, self.next_at = label, float(QUIET_SECONDS)
        self.lively = sys.stderr.isatty()

    def __enter__(self) -> "News":
        return self

    def tell(self, seconds: float) -> None:
        if seconds < self.next_at:
            return
        self.next_at = seconds + (0.5 if self.lively else NEWS_SECONDS)
        print(
            f"\r\x1b[K{self.label} … {seconds:.0f} s"
            if self.lively
            else f"{self.label} … {seconds:.0f} s",
            end="" if self.lively else "\n",
            file=sys.stderr,
            flush=True,
        )

    def __exit__(self, *failure: object) -> None:
        if self.lively and self.next_at > QUIET_SECONDS:
            print("\r\x1b[K", end="", file=sys.stderr, flush=True)


def step(label: str, command: list[str], settings: dict[str, str]) -> None:
    """Runs a quiet command with news of its time; its failure becomes one sentence."""
    said, began = b"", time.monotonic()
    # The user's own settings come last: they win.
    process = subprocess.Popen(
        command,
        stdin=subprocess.DEVNULL,
        stdout=subprocess.PIPE,
        stderr=subprocess.STDOUT,
        env={**settings, **os.environ},
    )
    with process, News(label) as news:
        for chunk in chunks(process):
            news.tell(time.monotonic() - began)
            said += chunk
    if process.returncode:
        raise Refused(why(label, said.decode(errors="replace")))


def chunks(process: "subprocess.Popen[bytes]") -> "Iterator[bytes]":
    """What a process says, and nothing now and then while it is silent."""
    out = process.stdout.fileno()  # type: ignore[union-attr]
    while True:
        if not select.select([out], [], [], 0.2)[0]:
            yield b""
            continue
        chunk = os.read(out, 65536)
        if not chunk:
            return
        yield chunk


def why(label: str, said: str) -> str:
    # venv keeps to itself what ensurepip said.
    if FULL.search(said) or shutil.disk_usage(TOP).free < SCARCE_BYTES:
        return say("disk_full", place=TOP)
    if AWAY.search(said):
        return say("no_network")
    print(said[-2000:], file=sys.stderr)
    return say("failed", label=label)


# -- Commands ----------------------------------------------------------------------------------


def mingchu(arguments: "list[str]") -> int:
    """Becomes `python -m mingchu`, wherever it is called from."""
    prepare("run")
    path = [str(TOP), os.environ.get("PYTHONPATH")]
    os.environ["PYTHONPATH"] = os.pathsep.join(filter(None, path))
    os.environ["PYTHONSAFEPATH"] = "1"
    os.environ["MINGCHU_HOME"] = str(Path(os.environ.get("MINGCHU_HOME") or TOP / "var").absolute())
    become("-m", "mingchu", *arguments)


def become(*arguments: str) -> "NoReturn":
    """No shell between: signals, terminal and exit code are the other program's own."""
    os.execv(str(PYTHON), [str(PYTHON), *arguments])  # noqa: S606


def test(arguments: "list[str]") -> int:
    """Becomes the checks, with the test lock installed as well."""
    prepare("run", "test")
    os.chdir(TOP)
    become("tests/checks.py", *arguments)


def show_help(_: list[str]) -> int:
    print(say("help"), end="")
    return 0


COMMANDS: "dict[str, Callable[[list[str]], int]]" = {
    "demo": lambda arguments: mingchu(["demo", *arguments]),
    "walk": lambda arguments: mingchu(["walk", *arguments]),
    "mingchu": mingchu,
    "test": test,
    "lock": lambda arguments: mingchu(["lock", *arguments]),
    "help": show_help,
    "--help": show_help,
    "-h": show_help,
}


def main(arguments: list[str]) -> int:
    command = COMMANDS.get(arguments[0] if arguments else "help")
    if command is None:
        print(say("help"), end="", file=sys.stderr)
        return 2
    try:
        return command(arguments[1:])
    except Refused as no:
        print(no, file=sys.stderr)
    except OSError as error:
        if error.errno in (errno.ENOSPC, errno.EDQUOT):
            print(say("disk_full", place=TOP), file=sys.stderr)
        elif error.errno in (errno.EACCES, errno.EPERM, errno.EROFS):
            print(say("not_yours", place=error.filename or TOP), file=sys.stderr)
        else:
            raise
    except KeyboardInterrupt:
        return 130
    return 1


if __name__ == "__main__":
    sys.exit(main(sys.argv[1:]))
