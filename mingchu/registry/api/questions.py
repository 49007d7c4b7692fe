"""A question to the list of businesses, as an address or a body says it."""

from __future__ import annotations

from datetime import date
from typing import Literal

from ninja import Field

from mingchu.registry.api.acting import Exact
from mingchu.registry.queries import Wanted


class Question(Exact):
    """What is not said is not asked; nothing said means all."""

    q: str = Field(
        "",
        description="Any fragment of name, code, licence number or address; words are joined by "
        "and. One of the words may be the name of somebody who works there.",
    )
    district: str = ""
    station: str = ""
    grid: str = ""
    kind: str = ""
    state: str = ""
    legal_form: str = ""
    channel: str = ""
    head: str = Field("", description="The id of a head office.")
    standing: Literal["", "expired", "none"] = Field(
        "", description="A licence has run out, or none is valid where one is needed."
    )
    within: int | None = Field(None, ge=0, le=3_660, description="Days in which one runs out.")
    expires_before: date | None = None
    sort: Literal["name", "new", "expires"] = "name"

    @property
    def wanted(self) -> Wanted:
        return Wanted(**self.model_dump())
