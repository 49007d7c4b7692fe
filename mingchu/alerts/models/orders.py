"""A work order 工单: what a person has to do, until when; and every step it took."""

from __future__ import annotations

from typing import ClassVar

from django.db import models
from django.db.models import Q
from django.utils.translation import gettext_lazy as _
from django.utils.translation import pgettext_lazy

from mingchu.alerts.domain.states import Level, OrderState, Outcome
from mingchu.base.retention import Retention
from mingchu.kit.models import new_salt
from mingchu.registry import domain as registry


class OrderStateName(models.TextChoices):
    """The words of the states; the states and their moves are in `domain/states.py`."""

    NEW = OrderState.NEW, pgettext_lazy("order", "新建")
    TRIAGED = OrderState.TRIAGED, pgettext_lazy("order", "已分类")
    ASSIGNED = OrderState.ASSIGNED, pgettext_lazy("order", "已派单")
    ACCEPTED = OrderState.ACCEPTED, pgettext_lazy("order", "已签收")
    HANDLING = OrderState.HANDLING, pgettext_lazy("order", "处置中")
    AWAITING_BUSINESS = OrderState.AWAITING_BUSINESS, pgettext_lazy("order", "待经营者整改")
    SUBMITTED = OrderState.SUBMITTED, pgettext_lazy("order", "已提交核查")
    REVIEWING = OrderState.REVIEWING, pgettext_lazy("order", "核查中")
    REOPENED = OrderState.REOPENED, pgettext_lazy("order", "已退回")
    CLOSED = OrderState.CLOSED, pgettext_lazy("order", "已办结")
    MERGED = OrderState.MERGED, pgettext_lazy("order", "已合并")
    FALSE_ALARM = OrderState.FALSE_ALARM, pgettext_lazy("order", "误报")
    TRANSFERRED = OrderState.TRANSFERRED, pgettext_lazy("order", "已移送")
    ESCALATED_TO_CASE = OrderState.ESCALATED_TO_CASE, pgettext_lazy("order", "已转立案")


class LevelName(models.TextChoices):
    STATION = Level.STATION, _("监管所")
    DISTRICT = Level.DISTRICT, _("旗县区局")
    CITY = Level.CITY, _("市局")


class OutcomeName(models.TextChoices):
    HANDLED = Outcome.HANDLED, _("已处置办结")
    GONE = Outcome.GONE, _("情形已消除")
    FALSE = Outcome.FALSE, _("误报")
    MERGED = Outcome.MERGED, _("已合并")
    TRANSFERRED = Outcome.TRANSFERRED, _("已移送其他部门")
    POLICE = Outcome.POLICE, _("已移送公安机关")
    CASE = Outcome.CASE, _("已转立案")


UNDONE = Q(ended_at__isnull=True)


class Order(models.Model):
    """One thing to be done. `due_at` and `accept_due_at` are an index rebuilt from the steps by the
    clock, never set by hand: the first moment that is too late, of a term in days a midnight.

    `group_key` names what further alerts join while it is open; "" joins none.
    """

    number = models.CharField(_("工单号"), max_length=20, unique=True)
    kind = models.CharField(_("事项"), max_length=40)
    subject = models.CharField(_("对象"), max_length=60)
    group_key = models.CharField(_("归组"), max_length=120, blank=True)
    business = models.ForeignKey(
        "registry.Business", on_delete=models.PROTECT, null=True, blank=True, related_name="+",
        db_index=False, verbose_name=_("主体"),
    )  # fmt: skip
    district = models.CharField(_("旗县区"), max_length=6, blank=True)
    station = models.CharField(_("监管所"), max_length=12, blank=True)
    # Whose desk it is on: station, district or city; escalation moves it up.
    level = models.CharField(_("层级"), max_length=10, choices=LevelName.choices)
    severity = models.PositiveSmallIntegerField(_("级别"))
    state = models.CharField(_("状态"), max_length=20, choices=OrderStateName.choices)
    assignee = models.ForeignKey(
        "accounts.User", on_delete=models.PROTECT, null=True, blank=True, related_name="+",
        verbose_name=_("承办人"),
    )  # fmt: skip
    reporter = models.BigIntegerField(_("提出人"), null=True)
    merged_into = models.ForeignKey(
        "self", on_delete=models.PROTECT, null=True, blank=True, related_name="merged",
        verbose_name=_("并入"),
    )  # fmt: skip
    opened_at = models.DateTimeField(_("立单时间"))
    accept_due_at = models.DateTimeField(_("签收时限"), null=True)
    due_at = models.DateTimeField(_("办结时限"), null=True)
    provisional = models.BooleanField(_("时限暂定"), default=False)
    paused = models.BooleanField(_("计时中止"), default=False)
    ended_at = models.DateTimeField(_("结束时间"), null=True, blank=True)
    outcome = models.CharField(_("结果"), max_length=12, choices=OutcomeName.choices, blank=True)
    revision = models.PositiveIntegerField(_("版本"), default=1)

    RETENTION: ClassVar = Retention(
        why="record of supervision; what people wrote stands in its steps"
    )
    # Those in which nobody had a hand yet keep no business from being withdrawn.
    FOLLOWS: ClassVar = Q(reporter__isnull=True) & ~Q(steps__user_id__isnull=False)

    class Meta:
        verbose_name = _("工单")
        verbose_name_plural = _("工单")
        constraints = [
            models.UniqueConstraint(
                fields=["group_key"], condition=UNDONE & ~Q(group_key=""), name="order_open_once"
            ),
        ]
        indexes = [
            models.Index(fields=["assignee", "due_at", "id"], condition=UNDONE, name="order_mine"),
            models.Index(
                fields=["station", "due_at", "id"], condition=UNDONE, name="order_station"
            ),
            models.Index(
                fields=["district", "due_at", "id"], condition=UNDONE, name="order_district"
            ),
            models.Index(fields=["due_at", "id"], condition=UNDONE, name="order_due"),
            # Those that nobody has taken yet, by whose desk they lie on.
            models.Index(
                fields=["district", "station", "accept_due_at"],
                condition=UNDONE & Q(accept_due_at__isnull=False),
                name="order_untaken",
            ),
            models.Index(fields=["state", "due_at", "id"], condition=UNDONE, name="order_state"),
            # What is urgent, and what went up, are few among very many.
            models.Index(
                fields=["severity", "due_at", "id"], condition=UNDONE, name="order_severity"
            ),
            models.Index(fields=["level", "due_at", "id"], condition=UNDONE, name="order_level"),
            # By kind and day, for whether the same has come again.
            models.Index(fields=["business", "kind", "opened_at"], name="order_business"),
            models.Index(fields=["reporter", "id"], name="order_reporter"),
            models.Index(fields=["ended_at", "id"], name="order_ended"),
        ]

    def __str__(self) -> str:
        return self.number

    @property
    def ledger_subject(self) -> str:
        """How entries of the ledger name what it is about: the business, else the place."""
        if self.business_id:
            return registry.subject(self.business_id)
        if self.station:
            return f"station:{self.station}"
        return f"district:{self.district}" if self.district else "city"


class OrderDay(models.Model):
    """How many orders a day has numbered: numbers of a day have no gap."""

    day = models.DateField(_("日期"), primary_key=True)
    last = models.PositiveIntegerField(_("末号"))

    RETENTION: ClassVar = Retention(why="keeps numbers from being given twice")

    class Meta:
        verbose_name = _("工单编号")
        verbose_name_plural = _("工单编号")


class OrderStep(models.Model):
    """A move of an order: from where to where, by whom, when, with what said. Never changed: the
    ledger holds the digest of `salt` and what was said.
    """

    order = models.ForeignKey(
        Order, on_delete=models.CASCADE, related_name="steps", verbose_name=_("工单")
    )
    number = models.PositiveIntegerField(_("序号"))
    move = models.CharField(_("动作"), max_length=24)
    before = models.CharField(_("之前"), max_length=20)
    after = models.CharField(_("之后"), max_length=20)
    at = models.DateTimeField(_("时间"))
    user_id = models.BigIntegerField(_("经办人"), null=True)
    post = models.CharField(_("岗位"), max_length=40, blank=True)
    note = models.TextField(_("说明"), blank=True)
    # What the move was made with: legal ground of a pause, the new desk, a correction's day.
    data = models.JSONField(_("内容"), default=dict)
    # Evidence that came with it, by id.
    files = models.JSONField(_("附件"), default=list)
    salt = models.BinaryField(_("盐"), default=new_salt)
    entry = models.UUIDField(_("台账条目"), null=True)

    RETENTION: ClassVar = Retention(why="record of supervision; a note is about a business")

    class Meta:
        verbose_name = _("工单步骤")
        verbose_name_plural = _("工单步骤")
        constraints = [
            models.UniqueConstraint(fields=["order", "number"], name="order_step_once"),
        ]
