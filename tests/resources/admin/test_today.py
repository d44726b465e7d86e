"""The first page after sign-in, with every button on it, and who may press them."""

from __future__ import annotations

import re
from datetime import UTC, date, datetime, timedelta
from html.parser import HTMLParser
from typing import Any
from urllib.parse import parse_qs, urlsplit
from uuid import uuid4

import pytest
import time_machine
from django.contrib.auth.models import User
from django.test import Client
from django.urls import reverse
from django.utils import timezone

from resources.curation import claims
from resources.models import Assurance, Claim, Correction, Listing, Service, ServiceAtLocation, Suggestion
from resources.vocabulary import Decision, Fit, Kind, Outcome, ProblemType, Role, Status
from tests.build import build_location, build_service, build_services
from tests.resources.admin.desk import address, build_curator, sign_in
from tests.world import build_places

pytestmark = pytest.mark.django_db

TODAY = reverse("admin:index")
NOW = datetime(2026, 3, 3, 12, tzinfo=UTC)


@pytest.fixture(autouse=True)
def _on_one_day() -> Any:
    with time_machine.travel(NOW, tick=False):
        yield


@pytest.fixture
def tex(db: None) -> Client:
    """An editor of Texas."""
    return sign_in(Client(), build_curator("tex", regions=["US-TX"]))


@pytest.fixture
def viewer(db: None) -> Client:
    return sign_in(Client(), build_curator("vera", Role.VIEWER))


def found(service: Service, outcome: str) -> str:
    return reverse("admin:resources_service_found", args=[service.pk, outcome])


def claim_of(record: Any, action: str = "take") -> str:
    return reverse(f"admin:resources_claim_{action}", args=[record._meta.model_name, record.pk])


def names(response: Any) -> list[str]:
    return [item["name"] for item in response.context["items"]]


def notes(response: Any) -> str:
    return " ".join(note["text"] for note in response.context["notes"])


class Buttons(HTMLParser):
    """What the buttons of one thing of the queue send, and to where: {name on the button: (address, field,
    value)}."""

    def __init__(self, page: str, subject: Any) -> None:
        super().__init__()
        self.found: dict[str, tuple[str, str, str]] = {}
        self.here: tuple[str, str, str] | None = None
        self.feed(page.split(f'id="i-{subject}"')[1].split("</li>")[0])

    def handle_starttag(self, tag: str, attrs: list[tuple[str, str | None]]) -> None:
        given = dict(attrs)
        if tag == "button":
            self.here = given["formaction"] or "", given["name"] or "", given["value"] or ""
        elif tag == "a":
            self.here = given["href"] or "", "", ""

    def handle_data(self, data: str) -> None:
        if self.here and data.strip() and not data.startswith(":"):
            self.found.setdefault(data.strip(), self.here)
            self.here = None


def press(client: Client, service: Any, name: str, page: str = f"{TODAY}?scope=all", **ticked: Any) -> Any:
    """Presses a button of this thing on the page, as a browser without scripts does."""
    shown = client.get(page)
    where, field, value = Buttons(shown.content.decode(), service.pk).found[name]
    sent = {"next": shown.context["here"], field: value, **ticked}
    return client.post(where, sent, follow=True)


# ---- what it shows


def test_the_first_page_after_sign_in_is_the_queue_with_its_counts(desk: Client) -> None:
    Correction.objects.create(service=build_service("Closed?"), wrong=ProblemType.CLOSED, received_at=NOW)
    Suggestion.objects.create(proposed={"name": "New circle"}, received_at=NOW)
    build_service("Old", assured_date=date(2020, 1, 1))
    build_service("New")
    page = desk.get(TODAY)
    assert names(page) == ["Closed?", "New circle", "Old", "New"]
    assert [reason["count"] for reason in page.context["reasons"]] == [1, 0, 1, 0, 0, 0, 1, 1]
    assert reverse("admin:resources_service_changelist") in page.content.decode()
    assert desk.get(reverse("admin:everything")).status_code == 200


def test_one_reason_can_be_looked_at_alone(desk: Client) -> None:
    build_service("Old", assured_date=date(2020, 1, 1))
    build_service("New")
    links = {str(reason["name"]): reason["url"] for reason in desk.get(TODAY).context["reasons"]}
    assert names(desk.get(links["Overdue for a check"])) == ["Old"]
    assert names(desk.get(links["Never checked"])) == ["New"]


def test_an_editor_of_a_region_sees_theirs_first_and_may_look_at_everything(tex: Client) -> None:
    build_service("Dallas", at=[build_location()])
    build_service("Oregon", at=[build_location(region="OR")])
    page = tex.get(TODAY)
    assert names(page) == ["Dallas"]
    links = {str(scope["name"]): scope["url"] for scope in page.context["scopes"]}
    assert names(tex.get(links["Everything"])) == ["Dallas", "Oregon"]
    assert names(tex.get(links["Claimed by me"])) == []


def test_what_is_held_is_told_by_its_reason_with_the_way_to_the_list(desk: Client) -> None:
    for number in range(3):
        reason = "A school & its pupils" if number else "A prison"
        build_service(f"Held {number}", status=Status.INACTIVE, held=True, status_reason=reason)
    page = desk.get(f"{TODAY}?reason=held")
    assert [(each["name"], each["count"]) for each in page.context["held"]] == [
        ("A school & its pupils", 2),
    ]
    listed = desk.get(page.context["held"][0]["url"])
    assert {service.name for service in listed.context["cl"].result_list} == {"Held 1", "Held 2"}


@pytest.mark.parametrize(
    "query",
    ["page=0", "page=-1", "page=999999999999", "page=x", "page=²", "scope=x&reason=x", "tick=x&tick="],
)
def test_an_address_that_makes_no_sense_shows_the_plain_page(desk: Client, query: str) -> None:
    build_service("Circle")
    page = desk.get(f"{TODAY}?{query}")
    assert (page.status_code, names(page)) == (200, ["Circle"])


def test_a_page_past_the_end_is_the_last_one(desk: Client) -> None:
    build_services((f"Group {number:02}" for number in range(27)), fit="general")
    page = desk.get(f"{TODAY}?page=9")
    assert (names(page), page.context["page"]) == (["Group 25", "Group 26"], 2)
    assert names(desk.get(page.context["earlier"]))[0] == "Group 00"


def test_the_charts_say_in_numbers_what_they_draw_and_carry_no_style_of_their_own(desk: Client) -> None:
    build_service(kind=Kind.HELPLINE, at=[build_location()])
    build_service(kind=Kind.HELPLINE, assured_date=NOW.date(), areas=["GB"])
    page = desk.get(TODAY)
    rows = page.context["freshness"]
    assert [(row["label"], row["numbers"]) for row in rows] == [("Helpline or text line", (1, 0, 1))]
    assert [(part["name"], part["x"], part["width"]) for part in rows[0]["parts"]] == [
        ("within", "0.00", "50.00"),
        ("never", "50.00", "50.00"),
    ]
    assert {row["label"]: row["number"] for row in page.context["countries"]} == {
        "United Kingdom": 1,
        "United States": 1,
    }
    html = page.content.decode()
    assert "<svg" in html
    assert not re.search(r"\sstyle=|<style|javascript:|\son\w+=", html)


def test_an_account_without_a_role_is_told_so_and_sees_nothing(client: Client) -> None:
    user = User.objects.create_user("nobody", password="a long enough word", is_staff=True)
    build_service("Circle")
    page = sign_in(client, user).get(TODAY)
    assert page.status_code == 200
    assert "has no role yet" in page.content.decode()
    assert "Circle" not in page.content.decode()


def test_a_viewer_sees_the_queue_and_no_button(viewer: Client) -> None:
    service = build_service("Circle")
    page = viewer.get(TODAY).content.decode()
    assert set(Buttons(page, service.pk).found) == {"Circle", "214-555-0100", "Open"}
    assert "Start the next task" not in page


# ---- one tap


def test_still_right_comes_back_to_the_next_thing_with_a_message_and_an_undo(desk: Client) -> None:
    first, second = build_service("A"), build_service("B")
    answer = press(desk, first, "By phone")
    address_now, _status = answer.redirect_chain[-1]
    assert urlsplit(address_now).path == TODAY
    assert urlsplit(address_now).fragment == f"i-{second.pk}"
    assert parse_qs(urlsplit(address_now).query)["scope"] == ["all"]
    assert names(answer) == ["B"]
    assert notes(answer) == "A: checked today, still correct."
    first.refresh_from_db()
    assert first.assured_date == NOW.date()
    undo = answer.context["notes"][0]["services"][0]
    named = answer.context["version_name"]
    back = desk.post(undo["undo_url"], {"next": TODAY, named: undo["version"]}, follow=True)
    assert names(back) == ["A", "B"]
    first.refresh_from_db()
    assert first.assured_date is None


@pytest.mark.parametrize(
    ("name", "outcome", "message"),
    [
        ("In writing", Outcome.RIGHT, "checked today, still correct."),
        ("No answer", Outcome.NO_ANSWER, "no answer. It will return to the queue on March 10, 2026."),
        ("Full (no new people)", Outcome.FULL, "marked as full. Visitors will see this."),
    ],
)
def test_each_button_does_what_it_says(desk: Client, name: str, outcome: str, message: str) -> None:
    service = build_service("Circle")
    answer = press(desk, service, name)
    assert Assurance.objects.get().outcome == outcome
    assert notes(answer) == f"Circle: {message}"
    assert names(answer) == []


def test_what_is_hidden_is_said_to_stay_hidden(desk: Client) -> None:
    service = build_service("Held", status=Status.INACTIVE, held=True)
    answer = desk.post(found(service, "right"), {"learned": "phone", "next": TODAY}, follow=True)
    assert "1 of them stays hidden" in notes(answer)


def test_what_else_was_ticked_stays_ticked(desk: Client) -> None:
    first, second, third = (build_service(name) for name in "ABC")
    answer = press(desk, first, "No answer", tick=[str(first.pk), str(third.pk), "x"])
    assert [item["is_ticked"] for item in answer.context["items"]] == [False, True]
    answer = press(desk, second, "Claim", tick=[str(third.pk)])
    assert [item["is_ticked"] for item in answer.context["items"]] == [False, True]


def test_a_button_by_hand_goes_to_no_other_site(desk: Client) -> None:
    service = build_service("Circle")
    answer = desk.post(
        found(service, "right"), {"learned": "phone", "next": "https://elsewhere.example/", "to": "x"}
    )
    assert answer["Location"] == address(service)


# ---- what was held at loading


def test_what_was_held_is_published_from_the_queue(desk: Client) -> None:
    first = build_service("A", status=Status.INACTIVE, held=True, status_reason="A school")
    build_service("B", status=Status.INACTIVE, held=True, status_reason="A school")
    answer = press(desk, first, "Publish", page=f"{TODAY}?reason=held")
    assert urlsplit(answer.redirect_chain[-1][0]).path == TODAY
    assert names(answer) == ["B"]
    first.refresh_from_db()
    assert (first.status, first.held) == (Status.ACTIVE, False)
    assert Listing.objects.get().service == first


def test_what_was_held_is_kept_hidden_for_the_reason_it_was_held_for(desk: Client) -> None:
    first = build_service("A", status=Status.INACTIVE, held=True, status_reason="A school")
    second = build_service("B", status=Status.INACTIVE, held=True, status_reason="A school")
    held = f"{TODAY}?reason=held"
    way = Buttons(desk.get(held).content.decode(), first.pk).found["Keep hidden"][0].replace("&amp;", "&")
    form_page = desk.get(way)
    assert form_page.context["form"].initial["reason"] == "Kept hidden. A school"
    answer = desk.post(way, {"reason": "A school", "status": "inactive"}, follow=True)
    assert urlsplit(answer.redirect_chain[-1][0]).fragment == f"i-{second.pk}"
    assert names(answer) == ["B"]
    first.refresh_from_db()
    assert (first.status, first.held, first.status_reason) == (Status.INACTIVE, False, "A school")


def test_who_may_not_publish_checks_what_was_held(client: Client) -> None:
    service = build_service("A", status=Status.INACTIVE, held=True)
    waits = sign_in(client, build_curator("wade", edits_wait=True))
    found = Buttons(waits.get(f"{TODAY}?reason=held").content.decode(), service.pk).found
    assert "Publish" not in found
    assert "By phone" in found


# ---- ten at a time


def test_those_that_are_ticked_are_checked_together_and_each_can_be_undone(desk: Client) -> None:
    services = build_services(f"Group {number:02}" for number in range(11))
    how = {"asked": "1", "learned": "writing"}
    sent = {**how, "next": f"{TODAY}?scope=all", "tick": [str(service.pk) for service in services[:10]]}
    answer = desk.post(reverse("admin:resources_service_found_right"), sent, follow=True)
    assert names(answer) == ["Group 10"]
    assert notes(answer) == "10 services: checked today, still correct."
    assert Assurance.objects.filter(outcome=Outcome.RIGHT).count() == 10
    undo = answer.context["notes"][0]["services"]
    assert [service["name"] for service in undo] == [service.name for service in services[:10]]
    desk.post(undo[3]["undo_url"], {answer.context["version_name"]: undo[3]["version"]})
    assert names(desk.get(f"{TODAY}?scope=all")) == ["Group 03", "Group 10"]


def test_those_that_are_ticked_are_asked_about_first_and_undone_as_one(desk: Client) -> None:
    services = build_services(f"Group {number:02}" for number in range(10))
    where = reverse("admin:resources_service_found_right")
    sent = {"next": f"{TODAY}?scope=all", "tick": [str(service.pk) for service in services]}
    asked = desk.post(where, sent)
    assert "How do you know?" in asked.content.decode()
    assert "learned" in desk.post(where, {**sent, "asked": "1"}).context["form"].errors
    assert not Assurance.objects.exists()
    answer = desk.post(where, {**sent, "asked": "1", "learned": "phone"}, follow=True)
    keys = [service["key"] for service in answer.context["notes"][0]["services"]]
    assert len(keys) == 10
    assert f"Undo all {len(keys)}" in answer.content.decode()
    undo = reverse("admin:resources_undo_many")
    Service.objects.filter(pk=services[0].pk).update(last_modified=NOW + timedelta(hours=1))
    refused = desk.post(undo, {"service": keys}, follow=True)
    assert "have changed since: Group 00" in notes(refused)
    assert Service.objects.filter(assured_date=None).count() == 0, "all or none"
    desk.post(undo, {"service": keys[1:]})
    assert Service.objects.filter(assured_date=None).count() == 9
    for nonsense in ([], ["x"], ["not-an-id 2026"]):
        assert desk.post(undo, {"service": nonsense}).status_code == 404


def test_their_own_page_confirms_facts_and_is_no_check(desk: Client) -> None:
    service = build_service("Circle")
    answer = desk.post(found(service, "right"), {"learned": "own_page", "next": TODAY}, follow=True)
    assert "Not marked as checked" in notes(answer)
    check = Assurance.objects.get()
    assert (check.learned, set(check.facts)) == ("own_page", {"phone", "hours", "price", "address"})
    service.refresh_from_db()
    assert service.assured_date is None
    assert service.attribution["phone"][0] == "curator"
    desk.post(found(service, "right"), {"asked": "1", "learned": "phone", "facts": ["hours"]})
    service.refresh_from_db()
    assert service.assured_date == timezone.now().date()
    assert Assurance.objects.exclude(pk=check.pk).get().facts == ["hours"]


@pytest.mark.parametrize(
    "typed", [{}, {"learned": "rumor"}, {"asked": "1", "learned": "phone", "facts": "x"}]
)
def test_without_an_answer_nothing_is_confirmed(desk: Client, typed: dict[str, str]) -> None:
    service = build_service("Circle")
    answer = desk.post(found(service, "right"), typed)
    assert answer.status_code == 200
    assert not Assurance.objects.exists()


def test_what_is_hidden_and_clinics_that_nobody_checked_are_no_days_work(desk: Client) -> None:
    build_service("Held", status=Status.INACTIVE, held=True)
    build_service("Clinic", kind=Kind.CLINIC)
    build_service("Line", kind=Kind.CRISIS_LINE, fit=Fit.GENERAL)
    build_service("Group")
    answer = desk.get(f"{TODAY}?scope=all")
    assert names(answer) == ["Line", "Group"]
    assert [(each["name"], each["count"]) for each in answer.context["apart"]] == [
        ("Held on import", 1),
        ("Clinics, never checked", 1),
    ]
    assert names(desk.get(f"{TODAY}?scope=all&reason=clinics")) == ["Clinic"]


def test_a_card_has_what_is_vouched_for_and_buttons_that_fit_the_kind(desk: Client) -> None:
    line = build_service(
        "Line", kind=Kind.CRISIS_LINE, cost="free", schedules=[{"description": "Day and night"}]
    )
    page = desk.get(f"{TODAY}?scope=all").content.decode()
    build_service("Group", cost="fixed", price=20)
    page += desk.get(f"{TODAY}?scope=all").content.decode()
    for text in (
        "214-555-0100",
        "Day and night",
        "<dd>Free</dd>",
        "$20 a session",
        "By phone",
        "On their own page",
    ):
        assert text in page
    assert found(line, "full") not in page
    assert found(line, "moved") not in page
    assert found(line, "closed") in page


def test_keep_hidden_says_so_and_can_be_undone(desk: Client) -> None:
    service = build_service("Held", status=Status.INACTIVE, held=True, status_reason="Who may come?")
    page = f"{address(service, 'withdraw')}?hide=1"
    asked = desk.get(page)
    assert "It stays hidden" in asked.content.decode()
    sent = {"reason": asked.context["form"]["reason"].value(), "status": "inactive", "next": TODAY}
    answer = desk.post(page, sent, follow=True)
    assert "Held: kept hidden." in notes(answer)
    [undo] = answer.context["notes"][0]["services"]
    service.refresh_from_db()
    assert not service.held
    desk.post(undo["undo_url"], {answer.context["version_name"]: undo["version"]})
    service.refresh_from_db()
    assert service.held


@pytest.mark.parametrize("number", [0, 51])
def test_none_or_too_many_at_once_are_refused_in_words(desk: Client, number: int) -> None:
    ticked = [str(build_service(refresh=False).pk) for _number in range(number)]
    answer = desk.post(reverse("admin:resources_service_found_right"), {"tick": ticked}, follow=True)
    assert notes(answer) == "Select 1 to 50 services."
    assert not Assurance.objects.exists()


# ---- closed and moved


def test_closed_asks_for_no_more_than_a_press(desk: Client) -> None:
    service, _next = build_service("A"), build_service("B")
    page = Buttons(desk.get(f"{TODAY}?scope=all").content.decode(), service.pk).found["Closed"][0]
    form_page = desk.get(page)
    assert "Visitors will no longer find it" in form_page.content.decode()
    sent = {"next": form_page.context["next"], "to": form_page.context["to"], "note": ""}
    answer = desk.post(urlsplit(page).path, sent, follow=True)
    service.refresh_from_db()
    assert (service.status, service.status_reason) == (Status.DEFUNCT, "Closed.")
    assert notes(answer) == "A: closed. It is no longer visible to visitors."
    assert names(answer) == ["B"]


def test_moved_asks_for_the_new_address_and_looks_it_up(desk: Client) -> None:
    build_places()
    service = build_service("Circle", at=[build_location()])
    form_page = desk.get(found(service, "moved"))
    assert list(form_page.context["form"].fields) == [
        *("address_1", "city", "region", "postal_code", "country", "note")
    ]
    sent = {"city": "Houston", "region": "Texas", "country": "US", "next": f"{TODAY}?scope=all"}
    answer = desk.post(found(service, "moved"), sent, follow=True)
    assert notes(answer) == "Circle: moved to Houston, TX."
    assert ServiceAtLocation.objects.get().location.city == "Houston"


def test_an_address_without_a_point_is_said(desk: Client) -> None:
    service = build_service("Circle", at=[build_location()])
    sent = {"city": "Nowhere", "country": "US", "next": TODAY}
    answer = desk.post(found(service, "moved"), sent, follow=True)
    assert "it will not appear in searches by distance" in notes(answer)


def test_moved_to_nobody_knows_where_hides_it(desk: Client) -> None:
    service = build_service("Circle", at=[build_location()])
    answer = desk.post(found(service, "moved"), {"unknown": "1", "country": "US", "next": TODAY}, follow=True)
    assert notes(answer) == "Circle: moved, new address unknown. It is no longer visible to visitors."
    assert not Listing.objects.exists()


def test_of_several_places_it_asks_which(desk: Client) -> None:
    service = build_service("Circle", at=[build_location(city="Dallas"), build_location(city="Austin")])
    answer = desk.post(found(service, "moved"), {"unknown": "1", "country": "US"})
    assert answer.status_code == 200
    assert "place" in answer.context["form"].errors
    austin = ServiceAtLocation.objects.get(location__city="Austin")
    sent = {"unknown": "1", "country": "US", "place": str(austin.pk), "next": TODAY}
    answer = desk.post(found(service, "moved"), sent, follow=True)
    assert notes(answer) == "Circle: this place was removed."
    assert [row.location.city for row in ServiceAtLocation.objects.all()] == ["Dallas"]


@pytest.mark.parametrize(
    ("typed", "field"),
    [
        ({"country": "US"}, "city"),
        ({"country": "XX", "city": "Houston"}, "country"),
        ({"country": "US", "city": "<b>Houston</b>"}, "city"),
        ({"country": "US", "city": "x" * 121}, "city"),
        ({"country": "US", "city": "Houston", "note": "x" * 201}, "note"),
    ],
    ids=["no town", "no country of ours", "markup", "too long", "long note"],
)
def test_what_was_typed_amiss_is_said_beside_its_box_and_nothing_is_done(
    desk: Client, typed: dict[str, str], field: str
) -> None:
    service = build_service("Circle", at=[build_location()])
    answer = desk.post(found(service, "moved"), typed)
    assert answer.status_code == 200
    assert list(answer.context["form"].errors) == [field]
    assert not Assurance.objects.exists()


def test_an_editor_whose_edits_wait_tells_a_reviewer(client: Client) -> None:
    new = sign_in(client, build_curator("new", edits_wait=True))
    service = build_service("Circle")
    assert "until a reviewer decides" in new.get(found(service, "closed")).content.decode()
    answer = new.post(found(service, "closed"), {"note": "A sign on the door.", "next": TODAY}, follow=True)
    assert "A reviewer will decide about" in notes(answer)
    assert names(answer) == ["Circle"]
    assert Correction.objects.get().note == "Found by a curator: closed. A sign on the door."
    assert Listing.objects.exists()


# ---- claims


def test_a_claim_is_shown_to_everybody_and_released_by_its_own(desk: Client, chief: Client) -> None:
    service = build_service("Circle")
    answer = press(desk, service, "Claim")
    assert urlsplit(answer.redirect_chain[-1][0]).fragment == f"i-{service.pk}"
    assert names(desk.get(f"{TODAY}?scope=mine")) == ["Circle"]
    seen = chief.get(TODAY).content.decode()
    assert "ada is working on this." in seen
    assert "Claim" not in Buttons(seen, service.pk).found
    refused = chief.post(claim_of(service), {"next": TODAY}, follow=True)
    assert notes(refused) == "ada is working on Circle."
    press(desk, service, "Release")
    assert not Claim.objects.exists()


def test_the_next_one_is_claimed_and_opened(desk: Client, curator: User) -> None:
    report = Correction.objects.create(service=build_service("A"), wrong=ProblemType.CLOSED, received_at=NOW)
    build_service("B")
    opened = desk.post(reverse("admin:resources_claim_next"), {"scope": "all"})
    assert opened["Location"] == reverse("admin:resources_correction_change", args=[report.pk])
    Correction.objects.update(decision=Decision.DECLINED)
    opened = desk.post(reverse("admin:resources_claim_next"), {"scope": "all"})
    assert opened["Location"] == address(report.service)
    claimed = set(Claim.objects.filter(by=curator).values_list("subject", flat=True))
    assert claimed == {report.pk, report.service_id}


def test_where_nothing_is_free_it_says_so(desk: Client) -> None:
    claims.claim(subject=build_service(), by=build_curator("other"), at=NOW)
    answer = desk.post(reverse("admin:resources_claim_next"), {"next": TODAY}, follow=True)
    assert "Every task here is claimed by someone else." in notes(answer)


# ---- who may


def requests_about(service: Service) -> list[tuple[str, dict[str, str]]]:
    return [
        *((found(service, outcome), {"country": "US", "unknown": "1"}) for outcome in Outcome.values),
        (reverse("admin:resources_service_found_right"), {"tick": str(service.pk)}),
        (claim_of(service), {}),
    ]


def test_a_viewer_and_an_editor_of_elsewhere_are_refused_at_every_button(viewer: Client, tex: Client) -> None:
    oregon = build_service("Oregon", at=[build_location(region="OR")])
    for someone in (viewer, tex):
        for where, sent in requests_about(oregon):
            assert someone.post(where, sent).status_code == 403, where
    assert viewer.post(reverse("admin:resources_claim_next")).status_code == 403
    assert viewer.post(claim_of(oregon, "release")).status_code == 403
    assert not Assurance.objects.exists()
    assert not Claim.objects.exists()
    assert Listing.objects.exists()


def test_the_pages_that_ask_are_for_those_who_may_answer(viewer: Client, tex: Client) -> None:
    oregon = build_service("Oregon", at=[build_location(region="OR")])
    for someone in (viewer, tex):
        for outcome in Outcome.values:
            assert someone.get(found(oregon, outcome)).status_code == 403


def test_looking_at_an_address_does_nothing(desk: Client) -> None:
    service = build_service("Circle")
    for where, _sent in requests_about(service):
        assert desk.get(where).status_code in (200, 405), where
    assert desk.get(reverse("admin:resources_claim_next")).status_code == 405
    assert not Assurance.objects.exists()
    assert not Claim.objects.exists()


def test_whoever_is_signed_out_is_sent_to_sign_in(client: Client) -> None:
    service = build_service("Circle")
    for where, sent in [(TODAY, {}), *requests_about(service)]:
        answer = client.post(where, sent) if sent else client.get(where)
        assert answer.status_code == 302
        assert "login" in answer["Location"]
    assert not Assurance.objects.exists()


@pytest.mark.parametrize("outcome", ["sold", "RIGHT", "0"])
def test_an_outcome_that_there_is_not_is_not_found(desk: Client, outcome: str) -> None:
    assert desk.post(found(build_service(), outcome)).status_code == 404


def test_what_is_not_there_cannot_be_claimed_or_checked(desk: Client) -> None:
    for what in ("service", "correction", "user", "claim"):
        for action in ("take", "release"):
            where = reverse(f"admin:resources_claim_{action}", args=[what, uuid4()])
            assert desk.post(where).status_code == 404
    assert desk.post(reverse("admin:resources_service_found", args=[uuid4(), "right"])).status_code == 404


# ---- the page of the service


def test_the_page_of_a_service_offers_the_five_outcomes(desk: Client, viewer: Client) -> None:
    service = build_service("Circle")
    page, seen = desk.get(address(service)).content.decode(), viewer.get(address(service)).content.decode()
    for outcome in Outcome.values:
        button = f'name="_then" value="{outcome}"'
        assert button in page
        assert button not in seen
    answer = desk.post(found(service, "right"), {"learned": "phone"}, follow=True)
    assert answer.redirect_chain[-1][0] == address(service)


def test_a_claim_of_four_hours_ago_holds_nobody_up(desk: Client, chief: Client) -> None:
    service = build_service("Circle")
    press(desk, service, "Claim")
    with time_machine.travel(NOW + timedelta(hours=4), tick=False):
        other = sign_in(Client(), build_curator("other"))
        press(other, service, "Claim")
    assert Claim.objects.get().by.username == "other"


def test_what_was_published_or_withdrawn_by_hand_can_be_undone(desk: Client) -> None:
    service = build_service("A", status=Status.INACTIVE, held=True, status_reason="A school")
    held = f"{TODAY}?reason=held"
    answer = press(desk, service, "Publish", page=held)
    assert notes(answer) == "A: published. Visitors find it now."
    undo = answer.context["notes"][0]["services"][0]
    sent = {"next": held, answer.context["version_name"]: undo["version"]}
    assert names(desk.post(undo["undo_url"], sent, follow=True)) == ["A"]
    service.refresh_from_db()
    assert (service.status, service.held, service.status_reason) == (Status.INACTIVE, True, "A school")
    answer = desk.post(
        reverse("admin:resources_service_withdraw", args=[service.pk]),
        {"reason": "It has closed", "status": "defunct", "next": TODAY},
        follow=True,
    )
    assert [each["name"] for each in answer.context["notes"][0]["services"]] == ["A"]


def test_what_left_the_list_of_what_is_held_can_be_undone(desk: Client) -> None:
    service = build_service("A", status=Status.INACTIVE, held=True, status_reason="A school")
    answer = desk.post(
        reverse("admin:resources_service_withdraw", args=[service.pk]),
        {"reason": "A school", "status": "inactive", "next": TODAY},
        follow=True,
    )
    assert notes(answer) == "A: withdrawn. Visitors do not find it."
    assert len(answer.context["notes"][0]["services"]) == 1, "it left the list of what is held"


def test_what_is_held_for_no_reason_leads_to_the_list_too(desk: Client) -> None:
    build_service("Mute", status=Status.INACTIVE, held=True)
    build_service("Silent", status=Status.INACTIVE, held=True)
    build_service("Withdrawn", status=Status.INACTIVE)
    link = desk.get(f"{TODAY}?reason=held").context["held"][0]
    assert (link["name"], link["count"]) == ("no reason given", 2)
    listed = desk.get(link["url"]).context["cl"].result_list
    assert {service.name for service in listed} == {"Mute", "Silent"}
