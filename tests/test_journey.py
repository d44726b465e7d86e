"""The journey of one visitor in a real browser: search, a service, back. Nothing leaves, nothing stays."""

from typing import Any

import pytest
from playwright.sync_api import BrowserContext, Page, Request, expect
from pytest_django.live_server_helper import LiveServer

from tests.build import DALLAS, build_service
from tests.world import build_places

pytestmark = [pytest.mark.django_db(transaction=True), pytest.mark.usefixtures("offline")]

FIRST_VIEW_REQUESTS = 6
FIRST_VIEW_BYTES = 50_000


@pytest.fixture
def catalogue(transactional_db: None) -> None:
    build_places()
    build_service(
        "Texas chapters",
        areas=["US-TX"],
        cost="free",
        losses=["miscarriage"],
        phone="214-555-0101",
        languages=["es"],
    )
    for number in range(5):
        build_service(f"Clinic {number}", kind="clinic", fit="general", at=[DALLAS], cost="sliding_scale")


@pytest.fixture(params=[True, False], ids=["with JavaScript", "without JavaScript"])
def browser_context_args(
    request: pytest.FixtureRequest, browser_context_args: dict[str, Any]
) -> dict[str, Any]:
    return {**browser_context_args, "java_script_enabled": request.param}


def test_search_a_service_and_back(
    page: Page, context: BrowserContext, live_server: LiveServer, catalogue: None
) -> None:
    page.goto(f"{live_server.url}/")
    page.get_by_label("Where are you?").fill("75201")
    page.get_by_label("What can you pay?").select_option("free")
    page.get_by_role("button", name="Search").click()
    expect(page).to_have_title("Find support")
    expect(page.get_by_role("heading", level=1)).to_have_text("What we found")
    expect(page.get_by_text("within 25 miles of Dallas, TX 75201")).to_be_visible()

    page.get_by_role("link", name="Texas chapters").click()
    expect(page.get_by_role("heading", level=1)).to_have_text("Texas chapters")
    expect(page.get_by_role("link", name="214-555-0101")).to_have_attribute("href", "tel:+12145550100")

    page.get_by_role("link", name="Back to what we found").click()
    expect(page.get_by_role("link", name="Texas chapters")).to_be_visible()
    assert "near=75201" in page.url
    page.go_back()
    expect(page.get_by_role("heading", level=1)).to_have_text("Texas chapters")
    assert context.cookies() == []


def test_folded_clinics_open_without_a_script(page: Page, live_server: LiveServer, catalogue: None) -> None:
    page.goto(f"{live_server.url}/search/?near=75201")
    clinics = page.get_by_role("article").filter(has_text="General low-cost clinic")
    expect(clinics.filter(visible=True)).to_have_count(3)
    page.get_by_text("See all 5").click()
    expect(clinics.filter(visible=True)).to_have_count(5)


def test_what_was_typed_wrongly_is_explained_where_it_was_typed(
    page: Page, live_server: LiveServer, catalogue: None
) -> None:
    page.goto(f"{live_server.url}/search/?near=Qqzzyx&q=miscarriage")
    box = page.get_by_label("Where are you?")
    expect(box).to_have_value("Qqzzyx")
    expect(box).to_have_accessible_description(
        "A town, or a postcode or ZIP code. Leave it empty if you prefer."
        " We do not know this place. Try a postal code, or a town with its state or country."
    )
    expect(page.get_by_label("Any words to look for?")).to_have_value("miscarriage")


def test_leaving_is_a_plain_link_that_stays_in_sight(
    page: Page, live_server: LiveServer, catalogue: None
) -> None:
    page.set_viewport_size({"width": 320, "height": 640})
    page.goto(f"{live_server.url}/search/?near=75201")
    page.mouse.wheel(0, 3000)
    leave = page.get_by_role("link", name="Leave this site")
    expect(leave).to_be_in_viewport()
    expect(leave).to_have_attribute("rel", "noreferrer noopener")


def test_the_first_view_is_small(page: Page, live_server: LiveServer, catalogue: None) -> None:
    asked: list[Request] = []
    page.on("requestfinished", lambda request: asked.append(request))
    page.goto(f"{live_server.url}/search/?near=75201", wait_until="networkidle")
    assert len(asked) <= FIRST_VIEW_REQUESTS
    assert sum(request.sizes()["responseBodySize"] for request in asked) < FIRST_VIEW_BYTES


@pytest.mark.parametrize(
    "address",
    [
        *("/", "/search/?near=75201", "/urgent/", "/privacy/", "/about/", "/accessibility/"),
        *("/after/costs/", "/calls/", "/api/docs/", "/nothing/"),
    ],
)
def test_no_page_leaves_anything_behind(
    page: Page, context: BrowserContext, live_server: LiveServer, catalogue: None, address: str
) -> None:
    complaints: list[str] = []
    page.on("console", lambda message: complaints.append(message.text))
    page.goto(f"{live_server.url}{address}", wait_until="networkidle")
    assert context.cookies() == []
    assert context.storage_state() == {"cookies": [], "origins": []}
    assert [text for text in complaints if "Content Security Policy" in text] == []


@pytest.mark.parametrize("width", [320, 360, 1280])
@pytest.mark.parametrize(
    "address",
    [
        *("/", "/search/?near=75201", "/urgent/", "/urgent/?country=GB", "/search/?near=Qqzzyx"),
        *("/after/", "/after/costs/", "/calls/", "/about/", "/accessibility/"),
    ],
)
def test_no_page_scrolls_sideways(
    page: Page, live_server: LiveServer, catalogue: None, address: str, width: int
) -> None:
    page.set_viewport_size({"width": width, "height": 800})
    page.goto(f"{live_server.url}{address}")
    beside = page.locator("body *").evaluate_all(
        "all => all.filter(e => e.getClientRects().length && e.getBoundingClientRect().right > innerWidth + 1"
        " && !e.closest('.aside-voice, .skip')).length"
    )
    assert beside == 0
