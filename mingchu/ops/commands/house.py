"""`mingchu up`, `mingchu run`: the house in the foreground, or one process of it for a unit."""

from __future__ import annotations

import argparse
import os
import sys
from pathlib import Path

from mingchu.base.errors import Refusal
from mingchu.ops import supervisor
from mingchu.ops.commands import Result
from mingchu.ops.supervisor import Plan, Supervisor, open_house
from mingchu.site.settings import setting

COMMANDS = {"web": supervisor.web_command, "live": supervisor.live_command}


def plan_arguments(parser: argparse.ArgumentParser) -> None:
    parser.add_argument("--port", type=int, default=int(setting("MINGCHU_PORT")))
    parser.add_argument("--bind", default=setting("MINGCHU_BIND"), help="address to listen on")
    parser.add_argument("--tls-cert", type=Path, help="certificate chain, PEM")
    parser.add_argument("--tls-key", type=Path, help="its key, PEM (PKCS#8)")


def plan(arguments: argparse.Namespace) -> Plan:
    """Where the house will answer; every process of it is told.

    Raises Refusal `half_tls`, `no_tls_file`.
    """
    pair = (arguments.tls_cert, arguments.tls_key)
    if any(pair) and not all(pair):
        raise Refusal(
            "half_tls",
            "证书与私钥缺了一个",
            fix="请同时给出 --tls-cert 与 --tls-key",
        )
    for path in pair:
        if path and not path.is_file():
            raise Refusal(
                "no_tls_file", "找不到文件 {path}", fix="请核对证书与私钥的路径", path=path
            )
    os.environ["MINGCHU_PORT"], os.environ["MINGCHU_BIND"] = str(arguments.port), arguments.bind
    if all(pair):
        os.environ["MINGCHU_HTTPS"] = "1"
    return Plan(
        port=arguments.port,
        bind=arguments.bind,
        workers=int(setting("MINGCHU_WEB_PROCESSES")),
        threads=int(setting("MINGCHU_WEB_THREADS")),
        captures=int(setting("MINGCHU_CAPTURE_THREADS")),
        tls_cert=pair[0],
        tls_key=pair[1],
    )


def up_arguments(parser: argparse.ArgumentParser) -> None:
    plan_arguments(parser)


def up(arguments: argparse.Namespace) -> Result:
    """The whole house in the foreground, until Ctrl-C or SIGTERM."""
    where = plan(arguments)
    with open_house(where) as server:
        Supervisor(where, server).run(lambda: print(f"ready {where.url}", flush=True))
    return Result({"ok": True})


def run_arguments(parser: argparse.ArgumentParser) -> None:
    parser.add_argument("name", choices=("web", "worker", "live", "migrate"))
    plan_arguments(parser)


def run(arguments: argparse.Namespace) -> Result:
    """One process of the house, as a unit of the machine's own supervisor runs it."""
    os.environ.setdefault("MINGCHU_PROCESS", arguments.name)
    if arguments.name in COMMANDS:
        command = COMMANDS[arguments.name](plan(arguments))
        sys.stdout.flush()
        os.execv(command[0], command)  # noqa: S606
    if arguments.name == "worker":
        from mingchu.ops import worker

        worker.run()
        return Result({"ok": True})
    with open_house():
        return Result({"ok": True}, ["database is up to date"])
