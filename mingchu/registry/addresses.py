"""How a business stands in an address: every context that has a page about one says
`<business:number>`."""

from __future__ import annotations

from django.urls import register_converter

from mingchu.registry import domain


class BusinessConverter:
    """A business's number, in the address as its public code."""

    regex = "[0-9A-Za-z]{1,8}"

    def to_python(self, value: str) -> int:
        return domain.number_of(value)

    def to_url(self, value: int | str) -> str:
        return domain.public_id(value) if isinstance(value, int) else value


def register() -> None:
    """Called once, when the app is ready: before anybody reads an address."""
    register_converter(BusinessConverter, "business")
