"""URLs of complaints and reports."""

from __future__ import annotations

from django.urls import path

from mingchu.complaints.pages import file, lists, public

app_name = "complaints"
urlpatterns = [
    path("complain/", public.complain, name="complain"),
    path("complain/find", public.find, name="find"),
    path("complain/<str:number>", public.state, name="state"),
    path("w/complaints/", lists.letters, name="list"),
    path("w/complaints/export", lists.export, name="export"),
    path("w/complaints/replies", lists.answers, name="answers"),
    path("w/complaints/statistics", lists.statistics, name="statistics"),
    path("w/complaints/statistics/export", lists.export_statistics, name="export_statistics"),
    path("w/complaints/sheets/", lists.sent_sheets, name="sheets"),
    path("w/complaints/sheets/<int:pk>/replies", lists.sheet_replies, name="sheet_replies"),
    path("w/complaints/<int:pk>", file.one, name="one"),
    path("w/complaints/<int:pk>/reporter", file.reporter, name="reporter"),
    path("w/complaints/<int:pk>/bind", file.bind, name="bind"),
    path("w/complaints/<int:pk>/<slug:move>", file.act, name="act"),
]
