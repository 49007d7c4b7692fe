"""Kinds 单位、核对状态与形式: the closed lists a rule chooses from; no framework."""

from __future__ import annotations

from enum import StrEnum


class Unit(StrEnum):
    """What a value is counted in, or what kind of text it is."""

    WORKING_DAY = "working_day"
    CALENDAR_DAY = "calendar_day"
    MONTH = "month"
    YEAR = "year"
    HOUR = "hour"
    MINUTE = "minute"
    PERCENT = "percent"
    POINTS = "points"
    PEOPLE = "people"
    FEN = "fen"
    YUAN = "yuan"
    SQUARE_METRE = "square_metre"
    COUNT = "count"
    TIMES_PER_YEAR = "times_per_year"
    SHARE = "share"
    DEGREE = "degree"
    TABLE = "table"
    PATTERN = "pattern"
    TEXT = "text"
    CALENDAR = "calendar"


class Status(StrEnum):
    """How far a value was compared with its source; all but the first are shown beside it."""

    VERIFIED = "verified"
    SECONDARY = "secondary"
    RECALLED = "recalled"
    DEMO = "demo"


class Shape(StrEnum):
    """How a value reads and how it is asked."""

    PLAIN = "plain"
    BANDS = "bands"
    CHOICE = "choice"
    SHEET = "sheet"
    CALENDAR = "calendar"
