"""URLs of the event repository: the paths of the standard's REST binding, and the pages."""

from __future__ import annotations

from django.urls import path

from mingchu.trace import api
from mingchu.trace.pages import captures, documented, events, finding, sending

app_name = "trace"
urlpatterns = [
    path("epcis/capture", api.captures, name="capture"),
    path("epcis/capture/<str:number>", api.job, name="job"),
    path("epcis/events", api.events, name="events"),
    path("epcis/events/<path:name>", api.event, name="event"),
    path("epcis/nextPageToken/<str:token>", api.page_token, name="page_token"),
    *(
        route
        for kind in api.GROUPS
        for route in (
            path(f"epcis/{kind}", api.group, {"kind": kind}, name=kind),
            path(
                f"epcis/{kind}/<path:name>/events",
                api.events_of,
                {"kind": kind},
                name=f"events_of_{kind}",
            ),
            path(f"epcis/{kind}/<path:name>", api.member, {"kind": kind}, name=f"one_of_{kind}"),
        )
    ),
    path("epcis/", documented.docs, name="docs"),
    path("epcis/openapi.json", documented.openapi, name="openapi"),
    path("w/trace/", finding.events, name="find"),
    path("w/trace/export", finding.export, name="export_events"),
    path("w/trace/captures/", captures.captures, name="captures"),
    path("w/trace/captures/export", captures.export, name="export_captures"),
    path("w/trace/captures/<uuid:number>", captures.capture, name="capture_page"),
    path("w/trace/events/<uuid:key>", events.event, name="event_page"),
    path("w/trace/events/<uuid:key>/raw", events.raw, name="event_raw"),
    path("w/trace/event", events.named, name="event_named"),
    path("w/trace/things", events.of_thing, name="thing"),
    path("w/trace/send", sending.send, name="send"),
]
