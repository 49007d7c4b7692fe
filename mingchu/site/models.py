"""The site's own small tables: counters, answers kept for repeated requests."""

from __future__ import annotations

from django.db import models


class Meter(models.Model):
    """A counter of the whole house, summed from its processes; UNLOGGED, lost in a crash."""

    name = models.CharField("名称", max_length=100)
    labels = models.CharField("标签", max_length=400)
    value = models.FloatField("值")

    class Meta:
        verbose_name = "计数"
        verbose_name_plural = "计数"
        constraints = [models.UniqueConstraint(fields=["name", "labels"], name="meter_once")]


class KeptAnswer(models.Model):
    """The answer to a request with an Idempotency-Key, given again when the request repeats."""

    owner = models.CharField("请求者摘要", max_length=64)
    key = models.CharField("幂等键", max_length=100)
    request = models.CharField("请求摘要", max_length=64)
    status = models.PositiveSmallIntegerField("状态", default=0)
    kind = models.CharField("类型", max_length=100, default="")
    body = models.BinaryField("回答", default=b"")
    at = models.DateTimeField("时间", db_index=True)

    class Meta:
        verbose_name = "幂等回答"
        verbose_name_plural = "幂等回答"
        constraints = [models.UniqueConstraint(fields=["owner", "key"], name="kept_answer_once")]


class Process(models.Model):
    """A process of the house and when it was last seen alive; UNLOGGED."""

    name = models.CharField("进程", max_length=40)
    pid = models.PositiveIntegerField("进程号")
    started = models.DateTimeField("启动时间")
    seen = models.DateTimeField("最近一次活动")

    class Meta:
        verbose_name = "进程"
        verbose_name_plural = "进程"
        constraints = [models.UniqueConstraint(fields=["name", "pid"], name="process_once")]
