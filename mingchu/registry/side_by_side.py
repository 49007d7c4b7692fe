"""Two files side by side 档案比对: each field, what differs, what the kept file would say."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass
from typing import Any, cast

from django.db.models import Field

from mingchu.base import clock
from mingchu.registry import queries, services
from mingchu.registry.models import Business, Licence
from mingchu.registry.places import district_name
from mingchu.registry.words import licence_words, words

# In the order of the page; a code and its check stand in one line.
FIELDS = (
    "name", "sign", "former_names", "code", "identity_tail", "legal_form", "kind", "scale",
    "serves", "diners", "head", "district", "station", "grid", "address", "phone", "state",
    "opened", "closed", "channel",
)  # fmt: skip


@dataclass(frozen=True)
class Line:
    """A field of both files; `taken` says from which the kept one has it: kept, gone, both."""

    key: str
    name: Any
    kept: list[str]
    gone: list[str]
    result: list[str]
    taken: str

    @property
    def differs(self) -> bool:
        return self.kept != self.gone


def field_name(name: str) -> Any:
    """What the model calls a field, or what of a business another model keeps."""
    if name in services.PARTS:
        return services.PARTS[name]._meta.verbose_name
    return cast("Field[Any, Any]", Business._meta.get_field(name)).verbose_name


def compare(kept: Business, gone: Business) -> list[Line]:
    """Every line that says something in either file."""
    taken = set(services.fills(kept, gone))
    names = queries.area_names(code for one in (kept, gone) for code in (one.station, one.grid))
    lines = [_line(name, kept, gone, taken, names) for name in FIELDS]
    return [line for line in (*lines, *_parts(kept, gone)) if line.kept or line.gone]


def _line(
    name: str, kept: Business, gone: Business, taken: set[str], names: dict[str, str]
) -> Line:
    here, there = (_said(one, name, names) for one in (kept, gone))
    if name == "former_names":
        both = {*kept.former_names, gone.name, *gone.former_names} - {kept.name}
        return Line(name, field_name(name), here, there, sorted(both), "both")
    source = "gone" if name in taken else "kept"
    result = there if source == "gone" else here
    return Line(name, field_name(name), here, there, result, source)


def _said(one: Business, name: str, names: dict[str, str]) -> list[str]:
    """A field in words, nothing when it is empty."""
    value = getattr(one, name)
    if value in ("", None, []):
        return []
    if name == "former_names":
        return list(value)
    if name == "district":
        return [district_name(value)]
    if name in ("station", "grid"):
        return [names.get(value, value)]
    if name == "identity_tail":
        return [f"**************{value}"]
    shown = getattr(one, f"get_{name}_display", None)
    return [str(shown() if shown else value)]


def _parts(kept: Business, gone: Business) -> Iterator[Line]:
    """Licences, premises and people change hands, all of them."""
    licences = queries.licences_of([kept, gone])
    for name, said in (
        (
            "licences",
            {one.pk: [_licence(each) for each in licences[one.pk]] for one in (kept, gone)},
        ),
        ("premises", {one.pk: _places(one) for one in (kept, gone)}),
        ("people", {one.pk: _people(one) for one in (kept, gone)}),
    ):
        here, there = said[kept.pk], said[gone.pk]
        result = here + there if name != "people" else _count([*here, *there])
        yield Line(name, field_name(name), here, there, result, "both" if there else "kept")


def _licence(one: Licence) -> str:
    said = licence_words(one, clock.today(), words())
    return " ".join(filter(None, (said.number, said.standing_name, said.expires)))


def _places(one: Business) -> list[str]:
    return [f"{each.get_use_display()} {each.address}" for each in queries.premises_of(one)]


def _people(one: Business) -> list[str]:
    """How many, not who: nobody's data are shown for a comparison of files."""
    count = len(queries.people_of(one))
    return [str(count)] if count else []


def _count(said: list[str]) -> list[str]:
    return [str(sum(map(int, said)))] if said else []
