"""Who may do what where: the table of roles as a table, the deciding function as properties."""

from dataclasses import replace
from datetime import date

import pytest
from hypothesis import given
from hypothesis import strategies as st

from mingchu.accounts.domain import (
    CITY,
    Actor,
    Place,
    Post,
    Scope,
    ScopeKind,
    any_matches,
    covers,
    faults,
    grants_on,
    matches,
    may,
    may_give,
    place_of,
)
from mingchu.accounts.roles import TABLE, load, roles
from mingchu.accounts.routes import routes

DAY = date(2026, 11, 20)
XINCHENG, YUQUAN = Scope(ScopeKind.DISTRICT, "150102"), Scope(ScopeKind.DISTRICT, "150104")
CODES = [
    "city",
    "district",
    "station",
    "inspector",
    "publisher",
    "case_officer",
    "enterprise",
    "first_station",
    "holder",
    "carrier",
    "market",
    "assessor",
    "canteen",
    "school",
    "patrol",
    "parent",
    "education",
    "finance",
    "lab",
    "duty_cadre",
    "grid",
    "witness",
    "auditor",
    "admin",
]


def an_actor(role: str, scope: Scope = CITY, *, certified: bool = False, since=DAY, until=None):
    post = Post(role, scope, since, until, id=1)
    return Actor(
        roles(),
        user_id=17,
        name="测试",
        grants=grants_on([post], roles(), DAY),
        certified=certified,
    )


def test_the_role_codes_are_those_of_the_contract():
    assert list(roles().by_code) == CODES


@pytest.mark.parametrize(
    ("role", "certified", "action", "allowed"),
    [
        ("city", False, "registry.read", True),
        ("city", False, "registry.import", True),
        ("city", True, "inspection.conduct", False),
        ("inspector", True, "inspection.conduct", True),
        ("inspector", False, "inspection.conduct", False),
        ("inspector", False, "inspection.read", True),
        ("case_officer", True, "enforcement.decide", True),
        ("case_officer", False, "enforcement.decide", False),
        ("grid", True, "inspection.conduct", False),
        ("duty_cadre", True, "inspection.sign", False),
        ("patrol", True, "inspection.conduct", False),
        ("parent", True, "inspection.conduct", False),
        ("parent", False, "kitchen.watch", True),
        ("enterprise", False, "registry.read", False),
        ("enterprise", False, "registry.own", True),
        ("city", False, "registry.own", False),
        ("district", False, "alerts.answer", False),
        ("enterprise", False, "risk.read", False),
        ("auditor", False, "accounts.log", True),
        ("city", False, "accounts.log", False),
        ("admin", False, "registry.write", False),
        ("publisher", False, "disclosure.publish", True),
        ("parent", False, "accounts.self", True),
        ("parent", False, "accounts.people", False),
        ("school", False, "accounts.people", True),
    ],
)
def test_a_role_may_what_the_table_says(role, certified, action, allowed):
    assert may(an_actor(role, certified=certified), action) is allowed


@pytest.mark.parametrize("role", CODES)
def test_nobody_inspects_without_a_certificate(role):
    actor = an_actor(role, certified=False)

    assert not any(may(actor, action) for action in roles().certificate_actions)


@pytest.mark.parametrize("code", [role.code for role in roles() if role.is_office])
def test_no_office_does_what_a_body_does_for_itself(code):
    actor = an_actor(code, certified=True)
    asked = {route.action for route in routes() if "." in route.action}

    own = {action for action in asked if any_matches(roles().body_actions, action)}

    assert {"registry.own", "alerts.answer"} <= own
    assert not any(may(actor, action) for action in own)


def test_nobody_may_anything_unless_he_is_known():
    nobody = Actor(roles())

    assert not may(nobody, "accounts.self")
    assert nobody.label == "nobody"


def test_a_post_counts_from_its_first_day_to_its_last():
    days = {"since": date(2026, 11, 19), "until": date(2026, 11, 20)}
    post = Post("city", CITY, **days)

    held = [post.is_held_on(date(2026, 11, day)) for day in (18, 19, 20, 21)]

    assert held == [False, True, True, False]
    assert not may(an_actor("city", since=date(2026, 11, 21)), "registry.read")


def test_a_district_officer_reaches_no_other_district():
    officer = an_actor("district", XINCHENG)

    assert may(officer, "registry.write", Place(district="150102", business="7"))
    assert not may(officer, "registry.write", Place(district="150104", business="7"))
    assert officer.scopes_for("registry.write") == (XINCHENG,)


def test_everybody_may_see_to_his_own_account_and_to_nobody_elses():
    actor = an_actor("parent", Scope(ScopeKind.SCHOOL, "3"))

    assert may(actor, "accounts.self", Place(person="17"))
    assert not may(actor, "accounts.self", Place(person="18"))


def test_a_token_may_no_more_than_its_scopes():
    token = replace(an_actor("city"), within=roles().api_scopes["read"], token="T1")

    assert may(token, "registry.read")
    assert not may(token, "registry.write")
    assert token.label == "user:17 token:T1"


def test_an_act_keeps_the_post_it_was_done_in():
    posts = [Post("auditor", CITY, DAY, id=1), Post("district", XINCHENG, DAY, id=2)]
    actor = Actor(roles(), user_id=17, grants=grants_on(posts, roles(), DAY))

    assert actor.post_for("registry.write").id == 2
    assert actor.post_for("registry.read", Place(district="150104")).id == 1
    assert actor.post_for("disclosure.publish") is None


def test_an_officer_gives_only_lower_posts_and_only_in_his_scope():
    officer = an_actor("district", XINCHENG)
    give = roles().by_code

    assert may_give(officer, give["inspector"], place_of(XINCHENG))
    assert not may_give(officer, give["inspector"], place_of(YUQUAN))
    assert not may_give(officer, give["admin"], place_of(XINCHENG))


@pytest.mark.parametrize(
    ("change", "said"),
    [
        (("actions: [school.own, school.patrol]", "actions: [inspection.sign]"), "patrol has"),
        (("zh: 食品安全协管员", "zh: 协管员\n    certificate: true"), "grid must never inspect"),
        (("gives: [holder]", "gives: [houder]"), "holder gives unknown roles"),
        (("scopes: [market]", "scopes: []"), "market has no kind of scope"),
        (("territory.visit]", "registry.own]"), "duty_cadre is an office and has registry.own"),
    ],
)
def test_a_table_of_roles_that_contradicts_itself_is_refused(change, said):
    with pytest.raises(ValueError, match=said):
        load(TABLE.read_text(encoding="utf-8").replace(*change, 1))


def test_the_table_in_use_has_no_fault():
    assert list(faults(roles())) == []


codes = st.sampled_from(["150102", "150104", "7", "8", ""])
scopes = st.builds(Scope, st.sampled_from(list(ScopeKind)), codes)
places = st.builds(Place, district=codes, station=codes, business=codes, school=codes, market=codes)
actions = st.sampled_from(
    ["registry.read", "registry.write", "inspection.sign", "accounts.people", "draw.witness"]
)
posts = st.lists(st.builds(Post, st.sampled_from(CODES), scopes, st.just(DAY)), max_size=4)


@given(posts, posts, actions, places, st.booleans())
def test_another_post_takes_nothing_away(held, more, action, place, certified):
    less = Actor(roles(), 1, grants=grants_on(held, roles(), DAY), certified=certified)
    greater = replace(less, grants=grants_on(held + more, roles(), DAY))

    assert not may(less, action, place) or may(greater, action, place)


@given(posts, actions, places, st.booleans())
def test_who_may_there_may_somewhere_and_a_scope_says_where(held, action, place, certified):
    actor = Actor(roles(), 1, grants=grants_on(held, roles(), DAY), certified=certified)

    allowed = may(actor, action, place)

    assert not allowed or may(actor, action)
    assert allowed == any(covers(scope, place) for scope in actor.scopes_for(action))
    assert allowed == (actor.post_for(action, place) is not None)


@given(posts, actions, places, st.sampled_from(sorted(roles().api_scopes)))
def test_a_token_never_may_more_than_its_holder(held, action, place, name):
    holder = Actor(roles(), 1, grants=grants_on(held, roles(), DAY), certified=True)
    token = replace(holder, within=roles().api_scopes[name], token="T")

    assert not may(token, action, place) or may(holder, action, place)


@given(actions)
def test_an_action_matches_itself_its_context_and_its_verb(action):
    context, verb = action.split(".")

    assert all(matches(p, action) for p in (action, f"{context}.*", f"*.{verb}", "*", "*.*"))
    assert not matches(f"{context}.other", action)
