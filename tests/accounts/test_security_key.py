"""Security keys in a real browser with a virtual authenticator; the ways in at phone width."""

import base64
from collections.abc import Iterator

import live
import pytest
from browsing import PHONE, a_browser, faults, the_program
from playwright.sync_api import Page, sync_playwright

from mingchu.accounts import services
from mingchu.accounts.domain import CITY, Scope, ScopeKind
from mingchu.accounts.keys import SIGNING
from mingchu.accounts.models import User
from mingchu.accounts.queries import actor_for

pytestmark = pytest.mark.peer
PASSWORD = "明厨-sound-7261"


@pytest.fixture
def served(committed, settings, tmp_path) -> Iterator[str]:
    settings.HOME = tmp_path
    settings.ALLOWED_HOSTS = ["localhost"]
    settings.MFA_WEBAUTHN_ALLOW_INSECURE_ORIGIN = True
    # Browsers hand security keys to localhost, never to a bare address.
    with live.served("localhost") as url:
        yield url


@pytest.fixture
def officer(served) -> User:
    user = services.enrol_person(username="officer", name="测试", password=PASSWORD)
    services.give_post(user=user, role="city", scope=CITY)
    return user


@pytest.fixture
def sheet(officer) -> services.Invitation:
    return services.issue_enrolment(
        role="parent", scope=Scope(ScopeKind.SCHOOL, "31"), by=actor_for(officer)
    )


@pytest.fixture
def page(served, sheet) -> Iterator[Page]:
    """A phone's browser; people are made before it, since it brings an event loop."""
    the_program()
    with sync_playwright() as play:
        browser = a_browser(play)
        page = browser.new_page(viewport=PHONE, base_url=served, locale="zh-CN")
        page.set_default_timeout(8000)
        yield page
        browser.close()


def plug_in_a_key(page: Page) -> None:
    devices = page.context.new_cdp_session(page)
    devices.send("WebAuthn.enable")
    key = {
        "protocol": "ctap2",
        "transport": "usb",
        "hasResidentKey": True,
        "hasUserVerification": True,
        "isUserVerified": True,
    }
    devices.send("WebAuthn.addVirtualAuthenticator", {"options": key})


def sign_in(page: Page) -> None:
    page.goto("/login/")
    page.get_by_label("登录账号").fill("officer")
    page.get_by_label("密码").fill(PASSWORD)
    page.get_by_role("button", name="登录", exact=True).click()


def test_a_security_key_becomes_the_second_factor(page):
    plug_in_a_key(page)
    sign_in(page)
    page.goto("/account/second/keys/add/")
    page.get_by_label("密码").fill(PASSWORD)
    page.get_by_role("button", name="确认").click()
    page.get_by_role("button", name="添加", exact=True).click()
    page.wait_for_url("**/account/second/codes/")

    page.goto("/account/")
    page.get_by_role("button", name="退出登录").click()
    sign_in(page)
    page.wait_for_url("**/login/second/")
    page.goto("/account/")
    assert "/login/" in page.url
    page.goto("/login/second/")
    page.get_by_role("button", name="用安全密钥").click()

    page.wait_for_function("!location.pathname.startsWith('/login')")
    page.goto("/account/")
    assert page.get_by_role("heading", name="我的账号").is_visible()


def test_a_key_cannot_be_asked_for_before_its_script_is_there(page):
    page.route("**/accounts/keys.js", lambda route: route.abort())
    sign_in(page)
    page.goto("/account/second/keys/add/")
    page.get_by_label("密码").fill(PASSWORD)
    page.get_by_role("button", name="确认").click()
    page.wait_for_load_state()

    assert page.get_by_role("button", name="添加", exact=True).is_disabled()


def test_the_ways_in_work_on_a_phone_and_for_everybody(page, sheet):
    wrong = []
    page.goto("/login/")
    wrong += faults(page, PHONE)
    page.goto(f"/login/{sheet.token}")
    wrong += faults(page, PHONE)
    page.get_by_label("校验码").fill(sheet.pin)
    page.get_by_label("姓名").fill("王新")
    page.get_by_label("登录账号").fill("13900000000")
    page.get_by_label("设置密码").fill("204816")
    page.get_by_label("再输一次密码").fill("204817")
    page.get_by_role("button", name="完成开户").click()
    assert page.get_by_role("alert").is_visible()
    wrong += faults(page, PHONE)
    page.get_by_label("校验码").fill(sheet.pin)
    page.get_by_label("设置密码").fill("204816")
    page.get_by_label("再输一次密码").fill("204816")
    page.get_by_role("button", name="完成开户").click()
    page.goto("/account/")
    for path in ("", "tokens/", "second/", "second/totp/on/", "sessions/", "password/"):
        page.goto(f"/account/{path}")
        wrong += faults(page, PHONE)

    assert wrong == []


def test_the_desk_of_people_works_for_everybody(page):
    wrong = []
    sign_in(page)
    for path in ("/w/people/", "/w/people/enrolments/new", "/w/people/handover"):
        page.goto(path)
        wrong += faults(page, PHONE)
    page.goto("/w/people/enrolments/new")
    page.get_by_label("角色").select_option("parent")
    page.get_by_label("范围类别").select_option("school")
    page.get_by_label("范围代码").fill("31")
    page.get_by_role("button", name="开具").click()
    assert page.locator(".qr svg").is_visible()
    wrong += faults(page, PHONE)
    page.emulate_media(media="print")
    assert not page.locator(".pin").is_visible()

    assert wrong == []


@pytest.fixture
def inspecting(officer) -> int:
    """The officer inspects as well and has a phone signed in; the number of that post."""
    officer.certificate_no = "XZ-1"
    officer.save()
    post = services.give_post(user=officer, role="inspector", scope=CITY)
    services.issue_device_token(
        user=officer, device="018f0000-0000-7000-8000-00000000000a", name="红米", days=30
    )
    return post.pk


def test_an_officer_sets_his_signing_pin_and_ends_a_lost_phone(inspecting, page):
    wrong = []
    sign_in(page)
    page.goto("/account/")
    page.get_by_role("link", name="签名口令").click()
    page.get_by_label("密码").fill(PASSWORD)
    page.get_by_role("button", name="确认").click()
    wrong += faults(page, PHONE)
    page.get_by_label("新签名口令").fill("123456")
    page.get_by_label("再输一次").fill("123456")
    page.get_by_role("button", name="保存").click()
    assert page.get_by_text("太容易猜到").first.is_visible()
    wrong += faults(page, PHONE)
    page.get_by_label("新签名口令").fill("204816")
    page.get_by_label("再输一次").fill("204816")
    page.get_by_role("button", name="保存").click()
    assert page.get_by_text("签名口令已设置").is_visible()
    page.goto(f"/w/people/posts/{inspecting}")
    wrong += faults(page, PHONE)
    page.get_by_role("row", name="红米").get_by_role("button", name="撤销").click()
    assert page.get_by_text("已撤销").is_visible()

    assert wrong == []


SEAL = """async ([jwk, text]) => {
  const how = {name: "RSA-OAEP", hash: "SHA-256"};
  const key = await crypto.subtle.importKey("jwk", jwk, how, false, ["encrypt"]);
  const sealed = await crypto.subtle.encrypt(how, key, new TextEncoder().encode(text));
  return btoa(String.fromCharCode(...new Uint8Array(sealed)));
}"""


def test_a_browser_seals_what_the_house_opens(page):
    page.goto("/login/")
    said = SIGNING.public_jwk()

    sealed = page.evaluate(SEAL, [said["jwk"], "204816 与记录"])

    assert SIGNING.unseal(said["kid"], base64.b64decode(sealed)) == "204816 与记录".encode()
