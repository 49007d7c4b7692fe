"""The house a bench measures: reached only by what the contracts promise of `./x demo`."""

from __future__ import annotations

import sys
from collections.abc import Iterator
from pathlib import Path

import pytest

from mingchu.base.errors import Refusal
from mingchu.ops import bench
from mingchu.ops.bench import city, load, pages
from mingchu.ops.bench.house import House, demo

# Speaks the contract of `./x demo` and nothing else: lines, links, pages, SIGTERM.
A_DEMO = """
import http.server, json, sys
from urllib.parse import parse_qs, urlsplit
port = int(sys.argv[sys.argv.index("--port") + 1])
ROWS = [{"id": n, "code": f"9115{n}", "name": f"甲&乙小店{n}", "district": f"15010{n}"}
        for n in (2, 3)]
class Page(http.server.BaseHTTPRequestHandler):
    protocol_version = "HTTP/1.1"
    def do_GET(self):
        url = urlsplit(self.path)
        signed_in = "sessionid=s1" in (self.headers["Cookie"] or "")
        status, body, extra = 200, "<h1>front</h1><table>", ()
        if url.path == "/login/once":
            status, extra = 302, [("Set-Cookie", "sessionid=s1; Path=/"), ("Location", "/w/")]
        elif url.path.startswith(("/w/", "/api/")) and not signed_in:
            status = 403
        elif url.path.startswith("/api/"):
            only = parse_qs(url.query).get("district")
            found = [r for r in ROWS if not only or r["district"] in only]
            body = json.dumps({"items": found, "next": None})
        elif url.path == "/healthz":
            body = "ok"
        elif url.path == "/a.css":
            body = "x" * 1000
        elif url.path == "/p/":
            body = f"/p/{parse_qs(url.query)['q'][0][4:]}"
        elif url.path.startswith("/p/"):
            body = f'<link rel="stylesheet" href="/a.css">甲&amp;乙小店{url.path[3:]}'
        elif url.path.startswith("/w/businesses/"):
            body += f"甲&amp;乙小店{url.path[14:]}"
        self.send_response(status)
        for name, value in extra:
            self.send_header(name, value)
        self.send_header("Content-Length", str(len(body.encode())))
        self.end_headers()
        self.wfile.write(body.encode())
    def log_message(self, *args):
        pass
server = http.server.ThreadingHTTPServer(("127.0.0.1", port), Page)
print(f"login city http://127.0.0.1:{port}/login/once", flush=True)
print(f"ready http://127.0.0.1:{port}", flush=True)
print("city complete", flush=True)
server.serve_forever()
"""


@pytest.fixture(autouse=True)
def short(monkeypatch: pytest.MonkeyPatch) -> Iterator[None]:
    monkeypatch.setattr(load, "WARM_UP_SECONDS", 0.05)
    token = bench.SECONDS.set(0.05)
    yield
    bench.SECONDS.reset(token)


@pytest.fixture
def running(tmp_path: Path) -> Iterator[House]:
    (tmp_path / "x").write_text(A_DEMO, encoding="utf-8")
    with demo(tmp_path, tmp_path / "home") as found:
        found.wait_until_ready()
        yield found


def test_a_house_is_ready_signed_in_and_ends_when_told(tmp_path: Path) -> None:
    (tmp_path / "x").write_text(A_DEMO, encoding="utf-8")

    with demo(tmp_path, tmp_path / "home") as found:
        found.wait_until_ready()
        session = found.session("city")
        complete = found.wait_until_complete()

    assert found.url.startswith("http://127.0.0.1:")
    assert session["Cookie"] == "sessionid=s1"
    assert 0 < found.seconds_to_ready <= complete
    assert found.process.poll() is not None


def test_a_house_that_does_not_start_says_what_it_said(tmp_path: Path) -> None:
    (tmp_path / "x").write_text("print('disk is full'); raise SystemExit(1)", encoding="utf-8")

    with demo(tmp_path, tmp_path, python=sys.executable) as found, pytest.raises(Refusal) as no:
        found.wait_until_ready()

    assert no.value.code == "bench_no_house"
    assert "disk is full" in no.value.why


def test_a_role_without_a_link_is_a_refusal(running: House) -> None:
    with pytest.raises(Refusal) as no:
        running.session("auditor")

    assert no.value.code == "bench_no_session"


def test_every_district_is_sampled_and_every_page_is_checked(running: House) -> None:
    session = running.session("city")
    rows = city.sample(running, session)

    figures = [
        *pages.desk(running, session, rows, 16_108),
        *pages.public(running, rows, "16k"),
    ]

    assert {row["district"] for row in rows} == {"150102", "150103"}
    assert [row.id for row in figures] == [
        f"B8.{name}.16k" for name in ("list", "file", "front", "public", "public_search", "weight")
    ]
    assert all(row.limit for row in figures[:5])
    assert figures[0].bar == bench.Bar("<=", 60)


def test_the_desk_is_not_measured_signed_out(running: House) -> None:
    rows = city.sample(running, running.session("city"))

    with pytest.raises(Refusal) as no:
        list(pages.desk(running, {}, rows, 16_108))

    assert no.value.code == "bench_wrong_answer"


def test_a_page_weighs_what_it_needs(running: House) -> None:
    rows = city.sample(running, running.session("city"))

    assert city.weight(running, city.public_files(rows)[0].path) > 1000
    assert city.by_name(rows, 2)[0].path == "/w/businesses/?q=%E4%B9%99%E5%B0%8F"
