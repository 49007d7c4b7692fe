"""Walks: a page that people read is read by a program too, which says what is not so."""

from __future__ import annotations

from pathlib import Path

import pytest

from mingchu.base.errors import Refusal
from mingchu.ops.commands import walk
from mingchu.ops.walk.script import Answer, Missed, Step, check, kept_of, steps

ROOT = Path(__file__).parents[2]
PAGES = sorted((ROOT / "docs" / "walk").glob("*.md"))


def script(*lines: str) -> str:
    return "\n".join(["# A page", "", "```sh", "$ not a step", "```", "```walk", *lines, "```"])


def step(*expected: str, first: str = "$ true") -> Step:
    [found] = steps(script(first, *(f"  {one}" for one in expected)))
    return found


def missed(found: Step, answer: Answer, **kept: str) -> str:
    """What was wrong with an answer; "" where nothing was."""
    try:
        check(found, answer, kept)
    except Missed as why:
        return str(why)
    return ""


@pytest.mark.parametrize("page", PAGES, ids=lambda page: page.name)
def test_every_walk_of_ours_can_be_read(page: Path) -> None:
    found = steps(page.read_text(encoding="utf-8"))

    assert len(found) > 5
    assert any(one.command for one in found)
    assert any(one.path for one in found)
    assert not any(one.command.startswith("./x") and "./x mingchu " not in one.command
                   for one in found)  # fmt: skip


@pytest.mark.parametrize("page", PAGES, ids=lambda page: page.name)
def test_every_name_a_walk_uses_was_kept_before(page: Path) -> None:
    known = {"WALK": "folder"}
    for one in steps(page.read_text(encoding="utf-8")):
        used = " ".join([one.command, one.path, one.token, *one.expected])
        names = {part.strip("$") for part in _names(used)}
        assert names <= known.keys(), f"{page.name}:{one.line}"
        known |= one.kept


def _names(text: str) -> list[str]:
    from mingchu.ops.walk.script import NAME

    return NAME.findall(text)


@pytest.mark.parametrize("readme", sorted(ROOT.glob("README*.md")), ids=lambda page: page.name)
def test_the_readme_links_every_walk(readme: Path) -> None:
    text = readme.read_text(encoding="utf-8")

    assert [page.name for page in PAGES if f"docs/walk/{page.name}" not in text] == []


def test_steps_stand_at_the_margin_and_what_they_expect_below() -> None:
    found = steps(
        script(
            "$ ./x mingchu demo status --json",
            "  .complete = true",
            "  within 60 s",
            "GET /w/ as district in 150102",
            "  403",
            "# a remark",
            "",
            "GET /api/v1/businesses with $TOKEN",
        )
    )

    assert [(one.what, one.code, one.seconds) for one in found] == [
        ("$ ./x mingchu demo status --json", 0, 60),
        ("GET /w/ as district in 150102", 403, 0),
        ("GET /api/v1/businesses with $TOKEN", 200, 0),
    ]
    assert found[0].expected == [".complete = true"]
    assert found[0].line == 7


@pytest.mark.parametrize(
    "line", ["POST /", "GET nowhere", "  200", "$", "GET / as", "GET / with TOKEN"]
)
def test_what_is_no_step_is_refused_with_its_line(line: str) -> None:
    with pytest.raises(Refusal) as no:
        steps(script(line))

    assert no.value.code == "walk_unreadable"
    assert no.value.facts["line"] == 7


@pytest.mark.parametrize("wrong", [".a = yes", ".a == 1", ".a ="])
def test_a_key_that_cannot_be_compared_is_refused(wrong: str) -> None:
    with pytest.raises(Refusal) as no:
        step(wrong)

    assert no.value.code == "walk_unreadable"


@pytest.mark.parametrize(
    ("said", "is_so"),
    [
        (".size", True),
        (".size = 3", True),
        (".size > 2", True),
        (".size < 3", False),
        (".size != 3", False),
        (".rows[1].id = \"b\"", True),
        (".rows[-1].id = \"a\"", False),
        (".rows[2]", False),
        (".none = null", True),
        (".none > 1", False),
        (".nothing", False),
        (".size.deeper", False),
        (".id = \"$ID\"", True),
    ],
)  # fmt: skip
def test_a_key_of_the_answer_is_compared(said: str, is_so: bool) -> None:
    answer = Answer(0, '{"size": 3, "none": null, "id": "7K", "rows": [{"id": "a"}, {"id": "b"}]}')

    assert (missed(step(said), answer, ID="7K") == "") is is_so


@pytest.mark.parametrize(
    ("said", "is_so"),
    [
        ("ready http://127.0.0.1:8000/", True),
        ("ready … now", True),
        ("now … ready", False),
        ("not error", True),
        ("not ready", False),
        ("fish & chips", True),
        ("secret", False),
        ("$NAME", False),
    ],
)
def test_words_are_looked_for_where_people_see_them(said: str, is_so: bool) -> None:
    page = "<style>.secret{}</style><p>ready <b>http://127.0.0.1:8000/</b>\nnow, fish &amp; chips"

    assert (missed(step(said), Answer(0, page)) == "") is is_so


@pytest.mark.parametrize(("code", "is_so"), [(0, False), (1, True)])
def test_the_exit_code_counts(code: int, is_so: bool) -> None:
    assert (missed(step("exit 1"), Answer(code, "")) == "") is is_so


def test_what_is_kept_is_the_text_or_the_json_of_it() -> None:
    found = step("keep ID = .items[0].id", "keep HEAD = .head", "keep ALL = .")

    kept = kept_of(found, Answer(0, '{"items": [{"id": "7K"}], "head": {"size": 1}}'))

    assert kept["ID"] == "7K"
    assert kept["HEAD"] == '{"size": 1}'
    assert kept["ALL"].startswith('{"items"')


def test_a_walk_that_is_not_there_names_those_that_are() -> None:
    with pytest.raises(Refusal) as no:
        walk.page("98")

    assert no.value.code == "no_such_walk"
    assert "01" in no.value.fix
