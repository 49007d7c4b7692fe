"""A draw and its frozen files: what has been committed is never altered, by no page and no SQL.

Triggers hold that, beside the grants: what stands before the commitment may change, what follows
from it may be written once.
"""

from __future__ import annotations

from typing import ClassVar

from django.db import models
from django.utils.translation import gettext_lazy as _
from django.utils.translation import pgettext_lazy

from mingchu.base.retention import Retention


class DrawState(models.TextChoices):
    DRAFT = "draft", pgettext_lazy("draw", "拟定")
    FROZEN = "frozen", pgettext_lazy("draw", "名单已锁定")
    COMMITTED = "committed", pgettext_lazy("draw", "承诺已公布")
    DRAWN = "drawn", pgettext_lazy("draw", "已抽取")
    REVEALED = "revealed", pgettext_lazy("draw", "已公开")
    CLOSED = "closed", pgettext_lazy("draw", "已办结")
    VOID = "void", pgettext_lazy("draw", "已作废")


class Salts(models.Model):
    """The sealed secret that pseudonyms come from: of one draw, or of all of a joint campaign."""

    campaign = models.CharField(_("联合任务"), max_length=60, blank=True)
    secret = models.TextField(_("密封的化名密钥"))

    RETENTION: ClassVar = Retention(why="without it nobody could prove his pseudonym any more")

    class Meta:
        verbose_name = _("化名密钥")
        verbose_name_plural = _("化名密钥")
        constraints = [
            models.UniqueConstraint(
                fields=["campaign"], condition=~models.Q(campaign=""), name="draw_campaign_once"
            ),
        ]


class Draw(models.Model):
    """One draw. `number` is its place in the register, given when the lists are frozen.

    `secret` is the nonce, sealed by a key outside of the database until it is revealed: whoever
    reads the tables before chance has spoken learns nothing. `leaf` is the register's own entry.
    Whoever of `district` may run draws runs this one; without a district it is the city's. One of
    a joint campaign takes over the seed of its `lead`, which is no joint one itself.
    """

    number = models.CharField(_("登记号"), max_length=20, blank=True)
    campaign = models.CharField(_("联合任务"), max_length=60, blank=True)
    salts = models.ForeignKey(Salts, on_delete=models.PROTECT, verbose_name=_("化名密钥"))
    lead = models.ForeignKey(
        "self",
        on_delete=models.PROTECT,
        null=True,
        related_name="joined",
        verbose_name=_("共用种子的抽取"),
    )
    district = models.CharField(_("旗县区"), max_length=6, blank=True)
    title = models.CharField(_("名称"), max_length=120)
    about = models.JSONField(_("说明"), default=dict)
    state = models.CharField(
        _("状态"), max_length=12, choices=DrawState.choices, default=DrawState.DRAFT
    )
    secret = models.TextField(_("密封的随机数"), blank=True)
    commitment = models.CharField(_("承诺"), max_length=64, blank=True)
    committed_at = models.DateTimeField(_("承诺时间"), null=True)
    leaf = models.UUIDField(_("登记条目"), null=True)
    found = models.JSONField(_("随机源"), null=True)
    seed = models.CharField(_("种子"), max_length=64, blank=True)
    drawn_at = models.DateTimeField(_("抽取时间"), null=True)
    reveal_by = models.DateField(_("最迟公开日"), null=True)
    revealed_at = models.DateTimeField(_("公开时间"), null=True)
    closed_at = models.DateTimeField(_("办结时间"), null=True)
    void_reason = models.CharField(_("作废原因"), max_length=200, blank=True)

    RETENTION: ClassVar = Retention(why="the register has no gaps; pseudonyms only")

    class Meta:
        verbose_name = _("抽取")
        verbose_name_plural = _("抽取")
        constraints = [
            models.UniqueConstraint(
                fields=["number"], condition=~models.Q(number=""), name="draw_number_once"
            ),
        ]


class DrawFile(models.Model):
    """A file of the frame or of the result, byte for byte."""

    draw = models.ForeignKey(
        Draw, on_delete=models.PROTECT, related_name="files", verbose_name=_("抽取")
    )
    name = models.CharField(_("文件"), max_length=40)
    data = models.BinaryField(_("内容"))

    RETENTION: ClassVar = Retention(why="what was committed has to be shown as it was")

    class Meta:
        verbose_name = _("抽取文件")
        verbose_name_plural = _("抽取文件")
        constraints = [
            models.UniqueConstraint(fields=["draw", "name"], name="draw_file_once"),
        ]


class Stand(models.Model):
    """Who stands in for whom 递补: the next ticket of the stratum, and why."""

    draw = models.ForeignKey(
        Draw, on_delete=models.PROTECT, related_name="stands", verbose_name=_("抽取")
    )
    out = models.CharField(_("换出"), max_length=64)
    into = models.CharField(_("递补"), max_length=64)
    reason = models.CharField(_("原因"), max_length=40)
    at = models.DateTimeField(_("时间"))

    RETENTION: ClassVar = Retention(why="belongs to the draw")

    class Meta:
        verbose_name = _("递补")
        verbose_name_plural = _("递补")
        constraints = [
            models.UniqueConstraint(fields=["draw", "out"], name="draw_stands_in_once"),
        ]
