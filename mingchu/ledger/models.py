"""The journal, its seals, what reacted to it and what leaves the house.

Entries, leaves, nodes and heads are immutable: the app role may only add (migration 0001), and a
trigger refuses the owner as well. Foreign keys are left out between them on purpose: the seal
must survive, and tell of, an entry that was removed.
"""

from __future__ import annotations

import json
from functools import cached_property
from typing import Any, ClassVar

from django.db import models
from django.utils.translation import gettext_lazy as _

from mingchu.base.retention import Retention
from mingchu.ledger.domain import DeliveryState, ReactionState


class Entry(models.Model):
    """One official act. Kept for good: it holds no personal data, only ids and words."""

    RETENTION: ClassVar = Retention(why="the journal of official acts; holds no personal data")

    id = models.UUIDField(_("编号"), primary_key=True)
    kind = models.TextField(_("种类"))
    subject = models.TextField(_("对象"))
    data = models.TextField(_("内容"), help_text=_("规范化 JSON，一字不改"))
    digest = models.BinaryField(_("摘要"))
    algorithm = models.TextField(_("摘要算法"))
    cause = models.UUIDField(_("起因"), null=True)
    actor = models.TextField(_("经办"))
    post = models.TextField(_("岗位"))
    request = models.TextField(_("请求编号"))
    city_time = models.DateTimeField(_("城市时间"))
    wall_time = models.DateTimeField(_("机器时间"))

    # The entry that led to it, where whoever read this one has read it along.
    led: Entry | None = None

    class Meta:
        verbose_name = _("台账条目")
        verbose_name_plural = _("台账条目")
        indexes = [
            models.Index(fields=["subject", "id"], name="ledger_entry_subject"),
            models.Index(fields=["kind", "id"], name="ledger_entry_kind"),
            models.Index(
                fields=["cause"],
                condition=models.Q(cause__isnull=False),
                name="ledger_entry_cause",
            ),
        ]

    @cached_property
    def told(self) -> dict[str, Any]:
        """`data`, read."""
        found: dict[str, Any] = json.loads(self.data)
        return found


class Waiting(models.Model):
    """A leaf that waits for its seal; written in the transaction of what it stands for."""

    id = models.UUIDField(_("编号"), primary_key=True)
    log = models.TextField(_("日志"))
    digest = models.BinaryField(_("摘要"))

    class Meta:
        verbose_name = _("待封存")
        verbose_name_plural = _("待封存")


class Leaf(models.Model):
    """A sealed leaf: its place in the log for good. `seq` counts from 1 without gaps."""

    pk = models.CompositePrimaryKey("log", "seq")
    log = models.TextField(_("日志"))
    seq = models.BigIntegerField(_("序号"))
    item = models.UUIDField(_("条目"))
    hash = models.BinaryField(_("叶散列"))

    class Meta:
        verbose_name = _("封存的叶")
        verbose_name_plural = _("封存的叶")
        constraints = [
            models.UniqueConstraint(fields=["item", "log"], name="ledger_leaf_once"),
        ]


class Node(models.Model):
    """The hash of a full subtree of 2^level leaves, kept for every eighth level."""

    pk = models.CompositePrimaryKey("log", "level", "index")
    log = models.TextField(_("日志"))
    level = models.SmallIntegerField(_("层"))
    index = models.BigIntegerField(_("位置"))
    hash = models.BinaryField(_("散列"))

    class Meta:
        verbose_name = _("树节点")
        verbose_name_plural = _("树节点")


class Head(models.Model):
    """A signed head: size and root of a log after one batch; `peaks` let the next batch go on."""

    pk = models.CompositePrimaryKey("log", "size")
    log = models.TextField(_("日志"))
    size = models.BigIntegerField(_("大小"))
    root = models.BinaryField(_("根散列"))
    peaks = models.BinaryField(_("峰散列"))
    algorithm = models.TextField(_("摘要算法"))
    time = models.DateTimeField(_("封存时间"))
    key_id = models.TextField(_("密钥编号"))
    signature = models.BinaryField(_("签名"))

    class Meta:
        verbose_name = _("签名树头")
        verbose_name_plural = _("签名树头")
        indexes = [models.Index(fields=["log", "time"], name="ledger_head_time")]


class Reaction(models.Model):
    """That a handler ran for an entry, or failed and will be tried again."""

    pk = models.CompositePrimaryKey("entry_id", "handler")
    entry_id = models.UUIDField(_("条目"))
    handler = models.TextField(_("处理"))
    state = models.TextField(_("状态"))
    attempts = models.SmallIntegerField(_("次数"), default=1)
    error = models.TextField(_("错误"), default="")
    next_try = models.DateTimeField(_("下次重试"), null=True)
    at = models.DateTimeField(_("时间"))

    class Meta:
        verbose_name = _("联动")
        verbose_name_plural = _("联动")
        indexes = [
            models.Index(
                fields=["next_try"],
                condition=models.Q(state=ReactionState.FAILED.value),
                name="ledger_reaction_failed",
            ),
        ]


class Outgoing(models.Model):
    """A message that leaves the house after its transaction committed; kept a week once sent."""

    delivery = models.UUIDField(_("投递编号"), unique=True)
    channel = models.TextField(_("渠道"))
    receiver = models.TextField(_("收件方"), default="")
    subject = models.TextField(_("对象"), help_text=_("同一对象按先后顺序投递"))
    payload = models.JSONField(_("内容"))
    state = models.TextField(_("状态"))
    attempts = models.SmallIntegerField(_("次数"), default=0)
    error = models.TextField(_("错误"), default="")
    answer = models.TextField(_("对方答复"), default="")
    next_try = models.DateTimeField(_("下次投递"))
    given_up = models.DateTimeField(_("何时放弃"))
    made = models.DateTimeField(_("写入时间"))
    ended = models.DateTimeField(_("结束时间"), null=True)

    class Meta:
        verbose_name = _("待发消息")
        verbose_name_plural = _("待发消息")
        indexes = [
            models.Index(
                fields=["channel", "receiver", "subject", "id"],
                condition=models.Q(state=DeliveryState.PENDING.value),
                name="ledger_outgoing_pending",
            ),
            models.Index(fields=["channel", "receiver", "-id"], name="ledger_outgoing_receiver"),
        ]


class Resting(models.Model):
    """A receiver that did not answer: left alone until then; gone once it answers."""

    channel = models.TextField(_("渠道"))
    receiver = models.TextField(_("收件方"))
    failures = models.SmallIntegerField(_("连续失败次数"))
    until = models.DateTimeField(_("何时再试"))
    error = models.TextField(_("错误"))

    class Meta:
        verbose_name = _("暂停投递")
        verbose_name_plural = _("暂停投递")
        constraints = [
            models.UniqueConstraint(fields=["channel", "receiver"], name="ledger_resting_once")
        ]
