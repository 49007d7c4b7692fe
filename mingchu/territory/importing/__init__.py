"""The roster of duty cadres 包保干部花名册 as a list from Excel."""

from mingchu.territory.importing.importer import DutyRoster
from mingchu.territory.importing.layout import ROSTER

__all__ = ["ROSTER", "DutyRoster"]
