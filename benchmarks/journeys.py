"""Journeys of new visitors on a phone: `python -m benchmarks.journeys URL` walks them on a running product.

Each goes by what a visitor reads, from the home page to the first useful contact, and prints its steps. It
ends with a check that this visitor can use the contact. Exits with 1 if a journey is stopped. The product
needs the shipped catalog, and DEFAULT_COUNTRY=US.
"""

from __future__ import annotations

import re
import sys
from collections.abc import Callable
from contextlib import suppress

from playwright.sync_api import Error, Locator, Page, expect, sync_playwright

from benchmarks.first_screens import PHONE
from tests.browser.conftest import BROWSER_FLAGS, CHROMIUM

CALL, ANY_WAY = "a[href^='tel:']", "a.button, a.button-secondary"
FORM_SECONDS = 3_500  # milliseconds: a form sent sooner is taken for a robot's


class Walk:
    """One visitor with a phone. Every method that acts is a step, and says so."""

    def __init__(self, page: Page, url: str) -> None:
        self.page, self.url, self.steps = page, url, 0
        page.goto(f"{url}/")

    def _step(self, words: str) -> None:
        self.steps += 1
        print(f"  {self.steps}. {words}")

    def press(self, name: str, *, role: str = "link", inside: Locator | None = None) -> None:
        """Press the first visible link (or button, or fold) of this name."""
        self._step(f"presses “{name}”")
        found = (inside or self.page).get_by_role(role, name=re.compile(re.escape(name)))  # type: ignore[arg-type]
        found.filter(visible=True).first.click()
        self.page.wait_for_load_state()

    def unfold(self, words: str) -> None:
        self._step(f"unfolds “{words}”")
        self.page.locator("summary", has_text=words).filter(visible=True).first.click()

    def open(self, selector: str, words: str) -> None:
        self._step(f"opens {words}")
        self.page.locator(selector).filter(visible=True).first.click()
        self.page.wait_for_load_state()

    def type(self, label: str, words: str) -> None:
        self._step(f"types “{words}” under “{label}”")
        self.page.get_by_label(label).filter(visible=True).first.fill(words)

    def choose(self, label: str, option: str) -> None:
        self._step(f"chooses “{option}” under “{label}”")
        self.page.get_by_label(label).select_option(label=option)

    def tick(self, label: str) -> None:
        self._step(f"ticks “{label}”")
        self.page.get_by_label(re.compile(f"^{re.escape(label)}")).filter(visible=True).first.check()

    def search(self, place: str) -> None:
        """Type a place on the home page and search."""
        self.type("Where are you?", place)
        self.press("Search", role="button")

    def filter(self, *labels: str, inside: str = "") -> None:
        """Open the filters, tick these, and show the results."""
        self.press("Filters")
        if inside:
            self.unfold(inside)
        for label in labels:
            self.tick(label)
        self.press("Show results", role="button")
        expect(self.page.locator(".filters")).to_be_hidden()

    def card(self, number: int = 0) -> Locator:
        return self.page.locator("main article").filter(visible=True).nth(number)

    def contact(self, where: Locator | None = None, ways: str = CALL, *, says: str = "") -> None:
        """Find the first way to reach someone; `says` must stand where it is found."""
        part = where or self.page.locator("main")
        if says:
            expect(part).to_contain_text(re.compile(says, re.IGNORECASE))
        found = part.locator(ways).filter(visible=True).first
        words = " ".join(found.inner_text().split())
        top: float = found.evaluate("each => each.getBoundingClientRect().top + scrollY")
        screens = top / PHONE["height"]
        print(f"  -> “{words}”, after {self.steps} steps, {screens:.1f} screens down")


# ---- the journeys


def dallas_in_the_evening(walk: Walk) -> None:
    """It is evening in Dallas; she wants a voice now, and a group near her."""
    walk.search("Dallas, TX")
    walk.contact(walk.page.locator(".talk-row"), says="day and night")
    walk.contact(walk.card(), ANY_WAY, says="Dallas|Fort Worth|Irving|Plano")


def partner_in_rural_montana(walk: Walk) -> None:
    """He is a partner, far from any group."""
    walk.search("Miles City, MT")
    walk.filter("Partners")
    walk.contact(walk.card(), ANY_WAY, says="Partners|Dads and men")


def manchester_without_money(walk: Walk) -> None:
    """She is in Manchester, the one in England, and can pay nothing."""
    walk.search("Manchester")
    walk.press("Or: Manchester, England")
    walk.press("Free")
    # What is near does not state a cost: it is folded, and the first card is of one that is free.
    walk.contact(walk.card(), ANY_WAY, says="Free")
    walk.contact(walk.page.locator(".talk-row"), "a[href^='tel:+44'], a[href^='tel:08'], a[href^='tel:116']")


def sliding_scale_for_three(walk: Walk) -> None:
    """They are three, with $2,900 a month, and look for care by income."""
    walk.press("A low-cost clinic")
    walk.press("Filters")
    walk.type("Where are you?", "Dallas, TX")
    walk.press("Show results", role="button")
    walk.open("main a.clinic-name", "the nearest clinic")
    walk.contact(says="Sliding")
    walk.type("How many people", "3")
    walk.type("income", "2,900")
    walk.choose("Time period", "a month")
    walk.press("Estimate my cost", role="button")
    expect(walk.page.locator("[data-answer]")).to_contain_text("127")
    print(f"  -> “{walk.page.locator('[data-answer] strong').first.inner_text()}”, after {walk.steps} steps")


def nurse_with_a_sheet(walk: Walk) -> None:
    """A nurse prints one sheet, with the number of her own ward."""
    walk.press("Print a sheet to give to someone")
    walk.type("For which place?", "Dallas, TX")
    walk.press("Show the sheet", role="button")
    walk.unfold("Add your ward")
    walk.type("Name of your ward or unit", "Willow ward")
    walk.type("Its phone number", "214 555 0123 ext 4")
    walk.press("Put it on the sheet", role="button")
    sheet = walk.page.locator(".sheet")
    expect(sheet).to_contain_text("Willow ward: 214 555 0123, extension 4")
    expect(sheet).to_contain_text("Added by the person who printed this.")
    expect(walk.page).not_to_have_url(re.compile("Willow"))
    print(f"  -> a sheet with {sheet.locator('.sheet-entry').count()} listings, after {walk.steps} steps")


def third_loss(walk: Walk) -> None:
    """It was her third loss."""
    walk.press("More than one loss")
    walk.contact(walk.card(), ANY_WAY, says="More than one loss|recurrent|any loss")


def no_mention_of_children(walk: Walk) -> None:
    """She would rather not read about living children."""
    walk.search("Dallas, TX")
    walk.filter("Mentions living children", inside="More filters")
    expect(walk.page.locator("main article", has_text="Mentions living children")).to_have_count(0)
    walk.contact(walk.card(), ANY_WAY)


def help_in_spanish(walk: Walk) -> None:
    """She speaks Spanish."""
    walk.press("In Spanish")
    walk.contact(walk.card(), ANY_WAY, says="Spanish")


def deaf(walk: Walk) -> None:
    """He is deaf: a number to call is of no use."""
    walk.press("Text, not calls")
    walk.contact(walk.card(), "a[href^='sms:'], a[href^='mailto:'], a.button[href^='http']", says="text|chat")


def bleeding_now(walk: Walk) -> None:
    """She bleeds heavily."""
    walk.press("Get help now")
    walk.contact(ways="a[href='tel:911']", says="United States")


def operator_of_a_listed_group(walk: Walk) -> None:
    """She runs a group that is listed, and something is wrong with it."""
    walk.press("Search by words or filters")
    walk.type("Keywords", "M.E.N.D. Dallas")
    walk.press("Show results", role="button")
    walk.open("main article a[href*='/services/']", "the service")
    walk.press("Report a problem")
    walk.tick("This is our service")
    walk.type("What is right", "We meet at another place now.")
    walk.page.wait_for_timeout(FORM_SECONDS)
    walk.press("Send", role="button")
    expect(walk.page.locator("main")).to_contain_text("We have received your message")
    print(f"  -> a report that was received, after {walk.steps} steps")


def friend(walk: Walk) -> None:
    """Her friend lost a pregnancy, and she wants to know how to help."""
    walk.press("For family and friends")
    walk.contact(walk.card(), ANY_WAY, says="family|friends|grandparents")


JOURNEYS: tuple[Callable[[Walk], None], ...] = (
    *(dallas_in_the_evening, partner_in_rural_montana, manchester_without_money, sliding_scale_for_three),
    *(nurse_with_a_sheet, third_loss, no_mention_of_children, help_in_spanish, deaf, bleeding_now),
    *(operator_of_a_listed_group, friend),
)


def main() -> None:
    url, stopped = sys.argv[1].rstrip("/"), []
    with sync_playwright() as playwright:
        browser = playwright.chromium.launch(executable_path=CHROMIUM, args=BROWSER_FLAGS)
        for journey in JOURNEYS:
            print(f"\n{(journey.__doc__ or '').strip()}")
            with browser.new_context(viewport=PHONE, locale="en-US") as context:
                page = context.new_page()
                page.set_default_timeout(10_000)
                try:
                    journey(Walk(page, url))
                except (AssertionError, Error) as fault:
                    stopped.append(journey.__name__)
                    print(f"  STOPPED at {page.url}: {str(fault).splitlines()[0]}")
        with suppress(Error):
            browser.close()
    print(f"\n{len(JOURNEYS) - len(stopped)} of {len(JOURNEYS)} journeys arrive.")
    sys.exit(bool(stopped))


if __name__ == "__main__":
    main()
