"""Visits 检查任务: who goes where, why, with which list, and what was approved before he went."""

from __future__ import annotations

from typing import ClassVar

from django.contrib.postgres.fields import ArrayField
from django.db import models
from django.db.models import F, Q
from django.utils.translation import gettext_lazy as _
from django.utils.translation import pgettext_lazy

from mingchu.base import clock
from mingchu.base.retention import Retention
from mingchu.inspection.models.pools import Task


class VisitType(models.TextChoices):
    ROUTINE = "routine", _("日常监督检查")
    KEY = "key", _("重点监督检查")
    SPECIAL = "special", _("专项检查")
    UNANNOUNCED = "unannounced", _("飞行检查")
    SYSTEM = "system", _("体系检查")
    LICENSING = "licensing", _("许可后续核查")
    RECHECK = "recheck", _("复查")
    JOINT = "joint", _("部门联合检查")


class VisitState(models.TextChoices):
    PLANNED = "planned", pgettext_lazy("inspection", "待审批")
    APPROVED = "approved", pgettext_lazy("inspection", "已审批")
    NOTIFIED = "notified", pgettext_lazy("inspection", "已通知")
    DONE = "done", pgettext_lazy("inspection", "已检查")
    VOID = "void", pgettext_lazy("inspection", "已取消")


WAITING = (VisitState.PLANNED, VisitState.APPROVED, VisitState.NOTIFIED)
READY = (VisitState.APPROVED, VisitState.NOTIFIED)


class Department(models.TextChoices):
    """Of a joint visit each has a visit, items, a result and a publication of its own."""

    MARKET = "market", _("市场监管部门")
    HEALTH = "health", _("卫生健康部门")
    EDUCATION = "education", _("教育部门")
    FIRE = "fire", _("消防救援机构")
    CITY = "city", _("城市管理部门")
    OTHER = "other", _("其他部门")


class Level(models.TextChoices):
    """Whose visit it is: what the city has inspected a district leaves alone for a while."""

    CITY = "city", _("市局")
    DISTRICT = "district", _("旗县区局")


class Sheet(models.Model):
    """A checklist as it was composed from the library, by its digest: never changed."""

    digest = models.CharField(_("摘要"), max_length=64, primary_key=True)
    kind = models.CharField(_("业态"), max_length=20)
    since = models.DateField(_("自"))
    body = models.JSONField(_("检查表"))

    RETENTION: ClassVar = Retention(why="records are read by the list they were made with")

    class Meta:
        verbose_name = _("检查表")
        verbose_name_plural = _("检查表")


class Visit(models.Model):
    """One visit to one business. Officers are kept by number; whoever asked never approves.

    `items` are those of a narrower visit, none for the full list. `joint` is the same for visits
    that departments make together. `origin` says what called for it, such as `order:31`. An
    unannounced visit is hidden until it begins, but from who makes it and who approved it.
    `planned_for` stays when two files of a business become one, and leads back when they part.
    """

    business = models.ForeignKey(
        "registry.Business", on_delete=models.PROTECT, related_name="+", verbose_name=_("主体")
    )
    planned_for = models.ForeignKey(
        "registry.Business", on_delete=models.PROTECT, related_name="+", verbose_name=_("拟定主体")
    )
    district = models.CharField(_("旗县区"), max_length=6)
    station = models.CharField(_("监管所"), max_length=12, blank=True)
    level = models.CharField(_("检查层级"), max_length=8, choices=Level.choices)
    type = models.CharField(_("检查类型"), max_length=12, choices=VisitType.choices)
    department = models.CharField(
        _("检查主体"), max_length=12, choices=Department.choices, default=Department.MARKET
    )
    matter = models.CharField(_("抽查事项"), max_length=40, blank=True)
    joint = models.CharField(_("联合任务"), max_length=60, blank=True)
    task = models.ForeignKey(
        Task, on_delete=models.PROTECT, null=True, blank=True, related_name="visits",
        verbose_name=_("抽查任务"),
    )  # fmt: skip
    origin = models.CharField(_("来源"), max_length=60, blank=True)
    recheck_of = models.ForeignKey(
        "self", on_delete=models.PROTECT, null=True, blank=True, related_name="rechecks",
        verbose_name=_("复查的检查"),
    )  # fmt: skip
    reason = models.CharField(_("检查事由"), max_length=200, blank=True)
    items = ArrayField(
        models.CharField(max_length=64), verbose_name=_("检查项目"), default=list, blank=True
    )
    day = models.DateField(_("计划日期"))
    due = models.DateField(_("期限"))
    lead_id = models.BigIntegerField(_("带队人员"), null=True, blank=True)
    second_id = models.BigIntegerField(_("同行人员"), null=True, blank=True)
    state = models.CharField(
        _("状态"), max_length=10, choices=VisitState.choices, default=VisitState.PLANNED
    )
    planned_by = models.BigIntegerField(_("拟定人"), null=True, blank=True)
    planned_at = models.DateTimeField(_("拟定时间"), default=clock.now)
    approved_by = models.BigIntegerField(_("批准人"), null=True, blank=True)
    approved_at = models.DateTimeField(_("批准时间"), null=True, blank=True)
    returned_why = models.CharField(_("退回理由"), max_length=200, blank=True)
    void_why = models.CharField(_("取消理由"), max_length=200, blank=True)
    notified_at = models.DateTimeField(_("通知时间"), null=True, blank=True)
    started_at = models.DateTimeField(_("开始时间"), null=True, blank=True)
    done_at = models.DateTimeField(_("完成时间"), null=True, blank=True)

    RETENTION: ClassVar = Retention(why="who went where, by whose approval; officers by id")
    FOLLOWS: ClassVar = Q(state="void")

    class Meta:
        verbose_name = _("检查任务")
        verbose_name_plural = _("检查任务")
        constraints = [
            models.CheckConstraint(
                condition=Q(approved_by__isnull=True)
                | Q(planned_by__isnull=True)
                | ~Q(approved_by=F("planned_by")),
                name="visit_approved_by_another",
            ),
            models.CheckConstraint(
                condition=Q(lead_id__isnull=True)
                | Q(second_id__isnull=True)
                | ~Q(lead_id=F("second_id")),
                name="visit_by_two_people",
            ),
            models.CheckConstraint(
                condition=Q(state__in=["planned", "void"]) | Q(approved_at__isnull=False),
                name="visit_approved_before_it_is_made",
            ),
            models.UniqueConstraint(
                fields=["task", "department"],
                condition=~Q(state="void"),
                name="visit_once_a_task",
            ),
        ]
        indexes = [
            models.Index(fields=["business", "-day"], name="visit_of_a_business"),
            models.Index(
                fields=["district", "due"],
                condition=Q(state__in=["planned", "approved", "notified"]),
                name="visit_waiting",
            ),
            models.Index(
                fields=["lead_id", "due"],
                condition=Q(state__in=["approved", "notified"]),
                name="visit_of_lead",
            ),
            models.Index(
                fields=["second_id", "due"],
                condition=Q(state__in=["approved", "notified"]),
                name="visit_of_second",
            ),
            models.Index(fields=["district", "-done_at"], name="visit_by_end"),
        ]

    @property
    def number(self) -> str:
        """What papers call it 检查编号: the year it was planned in, and its place among all."""
        return f"JC{clock.city(self.planned_at).year}-{self.pk:06}"

    @property
    def notice_number(self) -> str:
        """The number of its notice 检查通知书."""
        return f"TZ{self.number[2:]}"

    @property
    def pair(self) -> tuple[int, ...]:
        return tuple(one for one in (self.lead_id, self.second_id) if one is not None)

    @property
    def is_hidden(self) -> bool:
        """Nobody but who makes and approves it hears of an unannounced visit before it begins."""
        return self.type == VisitType.UNANNOUNCED and self.started_at is None


class Instrument(models.Model):
    """What a measure is taken with 检测器具; one whose calibration is over measures nothing."""

    number = models.CharField(_("器具编号"), max_length=40, unique=True)
    name = models.CharField(_("名称"), max_length=60)
    kind = models.CharField(_("用途"), max_length=20)
    district = models.CharField(_("旗县区"), max_length=6, blank=True)
    calibrated_until = models.DateField(_("校准有效期至"))
    certificate = models.CharField(_("校准证书号"), max_length=60, blank=True)
    in_use = models.BooleanField(_("在用"), default=True)

    RETENTION: ClassVar = Retention(why="records name what they were measured with")

    class Meta:
        verbose_name = _("检测器具")
        verbose_name_plural = _("检测器具")
