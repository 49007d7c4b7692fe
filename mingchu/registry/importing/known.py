"""What is known of the businesses a list may speak of, asked once for all of it."""

from __future__ import annotations

import json
from collections.abc import Iterable, Sequence
from datetime import date, timedelta
from functools import cached_property

from mingchu.base import clock
from mingchu.identifiers import check
from mingchu.ledger.queries import told_of
from mingchu.registry import identity, queries, services
from mingchu.registry.domain import Channel, subject
from mingchu.registry.importing.rows import Said
from mingchu.registry.models import Business, Licence
from mingchu.registry.pinyin import sort_key
from mingchu.registry.services.many import of_numbers
from mingchu.registry.services.posting import dead

BY_HAND = frozenset({Channel.FORM.value, Channel.DESK.value})


class Known:
    """Businesses by code, by licence, by place; who died; who works where."""

    def __init__(self, rows: Sequence[Said], as_of: date):
        self.as_of = as_of
        codes = {str(one.values["code"]) for one in rows if one.values.get("code")}
        codes |= {str(one.values["head"]) for one in rows if one.values.get("head")}
        self.pk_of_code = self._pks_of(codes)
        self.holders = _holders({number for one in rows for number in one.numbers})
        pks = {*self.pk_of_code.values(), *self.holders.values()}
        self.by_pk = _files(pks)
        bare = _unnamed(rows)
        self.by_pk |= {one.pk: one for one in bare}
        self.by_place: dict[tuple[str, str], list[Business]] = {}
        for one in bare:
            self.by_place.setdefault((one.name, one.address), []).append(one)
        self.by_keeper = {
            (one.kind, one.identity_digest, one.address): one for one in bare if one.identity_digest
        }
        self._people(rows)

    @staticmethod
    def _pks_of(codes: set[str]) -> dict[str, int]:
        """Whoever has a code now; a merged file's is that of the one it went into."""
        listed, merged = queries.of_codes(codes)
        gone = {code: pk for code, pk in merged.values_list("code", "merged_into") if pk}
        return {**gone, **dict(listed.values_list("code", "pk"))}

    def _people(self, rows: Iterable[Said]) -> None:
        self.digests = {
            person.identity: identity.digest(check("resident_id", person.identity).value)
            for one in rows
            for person in one.people
            if person.identity
        }
        self.dead = dead(self.digests.values())
        there = queries.people_of_digests(self.digests.values()).filter(until__isnull=True)
        posts = there.values_list("identity_digest", "business_id")
        self.posts: dict[str, set[int]] = {}
        for digest, business in posts:
            self.posts.setdefault(digest, set()).add(business)

    def of(self, one: Said) -> Business | None:
        """The business of a row; a Refusal where code and licence speak of two."""
        code = str(one.values.get("code") or "")
        own = {self.holders[number] for number in one.numbers if number in self.holders}
        if code in self.pk_of_code:
            own.add(self.pk_of_code[code])
        found = [self.by_pk[pk] for pk in own]
        if len(found) > 1 or any(code and has.code not in ("", code) for has in found):
            raise services.licence_taken("、".join(one.numbers))
        if found:
            return found[0]
        keeper = self._keeper(one)
        if keeper in self.by_keeper:
            return self.by_keeper[keeper]
        return None if one.is_named or keeper else self._at_place(one)

    def _at_place(self, one: Said) -> Business | None:
        """By name, district and address; by name and address alone where the district is unknown
        and only one has them."""
        key = str(one.values["name"]), str(one.values.get("address") or "")
        there, district = self.by_place.get(key, []), one.facts.get("district")
        if district is None:
            return there[0] if len(there) == 1 else None
        return next((has for has in there if has.district == district), None)

    def _keeper(self, one: Said) -> tuple[str, str, str] | None:
        """Of whoever has no code: kind, identity and place."""
        typed = str(one.values.get("principal_identity") or "")
        if one.values.get("code") or not typed:
            return None
        return str(one.values["kind"]), self.digests[typed], str(one.values.get("address") or "")

    def is_kept(self, business: Business, name: str) -> str:
        """What is said of the source of a field that a person set after the list's day, else ""."""
        said = str(business.sources.get(name, ""))
        channel, _, day = said.partition(" ")
        return said if channel in BY_HAND and day > self.as_of.isoformat() else ""

    @cached_property
    def people_by_hand(self) -> set[tuple[int, str]]:
        """(person, field) that somebody corrected after the list's day."""
        since = clock.midnight(self.as_of + timedelta(days=1))
        told = told_of([subject(pk) for pk in self.by_pk], "registry.person_corrected", since)
        return {
            (data["person_id"], name)
            for data in map(json.loads, told)
            if data["channel"] in BY_HAND
            for name in data["fields"]
        }

    @cached_property
    def heads(self) -> dict[int, int]:
        """Every branch and its head office."""
        rows = Business.objects.filter(head__isnull=False).values_list("pk", "head_id")
        return {pk: head for pk, head in rows if head}


def _holders(numbers: set[str]) -> dict[str, int]:
    return dict(
        Licence.objects.filter(number__in=queries.any_of(numbers)).values_list(
            "number", "business_id"
        )
    )


def _files(pks: Iterable[int]) -> dict[int, Business]:
    rows = of_numbers(pks).defer("search_text").prefetch_related("licences", "people")
    return {one.pk: one for one in rows}


def _unnamed(rows: Iterable[Said]) -> list[Business]:
    """Businesses without a code that have the name of a row without one."""
    names = {str(one.values["name"]) for one in rows if not one.values.get("code")}
    if not names:
        return []
    # The index of the list is by pinyin, and a name has one.
    keys = queries.any_of({sort_key(name) for name in names})
    found = Business.objects.filter(queries.LISTED, sort_key__in=keys, code="")
    files = found.defer("search_text").prefetch_related("licences", "people")
    return [one for one in files if one.name in names]
