import pytest

from mingchu.base import trail
from mingchu.base.errors import Refusal
from mingchu.site.answers import broken
from mingchu.site.middleware import Refusals, content_security_policy

pytestmark = pytest.mark.django_db


def test_the_front_door_opens_in_both_languages(client):
    chinese = client.get("/", headers={"Accept-Language": "zh-CN"})
    english = client.get("/", headers={"Accept-Language": "en"})

    assert 'lang="zh-Hans-CN"' in chinese.content.decode()
    assert 'lang="en"' in english.content.decode()


def test_a_chosen_language_stays_and_leaves_the_address_clean(client):
    choice = client.get("/?q=面&lang=en&lang=fr")
    assert choice.url == "/?q=%E9%9D%A2"

    choice = client.get("/?lang=en")

    assert 'lang="en"' in client.get(choice.url).content.decode()


def test_a_choice_leads_to_no_other_host(client):
    told = client.generic("GET", "/", QUERY_STRING="lang=en", PATH_INFO="//elsewhere.example/")

    assert told.url == "/%2Felsewhere.example/"


def test_a_form_may_lead_to_the_identity_provider_and_nowhere_else(settings):
    app = {"settings": {"server_url": "https://id.example/realms/city"}}
    settings.SOCIALACCOUNT_PROVIDERS = {"openid_connect": {"APPS": [app]}}

    assert "form-action 'self' https://id.example;" in content_security_policy()


def test_large_text_is_kept_without_a_script(client):
    client.get("/?text=large")

    assert 'class="large"' in client.get("/").content.decode()


def test_no_page_may_run_anything_inline_or_from_elsewhere(client):
    policy = client.get("/")["Content-Security-Policy"]

    assert "unsafe" not in policy
    assert policy.startswith("default-src 'none'")


def test_a_missing_page_says_so_to_people_and_programs(client):
    page = client.get("/nowhere")
    problem = client.get("/nowhere", headers={"Accept": "application/json"})

    assert page.status_code == problem.status_code == 404
    assert "not_found" in page.content.decode()
    assert problem["Content-Type"] == "application/problem+json"
    assert problem.json()["code"] == "not_found"
    assert problem.json()["request_id"] == problem["X-Request-Id"]


def test_a_refusal_becomes_a_page_with_reason_and_way_out(rf):
    told = Refusals(lambda request: None).process_exception(
        rf.get("/somewhere"), Refusal("too_many", "共{n}家", "最多{top}家", n=3, top=2, status=422)
    )

    assert told.status_code == 422
    for part in ("共3家", "最多2家", "too_many"):
        assert part in told.content.decode()


def test_a_form_kept_open_too_long_says_so(client):
    client.handler.enforce_csrf_checks = True

    told = client.post("/login/", {"login": "a", "password": "b"})

    assert told.status_code == 403
    assert "stale_form" in told.content.decode()


def test_a_fault_of_ours_is_told_without_the_database(rf):
    with trail.following("request-1"):
        page = broken(rf.get("/somewhere"))
        problem = broken(rf.get("/api/v1/somewhere"))

    assert page.status_code == problem.status_code == 500
    for part in ("server_error", "request-1"):
        assert part in page.content.decode()
        assert part in problem.content.decode()


@pytest.mark.parametrize("path", ["/", "/api/v1/businesses"])
def test_a_name_that_is_not_ours_is_told_and_is_no_fault(client, path):
    said = client.get(path, headers={"host": "elsewhere.example.cn"})

    assert said.status_code == 400
    assert "unknown_host" in said.content.decode()


def test_each_request_leaves_one_line(client, caplog):
    with caplog.at_level("INFO", logger="mingchu.request"):
        client.get("/healthz?q=private", headers={"X-Request-Id": "caller-17"})

    assert [record.getMessage().split(" ms=")[0] for record in caplog.records] == [
        "method=GET path=/healthz route=healthz status=200"
    ]


def test_an_address_that_only_takes_forms_says_so(client):
    told = client.get("/logout/")

    assert told.status_code == 405
    assert told["Allow"] == "POST"
    assert "method_not_allowed" in told.content.decode()


def test_too_many_parameters_are_a_bad_request_for_readers_and_programs(client):
    many = "&".join(f"a{number}=1" for number in range(2000))
    page = client.get(f"/?{many}")
    told = client.get(f"/api/v1/draws?{many}")

    assert (page.status_code, told.status_code) == (400, 401)
    assert told["Content-Type"] == "application/problem+json"


def test_a_programs_address_is_answered_with_the_parameters_it_came_with(client):
    assert client.get("/epcis/events?lang=en").status_code == 401
