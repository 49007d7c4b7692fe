"""Walker 走查人: takes the steps of a script on a live demo, as a person with a terminal would."""

from __future__ import annotations

import http.client
import os
import shlex
import subprocess
import sys
import urllib.error
import urllib.request
from collections.abc import Iterator
from dataclasses import dataclass, field
from http.cookiejar import CookieJar
from pathlib import Path
from time import monotonic, sleep
from urllib.parse import quote

from mingchu.ops.walk.script import Answer, Missed, Step, check, filled, kept_of

ROOT = Path(__file__).parents[3]
OURS = "./x mingchu "
STEP_SECONDS = 600
PAGE_SECONDS = 60
AGAIN_SECONDS = 0.5
WRONG = (Missed, OSError, http.client.HTTPException, subprocess.TimeoutExpired)


class _Stay(urllib.request.HTTPRedirectHandler):
    """A redirect is an answer too."""

    def redirect_request(self, *_: object) -> None:
        return None


@dataclass(frozen=True)
class Taken:
    """A step, and what was wrong with it; "" where nothing was."""

    step: Step
    why: str


@dataclass
class Walker:
    """One walk: where the house answers, what was kept so far, a browser for each role."""

    url: str
    folder: Path
    kept: dict[str, str] = field(default_factory=dict)
    browsers: dict[tuple[str, str], urllib.request.OpenerDirector] = field(default_factory=dict)

    def __post_init__(self) -> None:
        self.kept["WALK"] = str(self.folder)

    def walk(self, steps: list[Step]) -> Iterator[Taken]:
        """Every step in turn, whatever became of those before."""
        for step in steps:
            yield Taken(step, self.take(step))

    def take(self, step: Step) -> str:
        """What was wrong in the end; a step with time is tried again while it has some."""
        end = monotonic() + step.seconds
        while True:
            try:
                answer = self._answer(step)
                check(step, answer, self.kept)
                self.kept |= kept_of(step, answer)
            except WRONG as error:
                if monotonic() >= end:
                    return str(error) or type(error).__name__
                sleep(AGAIN_SECONDS)
            else:
                return ""

    def _answer(self, step: Step) -> Answer:
        return self._run(step.command) if step.command else self._get(step)

    def _run(self, command: str) -> Answer:
        """By the shell, which knows what was kept; what it said against it counts as well."""
        filled_names = {**os.environ, "LC_ALL": "C.UTF-8", **self.kept}
        # This walk was started by ./x: it would find everything ready and hand over to this.
        if command.startswith(OURS):
            command = f"{shlex.quote(sys.executable)} -m mingchu {command.removeprefix(OURS)}"
        done = subprocess.run(
            ["sh", "-c", command],
            cwd=ROOT,
            env=filled_names,
            stdin=subprocess.DEVNULL,
            capture_output=True,
            text=True,
            errors="replace",
            timeout=STEP_SECONDS,
            check=False,
        )
        return Answer(done.returncode, done.stdout or done.stderr)

    def _get(self, step: Step) -> Answer:
        path = quote(filled(step.path, self.kept), safe="/?&=%+:,;@!*'()~-._")
        request = urllib.request.Request(self.url.rstrip("/") + path)  # noqa: S310 our own address
        request.add_header("Accept-Language", "zh-CN")
        if step.body:
            request.data = filled(step.body, self.kept).encode()
            request.add_header("Content-Type", "application/json")
        if step.token:
            request.add_header("Authorization", f"Bearer {filled(step.token, self.kept)}")
        return _opened(self._browser(step.role, step.district), request)

    def _browser(self, role: str, district: str) -> urllib.request.OpenerDirector:
        """Signed in by `mingchu login`, once for each role of the walk."""
        if (role, district) not in self.browsers:
            cookies = urllib.request.HTTPCookieProcessor(CookieJar())
            browser = urllib.request.build_opener(_Stay, cookies)
            if role:
                self._sign_in(browser, role, district)
            self.browsers[role, district] = browser
        return self.browsers[role, district]

    def _sign_in(self, browser: urllib.request.OpenerDirector, role: str, district: str) -> None:
        place = f" --district {district}" if district else ""
        link = self._run(f"{OURS}login {role}{place}")
        if link.code:
            raise Missed(f"login {role}: {link.text.strip()}")
        entered = _opened(browser, urllib.request.Request(link.text.strip()))  # noqa: S310
        if entered.code != http.HTTPStatus.FOUND:
            raise Missed(f"the link of {role} answers {entered.code}")


def _opened(browser: urllib.request.OpenerDirector, request: urllib.request.Request) -> Answer:
    try:
        with browser.open(request, timeout=PAGE_SECONDS) as said:
            return Answer(said.status, said.read().decode(errors="replace"))
    except urllib.error.HTTPError as said:
        with said:
            return Answer(said.code, said.read().decode(errors="replace"))
