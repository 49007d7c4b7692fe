"""URLs of draws: public, without log-in."""

from __future__ import annotations

from django.urls import path

from mingchu.draw import pages

app_name = "draw"
urlpatterns = [
    path("draws/", pages.register, name="register"),
    path("draws/check", pages.check, name="check"),
    path("draws/<str:number>", pages.one, name="one"),
    path("draws/<str:number>/bundle.zip", pages.bundle, name="bundle"),
    path("draws/<str:number>/commitment.json", pages.commitment, name="commitment"),
]
