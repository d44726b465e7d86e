"""Web addresses are checked politely and safely, and a dead one becomes one task after a week."""

from __future__ import annotations

import socket
from collections.abc import Iterator
from datetime import UTC, datetime, timedelta
from time import monotonic
from typing import Any

import pytest
from django.core.management import call_command

from resources.curation import links
from resources.curation.links import (
    ERROR,
    GONE,
    LOOP,
    SLOW,
    UNREACHABLE,
    UNSAFE,
    Answer,
    Client,
    check_links,
    dismiss,
    failing_q,
    is_public,
    record_answer,
    services_using,
)
from resources.curation.queue import QueueScope, count_reasons, queue_page
from resources.models import ContactCheck
from resources.vocabulary import ContactKind
from tests.build import build_organization, build_service, build_source_record
from tests.web_server import WebServer, web_server

AT = datetime(2026, 8, 1, 9, tzinfo=UTC)
DAY = timedelta(days=1)

ADDRESSES = [
    ("8.8.8.8", True),
    ("2001:4860:4860::8888", True),
    ("127.0.0.1", False),
    ("10.1.2.3", False),
    ("172.16.0.1", False),
    ("192.168.1.1", False),
    ("169.254.169.254", False),
    ("100.64.0.1", False),
    ("0.0.0.0", False),  # noqa: S104
    ("224.0.0.1", False),
    ("255.255.255.255", False),
    ("::1", False),
    ("::", False),
    ("fe80::1%eth0", False),
    ("fc00::1", False),
    ("::ffff:127.0.0.1", False),
    ("::ffff:8.8.8.8", True),
    ("192.0.0.8", False),
    ("64:ff9b::7f00:1", False),
    ("64:ff9b:1::7f00:1", False),
    ("2002:7f00:1::", False),
    ("2001:0:7f00:1::", False),
    ("::127.0.0.1", False),
    ("fec0::1", False),
]


@pytest.mark.parametrize(("address", "public"), ADDRESSES)
def test_only_addresses_of_the_public_internet_are_asked(address: str, public: bool) -> None:
    assert is_public(address) is public


@pytest.fixture(scope="module")
def web() -> Iterator[WebServer]:
    with web_server() as server:
        yield server


def client(**options: Any) -> Client:
    """A client that may ask the test server, and is impatient."""
    plain: dict[str, Any] = {
        "is_allowed": lambda address: True,
        "ports": None,
        "timeout": 0.3,
        "deadline": 1.0,
    }
    return Client(**{**plain, **options})


ANSWERS = [
    ("/status/200", "", 200),
    ("/status/204", "", 204),
    ("/status/403", "", 403),  # refuses machines, not people
    ("/status/429", "", 429),
    ("/status/503", "", 503),
    ("/status/404", GONE, 404),
    ("/status/410", GONE, 410),
    ("/status/400", ERROR, 400),
    ("/status/500", ERROR, 500),
    ("/to/status/200", "", 200),
    ("/to/to/to/status/404", GONE, 404),
    ("/to/to/to/to/to/to/status/200", LOOP, 0),
    ("/loop", LOOP, 0),
    ("/to/http:!!user:pw@127.0.0.1!", UNSAFE, 0),
    ("/silent", SLOW, 0),
    ("/drip", SLOW, 0),
    ("/endless", "", 200),
    ("/junk", UNREACHABLE, 0),
    ("/never-secure", SLOW, 0),
]


@pytest.mark.parametrize(("path", "problem", "status"), ANSWERS)
def test_an_address_is_judged_by_its_answer(web: WebServer, path: str, problem: str, status: int) -> None:
    start = monotonic()
    url = web.url(path) if path != "/never-secure" else web.url(path).replace("http:", "https:")
    assert client().ask(url) == Answer(problem, status)
    assert monotonic() - start < 3  # not a measurement: the endless ones would take minutes


def test_a_request_says_who_asks_and_carries_nothing_else(web: WebServer) -> None:
    client().ask(web.url("/status/200?q=a b&name=Zoë#part"))
    path, headers = web.asked[-1]
    assert path == "/status/200?q=a%20b&name=Zo%C3%AB"
    assert headers["User-Agent"].startswith("directory-link-check (+http")
    assert {"Cookie", "Authorization", "Referer"}.isdisjoint(headers)


REFUSED = [
    "http://127.0.0.1:{port}/status/200",
    "http://localhost:{port}/status/200",
    "http://[::1]:{port}/",
    "http://2130706433:{port}/",
    "http://user:pw@127.0.0.1:{port}/",
    "ftp://127.0.0.1/",
    "file:///etc/passwd",
    "http:///nothing",
]


@pytest.mark.parametrize("url", REFUSED)
def test_nothing_private_is_asked(web: WebServer, url: str) -> None:
    number = len(web.asked)
    assert client(is_allowed=is_public).ask(url.format(port=web.port)).problem == UNSAFE
    assert len(web.asked) == number


def test_another_port_is_not_asked(web: WebServer) -> None:
    assert client(ports=(80, 443)).ask(web.url("/status/200")).problem == UNSAFE


def test_a_redirect_to_a_private_address_is_not_followed(web: WebServer) -> None:
    """The first address counts as public, that of the redirect does not."""
    allowed = iter((True, False))
    number = len(web.asked)
    answer = client(is_allowed=lambda address: next(allowed)).ask(web.url("/to/status/200"))
    assert (answer.problem, len(web.asked) - number) == (UNSAFE, 1)


def test_a_host_with_one_private_address_among_public_ones_is_not_asked(
    web: WebServer, monkeypatch: pytest.MonkeyPatch
) -> None:
    found = [(2, 1, 6, "", ("8.8.8.8", 80)), (2, 1, 6, "", ("10.0.0.1", 80))]
    monkeypatch.setattr(socket, "getaddrinfo", lambda *args, **options: found)
    assert Client().ask("http://rebinding.example/").problem == UNSAFE


def test_a_server_that_is_gone_or_has_no_name_is_not_reached(
    web: WebServer, monkeypatch: pytest.MonkeyPatch
) -> None:
    with web_server() as other:
        pass
    assert client().ask(other.url("/")).problem == UNREACHABLE
    assert client().ask("http://" + "a" * 70 + ".example/").problem == UNSAFE  # no host name is that long

    def no_name(*args: Any, **options: Any) -> Any:
        raise socket.gaierror(-2, "Name or service not known")

    monkeypatch.setattr(socket, "getaddrinfo", no_name)
    assert client().ask("http://no-such-name.example/").problem == UNREACHABLE


# ---- all addresses


class Scripted(Client):
    """Answers as told, without a network."""

    def __init__(self, answers: dict[str, Answer]) -> None:
        object.__setattr__(self, "answers", answers)
        object.__setattr__(self, "asked", [])

    def ask(self, url: str) -> Answer:
        self.asked.append(url)  # type: ignore[attr-defined]
        return self.answers.get(url, Answer("", 200))  # type: ignore[attr-defined, no-any-return]


DEAD = {"https://dead.example/": Answer(GONE, 404)}


@pytest.mark.django_db
def test_three_failures_over_a_week_make_one_task() -> None:
    organization = build_organization(website="https://dead.example/")
    services = [build_service(organization=organization, url="https://dead.example/") for _number in range(3)]
    build_service(url="https://fine.example/")
    tasks = []
    for days in (0, 1, 2, 7):
        check_links(at=AT + days * DAY, client=Scripted(DEAD), wait=lambda seconds: None)
        tasks.append(ContactCheck.objects.filter(failing_q()).count())
    assert tasks == [0, 0, 0, 1]
    check = ContactCheck.objects.get(failing_q())
    assert (check.failures, check.first_failed_at) == (4, AT)
    assert set(services_using(check)) == set(services)
    scope = QueueScope(None, AT + 7 * DAY)
    counts = count_reasons(scope)
    assert counts["contacts"] == 1
    item = next(item for item in queue_page(scope, counts, page=1) if item.reason.code == "contacts")
    assert (item.name, item.why) == ("https://dead.example/", "The page does not exist (404).")
    dismiss(check=check, at=AT + 7 * DAY)
    assert not ContactCheck.objects.filter(failing_q()).exists()


@pytest.mark.django_db
def test_one_answer_ends_a_row_of_failures() -> None:
    for days, problem in ((0, GONE), (3, GONE), (6, ""), (8, GONE), (9, GONE)):
        record_answer("https://a.example/", Answer(problem, 200), at=AT + days * DAY)
    check = ContactCheck.objects.get()
    assert (check.failures, check.first_failed_at, check.answered_at) == (2, AT + 8 * DAY, AT + 6 * DAY)


@pytest.mark.django_db
def test_nothing_is_recorded_while_our_own_network_is_down() -> None:
    for letter in "ab":
        build_service(url=f"https://{letter}.example/")
    dead = {f"https://{letter}.example/": Answer(UNREACHABLE) for letter in "ab"}
    counts = check_links(at=AT, client=Scripted(dead), wait=lambda seconds: None)
    assert (counts, ContactCheck.objects.count()) == ({"checked": 0, "failed": 0, "offline": 1}, 0)


@pytest.mark.django_db
def test_an_address_is_asked_once_a_week_and_daily_while_it_fails() -> None:
    build_service(url="https://fine.example/")
    build_service(url="https://dead.example/")
    asked = []
    for days in (0, 1, 2, 7):
        scripted = Scripted(DEAD)
        check_links(at=AT + days * DAY, client=scripted, wait=lambda seconds: None)
        asked.append(sorted(url[8:12] for url in scripted.asked))  # type: ignore[attr-defined]
    assert asked == [["dead", "fine"], ["dead"], ["dead"], ["dead", "fine"]]


@pytest.mark.django_db
def test_one_host_is_asked_slowly_and_a_run_has_an_end() -> None:
    for number in range(5):
        build_service(url=f"https://one.example/{number}")
    waits: list[float] = []
    counts = check_links(at=AT, limit=3, client=Scripted({}), wait=waits.append, now=lambda: 100.0)
    assert (counts["checked"], waits) == (3, [1.0, 1.0])


@pytest.mark.django_db
def test_an_address_that_nobody_names_any_more_is_forgotten() -> None:
    record_answer("https://old.example/", Answer(GONE, 404), at=AT)
    check_links(at=AT, client=Scripted({}))
    assert not ContactCheck.objects.exists()


@pytest.mark.django_db
def test_a_number_that_two_sources_state_differently_is_a_task() -> None:
    service = build_service(phone="214-555-0100")
    for slug, number in (("one", "(214) 555-0177"), ("other", "+1 214 555 0177")):
        build_source_record(service, slug=slug, raw={"Site Telephone Number": number, "name": "x"})
    one_says_so = build_service(phone="214-555-0100")
    build_source_record(one_says_so, "2", slug="one", raw={"phone": "214 555 0188"})
    build_source_record(one_says_so, "2", slug="other", raw={"phone": "214 555 0100"})
    assert check_links(at=AT, client=Scripted({}))["numbers"] == 1
    check = ContactCheck.objects.get(failing_q())
    assert (check.kind, check.service, check.problem) == (ContactKind.PHONE, service, "145550177")
    dismiss(check=check, at=AT)
    check_links(at=AT + DAY, client=Scripted({}))
    assert not ContactCheck.objects.filter(failing_q()).exists()


@pytest.mark.django_db
def test_the_command_says_what_it_did(
    capsys: pytest.CaptureFixture[str], monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(links, "Client", lambda: Scripted(DEAD))
    build_service(url="https://dead.example/")
    call_command("check_links")
    assert capsys.readouterr().err.startswith("No address answered") is False
    assert ContactCheck.objects.get().failures == 1
