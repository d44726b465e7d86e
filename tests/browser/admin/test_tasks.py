"""A curator's tasks in a real browser, with the pages, actions and failed saves that each takes."""

from __future__ import annotations

from datetime import UTC, datetime
from typing import Any

import pytest
from django.contrib.auth.models import User
from django.test import Client
from playwright.sync_api import Page, expect
from pytest_django.live_server_helper import LiveServer

from resources.curation.contributions import receive_correction
from resources.geo.names import fold
from resources.models import Correction, PendingEdit, Place, Service, Source, Taxonomy, TaxonomyTerm
from resources.vocabulary import Cost, Decision, Fit, Kind, ProblemType, Role, Status
from tests.browser.admin.desk import Step, Task, sign_in_page
from tests.build import build_location, build_service, build_services
from tests.resources.admin.desk import (
    add_address,
    address,
    build_curator,
    code_of,
    give_phone,
    send,
    sign_in,
)

pytestmark = [pytest.mark.django_db(transaction=True), pytest.mark.usefixtures("offline", "complaints")]

PASSWORD = "a long enough word"
NOW = datetime(2026, 11, 28, 12, tzinfo=UTC)


@pytest.fixture
def task(page: Page, live_server: LiveServer) -> Task:
    Place.objects.create(
        kind="town",
        country="US",
        name="Fort Worth",
        name_key=fold("Fort Worth"),
        region="TX",
        latitude=32.75,
        longitude=-97.33,
        population=900_000,
    )
    return Task(page, live_server.url)


# Each new service: its kind, what is typed, and the actions that it takes with the last button.
NEW: list[tuple[Kind, list[Step], int]] = [
    (
        Kind.SUPPORT_GROUP,
        [
            ("fill", "new_organization", "Hope Church"),
            ("fill", "name", "Fort Worth evening group"),
            ("fill", "phones-0-number", "(817) 555-0142"),
            ("fill", "where", "Hope Church, 1 Main St, Fort Worth, TX"),
            ("fill", "schedules-0-description", "2nd and 4th Wednesday 6:30-8pm"),
            ("check", "losses", "Miscarriage"),
            ("fill", "languages-0-code", "English"),
            ("fill", "languages-1-code", "Spanish"),
            ("choose", "cost_options-0-kind", "free"),
            ("check", "led_by", "Led by people who have had a similar loss"),
        ],
        12,
    ),
    (
        Kind.COUNSELLING,
        [
            ("fill", "new_organization", "Quiet Rooms"),
            ("fill", "name", "Quiet Rooms counseling"),
            ("fill", "url", "https://quiet.example.org/"),
            ("fill", "where", "Fort Worth, TX"),
            ("check", "losses", "Miscarriage"),
            ("choose", "cost_options-0-kind", "sliding_scale"),
            ("fill", "cost_options-0-amount", "40"),
            ("fill", "cost_options-0-amount_max", "90"),
            ("choose", "cost_options-0-unit", "session"),
            ("check", "led_by", "Led by a professional"),
        ],
        12,
    ),
    (
        Kind.FORUM,
        [
            ("fill", "new_organization", "Night Board"),
            ("fill", "name", "Night Board"),
            ("fill", "url", "https://board.example.org/"),
            ("check", "losses", "Stillbirth"),
        ],
        6,
    ),
    (
        Kind.HELPLINE,
        [
            ("fill", "new_organization", "Lantern"),
            ("fill", "name", "Lantern line"),
            ("fill", "phones-0-number", "+1 817 555 0142"),
            ("fill", "service_areas-0-area", "Oregon"),
            ("choose", "fit", "perinatal_or_grief"),
        ],
        7,
    ),
    (
        Kind.CLINIC,
        [
            ("fill", "new_organization", "Elm Health"),
            ("fill", "name", "Elm Health Fort Worth"),
            ("choose", "fit", "general"),
            ("fill", "phones-0-number", "817-555-0143"),
            ("fill", "where", "700 Elm St, Fort Worth, TX 76102"),
            ("choose", "cost_options-0-kind", "sliding_scale"),
            ("fill", "cost_options-0-amount", "20"),
            ("choose", "cost_options-0-unit", "visit"),
            ("open", "cost_options-0", "Income and household limits"),
            ("fill", "cost_options-0-guideline_up_to", "100"),
            ("press", "Add another Price"),
            ("choose", "cost_options-1-kind", "sliding_scale"),
            ("fill", "cost_options-1-amount", "35"),
            ("choose", "cost_options-1-unit", "visit"),
            ("open", "cost_options-1", "Income and household limits"),
            ("fill", "cost_options-1-guideline_over", "100"),
            ("fill", "cost_options-1-guideline_up_to", "200"),
        ],
        19,
    ),
]


def test_new_services_take_one_page_and_no_failed_save(task: Task) -> None:
    page = task.page
    sign_in_page(page, task.url)
    page.set_viewport_size({"width": 360, "height": 800})
    for kind, steps, actions in NEW:
        task.begin(add_address(Service))
        task.check("kind", str(kind.label))
        if kind == Kind.FORUM:
            expect(page.locator("#part-cost")).not_to_have_attribute("open", "")
            expect(page.locator("#id_cost_options-0-amount")).to_be_hidden()
        task.do(steps)
        for width in (1280, 360):
            page.set_viewport_size({"width": width, "height": 800})
            assert page.evaluate("document.documentElement.scrollWidth") <= width, (kind, width)
        task.publish()
        assert task.figures == (2, actions, 0), kind
    kept = {service.kind: service for service in Service.objects.filter(status=Status.ACTIVE)}
    assert kept[Kind.SUPPORT_GROUP].fit == Fit.SPECIALIST
    assert kept[Kind.SUPPORT_GROUP].schedules.get().byday == "2WE,4WE"
    assert kept[Kind.COUNSELLING].cost_options.get().currency == "USD"
    assert kept[Kind.HELPLINE].service_areas.get().area == "US-OR"
    assert [option.guideline_up_to for option in kept[Kind.CLINIC].cost_options.all()] == [100, 200]


def test_texas_not_checked_for_a_year_ten_are_assured_and_undone_as_one(task: Task) -> None:
    build_services(
        (f"Dallas {number}" for number in range(10)), at=[build_location()], assured_date="2020-01-01"
    )
    build_service("Oregon", at=[build_location(region="OR")], phone="")
    page = task.page
    sign_in_page(page, task.url)
    task.begin("/admin/resources/service/")
    task.actions += 1
    page.get_by_label("By state or region").fill("Texas")
    page.get_by_label("By state or region").press("Enter")
    task.follow("Not checked for a year 10")
    expect(page.locator("#result_list tbody tr")).to_have_count(10)
    task.actions += 1
    page.locator("#action-toggle").check()
    task.press("Still correct")
    task.label("By phone")
    task.press("Still correct")
    task.told("10 services: checked today")
    assert not Service.objects.filter(name__startswith="Dallas", assured_date="2020-01-01").exists()
    task.press(page.get_by_role("button", name="Undo all 10"))
    task.told("Undone: 10 services")
    assert Service.objects.filter(assured_date="2020-01-01").count() == 10
    assert task.figures == (6, 7, 0)
    task.begin("/admin/resources/service/")
    task.follow("No phone 1")
    expect(page.locator("#result_list tbody tr")).to_have_count(1)
    assert task.figures == (2, 1, 0)


@pytest.mark.nightly("walks what other tests try without a browser")
def test_a_first_sign_in_and_a_lost_phone(task: Task) -> None:
    page = task.page
    curator = build_curator()

    def sign_in_by_hand(code: str) -> None:
        task.label("User name", "ada")
        task.label("Password", PASSWORD)
        task.press("Sign in")
        if not code:
            key = page.locator(".secret").inner_text()
            task.label("Code", code_of(key.replace(" ", "")))
            task.press("Turn it on")
            task.follow("Continue to the admin")
        else:
            task.label("Code", code)
            task.press("Sign in")
        expect(page.get_by_role("heading", name="Today")).to_be_visible()

    task.begin("/admin/")
    sign_in_by_hand("")
    assert task.figures == (4, 6, 0)

    # The phone is lost: an administrator resets it, and the next sign-in sets up another.
    page.context.clear_cookies()
    administrator = sign_in(Client(), build_curator("grace", Role.ADMINISTRATOR)).cookies["session"].value
    page.context.add_cookies([{"name": "session", "value": administrator, "url": task.url}])
    task.begin(f"/admin/auth/user/{curator.pk}/change/")
    task.press("Reset two-step sign-in")
    assert task.figures == (2, 1, 0)
    page.context.clear_cookies()
    task.begin("/admin/")
    sign_in_by_hand("")
    assert task.figures == (4, 6, 0)


@pytest.mark.nightly("walks what other tests try without a browser")
def test_a_record_is_corrected_withdrawn_published_and_restored(task: Task) -> None:
    service = build_service("Evening circle", cost=Cost.FREE)
    sign_in_page(task.page, task.url)
    task.begin(address(service))
    task.open("part-what", "What it is")
    task.fill("name", "Morning circle")
    task.press("Withdraw")
    task.label("Why", "It has closed for the summer")
    task.label("Temporarily closed")
    task.press("Withdraw")
    task.told("Morning circle: withdrawn.")
    task.press("Publish")
    task.told("Morning circle: published.")
    task.follow("History")
    task.press(task.page.get_by_role("link", name="Restore this version").last)
    task.press(task.page.locator("main").get_by_role("button", name="Restore"))
    task.told("restored")
    assert task.figures == (7, 10, 0)
    assert Service.objects.get().name == "Evening circle"


def test_an_edit_is_approved_part_by_part_and_its_author_reads_why(task: Task) -> None:
    service = build_service("Evening circle", description="Old words")
    writer = sign_in(Client(), build_curator("wil", edits_wait=True))
    send(writer, address(service), name="Best circle", description="New words")
    sign_in_page(task.page, task.url, Role.REVIEWER)
    task.begin("/admin/")
    task.press(task.page.locator(".queue").get_by_role("link", name="Evening circle", exact=True).first)
    task.label("Decline this part: Name")
    task.label("Reason for declining", "They call it that themselves")
    task.press("Approve")
    task.told("Approved in part")
    assert task.figures == (3, 4, 0)
    service.refresh_from_db()
    assert (service.name, service.description) == ("Evening circle", "New words")
    read = writer.get(address(PendingEdit.objects.get())).content.decode()
    assert "They call it that themselves" in read


@pytest.mark.nightly("walks what other tests try without a browser")
def test_the_publics_word_is_taken_over(task: Task) -> None:
    service = build_service("Evening circle", description="Old words")
    told: dict[str, Any] = {"note": "", "address": "", "stamp": None, "at": NOW}
    receive_correction(service=service, wrong=ProblemType.WRONG, proposed={"description": "New"}, **told)
    sign_in_page(task.page, task.url)
    task.begin("/admin/")
    task.press(task.page.locator(".queue").get_by_role("link", name="Evening circle", exact=True).first)
    task.actions += 1
    task.page.locator("td.accept input[type=checkbox]").first.check()
    task.press("Accept selected")
    task.told("accepted")
    assert task.figures == (3, 3, 0)
    assert Correction.objects.get().decision == Decision.ACCEPTED
    assert Service.objects.get().description == "New"


@pytest.mark.nightly("walks what other tests try without a browser")
def test_a_limited_second_curator(task: Task) -> None:
    own = build_service("Dallas circle", at=[build_location()])
    other = build_service("Oregon circle", at=[build_location(region="OR")])
    second = build_curator("second", regions=["US-TX"])
    give_phone(second)
    session = sign_in(Client(), User.objects.get(username="second")).cookies["session"].value
    task.page.context.add_cookies([{"name": "session", "value": session, "url": task.url}])
    task.begin(address(own))
    task.open("part-what", "What it is")
    task.fill("name", "Dallas evening circle")
    task.press("Save")
    task.told("changed successfully")
    assert task.figures == (2, 3, 0)
    task.begin(address(other))
    expect(task.page.locator("#id_name")).to_have_count(0)
    expect(task.page.locator("main")).to_contain_text("Oregon circle")


@pytest.mark.nightly("walks what other tests try without a browser")
def test_a_term_and_a_source_are_added(task: Task) -> None:
    taxonomy = Taxonomy.objects.create(name="Topics here")
    session = sign_in(Client(), build_curator("grace", Role.REVIEWER)).cookies["session"].value
    task.page.context.add_cookies([{"name": "session", "value": session, "url": task.url}])
    task.begin(add_address(TaxonomyTerm))
    task.choose("taxonomy", str(taxonomy.pk))
    task.fill("code", "rainbow")
    task.fill("name", "Pregnant again")
    task.press("Save")
    task.told("added successfully")
    assert task.figures == (2, 4, 0)
    task.begin(add_address(Source))
    task.fill("slug", "ward")
    task.fill("name", "The ward’s own list")
    task.press("Save")
    task.told("added successfully")
    assert task.figures == (2, 3, 0)
