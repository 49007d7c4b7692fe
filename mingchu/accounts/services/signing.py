"""Signing PINs 签名口令: how an officer confirms a record on a colleague's phone."""

from __future__ import annotations

import hmac
import secrets
from datetime import timedelta

from django.contrib.auth.hashers import check_password, make_password
from django.db import transaction
from django.utils.translation import gettext_noop as _noop

from mingchu.accounts import events
from mingchu.accounts.domain import Actor, PinAnswer, is_guessable
from mingchu.accounts.keys import SIGNING_PINS
from mingchu.accounts.models import SigningPin, User
from mingchu.accounts.queries import certificate_lapsed, is_certified
from mingchu.base import clock
from mingchu.base.errors import Refusal
from mingchu.ledger.services import record

SIGNING_DIGITS = 6
SIGNING_TRIES = 5
SIGNING_LOCKED = timedelta(minutes=15)
REMEMBERED = 256
_PROCESS = secrets.token_bytes(32)
_right: dict[bytes, None] = {}


@transaction.atomic
def set_signing_pin(user: User, pin: str, by: Actor | None = None) -> None:
    """The officer's new PIN, by himself; it lifts a lock, since he has shown who he is.

    `by` nobody means the house itself (demo). Raises Refusal `not_your_pin`,
    `certificate_lapsed`, `pin_not_digits`, `pin_guessable`.
    """
    if by is not None and by.user_id != user.pk:
        raise Refusal(
            "not_your_pin",
            _noop("签名口令只能由本人设置"),
            fix=_noop("请本人登录后在“我的账号”里设置"),
            status=403,
        )
    if not is_certified(user):
        raise certificate_lapsed()
    _check_choice(user, pin)
    SigningPin.objects.update_or_create(
        user=user,
        defaults={
            "sealed_hash": SIGNING_PINS.seal(make_password(pin)),
            "set_at": clock.now(),
            "wrong": 0,
            "locked_until": None,
        },
    )
    record(events.SigningPinSet(subject=f"user:{user.pk}"))


def _check_choice(user: User, pin: str) -> None:
    if len(pin) != SIGNING_DIGITS or not (pin.isascii() and pin.isdigit()):
        raise Refusal(
            "pin_not_digits",
            _noop("签名口令不是{digits}位数字"),
            fix=_noop("请输入{digits}位数字"),
            status=422,
            digits=SIGNING_DIGITS,
        )
    if is_guessable(pin, (user.username, user.phone, user.certificate_no)):
        raise Refusal(
            "pin_guessable",
            _noop("这个签名口令太容易猜到"),
            fix=_noop("不要用连续、重复的数字，也不要取自登录账号、手机号或执法证号"),
            status=422,
        )


def check_signing_pin(user: User, pin: str) -> PinAnswer:
    """Whether the PIN is the officer's; after five wrong ones in a row none counts for a while.

    To be asked before the caller's own transaction, never inside it (RuntimeError): the try is
    committed before the PIN is looked at, so that nothing rolled back afterwards forgets it, and
    many sent at once are all counted.
    """
    kept = _take_a_try(user)
    if not isinstance(kept, SigningPin):
        return kept
    if not _is_right(kept.sealed_hash, pin):
        return PinAnswer.WRONG
    # Only of the PIN that was looked at: the officer may just have set another.
    same = SigningPin.objects.filter(pk=kept.pk, sealed_hash=kept.sealed_hash)
    same.update(wrong=0, locked_until=None)
    return PinAnswer.OK


def _is_right(sealed_hash: str, pin: str) -> bool:
    """The hash is slow on purpose; a phone that brings a day of records is asked for it once.

    What is remembered is a keyed digest of a PIN that was right, in this process alone.
    """
    proof = hmac.new(_PROCESS, f"{sealed_hash}:{pin}".encode(), "sha256").digest()
    if proof in _right:
        return True
    if not check_password(pin, SIGNING_PINS.unseal(sealed_hash)):
        return False
    while len(_right) >= REMEMBERED:
        _right.pop(next(iter(_right)), None)
    _right[proof] = None
    return True


@transaction.atomic(durable=True)
def _take_a_try(user: User) -> SigningPin | PinAnswer:
    """Wall time on purpose: a demo clock that is set forward must not unlock anything."""
    kept = SigningPin.objects.select_for_update().filter(user=user).first()
    if kept is None:
        return PinAnswer.NONE
    now = clock.wall()
    if kept.locked_until:
        if now < kept.locked_until:
            return PinAnswer.LOCKED
        kept.wrong, kept.locked_until = 0, None
    kept.wrong += 1
    if kept.wrong >= SIGNING_TRIES:
        kept.locked_until = now + SIGNING_LOCKED
    kept.save(update_fields=["wrong", "locked_until"])
    return kept
