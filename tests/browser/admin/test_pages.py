"""The desk in a real browser: Django's own scripts at work under our content security policy."""

from __future__ import annotations

from datetime import date, time

import pytest
from playwright.sync_api import Page, expect
from pytest_django.live_server_helper import LiveServer

from resources.models import Listing, ListingMeeting, ListingText, Location, Schedule, Service
from resources.search.packing import unpack
from resources.vocabulary import Cost, Status
from tests.browser.admin.desk import open_record, sign_in_page
from tests.browser.test_access import ALL, OPEN_ALL, faults_of
from tests.build import DALLAS, build_location, build_service
from tests.resources.admin.desk import add_address, address

pytestmark = pytest.mark.django_db(transaction=True)


@pytest.mark.usefixtures("offline", "complaints")
def test_a_curator_edits_a_price_adds_a_new_place_in_a_popup_and_publishes(
    page: Page, live_server: LiveServer
) -> None:
    service = build_service("Evening circle", status=Status.INACTIVE, cost=Cost.FIXED, price=60)
    build_location(name="Old library")
    sign_in_page(page, live_server.url)
    open_record(page, live_server.url + address(service))
    page.locator("#id_cost_options-0-amount").fill("25")

    page.get_by_role("button", name="Add another Place").click()
    with page.expect_popup() as opened:
        page.locator("#add_id_service_at_locations-0-location").click()
    popup = opened.value
    popup.locator("#id_name").fill("New library")
    popup.get_by_role("button", name="Save", exact=True).click()
    expect(page.locator("#service_at_locations-0 .select2-selection")).to_contain_text("New library")

    page.get_by_role("button", name="Add another Place").click()
    page.locator("#service_at_locations-1 .select2-selection").click()
    page.locator(".select2-dropdown").get_by_role("searchbox").fill("Old lib")
    page.get_by_role("option", name="Old library").click()

    page.get_by_role("button", name="Save and publish").click()
    expect(page.get_by_text("Evening circle: published.")).to_be_visible()
    names = {text.card["location"]["name"] for text in ListingText.objects.filter(listing__service=service)}
    packed = Listing.objects.filter(service=service).values_list("facts", flat=True)
    prices = {unpack(bytes(facts)).min_price for facts in packed}
    assert (names, prices) == ({"New library", "Old library"}, {2500})


@pytest.mark.usefixtures("offline", "complaints")
def test_no_page_of_the_desk_is_refused_anything_or_wider_than_the_window(
    page: Page, live_server: LiveServer
) -> None:
    service = build_service("Evening circle", at=[build_location()], cost=Cost.FREE)
    sign_in_page(page, live_server.url)
    pages = [
        "/admin/",
        "/admin/resources/service/",
        add_address(Service),
        "/admin/resources/organization/",
        address(service),
        address(service, "withdraw"),
        address(service, "history"),
        address(service.organization),
        address(Location.objects.get()),
        "/admin/password_change/",
    ]
    for each in pages:
        page.goto(live_server.url + each)
        for width in (1280, 360):
            page.set_viewport_size({"width": width, "height": 800})
            assert page.evaluate("document.documentElement.scrollWidth") <= width, (each, width)


@pytest.mark.usefixtures("offline")
def test_axe_finds_nothing_on_the_list_and_the_form(page: Page, live_server: LiveServer) -> None:
    service = build_service("Evening circle", at=[build_location()], cost=Cost.FREE)
    sign_in_page(page, live_server.url)
    page.set_viewport_size({"width": 360, "height": 800})  # wider, the bar covers what one scrolls past
    for each in ("/admin/resources/service/", add_address(Service), address(service)):
        page.goto(live_server.url + each)
        page.evaluate(OPEN_ALL)
        assert faults_of(page, rules=ALL) == [], each


@pytest.mark.usefixtures("offline", "complaints")
def test_withdrawing_and_publishing_by_button(page: Page, live_server: LiveServer) -> None:
    service = build_service("Evening circle")
    sign_in_page(page, live_server.url)
    page.goto(live_server.url + address(service))
    page.get_by_role("button", name="Withdraw").click()
    page.get_by_label("Why").fill("It has closed for the summer")
    page.get_by_label("Temporarily closed").check()
    page.get_by_role("button", name="Withdraw").click()
    expect(page.get_by_text("Evening circle: withdrawn.")).to_be_visible()
    assert Service.objects.get().status == Status.TEMPORARILY_CLOSED
    assert not Listing.objects.exists()
    page.get_by_role("button", name="Publish", exact=True).click()
    expect(page.get_by_text("Evening circle: published.")).to_be_visible()
    assert Listing.objects.get().service == service


@pytest.mark.usefixtures("offline", "complaints")
def test_a_curator_types_when_a_group_meets_sees_the_next_dates_and_keeps_them(
    page: Page, live_server: LiveServer
) -> None:
    service = build_service("Evening circle", at=[DALLAS], assured_date=date(2026, 11, 1))
    sign_in_page(page, live_server.url)
    open_record(page, live_server.url + address(service))
    page.get_by_role("button", name="Add another Schedule").click()
    page.locator("#id_schedules-0-description").fill("1st and 3rd Monday 6:30-8pm")
    told = page.locator("#schedules-0 output.next-dates")
    expect(told).to_contain_text("1st and 3rd Monday of the month, 6:30 pm to 8 pm (Chicago time)")
    expect(told.locator("p")).to_have_count(7)  # the rule, five dates, and how the start was taken
    told.get_by_role("button", name="Use these dates").click()
    expect(page.locator("#id_schedules-0-byday")).to_have_value("1MO,3MO")
    page.locator("#schedules-0 summary").first.click()
    page.locator("#id_schedules-0-byday").fill("1MO")
    expect(told).to_contain_text("1st Monday of the month")
    page.get_by_role("button", name="Save and continue editing").click()
    expect(page.get_by_text("was changed successfully")).to_be_visible()
    kept = Schedule.objects.get(service=service)
    assert (kept.byday, kept.opens_at, kept.timezone) == ("1MO", time(18, 30), "America/Chicago")
    assert ListingMeeting.objects.filter(listing__service=service, weekday=0).exists()
