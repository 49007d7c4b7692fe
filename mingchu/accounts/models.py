"""People who use the house."""

from __future__ import annotations

from django.contrib.auth.models import AbstractUser


class User(AbstractUser):
    class Meta:
        verbose_name = "人员"
        verbose_name_plural = "人员"
