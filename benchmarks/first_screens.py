"""How soon a visitor meets help on a phone: `python -m benchmarks.first_screens URL` asks a running product.

For each place, in CSS pixels of a window of 390 by 844: where the first card and the first number to call
begin, how long the page is, and what a browser that was never here fetches for it. Exits with 1 if a bound is
exceeded.
"""

from __future__ import annotations

import sys
from collections.abc import Iterator
from dataclasses import dataclass
from urllib.parse import urlencode

from playwright.sync_api import Browser, Page, Request, ViewportSize, sync_playwright

from tests.browser.conftest import BROWSER_FLAGS, CHROMIUM

PHONE = ViewportSize(width=390, height=844)
PLACES = (
    *("Dallas, TX", "Portland, OR", "Miles City, MT", "Manchester, England", "Cork, Ireland"),
    *("Perth, Western Australia", "Calgary, Alberta", "Auckland", "Phoenix, AZ", "Brooklyn, NY"),
)
# What a visitor promises to be met by (see the record of the decision).
MAX_CARD, MAX_NUMBER, MAX_LENGTH = 600, 900, 8_000
MAX_REQUESTS, MAX_BYTES = 6, 50_000
NUMBER = "main a[href^='tel:'], main a[href^='sms:']"


@dataclass(frozen=True)
class FirstScreen:
    """What was measured for one place; None where there is no such thing on the page."""

    place: str
    card: float | None
    number: float | None
    length: float
    requests: int
    bytes: int

    @property
    def is_within_bounds(self) -> bool:
        return (
            self.card is not None
            and self.card <= MAX_CARD
            and self.number is not None
            and self.number <= MAX_NUMBER
            and self.length <= MAX_LENGTH
            and self.requests <= MAX_REQUESTS
            and self.bytes <= MAX_BYTES
        )


def first_screens(browser: Browser, url: str) -> Iterator[FirstScreen]:
    """Yield what a new visitor is shown for each place; `url` is where the product is served."""
    for place in PLACES:
        with browser.new_context(viewport=PHONE) as context:
            yield _first_screen(context.new_page(), url, place)


def _first_screen(page: Page, url: str, place: str) -> FirstScreen:
    fetched: list[Request] = []
    page.on("requestfinished", lambda request: fetched.append(request))
    page.goto(f"{url}/search/?{urlencode({'near': place})}", wait_until="networkidle")
    return FirstScreen(
        place,
        _top(page, "main article"),
        _top(page, NUMBER),
        page.evaluate("document.body.scrollHeight"),
        len(fetched),
        sum(request.sizes()["responseBodySize"] for request in fetched),
    )


def _top(page: Page, selector: str) -> float | None:
    """Return where the first visible element begins, from the top of the page."""
    shown = page.locator(selector).filter(visible=True)
    return round(shown.first.bounding_box()["y"]) if shown.count() else None  # type: ignore[index]


def main() -> None:
    with sync_playwright() as playwright:
        browser = playwright.chromium.launch(executable_path=CHROMIUM, args=BROWSER_FLAGS)
        measured = list(first_screens(browser, sys.argv[1].rstrip("/")))
        browser.close()
    print(f"{'place':26} {'card':>6} {'number':>7} {'length':>7} {'requests':>8} {'bytes':>7}")
    for each in measured:
        far = "" if each.is_within_bounds else "  beyond a bound"
        print(
            f"{each.place:26} {each.card or '-':>6} {each.number or '-':>7} {each.length:>7} "
            f"{each.requests:>8} {each.bytes:>7}{far}"
        )
    sys.exit(not all(each.is_within_bounds for each in measured))


if __name__ == "__main__":
    main()
