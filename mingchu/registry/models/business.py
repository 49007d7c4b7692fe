"""A subject of food supervision and the places it works at.

Outside the house a business goes by its `public_id`; `search_text` holds all it is found by and
`sort_key` its name in pinyin; both are written by the services only.
"""

from __future__ import annotations

from typing import ClassVar

from django.contrib.postgres.fields import ArrayField
from django.db import models
from django.db.models import F, Q
from django.utils.translation import gettext_lazy as _

from mingchu.base import clock
from mingchu.base.retention import Retention
from mingchu.registry import domain
from mingchu.registry.models.choices import (
    Channel,
    Evidence,
    Kind,
    LegalForm,
    Scale,
    Serves,
    State,
    Use,
)

LISTED = Q(merged_into__isnull=True)


class Business(models.Model):
    """A subject of food supervision; a change of name, address or district makes no new one.

    Who has no credit code (a vendor, a farmer) is known by kind, identity digest and place; a
    place whose keeper nobody knows is a subject too, until it is merged into one.
    """

    name = models.CharField(_("名称"), max_length=120)
    sort_key = models.CharField(_("拼音"), max_length=120, default="")
    sign = models.CharField(_("店招"), max_length=120, blank=True)
    former_names = ArrayField(
        models.CharField(max_length=120), verbose_name=_("曾用名"), default=list, blank=True
    )
    code = models.CharField(_("统一社会信用代码"), max_length=18, blank=True)
    code_check = models.CharField(
        _("代码核验"), max_length=16, choices=Evidence.choices, default=Evidence.OK
    )
    code_evidence = models.CharField(_("代码凭据"), max_length=200, blank=True)
    identity_digest = models.CharField(_("经营者身份证号摘要"), max_length=64, blank=True)
    identity_tail = models.CharField(_("经营者身份证号后四位"), max_length=4, blank=True)
    legal_form = models.CharField(
        _("主体类型"), max_length=16, choices=LegalForm.choices, default=LegalForm.COMPANY
    )
    kind = models.CharField(_("业态"), max_length=20, choices=Kind.choices)
    scale = models.CharField(_("规模"), max_length=8, choices=Scale.choices, blank=True)
    serves = models.CharField(_("供餐对象"), max_length=12, choices=Serves.choices, blank=True)
    diners = models.PositiveIntegerField(_("每餐用餐人数"), null=True, blank=True)
    head = models.ForeignKey(
        "self",
        on_delete=models.PROTECT,
        null=True,
        blank=True,
        related_name="branches",
        verbose_name=_("总部"),
    )
    district = models.CharField(_("旗县区"), max_length=6)
    station = models.CharField(_("监管所"), max_length=12, blank=True)
    grid = models.CharField(_("网格"), max_length=15, blank=True)
    address = models.CharField(_("住所"), max_length=200, blank=True)
    phone = models.CharField(_("联系电话"), max_length=20, blank=True)
    state = models.CharField(
        _("经营状态"), max_length=12, choices=State.choices, default=State.OPEN
    )
    state_since = models.DateField(_("状态起始日"), null=True, blank=True)
    opened = models.DateField(_("开业日期"), null=True, blank=True)
    closed = models.DateField(_("关闭日期"), null=True, blank=True)
    expires = models.DateField(_("最早到期"), null=True, blank=True)
    licensed_until = models.DateField(_("持证至"), null=True, blank=True)
    merged_into = models.ForeignKey(
        "self",
        on_delete=models.PROTECT,
        null=True,
        blank=True,
        related_name="merged",
        verbose_name=_("并入"),
    )
    channel = models.CharField(
        _("建档来源"), max_length=8, choices=Channel.choices, default=Channel.FORM
    )
    sources = models.JSONField(_("字段来源"), default=dict, blank=True)
    enrolled_at = models.DateTimeField(_("建档时间"), default=clock.now)
    changed_at = models.DateTimeField(_("变更时间"), default=clock.now)
    revision = models.PositiveIntegerField(_("版本"), default=1)
    search_text = models.TextField(_("检索文本"), default="")

    # `expires` and `licensed_until`: the earliest and the latest end among valid licences, copied
    # here so that lists sort and filter by them; the latest of one without end is `ENDLESS`.
    # `sources`: of a corrected field the door and the day, `{"phone": "desk 2026-11-20"}`; any
    # other came by `channel` on the day of enrolment.

    RETENTION: ClassVar = Retention(why="the ledger and every later act refer to the business")

    class Meta:
        verbose_name = _("经营者")
        verbose_name_plural = _("经营者")
        indexes = [
            # With the text in the index, walking the list in its order reads no rows.
            models.Index(
                fields=["sort_key", "id"],
                include=["search_text"],
                condition=LISTED,
                name="business_by_name",
            ),
            models.Index(
                fields=["district", "sort_key", "id"],
                include=["search_text"],
                condition=LISTED,
                name="business_by_district",
            ),
            models.Index(
                fields=["kind", "sort_key", "id"], condition=LISTED, name="business_by_kind"
            ),
            models.Index(
                fields=["state", "sort_key", "id"], condition=LISTED, name="business_by_state"
            ),
            models.Index(
                fields=["station", "sort_key", "id"], condition=LISTED, name="business_by_station"
            ),
            # Asked of every desk for those that are open: answered without touching the rows.
            models.Index(
                fields=["expires", "id"],
                include=["state"],
                condition=LISTED,
                name="business_by_end",
            ),
            models.Index(fields=["licensed_until"], condition=LISTED, name="business_by_licence"),
            # Filters of few rows; those of many are found by walking the list.
            models.Index(fields=["legal_form"], condition=LISTED, name="business_by_form"),
            models.Index(fields=["channel"], condition=LISTED, name="business_by_channel"),
            models.Index(fields=["grid"], condition=~Q(grid="") & LISTED, name="business_by_grid"),
            models.Index(
                fields=["address"], condition=~Q(address="") & LISTED, name="business_by_address"
            ),
            # For counting figures without touching the rows.
            models.Index(
                fields=["state", "kind", "district"], condition=LISTED, name="business_counted"
            ),
            models.Index(
                fields=["identity_digest"],
                condition=~Q(identity_digest=""),
                name="business_by_identity",
            ),
            models.Index(
                fields=["phone"], condition=~Q(phone="") & LISTED, name="business_by_phone"
            ),
        ]
        constraints = [
            models.UniqueConstraint(
                fields=["code"], condition=~Q(code="") & LISTED, name="business_code_once"
            ),
            models.CheckConstraint(condition=~Q(name=""), name="business_has_a_name"),
            models.CheckConstraint(
                condition=Q(district__regex=r"^[0-9]{6}$"), name="business_district_is_a_code"
            ),
            models.CheckConstraint(
                condition=Q(closed__isnull=True)
                | Q(opened__isnull=True)
                | Q(closed__gte=F("opened")),
                name="business_closes_after_it_opens",
            ),
            models.CheckConstraint(
                condition=Q(state="closed", closed__isnull=False)
                | (~Q(state="closed") & Q(closed__isnull=True)),
                name="business_closed_has_its_day",
            ),
            models.CheckConstraint(condition=~Q(head=F("id")), name="business_is_not_its_own_head"),
            models.CheckConstraint(
                condition=~Q(merged_into=F("id")), name="business_is_not_merged_into_itself"
            ),
        ]

    def __str__(self) -> str:
        return self.name

    @property
    def public_id(self) -> str:
        return domain.public_id(self.pk)


class Site(models.Model):
    """A physical place, whoever works there: what premises of several businesses have in common."""

    address = models.CharField(_("地址"), max_length=200)
    district = models.CharField(_("旗县区"), max_length=6)

    RETENTION: ClassVar = Retention(why="the history of a place outlives its businesses")

    class Meta:
        verbose_name = _("场所")
        verbose_name_plural = _("场所")


class Premises(models.Model):
    """A place where a business works; the main one is where an officer goes.

    `site` joins what several businesses have in one place: one after another, or a cold store
    (`landlord`) and those it lets space to.
    """

    business = models.ForeignKey(
        Business, on_delete=models.PROTECT, related_name="premises", verbose_name=_("经营者")
    )
    use = models.CharField(_("用途"), max_length=12, choices=Use.choices, default=Use.SHOP)
    address = models.CharField(_("经营场所"), max_length=200)
    district = models.CharField(_("旗县区"), max_length=6)
    station = models.CharField(_("监管所"), max_length=12, blank=True)
    site = models.ForeignKey(
        Site,
        on_delete=models.PROTECT,
        null=True,
        blank=True,
        related_name="premises",
        verbose_name=_("场所"),
    )
    landlord = models.ForeignKey(
        Business,
        on_delete=models.PROTECT,
        null=True,
        blank=True,
        related_name="lets",
        verbose_name=_("出租方"),
    )
    platform = models.CharField(_("网络平台"), max_length=80, blank=True)
    hours = models.CharField(_("经营时段"), max_length=80, blank=True)
    is_main = models.BooleanField(_("主要场所"), default=False)
    since = models.DateField(_("启用日期"), null=True, blank=True)
    until = models.DateField(_("停用日期"), null=True, blank=True)

    RETENTION: ClassVar = Retention(why="inspections refer to the place they were made at")

    class Meta:
        verbose_name = _("经营场所")
        verbose_name_plural = _("经营场所")
        constraints = [
            models.UniqueConstraint(
                fields=["business"], condition=Q(is_main=True), name="premises_one_main"
            ),
            models.CheckConstraint(
                condition=Q(until__isnull=True) | Q(since__isnull=True) | Q(until__gte=F("since")),
                name="premises_end_after_they_begin",
            ),
        ]


class AreaKind(models.TextChoices):
    STATION = "station", _("监管所")
    GRID = "grid", _("网格")


class Area(models.Model):
    """A supervision station 监管所 or a grid cell 网格 of one; a code begins with its parent's."""

    code = models.CharField(_("代码"), max_length=15, primary_key=True)
    kind = models.CharField(_("种类"), max_length=8, choices=AreaKind.choices)
    name = models.CharField(_("名称"), max_length=60)
    parent = models.CharField(_("上级代码"), max_length=12)

    RETENTION: ClassVar = Retention(why="businesses and posts name their area by its code")

    class Meta:
        verbose_name = _("监管区域")
        verbose_name_plural = _("监管区域")
        indexes = [models.Index(fields=["parent", "code"], name="area_by_parent")]
