"""The whole way, walked by different people: by keyboard alone, on a small screen, much enlarged, from right
to left, without scripts, in the system's own colours. Each looks, reads, changes the question and comes back.
"""

from __future__ import annotations

from collections.abc import Iterable, Iterator
from threading import Event
from typing import Any

import pytest
from playwright.sync_api import BrowserContext, Locator, Page, Route, expect
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


# A small screen is less small than one enlarged, and nothing on the pages moves.
COVERED = {"on a small screen", "without movement"}
NIGHTLY = pytest.mark.nightly("another walker covers it")


@pytest.fixture(
    params=[
        pytest.param(walker, id=name, marks=[NIGHTLY] if name in COVERED else [])
        for name, walker in WALKERS.items()
    ]
)
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


@pytest.mark.parametrize("width", [320, 1280])
def test_nothing_moves_while_the_page_comes(
    page: Page, live_server: LiveServer, monkeypatch: pytest.MonkeyPatch, width: int
) -> None:
    """As it comes to a slow machine: half of a line first, the rest of the page later, the script last."""
    page.set_viewport_size({"width": width, "height": 640})
    page.add_init_script(
        "window.moved = []; new PerformanceObserver(list => {"
        " for (const each of list.getEntries())"
        "  window.moved.push(...each.sources.map(({ node }) => node?.outerHTML ?? 'nothing any more'));"
        "}).observe({ type: 'layout-shift', buffered: true });"
    )
    scripts: list[Route] = []
    page.route("**/enhance.*.js", lambda route: scripts.append(route))
    server = live_server.thread.httpd
    for address, last_words in (
        ("/", "Search</button>"),
        ("/search/?near=75201", "Leave site"),
        ("/urgent/", "Leave site"),
    ):
        rest = Event()
        with monkeypatch.context() as patch:
            patch.setattr(server, "application", in_two_parts(server.get_app(), address, last_words, rest))
            page.goto(live_server.url + address, wait_until="commit")
            wait_until(page, "document.querySelector('.leave svg')")
            let_it_draw(page)
            rest.set()
            wait_until(page, "document.readyState === 'interactive'")
        let_it_draw(page)
        scripts.pop().continue_()
        page.wait_for_load_state("load")
        let_it_draw(page)
        assert page.evaluate("window.moved") == [], address


def in_two_parts(site: Any, address: str, last_words: str, rest: Event) -> Any:
    """The site, but for one page that stops before these words until `rest` is set."""

    def answer(environ: dict[str, Any], start_response: Any) -> Iterable[bytes]:
        if environ["PATH_INFO"] != address.partition("?")[0]:
            whole: Iterable[bytes] = site(environ, start_response)
            return whole
        plain = {name: value for name, value in environ.items() if name != "HTTP_ACCEPT_ENCODING"}
        first, words, second = b"".join(site(plain, start_response)).partition(last_words.encode())
        assert words
        return parts(first, words + second)

    def parts(first: bytes, second: bytes) -> Iterator[bytes]:
        yield first
        rest.wait(30)
        yield second

    return answer


def wait_until(page: Page, condition: str) -> None:
    """As Playwright's own waiting, which asks at each picture or needs `eval`: here neither may be had."""
    page.evaluate(
        "new Promise(done => {"
        f" const look = () => ({condition}) ? done() : setTimeout(look, 10);"
        " look(); })"
    )


def let_it_draw(page: Page) -> None:
    """Two pictures, or as long as they would take where the page lets nothing be drawn yet."""
    page.evaluate(
        "new Promise(done => {"
        " requestAnimationFrame(() => requestAnimationFrame(() => setTimeout(done)));"
        " setTimeout(done, 200); })"
    )
