"""URLs of risk grades."""

from __future__ import annotations

from django.urls import path

from mingchu.risk.pages import city, desk, file, lists, public

urlpatterns = [
    path("w/risk/", city.city, name="city"),
    path("w/risk/run", city.run_now, name="run_now"),
    path("w/risk/runs/", city.runs, name="runs"),
    path("w/risk/runs/<int:pk>", city.run, name="run"),
    path("w/risk/runs/<int:pk>/export", lists.export_movers, name="export_movers"),
    path("w/risk/again", city.again, name="again"),
    path("w/risk/strictness", city.strictness, name="strictness"),
    path("w/risk/grades/", lists.grades, name="grades"),
    path("w/risk/grades/export", lists.export, name="export_grades"),
    path("w/risk/grounds/", lists.grounds, name="grounds"),
    path("w/risk/grounds/export", lists.export_grounds, name="export_grounds"),
    path("w/risk/grounds/<int:pk>/decide", file.decide, name="decide_ground"),
    path("w/risk/objections/", lists.objections, name="objections"),
    path("w/risk/objections/<int:pk>/answer", file.answer, name="answer_objection"),
    path("w/risk/overrides/<int:pk>/end", file.end_override, name="end_override"),
    path("w/risk/businesses/<business:number>", file.file, name="file"),
    path("w/risk/businesses/<business:number>/notice", file.notice, name="notice"),
    path("w/risk/businesses/<business:number>/reasons", file.reasons, name="reasons"),
    path("w/risk/businesses/<business:number>/profile/<slug:sheet>", file.profile, name="profile"),
    path("w/risk/businesses/<business:number>/visit", file.visit, name="record_visit"),
    path("w/risk/businesses/<business:number>/ground", file.ground, name="record_ground"),
    path("w/risk/businesses/<business:number>/override", file.override, name="override"),
    path("hygiene/", public.hygiene, name="hygiene"),
    path("e/<business:number>/grade", desk.grade, name="own_grade"),
    path("e/<business:number>/grade/notice", desk.notice, name="own_notice"),
    path("e/<business:number>/grade/object", desk.objection, name="object"),
    path("e/objections/<int:pk>/withdraw", desk.withdraw, name="withdraw_objection"),
]
