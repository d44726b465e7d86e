"""The whole way, walked by different people: by keyboard alone, on a small screen, much enlarged, from right
to left, without scripts, in the system's own colours. Each looks, reads, changes the question and comes back.
"""

from __future__ import annotations

from typing import Any

import pytest
from playwright.sync_api import BrowserContext, Locator, Page, expect
from pytest_django.live_server_helper import LiveServer

from tests.build import DALLAS, build_service
from tests.world import build_places

pytestmark = [pytest.mark.django_db(transaction=True), pytest.mark.usefixtures("offline")]

MOST_TABS = 120
WALKERS: dict[str, dict[str, Any]] = {
    "with a mouse": {},
    "without scripts": {"java_script_enabled": False},
    "on a small screen": {"viewport": {"width": 320, "height": 568}},
    # A window of 1280 by 1024, enlarged to 400%, shows as much as one of a quarter of that.
    "enlarged to 400%": {"viewport": {"width": 320, "height": 256}},
    "in the system's own colours": {"forced_colors": "active"},
    "without movement": {"reduced_motion": "reduce"},
}


@pytest.fixture(autouse=True)
def _catalogue(transactional_db: None) -> None:
    build_places()
    build_service("Texas chapters", areas=["US-TX"], cost="free", phone="214-555-0101")
    build_service(
        "Evening circle", at=[DALLAS], kind="support_group", fit="specialist", cost="fixed", price=30
    )


def fits(page: Page) -> None:
    """Nothing is cut off or has to be scrolled sideways for."""
    assert page.locator("html").evaluate("html => html.scrollWidth - html.clientWidth") == 0, page.url


@pytest.fixture(params=list(WALKERS.values()), ids=list(WALKERS))
def walk(request: pytest.FixtureRequest, browser_context_args: dict[str, Any]) -> dict[str, Any]:
    return {**browser_context_args, **request.param}


class TestEachWalker:
    @pytest.fixture
    def browser_context_args(self, walk: dict[str, Any]) -> dict[str, Any]:
        return walk

    def test_the_whole_way(self, page: Page, context: BrowserContext, live_server: LiveServer) -> None:
        page.goto(f"{live_server.url}/")
        fits(page)
        page.get_by_label("Where are you?").fill("75201")
        page.get_by_role("button", name="Search").click()
        expect(page.get_by_role("article")).to_have_count(2)
        fits(page)
        if page.get_by_role("link", name="Filters").is_visible():
            page.get_by_role("link", name="Filters").click()
        page.get_by_label("Free (1)").check()
        fits(page)
        page.get_by_role("button", name="Show results").click()
        expect(page.get_by_role("article")).to_have_count(1)
        page.get_by_role("link", name="Texas chapters", exact=True).click()
        expect(page.get_by_role("heading", level=1)).to_have_text("Texas chapters")
        fits(page)
        expect(page.get_by_role("link", name="Call 214-555-0101")).to_be_visible()
        page.get_by_role("link", name="Back to your results").click()
        expect(page.get_by_role("article")).to_have_count(1)
        page.get_by_role("link", name="Urgent help").first.click()
        expect(page.get_by_role("heading", level=1)).to_be_visible()
        fits(page)
        assert context.cookies() == []


def test_from_right_to_left(page: Page, live_server: LiveServer, settings: Any) -> None:
    settings.LANGUAGE_CODE = "ar"
    page.set_viewport_size({"width": 320, "height": 568})
    for address in ("/", "/search/?near=75201", "/urgent/", "/search/?near=Qqzzyx"):
        page.goto(live_server.url + address)
        expect(page.locator("html")).to_have_attribute("dir", "rtl")
        assert page.locator("html").evaluate("html => html.scrollWidth - html.clientWidth") == 0, address
        leave = page.locator(".leave").bounding_box()
        assert leave is not None
        assert leave["x"] < 160, "the way out stands at the end of the line"
    page.goto(f"{live_server.url}/search/?near=75201")
    page.get_by_role("link", name="Texas chapters", exact=True).click()
    expect(page.get_by_role("heading", level=1)).to_have_text("Texas chapters")


def test_by_keyboard_alone(page: Page, live_server: LiveServer) -> None:
    page.goto(f"{live_server.url}/")
    page.keyboard.press("Tab")
    expect(page.get_by_role("link", name="Skip to main content")).to_be_focused()
    page.keyboard.press("Enter")
    tab_to(page, page.get_by_label("Where are you?"))
    page.keyboard.type("75201")
    tab_to(page, page.get_by_role("button", name="Search"))
    page.keyboard.press("Enter")
    expect(page.get_by_role("article")).to_have_count(2)
    tab_to(page, page.get_by_label("Free (1)"))
    page.keyboard.press("Space")
    expect(page.get_by_role("article")).to_have_count(1)
    expect(page.get_by_label("Free (1)")).to_be_focused()
    tab_to(page, page.get_by_role("link", name="Texas chapters", exact=True))
    page.keyboard.press("Enter")
    expect(page.get_by_role("heading", level=1)).to_have_text("Texas chapters")
    tab_to(page, page.get_by_role("link", name="Call 214-555-0101"))
    page.keyboard.press("Shift+Tab")
    expect(page.get_by_role("link", name="Call 214-555-0101")).not_to_be_focused()


def tab_to(page: Page, target: Locator) -> None:
    """Presses Tab until `target` has the focus, and sees that it is in sight there."""
    for _ in range(MOST_TABS):
        page.keyboard.press("Tab")
        if target.evaluate("one => one === document.activeElement"):
            expect(target).to_be_in_viewport()
            return
    pytest.fail(f"the keyboard does not reach {target}")


def test_nothing_moves_while_the_page_comes(page: Page, live_server: LiveServer) -> None:
    page.add_init_script(
        "window.moved = 0; new PerformanceObserver(list => {"
        " for (const each of list.getEntries()) window.moved += each.value;"
        "}).observe({ type: 'layout-shift', buffered: true });"
    )
    for address in ("/", "/search/?near=75201", "/urgent/"):
        page.goto(live_server.url + address, wait_until="networkidle")
        assert page.evaluate("window.moved") == 0, address
