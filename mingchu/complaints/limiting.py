"""How much one address may send and guess in an hour; what an office or a family needs and more."""

from __future__ import annotations

from datetime import timedelta

from allauth.account.adapter import get_adapter
from django.http import HttpRequest

from mingchu.accounts import limits
from mingchu.accounts.limits import Tries

AN_HOUR = timedelta(hours=1)
LETTERS, TRIES, PHOTOS, PIECES, MISSES = 10, 60, 40, 600, 60


def _address(request: HttpRequest) -> str:
    return str(get_adapter(request).get_client_ip(request))


def letter(request: HttpRequest) -> Tries:
    """A letter that is in order."""
    return limits.hit(f"complain:{_address(request)}", LETTERS, AN_HOUR)


def attempt(request: HttpRequest) -> Tries:
    """A form that was sent, whatever is wrong with it."""
    return limits.hit(f"complain.try:{_address(request)}", TRIES, AN_HOUR)


def photo(request: HttpRequest) -> Tries:
    return limits.hit(f"complain.photo:{_address(request)}", PHOTOS, AN_HOUR)


def piece(request: HttpRequest) -> Tries:
    """A piece of a photo that is sent in pieces."""
    return limits.hit(f"complain.piece:{_address(request)}", PIECES, AN_HOUR)


def check_misses(request: HttpRequest) -> None:
    """Whoever guesses numbers is stopped before the next one is looked up."""
    limits.seen(f"complain.miss:{_address(request)}", MISSES - 1).refuse_if_over()


def miss(request: HttpRequest) -> None:
    limits.hit(f"complain.miss:{_address(request)}", MISSES, AN_HOUR)
