"""The journey of one visitor in a real browser: search, a service, back. Nothing leaves, nothing stays."""

from typing import Any

import pytest
from playwright.sync_api import BrowserContext, Page, expect
from pytest_django.live_server_helper import LiveServer

from tests.addresses import PAGES, filled, names_of
from tests.browser.measuring import parts_sideways
from tests.build import build_location, build_service, build_withdrawn_service
from tests.world import build_places

# Without scripts the pages are laid out alike.
WIDTHS = {True: (320, 360, 768, 1280), False: (320,)}
WITH = pytest.param(True, id="with JavaScript")
WITHOUT = pytest.param(False, id="without JavaScript")

pytestmark = [pytest.mark.django_db(transaction=True), pytest.mark.usefixtures("offline")]


@pytest.fixture
def catalogue(transactional_db: None) -> dict[str, Any]:
    build_places()
    chapters = build_service(
        "Texas chapters",
        areas=["US-TX"],
        cost="free",
        losses=["miscarriage"],
        phone="214-555-0101",
        languages=["es"],
    )
    for number in range(5):
        build_service(
            f"Clinic {number}",
            kind="clinic",
            fit="general",
            at=[build_location(address_1=f"{number} Elm St")],
            cost="sliding_scale",
        )
    return names_of(chapters, withdrawn=build_withdrawn_service("Gone"))


@pytest.fixture(params=[WITH, WITHOUT])
def scripts(request: pytest.FixtureRequest) -> bool:
    return bool(request.param)


@pytest.fixture
def browser_context_args(browser_context_args: dict[str, Any], scripts: bool) -> dict[str, Any]:
    return {**browser_context_args, "java_script_enabled": scripts}


def test_search_a_service_and_back(
    page: Page, context: BrowserContext, live_server: LiveServer, catalogue: dict[str, Any]
) -> None:
    page.goto(f"{live_server.url}/")
    page.get_by_label("Where are you?").fill("75201")
    page.get_by_role("button", name="Search").click()
    expect(page).to_have_title("Results")
    page.get_by_role("list", name="Your search").get_by_role("link", name="Free").click()
    expect(page.get_by_role("heading", level=1)).to_have_text("Free support near Dallas, TX 75201")
    expect(page.get_by_text("within 25 miles of Dallas, TX 75201")).to_be_visible()

    page.get_by_role("link", name="Texas chapters", exact=True).click()
    expect(page.get_by_role("heading", level=1)).to_have_text("Texas chapters")
    expect(page.get_by_role("link", name="214-555-0101")).to_have_attribute("href", "tel:+12145550100")

    page.get_by_role("link", name="Back to your results").click()
    expect(page.get_by_role("link", name="Texas chapters", exact=True)).to_be_visible()
    assert "near=75201" in page.url
    page.go_back()
    expect(page.get_by_role("heading", level=1)).to_have_text("Texas chapters")
    assert context.cookies() == []


@pytest.mark.parametrize("scripts", [WITHOUT], indirect=True)
def test_folded_clinics_open_without_a_script(
    page: Page, live_server: LiveServer, catalogue: dict[str, Any]
) -> None:
    page.goto(f"{live_server.url}/search/?near=75201")
    clinics = page.locator("li.clinic")
    expect(clinics.filter(visible=True)).to_have_count(3)
    page.get_by_text("Show 2 more").click()
    expect(clinics.filter(visible=True)).to_have_count(5)


@pytest.mark.parametrize("scripts", [WITHOUT], indirect=True)
def test_what_was_typed_wrongly_is_explained_where_it_was_typed(
    page: Page, live_server: LiveServer, catalogue: dict[str, Any]
) -> None:
    page.goto(f"{live_server.url}/search/?near=Qqzzyx&q=miscarriage")
    box = page.get_by_label("Where are you?")
    expect(box).to_have_value("Qqzzyx")
    expect(box).to_have_accessible_description(
        "A town, or a postcode or ZIP code. Leave it empty if you prefer."
        " We could not find that place. Try a postal code, or a town or county with its state or country."
    )
    expect(page.get_by_label("Keywords")).to_have_value("miscarriage")


@pytest.mark.parametrize("scripts", [WITHOUT], indirect=True)
def test_leaving_is_a_plain_link_that_stays_in_sight(
    page: Page, live_server: LiveServer, catalogue: dict[str, Any]
) -> None:
    page.set_viewport_size({"width": 320, "height": 640})
    page.goto(f"{live_server.url}/search/?near=75201")
    page.mouse.wheel(0, 3000)
    leave = page.get_by_role("link", name="Leave site")
    expect(leave).to_be_in_viewport()
    expect(leave).to_have_attribute("rel", "noreferrer noopener")


def test_no_page_leaves_anything_behind_is_refused_anything_or_scrolls_sideways(
    page: Page,
    context: BrowserContext,
    live_server: LiveServer,
    catalogue: dict[str, Any],
    complaints: list[str],
    scripts: bool,
) -> None:
    """At each width; one visit asks everything, because there are many pages."""
    for address in filled(PAGES, catalogue):
        answer = page.goto(f"{live_server.url}{address}")
        assert answer
        if answer.status >= 400:
            assert complaints.pop(0).startswith("Failed to load resource"), "the browser tells of such a page"
        assert complaints == [], address
        assert context.cookies() == [], address
        assert page.evaluate("localStorage.length + sessionStorage.length") == 0, address
        for width in WIDTHS[scripts]:
            page.set_viewport_size({"width": width, "height": 800})
            assert parts_sideways(page) == [], (address, width)
    assert context.storage_state() == {"cookies": [], "origins": []}
