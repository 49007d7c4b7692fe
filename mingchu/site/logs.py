"""Logs: one line per act, key=value, each with the request it belongs to."""

from __future__ import annotations

import logging
from typing import Any

from mingchu.base import trail


class Request(logging.Filter):
    """Writes the running request's id into every record."""

    def filter(self, record: logging.LogRecord) -> bool:
        record.request_id = trail.request_id() or "-"
        return True


def configuration(level: str = "INFO") -> dict[str, Any]:
    """For `logging.config`: everything to standard error, whence the supervisor keeps it.

    Django's own line for each refused request would only repeat ours.
    """
    return {
        "version": 1,
        "disable_existing_loggers": False,
        "filters": {"request": {"()": Request}},
        "formatters": {
            "line": {
                "format": "%(asctime)s level=%(levelname)s logger=%(name)s "
                "request=%(request_id)s %(message)s"
            }
        },
        "handlers": {
            "stderr": {
                "class": "logging.StreamHandler",
                "formatter": "line",
                "filters": ["request"],
            }
        },
        "loggers": {
            "django": {"level": level, "propagate": True, "handlers": []},
            "django.request": {"level": "ERROR"},
            "django.server": {"level": "ERROR"},
            # Whoever scans the net asks by wrong names all day; the request line is enough.
            "django.security.DisallowedHost": {"level": "CRITICAL"},
            # They tell each schedule again in every process.
            "procrastinate.blueprints": {"level": "WARNING"},
            "procrastinate.periodic": {"level": "WARNING"},
        },
        "root": {"handlers": ["stderr"], "level": level},
    }
