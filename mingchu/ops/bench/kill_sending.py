"""Senders for the kill bench: programs that capture, and send again what nobody answered.

Each letter says beforehand what has to be found of it afterwards. A letter is acknowledged by its
answer; one without an answer may be there or not, whole.
"""

from __future__ import annotations

import http.client
import json
import random
import threading
from collections.abc import Iterator, Sequence
from hashlib import sha256
from itertools import count, cycle
from time import monotonic, sleep
from typing import NamedTuple
from urllib.parse import urlsplit

from mingchu.ops.bench.trace_events import CONTEXT, HEAD, TAIL, alone, event

SINGLE, WHOLE, SHARED, FAULTY, PROCEED = "single", "whole", "shared", "faulty", "proceed"
# Two of three letters are documents; one in five of these has a wrong event.
TURNS = (SINGLE, WHOLE, SINGLE, SHARED, WHOLE, SINGLE, FAULTY, SHARED, PROCEED)
OF_DOCUMENT, SHARED_OF_DOCUMENT = 20, 10
WRONG = b'{"type":"ObjectEvent","eventTime":"yesterday"}'
ROOM = 10**7  # numbers of a sender's own events; below it are those that senders share
TIMEOUT_SECONDS, PAUSE_SECONDS = 30, 0.1
GIVEN_UP = 0.3  # of the letters without an answer, those that are never sent again
UNSENT, UNANSWERED = 0, 1
BEHAVIOUR = "GS1-Capture-Error-Behaviour"


class Letter(NamedTuple):
    """`own` are the digests of good events that nobody else sends, `shared` of those others do."""

    kind: str
    body: bytes
    own: Sequence[bytes]
    shared: Sequence[bytes] = ()

    @property
    def behaviour(self) -> str:
        return "proceed" if self.kind == PROCEED else "rollback"

    @property
    def rejected(self) -> int:
        """How many of its events the job must refuse."""
        return len(self.own) + 1 if self.kind == FAULTY else int(self.kind == PROCEED)

    @property
    def expected(self) -> list[bytes]:
        """What is there once it was acknowledged."""
        return [] if self.kind == FAULTY else [*self.own, *self.shared]


class Sent(NamedTuple):
    """A letter, and the address of its job or event; "" where no answer came."""

    letter: Letter
    location: str


def digest(raw: bytes) -> bytes:
    return sha256(raw).digest()


def letters(number: int, window: Iterator[int], chance: random.Random) -> Iterator[Letter]:
    """What sender `number` (from 1) sends; `window` tells all senders where shared events begin."""
    numbers = count(number * ROOM)
    for kind in cycle(TURNS):
        if kind == SINGLE:
            one = alone(next(numbers))
            yield Letter(kind, one, [digest(one)])
            continue
        own = [event(next(numbers)) for _ in range(OF_DOCUMENT)]
        shared = []
        if kind == SHARED:
            first = next(window)
            shared = [event(first + at) for at in range(SHARED_OF_DOCUMENT)]
        wrong = [WRONG] if kind in (FAULTY, PROCEED) else []
        mixed = chance.sample(every := [*own, *shared, *wrong], len(every))
        body = HEAD % CONTEXT + b",".join(mixed) + TAIL
        yield Letter(kind, body, [*map(digest, own)], [*map(digest, shared)])


def windows(senders: int) -> Iterator[int]:
    """Beginnings of shared stretches: each is handed out to several, and stretches overlap."""
    for step in count():
        for _ in range(senders):
            yield step * (SHARED_OF_DOCUMENT // 2)


class Window:
    """The same iterator for several threads."""

    def __init__(self, senders: int):
        self._beginnings, self._lock = windows(senders), threading.Lock()

    def __iter__(self) -> Iterator[int]:
        return self

    def __next__(self) -> int:
        with self._lock:
            return next(self._beginnings)


class Sender(threading.Thread):
    """One program: it sends, and sends again, until it is told to stop."""

    def __init__(self, url: str, token: str, number: int, window: Iterator[int], seed: int):
        super().__init__(name=f"sender-{number}", daemon=True)
        there = urlsplit(url)
        self.line = http.client.HTTPConnection(
            there.hostname or "", there.port, timeout=TIMEOUT_SECONDS
        )
        self.headers = {"Authorization": f"Bearer {token}", "Content-Type": "application/json"}
        self.chance = random.Random(f"{seed}/{number}")  # noqa: S311 no secret
        self.letters = letters(number, window, self.chance)
        self.sent: list[Sent] = []
        self.refused: list[str] = []
        self.unanswered = 0
        self.events = 0
        self.last_begun = 0.0  # when the letter that was acknowledged last was sent
        self.stopping = threading.Event()

    def run(self) -> None:
        while not self.stopping.is_set():
            self._deliver(next(self.letters))
        self.line.close()

    def _deliver(self, letter: Letter) -> None:
        while True:
            begun = monotonic()
            status, told = self._post(letter)
            if 200 <= status < 300:
                self.sent.append(Sent(letter, told))
                self.events += len(letter.expected)
                self.last_begun = begun
                return
            if 400 <= status < 500:
                self.refused.append(f"{status} {told}")
                return
            if status != UNSENT:
                self.unanswered += 1
                if self.chance.random() < GIVEN_UP:
                    self.sent.append(Sent(letter, ""))
                    return
            sleep(PAUSE_SECONDS)

    def _post(self, letter: Letter) -> tuple[int, str]:
        """The status with the address, or with what was said; UNANSWERED, UNSENT without either."""
        try:
            if self.line.sock is None:
                self.line.connect()
        except OSError:
            return UNSENT, ""
        path = "/epcis/events" if letter.kind == SINGLE else "/epcis/capture"
        headers = {**self.headers, BEHAVIOUR: letter.behaviour}
        try:
            self.line.request("POST", path, letter.body, headers)
            answer = self.line.getresponse()
            said = answer.read()
        except (OSError, http.client.HTTPException):
            self.line.close()
            return UNANSWERED, ""
        if answer.status < 300:
            return answer.status, answer.headers["Location"] or ""
        return answer.status, said[:300].decode(errors="replace")


def job_of(line: http.client.HTTPConnection, token: str, location: str) -> dict[str, object]:
    """A job as the house tells it."""
    line.request("GET", location, headers={"Authorization": f"Bearer {token}"})
    found: dict[str, object] = json.loads(line.getresponse().read())
    return found
