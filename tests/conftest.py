"""One embedded PostgreSQL for the whole run; each worker gets its own copy of a migrated one.

The app connects in its own role, as in production. `MINGCHU_TEST_PGBIN` runs the suite on other
PostgreSQL programs. A test that needs real commits asks for `committed`.
"""

from __future__ import annotations

import os
import shutil
from collections.abc import Generator, Iterator
from contextlib import contextmanager
from pathlib import Path

import psycopg
import pytest
from django.conf import settings
from django.core.management import call_command
from django.db import connections
from django.test import override_settings
from django.utils import translation
from hypothesis import settings as property_settings
from psycopg import sql

from mingchu.base.remembered import Remembered
from mingchu.ops.database import prepare
from mingchu.ops.postgres import APP, OWNER, Server

# Tests assert nothing about time, and a busy machine is no failure.
property_settings.register_profile("mingchu", deadline=None)
property_settings.load_profile("mingchu")

if programs := os.environ.get("MINGCHU_TEST_PGBIN"):
    os.environ["MINGCHU_PGBIN"] = programs


@pytest.fixture(autouse=True)
def nothing_remembered() -> None:
    """Each test's city is another one."""
    for one in Remembered.everything:
        one.forget()


@pytest.fixture(scope="session", autouse=True)
def quick_passwords() -> Iterator[None]:
    """Slow hashing is for attackers, not for tests."""
    quick = ["django.contrib.auth.hashers.MD5PasswordHasher", *settings.PASSWORD_HASHERS]
    with override_settings(PASSWORD_HASHERS=quick):
        yield


@pytest.fixture(autouse=True)
def source_language() -> Iterator[None]:
    """A page asked for in English leaves its thread in English; the next test begins in Chinese."""
    translation.deactivate()
    yield
    translation.deactivate()


@pytest.hookimpl(wrapper=True)
def pytest_runtest_makereport(
    item: pytest.Item, call: pytest.CallInfo[None]
) -> Generator[None, pytest.TestReport, pytest.TestReport]:
    """Under `./x test --peers` a program from outside is there: its test may not be skipped."""
    report = yield
    marker = item.get_closest_marker("peer")
    present = os.environ.get("MINGCHU_PEERS", "").split()
    if report.skipped and marker and present and set(marker.args or present[:1]) <= set(present):
        report.outcome, report.longrepr = "failed", f"a peer is missing: {report.longrepr}"
    return report


@pytest.fixture(scope="session")
def server(tmp_path_factory: pytest.TempPathFactory, worker_id: str) -> Iterator[Server]:
    """A cluster of this worker's own, without fsync: tests of durability start theirs with it."""
    home = tmp_path_factory.mktemp("house")
    for folder in (home, *_of_this_run(home)):
        folder.chmod(0o755)
    server = Server(home)
    server.start(fsync=False)
    prepare(server, "template")
    yield server
    server.stop()
    shutil.rmtree(home, ignore_errors=True)


def _of_this_run(place: Path) -> Iterator[Path]:
    """The folders pytest made above `place`: the server's account passes them; /tmp is not ours."""
    for folder in place.parents:
        if not folder.name.startswith(("pytest-", "popen-", "test_")):
            return
        yield folder


def _point_at(server: Server, name: str) -> None:
    for alias, role in (("default", APP), ("owner", OWNER)):
        connections[alias].close()
        if alias == "default":
            connections[alias].close_pool()
        connections[alias].settings_dict.update(
            NAME=name, USER=role, HOST=str(server.socket_folder), PASSWORD="", PORT=""
        )
        settings.DATABASES[alias].update(connections[alias].settings_dict)


def _copy(server: Server, name: str) -> None:
    with psycopg.connect(server.url("postgres", "postgres"), autocommit=True) as db:
        db.execute(
            sql.SQL("CREATE DATABASE {} TEMPLATE template OWNER {} STRATEGY file_copy").format(
                sql.Identifier(name), sql.Identifier(OWNER)
            )
        )


@pytest.fixture(scope="session")
def django_db_setup(server: Server, django_db_blocker: object) -> Iterator[None]:
    with django_db_blocker.unblock():  # type: ignore[attr-defined]
        _point_at(server, "template")
        call_command("migrate", database="owner", verbosity=0)
        connections["owner"].close()
        _copy(server, "suite")
        _point_at(server, "suite")
    yield
    with django_db_blocker.unblock():  # type: ignore[attr-defined]
        connections["default"].close()
        connections["default"].close_pool()


@pytest.fixture
def committed(server: Server, django_db_setup: None, django_db_blocker: object) -> Iterator[str]:
    """A database of this test alone, where commits are real; yields its app URL."""
    with _own_database(server, django_db_blocker) as url:
        yield url


@pytest.fixture(scope="module")
def shared_house(server: Server, django_db_setup: None, django_db_blocker: object) -> Iterator[str]:
    """A database that the tests of a module share: what fixtures of the module commit is there for
    all of them, and each test's own acts are rolled back as ever."""
    with _own_database(server, django_db_blocker) as url:
        yield url


@contextmanager
def _own_database(server: Server, blocker: object) -> Iterator[str]:
    name = f"t{os.urandom(6).hex()}"
    with blocker.unblock():  # type: ignore[attr-defined]
        _copy(server, name)
        _point_at(server, name)
        yield server.url(APP, name)
        connections["default"].close()
        connections["default"].close_pool()
        _point_at(server, "suite")
    with psycopg.connect(server.url("postgres", "postgres"), autocommit=True) as db:
        db.execute(sql.SQL("DROP DATABASE {} WITH (FORCE)").format(sql.Identifier(name)))


@pytest.fixture(scope="session")
def worker_id(request: pytest.FixtureRequest) -> str:
    return getattr(request.config, "workerinput", {}).get("workerid", "main")


@pytest.fixture(scope="session")
def shared() -> Path:
    """The reference folder beside the checkout; a test that needs it skips where it is absent."""
    folder = Path(__file__).parents[2] / "shared"
    if not folder.exists():
        pytest.skip("../shared is absent: the reference files are not part of the project")
    return folder
