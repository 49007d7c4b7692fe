"""Web processes share lasting connections evenly: real processes of the real server."""

from __future__ import annotations

import http.client
import subprocess
import sys
import time
from collections import Counter
from collections.abc import Iterator
from contextlib import closing, contextmanager, suppress
from pathlib import Path

import pytest

from mingchu.ops.bench.house import free_port
from mingchu.site.shares import PROC

ROOT = Path(__file__).parents[2]
CONNECTIONS, SECONDS = 8, 20
# An application that says who answers, without anything of Django around it.
APPLICATION = """
import os
from mingchu.site.shares import shared

@shared
def application(environ, start):
    start("200 OK", [("Content-Type", "text/plain")])
    return [str(os.getpid()).encode()]
"""


@contextmanager
def two_processes(folder: Path) -> Iterator[int]:
    (folder / "saying.py").write_text(APPLICATION)
    port = free_port()
    command = [sys.executable, "-m", "granian", "--interface", "wsgi", "--no-ws"]
    command += [
        "--port",
        str(port),
        "--workers",
        "2",
        "--blocking-threads",
        "1",
        "saying:application",
    ]
    house = subprocess.Popen(
        command, cwd=folder, env={"PYTHONPATH": f"{ROOT}:{folder}"}, stderr=subprocess.DEVNULL
    )
    try:
        wait_until_it_answers(port)
        yield port
    finally:
        house.terminate()
        house.wait(SECONDS)


def wait_until_it_answers(port: int) -> None:
    end = time.monotonic() + SECONDS
    while time.monotonic() < end:
        with suppress(OSError), closing(http.client.HTTPConnection("127.0.0.1", port)) as line:
            asked(line)
            return
        time.sleep(0.1)
    pytest.fail("the server did not come up")


def asked(connection: http.client.HTTPConnection) -> str:
    """Which process answers; the connection opens itself again where it was ended."""
    connection.request("GET", "/")
    return connection.getresponse().read().decode()


def test_eight_lasting_connections_come_to_four_each(tmp_path: Path) -> None:
    if not (PROC / "self/task").exists():
        pytest.skip("connections are counted where Linux tells of them")
    with two_processes(tmp_path) as port:
        lines = [http.client.HTTPConnection("127.0.0.1", port) for _ in range(CONNECTIONS)]
        end, shares = time.monotonic() + SECONDS, Counter[str]()
        while sorted(shares.values()) != [4, 4] and time.monotonic() < end:
            shares = Counter(asked(line) for line in lines)
            time.sleep(0.02)
        for _ in range(30):  # and stay there
            later = Counter(asked(line) for line in lines)
            time.sleep(0.02)
        for line in lines:
            line.close()

    assert sorted(shares.values()) == [4, 4] == sorted(later.values())
