"""How a capture can end; it is written with its end and changes no more. And what a subscription
can be."""

from __future__ import annotations

from django.utils.translation import gettext_lazy as _
from django.utils.translation import pgettext_lazy

from mingchu.base.states import BEGINNING, Move, StateTable

TABLE = StateTable(
    _("采集"),
    {
        "captured": pgettext_lazy("capture", "已采集"),
        "partial": pgettext_lazy("capture", "部分采集"),
        "failed": pgettext_lazy("capture", "未采集"),
    },
    (
        Move("trace.capture_document", (BEGINNING,), "captured", "all events are in, new or not"),
        Move("trace.capture_document", (BEGINNING,), "partial", "some were wrong, others are in"),
        Move("trace.capture_document", (BEGINNING,), "failed", "nothing of it is in"),
    ),
)

SUBSCRIPTION = StateTable(
    _("订阅"),
    {
        "active": pgettext_lazy("subscription", "推送中"),
        "paused": pgettext_lazy("subscription", "已暂停"),
    },
    (
        Move("trace.subscribe", (BEGINNING,), "active"),
        Move("trace.deliver", ("active",), "paused", "not reached for days, or the post has ended"),
        Move("trace.resume", ("paused",), "active", "it goes on where it stopped"),
    ),
)
