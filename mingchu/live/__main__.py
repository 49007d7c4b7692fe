"""`python -m mingchu.live`: the process, as the supervisor and a unit start it."""

from __future__ import annotations

import argparse
import asyncio
import logging
import os
from pathlib import Path

from mingchu.base import clock
from mingchu.live.server import Plan, main

FORMAT = "%(asctime)s level=%(levelname)s logger=%(name)s %(message)s"


def _arguments() -> argparse.Namespace:
    parser = argparse.ArgumentParser(prog="mingchu.live", description=__doc__)
    parser.add_argument("--host", required=True)
    parser.add_argument("--port", type=int, required=True)
    parser.add_argument("--house-host", required=True)
    parser.add_argument("--house-port", type=int, required=True)
    parser.add_argument("--clock", type=Path, help="the demo city's time")
    parser.add_argument("--tls-cert", type=Path)
    parser.add_argument("--tls-key", type=Path)
    return parser.parse_args()


def run() -> None:
    said = _arguments()
    logging.basicConfig(level=logging.INFO, format=FORMAT)
    logging.getLogger("websockets").setLevel(logging.WARNING)
    if said.clock and said.clock.exists():
        clock.use(clock.DemoClock(said.clock))
    plan = Plan(
        said.host,
        said.port,
        said.house_host,
        said.house_port,
        os.environ["MINGCHU_DATABASE_URL"],
        said.tls_cert,
        said.tls_key,
    )
    asyncio.run(main(plan))


if __name__ == "__main__":
    run()
