"""Rows of the kit, in one file.

Imports: the file as it came, what was made of it, and what each row changed. Files: what is kept
on disk by digest, who sent it, and what it is attached to. Messages: what people were told, what
lies in whose inbox, how each wants to be reached, who else is told, and who is on duty. Rules: what
the city has set for itself, from the draft to the day it holds.
"""

from __future__ import annotations

import secrets
from typing import ClassVar

from django.contrib.postgres.fields import ArrayField
from django.db import models
from django.utils.translation import gettext_lazy as _
from django.utils.translation import pgettext_lazy

from mingchu.accounts import domain
from mingchu.accounts.models import ScopeKind, User
from mingchu.base import clock
from mingchu.base.ids import new_id
from mingchu.base.retention import Retention

SALT_BYTES = 16


def new_salt() -> bytes:
    return secrets.token_bytes(SALT_BYTES)


class ImportFile(models.Model):
    """The bytes somebody sent, once however often they come; kept so that they can go back."""

    digest = models.CharField(_("文件摘要"), primary_key=True, max_length=64)
    content = models.BinaryField(_("内容"))
    kept_at = models.DateTimeField(_("收到时间"), default=clock.now)

    RETENTION: ClassVar = Retention(
        why="a list is needed until its faults are mended and undo is no longer asked for",
        rule="retention.imports",
        counted_from="kept_at",
    )

    class Meta:
        verbose_name = _("导入文件")
        verbose_name_plural = _("导入文件")


class ImportState(models.TextChoices):
    COLUMNS = "columns", pgettext_lazy("import", "待确认列")
    EXAMINED = "examined", pgettext_lazy("import", "已试导")
    APPLIED = "applied", pgettext_lazy("import", "已导入")
    UNDONE = "undone", pgettext_lazy("import", "已撤销")


class ImportBatch(models.Model):
    """One file on its way in: recognised, tried, applied, perhaps undone."""

    importer = models.CharField(_("清单"), max_length=40)
    # The file may be gone by retention before the batch: its bytes came earlier.
    file = models.ForeignKey(
        ImportFile, null=True, on_delete=models.SET_NULL, verbose_name=_("文件")
    )
    file_name = models.CharField(_("文件名"), max_length=200)
    file_digest = models.CharField(_("文件摘要"), max_length=64)
    header_digest = models.CharField(_("表头摘要"), max_length=64)
    columns = models.JSONField(_("列对应"), default=dict)
    state = models.CharField(_("状态"), max_length=10, choices=ImportState.choices)
    rows = models.PositiveIntegerField(_("行数"), default=0)
    created = models.PositiveIntegerField(_("新增"), default=0)
    changed = models.PositiveIntegerField(_("更新"), default=0)
    unchanged = models.PositiveIntegerField(_("未变"), default=0)
    faulty = models.PositiveIntegerField(_("有问题"), default=0)
    faults = models.JSONField(_("问题"), default=list)
    warnings = models.JSONField(_("提示"), default=list)
    outcomes = models.JSONField(_("逐行结果"), default=dict)
    actor = models.CharField(_("经办"), max_length=60)
    user_id = models.BigIntegerField(_("经办人"), null=True, db_index=True)
    started_at = models.DateTimeField(_("上传时间"), default=clock.now)
    applied_at = models.DateTimeField(_("导入时间"), null=True, blank=True)
    undone_at = models.DateTimeField(_("撤销时间"), null=True, blank=True)

    RETENTION: ClassVar = Retention(
        why="faults quote what was typed",
        rule="retention.imports",
        counted_from="started_at",
    )

    class Meta:
        verbose_name = _("导入批次")
        verbose_name_plural = _("导入批次")


class ImportChange(models.Model):
    """What one row did to one subject: how it was before (nothing, if made new) and after."""

    batch = models.ForeignKey(
        ImportBatch, on_delete=models.CASCADE, related_name="changes", verbose_name=_("批次")
    )
    row = models.PositiveIntegerField(_("行号"))
    subject_table = models.CharField(_("对象类别"), max_length=60)
    subject_id = models.CharField(_("对象编号"), max_length=40)
    before = models.JSONField(_("之前"), null=True)
    after = models.JSONField(_("之后"))
    digest = models.CharField(_("之后的摘要"), max_length=64)
    restored = models.BooleanField(_("已恢复"), null=True)

    RETENTION: ClassVar = Retention(
        why="goes with its batch", rule="retention.imports", counted_from="batch__started_at"
    )

    class Meta:
        verbose_name = _("导入变更")
        verbose_name_plural = _("导入变更")
        indexes = [
            models.Index(fields=["subject_table", "subject_id"], name="import_change_subject")
        ]


class RememberedMapping(models.Model):
    """Which column is which, as a person once said of a list with this header."""

    importer = models.CharField(_("清单"), max_length=40)
    header_digest = models.CharField(_("表头摘要"), max_length=64)
    columns = models.JSONField(_("列对应"))
    confirmed_by = models.CharField(_("确认人"), max_length=60)
    confirmed_at = models.DateTimeField(_("确认时间"), default=clock.now)

    RETENTION: ClassVar = Retention(why="headings of lists are nobody's personal data")

    class Meta:
        verbose_name = _("列对应记忆")
        verbose_name_plural = _("列对应记忆")
        constraints = [
            models.UniqueConstraint(fields=["importer", "header_digest"], name="mapping_once")
        ]


class BlobState(models.TextChoices):
    KEPT = "kept", pgettext_lazy("file", "完好")
    DAMAGED = "damaged", pgettext_lazy("file", "缺失或有变动")


class Blob(models.Model):
    """Bytes on disk, once however often they come; the digest says where they lie."""

    digest = models.CharField(_("摘要"), max_length=64)
    algorithm = models.CharField(_("摘要算法"), max_length=10)
    size = models.BigIntegerField(_("字节数"))
    media_type = models.CharField(_("文件类型"), max_length=40)
    state = models.CharField(
        _("状态"), max_length=10, choices=BlobState.choices, default=BlobState.KEPT
    )
    on_hold = models.BooleanField(_("依法保全"), default=False)
    kept_at = models.DateTimeField(_("存入时间"), default=clock.now)
    # Wall time, for the sweep: a demo clock that is set forward must not drop what just came.
    asked_at = models.DateTimeField(_("最近送达"), default=clock.wall)

    RETENTION: ClassVar = Retention(
        why="goes a day after nothing is attached to it any more, never while it is on hold"
    )

    class Meta:
        verbose_name = _("文件")
        verbose_name_plural = _("文件")
        constraints = [
            models.UniqueConstraint(fields=["digest", "algorithm"], name="blob_once"),
        ]
        indexes = [
            models.Index(
                fields=["id"], name="blob_damaged", condition=models.Q(state=BlobState.DAMAGED)
            ),
        ]


class Upload(models.Model):
    """What one sender sends under the digest he gave it; without a blob it is not all here yet.

    The digest is that of the bytes as sent, so a phone finds its own file again although the
    blob, bare of what the camera added, has another. Nobody finds it by the digest of a file
    that he has not sent himself.
    """

    sender = models.CharField(_("送件人"), max_length=40)
    sha256 = models.CharField(_("送件摘要"), max_length=64)
    size = models.BigIntegerField(_("字节数"))
    claimed = models.CharField(_("所报类型"), max_length=80, blank=True)
    blob = models.ForeignKey(
        Blob, null=True, on_delete=models.CASCADE, related_name="uploads", verbose_name=_("文件")
    )
    begun_at = models.DateTimeField(_("开始时间"), default=clock.wall)
    touched_at = models.DateTimeField(_("最近送达"), default=clock.wall)

    RETENTION: ClassVar = Retention(why="goes with its file, or after days without a byte")

    class Meta:
        verbose_name = _("上传件")
        verbose_name_plural = _("上传件")
        constraints = [
            models.UniqueConstraint(fields=["sender", "sha256"], name="upload_once"),
        ]
        indexes = [models.Index(fields=["sender", "begun_at"], name="upload_of_a_day")]


class Attachment(models.Model):
    """A file as evidence of something: of what, in which role, by whom, under which name.

    The salt is erased with the row; then nobody can tell from the ledger which file it was.
    """

    id = models.UUIDField(primary_key=True, default=new_id, editable=False)
    blob = models.ForeignKey(
        Blob, on_delete=models.PROTECT, related_name="attachments", verbose_name=_("文件")
    )
    subject = models.CharField(_("所属对象"), max_length=60)
    role = models.CharField(_("用途"), max_length=40)
    name = models.CharField(_("文件名"), max_length=120)
    note = models.CharField(_("说明"), max_length=200, blank=True)
    sent_sha256 = models.CharField(_("送件摘要"), max_length=64)
    actor = models.CharField(_("经办"), max_length=60)
    at = models.DateTimeField(_("时间"), default=clock.now)
    salt = models.BinaryField(_("盐"), default=new_salt)
    entry = models.UUIDField(_("台账条目"))

    RETENTION: ClassVar = Retention(
        why="evidence is needed as long as the act it proves",
        rule="retention.evidence",
        counted_from="at",
    )

    class Meta:
        verbose_name = _("附件")
        verbose_name_plural = _("附件")
        indexes = [models.Index(fields=["subject", "at"], name="attachment_subject")]


class Severity(models.IntegerChoices):
    GRAVE = 1, _("紧急")
    PRESSING = 2, _("重要")
    PLAIN = 3, _("一般")


class Message(models.Model):
    """What was told of a subject, as source sentences; rows never change but for `robots_at`.

    `robots_at` is when the robots of chat groups are told, None once they were.
    """

    id = models.UUIDField(primary_key=True, default=new_id, editable=False)
    subject = models.CharField(_("事项"), max_length=60)
    severity = models.PositiveSmallIntegerField(_("级别"), choices=Severity.choices)
    what = models.CharField(_("内容"), max_length=200)
    lines = models.JSONField(_("正文"), default=list)
    facts = models.JSONField(_("填充内容"), default=dict)
    link = models.CharField(_("链接"), max_length=200, blank=True)
    district = models.CharField(_("旗县区"), max_length=12, blank=True)
    cause = models.UUIDField(_("起因"), null=True)
    at = models.DateTimeField(_("时间"), default=clock.now)
    robots_at = models.DateTimeField(_("群机器人何时转告"), null=True)

    RETENTION: ClassVar = Retention(
        why="what people were told may name people",
        rule="retention.messages",
        counted_from="at",
    )

    class Meta:
        verbose_name = _("消息")
        verbose_name_plural = _("消息")
        indexes = [
            models.Index(
                fields=["robots_at"],
                condition=models.Q(robots_at__isnull=False),
                name="message_robots_wait",
            )
        ]


class InboxItem(models.Model):
    """A message in somebody's inbox; `tell_at` is when he hears of it by other ways, None once he
    did, or where he has none."""

    id = models.UUIDField(primary_key=True, default=new_id, editable=False)
    message = models.ForeignKey(
        Message,
        on_delete=models.CASCADE,
        related_name="items",
        db_index=False,
        verbose_name=_("消息"),
    )
    user = models.ForeignKey(
        User, on_delete=models.CASCADE, related_name="+", db_index=False, verbose_name=_("收件人")
    )
    read_at = models.DateTimeField(_("阅读时间"), null=True)
    tell_at = models.DateTimeField(_("何时另行通知"), null=True)

    RETENTION: ClassVar = Retention(
        why="goes with its message", rule="retention.messages", counted_from="message__at"
    )

    class Meta:
        verbose_name = _("收件")
        verbose_name_plural = _("收件")
        constraints = [
            models.UniqueConstraint(fields=["message", "user"], name="inbox_once"),
        ]
        indexes = [
            models.Index(fields=["user", "-id"], name="inbox_of_user"),
            models.Index(
                fields=["user"], condition=models.Q(read_at__isnull=True), name="inbox_unread"
            ),
            models.Index(
                fields=["tell_at"],
                condition=models.Q(tell_at__isnull=False),
                name="inbox_waits",
            ),
        ]


class Pace(models.TextChoices):
    AT_ONCE = "at_once", _("及时通知，夜间和节假日的等到早上")
    DIGEST = "digest", _("每天汇总成一封")


class Reach(models.Model):
    """How a person wants to be reached; the telephone number is the one of the account.

    A way's number is the mildest severity it carries, 0 none.
    """

    user = models.OneToOneField(
        User,
        primary_key=True,
        on_delete=models.CASCADE,
        related_name="reach",
        verbose_name=_("人员"),
    )
    mail = models.EmailField(_("电子邮箱"), max_length=200, blank=True)
    by_mail = models.PositiveSmallIntegerField(_("邮件通知"), default=Severity.PLAIN)
    by_text = models.PositiveSmallIntegerField(_("短信通知"), default=Severity.GRAVE)
    pace = models.CharField(
        _("通知方式"), max_length=10, choices=Pace.choices, default=Pace.AT_ONCE
    )

    RETENTION: ClassVar = Retention(
        why="a person's own data", rule="retention.people", counted_from="user__last_login"
    )

    class Meta:
        verbose_name = _("通知设置")
        verbose_name_plural = _("通知设置")


class ReceiverForm(models.TextChoices):
    WEBHOOK = "webhook", _("系统接口（Webhook）")
    CHANGES = "changes", _("系统接口（主体变更推送）")
    WECOM = "wecom", _("企业微信群机器人")
    DINGTALK = "dingtalk", _("钉钉群机器人")
    FEISHU = "feishu", _("飞书群机器人")


class Receiver(models.Model):
    """A system or a chat group that is told as well; address and secret are sealed, for the
    address of a robot is its password. `kinds` empty means all, `district` empty the city.

    One that gets changes is told of entries instead of messages: `kinds` are then those of entries,
    `cursor` is the number of the last one handed to the outbox for it.
    """

    name = models.CharField(_("名称"), max_length=60)
    form = models.CharField(_("类型"), max_length=10, choices=ReceiverForm.choices)
    host = models.CharField(_("主机"), max_length=260)
    address = models.TextField(_("地址"))
    secret = models.TextField(_("密钥"), blank=True)
    district = models.CharField(_("旗县区"), max_length=12, blank=True)
    kinds = ArrayField(
        models.CharField(max_length=60), verbose_name=_("事项种类"), default=list, blank=True
    )
    cursor = models.BigIntegerField(_("已推送至"), default=0)
    mildest = models.PositiveSmallIntegerField(
        _("级别"), choices=Severity.choices, default=Severity.PLAIN
    )
    active = models.BooleanField(_("启用"), default=True)
    since = models.DateTimeField(_("登记时间"), default=clock.now)

    RETENTION: ClassVar = Retention(why="who is told is known as long as anybody is")

    class Meta:
        verbose_name = _("接收端")
        verbose_name_plural = _("接收端")


class Duty(models.Model):
    """Who is on duty in a part of the city, from a moment to a moment, at night or on days off."""

    user = models.ForeignKey(
        User, on_delete=models.PROTECT, related_name="+", verbose_name=_("值班人")
    )
    scope_kind = models.CharField(_("范围类别"), max_length=10, choices=ScopeKind.choices)
    scope_code = models.CharField(_("范围代码"), max_length=40, blank=True)
    begins = models.DateTimeField(_("起"))
    ends = models.DateTimeField(_("止"))

    RETENTION: ClassVar = Retention(
        why="says why a call went to whom it went",
        rule="retention.messages",
        counted_from="ends",
    )

    class Meta:
        verbose_name = _("值班")
        verbose_name_plural = _("值班")
        indexes = [models.Index(fields=["scope_kind", "scope_code", "ends"], name="duty_scope")]
        constraints = [
            models.CheckConstraint(
                condition=models.Q(ends__gt=models.F("begins")), name="duty_ends_after_it_begins"
            ),
            models.UniqueConstraint(
                fields=["user", "scope_kind", "scope_code", "begins", "ends"], name="duty_once"
            ),
        ]

    @property
    def scope(self) -> domain.Scope:
        return domain.Scope(domain.ScopeKind(self.scope_kind), self.scope_code)


class RuleState(models.TextChoices):
    DRAFT = "draft", pgettext_lazy("rule", "起草")
    IN_REVIEW = "in_review", pgettext_lazy("rule", "待审")
    RETURNED = "returned", pgettext_lazy("rule", "退回")
    APPROVED = "approved", pgettext_lazy("rule", "已批准")
    WITHDRAWN = "withdrawn", pgettext_lazy("rule", "已撤回")


class RuleFooting(models.TextChoices):
    """How far a value was compared with its source, as the rulebook says it."""

    VERIFIED = "verified", pgettext_lazy("citation", "已核对")
    SECONDARY = "secondary", pgettext_lazy("citation", "据转载")
    RECALLED = "recalled", pgettext_lazy("citation", "待核对")
    DEMO = "demo", pgettext_lazy("citation", "演示值")


class RuleVersion(models.Model):
    """A version of a rule that this city sets: drafted by one, approved by another.

    `value` is YAML as it is exported; the word null is a repeal. An approved version never changes;
    a later one takes over from its own day on.
    """

    rule = models.CharField(_("规则编号"), max_length=80)
    since = models.DateField(_("施行日期"))
    value = models.TextField(_("规定"))
    law = models.CharField(_("依据文件"), max_length=200, blank=True)
    number = models.CharField(_("文号"), max_length=100, blank=True)
    article = models.CharField(_("条款"), max_length=100, blank=True)
    published = models.DateField(_("公布日期"), null=True, blank=True)
    status = models.CharField(_("核对情况"), max_length=10, choices=RuleFooting.choices)
    checked = models.DateField(_("核对日期"))
    note_zh = models.CharField(_("说明（中文）"), max_length=500, blank=True)
    note_en = models.CharField(_("说明（英文）"), max_length=500, blank=True)
    state = models.CharField(
        _("状态"), max_length=10, choices=RuleState.choices, default=RuleState.DRAFT
    )
    author = models.CharField(_("起草人"), max_length=60)
    reviewer = models.CharField(_("审核人"), max_length=60, blank=True)
    opinion = models.CharField(_("审核意见"), max_length=500, blank=True)
    digest = models.CharField(_("摘要"), max_length=64)
    drafted_at = models.DateTimeField(_("起草时间"), default=clock.now)
    submitted_at = models.DateTimeField(_("送审时间"), null=True, blank=True)
    decided_at = models.DateTimeField(_("审定时间"), null=True, blank=True)

    RETENTION: ClassVar = Retention(
        why="whatever was decided by a rule is explained by it for as long as the decision is kept"
    )

    class Meta:
        verbose_name = _("本市规则版本")
        verbose_name_plural = _("本市规则版本")
        constraints = [
            models.UniqueConstraint(
                fields=["rule", "since"],
                condition=models.Q(state=RuleState.APPROVED),
                name="rule_version_of_a_day",
            )
        ]
        indexes = [models.Index(fields=["rule", "since"], name="rule_version_of_rule")]
