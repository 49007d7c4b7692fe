"""A house of its own for heads and keys, and acts to enter."""

from __future__ import annotations

from dataclasses import dataclass
from pathlib import Path

import psycopg
import pytest
from django.db import connection, transaction

from mingchu.base.event import Event
from mingchu.ledger.models import Entry
from mingchu.ledger.services import caused_by, record, record_many


@dataclass(frozen=True, kw_only=True)
class DoorPainted(Event):
    colour: str = "blue"


@pytest.fixture(autouse=True)
def home(settings, tmp_path: Path) -> Path:
    settings.HOME = tmp_path
    return tmp_path


def paint(count: int) -> list[Entry]:
    """So many acts, committed together."""
    with transaction.atomic():
        return record_many(DoorPainted(subject=f"door:{n}") for n in range(count))


class Intruder:
    """Somebody with the database's own superuser, who switches triggers off."""

    def __init__(self, url: str):
        self.url = url

    def does(self, *statements: str) -> None:
        with psycopg.connect(self.url) as db:
            db.execute("SET session_replication_role = replica")
            for statement in statements:
                db.execute(statement.encode())


@pytest.fixture
def intruder(committed: str, server) -> Intruder:
    return Intruder(server.url("postgres", connection.settings_dict["NAME"]))


@pytest.fixture
def painted() -> object:
    return paint


def led(causes: list[int | None]) -> list[Entry]:
    """Acts one after another, each in answer to an earlier one or to none."""
    done: list[Entry] = []
    with transaction.atomic():
        for number, cause in enumerate(causes):
            with caused_by(None if cause is None else done[cause].id):
                done.append(record(DoorPainted(subject=f"door:{number}")))
    return done


@pytest.fixture
def answering() -> object:
    return led
