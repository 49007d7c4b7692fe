"""Saying 说理: a why as it was kept, as a sentence in the reader's language; pure."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from dataclasses import dataclass
from decimal import Decimal
from typing import Any

from mingchu.identifiers.verdict import msgid as _
from mingchu.rulebook.scoring.items import Number, ends, exact

SENTENCES = {
    "band": _("实测{measured}，属于{band}一档"),
    "absent": _("没有这一项"),
    "assumed": _("没有填写，按最高分计"),
    "defects": _("{defects}处问题，每处扣{each}分"),
    "met": _("符合"),
    "unmet": _("不符合"),
    "ratio": _("{whole}中有{part}"),
    "veto": _("一票否决"),
    "choice": _("选的是{chosen}"),
    "clear": _("没有否决情形"),
    "cap": _("几项合计{gained}分，最多计{most}分"),
}


def said(
    why: Mapping[str, Any],
    translate: Callable[[str], str] = str,
    names: Mapping[str, str] | None = None,
) -> str:
    """The reason as a sentence; `names` are words of the options of a choice.

    >>> said({"is": "band", "measured": 0.5, "from": 0, "to": 200})
    '实测0.5，属于> 0 · ≤ 200一档'
    """
    facts = {key: told(value) for key, value in why.items()}
    if names and "chosen" in facts:
        facts["chosen"] = names.get(facts["chosen"], facts["chosen"])
    if why["is"] == "band":
        facts["band"] = band_said(why)
    return translate(SENTENCES[why["is"]]).format(**facts)


def band_said(band: Mapping[str, Any]) -> str:
    """The ends of a band, as far as it has any.

    >>> band_said({"least": 0, "to": 200}), band_said({"least": 0, "to": 0}), band_said({})
    ('≥ 0 · ≤ 200', '0', '—')
    """
    if "least" in band and band["least"] == band.get("to"):
        return told(band["to"])
    signs = {"least": "≥ {}", "from": "> {}", "to": "≤ {}"}
    return (
        " · ".join(sign.format(told(band[key])) for key, sign in signs.items() if key in band)
        or "—"
    )


@dataclass(frozen=True)
class BandRow:
    """A band of an item as a line of a table: what it holds, in signs, and what it gives."""

    said: str
    points: Number


def bands_of(item: Mapping[str, Any]) -> tuple[BandRow, ...]:
    """The bands of an item, from the lowest."""
    return tuple(
        BandRow(band_said(ends(item, place)), band["is"])
        for place, band in enumerate(item["bands"])
    )


def told(value: Any) -> str:
    """A number as people read it, without the zeros of its sums.

    >>> told(Decimal("2.50")), told(2000), told(0.5)
    ('2.5', '2,000', '0.5')
    """
    number = exact(value)
    if number is None:
        return str(value)
    text = f"{number:,f}" if isinstance(number, Decimal) else f"{number:,}"
    return text.rstrip("0").rstrip(".") if "." in text else text
