"""Checklists 检查项目表 as the rulebook has them on a day: which parts a business gets, and why."""

from __future__ import annotations

from collections.abc import Collection
from datetime import date

from mingchu.base.errors import Refusal
from mingchu.inspection.domain.checklists import Checklist, Module, Tells, composed
from mingchu.registry.layout import words_of
from mingchu.registry.models import Kind
from mingchu.rulebook.domain import Ruling, Title
from mingchu.rulebook.store import by_book, rule

FAMILY = "checklist"
MODULES, ADDITIONS = "checklist.modules", "checklist.additions"
MATTERS, TRAITS = "checklist.matters", "checklist.traits"
SPECIAL_FOOD, CATEGORIES = "inspection.special_food", "identifiers.sc_categories"
KEPT = 512  # lists by kind, traits, matter and day


def checklist_for(kind: str, traits: Collection[str], matter: str, day: date) -> Checklist:
    """What a visit to such a business looks at: all of its items, or those of a narrower matter.

    Traits that say nothing of the kind add nothing. Refusal `no_checklist` for a kind without one.
    """
    return _list(kind, tuple(sorted(traits)), matter, day)


@by_book(KEPT)
def _list(kind: str, traits: tuple[str, ...], matter: str, day: date) -> Checklist:
    rulings, parts = parts_of(kind, traits, matter, day)
    return composed(
        kind,
        kind_title(kind),
        (module(name, day) for name in parts),
        {one.id: one.since for one in rulings},
    )


def parts_of(
    kind: str, traits: Collection[str], matter: str, day: date
) -> tuple[list[Ruling], list[str]]:
    """(the rules that say so, names of modules in their order)."""
    lists, narrower = rule(MODULES).on(day), rule(MATTERS).on(day)
    if kind not in lists.value:
        raise _no_list(kind, lists)
    if matter in narrower.value:
        return [narrower], list(narrower.value[matter])
    more = rule(ADDITIONS).on(day)
    added = [
        name
        for trait, said in more.value.items()
        if trait in traits and kind in said["kinds"]
        for name in said["modules"]
    ]
    return [lists, more] if added else [lists], [*lists.value[kind], *added]


def _no_list(kind: str, lists: Ruling) -> Refusal:
    return Refusal(
        "no_checklist",
        "“{kind}”还没有检查项目表",
        fix="有检查项目表的业态：{known}",
        status=404,
        kind=kind_title(kind).zh,
        known=[kind_title(one).zh for one in lists.value],
    )


def module(name: str, day: date) -> Module:
    """One part of the library as it holds on the day."""
    ruling = rule(f"{FAMILY}.{name}").on(day)
    return Module(
        id=name,
        rule=ruling.id,
        since=ruling.since,
        title=ruling.title,
        status=str(ruling.status),
        sheet=ruling.value,
    )


def kinds(day: date) -> list[str]:
    """Kinds of business that have a list, in the order of the rule."""
    return list(rule(MODULES).on(day).value)


def additions(kind: str, day: date) -> list[tuple[str, Title, Checklist]]:
    """(trait, its name, the parts it adds as a list of their own) that a kind may get."""
    more = rule(ADDITIONS).on(day)
    return [
        (
            trait,
            more.labels.get(trait, Title(trait, trait)),
            composed(
                kind,
                kind_title(kind),
                (module(name, day) for name in said["modules"]),
                {more.id: more.since},
            ),
        )
        for trait, said in more.value.items()
        if kind in said["kinds"]
    ]


def kind_title(kind: str) -> Title:
    """A kind of business as the registry calls it; a code that it does not know as it is."""
    labels = dict(Kind.choices)
    return Title(*words_of(labels[kind])) if kind in labels else Title(kind, kind)


def tells(day: date) -> Tells:
    """By what the traits of a business are told on the day."""
    codes = [str(code) for code in rule(SPECIAL_FOOD).on(day).value]
    names = rule(CATEGORIES).on(day)
    return Tells(
        codes=frozenset(codes),
        names=frozenset(str(names.choice(code)) for code in codes),
        words=rule(TRAITS).on(day).value,
    )
