"""URLs of credit files, lists, measures and burden."""

from __future__ import annotations

from django.urls import path

from mingchu.risk.pages import credit, supervising

urlpatterns = [
    path("w/credit/", credit.classes, name="credit_classes"),
    path("w/credit/export", credit.export_classes, name="export_credit_classes"),
    path("w/credit/reckon", credit.reckon, name="reckon_credit"),
    path("w/credit/businesses/<business:number>", credit.file, name="credit_file"),
    path("w/credit/businesses/<business:number>/note", credit.note, name="note_fact"),
    path("w/credit/businesses/<business:number>/enter", credit.enter, name="enter_list"),
    path("w/credit/facts/<int:pk>/strike", credit.strike, name="strike_fact"),
    path("w/credit/listings/<int:pk>/<slug:act>", credit.act_on, name="act_on_listing"),
    path("w/lists/", credit.lists, name="lists"),
    path("w/lists/export", credit.export_lists, name="export_lists"),
    path("w/measures/", supervising.measures, name="measures"),
    path("w/key-supervision/", supervising.key, name="key"),
    path("w/key-supervision/export", supervising.export_key, name="export_key"),
    path("w/burden/", supervising.burden, name="burden"),
    path("w/burden/export", supervising.export_burden, name="export_burden"),
    path("w/undisturbed/", supervising.undisturbed, name="undisturbed"),
    path("w/undisturbed/export", supervising.export_undisturbed, name="export_undisturbed"),
]
