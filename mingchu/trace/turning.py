"""Turning pages 翻页: tokens that say where an answer goes on, for an hour, or until deleted.

A token is signed and belongs to one query of one asker: it names the place of the last event, the
moment the first page was asked for (what is recorded later is not in the answer, so pages come to
an end), and how many events are still wanted. Nothing is kept but the tokens that were deleted,
until they end.
"""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from datetime import datetime, timedelta
from hashlib import blake2b
from typing import Any, NamedTuple, Self
from urllib.parse import quote, urlencode
from uuid import UUID

from django.core import signing
from django.core.cache import cache
from django.http import HttpRequest

from mingchu.accounts.domain import Scope
from mingchu.base import clock
from mingchu.trace import problems, recording
from mingchu.trace.domain.asking import Asked, AskedWrong, Wrong, ask
from mingchu.trace.finding import ORDERED_TOP, Hit, Page, Place, find, find_ordered
from mingchu.trace.queries import Stored
from mingchu.trace.standing import NamedQuery

MINUTES = 60
SALT = "trace.events"
NOT_ASKED = ("nextPageToken", "perPage")


class Turn(NamedTuple):
    """Where a page begins, until when events count, how many more are wanted."""

    until: datetime
    after: Place | None = None
    left: int | None = None


class Query(NamedTuple):
    """What was asked at an address; `said` are its parameters, without those of paging, `mark`
    what else its pages belong to."""

    path: str
    said: tuple[tuple[str, str], ...]
    asked: Asked
    extensions: str
    token: str
    mark: str = ""

    @classmethod
    def standing(cls, request: HttpRequest, query: NamedQuery) -> Self:
        """A query under a name; its pages end with it, though another may get the name."""
        for name, values in request.GET.lists():
            if name not in NOT_ASKED:
                raise problems.of_query(AskedWrong(Wrong.UNKNOWN, name, values[0]))
        token = request.GET.get("nextPageToken", "")
        return cls(request.path, (), query.asked(), query.extensions, token, str(query.id))

    @classmethod
    def of(cls, request: HttpRequest, fixed: Sequence[tuple[str, str]] = ()) -> Self:
        said = tuple(
            (name, value)
            for name, values in request.GET.lists()
            if name not in NOT_ASKED
            for value in values
        )
        extensions = request.headers.get("GS1-Extensions", "")
        try:
            asked = ask([*fixed, *said], extensions)
        except AskedWrong as error:
            raise problems.of_query(error) from None
        token = request.GET.get("nextPageToken", "")
        return cls(request.path, said, asked, extensions, token)

    @property
    def name(self) -> str:
        """Which query a token belongs to."""
        text = urlencode(
            [("", self.path), *sorted(self.said), ("", self.extensions), ("", self.mark)]
        )
        return blake2b(text.encode(), digest_size=12).hexdigest()

    def address(self, token: str, limit: int) -> str:
        more = (("nextPageToken", token), ("perPage", str(limit)))
        return f"{quote(self.path, safe='/:')}?{urlencode((*self.said, *more))}"


def turn(
    query: Query, asker: str, scopes: Iterable[Scope], limit: int
) -> tuple[list[Stored], str | None]:
    """The events of one page and the token of the next; None at the end. Raises Refusal
    `bad_page`, `query_too_large`, `query_unbounded`, `query_order_unbounded`."""
    asked, known = query.asked, list(scopes)
    here = _read(query, asker) if query.token else Turn(recording.present(), None, asked.limit)
    if asked.most is not None and not query.token:
        _check_count(asked, known, here.until)
    if here.left is not None:
        limit = min(limit, here.left)
    page = _page(asked, known, here, limit + 1)
    hits = page.hits[:limit]
    if page.stopped is not None and not hits and not page.is_bound:
        raise problems.UNBOUNDED
    left = None if here.left is None else here.left - len(hits)
    after = hits[-1].place if len(page.hits) > limit else page.stopped
    is_over = after is None or left == 0
    token = None if is_over else _written(query, asker, Turn(here.until, after, left))
    return [hit.stored for hit in hits], token


def _page(asked: Asked, scopes: Sequence[Scope], here: Turn, limit: int) -> Page:
    by = asked.order_by
    if isinstance(by, str):
        return find(scopes, asked, limit=limit, until=here.until, after=here.after)
    page = find_ordered(scopes, asked, by, here.until)
    if page.stopped is not None:
        too_many = len(page.hits) > ORDERED_TOP
        raise problems.too_large(ORDERED_TOP) if too_many else problems.UNORDERED
    start = 0 if here.after is None else _behind(page.hits, here.after)
    return page._replace(hits=page.hits[start : start + limit])


def _behind(hits: Sequence[Hit], last: Place) -> int:
    """Events do not change and later ones do not count: each page sorts the same ones again."""
    for at, hit in enumerate(hits):
        if hit.place.key == last.key:
            return at + 1
    raise problems.bad_page("nextPageToken")


def _check_count(asked: Asked, scopes: Sequence[Scope], until: datetime) -> None:
    most = asked.most or 0
    page = find(scopes, asked, limit=most + 1, until=until)
    if page.stopped is not None:
        raise problems.too_large(most)


def ends() -> datetime:
    return clock.wall() + timedelta(minutes=MINUTES)


def token_of(asker: str, name: str, *place: Any) -> str:
    """A token for what goes on at `place` (JSON values); `name` says of which list it is."""
    return signing.dumps([asker, name, *place], salt=SALT)


def place_of(token: str, asker: str, name: str) -> list[Any]:
    """What `token_of` was told. Raises Refusal `bad_page` where the token is another's, of another
    list, too old, or deleted."""
    said = _said(token)
    if said is None or said[:2] != [asker, name] or cache.get(_mark(token)):
        raise problems.bad_page("nextPageToken")
    return said[2:]


def _written(query: Query, asker: str, turn: Turn) -> str:
    after = turn.after and [turn.after.at.isoformat(), turn.after.key.hex]
    return token_of(asker, query.name, turn.until.isoformat(), after, turn.left)


def _read(query: Query, asker: str) -> Turn:
    until, after, left = place_of(query.token, asker, query.name)
    place = after and Place(datetime.fromisoformat(after[0]), UUID(after[1]))
    return Turn(datetime.fromisoformat(until), place, left)


def _said(token: str) -> list[Any] | None:
    try:
        found: list[Any] = signing.loads(token, salt=SALT, max_age=MINUTES * 60)
    except signing.BadSignature:
        return None
    return found


def forget(token: str, asker: str) -> None:
    """Raises Refusal `not_found` where it is none of the asker's, or ended, or was deleted."""
    said = _said(token)
    if said is None or said[0] != asker or not cache.add(_mark(token), 1, MINUTES * 60):
        raise problems.NOT_FOUND


def _mark(token: str) -> str:
    return f"trace.token.{blake2b(token.encode(), digest_size=16).hexdigest()}"
