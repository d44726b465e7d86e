"""What visitors tell us by the pages: no account, no cookie, and nothing that was typed is ever lost."""

from __future__ import annotations

import html
import re
from collections.abc import Iterator
from datetime import UTC, datetime, timedelta
from typing import Any
from urllib.parse import urlencode

import pytest
import time_machine
from django.db import OperationalError, connection
from django.test import Client
from django.test.utils import CaptureQueriesContext

from resources.curation.contributions import CorrectionForm, SuggestionForm
from resources.models import Correction, ReplyAddress, Service, Suggestion
from resources.vocabulary import ProblemType
from tests.build import DALLAS, build_location, build_service, build_withdrawn_service
from tests.reading import text_of

NOW = datetime(2026, 11, 28, 12, tzinfo=UTC)
pytestmark = pytest.mark.slow("asks for a form and sends it in each test")

MINUTE = timedelta(minutes=1)
SUGGEST = "/suggest/"
THANKS = "/suggest/thanks/"


@pytest.fixture
def clock() -> Iterator[Any]:
    with time_machine.travel(NOW, tick=False) as traveller:
        yield traveller


def correct(service: Service) -> str:
    return f"/services/{service.pk}/correct/"


def stamp_in(response: Any) -> str:
    found = re.search(r'name="stamp" value="([^"]+)"', response.content.decode())
    assert found
    return html.unescape(found[1])


class Visitor:
    """Opens a form, writes for a minute and sends it."""

    def __init__(self, clock: Any) -> None:
        self.clock, self.client = clock, Client(enforce_csrf_checks=True)

    def send(self, address: str, /, **values: Any) -> Any:
        """`after` is how long they wrote; `stamp` and `headers` are what form and browser say."""
        stamp = values.pop("stamp", None) or stamp_in(self.client.get(address))
        self.clock.shift(values.pop("after", MINUTE))
        headers = values.pop("headers", {"Sec-Fetch-Site": "same-origin"})
        answer = self.client.post(address, {"stamp": stamp, "subject": "", **values}, headers=headers)
        assert not answer.cookies
        assert not self.client.cookies
        return answer


@pytest.fixture
def visitor(clock: Any, db: None) -> Visitor:
    return Visitor(clock)


def holds(response: Any, name: str, typed: str) -> bool:
    """Whether the box of this name still holds what was typed."""
    page = html.unescape(response.content.decode())
    box = re.search(
        rf'<input[^>]* name="{name}" value="(.*?)" dir="auto" autocomplete', page, re.DOTALL
    ) or re.search(rf'<textarea[^>]* name="{name}"[^>]*>(.*?)</textarea>', page, re.DOTALL)
    assert box, name
    return box[1] == typed


# ---- told


def test_a_suggestion_is_kept_and_thanked_for(visitor: Visitor) -> None:
    values = {
        "name": " Butterfly   room ",
        "kind": "support_group",
        "url": "kind.example.org",
        "where": "Leeds",
        "description": "For parents.\r\nEvery week.",
        "contact": "me@example.org",
        "note": "Thank you",
    }
    answer = visitor.send(SUGGEST, **values)
    assert (answer.status_code, answer["Location"]) == (303, THANKS)
    stored = Suggestion.objects.get()
    assert stored.proposed == {
        "name": "Butterfly room",
        "kind": "support_group",
        "url": "https://kind.example.org",
        "where": "Leeds",
        "description": "For parents.\nEvery week.",
    }
    assert (stored.note, stored.received_at) == ("Thank you", NOW + MINUTE)
    assert ReplyAddress.objects.get().address == "me@example.org"
    thanks = visitor.client.get(answer["Location"])
    assert thanks.status_code == 200
    assert "A person will read it." in text_of(thanks)


def test_a_correction_is_kept_and_nothing_is_shown_of_it(visitor: Visitor, client: Client) -> None:
    service = build_service("Evening circle", description="Old words", areas=["US"])
    before = client.get(f"/services/{service.pk}/").content
    answer = visitor.send(correct(service), wrong="closed", description="Canary words", phone="214-555-0199")
    assert (answer.status_code, answer["Location"]) == (303, f"{correct(service)}thanks/")
    stored = Correction.objects.get()
    assert (stored.service, stored.wrong) == (service, ProblemType.CLOSED)
    assert stored.proposed == {"description": "Canary words", "phone": "214-555-0199"}
    assert client.get(f"/services/{service.pk}/").content == before
    assert "Canary" not in client.get(f"/api/v1/services/{service.pk}/").content.decode()
    assert "Evening circle" not in text_of(client.get(answer["Location"])).split("Back to the service")[1]


def test_only_what_is_wrong_is_enough_and_a_box_alone_too(visitor: Visitor) -> None:
    service = build_service()
    assert visitor.send(correct(service), wrong="unsafe").status_code == 303
    assert visitor.send(correct(service), cost="Free").status_code == 303
    assert [each.wrong for each in Correction.objects.all()] == [ProblemType.UNSAFE, ProblemType.WRONG]


def test_the_form_of_a_correction_shows_what_it_says_now(client: Client, db: None) -> None:
    service = build_service(
        "Evening circle",
        at=[build_location(address_1="1 High Street")],
        cost="fixed",
        price=20,
        description="For parents",
        schedules=[{"description": "Every Tuesday 7pm"}],
    )
    message = text_of(client.get(correct(service)))
    for words in (
        *("Now: Evening circle", "Now: For parents", "Now: 214-555-0100", "Now: 1 High Street"),
        *("Now: Dallas", "Now: Fixed price: $20 a session", "Now: Reported: Every Tuesday 7pm"),
    ):
        assert words in message
    assert "Get urgent help" in message


def test_no_address_is_asked_of_what_is_at_several_places(client: Client, db: None) -> None:
    service = build_service(at=[DALLAS, build_location(city="Plano")])
    assert "Street and number" not in text_of(client.get(correct(service)))


def test_the_pages_lead_there(client: Client, db: None) -> None:
    service = build_service("Evening circle", areas=["US"])
    assert f'href="{correct(service)}"' in client.get(f"/services/{service.pk}/").content.decode()
    for page in ("/", "/about/", f"/organizations/{service.organization.pk}/", "/search/?q=zzzzzz"):
        assert 'href="/suggest/"' in client.get(page).content.decode(), page
    assert (
        client.get("/search/?q=zzzzzz").content.decode().count('href="/suggest/"') == 3
    )  # the menu, the foot and the answer


def test_the_privacy_page_says_what_is_kept_and_how_long(client: Client) -> None:
    message = text_of(client.get("/privacy/"))
    assert "We delete it 180 days after we decide" in message
    assert "after 30 days at the latest" in message


@pytest.mark.parametrize("page", [SUGGEST, THANKS, "correct", "correct thanks"])
def test_no_page_is_kept_by_a_browser_nor_sets_a_cookie(client: Client, db: None, page: str) -> None:
    if page.startswith("correct"):
        page = correct(build_service()) + ("thanks/" if page.endswith("thanks") else "")
    answer = client.get(page)
    assert answer.headers["Cache-Control"] == "no-store"
    assert "ETag" not in answer.headers
    assert not answer.cookies
    body = answer.content.decode()
    assert " style=" not in body
    assert "csrf" not in body
    assert re.findall(r"<script[^>]*>(.*?)</script>", body, re.DOTALL) == [""]


def test_opening_a_form_reads_nothing_of_the_visitor_and_writes_nothing(client: Client, db: None) -> None:
    with CaptureQueriesContext(connection) as queries:
        client.get(SUGGEST)
    assert list(queries) == []


@pytest.mark.parametrize(
    ("state", "answered"), [("withdrawn", 410), ("inactive", 404), ("defunct", 404), ("", 404)]
)
def test_of_what_is_not_listed_the_page_says_so(client: Client, db: None, state: str, answered: int) -> None:
    address = "/services/00000000-0000-4000-8000-000000000000/correct/"
    if state == "withdrawn":
        address = correct(build_withdrawn_service())
    elif state:
        address = correct(build_service(status=state))
    for page in (address, f"{address}thanks/"):
        assert client.get(page).status_code == answered
    assert client.post(address, {"note": "x"}).status_code == answered
    assert not Correction.objects.exists()


# ---- not taken, and nothing lost


WRITTEN = {"name": "Butterfly room", "description": "For <3 parents & friends", "contact": "me@example.org"}


def assert_nothing_lost(answer: Any, status: int, *sentences: str) -> None:
    assert answer.status_code == status
    assert answer.headers["Cache-Control"] == "no-store"
    for sentence in sentences:
        assert sentence in text_of(answer)
    for name, typed in WRITTEN.items():
        assert holds(answer, name, typed), name
    assert not Suggestion.objects.exists()
    assert not ReplyAddress.objects.exists()


def test_too_quick_or_too_old_is_shown_again_and_taken_then(visitor: Visitor) -> None:
    for after, message in (
        (timedelta(seconds=2), "That was sent very quickly."),
        (timedelta(days=1, seconds=1), "open for more than a day"),
    ):
        answer = visitor.send(SUGGEST, after=after, **WRITTEN)
        assert_nothing_lost(answer, 422, message)
    answer = visitor.send(SUGGEST, stamp=stamp_in(answer), after=timedelta(seconds=3), **WRITTEN)
    assert answer.status_code == 303


@pytest.mark.parametrize("stamp", ["forged", "a.1790000000:b", "é\udcff"], ids=["1", "2", "3"])
def test_a_forged_stamp_is_shown_again_with_a_new_one(visitor: Visitor, stamp: str) -> None:
    answer = visitor.send(SUGGEST, stamp=stamp.encode("utf-8", "surrogateescape"), **WRITTEN)
    assert_nothing_lost(answer, 422, "Your text is still here: please send it again.")
    assert visitor.send(SUGGEST, stamp=stamp_in(answer), **WRITTEN).status_code == 303


def test_the_stamp_of_another_form_does_not_do(visitor: Visitor) -> None:
    service, other = build_service(), build_service()
    stamp = stamp_in(visitor.client.get(correct(other)))
    assert visitor.send(correct(service), stamp=stamp, note="x").status_code == 422
    assert visitor.send(correct(other), stamp=stamp, note="x").status_code == 303


def test_a_form_sent_twice_is_kept_once_and_thanked_for(visitor: Visitor) -> None:
    stamp = stamp_in(visitor.client.get(SUGGEST))
    assert visitor.send(SUGGEST, stamp=stamp, **WRITTEN).status_code == 303
    answer = visitor.send(SUGGEST, stamp=stamp, **WRITTEN)
    assert answer.status_code == 200
    assert "We already have this message." in text_of(answer)
    assert 'href="/suggest/"' in answer.content.decode()
    assert Suggestion.objects.count() == 1


def test_sending_twice_does_not_count_twice(visitor: Visitor, settings: Any) -> None:
    settings.CONTRIBUTIONS_PER_HOUR = 1
    stamp = stamp_in(visitor.client.get(SUGGEST))
    answers = [visitor.send(SUGGEST, stamp=stamp, **WRITTEN).status_code for _ in range(3)]
    assert answers == [303, 200, 200]


def test_the_box_that_nobody_sees_is_emptied_and_the_rest_stays(visitor: Visitor) -> None:
    page = visitor.client.get(SUGGEST).content.decode()
    start = page.index('<div class="visually-hidden" aria-hidden="true">')
    trap = page[start : page.index("</div>", start)]
    assert 'tabindex="-1"' in trap
    assert 'autocomplete="off"' in trap
    assert "Please leave this box empty." in trap
    answer = visitor.send(SUGGEST, subject="Cheap pills", **WRITTEN)
    assert_nothing_lost(answer, 422, "A hidden box was filled in")
    assert "Cheap pills" not in answer.content.decode()
    assert visitor.send(SUGGEST, stamp=stamp_in(answer), **WRITTEN).status_code == 303


@pytest.mark.parametrize(
    "headers",
    [{"Sec-Fetch-Site": "cross-site"}, {"Origin": "https://other.example"}, {"Origin": "null"}],
    ids=["by its site", "by its origin", "by no origin"],
)
def test_another_site_may_not_send_it(visitor: Visitor, headers: dict[str, str]) -> None:
    assert visitor.send(SUGGEST, headers=headers, **WRITTEN).status_code == 403
    assert not Suggestion.objects.exists()


def test_after_so_many_in_an_hour_it_is_said_when_to_come_back(visitor: Visitor) -> None:
    for number in range(5):
        assert visitor.send(SUGGEST, name=f"Room {number}").status_code == 303
    Suggestion.objects.all().delete()
    answer = visitor.send(SUGGEST, **WRITTEN)
    assert_nothing_lost(answer, 429, "Please wait an hour before sending more.")
    assert 0 < int(answer["Retry-After"]) <= 3600
    visitor.client = Client(REMOTE_ADDR="203.0.113.9", enforce_csrf_checks=True)
    assert visitor.send(SUGGEST, **WRITTEN).status_code == 303


def test_a_form_with_mistakes_does_not_count(visitor: Visitor, settings: Any) -> None:
    settings.CONTRIBUTIONS_PER_HOUR = 1
    for _ in range(3):
        assert visitor.send(SUGGEST, name="").status_code == 422
        assert visitor.send(correct(build_service())).status_code == 422
    assert visitor.send(SUGGEST, **WRITTEN).status_code == 303


@pytest.mark.parametrize(
    "failing", ["resources.pages.contributions.has_received", "django.db.models.Model.save"]
)
def test_with_the_disk_full_it_says_so_plainly(
    visitor: Visitor, monkeypatch: pytest.MonkeyPatch, failing: str
) -> None:
    def full(*_: Any, **__: Any) -> None:
        raise OperationalError("database or disk is full")

    with monkeypatch.context() as patch:
        patch.setattr(failing, full)
        answer = visitor.send(SUGGEST, **WRITTEN)
    assert_nothing_lost(answer, 503, "We cannot save anything right now.")
    assert answer["Retry-After"] == "300"
    assert visitor.send(SUGGEST, stamp=stamp_in(answer), **WRITTEN).status_code == 303


MISTAKES: list[tuple[str, str, str]] = [
    ("name", "", "Enter its name."),
    ("name", "x" * 256, "Use at most 255 characters (you have 256)."),
    ("name", "a\0b", "This contains an invalid character."),
    ("description", "y" * 2001, "Use at most 2000 characters (you have 2001)."),
    ("url", "not a page", "Enter a web address"),
    ("url", "javascript:alert(1)", "Enter a web address"),
    ("url", "https://ann:secret@example.org/", "Remove the user name and password"),
    ("email", "nobody", "Enter an email address"),
    ("kind", "party", "“party” is not one of the choices."),
    ("country", "XX", "“XX” is not one of the choices."),
    ("note", "a\u202eb", "text-direction character"),
]


@pytest.mark.parametrize(("name", "typed", "message"), MISTAKES, ids=range(len(MISTAKES)))
def test_a_mistake_is_said_beside_its_box_and_above(
    visitor: Visitor, name: str, typed: str, message: str
) -> None:
    values = {"name": "Butterfly room", "cost": "Free, I think", name: typed}
    answer = visitor.send(SUGGEST, **values)
    page = html.unescape(answer.content.decode())
    assert answer.status_code == 422
    assert f'id="{name}-error-1">' in page
    assert page.count(message) == 2
    assert f'href="#id_{name}"' in page
    assert "Everything you wrote is still here." in page
    assert holds(answer, "cost", "Free, I think")
    assert not Suggestion.objects.exists()


ALL_BOXES = [name for name in SuggestionForm.base_fields if name not in ("kind", "country")]


@pytest.mark.parametrize("name", ALL_BOXES)
def test_html_is_refused_in_every_box_and_never_runs(visitor: Visitor, name: str) -> None:
    tag = "<script>alert(1)</script>"
    answer = visitor.send(SUGGEST, **{"name": "Butterfly room", name: tag})
    assert answer.status_code == 422
    assert tag not in answer.content.decode()
    assert "&lt;script&gt;" in answer.content.decode()


@pytest.mark.parametrize("name", sorted(CorrectionForm.base_fields))
def test_html_is_refused_in_every_box_of_a_correction(visitor: Visitor, name: str) -> None:
    answer = visitor.send(correct(build_service()), **{name: '"><img src=x onerror=alert(1)>'})
    assert answer.status_code == 422
    assert "<img" not in answer.content.decode()
    assert not Correction.objects.exists()


def test_every_box_full_in_any_alphabet_is_taken_and_a_megabyte_is_refused_in_words(visitor: Visitor) -> None:
    full = {
        name: "喪" * field.max_length  # type: ignore[attr-defined]
        for name, field in SuggestionForm.base_fields.items()
        if name not in ("kind", "country", "url", "email")
    }
    stamp = stamp_in(visitor.client.get(SUGGEST))
    visitor.clock.shift(MINUTE)
    body = urlencode({**full, "stamp": stamp})
    kind = "application/x-www-form-urlencoded"
    assert visitor.client.post(SUGGEST, body, content_type=kind).status_code == 303
    answer = visitor.send(SUGGEST, name="Butterfly room", note="x" * 1_000_000)
    assert answer.status_code == 413
    assert "That was too long to send" in text_of(answer)
    assert Suggestion.objects.count() == 1


def test_letters_that_nobody_can_read_are_no_crash(visitor: Visitor) -> None:
    stamp = stamp_in(visitor.client.get(SUGGEST))
    visitor.clock.shift(MINUTE)
    for body, kind in (
        (f"stamp={stamp}&name=%ff%fe%00&note=%ed%a0%80", "application/x-www-form-urlencoded"),
        (f"stamp={stamp}&name=x", "application/x-www-form-urlencoded; charset=base64"),
        ("--x\r\nnonsense", "multipart/form-data; boundary=x"),
        ("{}", "application/json"),
    ):
        answer = visitor.client.generic("POST", SUGGEST, body, kind)
        assert answer.status_code in (303, 400, 422), kind


@pytest.mark.parametrize("method", ["put", "patch", "delete", "options", "trace"])
def test_the_forms_take_no_other_method(client: Client, method: str) -> None:
    assert getattr(client, method)(SUGGEST).status_code == 405


def test_a_length_that_is_no_number_is_refused(client: Client) -> None:
    for length in ("", "²", "-1", "x"):
        answer = client.post(SUGGEST, {"name": "x"}, CONTENT_LENGTH=length)
        assert answer.status_code == 413, length
