"""The closed loop 闭环: a case from the first signal to its end, on one page, with its proofs."""

from __future__ import annotations

import hashlib
from collections.abc import Callable, Iterator
from datetime import date
from typing import Any

import pytest
from alerting import a_signal, alerted
from build import SAIHAN, XINCHENG, a_restaurant
from django.test import Client
from orderly import MORNING, STATION
from program import Program

from mingchu.accounts import services as accounts
from mingchu.accounts.domain import CITY, Scope, ScopeKind
from mingchu.accounts.models import User
from mingchu.accounts.queries import actor_for
from mingchu.alerts.models import Order
from mingchu.alerts.services import orders
from mingchu.base import clock
from mingchu.ledger.services import acting, seal
from mingchu.registry import services as registry
from mingchu.registry.models import Business
from mingchu.site.ledger import check

pytestmark = pytest.mark.django_db
TOLD = ("立警：外部系统报送问题", "立工单", "开始处置", "提交核查", "已处置办结")
IN_ENGLISH = ("Alert opened", "Problem sent in by another system", "Handled and closed")


@pytest.fixture(autouse=True)
def friday(settings: Any, tmp_path: Any) -> Iterator[None]:
    settings.HOME = tmp_path
    with clock.at(MORNING):
        yield


def somebody(role: str, scope: Scope) -> User:
    user = accounts.enrol_person(username=f"{role}-{scope.code or 'city'}", name=f"测试{role}")
    accounts.give_post(user=user, role=role, scope=scope)
    return user


@pytest.fixture
def restaurant() -> Business:
    return registry.enrol(a_restaurant())


@pytest.fixture
def case(restaurant: Business) -> Order:
    """Noticed by a device, alerted, ordered, handled by one, closed by another; and sealed."""
    officer = somebody("station", Scope(ScopeKind.STATION, STATION))
    chief = somebody("district", Scope(ScopeKind.DISTRICT, SAIHAN))
    [alert] = alerted(
        a_signal(business_id=restaurant.pk, district=SAIHAN, station=STATION, subject="device:9")
    )
    order = Order.objects.get(alerts=alert)
    with acting(f"user:{officer.pk}"):
        orders.begin(order=order, by=actor_for(officer))
        orders.submit(order=order, note="已当场整改", by=actor_for(officer))
    closed = orders.close(order=order, note="核对无误", by=actor_for(chief))
    seal()
    return closed


@pytest.fixture
def reader() -> Callable[..., Client]:
    def make(role: str = "city", scope: Scope = CITY) -> Client:
        client = Client()
        client.force_login(somebody(role, scope), backend="mingchu.accounts.backends.Backend")
        return client

    return make


def page_of(client: Client, path: str, language: str) -> str:
    answer = client.get(path, headers={"Accept-Language": language})
    assert answer.status_code == 200
    page: str = answer.content.decode()
    return page[page.index("<main") : page.index("</main")]


def paths(case: Order, restaurant: Business) -> tuple[str, str]:
    return f"/w/orders/{case.pk}", f"/w/businesses/{restaurant.public_id}/story"


def test_a_case_reads_from_signal_to_closure_in_the_order_of_time(
    case: Order, restaurant: Business, reader: Callable[..., Client]
) -> None:
    client = reader()

    for path in paths(case, restaurant):
        page = page_of(client, path, "zh-CN")
        loop = page[page.index("闭环：从发现到办结") :]
        places = [loop.index(said) for said in TOLD]
        assert places == sorted(places), path
        assert "alert.yellow_days" in page or "黄色工单时限" in loop  # by which rule
        assert "测试station" in loop  # by whom
        assert "台账 #" in loop  # and where it stands in the ledger


def test_the_same_case_reads_in_english(
    case: Order, restaurant: Business, reader: Callable[..., Client]
) -> None:
    client = reader()

    for path in paths(case, restaurant):
        page = page_of(client, path, "en")
        loop = page[page.index('class="timeline loop"') :]
        assert all(said in loop for said in IN_ENGLISH), path


def test_another_district_reads_nothing_of_it(
    case: Order, restaurant: Business, reader: Callable[..., Client]
) -> None:
    client = reader("district", Scope(ScopeKind.DISTRICT, XINCHENG))

    assert [client.get(path).status_code for path in paths(case, restaurant)] == [404, 404]


def proved(told: dict[str, Any]) -> int:
    """How many steps there are, each of which leads by its own bytes to the head that is told."""
    head = told["head"]
    steps = [step for chain in told["items"] for step in chain["steps"]]
    for step in steps:
        proof = step["proof"]
        digest = hashlib.new(step["algorithm"], step["content"].encode()).digest()
        assert digest.hex() == step["digest"]
        leaf = check.leaf_hash(proof["algorithm"], digest)
        assert leaf.hex() == proof["leaf_hash"]
        way = [bytes.fromhex(one) for one in proof["inclusion_path"]]
        root = check.root_by_inclusion(
            proof["algorithm"], leaf, proof["leaf_index"], proof["tree_size"], way
        )
        assert root.hex() == head["root"]
    return len(steps)


@pytest.mark.parametrize("language", ["zh-CN", "en"])
def test_programs_get_every_step_with_a_proof_that_holds(
    case: Order, restaurant: Business, language: str
) -> None:
    program = Program("city", CITY)
    program.headers["Accept-Language"] = language

    of_order = program.get(f"orders/{case.pk}/story").json()
    of_business = program.get(f"businesses/{restaurant.public_id}/story").json()

    assert proved(of_order) == proved(of_business) == 6
    [chain] = of_order["items"]
    assert chain == of_business["items"][0]
    kinds = [step["kind"] for step in chain["steps"]]
    assert kinds == [
        "alerts.alert_opened", "alerts.order_opened", "alerts.order_moved", "alerts.order_moved",
        "alerts.order_ended", "alerts.alert_ended",
    ]  # fmt: skip
    by_id = {step["id"]: step for step in chain["steps"]}
    assert chain["steps"][0]["cause"] is None
    assert all(step["cause"] in by_id for step in chain["steps"][1:])
    words = IN_ENGLISH[0] if language == "en" else TOLD[0]
    assert words in chain["steps"][0]["said"]
    rule = chain["steps"][0]["rule"]
    assert rule["id"] == "alert.yellow_days"
    assert date.fromisoformat(rule["since"]) < MORNING.date()


def test_what_is_not_sealed_yet_has_no_proof_and_says_so(
    case: Order, restaurant: Business, reader: Callable[..., Client]
) -> None:
    chief = User.objects.get(username=f"district-{SAIHAN}")
    orders.reopen(order=case, note="又坏了", by=actor_for(chief))
    program = Program("city", CITY)

    steps = program.get(f"orders/{case.pk}/story").json()["items"][0]["steps"]

    assert [step["proof"] is None for step in steps] == [False] * 6 + [True]
    assert "待封存" in page_of(reader(), f"/w/orders/{case.pk}", "zh-CN")


def test_a_program_of_another_district_finds_no_such_case(case: Order) -> None:
    program = Program("district", Scope(ScopeKind.DISTRICT, XINCHENG))

    assert program.get(f"orders/{case.pk}/story").status_code == 404
    assert program.post(f"orders/{case.pk}/story", {}).status_code in (404, 405)
