"""Four scales of letters that must never be taken for one another: the food-risk grade (how often
we visit), the credit-risk class (internal), the quantified hygiene grade (A is good) and the level
of territorial duty. They share no column, no colour and no sentence."""

from __future__ import annotations

import re
from itertools import combinations
from pathlib import Path

from babel.messages.pofile import read_po
from django.apps import apps
from django.contrib.staticfiles import finders

from mingchu.ops.docs.sources import PACKAGE
from mingchu.risk.models import CreditLetter, HygieneLetter, Letter
from mingchu.territory.models import LevelName

SCALES = {"risk": Letter, "credit": CreditLetter, "hygiene": HygieneLetter, "duty": LevelName}
# How each scale is called before readers.
NAMES = {
    "risk": re.compile("风险等级|风险[A-D]级|风险%\\(letter\\)s级"),
    "credit": re.compile("信用风险类别|信用类别|信用分类|信用[A-D]类"),
    "hygiene": re.compile("量化等级|量化分级"),
    "duty": re.compile("包保层级|包保[A-D]级|包保%\\(level\\)s级"),
}
# What says of several that they are not one.
APART = re.compile("无关|不是|两把尺子|另外")
FILLED = re.compile(r"%\(\w+\)|\{\w*\}")
COLOUR = re.compile(r"#[0-9a-f]{3,6}\b|var\(--[a-z]+\)")
# Colours of the page itself, which say nothing.
PAPER = {"#fff", "var(--muted)", "var(--card)", "var(--line)", "var(--ink)", "var(--edge)"}
MARKS = {"risk": r"\.grade\b", "credit": r"\.credit-", "hygiene": r"\.hygiene-", "duty": r"\.duty-"}


def scale_of(choices: object) -> str:
    """The scale whose letters these are."""
    held = [(str(code), str(label)) for code, label in choices or ()]  # type: ignore[attr-defined]
    return next(
        (
            name
            for name, scale in SCALES.items()
            if held and held == [(str(code), str(label)) for code, label in scale.choices]
        ),
        "",
    )


def lettered() -> list[tuple[str, str, str]]:
    """(model, column, scale) of every column that holds letters."""
    return [
        (model._meta.label, field.name, scale_of(field.choices))
        for model in apps.get_models()
        if model.__module__.startswith("mingchu.")
        for field in model._meta.concrete_fields
        if {"A", "B"} <= {str(code) for code, _label in field.flatchoices}
    ]


def test_a_column_of_letters_is_of_one_scale_and_a_table_too() -> None:
    found = lettered()
    by_model: dict[str, set[str]] = {}
    for model, _column, scale in found:
        by_model.setdefault(model, set()).add(scale)

    assert [(model, column) for model, column, scale in found if not scale] == []
    assert {model: scales for model, scales in by_model.items() if len(scales) > 1} == {}
    assert {scale for _m, _c, scale in found} == set(SCALES)


def test_no_two_scales_call_a_letter_the_same() -> None:
    for one, other in combinations(SCALES.values(), 2):
        assert {str(x) for x in one.labels} & {str(x) for x in other.labels} == set()


def test_a_sentence_tells_one_scale_or_says_that_they_are_apart() -> None:
    mixed = []
    for path in PACKAGE.glob("*/locale/en/LC_MESSAGES/django.po"):
        with path.open("rb") as file:
            for message in read_po(file):
                said = message.id if isinstance(message.id, str) else "".join(message.id)
                named = [scale for scale, words in NAMES.items() if words.search(said)]
                if len(named) > 1 and (FILLED.search(said) or not APART.search(said)):
                    mixed.append(said)

    assert mixed == []


def test_no_two_scales_share_a_colour() -> None:
    sheet = Path(str(finders.find("site/mingchu.css"))).read_text(encoding="utf-8")
    rules = re.findall(r"([^{}]+)\{([^{}]*)\}", sheet)
    colours = {
        scale: {
            colour
            for selector, body in rules
            if re.search(mark, selector)
            for colour in COLOUR.findall(body)
        }
        - PAPER
        for scale, mark in MARKS.items()
    }

    assert colours["risk"]
    assert colours["credit"]
    for one, other in combinations(colours, 2):
        assert colours[one] & colours[other] == set(), (one, other)


def test_the_marks_of_a_scale_stand_in_its_own_templates_alone() -> None:
    """A letter in the colours of the risk grade is one; the class of credit has its own mark."""
    used = {
        path.relative_to(PACKAGE).as_posix(): path.read_text(encoding="utf-8")
        for path in PACKAGE.glob("*/templates/**/*.html")
    }
    graded = {name for name, text in used.items() if re.search(r"grade--\{\{", text)}
    credit = {name for name, text in used.items() if "credit-class" in text}

    assert {name for name in graded if not name.startswith("risk/templates/risk/")} == set()
    assert {name for name in credit if "/risk/credit/" not in name} == set()
    assert graded & credit == set()
