"""Importers of facts 事实清单: what businesses are like, what visits found, why a grade may move,
and what is held against a business, from Excel.

A fact is added, never changed: a row that is known already stays out. A list is taken back whole
but for what a grade or a decision stands on by now.
"""

from mingchu.risk.importing.facts import CreditFacts
from mingchu.risk.importing.grounds import Grounds
from mingchu.risk.importing.profiles import Profiles
from mingchu.risk.importing.visits import Visits

__all__ = ["CreditFacts", "Grounds", "Profiles", "Visits"]
