"""The question refined in place, said back in parts that come off, and a place told by the browser."""

from __future__ import annotations

import pytest
from playwright.sync_api import BrowserContext, Page, expect
from pytest_django.live_server_helper import LiveServer

from tests.build import DALLAS, build_service
from tests.world import build_places

pytestmark = [pytest.mark.django_db(transaction=True), pytest.mark.usefixtures("offline")]


@pytest.fixture(autouse=True)
def _catalogue(transactional_db: None) -> None:
    build_places()
    build_service("Texas chapters", areas=["US-TX"], cost="free", losses=["miscarriage"])
    build_service(
        "Evening circle", at=[DALLAS], kind="support_group", fit="specialist", cost="fixed", price=30
    )
    build_service("Quiet counsel", areas=["US"], kind="counselling", fit="specialist", cost="sliding_scale")


@pytest.fixture
def found(page: Page, live_server: LiveServer) -> Page:
    page.goto(f"{live_server.url}/search/?near=75201")
    expect(page.get_by_role("article")).to_have_count(3)
    return page


def test_a_choice_changes_the_answer_and_its_counts_at_once_and_nobody_loses_their_place(found: Page) -> None:
    kinds = found.get_by_role("group", name="What kind of support?")
    expect(kinds.get_by_label("Support group (2)")).to_be_visible()
    expect(kinds).to_contain_text("Counseling")
    box = found.get_by_label("Free (1)")
    box.check()
    expect(found.get_by_role("article")).to_have_count(1)
    expect(found.locator("#answer-count")).to_have_text("1 listing.")
    expect(kinds.get_by_label("Support group (1)")).to_be_visible()
    expect(kinds).not_to_contain_text("Counseling")
    expect(box).to_be_focused()
    assert "cost=free" in found.url
    assert "near=75201" in found.url


def test_back_undoes_one_choice(found: Page, live_server: LiveServer) -> None:
    found.get_by_label("Free (1)").check()
    expect(found.get_by_role("article")).to_have_count(1)
    found.go_back()
    expect(found.get_by_role("article")).to_have_count(3)
    assert found.url == f"{live_server.url}/search/?near=75201"


def test_what_is_kept_then_is_kept_beside_the_question_of_now(found: Page) -> None:
    found.get_by_label("Free (1)").check()
    expect(found.get_by_role("article")).to_have_count(1)
    found.get_by_role("button", name="Save to my list").click()
    expect(found.get_by_role("link", name="My list (1)")).to_be_visible()
    expect(found.get_by_role("article")).to_have_count(1)
    assert "cost=free" in found.url


def test_a_link_within_the_page_asks_nothing_anew(found: Page) -> None:
    opened: list[str] = []
    found.on("request", lambda asked: opened.append(asked.url) if asked.is_navigation_request() else None)
    found.get_by_role("link", name="Skip to main content").focus()
    found.keyboard.press("Enter")
    expect(found.locator("#main")).to_be_focused()
    assert opened == []


def test_search_goes_to_what_was_found(found: Page) -> None:
    found.get_by_label("Free (1)").check()
    found.get_by_role("button", name="Show results").click()
    expect(found.locator("#answer-count")).to_be_focused()


def test_on_a_phone_the_filters_are_a_sheet_that_back_and_escape_close(found: Page) -> None:
    found.set_viewport_size({"width": 390, "height": 844})
    box = found.get_by_label("Free (1)")
    expect(box).to_be_hidden()
    found.get_by_role("link", name="Filters").click()
    box.check()
    expect(found.locator("#answer-count")).to_have_text("1 listing.")
    found.get_by_role("button", name="Show results").click()
    expect(box).to_be_hidden()
    found.get_by_role("link", name="Filters").click()
    expect(box).to_be_visible()
    found.keyboard.press("Escape")
    expect(box).to_be_hidden()
    found.get_by_role("link", name="Filters").click()
    found.get_by_role("link", name="Close").click()
    expect(box).to_be_hidden()


def test_what_cannot_be_read_is_explained_once_it_is_sent(found: Page) -> None:
    found.get_by_label("Where are you?").fill("Qqzzyx")
    found.get_by_role("button", name="Show results").click()
    expect(found.get_by_role("heading", name="Please check part of your search")).to_be_visible()
    expect(found.get_by_role("alert")).to_be_focused()
    expect(found).to_have_title("Error: Find support")
    expect(found.get_by_label("Where are you?")).to_have_value("Qqzzyx")


def test_each_part_of_the_question_comes_off_by_itself(page: Page, live_server: LiveServer) -> None:
    page.goto(f"{live_server.url}/search/?near=75201&within=10mi&cost=free&cost=sliding_scale&q=miscarriage")
    asked = page.get_by_role("list", name="Your search").get_by_role("link", name="(remove)")
    expect(asked).to_have_count(4)
    page.get_by_role("link", name="Free (remove)").click()
    expect(asked).to_have_count(3)
    assert "cost=sliding_scale" in page.url
    assert "cost=free" not in page.url
    page.get_by_role("link", name="Near Dallas").click()
    expect(page.get_by_role("link", name="Near Dallas")).to_have_count(0)
    assert "near" not in page.url
    assert "within" not in page.url
    assert "q=miscarriage" in page.url


# ---- where one is


def test_a_browser_is_asked_where_it_is_only_after_the_press_and_tells_it_roughly(
    page: Page, context: BrowserContext, live_server: LiveServer
) -> None:
    context.grant_permissions(["geolocation"])
    context.set_geolocation({"latitude": 32.78312, "longitude": -96.80671})
    policies: list[tuple[str, str]] = []
    page.on(
        "response",
        lambda answer: (
            policies.append((answer.url, answer.headers.get("permissions-policy", "")))
            if answer.request.is_navigation_request()
            else None
        ),
    )
    page.goto(f"{live_server.url}/")
    page.get_by_role("link", name="Use my location").click()
    expect(page.get_by_label("Where are you?")).to_have_value("32.78,-96.81")
    assert "geolocation=()" in policies[0][1]
    assert "geolocation=(self)" in policies[1][1]
    page.get_by_role("button", name="Search").click()
    expect(page.get_by_role("link", name="Texas chapters", exact=True)).to_be_visible()
    assert "32.78312" not in page.url


def test_a_browser_that_does_not_tell_is_no_dead_end(page: Page, live_server: LiveServer) -> None:
    page.goto(f"{live_server.url}/?here=1")
    expect(page.get_by_text("We could not get your location. Type a place instead.")).to_be_visible()
    expect(page.get_by_label("Where are you?")).to_be_focused()


@pytest.mark.browser_context_args(java_script_enabled=False)
def test_without_a_script_nobody_is_offered_to_be_located(page: Page, live_server: LiveServer) -> None:
    page.goto(f"{live_server.url}/search/?near=75201")
    expect(page.get_by_role("article")).to_have_count(3)
    expect(page.get_by_text("Use my location")).to_be_hidden()
