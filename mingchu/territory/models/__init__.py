"""Rows of territorial duty."""

from mingchu.territory.models.cadres import Beat, Cadre, Rank
from mingchu.territory.models.visits import Assignment, LevelName, Visit, VisitState

__all__ = ["Assignment", "Beat", "Cadre", "LevelName", "Rank", "Visit", "VisitState"]
