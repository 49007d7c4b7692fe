"""Two files of one subject for programs: suggested, merged, parted again, or found to be two."""

from __future__ import annotations

from typing import Any

from django.http import Http404, HttpRequest
from ninja import Router

from mingchu.accounts.access import actor_of, api_auth, requires
from mingchu.base import paging
from mingchu.kit.bodies import described, read
from mingchu.registry import domain, queries, services
from mingchu.registry.api.acting import READ, WRITE, Act, Exact, said_why, there
from mingchu.registry.api.reading import reachable, short
from mingchu.registry.models import Business, Merge, NotSame
from mingchu.registry.queries import Ground, Pair

router = Router(auth=api_auth, tags=["merges"])


class PairIn(Exact):
    one: str
    other: str


class MergeIn(Exact):
    """The revisions are those at which the two files were compared."""

    kept: str
    gone: str
    why: str
    kept_revision: int | None = None
    gone_revision: int | None = None


class UndoIn(Act):
    """`revision` is the kept file's; the other cannot change while it is merged."""


# Suggestions


@router.get("/duplicates", operation_id="list_duplicates")
@requires(WRITE)
def list_duplicates(
    request: HttpRequest,
    by: Ground = Ground.NAME,
    cursor: str = "",
    limit: int = paging.LIMIT_DEFAULT,
) -> dict[str, Any]:
    """Pairs that one ground speaks for, with all that do; `next` may stand on an empty page.

    `kept` is the file that would better stay.
    """
    page = queries.duplicates(
        actor_of(request).scopes_for(WRITE), by, cursor=cursor, limit=paging.limited(limit)
    )
    return paging.page([_suggested(pair) for pair in page.rows], page.next)


def _suggested(pair: Pair) -> dict[str, Any]:
    kept, gone = pair.better_first
    return {
        "kept": _compared(kept),
        "gone": _compared(gone),
        "grounds": pair.grounds,
        "likeness": round(pair.likeness, 2),
    }


def _compared(one: Business) -> dict[str, Any]:
    return {**short(one), "station": one.station, "address": one.address, "phone": one.phone}


@router.get("/duplicates/apart", operation_id="list_apart")
@requires(WRITE)
def list_apart(
    request: HttpRequest, cursor: str = "", limit: int = paging.LIMIT_DEFAULT
) -> dict[str, Any]:
    """Pairs that somebody found to be two, the newest first; they are not suggested."""
    scopes = actor_of(request).scopes_for(WRITE)
    page = queries.marks(scopes, cursor=cursor, limit=paging.limited(limit))
    return paging.page([_mark(one) for one in page.rows], page.next)


@router.post("/duplicates/apart", operation_id="not_same", openapi_extra=described(PairIn))
@requires(WRITE)
def not_same(request: HttpRequest) -> dict[str, Any]:
    """Somebody looked: two subjects. Said again, nothing changes."""
    said = read(request, PairIn)
    one, other = (domain.number_of(code) for code in (said.one, said.other))
    scopes = actor_of(request).scopes_for(WRITE)
    if one == other or queries.pair(scopes, one, other) is None:
        raise Http404
    return _mark(services.not_same(one=one, other=other))


@router.post("/duplicates/apart/{int:pk}/withdrawal", operation_id="take_back_not_same")
@requires(WRITE)
def take_back_not_same(request: HttpRequest, pk: int) -> dict[str, Any]:
    """They may be one after all, and are suggested again."""
    mark = there(queries.mark_of(actor_of(request).scopes_for(WRITE), pk))
    services.take_back_not_same(mark=mark)
    return _mark(mark)


def _mark(one: NotSame) -> dict[str, Any]:
    return {
        "id": one.pk,
        "one": domain.public_id(one.one_id),
        "other": domain.public_id(one.other_id),
    }


# Merges


@router.get("/merges", operation_id="list_merges")
@requires(READ)
def list_merges(
    request: HttpRequest, cursor: str = "", limit: int = paging.LIMIT_DEFAULT
) -> dict[str, Any]:
    """The newest first, by where the kept file lies; `revision` is its."""
    scopes = actor_of(request).scopes_for(READ)
    page = queries.merges(scopes, cursor=cursor, limit=paging.limited(limit))
    return paging.page([_merge(one) for one in page.rows], page.next)


@router.post("/merges", operation_id="merge_businesses", openapi_extra=described(MergeIn))
@requires(WRITE)
def merge_businesses(request: HttpRequest) -> dict[str, Any]:
    """Two files of one subject become one."""
    said = read(request, MergeIn)
    kept, gone = (reachable(request, code, WRITE) for code in (said.kept, said.gone))
    services.check_why(said.why)
    seen = {kept.pk: said.kept_revision, gone.pk: said.gone_revision}
    done = services.merge(
        kept=kept.pk,
        gone=gone.pk,
        why=said.why,
        revisions={number: read for number, read in seen.items() if read is not None},
    )
    return _merge(done)


@router.post("/merges/{int:pk}/undo", operation_id="undo_merge", openapi_extra=described(UndoIn))
@requires(WRITE)
def undo_merge(request: HttpRequest, pk: int) -> dict[str, Any]:
    """The two files as they were before, but for what was changed since in the kept one."""
    found = there(queries.merge_of(actor_of(request).scopes_for(WRITE), pk))
    said = said_why(request, UndoIn)
    return _merge(services.undo_merge(merge=found, why=said.why, revision=said.revision))


def _merge(done: Merge) -> dict[str, Any]:
    return {
        "id": done.pk,
        "kept": domain.public_id(done.kept_id),
        "gone": domain.public_id(done.gone_id),
        "why": done.why,
        "at": done.at,
        "undone_at": done.undone_at,
        "revision": done.kept.revision,
    }
