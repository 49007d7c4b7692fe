"""Stories 闭环: the causal chain of a case, from what was noticed first to how it ended.

Contexts say which entries of the ledger a case begins with (`BEGINNINGS`); everything else is read
from the ledger by cause, so no context has to know the others.
"""
