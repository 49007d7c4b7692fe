"""Documents: generated pages say what is so, links lead somewhere, dependencies have reasons."""

from __future__ import annotations

import re
from importlib.metadata import Distribution, PackageNotFoundError, distribution
from pathlib import Path
from urllib.parse import unquote

import pytest

from mingchu.ops import docs
from mingchu.ops.docs.errors import english, refusals
from mingchu.ops.locks import NAMES

ROOT = docs.ROOT
LINK = re.compile(r"\[[^\]]*\]\(([^)\s]+)\)")
MENTION = re.compile(r"`((?:docs|mingchu|tests|locks)/[\w./-]+\.\w+)`")
PIN = re.compile(r"^([\w.-]+)==([^ ;\\]+)", re.MULTILINE)
HEADING = re.compile(r"^#+ (.+)$", re.MULTILINE)
COPYLEFT = re.compile(r"\b(A?GPL|GNU (Affero )?General Public)", re.IGNORECASE)
LESSER = re.compile(r"\bLGPL|GNU Lesser|GNU Library", re.IGNORECASE)
# Several licences to choose from, of which ours is permissive or lesser; say which.
CHOSEN: dict[str, str] = {}


def pages() -> list[Path]:
    return sorted([*ROOT.glob("*.md"), *ROOT.glob("docs/**/*.md")])


@pytest.mark.parametrize("page", sorted(docs.PAGES))
def test_a_generated_page_is_up_to_date(page: str) -> None:
    write = docs.generator(page)
    if write is None:
        pytest.skip("its context has not come")

    assert (docs.FOLDER / page).exists(), "run ./x mingchu docs"
    assert (docs.FOLDER / page).read_text(encoding="utf-8") == write(), "run ./x mingchu docs"


def test_every_refusal_is_told_in_english_too() -> None:
    words = english()
    told = {text for r in refusals() for said in (r.why, r.fix) for text in said.split(" / ")}

    assert sorted(text for text in told if text and text not in words) == []


@pytest.mark.parametrize("page", pages(), ids=lambda page: str(page.relative_to(ROOT)))
def test_links_and_files_named_in_a_document_exist(page: Path) -> None:
    text = page.read_text(encoding="utf-8")
    here = [link for link in LINK.findall(text) if not re.match(r"[a-z]+:", link)]

    broken = [link for link in here if not _leads_somewhere(page, unquote(link))]
    to_come = {f"docs/{name}" for name in docs.PAGES if docs.generator(name) is None}
    named = set(MENTION.findall(text)) - to_come
    missing = sorted(name for name in named if not (ROOT / name).exists())

    assert (broken, missing) == ([], [])


def _leads_somewhere(page: Path, link: str) -> bool:
    where, _, part = link.partition("#")
    target = page.parent / where if where else page
    if not target.exists() or not part:
        return target.exists()
    return part in {_anchor(h) for h in HEADING.findall(target.read_text(encoding="utf-8"))}


def _anchor(heading: str) -> str:
    return re.sub(r"[^\w -]", "", heading.lower()).strip().replace(" ", "-")


@pytest.mark.parametrize("name", NAMES)
def test_a_lock_pins_every_file_and_names_no_host(name: str) -> None:
    text = (ROOT / "locks" / f"{name}.txt").read_text(encoding="utf-8")
    blocks = re.split(r"^(?=[\w.-]+==)", text, flags=re.MULTILINE)[1:]

    assert blocks
    assert [b.splitlines()[0] for b in blocks if "--hash=sha256:" not in b] == []
    assert not re.search(r"https?://|--index|--find-links|@ file", text)


@pytest.mark.parametrize("name", NAMES)
def test_a_lock_holds_what_was_asked_for(name: str) -> None:
    pinned = {_plain(found) for found, _ in PIN.findall(_lock(name))}

    assert _asked(name) - pinned == set()


def test_every_dependency_has_its_reason() -> None:
    told = (docs.FOLDER / "dependencies.md").read_text(encoding="utf-8").lower()

    assert sorted(d for name in NAMES for d in _asked(name) if f"`{d}`" not in told) == []


def test_nothing_we_ship_with_is_under_the_gpl() -> None:
    found = [(name, _licence(name)) for name, _ in PIN.findall(_lock("run"))]

    assert len([1 for _, licence in found if licence]) > len(found) / 2
    assert [
        (name, licence)
        for name, licence in found
        if COPYLEFT.search(LESSER.sub("", licence)) and name not in CHOSEN
    ] == []


def _lock(name: str) -> str:
    return (ROOT / "locks" / f"{name}.txt").read_text(encoding="utf-8")


def _asked(name: str) -> set[str]:
    lines = (ROOT / "locks" / f"{name}.in").read_text(encoding="utf-8").splitlines()
    return {_plain(re.split(r"[\[~=<>; ]", x)[0]) for x in lines if x and x[0] not in "#-"}


def _plain(name: str) -> str:
    return re.sub(r"[-_.]+", "-", name).lower()


def _licence(name: str) -> str:
    try:
        found: Distribution = distribution(name)
    except PackageNotFoundError:  # for another platform
        return ""
    said = [found.metadata["License-Expression"] or "", found.metadata["License"] or ""]
    classifiers = found.metadata.get_all("Classifier") or []
    # Some put the whole text of a licence into the field; its first line names it.
    return " | ".join(
        [
            *(s.strip().splitlines()[0] for s in said if s.strip()),
            *(c for c in classifiers if c.startswith("License ::")),
        ]
    )
