"""`./x` from a fresh copy: it installs once, mends itself, and refuses in one sentence."""

from __future__ import annotations

import base64
import hashlib
import importlib.metadata
import os
import shutil
import subprocess
import sys
import zipfile
from collections.abc import Iterator
from pathlib import Path

import pytest

ROOT = Path(__file__).parents[2]
CLOSED = "127.0.0.1:9"  # a port where nobody listens
SMALL = "print(__import__('toy').SAID)"


def wheel(folder: Path, name: str, version: str, files: dict[str, bytes]) -> str:
    """A wheel of these files; returns its line of a hashed lock."""
    info = f"{name}-{version}.dist-info"
    files = {
        **files,
        f"{info}/METADATA": f"Metadata-Version: 2.1\nName: {name}\nVersion: {version}\n".encode(),
        f"{info}/WHEEL": b"Wheel-Version: 1.0\nRoot-Is-Purelib: true\nTag: py3-none-any\n",
    }
    path = folder / f"{name}-{version}-py3-none-any.whl"
    with zipfile.ZipFile(path, "w") as archive:
        for place, content in files.items():
            entry = zipfile.ZipInfo(place)
            entry.external_attr = (0o100755 if "/scripts/" in place else 0o100644) << 16
            archive.writestr(entry, content)
        rows = "".join(f"{place},{_record(content)}\n" for place, content in files.items())
        archive.writestr(f"{info}/RECORD", f"{rows}{info}/RECORD,,\n")
    return f"{name}=={version} --hash=sha256:{hashlib.sha256(path.read_bytes()).hexdigest()}\n"


def _record(content: bytes) -> str:
    digest = base64.urlsafe_b64encode(hashlib.sha256(content).digest()).rstrip(b"=").decode()
    return f"sha256={digest},{len(content)}"


@pytest.fixture(scope="session")
def wheelhouse(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """The uv in use, packed again, and one toy package: an index without a network."""
    folder = tmp_path_factory.mktemp("wheels")
    uv = importlib.metadata.distribution("uv")
    inside = [f for f in uv.files or [] if str(f).startswith("uv/") and f.suffix == ".py"]
    files = {str(f): Path(str(uv.locate_file(f))).read_bytes() for f in inside}
    program = Path(sys.executable).with_name("uv").read_bytes()
    files[f"uv-{uv.version}.data/scripts/uv"] = program
    (folder / "tool.txt").write_text(wheel(folder, "uv", uv.version, files))
    (folder / "run.txt").write_text(wheel(folder, "toy", "1.0", {"toy.py": b"SAID = 'one'\n"}))
    (folder / "next.txt").write_text(wheel(folder, "toy", "2.0", {"toy.py": b"SAID = 'two'\n"}))
    return folder


@pytest.fixture
def copy(tmp_path: Path, wheelhouse: Path) -> Iterator[Path]:
    """A checkout whose house is one line, locked to the toy."""
    top = tmp_path / "copy"
    (top / "locks").mkdir(parents=True)
    (top / "mingchu").mkdir()
    shutil.copy(ROOT / "x", top / "x")
    for name in ("tool", "run"):
        shutil.copy(wheelhouse / f"{name}.txt", top / "locks" / f"{name}.txt")
    (top / "mingchu" / "__main__.py").write_text(SMALL)
    yield top
    shutil.rmtree(top, ignore_errors=True)


def settings(wheelhouse: Path | None = None, **more: str) -> dict[str, str]:
    """A user who told pip, and only pip, where packages are."""
    kept = {k: v for k, v in os.environ.items() if not k.startswith(("PIP_", "UV_", "MINGCHU_"))}
    told = {"PIP_NO_INDEX": "1", "PIP_FIND_LINKS": str(wheelhouse)} if wheelhouse else {}
    return {**kept, "PIP_CONFIG_FILE": os.devnull, "LANG": "C.UTF-8", **told, **more}


def x(
    top: Path, *arguments: str, env: dict[str, str], python: list[str] | None = None
) -> subprocess.CompletedProcess[str]:
    return subprocess.run(
        [*(python or [sys.executable]), str(top / "x"), *arguments],
        env=env,
        capture_output=True,
        text=True,
        check=False,
        timeout=120,
    )


def one_sentence(done: subprocess.CompletedProcess[str]) -> str:
    """What a refusal said; news of the time spent before it are not counted."""
    said = [line for line in done.stderr.splitlines() if " … " not in line]
    assert done.returncode == 1, done.stderr
    assert len(said) == 1, done.stderr
    assert "Traceback" not in done.stderr
    return said[0]


def test_the_first_run_installs_by_pip_s_own_settings_and_the_next_touches_nothing(
    copy: Path, wheelhouse: Path
):
    first = x(copy, "mingchu", env=settings(wheelhouse))
    assert first.returncode == 0, first.stderr
    stamp = (copy / ".venv" / ".ready").stat()
    again = x(copy, "mingchu", env=settings(PIP_NO_INDEX="1"))

    assert first.stdout == "one\n"
    assert again.stdout == "one\n"
    assert (copy / ".venv" / ".ready").stat().st_mtime_ns == stamp.st_mtime_ns


def test_a_half_made_environment_is_made_again_a_new_lock_followed_a_forged_one_not(
    copy: Path, wheelhouse: Path
):
    (copy / ".venv" / "bin").mkdir(parents=True)
    (copy / ".venv" / "bin" / "python").symlink_to("/nowhere/python")
    mended = x(copy, "mingchu", env=settings(wheelhouse))

    shutil.copy(wheelhouse / "next.txt", copy / "locks" / "run.txt")
    followed = x(copy, "mingchu", env=settings(wheelhouse))

    assert mended.stdout == "one\n", mended.stderr
    assert followed.stdout == "two\n", followed.stderr

    (copy / "locks" / "run.txt").write_text(f"toy==1.0 --hash=sha256:{'0' * 64}\n")
    forged = x(copy, "mingchu", env=settings(wheelhouse))

    assert (forged.returncode, forged.stdout) == (1, "")
    assert "Hash mismatch" in forged.stderr
    assert not (copy / ".venv" / ".ready").exists()


def test_two_at_once_install_once_and_both_succeed(copy: Path, wheelhouse: Path):
    command = [sys.executable, str(copy / "x"), "mingchu"]
    both = [
        subprocess.Popen(
            command, env=settings(wheelhouse), stdout=subprocess.PIPE, stderr=subprocess.PIPE
        )
        for _ in range(2)
    ]

    said = [process.communicate(timeout=120) for process in both]

    assert [out for out, _ in said] == [b"one\n", b"one\n"], said


def test_an_old_python_is_told_which_one_is_needed(copy: Path, tmp_path: Path):
    stub = tmp_path / "old.py"
    stub.write_text(
        "import runpy, sys\n"
        "sys.version_info, sys.version = (3, 8, 18), '3.8.18 (old)'\n"
        "sys.argv = sys.argv[1:]\n"
        "runpy.run_path(sys.argv[0], run_name='__main__')\n"
    )

    said = one_sentence(
        x(copy, "help", env=settings(), python=[sys.executable, str(stub)]),
    )
    chinese = x(copy, env=settings(LC_ALL="zh_CN.UTF-8"), python=[sys.executable, str(stub)]).stderr

    assert "Python ≥ 3.11" in said
    assert "3.8.18" in said
    assert "需要 Python 3.11 以上" in chinese


@pytest.mark.parametrize("release", ["3.6", "3.7", "3.8", "3.10"])
def test_a_real_old_python_reads_the_script_that_far(copy: Path, release: str):
    kept = Path("~/.pyenv/versions").expanduser().glob(f"{release}.*/bin/python")
    found = [shutil.which(f"python{release}"), *map(str, kept)]
    python = next((path for path in found if path and "shims" not in path), None)
    if python is None:
        pytest.skip(f"no Python {release} here")

    said = one_sentence(x(copy, "help", env=settings(PYTHONIOENCODING="utf-8"), python=[python]))

    assert "3.11" in said
    assert release in said


@pytest.mark.parametrize("module", ["venv", "ensurepip"])
def test_a_python_without_venv_is_told_what_to_install(copy: Path, tmp_path: Path, module: str):
    stub = tmp_path / "bare.py"
    stub.write_text(
        "import runpy, sys\n"
        f"sys.modules[{module!r}] = None\n"
        "sys.argv = sys.argv[1:]\n"
        "runpy.run_path(sys.argv[0], run_name='__main__')\n"
    )

    said = one_sentence(x(copy, "mingchu", env=settings(), python=[sys.executable, str(stub)]))

    assert f"`{module}`" in said
    assert "python3-venv" in said


def test_without_a_network_the_user_hears_of_mirrors(copy: Path, tmp_path: Path):
    nowhere = settings(
        PIP_INDEX_URL="http://127.0.0.1:9/index",
        PIP_NO_CACHE_DIR="1",
        PIP_RETRIES="0",
        UV_CACHE_DIR=str(tmp_path / "cache"),
    )

    said = one_sentence(x(copy, "mingchu", env=nowhere))

    assert "index-url" in said


def test_a_full_disk_is_named(copy: Path, wheelhouse: Path):
    if subprocess.run(["unshare", "--mount", "true"], capture_output=True, check=False).returncode:
        pytest.skip("only root can mount a disk small enough to fill")
    small = (
        'mount -t tmpfs -o size=4m tmpfs "$1" && cp -r "$2"/. "$1" && TMPDIR="$1" '
        'exec "$3" "$1/x" mingchu'
    )
    place = copy.with_name("small")
    place.mkdir()

    done = subprocess.run(
        ["unshare", "--mount", "sh", "-c", small, "sh", place, copy, sys.executable],
        env=settings(wheelhouse),
        capture_output=True,
        text=True,
        check=False,
    )

    assert "disk is full" in one_sentence(done)


def test_a_copy_of_another_user_is_refused(copy: Path):
    if os.geteuid() != 0:
        pytest.skip("only root can become another user")
    for folder in (copy, *copy.parents):
        if folder == copy or folder.name.startswith(("pytest-", "popen-", "test_")):
            folder.chmod(0o755)
    python = "/usr/bin/python3"  # one that every user may start
    if not Path(python).exists():
        pytest.skip("no Python that another user may start")

    done = subprocess.run(
        [python, str(copy / "x"), "mingchu"],
        user=65534,
        cwd="/",
        env=settings(),
        capture_output=True,
        text=True,
        check=False,
    )

    said = done.stderr
    assert done.returncode == 1
    assert "another user" in said, said


def test_help_is_the_answer_to_nothing_and_usage_to_nonsense(copy: Path):
    nothing = x(copy, env=settings())
    nonsense = x(copy, "dmeo", env=settings())
    chinese = x(copy, "help", env=settings(LANG="zh_CN.UTF-8"))

    assert nothing.returncode == 0
    assert "demo [--port P]" in nothing.stdout
    assert (nonsense.returncode, nonsense.stdout) == (2, "")
    assert chinese.stdout.startswith("用法")


def test_under_peers_the_system_s_own_is_out_of_sight():
    if not os.environ.get("MINGCHU_COVERED"):
        pytest.skip("./x test --peers covers it")
    libraries = Path("/usr/lib").glob("*/libpango-1.0.so.0")

    assert not list(Path("/usr/lib/postgresql").glob("*"))
    assert not list(Path("/usr/share/fonts").glob("*"))
    assert all(library.stat().st_size == 0 for library in libraries)
