"""Pages that belong to no single context: the public home and the workbench's own."""

from __future__ import annotations

from django.http import HttpRequest, HttpResponse
from django.shortcuts import render

from mingchu.accounts.access import public
from mingchu.site.context import exists


@public
def home(request: HttpRequest) -> HttpResponse:
    """The public front door."""
    return render(request, "site/home.html", {"search": exists("/search/")})
