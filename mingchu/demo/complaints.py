"""The letters of the played days: they come by our form and by the platform's sheet, are taken,
answered in their term or not, followed up; each takes the course that its arrival draws."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from dataclasses import dataclass
from datetime import date, timedelta
from functools import partial
from random import Random

from mingchu.accounts.domain import Actor
from mingchu.base import clock
from mingchu.base.stage import Stage
from mingchu.complaints import services
from mingchu.complaints.domain.states import DECIDED, OPEN, UNDER_WAY
from mingchu.complaints.models import Category, Channel, Complaint, Kind, State
from mingchu.complaints.values import Contact, NewComplaint
from mingchu.demo.agenda import Act, Cast, as_, is_office_day, moment
from mingchu.demo.letters import Text, book, writer
from mingchu.demo.plan import plan
from mingchu.ledger.services import acting
from mingchu.registry.models import Business
from mingchu.registry.models import State as Standing

GUEST = "nobody"
PLATFORM = "1150100"  # how the platform's numbers of the city begin
FOREIGN_DAYS = (9, 37)
FORM_OPENS, FORM_HOURS = 7, 15
WAITS_FOR_ORDER = 8  # days a decision waits for the order that followed from the letter
WORKED = (*OPEN, State.CLOSED)


@dataclass(frozen=True)
class Course:
    """What becomes of a letter, by its age in days; `visit` 0: nobody asks again. `end` names the
    words it ends with."""

    take: int
    begin: int
    decide: int
    reply: int
    visit: int
    end: str
    tested: bool


def course(stage: Stage, letter: Complaint) -> Course:
    """The same for the same letter on every day."""
    random = stage.random("letter", letter.received_at.isoformat(), letter.category, letter.kind)
    share = plan().letters
    slow = random.random() < share["slow"]
    take = int(random.random() * 3)
    begin = take + 1 + int(random.random() * 4) + (12 if slow else 0)
    decide = begin + 3 + int(random.random() * 14) + (40 if slow else 0)
    reply = decide + int(random.random() * 3)
    visited = random.random() < share["visited"]
    return Course(
        take=take,
        begin=begin,
        decide=decide,
        reply=reply,
        visit=reply + 2 + int(random.random() * 7) if visited else 0,
        end=_end(letter, random.random()),
        tested=random.random() < share["tested"],
    )


def _end(letter: Complaint, dice: float) -> str:
    ends = plan().letters["reports" if letter.kind == Kind.REPORT else "complaints"]
    for name, share in ends.items():
        dice -= share
        if dice < 0:
            return str(name)
    return str(next(iter(ends)))


def agenda(stage: Stage, day: date, cast: Cast) -> Iterator[Act]:
    """Forms at any hour of any day; the sheet in the morning of an office day, and then in each
    district what its letters are due for; at six clocks are looked at."""
    yield Act(moment(day, 6, 10), services.warn_due)
    yield from _forms(stage, day)
    if not is_office_day(day):
        return
    yield Act(moment(day, 9, 5), partial(_sheet, stage, day, cast))
    random = stage.random("letters", day)
    for code in plan().districts:
        at = moment(day, 9, 10) + timedelta(minutes=int(random.random() * 8 * 60))
        yield Act(at, partial(_office_day, stage, day, code, cast))


# How they come


def _forms(stage: Stage, day: date) -> Iterator[Act]:
    random = stage.random("forms", day)
    for _one in range(_share(stage, day, 1 - plan().letters["by_sheet"])):
        at = moment(day, FORM_OPENS) + timedelta(minutes=int(random.random() * FORM_HOURS * 60))
        yield Act(at, partial(_send, random, random.choice(book().letters)))
    if stage.number(day) in FOREIGN_DAYS:
        yield Act(moment(day, 11, 20), partial(_send, random, random.choice(book().foreign)))


def _send(random: Random, text: Text) -> None:
    """By the public form: some know the business by name, others say where it is."""
    if business := _about(random, text):
        new = _letter(random, text, business, Channel.FORM, writer(random))
        with acting(GUEST):
            services.register(new=new)


def _sheet(stage: Stage, day: date, cast: Cast) -> None:
    """What the platform has sent since yesterday, entered by the city's desk in one list."""
    random = stage.random("sheet", day)
    news = []
    for number in range(1, 1 + _share(stage, day, plan().letters["by_sheet"])):
        text = random.choice(book().letters)
        if business := _about(random, text):
            new = _letter(random, text, business, Channel.SHEET, writer(random))
            news.append((new, f"{PLATFORM}{day:%Y%m%d}{number:06d}"))
    enter_sheet([_numbered(new, number) for new, number in news], cast)


def enter_sheet(news: list[NewComplaint], cast: Cast) -> list[Complaint]:
    if not news:
        return []
    desk = cast.at("city")
    with as_(desk) if desk else acting("system:demo"):
        return services.register_many(news)


def _numbered(new: NewComplaint, number: str) -> NewComplaint:
    return NewComplaint(**{**vars(new), "number": number})


def _share(stage: Stage, day: date, part: float) -> int:
    """How many come on a day: by the size of the city, but a few in the smallest as well."""
    said = plan().letters
    least = said["at_least"] * plan().size / stage.businesses
    return stage.share(max(said["a_day"], least) * part, plan().size, day)


def _about(random: Random, text: Text) -> Business | None:
    """Any open business that the text may be about."""
    known = Business.objects.filter(state=Standing.OPEN, kind__in=text.of, merged_into=None)
    count = known.count()
    place = int(random.random() * count)
    found = known.defer("search_text").order_by("pk")[place : place + 1]
    return next(iter(found), None)


def _letter(
    random: Random, text: Text, business: Business, channel: str, contact: Contact
) -> NewComplaint:
    what, wants = text.drawn(random)
    is_known = random.random() < plan().letters["by_name"]
    named = contact if "complaint" in text.kinds or random.random() < 0.5 else Contact()
    return NewComplaint(
        kinds=text.kinds,
        what=what,
        channel=channel,
        category=text.category,
        business=business.pk if is_known else None,
        place=f"{business.sign or business.name} {business.address}",
        district=business.district,
        wants=wants,
        happened_on=clock.today() - timedelta(days=1 + int(random.random() * 4)),
        ill=text.ill,
        contact=named,
    )


# What is done with them


def _office_day(stage: Stage, day: date, district: str, cast: Cast) -> None:
    waiting = Complaint.objects.filter(district=district, state__in=WORKED).order_by("pk")
    # Illness has a story of its own.
    theirs = list(waiting.exclude(category=Category.ILLNESS, ate_at__isnull=False))
    officer = cast.at("inspector", district) if theirs else None
    if officer is None:
        return
    with as_(officer):
        for letter in theirs:
            _work(stage, letter, (day - _received(letter)).days, officer)


def _received(letter: Complaint) -> date:
    return clock.city(letter.received_at).date()


def _work(stage: Stage, letter: Complaint, age: int, by: Actor) -> None:
    """All that the letter's age calls for; one act follows another."""
    drawn = course(stage, letter)
    while act := _next(letter, drawn, age, by):
        letter = act()


def _next(letter: Complaint, drawn: Course, age: int, by: Actor) -> Callable[[], Complaint] | None:
    """The act that is due, if one is; what is another's is left to him."""
    if letter.handler_id is None:
        return partial(services.take, complaint=letter, by=by) if age >= drawn.take else None
    if letter.handler_id != by.user_id:
        return None
    if letter.state == State.RECEIVED:
        return _begins(letter, drawn, by) if age >= drawn.begin else None
    if letter.state in UNDER_WAY:
        return _decides(letter, drawn, age, by)
    return _ends(letter, drawn, age, by)


def _ends(letter: Complaint, drawn: Course, age: int, by: Actor) -> Callable[[], Complaint] | None:
    """Answered, and asked some days later."""
    if letter.state in DECIDED and age >= drawn.reply:
        text = book().ends[drawn.end].reply
        return partial(services.reply, complaint=letter, text=text, by=by)
    if letter.state == State.CLOSED and drawn.visit and age >= drawn.visit:
        visits = book().visits
        note = visits[drawn.visit % len(visits)]
        return partial(services.follow_up, complaint=letter, note=note, by=by)
    return None


def _begins(letter: Complaint, drawn: Course, by: Actor) -> Callable[[], Complaint]:
    """Taken up, refused, or handed back where it is not ours; first it is known whom it is
    about."""
    foreign = next((one for one in book().foreign if _is_like(letter, one)), None)
    if foreign:
        words = {"why": foreign.why, "reply": foreign.reply}
        return partial(services.return_to_intake, complaint=letter, by=by, **words)
    if letter.business_id is None and (business := _meant(letter)):
        return partial(services.bind, complaint=letter, business=business, by=by)
    if letter.kind == Kind.REPORT:
        return partial(services.begin_check, complaint=letter, by=by, note=book().checked)
    if drawn.end == "refuse":
        said = book().ends["refuse"]
        return partial(
            services.refuse, complaint=letter, ground=said.ground, reply=said.reply, by=by
        )
    return partial(services.accept, complaint=letter, by=by, note=book().accepted)


def _is_like(letter: Complaint, text: Text) -> bool:
    return letter.what.startswith(text.what.partition("{")[0])


def _meant(letter: Complaint) -> Business | None:
    """The business at the address that the letter says."""
    _sign, _space, address = letter.place.rpartition(" ")
    there = Business.objects.filter(district=letter.district, address=address)
    return there.defer("search_text").order_by("pk").first()


def _decides(
    letter: Complaint, drawn: Course, age: int, by: Actor
) -> Callable[[], Complaint] | None:
    """When its time has come and the order that followed from it is done, or has taken too long;
    some are tested before."""
    moves = set(letter.steps.values_list("move", flat=True))
    if drawn.tested and age < drawn.decide:
        if "begin_testing" not in moves:
            return partial(services.begin_testing, complaint=letter, note=book().tested, by=by)
        return None
    waits = letter.order_ended_at is None and age < drawn.decide + WAITS_FOR_ORDER
    if age < drawn.decide or waits:
        return None
    if "begin_testing" in moves and "end_testing" not in moves:
        return partial(services.end_testing, complaint=letter, note=book().result, by=by)
    said = book().ends[drawn.end]
    by_name = {
        "agree": services.agree,
        "withdraw": services.withdraw,
        "file": services.file_case,
        "no_case": services.file_no_case,
    }
    if drawn.end in by_name:
        return partial(by_name[drawn.end], complaint=letter, note=said.note, by=by)
    return partial(
        services.end_mediation, complaint=letter, ground=said.ground, note=said.note, by=by
    )
