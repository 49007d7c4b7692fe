"""URLs of the ledger: `/open/` for everybody, `/w/ledger/` for officers."""

from __future__ import annotations

from django.urls import path

from mingchu.site.ledger import endpoints, pages, public

app_name = "ledger"
urlpatterns = [
    path("open/", public.opened, name="open"),
    path("open/entry", public.entry, name="open_entry"),
    path("open/heads", public.heads, name="open_heads"),
    path("open/heads.jsonl", public.heads_file, name="heads_file"),
    path("open/keys.json", public.keys_json, name="keys_json"),
    path("open/keys.pem", public.keys_pem, name="keys_pem"),
    path("open/check.py", public.checker, name="checker"),
    path("open/log/head", endpoints.head, name="log_head"),
    path("open/log/inclusion", endpoints.inclusion, name="log_inclusion"),
    path("open/log/consistency", endpoints.consistency, name="log_consistency"),
    path("w/ledger/", pages.entries, name="entries"),
    path("w/ledger/entries/<uuid:pk>", pages.entry, name="entry"),
    path("w/ledger/failed", pages.failed, name="failed"),
    path("w/ledger/failed/retry", pages.retry, name="retry"),
    path("w/ledger/undelivered", pages.undelivered, name="undelivered"),
    path("w/ledger/undelivered/again", pages.send_again, name="send_again"),
]
