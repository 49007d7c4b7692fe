"""One example object for every URL that shows one, for the walk of URLs × roles.

A context that adds such a URL adds its line here: the function makes an object lying in HERE and
returns the URL's arguments. The walk then asks for it from THERE and expects 404.
"""

from __future__ import annotations

import base64
import json
from collections.abc import Callable, Mapping
from dataclasses import dataclass
from datetime import UTC, datetime, timedelta
from typing import Any
from uuid import UUID

from django.http import HttpResponse
from django.test import Client

from mingchu.accounts import services
from mingchu.accounts.domain import CITY, Scope, ScopeKind
from mingchu.accounts.models import Post, User
from mingchu.accounts.queries import actor_for
from mingchu.base import clock

HERE, THERE = Scope(ScopeKind.DISTRICT, "150102"), Scope(ScopeKind.DISTRICT, "150104")


@dataclass(frozen=True)
class Example:
    """`make` returns the URL's arguments; `role` is one that may see the object HERE.

    An `owned` object is its person's alone, foreign to every other wherever he sits; one that is
    `everywhere` belongs to the whole city. `said` is the body a program sends, `filled` what
    somebody writes into a form; a body that depends on the object is made after it.
    """

    make: Callable[[], dict[str, Any]]
    role: str = "district"
    method: str = "get"
    owned: bool = False
    everywhere: bool = False
    said: Mapping[str, Any] | Callable[[], Mapping[str, Any]] | None = None
    filled: Mapping[str, str] | None = None

    def ask(self, client: Client, where: str) -> HttpResponse:
        if self.filled is not None:
            return client.post(where, self.filled)
        if self.said is None:
            return getattr(client, self.method)(where)
        said = self.said() if callable(self.said) else self.said
        return client.post(where, json.dumps(said), content_type="application/json")


def _post() -> Post:
    number = User.objects.count()
    user = services.enrol_person(username=f"walk{number}", name="测试")
    return services.give_post(user=user, role="inspector", scope=HERE)


def _enrolment() -> int:
    user = services.enrol_person(username="walk-chief", name="测试")
    services.give_post(user=user, role="city", scope=CITY)
    made = services.issue_enrolment(role="grid", scope=_station(), by=actor_for(user))
    return int(made.enrolment.pk)


def _import() -> int:
    from mingchu.kit.sheets import importing

    content = "登录账号,姓名,角色\n甲乙丙,测试,督导\n".encode()
    made = importing.start(key="people", content=content, file_name="a.csv", by=None)
    return int(made.pk)


def _upload() -> str:
    from build import an_attachment

    return an_attachment(f"business:{_business_code()}").sent_sha256


def _station() -> Scope:
    return Scope(ScopeKind.STATION, f"{HERE.code}001")


def _token() -> str:
    return str(services.issue_token(post=_post(), title="测试")[0].pk)


def _device() -> str:
    user = _post().user
    User.objects.filter(pk=user.pk).update(certificate_no="XZ-1")
    token, _text = services.issue_device_token(
        user=user, device="018f0000-0000-7000-8000-00000000000a", name="测试", days=1
    )
    return str(token.pk)


def _security_key() -> int:
    from allauth.mfa.models import Authenticator

    key = Authenticator.objects.create(
        user=_post().user,
        type=Authenticator.Type.WEBAUTHN,
        data={"name": "k", "credential": base64.b64encode(b"x").decode()},
    )
    return int(key.pk)


def _business() -> int:
    from build import a_restaurant

    from mingchu.registry import services as registry

    return int(registry.enrol(a_restaurant(district=HERE.code, station="")).pk)


def _business_code() -> str:
    from mingchu.registry.domain import public_id

    return public_id(_business())


def _file_part(part: str) -> Callable[[], dict[str, Any]]:
    """Arguments of an act on a licence, a place or a person of a file."""

    def make() -> dict[str, Any]:
        from mingchu.registry.models import Business

        known = Business.objects.get(pk=_business())
        known.licences.update(committed=True, follow_up_due="2026-03-01")
        row = {"licence": known.licences, "premises": known.premises, "person": known.people}[part]
        return {"code": known.public_id, f"{part}_id": row.get().pk}

    return make


def _page_part(part: str, act: str) -> Callable[[], dict[str, Any]]:
    """The same for a page: the file, the row, the act."""

    def make() -> dict[str, Any]:
        from mingchu.registry.domain import number_of

        said = _file_part(part)()
        return {"number": number_of(said["code"]), "pk": said[f"{part}_id"], "act": act}

    return make


def _premises() -> int:
    return int(_file_part("premises")()["premises_id"])


def _draw(state: str = "frozen") -> str:
    import drawing

    return str(getattr(drawing, state)(district=HERE.code).number)


def _draft() -> str:
    from mingchu.draw import queries
    from mingchu.draw import services as draws

    return queries.name_of(draws.open_draw(title="测试", district=HERE.code))


def _drawn_one() -> str:
    """Somebody whom the newest draw met."""
    from mingchu.draw.models import DrawFile

    told = DrawFile.objects.filter(name="result.json").order_by("-draw").first()
    return str(json.loads(bytes(told.data))["drawn"][0][3])


def _plan(state: str = "draft") -> int:
    from planning import november, published

    from mingchu.inspection import services as inspection

    if state == "published":
        return int(published(november(districts=()), district=HERE.code).pk)
    plan = inspection.draft_plan(year=2026, title="测试", by=None, district=HERE.code)
    inspection.add_batch(plan=plan, batch=november(districts=()))
    return int(plan.pk)


def _batch(state: str = "published") -> int:
    from mingchu.inspection.models import Batch

    return int(Batch.objects.get(plan=_plan(state)).pk)


def _inspector(part: str = "") -> dict[str, Any]:
    """An inspector HERE, and a note of his leave or of whom he keeps away from."""
    from mingchu.inspection import services as inspection
    from mingchu.registry.models import Business

    user = _post().user
    if not part:
        return {"user": user.pk}
    day = clock.today()
    if part == "leave":
        made = inspection.note_leave(user=user, why="leave", first=day, last=day)
        return {"user": user.pk, "pk": made.pk}
    business = Business.objects.get(pk=_business())
    held = inspection.recuse(user=user, business=business, ground="kin", note="", by=None)
    return {"user": user.pk, "pk": held.pk}


def _visit_planned(state: str = "planned") -> int:
    """A visit HERE, planned by the house or approved by its chief."""
    from inspecting import a_visit, chief
    from planning import shops

    from mingchu.inspection import services as inspection

    there = shops(1, district=HERE.code)[0].pk
    visit = a_visit(business_id=there, type="special")
    if state == "planned":
        visit = inspection.send_back_visit(visit=visit, why="测试", by=chief(HERE.code))
    return int(visit.pk)


def _who_goes() -> dict[str, int]:
    from inspecting import officers

    lead, second = officers(2)
    return {"lead": lead.pk, "second": second.pk}


def _record(pin: str = "") -> int:
    """A record HERE that counts; with a wrong PIN one in doubt."""
    from inspecting import PIN, Sent

    from mingchu.inspection.models import Visit

    sent = Sent(Visit.objects.get(pk=_visit_planned("approved")), pin=pin or PIN)
    return int(sent.unmet(sent.an_item(key=False)).send().record.pk)


def _doubt() -> int:
    from mingchu.inspection.models import Conflict

    return int(Conflict.objects.filter(record=_record("000000"))[0].pk)


def _instrument() -> int:
    from mingchu.inspection import services as inspection

    made = inspection.keep_instrument(
        number="T1", name="测试", kind="other", district=HERE.code, calibrated_until=clock.today()
    )
    return int(made.pk)


def _finding(answered: bool = False) -> Any:
    """An item of a record HERE that is to be mended; no phone, and nobody's signature."""
    from mingchu.inspection import services as inspection
    from mingchu.inspection.models import Finding, Record
    from mingchu.inspection.packing import lists_of
    from mingchu.inspection.services.sheets import keep_sheets

    day, now = clock.today(), clock.now()
    pair = []
    for _n in range(2):
        user = _post().user
        User.objects.filter(pk=user.pk).update(certificate_no="XZ-1")
        pair.append(user.pk)
    visit = inspection.plan_visit(
        new=inspection.NewVisit(
            business_id=_business(), type="routine", due=day, lead_id=pair[0], second_id=pair[1]
        )
    )
    inspection.approve_visits(visits=[visit], by=actor_for(_chief()))
    inspection.notify_visits(visits=[visit])
    checklist = lists_of([visit], day)[visit.pk]
    keep_sheets([checklist], day)
    record = Record.objects.create(
        client_id="018f0000-0000-7000-8000-00000000000b", revision=1, visit=visit,
        sheet_id=checklist.digest, business_id=visit.business_id, district=HERE.code,
        user_id=pair[0], second_id=pair[1], body={}, digest="x", state="accepted", day=day,
        started_at=now, ended_at=now, unmet=[checklist.ids[0]], results=["PENDING"], word="basic",
        accepted_at=now, publish_by=day,
    )  # fmt: skip
    made = Finding.objects.create(
        record=record, business_id=visit.business_id, district=HERE.code, item=checklist.ids[0],
        is_key=False, affects="slight", way="by", due=day,
    )  # fmt: skip
    if answered:
        inspection.answer_finding(finding=made, text="测试", by=actor_for(_post().user))
    return made


def _chief() -> User:
    user = services.enrol_person(username="walk-head", name="测试")
    services.give_post(user=user, role="district", scope=HERE)
    return user


def _desk_paper() -> dict[str, Any]:
    record = _finding().record
    return {"number": record.business_id, "pk": record.visit_id, "name": "notice"}


def _reply() -> int:
    from mingchu.inspection import services as inspection

    record = _finding().record
    by = actor_for(_post().user)
    return int(inspection.reply(record=record, kind="objection", text="测试", by=by).pk)


def _regional() -> int:
    from mingchu.inspection import services as inspection
    from mingchu.inspection.models import RegionalTask
    from mingchu.inspection.services.regional import Brought

    day = clock.today()
    task = {"title": "测试", "issuer": "测试", "matter": "测试", "first": day, "last": day}
    inspection.bring_regional(
        [Brought("T1", _business(), task, {"code": "x", "name": "测试", "done_on": None})]
    )
    return int(RegionalTask.objects.get().pk)


def _step_of_a_draw() -> str:
    from mingchu.draw.models import Draw
    from mingchu.draw.queries import room

    return str(room.steps(Draw.objects.latest("pk"))[0].entry)


def _frame_of_a_draw() -> dict[str, Any]:
    import drawing

    [row, person] = drawing.SUBJECTS[0], drawing.INSPECTORS[0]
    where = {"district": row.district, "kind": row.kind, "tier": row.tier}
    return {
        "subjects": [{"id": row.id, **where}],
        "inspectors": [
            {"id": person.id, "districts": list(person.districts), "kinds": list(person.kinds)}
        ],
        "rates": [{**where, "ppm": 1_000_000}],
        "beacons": [drawing.DICE],
        "reveal_by": "2099-12-31",
    }


def _pair() -> dict[str, Any]:
    from build import a_restaurant

    from mingchu.registry import services as registry

    other = a_restaurant(district=HERE.code, station="", code="", licences=(), people=())
    return {"number": _business(), "other": int(registry.enrol(other).pk)}


def _merge() -> int:
    from mingchu.registry import services as registry

    pair = _pair()
    return int(registry.merge(kept=pair["number"], gone=pair["other"], why="同一家").pk)


def _mark() -> int:
    from mingchu.registry import services as registry

    pair = _pair()
    return int(registry.not_same(one=pair["number"], other=pair["other"]).pk)


def _area() -> str:
    from mingchu.registry import services as registry

    code = f"{HERE.code}009"
    registry.name_areas(kind="station", rows=[(code, "测试九所")])
    return code


def _view() -> int:
    from mingchu.registry import services as registry

    return int(registry.save_view(owner=_post().user_id, name="测试", query="").pk)


def _letter() -> UUID:
    from django.db import transaction

    from mingchu.kit.messages.domain import Severity, To
    from mingchu.kit.messages.telling import tell

    to = [To(user=_post().user_id)]
    with transaction.atomic():
        made = tell(subject="order:1", what="测试", to=to, severity=Severity.PLAIN)
    return made.items.get().pk


def _receiver(form: str = "webhook") -> int:
    from mingchu.kit.messages.receiving import add_receiver

    made, _secret = add_receiver(name="测试", form=form, address="https://example.org/")
    return int(made.pk)


def _rule_version(state: str = "draft") -> int:
    """A version of a sheet that lacks nothing: half written, before its reviewer, or approved."""
    from datetime import date

    from rulings import CITED, value_of

    from mingchu.kit.rules import drafting, reviewing

    sheet = value_of("grade.static_seller")
    sheet["items"][0]["bands"][0]["is"] = 2
    members = ["bulk_ambient", "bulk_chilled"]
    sheet["caps"] = [{"id": "bulk", "zh": "散装", "en": "Bulk", "items": members, "most": 10}]
    said = {"since": date(2099, 1, 1), "value": {**sheet, "total": 36}, **CITED}
    row = drafting.draft(rule="grade.static_seller", author="user:0", **said)
    if state != "draft":
        drafting.submit(version=row.pk)
    if state == "approved":
        reviewing.approve(version=row.pk, reviewer="user:1")
    return int(row.pk)


def _rule_page(
    state: str = "draft", name: str = "", filled: Mapping[str, str] | None = None
) -> Example:
    """A page, or a form that is sent, of the city bureau's."""
    more = {"name": name} if name else {}
    return Example(
        lambda: {"pk": _rule_version(state), **more}, role="city", everywhere=True, filled=filled
    )


def _duty() -> int:
    from datetime import timedelta

    from mingchu.base import clock
    from mingchu.kit.messages.duties import set_duty

    begins = clock.now()
    user = _post().user
    made = set_duty(user=user, scope=HERE, begins=begins, ends=begins + timedelta(hours=1))
    return int(made.pk)


WHY = {"why": "测试"}
DAY = {"day": "2026-01-10"}
NEW = {"name": "新店", "district": HERE.code}
# Acts of programs on a file, on a licence, a place or a person of it, and what they send.


def _certificate() -> int:
    from datetime import date

    from mingchu.registry import services as registry
    from mingchu.registry.models import Business

    person = Business.objects.get(pk=_business()).people.get()
    made = registry.keep_health_certificate(
        person=person, issued=date(2026, 1, 10), until=date(2027, 1, 9), channel="desk"
    )
    return int(made.pk)


def _sent_certificate() -> dict[str, Any]:
    from mingchu.registry.models import HealthCertificate

    one = HealthCertificate.objects.select_related("person__business").get(pk=_certificate())
    return {
        "code": one.person.business.public_id,
        "person_id": one.person_id,
        "certificate_id": one.pk,
    }


def _inquiry() -> int:
    from datetime import date

    from mingchu.registry import services as registry

    made = registry.ask(number=_business(), title="测试", asks="测试", due=date(2099, 1, 1))
    return int(made.pk)


def _answered() -> int:
    from mingchu.registry import services as registry
    from mingchu.registry.models import Inquiry

    one = Inquiry.objects.get(pk=_inquiry())
    return int(registry.answer(inquiry=one, text="测试").pk)


def _desk_person() -> int:
    from mingchu.registry.models import Business

    return int(Business.objects.get(pk=_business()).people.get().pk)


FILE_ACTS: dict[str, dict[str, Any]] = {
    "correct_business": {"changes": {"sign": "新"}, **WHY},
    "set_state": {"state": "dormant", "since": "2026-01-10", **WHY},
    "move_business": {"address": "新街9号", **DAY, **WHY},
    "set_head": {"head": "", **WHY},
    "grant_licence": {"number": "JY21501050000024", "issued": "2026-01-10"},
    "add_premises": {"premises": {"use": "online", "platform": "示例"}, **WHY},
    "post_person": {"name": "测试乙"},
    "take_over": {"business": NEW, **DAY, **WHY},
    "ask_business": {"title": "测试", "asks": "测试", "due": "2099-01-01"},
}
PART_ACTS: dict[str, dict[str, dict[str, Any]]] = {
    "licence": {
        "set_licence_state": {"state": "suspended", **WHY},
        "follow_up_licence": {**DAY, **WHY},
        "change_licence": {"changes": {"items": ["冷食类食品制售"]}, **WHY},
        "renew_licence": {"issued": "2026-01-10"},
        "place_licence": {"premises": [], **WHY},
        "withdraw_licence": WHY,
    },
    "premises": {
        "change_premises": {"changes": {"hours": "夜间"}, **WHY},
        "make_main": WHY,
    },
    "person": {
        "correct_person": {"changes": {"phone": "1"}, **WHY},
        "person_leaves": DAY,
        "keep_health_certificate": {"issued": "2026-01-10", "until": "2027-01-09"},
        "record_training": {**DAY, "hours": "2", "topic": "测试"},
        "record_exam": {**DAY, "passed": True},
    },
}


def _entry() -> str:
    from mingchu.ledger.models import Entry

    return str(Entry.objects.filter(subject=f"business:{_business_code()}").latest("pk").pk)


def _cadre() -> int:
    from mingchu.territory import services as territory

    made = territory.put_cadre(
        territory.Listed(
            name="测试", phone="13800000000", unit="测试", rank="village", district=HERE.code,
            areas=(HERE.code,),
        )
    )  # fmt: skip
    return int(made.pk)


def _duty_visit() -> int:
    """The one open visit of a business; whose it is, nobody has an account for."""
    from mingchu.territory import services as territory
    from mingchu.territory.queries import VisitsAsked, visits

    _cadre()
    with clock.at(datetime(2026, 1, 5, tzinfo=UTC)):
        _business()
    with clock.at(datetime(2026, 4, 1, tzinfo=UTC)):
        territory.nightly()
    return int(visits([CITY], VisitsAsked()).get().pk)


def _graded() -> int:
    """A business with a risk grade."""
    from mingchu.risk import services as risk
    from mingchu.risk.values import NewProfile, NewVisit

    number, today = _business(), clock.today()
    risk.record_profile(
        new=NewProfile(business=number, sheet="restaurant", answers={"area": 90}, since=today)
    )
    risk.record_visit(new=NewVisit(business=number, day=today, applicable_general=10))
    return number


def _risk_run() -> int:
    from mingchu.risk import services as risk

    _graded()
    return int(risk.grade_city().pk)


def _ground() -> int:
    from mingchu.risk import services as risk
    from mingchu.risk.values import NewGround

    new = NewGround(business=_graded(), direction="raise", ground="other", day=clock.today())
    return risk.record_ground(new=new)


def _objection() -> int:
    from mingchu.risk import services as risk
    from mingchu.risk.queries import grades

    present = grades.one([CITY], _graded())
    assert present is not None
    return int(risk.object_to(grade=present, text="测试").pk)


def _override() -> int:
    from mingchu.risk import services as risk

    made = risk.set_override(business=_graded(), letter="D", why="测试", until=clock.today())
    return int(made.pk)


def _fact() -> int:
    from mingchu.risk.services.crediting import NewFact, note_fact

    told = NewFact(business_id=_business(), kind="penalty", day=clock.today(), reference="1")
    return int(note_fact(told).pk)


def _listing() -> int:
    from mingchu.risk.services.listing import NewListing, enter_list

    day = clock.today()
    told = NewListing(business_id=_business(), roll="abnormal", ground="unreachable",
                      found=day, since=day, decision="1")  # fmt: skip
    return int(enter_list(told).pk)


def _attachment() -> UUID:
    from build import an_attachment

    return an_attachment(f"business:{_business_code()}").pk


def _order(*, told: bool = False) -> int:
    """An order of a business HERE; `told`, one that its business has to answer."""
    from datetime import date

    from mingchu.alerts.services import orders

    number = User.objects.count()
    chief = services.enrol_person(username=f"walk-chief-{number}", name="测试")
    services.give_post(user=chief, role="district", scope=HERE)
    by = actor_for(chief)
    made = orders.report(note="测试", by=by, business_id=_business(), district=HERE.code)
    if told:
        orders.accept(order=made, by=by)
        orders.await_business(order=made, note="测试", correct_by=date(2099, 1, 1), by=by)
    return int(made.pk)


def _complaint() -> int:
    from letters import a_letter

    from mingchu.complaints import services as complaints

    made = complaints.register(new=a_letter(business=_business(), district=HERE.code))
    return int(made[0].pk)


def _complaint_sheet() -> int:
    from mingchu.kit.sheets import importing

    content = "登记编号,类型,接收日期,内容,被投诉举报方名称\n".encode()
    made = importing.start(key="complaints", content=content, file_name="a.csv", by=None)
    return int(made.pk)


def _alert() -> int:
    """An alert of a business HERE."""
    from alerting import a_signal, alerted

    number = _business()
    found = alerted(a_signal(subject=f"device:{number}", business_id=number, district=HERE.code))
    return int(found[-1].pk)


def _silence() -> int:
    from mingchu.alerts import services as alerts

    about = alerts.About(kind="reported_problem", district=HERE.code)
    until = clock.now() + timedelta(days=3)
    return int(alerts.silence(about=about, why="测试", until=until, author=0).pk)


def _warning() -> int:
    from mingchu.alerts.models import EarlyWarning

    made = EarlyWarning.objects.create(
        day=clock.today(), district=HERE.code, kind="reported_problem", count=9, mean=1.0,
        deviation=1.0, deviations=8.0, chance=0.001, allowed=0.01, counts=[1, 0, 2, 9],
        rule_since=clock.today(), made_at=clock.now(),
    )  # fmt: skip
    return int(made.pk)


# URL name → example.
CAPTURED = "urn:uuid:018f0000-0000-7000-8000-000000000001"


def _captured() -> Any:
    """A document that the district of HERE sent."""
    from capturing import a_document, an_event

    from mingchu.trace.services import Behaviour, Sender, capture_document

    data = a_document(an_event(eventID=CAPTURED))
    return capture_document(data, Behaviour.ROLLBACK, Sender("user:1", str(HERE), HERE.code))


def _captured_event() -> str:
    _captured()
    return CAPTURED


def _captured_key() -> str:
    from mingchu.trace.viewing import key_of

    return str(key_of(_captured_event()))


def _page_token() -> str:
    """The token of somebody who sees no more than HERE."""
    from capturing import a_document, an_event

    from mingchu.trace.services import Behaviour, Sender, capture_document

    data = a_document(an_event(), an_event())
    capture_document(data, Behaviour.ROLLBACK, Sender("user:1", str(HERE), HERE.code))
    client = Client()
    client.force_login(_post().user, backend="mingchu.accounts.backends.Backend")
    following = client.get("/epcis/events?perPage=1")["Link"]
    return following.partition("nextPageToken=")[2].partition("&")[0]


def _author() -> Any:
    from mingchu.trace.services import Author

    return Author("user:1", str(HERE), HERE.code, _post().id)


def _named_query() -> str:
    """A query that the district of HERE named."""
    from mingchu.trace import services

    return services.create_query(b'{"name":"walk","query":{}}', "", _author()).name


def _subscribed() -> dict[str, Any]:
    """A subscription of the district of HERE."""
    from mingchu.trace import services, standing

    query = standing.query_seen([HERE], _named_query())
    assert query
    said = b'{"dest":"https://example.org/told","stream":true}'
    number, _said = services.subscribe(said, query, "Never_Translates", _author())
    return {"name": query.name, "number": number}


# Words of the standard and names of anything: each is everywhere, its events only where seen.
GROUPS = {
    "eventTypes": "ObjectEvent",
    "epcs": "urn:epc:id:sgtin:4012345.011111.987",
    "bizSteps": "shipping",
    "bizLocations": "urn:epc:id:sgln:4012345.00001.0",
    "readPoints": "urn:epc:id:sgln:4012345.00001.0",
    "dispositions": "in_transit",
}


def _member(name: str) -> Example:
    return Example(lambda: {"name": name}, everywhere=True)


EXAMPLES: dict[str, Example] = {
    # The register is everybody's; a draw is run by its own district.
    "api:one_draw": Example(lambda: {"no": _draw()}, everywhere=True),
    "api:freeze_draw": Example(lambda: {"no": _draft()}, said=_frame_of_a_draw()),
    "api:commit_draw": Example(lambda: {"no": _draw()}, said={}),
    "api:conclude_draw": Example(
        lambda: {"no": _draw("committed")},
        said={"found": [{"kind": "dice", "throws": "31415926535897932384"}]},
    ),
    "api:draw_result": Example(lambda: {"no": _draw("drawn")}),
    "api:reveal_draw": Example(lambda: {"no": _draw("drawn")}, said={}),
    "api:void_draw": Example(lambda: {"no": _draw()}, said={"reason": "测试"}),
    "api:thaw_draw": Example(lambda: {"no": _draw()}, said={"reason": "测试"}),
    "api:stand_in": Example(
        lambda: {"no": _draw("drawn")}, said=lambda: {"out": _drawn_one(), "reason": "closed"}
    ),
    "api:sign_draw": Example(
        lambda: {"no": _draw()}, role="witness", said=lambda: {"step": _step_of_a_draw()}
    ),
    "api:close_draw": Example(lambda: {"no": _draw("revealed")}, said={}),
    "api:draw_steps": Example(lambda: {"no": _draw()}),
    "api:one_inspection_plan": Example(lambda: {"pk": _plan()}),
    "api:one_inspection_batch": Example(lambda: {"pk": _batch()}),
    "api:check_inspection_batch": Example(lambda: {"pk": _batch()}, said={}),
    "inspection:plan": Example(lambda: {"pk": _plan()}),
    "inspection:new_batch": Example(lambda: {"pk": _plan()}),
    "inspection:act": Example(lambda: {"pk": _plan(), "name": "submit"}),
    "inspection:decide": Example(lambda: {"pk": _plan(), "name": "approve"}),
    "inspection:batch": Example(lambda: {"pk": _batch()}),
    "inspection:check_batch": Example(lambda: {"pk": _batch()}, filled={}),
    "inspection:open_batch": Example(lambda: {"pk": _batch()}, filled={}),
    "inspection:change_batch": Example(lambda: {"pk": _batch()}),
    "inspection:drop_batch": Example(lambda: {"pk": _batch("draft")}, filled={}),
    "inspection:pool": Example(lambda: {"pk": _batch()}),
    "inspection:export_pool": Example(lambda: {"pk": _batch()}),
    "inspection:beside": Example(lambda: {"pk": _batch()}),
    "inspection:export_beside": Example(lambda: {"pk": _batch()}),
    "inspection:regional_task": Example(lambda: {"pk": _regional()}),
    "inspection:export_regional": Example(lambda: {"pk": _regional()}),
    "inspection:checklist": Example(lambda: {"kind": "caterer"}, everywhere=True),
    # A phone's own id: of another's record it is told nothing, and nothing lies there yet.
    "api:inspection_state": Example(
        lambda: {"client_id": str(_finding().record.client_id)}, role="inspector", owned=True
    ),
    "api:send_inspection": Example(dict, role="inspector", owned=True, everywhere=True),
    "inspection:finding": Example(lambda: {"pk": _finding().pk}),
    "inspection:confirm": Example(
        lambda: {"pk": _finding(answered=True).pk}, role="inspector", filled={}
    ),
    "inspection:return_answer": Example(
        lambda: {"pk": _finding(answered=True).pk}, role="inspector"
    ),
    "inspection:plan_recheck": Example(lambda: {"pk": _finding().pk}),
    "inspection:reply": Example(lambda: {"pk": _reply()}),
    "inspection:desk_inspections": Example(
        lambda: {"number": _business()}, role="enterprise", owned=True
    ),
    "inspection:desk_record": Example(
        lambda: {"pk": _finding().record_id}, role="enterprise", owned=True
    ),
    "inspection:desk_reply": Example(
        lambda: {"pk": _finding().record_id}, role="enterprise", owned=True
    ),
    "inspection:desk_finding": Example(
        lambda: {"pk": _finding().pk}, role="enterprise", owned=True
    ),
    "inspection:desk_notice": Example(
        lambda: {"pk": _finding().record.visit_id}, role="enterprise", owned=True
    ),
    "inspection:desk_paper": Example(_desk_paper, role="enterprise", owned=True),
    "api:one_inspection_record": Example(lambda: {"pk": _finding().record_id}),
    "api:plan_inspection_recheck": Example(
        lambda: {"pk": _finding().record_id}, said=lambda: {"due": clock.today().isoformat()}
    ),
    "api:reply_to_inspection": Example(
        lambda: {"pk": _finding().record_id},
        role="enterprise",
        owned=True,
        said={"kind": "statement", "text": "测试"},
    ),
    "api:decide_inspection_conflict": Example(
        lambda: {"pk": _doubt()}, said={"decision": "accept", "why": "测试"}
    ),
    "api:answer_inspection_finding": Example(
        lambda: {"pk": _finding().pk}, role="enterprise", owned=True, said={"text": "测试"}
    ),
    "api:confirm_inspection_finding": Example(
        lambda: {"pk": _finding(answered=True).pk}, role="inspector", said={}
    ),
    "api:return_inspection_finding": Example(
        lambda: {"pk": _finding(answered=True).pk}, role="inspector", said={"why": "测试"}
    ),
    "inspection:inspector": Example(_inspector),
    "inspection:leave": Example(_inspector),
    "inspection:recuse": Example(_inspector),
    "inspection:take_back_leave": Example(lambda: _inspector("leave"), filled={}),
    "inspection:end_recusal": Example(lambda: _inspector("recusal"), filled={}),
    "inspection:visit": Example(lambda: {"pk": _visit_planned()}),
    "inspection:act_visit": Example(lambda: {"pk": _visit_planned(), "name": "cancel"}),
    "inspection:decide_visit": Example(lambda: {"pk": _visit_planned(), "name": "return"}),
    "inspection:reassign_visit": Example(lambda: {"pk": _visit_planned()}),
    "inspection:visit_paper": Example(lambda: {"pk": _visit_planned(), "name": "approval"}),
    "inspection:record": Example(lambda: {"pk": _record()}),
    "inspection:recheck": Example(lambda: {"pk": _record()}),
    "inspection:record_paper": Example(lambda: {"pk": _record(), "name": "minutes"}),
    "inspection:doubt": Example(lambda: {"pk": _record("000000")}),
    "inspection:decide_doubt": Example(lambda: {"pk": _doubt()}, filled={}),
    "inspection:calibrate": Example(lambda: {"pk": _instrument()}),
    "inspection:retire": Example(lambda: {"pk": _instrument()}, filled={}),
    "api:one_inspection": Example(lambda: {"pk": _visit_planned()}),
    "api:inspection_officers": Example(lambda: {"pk": _visit_planned()}),
    "api:assign_inspection": Example(
        lambda: {"pk": _visit_planned()},
        said=_who_goes,
    ),
    "api:approve_inspection": Example(lambda: {"pk": _visit_planned()}, said={}),
    "api:notify_inspection": Example(lambda: {"pk": _visit_planned("approved")}, said={}),
    "api:return_inspection": Example(lambda: {"pk": _visit_planned()}, said={"why": "测试"}),
    "api:cancel_inspection": Example(lambda: {"pk": _visit_planned()}, said={"why": "测试"}),
    "trace:job": Example(lambda: {"number": _captured().id}),
    "trace:event": Example(lambda: {"name": _captured_event()}),
    "trace:capture_page": Example(lambda: {"number": _captured().id}),
    "trace:event_page": Example(lambda: {"key": _captured_key()}),
    "trace:event_raw": Example(lambda: {"key": _captured_key()}),
    **{f"trace:one_of_{kind}": _member(name) for kind, name in GROUPS.items()},
    **{f"trace:events_of_{kind}": _member(name) for kind, name in GROUPS.items()},
    **{
        f"trace:{name}": Example(lambda: {"name": _named_query()})
        for name in ("query", "query_events", "following", "subscriptions")
    },
    "trace:subscription": Example(_subscribed),
    # Nobody's: an address that is not there.
    "trace:nowhere": Example(lambda: {"rest": "nowhere"}, owned=True),
    "trace:subscription_act": Example(
        lambda: {"number": _subscribed()["number"], "act": "end"}, filled={}
    ),
    "trace:page_token": Example(lambda: {"token": _page_token()}, method="delete", owned=True),
    "draw:room": Example(lambda: {"no": _draw("drawn")}),
    "draw:record": Example(lambda: {"no": _draw()}),
    "draw:freeze": Example(lambda: {"no": _draft()}),
    "draw:tasks": Example(lambda: {"no": _draw("drawn")}),
    "draw:routes": Example(lambda: {"no": _draw("drawn")}),
    **{
        f"draw:{act}": Example(lambda state=state: {"no": _draw(state)}, filled={"reason": "测试"})
        for act, state in {
            "thaw": "frozen",
            "commit": "frozen",
            "beacon": "committed",
            "stand_in": "drawn",
            "reveal": "drawn",
            "close": "revealed",
            "void": "frozen",
        }.items()
    },
    "draw:sign": Example(lambda: {"no": _draw()}, role="witness", filled={"step": "x"}),
    "registry:business": Example(lambda: {"number": _business()}),
    "registry:correct": Example(lambda: {"number": _business()}),
    "registry:state": Example(lambda: {"number": _business()}),
    "registry:licence": Example(lambda: {"number": _business()}),
    "registry:compare": Example(_pair),
    "registry:not_same": Example(_pair, method="post"),
    "registry:take_back": Example(lambda: {"pk": _mark()}, method="post"),
    "registry:merge": Example(lambda: {"pk": _merge()}),
    "registry:undo_merge": Example(lambda: {"pk": _merge()}, method="post"),
    "registry:drop_area": Example(lambda: {"code": _area()}, method="post"),
    "registry:rename_view": Example(lambda: {"pk": _view()}, method="post", owned=True),
    "registry:drop_view": Example(lambda: {"pk": _view()}, method="post", owned=True),
    "registry:licence_act": Example(_page_part("licence", "renew")),
    "registry:head": Example(lambda: {"number": _business()}),
    "registry:move": Example(lambda: {"number": _business()}),
    "registry:take_over": Example(lambda: {"number": _business()}),
    "registry:add_premises": Example(lambda: {"number": _business()}),
    "registry:premises_act": Example(_page_part("premises", "change")),
    "registry:premises": Example(lambda: {"pk": _premises()}),
    "registry:post_person": Example(lambda: {"number": _business()}),
    "registry:person_act": Example(_page_part("person", "correct")),
    "registry:story": Example(lambda: {"number": _business()}),
    "registry:versions": Example(lambda: {"number": _business()}),
    "registry:sheet": Example(lambda: {"number": _business()}),
    "api:one_business": Example(lambda: {"code": _business_code()}),
    "registry:ask": Example(lambda: {"number": _business()}),
    "registry:inquiry": Example(lambda: {"pk": _inquiry()}),
    "registry:withdraw_inquiry": Example(lambda: {"pk": _inquiry()}, method="post"),
    "registry:see_certificate": Example(lambda: {"pk": _certificate()}, method="post"),
    # Desks are their businesses' own: nobody of a district has one.
    "registry:desk": Example(lambda: {"number": _business()}, role="enterprise", owned=True),
    "registry:desk_contact": Example(
        lambda: {"number": _business()}, role="enterprise", owned=True
    ),
    "registry:desk_staff": Example(lambda: {"number": _business()}, role="enterprise", owned=True),
    "registry:desk_leaves": Example(
        lambda: {"pk": _desk_person()}, role="enterprise", method="post", owned=True
    ),
    "registry:desk_certificate": Example(
        lambda: {"pk": _desk_person()}, role="enterprise", owned=True
    ),
    "registry:desk_answer": Example(lambda: {"pk": _inquiry()}, role="enterprise", owned=True),
    "registry:planning": Example(lambda: {"key": "licences"}, everywhere=True),
    "registry:planning_export": Example(lambda: {"key": "licences"}, everywhere=True),
    "api:people_of_business": Example(lambda: {"code": _business_code()}),
    "api:business_timeline": Example(lambda: {"code": _business_code()}),
    "api:business_versions": Example(lambda: {"code": _business_code()}),
    "api:one_plan": Example(lambda: {"key": "licences"}, everywhere=True),
    **{
        f"api:{name}": Example(lambda: {"code": _business_code()}, said=said)
        for name, said in FILE_ACTS.items()
    },
    **{
        f"api:{name}": Example(_file_part(part), said=said)
        for part, acts in PART_ACTS.items()
        for name, said in acts.items()
    },
    "api:see_health_certificate": Example(_sent_certificate, said={"good": True}),
    "api:undo_merge": Example(lambda: {"pk": _merge()}, said=WHY),
    "api:take_back_not_same": Example(lambda: {"pk": _mark()}, said={}),
    "api:one_inquiry": Example(lambda: {"pk": _inquiry()}),
    "api:settle_inquiry": Example(lambda: {"pk": _answered()}, said={"good": True}),
    "api:withdraw_inquiry": Example(lambda: {"pk": _inquiry()}, said={}),
    "api:one_own_inquiry": Example(lambda: {"pk": _inquiry()}, role="enterprise", owned=True),
    "api:answer_inquiry": Example(
        lambda: {"pk": _inquiry()}, role="enterprise", owned=True, said={"text": "测试"}
    ),
    "api:rename_view": Example(lambda: {"pk": _view()}, owned=True, said={"name": "新名"}),
    "api:drop_view": Example(lambda: {"pk": _view()}, method="delete", owned=True),
    "api:end_hook": Example(
        lambda: {"pk": _receiver("changes")}, role="city", method="delete", everywhere=True
    ),
    # A visit is the cadre's who has it: nobody else of his role sees it on a phone.
    "territory:visit": Example(lambda: {"pk": _duty_visit()}, role="duty_cadre", owned=True),
    "territory:one_visit": Example(lambda: {"pk": _duty_visit()}),
    "territory:name_for": Example(lambda: {"number": _business()}),
    "territory:cadre": Example(lambda: {"pk": _cadre()}),
    "territory:edit_cadre": Example(lambda: {"pk": _cadre()}),
    "territory:link_cadre": Example(lambda: {"pk": _cadre()}, method="post"),
    "territory:hand_over_cadre": Example(lambda: {"pk": _cadre()}, method="post"),
    "territory:take_off_cadre": Example(lambda: {"pk": _cadre()}, method="post"),
    "risk:file": Example(lambda: {"number": _graded()}),
    "risk:reasons": Example(lambda: {"number": _graded()}),
    "risk:profile": Example(lambda: {"number": _business(), "sheet": "restaurant"}),
    "risk:record_visit": Example(lambda: {"number": _business()}),
    "risk:record_ground": Example(lambda: {"number": _business()}),
    "risk:override": Example(lambda: {"number": _graded()}),
    "risk:end_override": Example(lambda: {"pk": _override()}),
    "risk:decide_ground": Example(lambda: {"pk": _ground()}),
    "risk:answer_objection": Example(lambda: {"pk": _objection()}),
    "risk:run": Example(lambda: {"pk": _risk_run()}, everywhere=True),
    "risk:export_movers": Example(lambda: {"pk": _risk_run()}, everywhere=True),
    "risk:notice": Example(lambda: {"number": _graded()}),
    "risk:own_notice": Example(lambda: {"number": _graded()}, role="enterprise", owned=True),
    "risk:own_grade": Example(lambda: {"number": _graded()}, role="enterprise", owned=True),
    "risk:object": Example(lambda: {"number": _graded()}, role="enterprise", owned=True),
    "risk:withdraw_objection": Example(
        lambda: {"pk": _objection()}, role="enterprise", method="post", owned=True
    ),
    "api:grade_of_business": Example(lambda: {"code": _business_code()}),
    "risk:credit_file": Example(lambda: {"number": _business()}),
    "risk:note_fact": Example(lambda: {"number": _business()}),
    "risk:enter_list": Example(lambda: {"number": _business()}),
    "risk:strike_fact": Example(lambda: {"pk": _fact()}),
    "risk:act_on_listing": Example(lambda: {"pk": _listing(), "act": "ask"}),
    "api:credit_of_business": Example(lambda: {"code": _business_code()}),
    "api:burden_of_business": Example(lambda: {"code": _business_code()}),
    "kit:open_item": Example(lambda: {"pk": _letter()}, method="post", owned=True),
    "kit:rule": Example(lambda: {"rule_id": "grade.bands"}, everywhere=True),
    "kit:rule_begin": Example(
        lambda: {"rule_id": "grade.bands"},
        role="city",
        everywhere=True,
        filled={"since": "2099-01-01"},
    ),
    **{
        f"kit:rule_{page}": _rule_page()
        for page in ("draft", "terms", "value", "new_item", "new_cap", "rehearsal")
    },
    "kit:rule_item": _rule_page(name="area"),
    "kit:rule_cap": _rule_page(name="bulk"),
    "kit:rule_drop": _rule_page(name="suppliers", filled={}),
    "kit:rule_repeal": _rule_page(filled={}),
    "kit:rule_submit": _rule_page(filled={}),
    "kit:rule_decide": _rule_page("in_review", filled={"decision": "approve"}),
    "kit:rule_withdraw": _rule_page("approved", filled={}),
    "kit:receiver": Example(lambda: {"pk": _receiver()}, role="city", everywhere=True),
    **{
        f"kit:{act}": Example(
            lambda: {"pk": _receiver()}, role="city", method="post", everywhere=True
        )
        for act in ("try_receiver", "end_receiver")
    },
    # Which message is in the form; without one there is nothing to send again.
    "kit:send_again": Example(lambda: {"pk": _receiver()}, role="city", method="post", owned=True),
    "kit:drop_duty": Example(lambda: {"pk": _duty()}, method="post"),
    "alerts:alert": Example(lambda: {"pk": _alert()}),
    "alerts:silence": Example(
        lambda: {"pk": _alert()},
        method="post",
        filled={"reach": "subject", "until": f"{clock.today() + timedelta(days=2)}", "why": "测试"},
    ),
    "alerts:lift": Example(lambda: {"pk": _silence()}, method="post"),
    "alerts:warning": Example(lambda: {"pk": _warning()}),
    "api:one_alert": Example(lambda: {"pk": _alert()}),
    "api:order_story": Example(lambda: {"pk": _order()}),
    "api:business_story": Example(lambda: {"id": _business_code()}),
    "alerts:order": Example(lambda: {"pk": _order()}),
    "alerts:order_act": Example(lambda: {"pk": _order(), "move": "accept"}),
    "alerts:answer_order": Example(
        lambda: {"pk": _order(told=True)}, role="enterprise", owned=True
    ),
    "api:one_order": Example(lambda: {"pk": _order()}),
    "api:move_order": Example(lambda: {"pk": _order(), "move": "accept"}, said={}),
    "api:answer_order": Example(
        lambda: {"pk": _order(told=True)}, role="enterprise", said={"note": "测试"}, owned=True
    ),
    "complaints:one": Example(lambda: {"pk": _complaint()}),
    "complaints:act": Example(lambda: {"pk": _complaint(), "move": "take"}),
    "complaints:bind": Example(lambda: {"pk": _complaint()}),
    # Its handler's alone, and whoever sent a sheet has it back.
    "complaints:reporter": Example(lambda: {"pk": _complaint()}, owned=True),
    "complaints:sheet_replies": Example(lambda: {"pk": _complaint_sheet()}, owned=True),
    "kit:import": Example(lambda: {"pk": _import()}, owned=True),
    "kit:import_columns": Example(lambda: {"pk": _import()}, owned=True),
    "kit:import_apply": Example(lambda: {"pk": _import()}, method="post", owned=True),
    "kit:import_undo": Example(lambda: {"pk": _import()}, method="post", owned=True),
    "kit:import_file": Example(lambda: {"pk": _import()}, owned=True),
    "api:one_import": Example(lambda: {"pk": _import()}, owned=True),
    "api:apply_import": Example(lambda: {"pk": _import()}, method="post", owned=True),
    "api:undo_import": Example(lambda: {"pk": _import()}, method="post", owned=True),
    "ledger:entry": Example(lambda: {"pk": _entry()}),
    "kit:attachment": Example(lambda: {"pk": _attachment()}),
    "api:send_blob": Example(lambda: {"sha256": _upload()}, owned=True),
    "api:blob_state": Example(lambda: {"sha256": _upload()}, owned=True),
    "api:blob_offset": Example(lambda: {"sha256": _upload()}, method="head", owned=True),
    "accounts:post": Example(lambda: {"pk": _post().pk}),
    "accounts:reset": Example(lambda: {"pk": _post().pk}, method="post"),
    "accounts:revoke_device": Example(lambda: {"pk": _device()}, method="post"),
    "accounts:void_enrolment": Example(lambda: {"pk": _enrolment()}, method="post"),
    "accounts:revoke_token": Example(lambda: {"pk": _token()}, method="post", owned=True),
    "mfa_edit_webauthn": Example(lambda: {"pk": _security_key()}, owned=True),
    "mfa_remove_webauthn": Example(lambda: {"pk": _security_key()}, owned=True),
}
