"""URLs of the event repository: the paths of the standard's REST binding, and the pages."""

from __future__ import annotations

from django.urls import path

from mingchu.trace import api, standing_api
from mingchu.trace.pages import captures, documented, events, finding, sending, standing

app_name = "trace"
urlpatterns = [
    path("epcis", api.root, name="root"),
    path("epcis/", api.root, name="root_below"),
    path("epcis/capture", api.captures, name="capture"),
    path("epcis/capture/<str:number>", api.job, name="job"),
    path("epcis/events", api.events, name="events"),
    path("epcis/events/<path:name>", api.event, name="event"),
    path("epcis/nextPageToken/<str:token>", api.page_token, name="page_token"),
    path("epcis/queries", standing_api.queries, name="queries"),
    path("epcis/queries/<str:name>", standing_api.query, name="query"),
    path("epcis/queries/<str:name>/events", standing_api.events, name="query_events"),
    path("epcis/queries/<str:name>/following", standing_api.following_of, name="following"),
    path(
        "epcis/queries/<str:name>/subscriptions", standing_api.subscriptions, name="subscriptions"
    ),
    path(
        "epcis/queries/<str:name>/subscriptions/<str:number>",
        standing_api.subscription,
        name="subscription",
    ),
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
    path("epcis/docs", documented.docs, name="docs"),
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
    path("w/trace/subscriptions/", standing.subscriptions, name="subscriptions_page"),
    path("w/trace/subscriptions/<uuid:number>/<slug:act>", standing.act, name="subscription_act"),
    path("epcis/<path:rest>", api.nowhere, name="nowhere"),  # the last
]
