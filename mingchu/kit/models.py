"""Imports: the file as it came, what was made of it, and what each row changed."""

from __future__ import annotations

from typing import ClassVar

from django.db import models
from django.utils.translation import gettext_lazy as _

from mingchu.base import clock
from mingchu.base.retention import Retention


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
    COLUMNS = "columns", _("待确认列")
    EXAMINED = "examined", _("已试导")
    APPLIED = "applied", _("已导入")
    UNDONE = "undone", _("已撤销")


class ImportBatch(models.Model):
    """One file on its way in: recognised, tried, applied, perhaps undone."""

    importer = models.CharField(_("清单"), max_length=40)
    # The file may be gone by retention while the batch, which holds no personal data, stays.
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
