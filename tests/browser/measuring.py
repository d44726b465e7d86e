"""What a browser shows, measured."""

from __future__ import annotations

from playwright.sync_api import Page, Request

from tests.reading import FIRST_VIEW_BYTES

FIRST_VIEW_REQUESTS = 5
SIDEWAYS = """all => all.filter(
  (each) => each.getClientRects().length && each.getBoundingClientRect().right > innerWidth + 1
    && !each.closest(".visually-hidden, .skip, .scroll *, .pills-row *, pre *")
).map((each) => each.outerHTML.slice(0, 200))"""


def parts_sideways(page: Page) -> list[str]:
    """What reaches beyond the right edge of the window; tables, rows of pills and code may."""
    parts: list[str] = page.locator("body *").evaluate_all(SIDEWAYS)
    return parts


def assert_first_view_is_small(page: Page, url: str) -> None:
    """All but the sign in the tab, which a browser may ask for later."""
    session = page.context.new_cdp_session(page)
    session.send("Network.enable")
    session.send("Network.setCacheDisabled", {"cacheDisabled": True})
    asked: list[Request] = []
    page.on("request", lambda request: asked.append(request))
    page.goto(url)
    first = [request for request in asked if "/favicon." not in request.url]
    assert len(first) <= FIRST_VIEW_REQUESTS, url
    assert sum(request.sizes()["responseBodySize"] for request in first) < FIRST_VIEW_BYTES, url
