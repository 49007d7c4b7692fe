"""What happened to a file, for programs: its timeline, and version by version what was changed."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any
from uuid import UUID

from django.http import HttpRequest
from ninja import Router

from mingchu.accounts.access import actor_of, api_auth, requires
from mingchu.accounts.naming import actors_said
from mingchu.base import clock, paging
from mingchu.registry import history, timeline
from mingchu.registry.api.acting import READ
from mingchu.registry.api.as_of import file_said
from mingchu.registry.api.reading import reachable
from mingchu.registry.queries.parts import merged_into
from mingchu.registry.queries.past import Version, versions
from mingchu.registry.timeline import Line

router = Router(auth=api_auth, tags=["businesses"])


@router.get("/businesses/{str:code}/timeline", operation_id="business_timeline")
@requires(READ)
def business_timeline(
    request: HttpRequest, code: str, cursor: str = "", limit: int = paging.LIMIT_DEFAULT
) -> dict[str, Any]:
    """The entries of the ledger about a file and those merged into it, the newest first.

    `said` is in the language asked for; `evidence` can be had at /files/{id}.
    """
    known = reachable(request, code, READ)
    names = {known.pk: "", **{merge.gone_id: merge.gone.name for merge in merged_into(known)}}
    before = _entry(cursor) if cursor else None
    told = timeline.told(names, actor_of(request), before=before, limit=paging.limited(limit))
    following = paging.cursor(str(told.next)) if told.next else None
    return paging.page([_line(one) for one in told.lines], following)


def _entry(cursor: str) -> UUID:
    said = paging.place(cursor)
    try:
        return UUID(*said)
    except (TypeError, ValueError, AttributeError):
        paging.place("!")  # refuses, as it does whatever was made up
        raise


def _line(one: Line) -> dict[str, Any]:
    return {
        "entry": str(one.id),
        "kind": one.kind,
        "at": clock.city(one.at),
        "said": one.text,
        "who": one.who,
        "post": one.post,
        "cause": one.cause or None,
        "merged_from": one.name or None,
        "evidence": [{"id": str(file.pk), "name": file.name} for file in one.files],
    }


@router.get("/businesses/{str:code}/versions", operation_id="business_versions")
@requires(READ)
def business_versions(
    request: HttpRequest, code: str, cursor: str = "", limit: int = paging.LIMIT_DEFAULT
) -> dict[str, Any]:
    """Who changed what when and why, the newest first.

    `revision` is the one that was changed; a field of a part is named by the part's kind and id.
    """
    known = reachable(request, code, READ)
    top = paging.limited(limit)
    before = _revision(cursor) if cursor else None
    rows = versions(known, before=before, limit=top + 1)
    shown = rows[:top]
    who = actors_said({one.past.actor for one in shown})
    following = paging.cursor(shown[-1].past.revision) if len(rows) > top else None
    return paging.page([_version(one, who) for one in shown], following)


def _revision(cursor: str) -> int:
    said = paging.place(cursor)
    if len(said) != 1 or not isinstance(said[0], int):
        paging.place("!")
    return int(said[0])


def _version(one: Version, who: Mapping[str, str]) -> dict[str, Any]:
    before, after = file_said(one.before), file_said(one.after)
    return {
        "revision": one.past.revision,
        "at": clock.city(one.past.until),
        "who": who[one.past.actor],
        "why": one.past.why,
        "channel": one.past.channel,
        "changes": [
            {"field": path, "before": _at(before, path), "after": _at(after, path)}
            for path in history.differing(before, after)
        ],
    }


def _at(file: Mapping[str, Any], path: str) -> Any:
    """The value of `licences.17.expires`; None where the part was not there."""
    found: Any = file
    for name in path.split("."):
        found = found.get(name) if isinstance(found, Mapping) else None
    return found
