"""What messages hang into the house: channels, signs, pages, the roster's import."""

from __future__ import annotations

from django.utils.translation import pgettext_lazy

from mingchu.base.slots import NAVIGATION, NavigationItem
from mingchu.kit.messages import signs
from mingchu.kit.messages.channels import changes, dingtalk, feishu, gateway, mail, webhook, wecom
from mingchu.kit.messages.roster import DutyRoster
from mingchu.kit.sheets.importers import IMPORTERS
from mingchu.ledger.services import outbox_channel


def hang() -> None:
    outbox_channel("kit.mail", mail.send)
    outbox_channel("kit.text", gateway.send_text)
    outbox_channel("kit.voice", gateway.send_call)
    outbox_channel("kit.webhook", webhook.send)
    outbox_channel("kit.changes", changes.send)
    outbox_channel("kit.wecom", wecom.send)
    outbox_channel("kit.dingtalk", dingtalk.send)
    outbox_channel("kit.feishu", feishu.send)
    signs.hang()
    IMPORTERS.add("duty", DutyRoster(), order=120)
    NAVIGATION.add(
        "kit.duty",
        NavigationItem(pgettext_lazy("menu", "值班表"), "kit:duty", "duty.read", aside=True),
        order=780,
    )
    NAVIGATION.add(
        "kit.receivers",
        NavigationItem(
            pgettext_lazy("menu", "消息接收端"), "kit:receivers", "flows.receivers", aside=True
        ),
        order=790,
    )
