"""Taking a list along in a real browser: with and without JavaScript, and nothing stored unless asked."""

import re
from contextlib import closing
from typing import Any
from urllib.parse import parse_qs, urlsplit

import pytest
from playwright.sync_api import BrowserContext, Locator, Page, expect
from pytest_django.live_server_helper import LiveServer

from tests.browser.measuring import assert_first_view_is_small, parts_sideways
from tests.build import DALLAS, build_location, build_service
from tests.world import build_places

pytestmark = [pytest.mark.django_db(transaction=True), pytest.mark.usefixtures("offline")]

EMPTY: dict[str, list[Any]] = {"cookies": [], "origins": []}
LONG = "A Very Long Name of a Gentle Group for Everyone Who Has Lost a Pregnancy in the Whole County"


@pytest.fixture
def catalogue(transactional_db: None) -> dict[str, str]:
    """The address of a service's page, by its name."""
    build_places()
    made = [
        build_service("Quiet room", at=[DALLAS], cost="free"),
        build_service("Evening circle", at=[DALLAS]),
        build_service("Texas line", kind="helpline", areas=["US-TX"]),
        build_service(LONG, at=[build_location(DALLAS, address_1="1234 An Avenue With Many Words")]),
    ]
    return {service.name: f"/services/{service.pk}/" for service in made}


@pytest.fixture(params=[True, False], ids=["with JavaScript", "without JavaScript"])
def either_way(request: pytest.FixtureRequest, browser_context_args: dict[str, Any]) -> dict[str, Any]:
    return {**browser_context_args, "java_script_enabled": request.param}


def ids_in(page: Page, name: str) -> list[str]:
    return parse_qs(urlsplit(page.url).query).get(name, [])


def beside(page: Page, words: str, name: str) -> Locator:
    """The button of these words beside a listing: its name is read after them, and not seen."""
    return page.get_by_role("button", name=re.compile(rf"^{words} ?: {re.escape(name)}$"))


class TestEitherWay:
    """What must work in every browser."""

    @pytest.fixture
    def browser_context_args(self, either_way: dict[str, Any]) -> dict[str, Any]:
        return either_way

    def test_a_list_is_gathered_from_a_search_and_a_page_and_taken_along(
        self, page: Page, context: BrowserContext, live_server: LiveServer, catalogue: dict[str, str]
    ) -> None:
        page.goto(f"{live_server.url}/search/?near=75201")
        beside(page, "Save to my list", "Quiet room").click()
        expect(page.get_by_role("heading", level=1)).to_have_text("Support near Dallas, TX 75201")
        expect(beside(page, "Remove from my list", "Quiet room")).to_be_in_viewport()
        assert ids_in(page, "near") == ["75201"]

        page.get_by_role("link", name="Texas line", exact=True).click()
        beside(page, "Save to my list", "Texas line").click()
        page.get_by_role("link", name="My list (2)").click()
        expect(page.get_by_role("article")).to_have_count(2)
        assert len(ids_in(page, "id")) == 2

        beside(page, "Remove from my list", "Quiet room").click()
        expect(page.get_by_role("article")).to_have_count(1)
        page.get_by_role("main").get_by_role("link", name="Look for more").click()
        expect(beside(page, "Remove from my list", "Texas line")).to_be_visible()
        assert context.cookies() == []
        assert context.storage_state() == EMPTY

    def test_the_question_is_changed_and_the_list_stays(
        self, page: Page, live_server: LiveServer, catalogue: dict[str, str]
    ) -> None:
        page.goto(f"{live_server.url}/search/?near=75201")
        beside(page, "Save to my list", "Quiet room").click()
        expect(page.get_by_role("link", name="My list (1)")).to_be_visible()
        [kept] = ids_in(page, "list")
        page.get_by_label("Keywords").fill("room")
        page.get_by_role("button", name="Show results").click()
        expect(page).to_have_url(re.compile(r"[?&]q=room\b"))
        assert ids_in(page, "list") == [kept]
        expect(page.get_by_role("link", name="My list (1)")).to_be_visible()

    def test_browsing_needs_no_typing(
        self, page: Page, live_server: LiveServer, catalogue: dict[str, str]
    ) -> None:
        page.goto(f"{live_server.url}/")
        page.get_by_role("main").get_by_role("link", name="Choose a region").click()
        page.get_by_role("link", name="Texas (3)").click()
        expect(page.get_by_role("heading", level=1)).to_have_text("Texas")
        beside(page, "Save to my list", "Quiet room").click()
        expect(page.get_by_role("link", name="My list (1)")).to_be_visible()
        expect(page.get_by_role("heading", level=1)).to_have_text("Texas")

    def test_a_sheet_is_made_from_a_search(
        self, page: Page, live_server: LiveServer, catalogue: dict[str, str]
    ) -> None:
        page.goto(f"{live_server.url}/search/?near=75201")
        page.get_by_role("link", name="Print as one sheet").click()
        page.get_by_label("Paper").select_option("letter")
        page.get_by_text("Choose which listings").click()
        page.get_by_role("checkbox", name="Texas line").check()
        page.get_by_role("button", name="Show the sheet").click()
        expect(page.locator(".sheet-entry")).to_have_count(1)
        expect(page.locator(".sheet-letter .sheet-entry")).to_contain_text("Texas line")


def stored(page: Page) -> int:
    number: int = page.evaluate("localStorage.length + sessionStorage.length")
    return number


def test_it_is_remembered_only_when_asked_and_gone_when_erased(
    page: Page, context: BrowserContext, live_server: LiveServer, catalogue: dict[str, str]
) -> None:
    page.goto(f"{live_server.url}{catalogue['Texas line']}")
    page.get_by_role("button", name="Save to my list").click()
    page.get_by_role("link", name="My list (1)").click()
    assert stored(page) == 0
    page.get_by_role("button", name="Save on this device").click()
    expect(page.get_by_text("This list is saved on this device.")).to_be_visible()
    assert stored(page) == 1

    page.goto(f"{live_server.url}/shortlist/")
    page.get_by_role("link", name="Open the list saved on this device").click()
    expect(page.get_by_role("article")).to_contain_text("Texas line")

    page.get_by_role("button", name="Delete from this device").click()
    expect(page.get_by_text("Deleted from this device.")).to_be_visible()
    assert stored(page) == 0
    assert context.storage_state() == EMPTY
    page.goto(f"{live_server.url}/shortlist/")
    expect(page.get_by_text("Open the list saved on this device")).to_be_hidden()


def test_what_is_stored_by_another_hand_is_not_trusted(
    page: Page, live_server: LiveServer, catalogue: dict[str, str]
) -> None:
    page.goto(f"{live_server.url}/shortlist/")
    page.evaluate("localStorage.setItem('shortlist', 'javascript:alert(1) x&id=y')")
    page.reload()
    link = page.get_by_role("link", name="Open the list saved on this device")
    assert (link.get_attribute("href") or "").startswith("/shortlist/?")
    assert "alert" not in (link.get_attribute("href") or "")


def test_the_address_is_copied_and_the_browser_prints(
    page: Page, context: BrowserContext, live_server: LiveServer, catalogue: dict[str, str]
) -> None:
    context.grant_permissions(["clipboard-read", "clipboard-write"])
    page.goto(f"{live_server.url}{catalogue['Quiet room']}")
    page.evaluate("() => { window.printed = 0; window.print = () => { window.printed += 1 } }")
    page.get_by_role("button", name="Print").click()
    assert page.evaluate("window.printed") == 1
    page.get_by_role("button", name="Copy link").click()
    expect(page.get_by_text("Copied.")).to_be_visible()
    copied: str = page.evaluate("navigator.clipboard.readText()")
    assert urlsplit(copied).path == catalogue["Quiet room"]
    assert urlsplit(copied).query == ""


def test_the_first_view_is_small(
    context: BrowserContext, live_server: LiveServer, catalogue: dict[str, str]
) -> None:
    for address in (
        "/shortlist/",
        "/search/?near=75201",
        "/handout/?near=75201",
        "/browse/us/tx/",
        catalogue["Quiet room"],
    ):
        with closing(context.new_page()) as page:
            assert_first_view_is_small(page, f"{live_server.url}{address}")


SMALL_BUTTONS = """all => all.filter(
  (each) => each.checkVisibility({ visibilityProperty: true })
).filter((each) => {
  const box = each.getBoundingClientRect();
  return box.height < 44 || box.width < 44;
}).map((each) => each.outerHTML)"""


def test_no_page_scrolls_sideways_and_every_button_fits_a_thumb(
    page: Page, live_server: LiveServer, catalogue: dict[str, str]
) -> None:
    page.goto(f"{live_server.url}/search/?near=75201")
    beside(page, "Save to my list", LONG).click()
    expect(page.get_by_role("link", name="My list (1)")).to_be_visible()
    [kept] = ids_in(page, "list")
    for address in (
        f"/shortlist/?id={kept}",
        "/handout/?near=75201",
        "/browse/",
        "/browse/us/tx/",
        catalogue[LONG],
    ):
        page.goto(f"{live_server.url}{address}")
        for width in (320, 768, 1280):
            page.set_viewport_size({"width": width, "height": 800})
            assert parts_sideways(page) == [], (address, width)
            buttons = page.locator(".button-secondary, .list-button button")
            assert buttons.evaluate_all(SMALL_BUTTONS) == [], (address, width)
