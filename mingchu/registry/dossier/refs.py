"""Where a name of another business leads a reader."""

from __future__ import annotations

from collections.abc import Iterable

from django.urls import reverse

from mingchu.accounts.domain import Place, Scope, covers
from mingchu.registry.dossier.lines import Ref
from mingchu.registry.models import Business


def is_inside(business: Business, scopes: Iterable[Scope]) -> bool:
    """Whether a reader with these scopes may open its file."""
    place = Place(district=business.district, station=business.station, business=business.public_id)
    return any(covers(scope, place) for scope in scopes)


def ref_to(business: Business, scopes: Iterable[Scope], note: str = "") -> Ref:
    """To its file where the reader may open it, else to its public page."""
    page = "registry:business" if is_inside(business, scopes) else "registry:public_business"
    return Ref(business.name, reverse(page, args=[business.pk]), note)
