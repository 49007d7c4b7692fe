"""The page on running a city for real: its SQL, settings, units and proxy do what it says."""

from __future__ import annotations

import argparse
import datetime
import http.client
import json
import os
import re
import shlex
import shutil
import ssl
import subprocess
import sys
import tempfile
import time
import urllib.request
from collections.abc import Callable, Iterator
from configparser import ConfigParser
from contextlib import contextmanager
from pathlib import Path

import psycopg
import pytest
from cryptography import x509
from cryptography.hazmat.primitives import hashes, serialization
from cryptography.hazmat.primitives.asymmetric import ec
from cryptography.x509.oid import NameOID

from mingchu.ops import cli
from mingchu.ops.bench.house import clean_environment, free_port
from mingchu.ops.postgres import Server
from mingchu.site.settings import SETTINGS

ROOT = Path(__file__).parents[2]
PAGE = (ROOT / "docs" / "production.md").read_text(encoding="utf-8")
HOST = "food.example.cn"
SECONDS = 60


def block(kind: str) -> str:
    [found] = re.findall(rf"^```{re.escape(kind)}\n(.*?)^```", PAGE, re.MULTILINE | re.DOTALL)
    return str(found)


UNITS = re.findall(r"^```ini (\S+\.service)$", PAGE, re.MULTILINE)


def unit(name: str) -> ConfigParser:
    parser = ConfigParser(interpolation=None)
    parser.optionxform = str  # type: ignore[assignment,method-assign]
    parser.read_string(block(f"ini {name}"))
    return parser


def test_every_setting_on_the_page_exists() -> None:
    named = set(re.findall(r"\bMINGCHU_[A-Z_]+\b", PAGE))

    assert named
    assert sorted(named - {setting.name for setting in SETTINGS}) == []


def test_every_command_on_the_page_exists_and_takes_its_words() -> None:
    named = re.findall(r"x mingchu ([^\n`]+)|`mingchu ([^`]+)`", PAGE)
    commands = [(one or other).strip() for one, other in named if (one or other) != "help"]

    assert len(commands) >= 6
    for said in commands:
        words = shlex.split(said.split(";")[0])
        name = cli.find(words)
        assert name, said
        _function, add_arguments = cli.COMMANDS[name].load()
        parser = argparse.ArgumentParser(exit_on_error=False)
        if add_arguments:
            add_arguments(parser)
        given = words[len(name.split()) :]
        parser.parse_args([*given, *(["FILE"] if given[-1:] == ["--head"] else [])])


@pytest.mark.parametrize("name", UNITS)
def test_a_unit_is_one_that_systemd_takes(name: str, tmp_path: Path) -> None:
    analyze = shutil.which("systemd-analyze")
    if analyze is None:
        pytest.skip("no systemd here")
    for other in UNITS:
        # Programs and user of the page are not on this machine.
        text = block(f"ini {other}").replace("/opt/mingchu/x", "/bin/true")
        (tmp_path / other).write_text(text.replace("User=mingchu", "User=daemon"))

    done = subprocess.run(
        [analyze, "verify", "--recursive-errors=no", str(tmp_path / name)],
        capture_output=True,
        text=True,
        check=False,
    )

    told = [line for line in done.stderr.splitlines() if name in line]
    assert (done.returncode, told) == (0, []), done.stderr


def test_web_and_worker_wait_for_the_schema_and_come_back() -> None:
    names = ("migrate", "web", "worker", "live")
    assert [f"mingchu-{name}.service" for name in names] == UNITS
    for name in UNITS[1:]:
        found = unit(name)
        assert found["Unit"]["Requires"] == found["Unit"]["After"] == UNITS[0]
        assert found["Service"]["Restart"] == "always"


class City:
    """A server with the logins of the page, a home, and the settings of the page."""

    def __init__(self, place: Path):
        self.server = Server(place / "server")
        self.server.start(fsync=False)
        self.home = place / "home"
        self.port = free_port()
        with psycopg.connect(self.server.url("postgres", "postgres"), autocommit=True) as db:
            for statement in block("sql").split(";"):
                if statement.strip():
                    db.execute(statement.encode())

    @property
    def settings(self) -> dict[str, str]:
        page = dict(line.split("=", 1) for line in block("ini env").splitlines())
        return page | {
            "MINGCHU_HOME": str(self.home),
            "MINGCHU_DATABASE_URL": self.server.url("mingchu_app"),
            "MINGCHU_DATABASE_OWNER_URL": self.server.url("mingchu_owner"),
            "MINGCHU_WEB_PROCESSES": "1",
            "LC_ALL": "C.UTF-8",
        }

    def command(self, name: str) -> list[str]:
        """What a unit starts, on a port that is free here."""
        said = unit(name)["Service"]["ExecStart"].replace("8000", str(self.port))
        return [sys.executable, "-m", "mingchu", *shlex.split(said)[2:]]

    def run(self, *command: str) -> subprocess.CompletedProcess[str]:
        return subprocess.run(
            command,
            cwd=ROOT,
            env={**clean_environment(), **self.settings},
            capture_output=True,
            text=True,
            check=False,
            timeout=SECONDS,
        )

    @contextmanager
    def running(self, name: str) -> Iterator[subprocess.Popen[bytes]]:
        process = subprocess.Popen(
            self.command(name),
            cwd=ROOT,
            env={**clean_environment(), **self.settings},
            stderr=subprocess.DEVNULL,
        )
        try:
            yield process
        finally:
            process.terminate()
            process.wait(SECONDS)

    def answer(self, path: str, host: str = HOST) -> int:
        link = http.client.HTTPConnection("127.0.0.1", self.port, timeout=SECONDS)
        try:
            link.request("GET", path, headers={"Host": host, "X-Forwarded-Proto": "https"})
            return link.getresponse().status
        except OSError:
            return 0
        finally:
            link.close()


def eventually(is_so: Callable[[], bool]) -> bool:
    end = time.monotonic() + SECONDS
    while time.monotonic() < end:
        if is_so():
            return True
        time.sleep(0.1)
    return False


@pytest.fixture(scope="module")
def city() -> Iterator[City]:
    """Migrated by its unit."""
    place = Path(tempfile.mkdtemp(prefix="mingchu-city-"))
    place.chmod(0o755)
    found = City(place)
    migrated = found.run(*found.command("mingchu-migrate.service"))
    assert migrated.returncode == 0, migrated.stderr
    yield found
    found.server.stop()
    shutil.rmtree(place, ignore_errors=True)


@pytest.fixture(scope="module")
def web(city: City) -> Iterator[City]:
    """Served by its unit."""
    with city.running("mingchu-web.service"):
        assert eventually(lambda: city.answer("/readyz") == 200)
        yield city


def test_the_schema_comes_up_twice_as_well_as_once(city: City) -> None:
    assert city.run(*city.command("mingchu-migrate.service")).returncode == 0


def test_the_web_unit_answers_to_its_name_and_to_the_machine_and_to_no_other(web: City) -> None:
    assert web.answer("/") == 200
    assert web.answer("/readyz", host="127.0.0.1") == 200
    assert web.answer("/", host="elsewhere.example.cn") == 400


def test_the_first_administrator_comes_in_by_a_link_of_the_command_line(web: City) -> None:
    done = web.run(sys.executable, "-m", "mingchu", "login", "admin", "--json")

    link = json.loads(done.stdout)["url"]
    assert link.startswith("http://127.0.0.1:")
    assert web.answer(link.partition("8000")[2], host="127.0.0.1:8000") == 302


def test_the_app_s_login_changes_no_entry_of_the_ledger(city: City) -> None:
    with psycopg.connect(city.server.url("mingchu_app")) as db:
        assert db.execute("SELECT count(*) FROM ledger_entry").fetchone() is not None
        with pytest.raises(psycopg.errors.InsufficientPrivilege):
            db.execute("UPDATE ledger_entry SET kind = 'other'")


def test_the_worker_unit_seals_and_ends_when_it_is_told(web: City) -> None:
    verify = [sys.executable, "-m", "mingchu", "ledger", "verify", "--json"]
    with web.running("mingchu-worker.service") as worker:
        assert eventually(lambda: json.loads(web.run(*verify).stdout)["unsealed"] == 0)

    assert worker.returncode == 0
    assert json.loads(web.run(*verify).stdout)["ok"]


@pytest.fixture
def certificate(tmp_path: Path) -> Path:
    """A folder with a chain and a key for the page's name."""
    key, name = ec.generate_private_key(ec.SECP256R1()), x509.NameAttribute(
        NameOID.COMMON_NAME, HOST
    )  # fmt: skip
    now = datetime.datetime.now(datetime.UTC)  # noqa: TID251 a certificate of the machine's time
    made = (
        x509.CertificateBuilder(x509.Name([name]), x509.Name([name]), key.public_key())
        .serial_number(1)
        .not_valid_before(now - datetime.timedelta(days=1))
        .not_valid_after(now + datetime.timedelta(days=1))
        .sign(key, hashes.SHA256())
    )
    (tmp_path / "chain.pem").write_bytes(made.public_bytes(serialization.Encoding.PEM))
    (tmp_path / "key.pem").write_bytes(
        key.private_bytes(
            serialization.Encoding.PEM,
            serialization.PrivateFormat.PKCS8,
            serialization.NoEncryption(),
        )
    )
    return tmp_path


@contextmanager
def proxied(city: City, folder: Path, port: int) -> Iterator[None]:
    """The proxy of the page before the house, on a port that is free here."""
    program = shutil.which("nginx", path=os.environ.get("PATH", "") + ":/usr/sbin")
    if program is None:
        pytest.skip("no nginx here")
    page = (
        block("nginx")
        .replace("127.0.0.1:8000", f"127.0.0.1:{city.port}")
        .replace("listen 80;", f"listen 127.0.0.1:{free_port()};")
        .replace("listen 443 ", f"listen 127.0.0.1:{port} ")
        .replace(f"/etc/ssl/{HOST}", str(folder))
    )
    (folder / "temp").mkdir()
    paths = ("client_body", "proxy", "fastcgi", "uwsgi", "scgi")
    temps = "".join(f"{name}_temp_path {folder}/temp/{name}; " for name in paths)
    user = "user root;" if os.geteuid() == 0 else ""
    (folder / "nginx.conf").write_text(
        f"{user} daemon off; pid {folder}/pid; error_log {folder}/log; events {{}}\n"
        f"http {{ access_log off; {temps}\n{page}}}\n"
    )
    process = subprocess.Popen([program, "-c", str(folder / "nginx.conf"), "-p", str(folder)])
    try:
        yield
    finally:
        process.terminate()
        process.wait(SECONDS)


def test_through_the_proxy_a_reader_comes_by_tls_and_links_of_the_machine_do_not_work(
    web: City, certificate: Path
) -> None:
    port = free_port()
    trusting = ssl.create_default_context()
    trusting.check_hostname, trusting.verify_mode = False, ssl.CERT_NONE
    with proxied(web, certificate, port):

        def asked(path: str) -> tuple[int, http.client.HTTPMessage]:
            link = http.client.HTTPSConnection("127.0.0.1", port, context=trusting, timeout=SECONDS)
            try:
                link.request("GET", path, headers={"Host": HOST, "X-Forwarded-For": "127.0.0.1"})
                said = link.getresponse()
            except OSError:
                return 0, http.client.HTTPMessage()
            else:
                return said.status, said.headers
            finally:
                link.close()

        assert eventually(lambda: asked("/healthz")[0] == 200)
        status, headers = asked("/login/")
        link = json.loads(
            web.run(sys.executable, "-m", "mingchu", "login", "admin", "--json").stdout
        )
        refused, _headers = asked(link["url"].partition("8000")[2])

    assert status == 200
    assert "Secure" in headers["Set-Cookie"]
    assert headers["Strict-Transport-Security"]
    assert refused == 403


def test_the_house_ends_tls_itself(city: City, certificate: Path) -> None:
    port = free_port()
    files = ("--tls-cert", certificate / "chain.pem", "--tls-key", certificate / "key.pem")
    process = subprocess.Popen(
        [sys.executable, "-m", "mingchu", "run", "web", "--port", str(port), *map(str, files)],
        cwd=ROOT,
        env={**clean_environment(), **city.settings, "MINGCHU_PROXIES": "0"},
        stderr=subprocess.DEVNULL,
    )
    trusting = ssl.create_default_context(cafile=certificate / "chain.pem")
    trusting.check_hostname = False

    def answers() -> bool:
        try:
            asked = urllib.request.Request(f"https://127.0.0.1:{port}/healthz")
            with urllib.request.urlopen(asked, context=trusting, timeout=SECONDS) as said:  # noqa: S310
                return bool(said.status == 200)
        except OSError:
            return False

    try:
        assert eventually(answers)
    finally:
        process.terminate()
        process.wait(SECONDS)
