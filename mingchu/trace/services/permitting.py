"""Permitting 准许: whether a sender may say what his events say, asked before they are stored."""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence
from uuid import UUID

from mingchu.trace import allotments
from mingchu.trace.domain import keys
from mingchu.trace.domain.allotting import Original, check_declared, check_made
from mingchu.trace.domain.reading import Judged
from mingchu.trace.domain.words import Broken
from mingchu.trace.queries import originals
from mingchu.trace.rows import Sent


class Permit:
    """What one sender may say, by what is allotted now."""

    def __init__(self, party: str):
        self.party = party
        self.rule = allotments.rule()

    def check(self, judged: Judged) -> None:
        """Raises Broken where he brings into being what is not his. Declarations are another's
        word on what was: they are looked at together."""
        if "errorDeclaration" not in judged.members:
            check_made(judged.members, self.party, self.rule)

    def refused(self, sent: Sequence[Sent]) -> Mapping[int, Broken]:
        """Of all events of a document the declarations he may not make, by their number."""
        declared = [one for one in sent if "errorDeclaration" in one.judged.members]
        if not declared:
            return {}
        there = self._originals(sent, declared)
        found = {}
        for one in declared:
            members, hashed = one.judged.members, one.identity.hash
            try:
                check_declared(members, hashed, there.get(_key(one)), self.party, self.rule)
            except Broken as broken:
                found[one.place] = broken
        return found

    def _originals(self, sent: Iterable[Sent], declared: Sequence[Sent]) -> dict[UUID, Original]:
        """What is stored goes before what comes in the same document, which is the sender's."""
        beside = {
            UUID(bytes=one.identity.key): Original(self.party, one.identity.hash)
            for one in sent
            if "errorDeclaration" not in one.judged.members
        }
        return beside | originals([_key(one) for one in declared])


def _key(declared: Sent) -> UUID:
    """The key of the event that a declaration is about."""
    name = declared.judged.members.get("eventID", declared.identity.hash)
    return UUID(bytes=keys.key(name, is_declaration=False))
