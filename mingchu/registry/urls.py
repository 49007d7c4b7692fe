"""URLs of the registry."""

from __future__ import annotations

from django.urls import path, register_converter

from mingchu.registry import domain, pages


class BusinessConverter:
    """A business's number, in the address as its public code."""

    regex = "[0-9A-Za-z]{1,8}"

    def to_python(self, value: str) -> int:
        return domain.number_of(value)

    def to_url(self, value: int | str) -> str:
        return domain.public_id(value) if isinstance(value, int) else value


register_converter(BusinessConverter, "business")
app_name = "registry"
urlpatterns = [
    path("w/businesses/", pages.businesses, name="businesses"),
    path("w/businesses/export", pages.export, name="export"),
    path("w/businesses/new", pages.enrol, name="enrol"),
    path("w/businesses/<business:number>", pages.business, name="business"),
    path("w/businesses/<business:number>/correct", pages.correct, name="correct"),
    path("w/businesses/<business:number>/state", pages.state, name="state"),
    path("w/businesses/<business:number>/licences", pages.licence, name="licence"),
    path("p/", pages.public_search, name="public_search"),
    path("p/<business:number>", pages.public_business, name="public_business"),
]
