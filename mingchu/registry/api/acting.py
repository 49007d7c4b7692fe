"""What acts of programs have in common: whose file it is, what they say, what they answer.

`revision`, where it is sent, is the one the caller read: of the file for all that belongs to it,
of the person for what is done with one. Somebody else's change in between is refused instead of
overwritten.
"""

from __future__ import annotations

from collections.abc import Collection
from typing import Annotated, TypeVar

from django.db.models import Model
from django.http import Http404, HttpRequest
from ninja import Field, Schema
from pydantic import ConfigDict

from mingchu.accounts.access import actor_of, check
from mingchu.accounts.domain import Place
from mingchu.kit.bodies import read
from mingchu.kit.files import uploads
from mingchu.kit.models import Upload
from mingchu.registry import services
from mingchu.registry.models import Business
from mingchu.registry.values import FILES_TOP

WRITE = "registry.write"
READ = "registry.read"


class Exact(Schema):
    """A body in which an unknown field is a mistake, not a wish that is ignored."""

    model_config = ConfigDict(extra="forbid")


class Revised(Exact):
    revision: int | None = None


class Act(Revised):
    why: str


Digests = Annotated[
    list[str],
    Field(
        max_length=FILES_TOP,
        description="SHA-256 of files that the caller has sent by PUT /blobs/{sha256}.",
    ),
]
Said = TypeVar("Said", bound=Act)
Row = TypeVar("Row", bound=Model)


def said_why(request: HttpRequest, schema: type[Said]) -> Said:
    """The body of an act that says why it is done."""
    said = read(request, schema)
    services.check_why(said.why)
    return said


def may_write_there(request: HttpRequest, district: str, station: str) -> None:
    check(request, WRITE, Place(district=district, station=station))


def sent(request: HttpRequest, digests: Collection[str]) -> list[Upload]:
    """Files the caller has sent before, by the SHA-256 he sent them under."""
    by = actor_of(request)
    return [uploads.whole(by, digest) for digest in dict.fromkeys(digests)]


def there(found: Row | None) -> Row:
    """The row that was asked for; another file's is none of this one."""
    if found is None:
        raise Http404
    return found


def again(known: Business) -> Business:
    known.refresh_from_db()
    return known
