"""Records 检查记录: what a phone brought, what was found, what became of it."""

from __future__ import annotations

from typing import ClassVar

from django.contrib.postgres.fields import ArrayField
from django.db import models
from django.db.models import F, Q
from django.utils.translation import gettext_lazy as _
from django.utils.translation import pgettext_lazy

from mingchu.base import clock
from mingchu.base.retention import Retention
from mingchu.inspection.domain.outcome import Affects, Outcome, Way, Word
from mingchu.inspection.models.visits import Sheet, Visit


class RecordState(models.TextChoices):
    """A draft is a mirror of an open record, held waits for its photos."""

    DRAFT = "draft", pgettext_lazy("record", "草稿")
    HELD = "held", pgettext_lazy("record", "等待照片")
    ACCEPTED = "accepted", pgettext_lazy("record", "已收下")
    CONFLICT = "conflict", pgettext_lazy("record", "有疑问")
    SET_ASIDE = "set_aside", pgettext_lazy("record", "已搁置")


class OutcomeName(models.TextChoices):
    INSPECTED = Outcome.INSPECTED, _("已检查")
    UNREACHABLE = Outcome.UNREACHABLE, _("登记住所无法联系")
    CLOSED = Outcome.CLOSED, _("已停业")
    MOVED = Outcome.MOVED, _("已迁走")
    NO_ACTIVITY = Outcome.NO_ACTIVITY, _("未开展本次检查涉及的活动")
    REFUSED = Outcome.REFUSED, _("拒绝检查")


class WordName(models.TextChoices):
    """The three words of the national record form 结果判定."""

    PASS = Word.PASS, pgettext_lazy("record", "符合")
    BASIC = Word.BASIC, pgettext_lazy("record", "基本符合")
    FAIL = Word.FAIL, pgettext_lazy("record", "不符合")


class Record(models.Model):
    """What a phone sent under its own id; `revision` is the newest that came.

    `body` is kept as it came. `missing` are the digests of files that are not here yet. What is
    counted stands beside it: items met, unmet and not applicable, kinds of result. `skew` is how
    far the phone's clock was ahead, in seconds. `publish_by` is by when the result is public.
    """

    client_id = models.UUIDField(_("手机编号"), unique=True)
    revision = models.PositiveIntegerField(_("版次"))
    visit = models.ForeignKey(
        Visit, on_delete=models.PROTECT, related_name="records", verbose_name=_("检查任务")
    )
    sheet = models.ForeignKey(
        Sheet, on_delete=models.PROTECT, related_name="+", verbose_name=_("检查表")
    )
    business = models.ForeignKey(
        "registry.Business", on_delete=models.PROTECT, related_name="+", verbose_name=_("主体")
    )
    district = models.CharField(_("旗县区"), max_length=6)
    user_id = models.BigIntegerField(_("填写人"))
    second_id = models.BigIntegerField(_("同行人员"), null=True, blank=True)
    token_id = models.CharField(_("令牌"), max_length=12, blank=True)
    device = models.CharField(_("手机"), max_length=80, blank=True)
    body = models.JSONField(_("内容"))
    digest = models.CharField(_("摘要"), max_length=64)
    state = models.CharField(_("状态"), max_length=10, choices=RecordState.choices)
    missing = ArrayField(
        models.CharField(max_length=64), verbose_name=_("待收文件"), default=list, blank=True
    )
    outcome = models.CharField(
        _("检查情形"), max_length=12, choices=OutcomeName.choices, default=Outcome.INSPECTED
    )
    day = models.DateField(_("检查日期"))
    started_at = models.DateTimeField(_("开始时间"))
    ended_at = models.DateTimeField(_("结束时间"))
    skew = models.IntegerField(_("手机时钟偏差（秒）"), default=0)
    met = ArrayField(models.CharField(max_length=64), verbose_name=_("符合"), default=list)
    unmet = ArrayField(models.CharField(max_length=64), verbose_name=_("不符合"), default=list)
    not_applicable = ArrayField(
        models.CharField(max_length=64), verbose_name=_("不适用"), default=list
    )
    unmet_key = models.PositiveSmallIntegerField(_("不符合重点项"), default=0)
    applicable_key = models.PositiveSmallIntegerField(_("适用重点项"), default=0)
    full_list = models.BooleanField(_("覆盖全部项目"), default=True)
    results = ArrayField(
        models.CharField(max_length=16), verbose_name=_("检查结果"), default=list, blank=True
    )
    word = models.CharField(_("结果判定"), max_length=6, choices=WordName.choices, blank=True)
    received_at = models.DateTimeField(_("收到时间"), default=clock.now)
    accepted_at = models.DateTimeField(_("收下时间"), null=True, blank=True)
    publish_by = models.DateField(_("公开期限"), null=True, blank=True)
    released_at = models.DateTimeField(_("公开时间"), null=True, blank=True)
    released_by = models.BigIntegerField(_("公开人"), null=True, blank=True)
    entry = models.UUIDField(_("台账条目"), null=True, blank=True)

    RETENTION: ClassVar = Retention(
        why="records of inspections stand in court; officers by id",
        rule="retention.evidence",
        counted_from="day",
    )

    class Meta:
        verbose_name = _("检查记录")
        verbose_name_plural = _("检查记录")
        constraints = [
            models.UniqueConstraint(
                fields=["visit"], condition=Q(state="accepted"), name="record_one_counts"
            ),
            models.CheckConstraint(
                condition=~Q(state="accepted") | Q(accepted_at__isnull=False, missing=[]),
                name="record_accepted_whole",
            ),
            models.CheckConstraint(
                condition=Q(ended_at__gte=F("started_at")), name="record_ends_after_it_begins"
            ),
        ]
        indexes = [
            models.Index(fields=["business", "-day"], name="record_of_business"),
            models.Index(fields=["district", "-day"], name="record_by_day"),
            models.Index(fields=["visit"], name="record_of_visit"),
            models.Index(
                fields=["publish_by"],
                condition=Q(state="accepted", released_at__isnull=True),
                name="record_unpublished",
            ),
            models.Index(
                fields=["-released_at", "-id"],
                condition=Q(released_at__isnull=False),
                name="record_public",
            ),
            models.Index(
                fields=["district"], condition=Q(state="conflict"), name="record_doubtful"
            ),
        ]


class WayName(models.TextChoices):
    CASE = Way.CASE, _("依法调查处理")
    ON_SPOT = Way.ON_SPOT, _("当场改正")
    BY = Way.BY, _("限期改正")
    ORDER = Way.ORDER, _("责令限期改正并复查")


class AffectsName(models.TextChoices):
    YES = Affects.YES, _("影响食品安全")
    NO = Affects.NO, _("不影响食品安全")
    SLIGHT = Affects.SLIGHT, _("显著轻微")


class FindingState(models.TextChoices):
    OPEN = "open", pgettext_lazy("finding", "待整改")
    ANSWERED = "answered", pgettext_lazy("finding", "待核实")
    MENDED = "mended", pgettext_lazy("finding", "已整改")
    CASE = "case", pgettext_lazy("finding", "移交办案")
    AGAIN = "again", pgettext_lazy("finding", "复查仍不符合")


class Finding(models.Model):
    """An unmet item of a record and what becomes of it, from the order to the day it is mended."""

    record = models.ForeignKey(
        Record, on_delete=models.PROTECT, related_name="findings", verbose_name=_("检查记录")
    )
    business = models.ForeignKey(
        "registry.Business", on_delete=models.PROTECT, related_name="+", verbose_name=_("主体")
    )
    district = models.CharField(_("旗县区"), max_length=6)
    item = models.CharField(_("项目"), max_length=64)
    is_key = models.BooleanField(_("重点项"))
    affects = models.CharField(_("影响食品安全"), max_length=6, choices=AffectsName.choices)
    way = models.CharField(
        pgettext_lazy("inspection", "处理"), max_length=8, choices=WayName.choices
    )
    text = models.CharField(_("发现的问题"), max_length=500, blank=True)
    due = models.DateField(_("改正期限"), null=True, blank=True)
    state = models.CharField(
        _("状态"), max_length=8, choices=FindingState.choices, default=FindingState.OPEN
    )
    answer = models.CharField(_("整改说明"), max_length=500, blank=True)
    answered_at = models.DateTimeField(_("提交时间"), null=True, blank=True)
    answered_by = models.BigIntegerField(_("提交人"), null=True, blank=True)
    returned_why = models.CharField(_("退回理由"), max_length=200, blank=True)
    overdue_at = models.DateTimeField(_("报逾期时间"), null=True, blank=True)
    settled_at = models.DateTimeField(_("了结时间"), null=True, blank=True)
    settled_by = models.BigIntegerField(_("了结人"), null=True, blank=True)
    recheck = models.ForeignKey(
        Visit, on_delete=models.PROTECT, null=True, blank=True, related_name="rechecked",
        verbose_name=_("复查"),
    )  # fmt: skip

    RETENTION: ClassVar = Retention(why="belongs to its record; people by id")

    class Meta:
        verbose_name = _("检查发现的问题")
        verbose_name_plural = _("检查发现的问题")
        constraints = [
            models.UniqueConstraint(fields=["record", "item"], name="finding_once_an_item"),
            models.CheckConstraint(
                condition=~Q(way__in=["by", "order"]) | Q(due__isnull=False),
                name="finding_has_its_day",
            ),
        ]
        indexes = [
            models.Index(
                fields=["business", "due"],
                condition=Q(state__in=["open", "answered"]),
                name="finding_unmended",
            ),
            models.Index(
                fields=["district", "due"],
                condition=Q(state__in=["open", "answered"]),
                name="finding_waiting",
            ),
        ]


class ReplyKind(models.TextChoices):
    STATEMENT = "statement", _("陈述申辩")
    OBJECTION = "objection", _("异议")


class Reply(models.Model):
    """What the business says of a record 陈述、异议, and the answer that it gets."""

    record = models.ForeignKey(
        Record, on_delete=models.PROTECT, related_name="replies", verbose_name=_("检查记录")
    )
    kind = models.CharField(_("类别"), max_length=10, choices=ReplyKind.choices)
    text = models.CharField(_("内容"), max_length=1000)
    at = models.DateTimeField(_("提交时间"), default=clock.now)
    user_id = models.BigIntegerField(_("提交人"), null=True)
    upheld = models.BooleanField(_("成立"), null=True, blank=True)
    answer = models.CharField(_("答复"), max_length=500, blank=True)
    answered_at = models.DateTimeField(_("答复时间"), null=True, blank=True)
    answered_by = models.BigIntegerField(_("答复人"), null=True, blank=True)

    RETENTION: ClassVar = Retention(why="belongs to its record; people by id")

    class Meta:
        verbose_name = _("陈述和异议")
        verbose_name_plural = _("陈述和异议")
        constraints = [
            models.UniqueConstraint(
                fields=["record"],
                condition=Q(kind="objection", answered_at__isnull=True),
                name="reply_one_open_objection",
            ),
        ]


class Doubt(models.TextChoices):
    """Why a record waits for a person."""

    PIN = "pin", _("同行人员口令不符")
    NO_SECOND = "no_second", _("同行人员没有确认")
    SECOND_RECORD = "second_record", _("同一任务已有另一份记录")
    CLOCK = "clock", _("手机时钟不准")
    SHEET = "sheet", _("检查表已更新，缺少新项目")
    UNAPPROVED = "unapproved", _("任务未经审批")
    VOID = "void", _("任务已取消")
    MOVED = "moved", _("主体已迁往其他旗县区")
    CERTIFICATE = "certificate", _("检查当日证件无效")
    RECUSED = "recused", _("检查人员应当回避")
    WRITER = "writer", _("填写人不是本任务的检查人员")
    INSTRUMENT = "instrument", _("器具超过校准有效期")


class Decision(models.TextChoices):
    ACCEPT = "accept", pgettext_lazy("doubt", "按此收下")
    SET_ASIDE = "set_aside", pgettext_lazy("doubt", "搁置")


class Conflict(models.Model):
    """A doubt about a record, for a person to decide; what came is kept whatever he decides."""

    record = models.ForeignKey(
        Record, on_delete=models.CASCADE, related_name="conflicts", verbose_name=_("检查记录")
    )
    doubt = models.CharField(_("疑问"), max_length=16, choices=Doubt.choices)
    about = models.JSONField(_("细节"), default=dict)
    raised_at = models.DateTimeField(_("提出时间"), default=clock.now)
    decision = models.CharField(_("决定"), max_length=10, choices=Decision.choices, blank=True)
    why = models.CharField(_("理由"), max_length=200, blank=True)
    decided_by = models.BigIntegerField(_("决定人"), null=True, blank=True)
    decided_at = models.DateTimeField(_("决定时间"), null=True, blank=True)

    RETENTION: ClassVar = Retention(why="belongs to its record; people by id")

    class Meta:
        verbose_name = _("记录疑问")
        verbose_name_plural = _("记录疑问")
        constraints = [
            models.UniqueConstraint(fields=["record", "doubt"], name="doubt_once_a_record"),
        ]
