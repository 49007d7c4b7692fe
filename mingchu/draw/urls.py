"""URLs of draws: public ones without log-in, and the draw room."""

from __future__ import annotations

from django.urls import path

from mingchu.draw.pages import acts, public, report, room, tasks

app_name = "draw"
urlpatterns = [
    path("draws/", public.register, name="register"),
    path("draws/check", public.check, name="check"),
    path("draws/<str:number>", public.one, name="one"),
    path("draws/<str:number>/bundle.zip", public.bundle, name="bundle"),
    path("draws/<str:number>/commitment.json", public.commitment, name="commitment"),
    path("w/draws/", room.rooms, name="rooms"),
    path("w/draws/new", room.new, name="new"),
    path("w/draws/report", report.report, name="report"),
    path("w/draws/<str:no>", room.room, name="room"),
    path("w/draws/<str:no>/freeze", acts.freeze, name="freeze"),
    path("w/draws/<str:no>/thaw", acts.thaw, name="thaw"),
    path("w/draws/<str:no>/commit", acts.commit, name="commit"),
    path("w/draws/<str:no>/beacon", acts.beacon, name="beacon"),
    path("w/draws/<str:no>/tasks", tasks.tasks, name="tasks"),
    path("w/draws/<str:no>/routes", tasks.routes, name="routes"),
    path("w/draws/<str:no>/stand-in", tasks.stand_in, name="stand_in"),
    path("w/draws/<str:no>/reveal", acts.reveal, name="reveal"),
    path("w/draws/<str:no>/close", acts.close, name="close"),
    path("w/draws/<str:no>/void", acts.void, name="void"),
    path("w/draws/<str:no>/sign", acts.sign, name="sign"),
    path("w/draws/<str:no>/record.pdf", room.record, name="record"),
]
