"""Letters of complaint and report, who wrote them (apart, and sealed), and what was done."""

from __future__ import annotations

from datetime import date
from typing import ClassVar

from django.conf import settings
from django.contrib.postgres.fields import ArrayField
from django.db import models
from django.db.models import Q
from django.utils.translation import gettext_lazy as _
from django.utils.translation import pgettext_lazy

from mingchu.base.retention import Retention
from mingchu.complaints.domain import states

NEVER = date(9999, 12, 31)  # the due day of what has none, so that lists can go on behind it


class Kind(models.TextChoices):
    COMPLAINT = "complaint", _("投诉")
    REPORT = "report", _("举报")


class State(models.TextChoices):
    RECEIVED = "received", pgettext_lazy("complaint", "待处理")
    DISPUTED = "disputed", pgettext_lazy("complaint", "处理权限有争议")
    ACCEPTED = "accepted", pgettext_lazy("complaint", "已受理，调解中")
    CHECKING = "checking", pgettext_lazy("complaint", "核查中")
    AGREED = "agreed", pgettext_lazy("complaint", "已达成调解协议")
    ENDED = "ended", pgettext_lazy("complaint", "已终止调解")
    FILED = "filed", pgettext_lazy("complaint", "已立案")
    NOT_FILED = "not_filed", pgettext_lazy("complaint", "不予立案")
    CLOSED = "closed", pgettext_lazy("complaint", "已答复办结")
    FOLLOWED_UP = "followed_up", pgettext_lazy("complaint", "已回访")
    REFUSED = "refused", pgettext_lazy("complaint", "已决定不予受理")
    RETURNED = "returned", pgettext_lazy("complaint", "已退回受理入口")
    WITHDRAWN = "withdrawn", pgettext_lazy("complaint", "已撤回")
    MERGED = "merged", pgettext_lazy("complaint", "已并案")


class Channel(models.TextChoices):
    FORM = "form", _("本站网页")
    API = "api", _("接口")
    SHEET = "sheet", _("12315平台")
    MEDIATION = "mediation", _("调解中发现")


class Category(models.TextChoices):
    ILLNESS = "illness", _("食用后不适")
    SPOILED = "spoiled", _("变质或异物")
    EXPIRED = "expired", _("超过保质期")
    HYGIENE = "hygiene", _("环境和人员卫生")
    LICENCE = "licence", _("无证或超范围经营")
    LABEL = "label", _("标签和宣传")
    ADDITIVE = "additive", _("非法添加")
    PRICE = "price", _("价格和计量")
    SERVICE = "service", _("服务和退款")
    OTHER = "other", _("其他")


OPEN = Q(state__in=[str(state) for state in states.OPEN])


class Complaint(models.Model):
    """One letter, or the half of one; nothing here says who wrote it.

    `number` is the platform's for what came from there, else one that nobody can guess. `due_on`
    and `due_term` are an index of the clocks, rebuilt at every step and every night.
    """

    number = models.CharField(_("登记编号"), max_length=40, unique=True)
    channel = models.CharField(_("来源"), max_length=10, choices=Channel.choices)
    kind = models.CharField(_("类型"), max_length=10, choices=Kind.choices)
    state = models.CharField(
        _("状态"), max_length=12, choices=State.choices, default=State.RECEIVED
    )
    category = models.CharField(
        _("问题类别"), max_length=10, choices=Category.choices, default=Category.OTHER
    )
    business = models.ForeignKey(
        "registry.Business",
        null=True,
        blank=True,
        on_delete=models.PROTECT,
        related_name="+",
        verbose_name=_("被投诉举报的经营者"),
    )
    place = models.CharField(_("店名和地址"), max_length=200, blank=True)
    district = models.CharField(_("旗县区"), max_length=6, blank=True)
    station = models.CharField(_("监管所"), max_length=12, blank=True)
    what = models.TextField(_("事情经过"))
    wants = models.CharField(_("诉求"), max_length=400, blank=True)
    happened_on = models.DateField(_("发生日期"), null=True, blank=True)
    ill = models.PositiveSmallIntegerField(_("发病人数"), default=0)
    households = models.PositiveSmallIntegerField(_("发病户数"), default=0)
    ate_at = models.DateTimeField(_("就餐时间"), null=True, blank=True)
    # A keyed digest of how the writer is reached: it tells households apart and names nobody.
    household = models.CharField(_("来信人摘要"), max_length=64, blank=True)
    named = models.BooleanField(_("实名"), default=False)
    received_at = models.DateTimeField(_("收到时间"))
    handler = models.ForeignKey(
        settings.AUTH_USER_MODEL,
        null=True,
        blank=True,
        on_delete=models.PROTECT,
        related_name="+",
        verbose_name=_("承办人"),
    )
    part_of = models.ForeignKey(
        "self",
        null=True,
        blank=True,
        on_delete=models.PROTECT,
        related_name="parts",
        verbose_name=_("拆分自"),
    )
    merged_into = models.ForeignKey(
        "self",
        null=True,
        blank=True,
        on_delete=models.PROTECT,
        related_name="merged",
        verbose_name=_("并入"),
    )
    reply = models.TextField(_("答复"), blank=True)
    # The form it was sent by, as a digest of its key: sent twice, it is one letter all the same.
    origin = models.CharField(_("表单摘要"), max_length=40, null=True, blank=True, unique=True)
    due_on = models.DateField(_("最近期限"), default=NEVER)
    due_term = models.CharField(_("最近期限是哪一项"), max_length=16, blank=True)
    provisional = models.BooleanField(_("期限暂定"), default=False)
    # Terms a signal was raised for, and `term:over` once they had passed.
    warned = ArrayField(
        models.CharField(max_length=24), verbose_name=_("已预警的期限"), default=list, blank=True
    )
    announced = models.BooleanField(_("已发信号"), default=False)
    order_ended_at = models.DateTimeField(_("工单办结时间"), null=True, blank=True)
    ended_at = models.DateTimeField(_("办结时间"), null=True, blank=True)
    revision = models.PositiveIntegerField(_("版本"), default=1)

    RETENTION: ClassVar = Retention(
        why="the record of what was done, without whoever wrote",
        rule="retention.complaints",
        counted_from="ended_at",
    )

    class Meta:
        verbose_name = _("投诉举报")
        verbose_name_plural = _("投诉举报")
        indexes = [
            models.Index(fields=["due_on", "id"], name="complaint_due"),
            models.Index(fields=["district", "due_on", "id"], name="complaint_district"),
            models.Index(fields=["station", "due_on", "id"], name="complaint_station"),
            models.Index(fields=["handler", "due_on", "id"], condition=OPEN, name="complaint_mine"),
            models.Index(fields=["business", "received_at"], name="complaint_business"),
            models.Index(fields=["received_at"], name="complaint_received"),
            models.Index(fields=["part_of"], name="complaint_part"),
        ]
        constraints = [
            models.CheckConstraint(condition=~Q(number=""), name="complaint_has_a_number"),
            models.CheckConstraint(
                condition=~Q(merged_into=models.F("id")), name="complaint_not_in_itself"
            ),
            models.CheckConstraint(
                condition=Q(state="merged", merged_into__isnull=False)
                | (~Q(state="merged") & Q(merged_into__isnull=True)),
                name="complaint_merged_has_its_other",
            ),
        ]

    def __str__(self) -> str:
        return self.number


class Reporter(models.Model):
    """Who wrote a letter: sealed under a key of its own, opened for its handler alone."""

    complaint = models.OneToOneField(
        Complaint, on_delete=models.CASCADE, related_name="reporter", verbose_name=_("投诉举报")
    )
    sealed = models.TextField(_("密封的来信人信息"))

    RETENTION: ClassVar = Retention(
        why="it is needed to answer and to follow up, and no longer",
        rule="retention.reporters",
        counted_from="complaint__ended_at",
    )

    class Meta:
        verbose_name = _("来信人")
        verbose_name_plural = _("来信人")


class ComplaintStep(models.Model):
    """A move of a letter: from where to where, by whom, when, with what said. Never changed."""

    complaint = models.ForeignKey(
        Complaint, on_delete=models.CASCADE, related_name="steps", verbose_name=_("投诉举报")
    )
    number = models.PositiveIntegerField(_("序号"))
    move = models.CharField(_("动作"), max_length=24)
    before = models.CharField(_("之前"), max_length=12)
    after = models.CharField(_("之后"), max_length=12)
    at = models.DateTimeField(_("时间"))
    user_id = models.BigIntegerField(_("经办人"), null=True)
    note = models.TextField(_("说明"), blank=True)
    ground = models.CharField(_("法定情形"), max_length=40, blank=True)
    other = models.ForeignKey(
        Complaint,
        null=True,
        blank=True,
        on_delete=models.PROTECT,
        related_name="+",
        verbose_name=_("另一件"),
    )
    entry = models.UUIDField(_("台账条目"))

    RETENTION: ClassVar = Retention(
        why="goes with its letter", rule="retention.complaints", counted_from="complaint__ended_at"
    )

    class Meta:
        verbose_name = _("办理步骤")
        verbose_name_plural = _("办理步骤")
        constraints = [
            models.UniqueConstraint(fields=["complaint", "number"], name="complaint_step_once"),
        ]
