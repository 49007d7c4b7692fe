"""Facts that a grade is made of: what a business is like, what visits found, what raises or lowers.

They are added and never changed: a newer profile speaks from its day on, a decision on a ground is
written once. Each has two days: the one it is about, and `known_on`, since when the house knew it;
so a day of last year is reckoned again with what was known then.
"""

from __future__ import annotations

from typing import ClassVar

from django.contrib.postgres.fields import ArrayField
from django.db import models
from django.db.models import F, Q
from django.utils.translation import gettext_lazy as _

from mingchu.base import clock
from mingchu.base.retention import Retention


class Source(models.TextChoices):
    """Where a fact came from."""

    HAND = "hand", _("手工登记")
    SHEET = "sheet", _("表格导入")
    HISTORY = "history", _("历史数据")
    INSPECTION = "inspection", _("检查记录")
    OTHER = "other", _("其他系统")


class Profile(models.Model):
    """What the static sheet `sheet` asks of a business, from `since` on."""

    business = models.ForeignKey(
        "registry.Business", on_delete=models.PROTECT, related_name="+", verbose_name=_("经营者")
    )
    sheet = models.CharField(_("静态量化表"), max_length=24)
    answers = models.JSONField(_("静态因素"))
    since = models.DateField(_("自"))
    known_on = models.DateField(_("录入日期"))
    source = models.CharField(_("来源"), max_length=12, choices=Source.choices)
    note = models.CharField(_("来源说明"), max_length=200, blank=True)
    user_id = models.BigIntegerField(_("登记人"), null=True, blank=True)
    recorded_at = models.DateTimeField(_("登记时间"), default=clock.now)

    RETENTION: ClassVar = Retention(why="an old grade is explained by the facts of its day")

    class Meta:
        verbose_name = _("静态风险因素")
        verbose_name_plural = _("静态风险因素")
        indexes = [models.Index(fields=["business", "-since", "-id"], name="profile_newest")]


class Department(models.TextChoices):
    """Whose officers came; only the market regulator's visits have items of food safety."""

    MARKET = "market", _("市场监管")
    HEALTH = "health", _("卫生健康")
    FIRE = "fire", _("消防救援")
    EDUCATION = "education", _("教育")
    AGRICULTURE = "agriculture", _("农牧")
    ENVIRONMENT = "environment", _("生态环境")
    CITY = "city", _("城市管理")
    POLICE = "police", _("公安")
    OTHER = "other", _("其他部门")


class Purpose(models.TextChoices):
    """Why somebody came."""

    ROUTINE = "routine", _("日常监督检查")
    RANDOM = "random", _("双随机抽查")
    SPECIAL = "special", _("专项检查")
    SYSTEM = "system", _("体系检查")
    UNANNOUNCED = "unannounced", _("飞行检查")
    FOLLOW_UP = "follow_up", _("复查")
    COMPLAINT = "complaint", _("投诉举报核查")


class Visit(models.Model):
    """One visit of officers to one business, and what it found, key items and general ones apart.

    `failed` names the items; items that do not apply are in neither sum. `inspector_id` is the
    account that led it, `inspector` what a list of another system calls him (a number, no name).
    `joint` is the same for visits of several departments made together 综合查一次. A visit of
    another department has no items, and counts in the burden account alone.
    """

    business = models.ForeignKey(
        "registry.Business", on_delete=models.PROTECT, related_name="+", verbose_name=_("经营者")
    )
    premises = models.ForeignKey(
        "registry.Premises", on_delete=models.SET_NULL, null=True, blank=True, related_name="+",
        verbose_name=_("经营场所"),
    )  # fmt: skip
    day = models.DateField(_("检查日期"))
    known_on = models.DateField(_("录入日期"))
    department = models.CharField(
        _("部门"), max_length=12, choices=Department.choices, default=Department.MARKET
    )
    purpose = models.CharField(
        _("检查类型"), max_length=12, choices=Purpose.choices, default=Purpose.ROUTINE
    )
    full_list = models.BooleanField(_("覆盖全部项目"), default=True)
    joint = models.CharField(_("联合检查编号"), max_length=40, blank=True)
    inspector_id = models.BigIntegerField(_("检查人员账号"), null=True, blank=True)
    inspector = models.CharField(_("检查人员编号"), max_length=40, blank=True)
    applicable_key = models.PositiveSmallIntegerField(_("适用重点项"), default=0)
    applicable_general = models.PositiveSmallIntegerField(_("适用一般项"), default=0)
    failed_key = models.PositiveSmallIntegerField(_("不符合重点项"), default=0)
    failed_general = models.PositiveSmallIntegerField(_("不符合一般项"), default=0)
    failed = ArrayField(
        models.CharField(max_length=40), verbose_name=_("不符合的项目"), default=list, blank=True
    )
    source = models.CharField(_("来源"), max_length=12, choices=Source.choices)
    note = models.CharField(_("来源说明"), max_length=200, blank=True)
    user_id = models.BigIntegerField(_("登记人"), null=True, blank=True)
    recorded_at = models.DateTimeField(_("登记时间"), default=clock.now)

    RETENTION: ClassVar = Retention(why="an old grade is explained by the facts of its day")

    class Meta:
        verbose_name = _("检查发现")
        verbose_name_plural = _("检查发现")
        constraints = [
            models.CheckConstraint(
                condition=Q(failed_key__lte=F("applicable_key"))
                & Q(failed_general__lte=F("applicable_general")),
                name="visit_fails_what_applies",
            ),
            models.UniqueConstraint(
                fields=["business", "day", "department", "purpose", "inspector", "inspector_id"],
                nulls_distinct=False,
                name="visit_once",
            ),
        ]
        indexes = [
            models.Index(
                fields=["day"],
                include=["business", "failed_key", "failed_general", "applicable_key"],
                name="risk_visit_by_day",
            ),
            models.Index(fields=["inspector_id", "day"], name="risk_visit_by_inspector"),
        ]


class Direction(models.TextChoices):
    RAISE = "raise", _("调高")
    LOWER = "lower", _("调低")


class Ground(models.Model):
    """A case of the lists in which a grade may be raised or lowered, and what a person decided.

    `levels` is empty while nobody has decided; 0 says that the grade stays. A ground to raise
    blocks lowering from the day it is known, decided or not.
    """

    business = models.ForeignKey(
        "registry.Business", on_delete=models.PROTECT, related_name="+", verbose_name=_("经营者")
    )
    direction = models.CharField(_("方向"), max_length=8, choices=Direction.choices)
    ground = models.CharField(_("情形"), max_length=40)
    day = models.DateField(_("发生日期"))
    known_on = models.DateField(_("录入日期"))
    source = models.CharField(_("来源"), max_length=12, choices=Source.choices)
    note = models.CharField(_("事实与来源"), max_length=500, blank=True)
    user_id = models.BigIntegerField(_("登记人"), null=True, blank=True)
    recorded_at = models.DateTimeField(_("登记时间"), default=clock.now)
    levels = models.PositiveSmallIntegerField(_("调整级数"), null=True, blank=True)
    reason = models.CharField(_("决定理由"), max_length=500, blank=True)
    decided_on = models.DateField(_("决定日期"), null=True, blank=True)
    decided_by = models.BigIntegerField(_("决定人"), null=True, blank=True)

    RETENTION: ClassVar = Retention(why="an old grade is explained by the facts of its day")

    class Meta:
        verbose_name = _("等级调整情形")
        verbose_name_plural = _("等级调整情形")
        constraints = [
            models.CheckConstraint(
                condition=Q(levels__isnull=True, decided_on__isnull=True)
                | Q(levels__isnull=False, decided_on__isnull=False, levels__lte=2),
                name="ground_decided_on_a_day",
            ),
            models.CheckConstraint(
                condition=~Q(direction="lower") | Q(levels__isnull=True) | Q(levels__lte=1),
                name="ground_lowers_by_one",
            ),
        ]
        indexes = [
            models.Index(fields=["business", "day"], name="ground_of_business"),
            models.Index(fields=["id"], condition=Q(levels__isnull=True), name="ground_undecided"),
        ]
