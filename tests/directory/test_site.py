"""What every answer carries, and what is never written down."""

import json
import logging
import re
from typing import Any

import pytest
import time_machine
from django.db import OperationalError, connection
from django.db.migrations.recorder import MigrationRecorder
from django.test import Client, RequestFactory
from django.urls import path, reverse

from directory import urls as site
from directory.checks import check_database_version
from directory.logs import PrivateFormatter
from directory.middleware import trust_only_known_proxies
from directory.wsgi import application
from resources.pages.fees import fees
from resources.pages.urls import urlpatterns
from tests.addresses import PAGES, build_public, filled
from tests.build import build_service

NOBODY = "00000000-0000-4000-8000-000000000000"
FORMS = ("/suggest/", "/correct/", "/thanks/", "/confirm/")


@pytest.fixture
def addresses(db: None) -> list[str]:
    return filled(PAGES, build_public())


@pytest.mark.slow("opens every page")
def test_every_page_carries_the_strict_policy(client: Client, addresses: list[str]) -> None:
    for address in addresses:
        answer = client.get(address)
        policy = dict(part.split(" ", 1) for part in answer.headers["Content-Security-Policy"].split("; "))
        assert policy["default-src"] == "'none'", address
        assert policy["script-src"] == policy["style-src"] == policy["form-action"] == "'self'", address
        assert "unsafe" not in answer.headers["Content-Security-Policy"], address
        assert answer.headers["Referrer-Policy"] == "same-origin", address
        assert answer.headers["X-Content-Type-Options"] == "nosniff", address
        assert answer.headers["Cross-Origin-Opener-Policy"] == "same-origin", address
        assert answer.headers["Permissions-Policy"].startswith("geolocation=()"), address
        cache_control = "no-store" if address.partition("?")[0].endswith(FORMS) else "private"
        assert answer.headers["Cache-Control"].startswith(cache_control), address
        assert "Set-Cookie" not in answer.headers, address


@pytest.mark.slow("opens every page")
def test_no_page_has_anything_inline_or_from_elsewhere(client: Client, addresses: list[str]) -> None:
    for address in addresses:
        page = client.get(address, headers={"accept": "text/html"}).content.decode()
        data, scripts = partition_scripts(page)
        assert set(scripts) == {""}, address
        assert all(map(json.loads, data)), address
        assert "<style" not in page, address
        assert " style=" not in page, address
        assert 'src="http' not in page, address
        assert '<link rel="stylesheet" href="http' not in page, address


def partition_scripts(page: str) -> tuple[list[str], list[str]]:
    """What stands inside of those that hold data for machines, and of those that run."""
    found = re.findall(r"<script([^>]*)>(.*?)</script>", page, re.DOTALL)
    return (
        [inside for kind, inside in found if "application/" in kind],
        [inside for kind, inside in found if "application/" not in kind],
    )


@pytest.mark.django_db
def test_the_global_privacy_control_changes_nothing(client: Client) -> None:
    build_service("Quiet room", areas=["US"])
    plain, private = client.get("/search/"), client.get("/search/", headers={"sec-gpc": "1"})
    assert plain.content == private.content
    assert json.loads(client.get("/.well-known/gpc.json").content)["gpc"] is True


@pytest.mark.django_db
def test_robots_may_not_walk_the_searches(client: Client) -> None:
    assert "Disallow: /search/" in client.get("/robots.txt").content.decode()


def test_the_process_answers_without_a_database(client: Client) -> None:
    assert client.get("/healthz").content == b"ok\n"


@pytest.mark.django_db
def test_it_is_ready_once_something_is_published(client: Client) -> None:
    waiting = client.get("/readyz")
    assert (waiting.status_code, waiting.content) == (503, b"not ready: no listing is published\n")
    build_service("Quiet room", areas=["US"])
    assert client.get("/readyz").status_code == 200


def test_a_wrong_host_is_refused(client: Client) -> None:
    assert client.get("/urgent/", headers={"host": "evil.example"}).status_code == 400


@pytest.mark.parametrize(
    ("proxies", "is_believed"), [([], False), (["127.0.0.1"], True), (["10.0.0.1"], False)]
)
def test_only_a_known_proxy_is_believed(settings: Any, proxies: list[str], is_believed: bool) -> None:
    settings.TRUSTED_PROXIES = proxies
    seen: dict[str, Any] = {}

    def view(request: Any) -> Any:
        seen.update(request.META)

    request = RequestFactory().get(
        "/", headers={"x-forwarded-proto": "https", "x-forwarded-for": "203.0.113.9"}
    )
    trust_only_known_proxies(view)(request)
    assert ("HTTP_X_FORWARDED_PROTO" in seen) is is_believed


CANARY = "canarymiscarriage"


def test_a_crash_is_logged_by_its_place_in_the_code_and_not_by_what_was_asked(rf: RequestFactory) -> None:
    request = rf.get(f"/search/{CANARY}", {"q": CANARY}, headers={"x-forwarded-for": "203.0.113.77"})
    try:
        raise ValueError(f"cannot read {CANARY}")
    except ValueError as error:
        trace = (type(error), error, error.__traceback__)
    record = logging.makeLogRecord(
        {
            "name": "django.request",
            "levelname": "ERROR",
            "msg": "Internal Server Error: %s",
            "args": (request.path,),
            "exc_info": trace,
            "request": request,
            "status_code": 500,
        }
    )
    written = PrivateFormatter().format(record)
    assert CANARY not in written
    assert "203.0.113" not in written
    assert "test_site.py" in written
    assert "ValueError" in written


@pytest.mark.django_db
def test_a_search_that_crashes_leaves_no_trace_of_itself(
    client: Client, monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    def crash(*_: Any) -> None:
        raise RuntimeError(f"the question was {CANARY}")

    monkeypatch.setattr("resources.search.filters.search_listings", crash)
    client.raise_request_exception = False
    answer = client.get("/search/", {"q": CANARY}, headers={"x-forwarded-for": "203.0.113.77"})
    assert answer.status_code == 500
    assert CANARY not in answer.content.decode()
    written = "".join(capsys.readouterr())
    assert CANARY not in written
    assert "203.0.113" not in written


@pytest.mark.django_db
@pytest.mark.parametrize("referrer", ["http://[x", "//[", "http://[foo]/search/"])
def test_a_malformed_referrer_is_no_crash(client: Client, referrer: str) -> None:
    service = build_service("Quiet room", areas=["US"])
    assert client.get(f"/services/{service.pk}/", headers={"referer": referrer}).status_code == 200


@pytest.mark.parametrize("address", ["/", "/search/", "/urgent/", "/healthz", "/robots.txt"])
@pytest.mark.parametrize("method", ["post", "put", "options", "trace"])
def test_visitors_pages_are_only_read(client: Client, address: str, method: str) -> None:
    # Without the `db` mark: refused before anything is read.
    assert getattr(client, method)(address).status_code == 405


def test_only_forms_of_visitors_may_be_sent_each_with_its_most_bytes(client: Client) -> None:
    """Asked of every address there is: neither the middleware nor this test names one."""
    limits = {}
    for pattern in urlpatterns:
        kinds = {"uuid": NOBODY, "slug": "us", "int": "1"}
        names = {
            name: kinds[type(each).__name__.removesuffix("Converter").lower()]
            for name, each in pattern.pattern.converters.items()
        }
        address = reverse(f"pages:{pattern.name}", kwargs=names)
        limit = getattr(pattern.callback, "max_form_bytes", 0)
        body = b"x" * (limit + 1)
        answer = client.post(address, body, content_type="application/x-www-form-urlencoded")
        assert answer.status_code == (413 if limit else 405), address
        if limit:
            limits[pattern.name] = limit
    assert limits == {
        "fees": 4096,
        "handout": 4096,
        "suggest": 65_536,
        "correct": 65_536,
        "confirm": 65_536,
    }


@pytest.mark.django_db
@pytest.mark.urls((path("es/servicios/<uuid:pk>/precio/", fees), *site.urlpatterns))
def test_a_form_that_moves_takes_its_limit_along(client: Client) -> None:
    address = f"/es/servicios/{NOBODY}/precio/"
    assert client.post(address, {"income": "1"}).status_code == 404
    assert client.post(address, {"income": "1" * 5000}).status_code == 413


@pytest.mark.django_db
def test_a_malformed_content_type_is_spared_the_application(keep_connection: None) -> None:
    seen: dict[str, Any] = {}
    environ = RequestFactory().get("/urgent/").environ | {"CONTENT_TYPE": "text/plain; a*=nonsense''%41"}
    application(environ, lambda status, _headers, _error=None: seen.update(status=status))
    assert seen["status"] == "200 OK"


def test_a_wrong_host_is_written_to_no_log(client: Client, capsys: pytest.CaptureFixture[str]) -> None:
    client.get("/urgent/", headers={"host": f"{CANARY}.example"})
    assert CANARY not in "".join(capsys.readouterr())


@pytest.mark.django_db
@pytest.mark.parametrize("address", ["/search/", "/api/v1/listings/"])
def test_a_database_that_is_down_is_said_and_urgent_help_goes_on(
    client: Client, monkeypatch: pytest.MonkeyPatch, address: str
) -> None:
    def down(*_: Any) -> None:
        raise OperationalError("down")

    monkeypatch.setattr("resources.search.filters.search_listings", down)
    answer = client.get(address)
    assert (answer.status_code, answer.headers["Retry-After"]) == (503, "30")
    assert client.get("/urgent/").status_code == 200


@pytest.mark.django_db
def test_a_database_of_before_the_first_release_is_refused_with_what_to_do() -> None:
    assert check_database_version(None, databases=["default"]) == []
    MigrationRecorder(connection).record_applied("resources", "0001_initial")
    (refusal,) = check_database_version(None, databases=["default"])
    assert "cannot read it" in refusal.msg
    assert "DATABASE_URL" in (refusal.hint or "")


@time_machine.travel("2026-03-03T12:00:00Z", tick=False)
def test_who_finds_a_weakness_is_told_whom_to_write_to(client: Client, settings: Any) -> None:
    assert client.get("/.well-known/security.txt").status_code == 404
    settings.CONTACT_EMAIL = "help@example.org"
    lines = client.get("/.well-known/security.txt").content.decode().splitlines()
    assert "Contact: mailto:help@example.org" in lines
    assert "Expires: 2026-08-30T00:00:00Z" in lines
