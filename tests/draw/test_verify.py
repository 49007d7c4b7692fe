"""`mingchu draw verify ZIP`: any file from anywhere is judged, none of it is run or believed."""

from __future__ import annotations

import json
import sys
import warnings
import zipfile
from importlib.util import module_from_spec, spec_from_file_location
from pathlib import Path
from types import ModuleType

import pytest
from bundles import files, frame
from drawing import DICE, FELL

from mingchu.base.errors import Refusal
from mingchu.draw.domain.bundle import DATA, OUTSIDE, zipped
from mingchu.draw.services import verify_zip, verifying
from mingchu.ops import cli


@pytest.fixture(scope="module")
def honest() -> dict[str, bytes]:
    return files(frame(announced=[DICE]), [FELL])


@pytest.fixture(scope="module")
def program() -> ModuleType:
    """The program of the bundle, in this process: no line of it is ours."""
    spec = spec_from_file_location("outside_verify", OUTSIDE / "verify.py")
    module = module_from_spec(spec)
    sys.modules["outside_verify"] = module
    spec.loader.exec_module(module)
    return module


def zip_of(parts: list[tuple[str, bytes]], to: Path) -> Path:
    with zipfile.ZipFile(to, "w", zipfile.ZIP_DEFLATED) as archive, warnings.catch_warnings():
        warnings.simplefilter("ignore")  # that a name stands twice is the point
        for name, data in parts:
            archive.writestr(name, data)
    return to


def test_the_command_says_what_the_contract_promises(honest, tmp_path, capsys):
    (tmp_path / "b.zip").write_bytes(zipped(honest))
    assert cli.main(["draw", "verify", str(tmp_path / "b.zip"), "--json"]) == 0
    found = json.loads(capsys.readouterr().out)
    assert found.keys() == {"ok", "checks", "selected"}
    assert found["ok"]
    assert len(found["selected"]) > 40


def test_a_bundle_that_was_changed_ends_with_no(honest, tmp_path, capsys):
    changed = {**honest, "nonce.txt": b"00" * 32 + b"\n"}
    (tmp_path / "b.zip").write_bytes(zipped(changed))
    assert cli.main(["draw", "verify", str(tmp_path / "b.zip")]) == 1
    assert "nonce.txt was changed" in capsys.readouterr().out


def test_no_program_of_the_bundle_is_run(honest, tmp_path):
    trap = b"open('ran', 'w'); print('{\"ok\": true, \"checks\": [], \"selected\": []}')"
    (tmp_path / "b.zip").write_bytes(zipped({**honest, "verify.py": trap, "drand.py": trap}))
    assert verify_zip(tmp_path / "b.zip")["checks"]


@pytest.mark.parametrize("name", ["../plan.json", "/etc/x", "a/plan.json", "json.py", "plan.json"])
def test_a_file_that_belongs_elsewhere_is_refused(honest, tmp_path, name):
    made = zip_of([*honest.items(), (name, b"x")], tmp_path / "b.zip")
    with pytest.raises(Refusal, match="unexpected"):
        verify_zip(made)
    assert [one.name for one in tmp_path.iterdir()] == ["b.zip"]


@pytest.mark.parametrize("name", DATA)
def test_a_file_that_is_missing_is_named(honest, tmp_path, name):
    parts = [(one, data) for one, data in honest.items() if one != name]
    with pytest.raises(Refusal, match=f"missing {name}"):
        verify_zip(zip_of(parts, tmp_path / "b.zip"))


def test_a_bomb_is_refused_before_it_is_out(honest, tmp_path, monkeypatch):
    monkeypatch.setattr(verifying, "SIZE_TOP", 2**20)
    parts = [*((n, d) for n, d in honest.items() if n != "subjects.tsv")]
    made = zip_of([*parts, ("subjects.tsv", bytes(2**24))], tmp_path / "b.zip")
    assert made.stat().st_size < 2**20
    with pytest.raises(Refusal, match="MiB"):
        verify_zip(made)


@pytest.mark.parametrize("data", [b"", b"no zip", b"PK\x03\x04" + bytes(30)])
def test_what_is_no_zip_is_refused(tmp_path, data):
    (tmp_path / "b.zip").write_bytes(data)
    with pytest.raises(Refusal, match="不是抽取的证明包"):
        verify_zip(tmp_path / "b.zip")
    with pytest.raises(Refusal, match="没有文件"):
        verify_zip(tmp_path / "none.zip")


def test_a_zip_with_a_broken_part_is_refused(honest, tmp_path):
    data = bytearray(zipped(honest))
    place = data.find(b"result.json") + 60
    data[place] ^= 0xFF
    (tmp_path / "b.zip").write_bytes(bytes(data))
    with pytest.raises(Refusal, match="不是抽取的证明包"):
        verify_zip(tmp_path / "b.zip")


@pytest.mark.parametrize("name", DATA)
def test_any_one_byte_of_a_data_file_that_was_changed_is_named(honest, tmp_path, program, name):
    for part, data in honest.items():
        (tmp_path / part).write_bytes(data)
    data = honest[name]
    for place in {0, len(data) - 1, *range(0, len(data), max(1, len(data) // 40))}:
        for bit in (1, 0x20, 0x80):
            changed = bytearray(data)
            changed[place] ^= bit
            (tmp_path / name).write_bytes(bytes(changed))
            with pytest.raises(program.Wrong, match=f"^{name} was changed$"):
                program.check_files(program.Bundle(tmp_path))
    for changed in (data + b"\n", data[:-1], b""):
        if changed == data:
            continue
        (tmp_path / name).write_bytes(changed)
        with pytest.raises(program.Wrong, match=f"^{name} was changed$"):
            program.check_files(program.Bundle(tmp_path))
