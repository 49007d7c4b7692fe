"""Channels 渠道: one file for each kind of receiver, under its name in the outbox."""

CHANNELS = (
    "kit.mail",
    "kit.text",
    "kit.voice",
    "kit.webhook",
    "kit.wecom",
    "kit.dingtalk",
    "kit.feishu",
)
