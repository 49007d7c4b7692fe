"""Supervision by grade and credit in the demo: what is held against firms, who else came to the
door, and what people decided on grades in the played days.

Penalties and visits of other departments are history. Cases to raise and to lower are recorded as
they come and decided some days later by the bureau of the district, but for the last; a few grades
are set by a person for a while; a few businesses object.
"""

from __future__ import annotations

import re
from collections.abc import Callable, Iterator, Mapping, Sequence
from datetime import date, timedelta
from functools import cache, partial
from pathlib import Path
from typing import Any

import yaml

from mingchu.accounts.models import Post
from mingchu.accounts.queries import actor_for
from mingchu.base import clock
from mingchu.base.stage import Stage
from mingchu.demo.agenda import Act, Cast, as_, is_office_day, moment
from mingchu.demo.plan import plan
from mingchu.registry import domain as registry
from mingchu.registry.models import Business
from mingchu.risk import services as risk
from mingchu.risk.models import Direction, Grade, Ground, Objection, ObjectionState, Origin, Source
from mingchu.risk.services import crediting, listing
from mingchu.risk.services.classing import reckon
from mingchu.risk.values import NewGround, NewVisit

FIRMS = ("company", "cooperative")
SCALE = "ABCD"
DECIDED_DAYS = 6  # after which a bureau decides, but for the last days
OVERRIDE_DAYS = 100
HISTORY_DAYS, YEAR_DAYS = 700, 250
NINTH, THIRD = 9, 3
FEW = 3
LAST_DAYS = 3  # of the last one of each kind nobody has decided yet
BESIDE = 1_000  # the number of the case that rules out the first one to lower
NUMBER = re.compile(r"第(\d+)号")


@cache
def _texts() -> Mapping[str, Any]:
    found: Mapping[str, Any] = yaml.safe_load(
        (Path(__file__).parent / "supervision.yaml").read_text(encoding="utf-8")
    )
    return found


# ── What lies before the played days ──


def standing(stage: Stage, day: date) -> None:
    """Facts against firms, and visits of other departments."""
    crediting.note_facts(_facts(stage, _open(legal_form__in=FIRMS), day))
    risk.record_visits_many(_other_visits(stage, day), source=Source.HISTORY)


def _open(**asked: Any) -> list[int]:
    rows = Business.objects.filter(state="open", merged_into__isnull=True, **asked)
    return list(rows.order_by("pk").values_list("pk", flat=True))


def _number(stage: Stage, per_city: int) -> int:
    """As many as the city has for its size, and a few at least."""
    return max(FEW, round(per_city * stage.businesses / plan().size))


def _facts(stage: Stage, firms: Sequence[int], day: date) -> Iterator[crediting.NewFact]:
    for kind, per_city in plan().supervision["facts"].items():
        random = stage.random("facts", kind)
        for n in range(_number(stage, per_city) if firms else 0):
            yield crediting.NewFact(
                business_id=random.choice(firms),
                kind=kind,
                day=day - timedelta(days=1 + int(random.random() * HISTORY_DAYS)),
                reference=f"演示{kind[0].upper()}{n + 1:04d}号",
                source="演示市市场监督管理局",
                origin=Origin.HISTORY,
            )


def _other_visits(stage: Stage, day: date) -> Iterator[NewVisit]:
    """Fire, health, environment; those who came together have one mark and count once."""
    everybody, said = _open(), plan().supervision
    for department, per_city in said["departments"].items():
        random = stage.random("department", department)
        some = random.sample(everybody, min(_number(stage, per_city), len(everybody)))
        for number in sorted(some):
            together = number * 7 % 100 < said["joint_pct"]
            back = number % YEAR_DAYS if together else int(random.random() * YEAR_DAYS)
            seen = day - timedelta(days=1 + back)
            yield NewVisit(
                business=number,
                day=seen,
                known_on=seen,
                department=department,
                full_list=False,
                joint=f"ZH{number:06d}" if together else "",
            )


# ── The played days ──


def agenda(stage: Stage, day: date, cast: Cast) -> Iterator[Act]:
    """Lists on the first day, classes on the first of a month; cases, decisions, letters set by a
    person and objections on office days."""
    if stage.number(day) == 0:
        yield Act(moment(day, 0, 50), partial(_lists, stage, day))
    if day.day == 1:
        yield Act(moment(day, 2, 50), reckon)
    if is_office_day(day):
        yield Act(moment(day, 10, 20), partial(_cases, stage, day))
        yield Act(moment(day, 14, 40), partial(_overrides, stage, day, cast))
        yield Act(moment(day, 15, 10), partial(_objections, stage, day))
        yield Act(moment(day, 16, 10), partial(_decisions, day, cast))
        yield Act(moment(day, 16, 50), partial(_answers, day, cast))


def _lists(stage: Stage, day: date) -> None:
    """Who came on a list this year; some have asked to be taken off, some left."""
    random, said = stage.random("lists"), plan().supervision
    firms = _open(legal_form__in=FIRMS)
    abnormal = _number(stage, said["abnormal"])
    wanted = abnormal + _number(stage, said["serious"])
    chosen = random.sample(firms, min(wanted, len(firms)))
    for n, number in enumerate(chosen[:abnormal]):
        _abnormal(number, n, day - timedelta(days=20 + int(random.random() * 60)))
    for n, number in enumerate(chosen[abnormal:]):
        since = day - timedelta(days=30 + int(random.random() * 300))
        _enter(number, "serious", n, since, found=since - timedelta(days=9))
    reckon()


def _abnormal(number: int, n: int, since: date) -> None:
    """Every ninth decision came later than it had to; a third has left, a third has asked to."""
    row = _enter(
        number, "abnormal", n, since,
        found=since - timedelta(days=40 if n % NINTH == NINTH - 1 else 6),
    )  # fmt: skip
    if n % THIRD == 0:
        return
    asked = listing.ask_exit(listing=row, day=since + timedelta(days=12))
    if n % THIRD == 1:
        until = since + timedelta(days=15)
        decision = f"演示移出〔{until.year}〕{n + 1}号"
        listing.leave_list(listing=asked, how="met", until=until, decision=decision)


def _enter(number: int, roll: str, n: int, since: date, *, found: date) -> Any:
    grounds = _texts()[roll]
    return listing.enter_list(
        listing.NewListing(
            business_id=number,
            roll=roll,
            ground=grounds[n % len(grounds)],
            found=found,
            since=since,
            decision=f"演示列入〔{since.year}〕{roll[0].upper()}{n + 1}号",
        )
    )


def _on_day(stage: Stage, day: date, what: str, per_city: int) -> list[int]:
    """Which of so many fall on an office day, spread over all but the first; the last, near the
    end."""
    number, today = _number(stage, per_city), stage.number(day)
    return [n for n in range(number) if _day_of(stage, what, n, n == number - 1) == today]


def _day_of(stage: Stage, what: str, n: int, is_last: bool) -> int:
    found = 1 + int(stage.random(what, n).random() * (stage.days - 2))
    found = stage.days - LAST_DAYS if is_last else found
    while found > 1 and not is_office_day(stage.day(found)):
        found -= 1
    return found


def _graded(stage: Stage, key: str, letters: str) -> int | None:
    """Somebody with one of these letters."""
    rows = Grade.objects.filter(until__isnull=True, letter__in=list(letters)).order_by("business")
    known = list(rows.values_list("business_id", flat=True))
    return stage.random(key).choice(known) if known else None


def _cases(stage: Stage, day: date) -> None:
    """Cases to raise and to lower; beside the first to lower stands one to raise."""
    said = plan().supervision
    for n in _on_day(stage, day, "raises", said["raises"]):
        _case(Direction.RAISE, n, _graded(stage, f"raise {n}", "ABC"))
    for n in _on_day(stage, day, "lowers", said["lowers"]):
        number = _graded(stage, f"lower {n}", "BCD")
        _case(Direction.LOWER, n, number)
        if n == 0:
            _case(Direction.RAISE, BESIDE, number)


def _case(direction: str, n: int, number: int | None) -> None:
    text = _text(direction, n)
    if number is not None:
        new = NewGround(
            business=number,
            direction=direction,
            ground=text["ground"],
            day=clock.today() - timedelta(days=1 + n % NINTH),
            note=text["note"].format(n=n + 1),
        )
        risk.record_ground(new=new, source=Source.OTHER)


def _text(kind: str, n: int) -> Mapping[str, Any]:
    texts: Sequence[Mapping[str, Any]] = _texts()[kind]
    return texts[n % len(texts)]


def _decisions(day: date, cast: Cast) -> None:
    """The bureau of the district decides what has waited; of the last days some still wait."""
    waiting = Ground.objects.filter(levels__isnull=True, source=Source.OTHER)
    ripe = waiting.filter(known_on__lte=day - timedelta(days=DECIDED_DAYS))
    for one in ripe.select_related("business").order_by("pk"):
        number = NUMBER.search(one.note)
        text = _text(one.direction, int(number[1]) - 1 if number else 0)
        act = partial(risk.decide_ground, ground=one, levels=text["levels"], reason=text["reason"])
        _by_district(one.business, cast, act)


def _by_district(one: Business, cast: Cast, act: Callable[..., object]) -> None:
    if actor := cast.at("district", one.district):
        with as_(actor):
            act(by=actor)


def _overrides(stage: Stage, day: date, cast: Cast) -> None:
    for n in _on_day(stage, day, "overrides", plan().supervision["overrides"]):
        number = _graded(stage, f"override {n}", "BC")
        if number is None:
            continue
        grade = Grade.objects.select_related("business").get(business=number, until__isnull=True)
        text = _text("overrides", n)
        act = partial(
            risk.set_override,
            business=number,
            letter=SCALE[SCALE.index(grade.letter) + text["levels"]],
            why=text["why"],
            until=day + timedelta(days=OVERRIDE_DAYS + NINTH * n),
        )
        _by_district(grade.business, cast, act)


def _objections(stage: Stage, day: date) -> None:
    """Businesses object; the one that has an account does so itself."""
    own = _desk()
    for n in _on_day(stage, day, "objections", plan().supervision["objections"]):
        if n == 0 and own:
            actor = actor_for(own.user)
            with as_(actor):
                _object(registry.number_of(own.scope_code), n, by=actor)
        else:
            _object(_graded(stage, f"objection {n}", "BCD"), n)


def _object(number: int | None, n: int, **by: Any) -> None:
    grade = Grade.objects.filter(business=number or 0, until__isnull=True).first()
    waits = Objection.objects.filter(business=number or 0, state=ObjectionState.OPEN).exists()
    if grade and grade.letter and not waits:
        text = _text("objections", n)
        risk.object_to(grade=grade, text=text["text"], item=text["item"], **by)


def _desk() -> Post | None:
    """The business of the demo that somebody can sign in as."""
    rows = Post.objects.filter(role="enterprise", user__username__startswith="demo-enterprise")
    return rows.select_related("user").order_by("pk").first()


def _answers(day: date, cast: Cast) -> None:
    """Two of three are answered within some days, the others wait."""
    before = clock.midnight(day - timedelta(days=DECIDED_DAYS))
    waiting = Objection.objects.filter(state=ObjectionState.OPEN, at__lt=before)
    for one in waiting.select_related("business").order_by("pk"):
        if one.pk % THIRD != 0:
            text = next(said for said in _texts()["objections"] if said["text"] == one.text)
            act = partial(
                risk.answer_objection, objection=one, upheld=text["upheld"], answer=text["answer"]
            )
            _by_district(one.business, cast, act)
