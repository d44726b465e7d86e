"""The record's page in a real browser: the card follows what is typed, and the point of a place is moved."""

from __future__ import annotations

import re

import pytest
from playwright.sync_api import Locator, Page, expect
from pytest_django.live_server_helper import LiveServer

from resources.models import Location, Place, Revision, Service
from resources.vocabulary import Cost, Precision, Status
from tests.browser.admin.desk import open_record, sign_in_page
from tests.build import DALLAS, build_location, build_organization, build_service
from tests.resources.admin.desk import add_address, address

pytestmark = pytest.mark.django_db(transaction=True)


def card_of(page: Page) -> Locator:
    return page.locator(".preview .shown")


@pytest.mark.usefixtures("offline", "complaints")
def test_the_card_follows_what_is_typed_waits_for_what_is_wrong_and_nothing_is_saved(
    page: Page, live_server: LiveServer
) -> None:
    service = build_service(
        "Evening circle", at=[build_location()], cost=Cost.FIXED, price=60, status=Status.INACTIVE
    )
    build_location(name="Old library", address_1="1 Elm Street")
    sign_in_page(page, live_server.url)
    open_record(page, live_server.url + address(service))
    card = card_of(page)
    expect(card.get_by_role("heading", name="Evening circle")).to_be_visible()
    expect(card).to_contain_text("$60 a session")
    expect(card).to_contain_text("Not published")
    page.locator("#id_cost_options-0-amount").fill("25")
    expect(card).to_contain_text("$25 a session")
    page.locator("#id_name").fill("Morning circle")
    page.locator("#id_formats").get_by_label("Video").check()
    expect(card.get_by_role("heading", name="Morning circle")).to_be_visible()
    expect(card).to_contain_text("Video")
    page.get_by_role("button", name="Add another Place").click()
    page.locator("#service_at_locations-1 .select2-selection").click()
    page.locator(".select2-dropdown").get_by_role("searchbox").fill("Old lib")
    page.get_by_role("option", name=re.compile("Old library")).click()
    expect(card).to_contain_text("1 Elm Street")
    for width in (360, 1280):
        page.set_viewport_size({"width": width, "height": 800})
        assert page.evaluate("document.documentElement.scrollWidth") <= width

    # The site's colors and sizes, within the card alone.
    colour = "element => getComputedStyle(element).borderTopColor"
    assert card.locator(".actions a").first.evaluate(colour) == "rgb(29, 74, 62)"
    assert card.locator("h3").first.evaluate("e => getComputedStyle(e).fontSize") == "19px"
    of_the_desk = page.evaluate("[...document.styleSheets].map((sheet) => sheet.href)")
    shared = [sheet for sheet in of_the_desk if "/directory/" in sheet]
    assert all("/directory/tokens." in sheet for sheet in shared), "colors and spaces alone"

    status = page.locator(".preview .preview-status").first
    page.locator("#id_name").fill("")
    expect(status).to_contain_text("Preview paused: 1 field needs fixing.")
    expect(card).to_contain_text("Morning circle")
    page.locator("#id_name").fill("Noon circle")
    expect(card).to_contain_text("Noon circle")
    expect(status).to_be_empty()
    service.refresh_from_db()
    assert service.name == "Evening circle"
    assert not Revision.objects.exists()


@pytest.mark.usefixtures("offline", "complaints")
def test_a_new_service_grows_its_card(page: Page, live_server: LiveServer) -> None:
    organization = build_organization("Kind People")
    here = build_service("Morning group", organization=organization)
    sign_in_page(page, live_server.url)
    page.goto(f"{live_server.url}{add_address(Service)}?organization={organization.pk}")
    expect(page.locator(".preview")).to_contain_text("The preview appears once")
    page.locator("#id_name").fill("Mornign group")
    expect(page.locator(".preview-alike")).to_be_empty()
    page.locator("#id_name").fill("Morning group")
    expect(card_of(page)).to_contain_text("Kind not chosen yet")
    page.get_by_label("Support group", exact=True).check()
    expect(card_of(page)).to_contain_text("Support group")
    alike = page.locator(".preview-alike").get_by_role("link", name="Morning group")
    expect(alike).to_have_attribute("href", address(here))
    assert list(Service.objects.all()) == [here]


@pytest.mark.usefixtures("offline", "complaints")
@pytest.mark.browser_context_args(java_script_enabled=False)
def test_without_a_script_the_card_of_the_record_stands_there_and_the_boxes_hold_the_point(
    page: Page, live_server: LiveServer
) -> None:
    service = build_service("Evening circle", at=[build_location()])
    sign_in_page(page, live_server.url)
    page.goto(live_server.url + address(service))
    expect(card_of(page)).to_contain_text("Evening circle")
    page.goto(live_server.url + address(Location.objects.get()))
    expect(page.locator("svg.point")).to_be_visible()
    expect(page.get_by_role("button", name="North")).to_be_hidden()
    page.locator("#id_latitude").fill("32.9")
    page.get_by_role("button", name="Save", exact=True).click()
    expect(page.get_by_text("was changed successfully")).to_be_visible()
    assert Location.objects.get().latitude == 32.9


def build_towns() -> None:
    for name, north, east in (("Irving", 0.03, -0.14), ("Mesquite", -0.02, 0.2), ("Garland", 0.12, 0.16)):
        Place.objects.create(
            kind="town",
            country="US",
            name=name,
            name_key=name.lower(),
            region="TX",
            latitude=DALLAS[0] + north,
            longitude=DALLAS[1] + east,
            population=200_000,
        )


def open_place(page: Page, live_server: LiveServer) -> Location:
    build_towns()
    location = build_location(precision=Precision.TOWN)
    sign_in_page(page, live_server.url)
    page.goto(live_server.url + address(location))
    return location


def where(page: Page) -> tuple[float, float]:
    return (
        float(page.locator("#id_latitude").input_value()),
        float(page.locator("#id_longitude").input_value()),
    )


@pytest.mark.usefixtures("offline", "complaints")
def test_the_point_is_dragged_and_saved(page: Page, live_server: LiveServer) -> None:
    page.set_viewport_size({"width": 360, "height": 800})
    location = open_place(page, live_server)
    dot = page.locator("svg.point .point-dot")
    dot.scroll_into_view_if_needed()
    box, drawing = dot.bounding_box(), page.locator("svg.point").bounding_box()
    assert box is not None
    assert drawing is not None
    x, y = box["x"] + box["width"] / 2, box["y"] + box["height"] / 2
    page.mouse.move(x, y)
    page.mouse.down()
    page.mouse.move(x + drawing["width"] / 4, y - drawing["height"] / 4, steps=5)
    page.mouse.up()
    # A quarter of a drawing that is 60 km wide and 45 km high.
    north, east = where(page)
    assert north == pytest.approx(DALLAS[0] + 11.25 / 111.195, abs=0.005)
    assert east == pytest.approx(DALLAS[1] + 15 / (111.195 * 0.8407), abs=0.005)
    expect(page.locator("#id_precision")).to_have_value("exact")
    expect(page.locator(".point-unsure")).to_be_hidden()
    expect(page.locator(".point-status")).to_contain_text("exact. Save to keep it.")
    page.get_by_role("button", name="Save and continue editing").click()
    expect(page.get_by_text("was changed successfully")).to_be_visible()
    location.refresh_from_db()
    assert (location.latitude, location.longitude, location.precision) == (north, east, "exact")


@pytest.mark.usefixtures("offline", "complaints")
def test_the_point_is_moved_by_keys_by_buttons_and_by_the_boxes(page: Page, live_server: LiveServer) -> None:
    open_place(page, live_server)
    degree = 0.1 / 111.195
    page.locator("svg.point").focus()
    for key in ("ArrowUp", "ArrowUp", "ArrowDown", "Shift+ArrowUp"):
        page.keyboard.press(key)
    assert where(page)[0] == pytest.approx(DALLAS[0] + 11 * degree, abs=1e-5)
    page.keyboard.press("ArrowRight")
    page.get_by_role("button", name="East").click()
    page.get_by_role("button", name="South").click()
    north, east = where(page)
    assert north == pytest.approx(DALLAS[0] + 10 * degree, abs=1e-5)
    assert east == pytest.approx(DALLAS[1] + 2 * degree / 0.8407, abs=2e-5)
    page.get_by_role("button", name="North").press("Enter")
    page.get_by_role("button", name="West").press("Enter")
    assert where(page)[0] == pytest.approx(DALLAS[0] + 11 * degree, abs=1e-5)
    expect(page.locator("#id_precision")).to_have_value("exact")

    # It follows the boxes, and stays on the drawing.
    mark = page.locator("svg.point .point-mark")
    before = mark.get_attribute("transform")
    page.locator("#id_latitude").fill("32.85")
    moved = mark.get_attribute("transform")
    assert moved != before
    page.locator("#id_latitude").fill("51.5")
    assert mark.get_attribute("transform") == moved
    page.locator("svg.point").focus()
    for _ in range(60):
        page.keyboard.press("Shift+ArrowLeft")
    assert (mark.get_attribute("transform") or "").startswith("translate(0 ")
