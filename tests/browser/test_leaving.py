"""Leaving quickly, in a real browser: by the button and by Shift three times, and what it leaves behind."""

from __future__ import annotations

from typing import Any

import pytest
from playwright.sync_api import Page, expect
from pytest_django.live_server_helper import LiveServer

pytestmark = [pytest.mark.django_db(transaction=True), pytest.mark.usefixtures("offline")]

SOMEWHERE = "/healthz"
LEAVE = "Leave site"


@pytest.fixture(autouse=True)
def _somewhere_neutral(settings: Any, live_server: LiveServer) -> None:
    """A page of our own in the place of a weather report: the tests ask nobody else for anything."""
    settings.LEAVE_URL = f"{live_server.url}{SOMEWHERE}"


@pytest.fixture
def reading(page: Page, live_server: LiveServer) -> Page:
    """Someone who came from the home page and reads another."""
    page.goto(f"{live_server.url}/about/")
    page.goto(f"{live_server.url}/privacy/")
    return page


def shift(page: Page, times: int) -> None:
    for _ in range(times):
        page.keyboard.press("Shift")


def test_the_button_replaces_this_page_and_keeps_those_before(reading: Page) -> None:
    reading.get_by_role("link", name=LEAVE).click()
    reading.wait_for_url(f"**{SOMEWHERE}")
    reading.go_back()
    assert reading.url.endswith("/about/"), "the page that was left can be gone back to"


def test_shift_three_times_leaves_and_says_how_many_are_missing(reading: Page) -> None:
    said = reading.locator(".leave-status")
    shift(reading, 1)
    expect(said).to_have_text("Press Shift 2 more times to leave.")
    shift(reading, 1)
    expect(said).to_have_text("Press Shift once more to leave.")
    shift(reading, 1)
    reading.wait_for_url(f"**{SOMEWHERE}")


def test_nothing_of_the_page_is_seen_while_the_other_one_comes(reading: Page) -> None:
    reading.route(f"**{SOMEWHERE}", lambda route: None)  # it never comes
    seen, title = reading.evaluate(
        """() => {
            for (let press = 0; press < 3; press += 1)
                for (const half of ["keydown", "keyup"])
                    document.dispatchEvent(new KeyboardEvent(half, { key: "Shift" }));
            return [getComputedStyle(document.querySelector("main")).visibility, document.title];
        }"""
    )
    assert seen == "hidden"
    assert "Privacy" not in title


def test_any_other_key_begins_the_count_anew(reading: Page) -> None:
    for between in ("a", "Tab", "Control+a", "Shift+Tab"):
        shift(reading, 2)
        expect(reading.locator(".leave-status")).to_have_text("Press Shift once more to leave.")
        reading.keyboard.press(between)
        expect(reading.locator(".leave-status")).to_have_text("")
    shift(reading, 2)
    expect(reading.locator(".leave-status")).to_have_text("Press Shift once more to leave.")


def test_writing_capital_letters_leaves_nothing(page: Page, live_server: LiveServer) -> None:
    page.goto(f"{live_server.url}/search/")
    page.get_by_label("Keywords").focus()
    for letter in "ABCD":
        page.keyboard.press(f"Shift+{letter}")
    expect(page.get_by_label("Keywords")).to_have_value("ABCD")
    expect(page.get_by_role("main")).to_be_visible()
    expect(page.locator(".is-leaving")).to_have_count(0)
    assert page.url == f"{live_server.url}/search/"


def test_presses_far_apart_do_not_count_together(reading: Page) -> None:
    reading.evaluate("window.setTimeout = (then, after) => { window.last = { then, after }; }")
    shift(reading, 2)
    assert reading.evaluate("last.after") == 5_000
    reading.evaluate("last.then()")
    expect(reading.locator(".leave-status")).to_have_text("Too slow. You are still on this site.")
    shift(reading, 1)
    expect(reading.locator(".leave-status")).to_have_text("Press Shift 2 more times to leave.")


def test_a_press_of_the_mouse_begins_the_count_anew(reading: Page) -> None:
    shift(reading, 2)
    reading.locator("h1").click()
    shift(reading, 2)
    expect(reading.locator(".leave-status")).to_have_text("Press Shift once more to leave.")


@pytest.mark.browser_context_args(java_script_enabled=False)
def test_it_is_a_plain_link_without_a_script(page: Page, live_server: LiveServer) -> None:
    page.goto(f"{live_server.url}/privacy/")
    page.get_by_role("link", name=LEAVE).click()
    page.wait_for_url(f"**{SOMEWHERE}")


# Heard after each press of a key, once the focus has moved.
NOTE_WHAT_IS_COVERED = """() => {
    window.covered = [];
    document.addEventListener("keyup", () => {
        const one = document.activeElement;
        // The link past the menu is drawn above the bar.
        if (one === document.body || one.closest(".masthead, .skip")) return;
        const strip = document.querySelector(".bar").getBoundingClientRect();
        const box = one.getBoundingClientRect();
        // What is higher than the window has to pass below the strip.
        const under = box.top < strip.bottom - 1 && box.bottom > strip.top;
        if (under && box.height < window.innerHeight - strip.height) window.covered.push(one.outerHTML);
    });
}"""


@pytest.mark.parametrize("width", [320, 1280])
def test_it_is_in_sight_everywhere_and_covers_nothing_that_has_the_focus(
    page: Page, live_server: LiveServer, width: int
) -> None:
    page.set_viewport_size({"width": width, "height": 640})
    for address in ("/", "/search/", "/urgent/", "/about/", "/api/docs/", "/nothing/"):
        page.goto(f"{live_server.url}{address}")
        page.mouse.wheel(0, 5000)
        expect(page.get_by_role("link", name=LEAVE)).to_be_in_viewport()
        page.evaluate(NOTE_WHAT_IS_COVERED)
        for _ in range(60):
            page.keyboard.press("Tab")
        assert page.evaluate("covered") == [], address


def test_it_promises_no_more_than_it_does(page: Page, live_server: LiveServer) -> None:
    page.goto(f"{live_server.url}/")
    expect(page.get_by_text("It does not delete your browser history.")).to_be_visible()
