"""Providers are asked by email, once and never twice in a row, and answer without an account."""

from __future__ import annotations

import re
from datetime import UTC, datetime, timedelta
from typing import Any

import pytest
import time_machine
from django.core.management import CommandError, call_command
from django.test import Client

from resources.curation import assurance, provider_requests
from resources.curation.provider_requests import (
    LINK_VALID_FOR,
    QUIET_FOR,
    ExpiredLink,
    InvalidLink,
    UsedLink,
    carry_out_removals,
    due_services,
    new_token,
    open_request,
    request_assurance,
)
from resources.curation.queue import QueueScope, count_reasons
from resources.models import AssuranceRequest, Correction, MailOptOut, Service
from resources.vocabulary import Decision, ProviderAnswer, Status
from tests.build import build_organization, build_service
from tests.mail_server import mail_server

pytestmark = [pytest.mark.django_db, pytest.mark.slow("sends mail and opens its link in each test")]

AT = datetime(2026, 8, 1, 9, tzinfo=UTC)
DAY = timedelta(days=1)
PAGE = "/confirm/"


def provider(name: str = "Angels Above", email: str = "angels@example.org", **fields: Any) -> Service:
    return build_service(name, email=email, **fields)


def link_in(mailoutbox: list[Any]) -> str:
    match = re.search(r"https?://\S+/confirm/\?token=\S+", mailoutbox[-1].body)
    assert match is not None
    return match[0]


def token_in(mailoutbox: list[Any]) -> str:
    return link_in(mailoutbox).partition("token=")[2]


def ask(mailoutbox: list[Any], at: datetime = AT) -> str:
    """Send what is due and return the token of the last message."""
    with time_machine.travel(at, tick=False):
        request_assurance(at=at, limit=10)
    return token_in(mailoutbox)


# ---- whom, and what


DUE = [
    ({}, True),
    ({"assured_date": (AT - 300 * DAY).date()}, True),
    ({"assured_date": (AT - 10 * DAY).date()}, False),
    ({"email": ""}, False),
    ({"status": Status.INACTIVE}, False),
]


@pytest.mark.parametrize(("fields", "due"), DUE)
def test_who_is_asked(fields: dict[str, Any], due: bool) -> None:
    provider(**fields)
    assert bool(list(due_services(at=AT))) is due


def test_a_service_without_an_address_is_asked_at_its_organizations() -> None:
    build_service(email="", organization=build_organization(email="all@example.org"))
    assert [address for _service, address in due_services(at=AT)] == ["all@example.org"]


def test_one_address_gets_one_message_whatever_it_offers() -> None:
    provider("One"), provider("Other", email="ANGELS@example.org")
    assert len(list(due_services(at=AT))) == 1


def test_what_somebody_reported_on_is_not_asked() -> None:
    Correction.objects.create(service=provider(), received_at=AT)
    assert list(due_services(at=AT)) == []


def test_nobody_is_asked_twice_in_a_row(mailoutbox: list[Any]) -> None:
    service = provider()
    token = ask(mailoutbox)
    provider("Another of the same address", assured_date=AT.date())
    later = AT + QUIET_FOR + 400 * DAY
    assert list(due_services(at=AT)) == list(due_services(at=later)) == []
    with time_machine.travel(AT, tick=False):
        provider_requests.confirm(token=token, at=AT)
    assert [row for row, _address in due_services(at=later)] == [service]  # one, and the other later


def test_the_first_message_introduces_itself(mailoutbox: list[Any]) -> None:
    provider()
    token = ask(mailoutbox)
    first = mailoutbox[0]
    assert first.to == ["angels@example.org"]
    assert "we list Angels Above" in first.body
    assert "correct it, or have it removed" in first.body
    assert first.extra_headers["List-Unsubscribe"] == f"<{link_in(mailoutbox)}>"
    with time_machine.travel(AT, tick=False):
        provider_requests.confirm(token=token, at=AT)
    ask(mailoutbox, AT + 400 * DAY)
    assert "we list Angels Above" not in mailoutbox[1].body


def test_the_address_is_not_stored(mailoutbox: list[Any]) -> None:
    provider()
    ask(mailoutbox)
    row = AssuranceRequest.objects.get()
    assert "angels" not in row.recipient
    assert len(row.recipient) == 64


# ---- a mail server


def smtp(settings: Any, port: int) -> None:
    settings.EMAIL_BACKEND = "django.core.mail.backends.smtp.EmailBackend"
    settings.EMAIL_HOST, settings.EMAIL_PORT, settings.EMAIL_TIMEOUT = "127.0.0.1", port, 0.3


def test_messages_go_out_over_smtp(settings: Any, capsys: pytest.CaptureFixture[str]) -> None:
    provider(), provider("Other", email="other@example.org")
    with mail_server() as server:
        smtp(settings, server.port)
        call_command("request_assurance")
        assert not server.messages
        call_command("request_assurance", "--send", "--limit", "1")
        call_command("request_assurance", "--send")
    assert {str(message["To"]) for message in server.messages} == {"angels@example.org", "other@example.org"}
    assert "?token=" in server.messages[0].get_content()
    assert "2 providers could be asked" in capsys.readouterr().out


@pytest.mark.parametrize("behavior", [{"wait": 1.0}, {"refuse": True}])
def test_a_mail_server_that_is_slow_or_refuses_loses_nobody(settings: Any, behavior: dict[str, Any]) -> None:
    service = provider()
    with mail_server(**behavior) as server:
        smtp(settings, server.port)
        result = request_assurance(at=AT, limit=5)
    assert (result.sent, result.failed, AssuranceRequest.objects.count()) == (0, 1, 0)
    assert [row for row, _address in due_services(at=AT)] == [service]


def test_a_mail_server_that_is_down_ends_the_run_in_a_sentence(settings: Any) -> None:
    for number in range(5):
        provider(f"Service {number}", email=f"{number}@example.org")
    with mail_server() as gone:
        smtp(settings, gone.port)
    result = request_assurance(at=AT, limit=5)
    assert (result.sent, result.failed) == (0, 1)
    with pytest.raises(CommandError, match="Check EMAIL_URL"):
        call_command("request_assurance", "--send")


# ---- the page


def send(client: Client, token: str, **fields: str) -> Any:
    return client.post(PAGE, {"token": token, **fields}, HTTP_SEC_FETCH_SITE="same-origin")


@pytest.fixture
def token(mailoutbox: list[Any]) -> Any:
    """The token of a request that was sent now."""
    provider(description="A circle.", url="https://example.org/")
    request_assurance(at=datetime.now(UTC), limit=1)
    return token_in(mailoutbox)


def test_opening_a_link_changes_nothing_and_shows_what_is_public(client: Client, token: str) -> None:
    service = Service.objects.get()
    Service.objects.update(status_reason="A note of ours", assurer_email="curator@example.org")
    before = AssuranceRequest.objects.values().get()
    for _time in range(3):
        page = client.get(PAGE, {"token": token})
        assert page.status_code == 200
    text = page.content.decode()
    assert service.name in text
    assert "A circle." in text
    assert "A note of ours" not in text
    assert "curator@example.org" not in text
    assert page.headers["Cache-Control"] == "no-store"
    assert page.headers["X-Robots-Tag"] == "noindex"
    assert not page.cookies
    assert AssuranceRequest.objects.values().get() == before


def test_a_confirmation_lands_in_the_queue_and_ends_with_the_check(client: Client, token: str) -> None:
    assert "Thank you" in send(client, token, answer="confirmed").content.decode()
    service, now = Service.objects.get(), datetime.now(UTC)
    assert service.assured_date is None
    assert count_reasons(QueueScope(None, now))["confirmed"] == 1
    assurance.assure(services=[service], by=None, at=now)
    assert count_reasons(QueueScope(None, now))["confirmed"] == 0
    assert AssuranceRequest.objects.get().decision == Decision.ACCEPTED


def test_a_correction_lands_in_the_queue(client: Client, token: str) -> None:
    page = send(client, token, answer="corrected", description="A new circle.", note="We moved.")
    assert "Thank you" in page.content.decode()
    correction = Correction.objects.get()
    assert correction.proposed == {"description": "A new circle."}
    assert correction.note == "From the provider, asked by email. We moved."
    assert Service.objects.get().description == "A circle."


BAD = [
    ({"answer": "corrected"}, 422),
    ({"answer": "corrected", "email": "not an address"}, 422),
    ({"answer": "corrected", "description": "A circle."}, 422),
    ({"answer": "nonsense"}, 422),
    ({}, 422),
]


@pytest.mark.parametrize(("fields", "status"), BAD)
def test_what_cannot_be_used_is_said_and_the_link_stays_good(
    client: Client, token: str, fields: dict[str, str], status: int
) -> None:
    assert send(client, token, **fields).status_code == status
    assert not Correction.objects.exists()
    assert send(client, token, answer="confirmed").status_code == 200


def test_a_removal_is_carried_out_within_a_day(client: Client, token: str) -> None:
    assert "within a day" in send(client, token, answer="removal").content.decode()
    now = datetime.now(UTC)
    assert count_reasons(QueueScope(None, now))["harm"] == 1
    assert carry_out_removals(at=now + timedelta(hours=11)) == 0
    assert carry_out_removals(at=now + timedelta(hours=13)) == 1
    service = Service.objects.get()
    assert (service.status, service.status_reason) == (Status.INACTIVE, "The provider asked to be removed.")
    assert Correction.objects.get().decision == Decision.ACCEPTED
    assert carry_out_removals(at=now + 2 * DAY) == 0


def test_a_link_counts_once(client: Client, token: str) -> None:
    send(client, token, answer="confirmed")
    for page in (client.get(PAGE, {"token": token}), send(client, token, answer="removal")):
        assert "You answered: Everything is right." in page.content.decode()
    assert AssuranceRequest.objects.get().answer == ProviderAnswer.CONFIRMED


def test_a_late_link_says_so_and_can_still_stop_messages(client: Client, token: str) -> None:
    with time_machine.travel(datetime.now(UTC) + LINK_VALID_FOR + DAY, tick=False):
        page = client.get(PAGE, {"token": token})
        assert (page.status_code, "expired" in page.content.decode()) == (410, True)
        assert send(client, token, answer="confirmed").status_code == 410
        assert send(client, token, answer="unsubscribed").status_code == 200
    assert MailOptOut.objects.count() == 1


@pytest.mark.parametrize(
    "forged", ["", "x", "a:b:c", "00000000-0000-0000-0000-000000000000:1:x", "\x00", "é" * 400]
)
def test_a_forged_link_opens_nothing(client: Client, forged: str) -> None:
    assert client.get(PAGE, {"token": forged}).status_code == 404
    for answer in ("confirmed", "removal", "corrected", "unsubscribed"):
        assert send(client, forged, answer=answer, note="x").status_code == 404


def test_a_link_of_a_service_that_is_not_listed_any_more_says_so(client: Client, token: str) -> None:
    Service.objects.update(status=Status.INACTIVE)
    page = client.get(PAGE, {"token": token})
    assert (page.status_code, "do not list" in page.content.decode()) == (410, True)


def test_another_site_cannot_answer_for_a_provider(client: Client, token: str) -> None:
    page = client.post(PAGE, {"token": token, "answer": "removal"}, HTTP_SEC_FETCH_SITE="cross-site")
    assert page.status_code == 403
    assert AssuranceRequest.objects.get().answered_at is None


def test_a_mail_program_unsubscribes_with_one_click(client: Client, token: str) -> None:
    page = client.post(f"{PAGE}?token={token}", {"List-Unsubscribe": "One-Click"})
    assert page.status_code == 200
    assert MailOptOut.objects.count() == 1
    provider("Another service of the same address")
    assert list(due_services(at=datetime.now(UTC) + 400 * DAY)) == []


def test_errors_of_links_are_told_apart() -> None:
    with pytest.raises(InvalidLink):
        open_request("forged")
    request = AssuranceRequest.objects.create(service=provider(), recipient="x", sent_at=AT)
    with time_machine.travel(AT, tick=False):
        token = new_token(request)
        assert open_request(token) == request
    with pytest.raises(ExpiredLink):
        open_request(token)
    AssuranceRequest.objects.update(answered_at=AT)
    with time_machine.travel(AT, tick=False), pytest.raises(UsedLink):
        open_request(token)
