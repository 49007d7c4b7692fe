"""URLs of territorial duty."""

from __future__ import annotations

from django.urls import path

from mingchu.territory.pages import cadres, coverage, visiting

app_name = "territory"
urlpatterns = [
    path("w/visits/", visiting.mine, name="mine"),
    path("w/visits/<int:pk>", visiting.visit, name="visit"),
    path("w/territory/", coverage.coverage, name="coverage"),
    path("w/territory/round", coverage.ask_round, name="round"),
    path("w/territory/visits/", coverage.visits, name="visits"),
    path("w/territory/visits/export", coverage.export_visits, name="export_visits"),
    path("w/territory/visits/<int:pk>", coverage.visit, name="one_visit"),
    path("w/territory/businesses/", coverage.businesses, name="businesses"),
    path("w/territory/businesses/export", coverage.export_businesses, name="export_businesses"),
    path("w/territory/businesses/<business:number>/cadre", cadres.name_for, name="name_for"),
    path("w/territory/cadres/", cadres.cadres, name="cadres"),
    path("w/territory/cadres/export", cadres.export, name="export_cadres"),
    path("w/territory/cadres/new", cadres.new, name="new_cadre"),
    path("w/territory/cadres/<int:pk>", cadres.cadre, name="cadre"),
    path("w/territory/cadres/<int:pk>/edit", cadres.edit, name="edit_cadre"),
    path("w/territory/cadres/<int:pk>/link", cadres.link, name="link_cadre"),
    path("w/territory/cadres/<int:pk>/hand-over", cadres.hand_over, name="hand_over_cadre"),
    path("w/territory/cadres/<int:pk>/take-off", cadres.take_off, name="take_off_cadre"),
]
