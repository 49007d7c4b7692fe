"""The city's districts as forms, lists and exports name them."""

from __future__ import annotations

from collections.abc import Collection, Mapping
from typing import Any

from django.utils.translation import gettext_lazy as _
from django.utils.translation import gettext_noop as _noop

from mingchu.accounts.domain import Actor, Place, may
from mingchu.accounts.places import Located
from mingchu.base.errors import Refusal

# What it takes to draw stations and grid cells; a station has it nowhere.
DRAWING = "registry.areas"
DISTRICTS: Mapping[str, Any] = {
    "150102": _("新城区"),
    "150103": _("回民区"),
    "150104": _("玉泉区"),
    "150105": _("赛罕区"),
    "150121": _("土默特左旗"),
    "150122": _("托克托县"),
    "150123": _("和林格尔县"),
    "150124": _("清水河县"),
    "150125": _("武川县"),
    "150172": _("经开区"),
}


def district_name(code: str) -> str:
    """Its name, or the code where the city has no such district."""
    return str(DISTRICTS.get(code, code))


def locate(codes: Collection[str]) -> dict[str, Located]:
    """For accounts: the districts there are."""
    return {
        code: Located(district_name(code), Place(district=code))
        for code in codes
        if code in DISTRICTS
    }


def draws(actor: Actor, district: str) -> bool:
    """Areas are drawn by the district's bureau or the city's, not by a station."""
    return may(actor, DRAWING, Place(district=district))


def check_draws(actor: Actor, code: str) -> None:
    """Raises Refusal `areas_by_district` for an area of another district."""
    if not draws(actor, code[:6]):
        raise Refusal(
            "areas_by_district",
            _noop("{area}不能由您登记"),
            fix=_noop("监管所和网格由所在旗县区局或市局登记"),
            status=403,
            area=code,
        )
