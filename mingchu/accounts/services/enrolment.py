"""Enrolment 开户: a sheet of paper lets a person in, once, with a PIN told apart from it."""

from __future__ import annotations

import secrets
from dataclasses import dataclass
from datetime import timedelta

from django.contrib.auth.hashers import check_password, make_password
from django.db import transaction
from django.db.models import F
from django.utils.translation import gettext_noop as _noop

from mingchu.accounts import events
from mingchu.accounts.domain import Actor, Scope
from mingchu.accounts.models import Enrolment, Post, User
from mingchu.accounts.passwords import is_light
from mingchu.accounts.queries import digest, open_posts
from mingchu.accounts.services.links import link_is_dead
from mingchu.accounts.services.people import check_post, enrol_person, give_post, role_of
from mingchu.base import clock
from mingchu.base.errors import Refusal
from mingchu.ledger.services import record

ENROLMENT_DAYS = 14
RESET_DAYS = 2
ENROLMENT_TRIES = 5
PIN_DIGITS = 6


@dataclass(frozen=True)
class NewPerson:
    """What somebody says of himself when he opens an account."""

    username: str
    name: str
    password: str
    phone: str = ""


@dataclass(frozen=True)
class Invitation:
    """An enrolment with the two secrets that travel apart."""

    enrolment: Enrolment
    token: str
    pin: str


@transaction.atomic
def issue_enrolment(
    *, role: str, scope: Scope, by: Actor, days: int = ENROLMENT_DAYS
) -> Invitation:
    """A sheet for one person and one post; link and PIN are shown now and never again."""
    made = _sheet(role=role, scope=scope, by=by, days=days)
    record(
        events.EnrolmentIssued(
            subject=f"enrolment:{made.enrolment.pk}",
            enrolment_id=made.enrolment.pk,
            role=role,
            scope=str(scope),
            expires=made.enrolment.expires_at,
        )
    )
    return made


@transaction.atomic
def issue_reset(*, post: Post, by: Actor, days: int = RESET_DAYS) -> Invitation:
    """A sheet by which somebody who forgot the password sets a new one.

    Only whoever could give every post the person holds may issue it: a sheet for somebody
    higher would be a way into the higher desk.
    """
    for held in open_posts().filter(user=post.user):
        check_post(role_of(held.role), held.scope, by)
    made = _sheet(role=post.role, scope=post.scope, by=by, days=days, person=post.user)
    record(
        events.ResetIssued(
            subject=f"user:{post.user_id}",
            enrolment_id=made.enrolment.pk,
            user_id=post.user_id,
            expires=made.enrolment.expires_at,
        )
    )
    return made


def _sheet(
    *, role: str, scope: Scope, by: Actor, days: int, person: User | None = None
) -> Invitation:
    place = check_post(role_of(role), scope, by)
    token, pin = secrets.token_urlsafe(24), _pin()
    enrolment = Enrolment.objects.create(
        token_digest=digest(token),
        pin_digest=make_password(pin),
        role=role,
        scope_kind=scope.kind,
        scope_code=scope.code,
        district=place.district,
        station=place.station,
        person=person,
        issued_by=User.objects.get(pk=by.user_id or 0),
        expires_at=clock.now() + timedelta(days=days),
        tries_left=ENROLMENT_TRIES,
    )
    return Invitation(enrolment, token, pin)


def open_enrolment(token: str) -> Enrolment:
    """The enrolment behind a link, if it can still be used."""
    found = Enrolment.objects.filter(token_digest=digest(token)).first()
    if found is None or found.used_at or found.voided_at or found.expires_at <= clock.now():
        raise link_is_dead()
    if found.tries_left == 0:
        raise Refusal(
            "enrolment_locked",
            _noop("校验码错误次数太多，开户单已作废"),
            fix=_noop("请联系签发人重新开具"),
            status=403,
        )
    return found


def accept_enrolment(*, token: str, pin: str, person: NewPerson | User) -> User:
    """Whoever holds link and PIN gets the post, in a new account or the one signed in."""
    return _settle(_opened(token, pin), person)


@transaction.atomic
def _set_password(sheet: Enrolment, password: str) -> User:
    user = sheet.person
    if user is None:
        raise link_is_dead()
    _use_up(sheet, user)
    user.set_password(password)
    user.save(update_fields=["password"])
    record(events.ResetAccepted(subject=f"user:{user.pk}", enrolment_id=sheet.pk, user_id=user.pk))
    return user


def accept_reset(*, token: str, pin: str, password: str) -> User:
    """Whoever holds link and PIN has a new password; all older sessions end with the old one."""
    return _set_password(_opened(token, pin), password)


def _opened(token: str, pin: str) -> Enrolment:
    """The sheet, if the PIN is right.

    A try is taken before the PIN is looked at and outside of the transaction, so that a wrong
    one costs a try whatever happens next, also when many are sent at once.
    """
    enrolment = open_enrolment(token)
    taken = Enrolment.objects.filter(pk=enrolment.pk, tries_left__gt=0, used_at=None).update(
        tries_left=F("tries_left") - 1
    )
    if not taken or not check_password(pin, enrolment.pin_digest):
        raise Refusal(
            "wrong_pin",
            _noop("校验码不对"),
            fix=_noop("请核对签发人告诉您的{digits}位数字，再错几次开户单会作废"),
            status=403,
            digits=PIN_DIGITS,
        )
    return enrolment


@transaction.atomic
def _settle(enrolment: Enrolment, person: NewPerson | User) -> User:
    user = (
        person
        if isinstance(person, User)
        else enrol_person(
            username=person.username,
            name=person.name,
            password=person.password,
            phone=person.phone,
        )
    )
    if isinstance(person, User) and is_light(user) and not role_of(enrolment.role).light:
        raise Refusal(
            "needs_an_account_of_its_own",
            _noop("这个岗位要用单独的账号，不能加到凭开户单开的账号上"),
            fix=_noop("请退出登录，再扫码开户"),
        )
    _use_up(enrolment, user)
    post = give_post(user=user, role=enrolment.role, scope=enrolment.scope)
    record(
        events.EnrolmentAccepted(
            subject=f"enrolment:{enrolment.pk}", enrolment_id=enrolment.pk, post_id=post.pk
        )
    )
    return user


def _use_up(sheet: Enrolment, user: User) -> None:
    """One of two who send the same sheet at once wins."""
    unused = Enrolment.objects.filter(pk=sheet.pk, used_at=None)
    if not unused.update(used_at=clock.now(), used_by=user):
        raise link_is_dead()


@transaction.atomic
def void_enrolment(*, enrolment: Enrolment, by: Actor) -> None:
    """A sheet that went astray opens nothing any more."""
    check_post(role_of(enrolment.role), enrolment.scope, by)
    if enrolment.used_at or enrolment.voided_at:
        return
    enrolment.voided_at = clock.now()
    enrolment.save(update_fields=["voided_at"])
    record(events.EnrolmentVoided(subject=f"enrolment:{enrolment.pk}", enrolment_id=enrolment.pk))


def _pin() -> str:
    return f"{secrets.randbelow(10**PIN_DIGITS):0{PIN_DIGITS}}"
