"""A curator decides about what the public told us: part by part, beside what the record says now."""

from __future__ import annotations

import html
from datetime import UTC, datetime
from typing import Any

import pytest
from django.contrib.auth.models import User
from django.test import Client
from django.urls import reverse

from resources.curation.contributions import decline, receive_correction, receive_suggestion
from resources.models import Correction, Organization, ReplyAddress, Service, Suggestion
from resources.vocabulary import Decision, ProblemType, Role, Status
from tests.build import DALLAS, build_organization, build_service
from tests.reading import text_of
from tests.resources.admin.desk import address, build_curator, messages_of, sign_in

pytestmark = pytest.mark.django_db
NOW = datetime(2026, 11, 28, 12, tzinfo=UTC)
TOLD = {"phone": "214-555-0199", "description": "New words", "cost": "Free"}
SUGGESTED = {"name": "Butterfly room", "kind": "forum", "organization": "Kind charity", "cost": "Free"}


def correct(service: Service | None = None, **values: Any) -> Correction:
    plain: dict[str, Any] = {"wrong": "", "proposed": TOLD, "note": "Thank you", "address": "me@example.org"}
    service = service or build_service("Evening circle", description="Old words", areas=["US-TX"])
    return receive_correction(service=service, **{**plain, "stamp": None, "at": NOW, **values})


def suggest(**values: Any) -> Suggestion:
    plain: dict[str, Any] = {"proposed": SUGGESTED, "note": "", "address": "me@example.org"}
    return receive_suggestion(**{**plain, "stamp": None, "at": NOW, **values})


def read_page(client: Client, contribution: Any) -> dict[str, str]:
    """Everything that the page would send, untouched."""
    response = client.get(address(contribution))
    assert response.status_code == 200
    form = response.context["form"]
    data = {bound.html_name: bound.value() for bound in form}
    seen = {row["version_name"]: row["version"] for row in response.context["rows"]}
    ticked = {name: "on" for name, value in data.items() if value is True}
    return {**{name: text for name, text in data.items() if isinstance(text, str)}, **ticked, **seen}


def press(client: Client, contribution: Any, button: str = "_accept", *take: str, **changed: str) -> Any:
    ticks = {f"take_{part}": "on" for part in take}
    return client.post(
        address(contribution),
        {**read_page(client, contribution), **ticks, **changed, button: "Press"},
    )


# ---- a correction


def test_the_page_shows_what_it_says_now_beside_what_they_said(desk: Client) -> None:
    correction = correct(wrong=ProblemType.UNREACHABLE)
    response = desk.get(address(correction))
    page = text_of(response)
    for words in (
        *("Correction: Evening circle", "Nobody answers the phone or email", "Thank you", "me@example.org"),
        *("This is deleted when you decide", "214-555-0100", "Old words", "not stated"),
    ):
        assert words in page
    assert [row["label"] for row in response.context["rows"]] == [
        *("Description", "Phone number", "What it costs"),
    ]
    assert read_page(desk, correction)["phone"] == "214-555-0199"


def test_only_what_is_ticked_is_taken_over_as_it_was_edited(desk: Client, curator: User) -> None:
    correction = correct()
    typed = {"phone": "214-555-0188", "description": "Not ticked"}
    assert "Enter plain text" in text_of(
        press(desk, correction, "_accept", "phone", reason="<b>x</b>", **typed)
    )
    answer = press(desk, correction, "_accept", "phone", reason="They tell it by phone.", **typed)
    assert answer["Location"] == reverse("admin:index")
    service = Service.objects.get()
    assert service.phones.get().number == "214-555-0188"
    assert (service.description, service.fees_description) == ("Old words", "")
    correction.refresh_from_db()
    assert (correction.accepted, correction.decided_by) == (["phone"], curator)
    assert not ReplyAddress.objects.exists()
    assert "Evening circle: accepted phone number." in messages_of(desk.get(address(service)))
    assert (
        "A correction was accepted: phone number. Not accepted: description and what it costs."
        " Reason: They tell it by phone."
    ) in text_of(desk.get(address(service, "history")))


def test_with_nothing_ticked_it_asks_and_can_be_noted(desk: Client) -> None:
    correction = correct()
    answer = press(desk, correction)
    assert answer.status_code == 200
    assert "Select what to accept, or press “No change needed”." in text_of(answer)
    assert press(desk, correction, "_note", "phone").status_code == 302
    correction.refresh_from_db()
    assert (correction.decision, correction.accepted) == (Decision.ACCEPTED, [])
    assert Service.objects.get().phones.get().number == "214-555-0100"


def test_it_can_be_declined(desk: Client) -> None:
    correction = correct()
    assert press(desk, correction, "_decline", reason="x" * 256).status_code == 200
    assert press(desk, correction, "_decline", "phone", reason="They have not moved.").status_code == 302
    correction.refresh_from_db()
    assert correction.decision == Decision.DECLINED
    assert Service.objects.get().description == "Old words"
    assert not ReplyAddress.objects.exists()
    page = text_of(desk.get(address(correction)))
    assert "Declined by ada on" in page
    assert "Reason: They have not moved." in page
    assert "Accept" not in page
    history = text_of(desk.get(address(Service.objects.get(), "history")))
    assert "A correction was declined. Reason: They have not moved." in history


def test_what_cannot_be_written_is_said_beside_its_box_and_nothing_is_lost(desk: Client) -> None:
    correction = correct()
    answer = press(
        desk, correction, "_accept", "phone", "description", "cost", phone="call us", cost="<b>Free</b>"
    )
    assert answer.status_code == 200
    page = html.unescape(answer.content.decode())
    assert "Enter plain text, without HTML tags." in page
    assert 'value="call us"' in page
    answer = press(desk, correction, "_accept", "phone", "description", phone="call us")
    assert "Enter a valid phone number." in html.unescape(answer.content.decode())
    assert Service.objects.get().description == "Old words"
    assert ReplyAddress.objects.exists()


def test_what_is_wrong_with_a_part_that_is_not_ticked_hinders_nobody(desk: Client) -> None:
    correction = correct()
    answer = press(desk, correction, "_accept", "cost", description="<b>x</b>")
    assert answer.status_code == 302
    assert Service.objects.get().fees_description == "Free"


def test_a_part_that_changed_meanwhile_is_shown_before_it_is_written_over(desk: Client) -> None:
    correction = correct()
    sent = {**read_page(desk, correction), "take_description": "on", "_accept": "Press"}
    Service.objects.update(description="Words of another curator")
    answer = desk.post(address(correction), sent)
    assert "The record changed after you opened this page" in text_of(answer)
    assert "Words of another curator" in text_of(answer)
    assert Service.objects.get().description == "Words of another curator"
    again = {**sent, **{row["version_name"]: row["version"] for row in answer.context["rows"]}}
    assert desk.post(address(correction), again).status_code == 302
    assert Service.objects.get().description == "New words"


def test_the_second_of_two_curators_is_told_and_keeps_what_they_wrote(desk: Client, chief: Client) -> None:
    correction = correct()
    sent = {**read_page(desk, correction), "take_cost": "on", "cost": "My own words", "_accept": "Press"}
    assert press(chief, correction, "_accept", "phone").status_code == 302
    answer = desk.post(address(correction), sent)
    assert answer.status_code == 200
    assert "Accepted by grace on" in text_of(answer)
    assert answer.context["form"]["cost"].value() == "My own words"
    assert Service.objects.get().fees_description == ""


@pytest.mark.parametrize("wrong", [ProblemType.CLOSED, ProblemType.UNSAFE, ProblemType.FULL], ids=str)
def test_what_closed_or_is_unsafe_leads_to_withdrawing(desk: Client, wrong: ProblemType) -> None:
    correction = correct(wrong=wrong, proposed={})
    page = desk.get(address(correction)).content.decode()
    assert (address(correction.service, "withdraw") in page) == (wrong != ProblemType.FULL)
    assert "Accept selected" not in page
    Service.objects.update(status=Status.INACTIVE)
    assert address(correction.service, "withdraw") not in desk.get(address(correction)).content.decode()


def test_words_about_times_are_told_as_they_are_read(desk: Client) -> None:
    service = build_service(at=[DALLAS])
    page = text_of(desk.get(address(correct(service, proposed={"times": "Every Tuesday, 7 pm"}))))
    assert "It is read as: Every Tuesday, 7 pm (Chicago time)" in page
    page = text_of(desk.get(address(correct(service, proposed={"times": "at full moon"}))))
    assert "It stays a note, and claims no dates." in page


def test_an_address_nobody_knows_is_told_before_it_is_taken_over(desk: Client) -> None:
    page = text_of(desk.get(address(correct(build_service(at=[DALLAS]), proposed={"city": "Nowhere"}))))
    assert "We do not know this town or postal code" in page


def test_what_leaves_no_way_to_make_contact_is_told(desk: Client) -> None:
    service = build_service("Silent group", phone="", url="https://kind.example.org")
    correction = correct(service, proposed={"url": "https://gone.example.org"})
    press(desk, correction, "_accept", "url", url="")
    assert "The last contact detail was removed." in messages_of(desk.get(address(service)))


# ---- a suggestion


def test_a_suggestion_becomes_a_service_and_leads_to_its_page(desk: Client) -> None:
    suggestion = suggest()
    answer = press(desk, suggestion, description="")
    service = Service.objects.get()
    assert answer["Location"] == address(service)
    assert (service.status, service.fees_description) == (Status.INACTIVE, "Free")
    assert service.organization.name == "Kind charity"
    assert "not published yet" in messages_of(desk.get(answer["Location"]))
    assert address(service) in desk.get(address(suggestion)).content.decode()


def test_a_known_organization_can_be_chosen_and_a_part_left_out(desk: Client) -> None:
    known = build_organization("Kind Charity Ltd")
    suggestion = suggest()
    sent = {**read_page(desk, suggestion), "chosen": str(known.pk), "_accept": "Press"}
    del sent["take_cost"]
    assert desk.post(address(suggestion), sent).status_code == 302
    service = Service.objects.get()
    assert (service.organization, service.fees_description) == (known, "")
    assert Organization.objects.get() == known


@pytest.mark.parametrize("chosen", ["x", "00000000-0000-4000-8000-000000000000", "\0"])
def test_an_organization_that_is_none_is_refused_at_its_box(desk: Client, chosen: str) -> None:
    answer = press(desk, suggest(), chosen=chosen)
    assert answer.status_code == 200
    assert answer.context["form"].errors["chosen"]
    assert not Service.objects.exists()


def test_a_suggestion_of_no_kind_asks_for_one(desk: Client) -> None:
    answer = press(desk, suggest(proposed={"name": "Butterfly room"}))
    assert answer.context["form"].errors == {"kind": ["Choose what kind of support it is."]}
    assert not Service.objects.exists()


# ---- who may


@pytest.mark.parametrize(
    ("role", "fields"),
    [
        (Role.VIEWER, {}),
        (Role.EDITOR, {"edits_wait": True}),
        (Role.EDITOR, {"regions": ["US-CA"]}),
    ],
    ids=["a viewer", "an editor whose edits wait", "an editor of another region"],
)
@pytest.mark.parametrize("button", ["_accept", "_note", "_decline"])
def test_who_may_not_decide_sees_it_and_changes_nothing(role: str, fields: Any, button: str) -> None:
    client = sign_in(Client(), build_curator("eve", role, **fields))
    correction = correct()
    page = client.get(address(correction))
    assert page.status_code == 200
    assert "214-555-0199" in text_of(page)
    assert "me@example.org" not in text_of(page)
    assert 'type="submit" class="default"' not in page.content.decode()
    assert client.post(address(correction), {"take_phone": "on", button: "x"}).status_code == 403
    correction.refresh_from_db()
    assert correction.decision == Decision.OPEN


def test_who_is_nobody_here_sees_nothing(client: Client) -> None:
    correction = correct()
    assert client.get(address(correction)).status_code == 302
    nobody = User.objects.create_user("nobody", password="a long enough word", is_staff=True)
    assert sign_in(client, nobody).get(address(correction)).status_code == 403


@pytest.mark.parametrize("model", ["suggestion", "correction"])
def test_the_lists_are_filtered_by_decision_and_nothing_is_added_or_removed(desk: Client, model: str) -> None:
    waiting = correct() if model == "correction" else suggest()
    settled = (
        correct(build_service("Settled")) if model == "correction" else suggest(proposed={"name": "Settled"})
    )
    decline(contribution=settled, by=None, at=NOW)
    listed = reverse(f"admin:resources_{model}_changelist")
    page = desk.get(listed, {"decision__exact": "open"}).content.decode()
    assert address(waiting) in page
    assert address(settled) not in page
    assert "delete_selected" not in page
    assert desk.get(reverse(f"admin:resources_{model}_add")).status_code == 403
    assert desk.post(address(waiting, "delete"), {"post": "yes"}).status_code == 403


def test_what_is_not_there_leads_back(desk: Client) -> None:
    for gone in ("00000000-0000-4000-8000-000000000000", "x"):
        assert desk.get(reverse("admin:resources_correction_change", args=[gone])).status_code == 302
