"""What the code looks like, read from its syntax: short, layered, reasoned, nobody's machine."""

from __future__ import annotations

import ast
import io
import re
import subprocess
from contextlib import redirect_stdout
from pathlib import Path

import pytest
from django.apps import apps
from django.core.management import call_command

from mingchu.ops.bench import percentile
from mingchu.ops.docs.sources import PACKAGE, Function, Source, functions, sources

ROOT = PACKAGE.parent
LONG_FUNCTION, LONG_FOR_MOST, LONG_FILE = 60, 25, 500
# A file beyond LONG_FILE says in its docstring why it is one file, with this word in it.
REASON = "one file"
# Folders of somebody's machine, and package indexes: the user's own settings name those.
FORBIDDEN = re.compile(
    r"(?<![\w./-])/(?:home|root|Users|work|workspace)/|https?://[^\s\"')>]*/simple\b|"
    + re.escape(str(ROOT.parent) + "/")
)
TEXTS = {".py", ".md", ".yaml", ".toml", ".html", ".txt", ".in", ".css", ".js", ".po", ".typ", ""}


def tracked() -> list[Path]:
    listed = subprocess.run(
        ["git", "ls-files"], cwd=ROOT, capture_output=True, text=True, check=False
    )
    if listed.returncode:
        pytest.skip("not a checkout: nothing lists the files")
    return [path for name in listed.stdout.splitlines() if (path := ROOT / name).is_file()]


def length(function: Function) -> int:
    """Lines of a function without its docstring."""
    end = function.end_lineno or function.lineno
    said = function.body[0] if ast.get_docstring(function, clean=False) else None
    prose = (said.end_lineno or said.lineno) - said.lineno + 1 if said else 0
    return end - function.lineno + 1 - prose


def lengths() -> dict[str, int]:
    return {
        f"{source.module}.{function.name}:{function.lineno}": length(function)
        for source in sources()
        for function in functions(source.tree)
    }


def test_no_function_is_long_and_most_are_short() -> None:
    measured = lengths()

    assert {name: n for name, n in measured.items() if n > LONG_FUNCTION} == {}
    assert percentile(sorted(measured.values()), 0.9) <= LONG_FOR_MOST


def test_a_long_file_says_why() -> None:
    silent = [
        source.module
        for source in sources()
        if len(source.path.read_text(encoding="utf-8").splitlines()) > LONG_FILE
        and REASON not in (ast.get_docstring(source.tree) or "")
    ]

    assert silent == []


@pytest.mark.parametrize("source", sources(), ids=lambda source: source.module)
def test_a_module_opens_with_what_it_is(source: Source) -> None:
    # A context's card is its `__init__`; its `apps.py` says its name in `verbose_name`.
    needs_none = not source.tree.body or source.path.name in {"__init__.py", "apps.py"}

    assert needs_none or ast.get_docstring(source.tree)


def test_a_context_has_its_card() -> None:
    bare = [
        source.module
        for source in sources()
        if source.module.count(".") == 1
        and source.path.name == "__init__.py"
        and not ast.get_docstring(source.tree)
    ]

    assert bare == []


def test_nothing_in_the_tree_names_a_machine_or_an_index() -> None:
    me = Path(__file__)
    named = {
        f"{path.relative_to(ROOT)}: {found[0]}"
        for path in tracked()
        if path.suffix in TEXTS and path != me
        if (found := FORBIDDEN.search(path.read_text(encoding="utf-8", errors="ignore")))
    }

    assert named == set()


@pytest.mark.django_db
def test_no_migration_is_missing() -> None:
    own = [config.label for config in apps.get_app_configs() if config.name.startswith("mingchu.")]
    told = io.StringIO()

    with redirect_stdout(told):
        try:
            call_command("makemigrations", *own, check=True, dry_run=True, verbosity=1)
        except SystemExit:
            pytest.fail(f"a migration is missing:\n{told.getvalue()}")


def test_each_context_has_one_migration_until_the_first_release() -> None:
    numbered = {
        folder.parent.name: sorted(path.name for path in folder.glob("0*.py"))
        for folder in PACKAGE.glob("*/migrations")
    }

    assert {name: found for name, found in numbered.items() if len(found) != 1} == {}


def test_the_floors_rest_on_one_another() -> None:
    """The contracts of pyproject.toml, run here so that one command proves everything."""
    from importlinter.cli import EXIT_STATUS_SUCCESS, lint_imports

    told = io.StringIO()
    with redirect_stdout(told):
        status = lint_imports(config_filename=str(ROOT / "pyproject.toml"), no_cache=True)

    assert status == EXIT_STATUS_SUCCESS, told.getvalue()
