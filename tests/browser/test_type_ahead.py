"""Places and words are offered while someone types, by our own server; without JavaScript, afterwards."""

import pytest
from playwright.sync_api import Page, expect
from pytest_django.live_server_helper import LiveServer

from tests.build import build_service
from tests.world import build_places

pytestmark = [pytest.mark.django_db(transaction=True), pytest.mark.usefixtures("offline")]


@pytest.fixture
def catalogue(transactional_db: None) -> None:
    build_places()
    build_service("Miscarriage circle", areas=["US"])


def offered(page: Page, box: str) -> list[str]:
    options = page.locator(f"#{box}-suggestions option")
    expect(options.first).to_be_attached()
    return [option.get_attribute("value") or "" for option in options.all()]


def test_a_place_and_words_are_offered_while_one_types(
    page: Page, live_server: LiveServer, catalogue: None
) -> None:
    page.goto(f"{live_server.url}/")
    page.get_by_label("Where are you?").press_sequentially("dal")
    assert offered(page, "where") == ["Dallas, Texas, United States"]
    page.get_by_label("Where are you?").fill("Dallas, Texas, United States")
    page.get_by_role("button", name="Search").click()
    page.get_by_label("Keywords").press_sequentially("misc")
    assert offered(page, "id_q")[:2] == ["miscarry", "miscarriage"]
    page.get_by_label("Keywords").fill("miscarriage")
    page.get_by_role("button", name="Show results").click()
    expect(page.get_by_role("link", name="Miscarriage circle", exact=True)).to_be_visible()


def test_a_box_stays_a_plain_box_when_nothing_answers(
    page: Page, live_server: LiveServer, catalogue: None
) -> None:
    page.goto(f"{live_server.url}/")
    page.route("**/api/v1/**", lambda route: route.abort())
    faults: list[str] = []
    page.on("pageerror", lambda error: faults.append(str(error)))
    page.get_by_label("Where are you?").press_sequentially("dal")
    page.wait_for_timeout(400)
    page.get_by_role("button", name="Search").click()
    expect(page).to_have_title("Error: Find support")
    assert faults == []


@pytest.mark.browser_context_args(java_script_enabled=False)
def test_without_javascript_what_was_meant_is_offered_after_the_search(
    page: Page, live_server: LiveServer, catalogue: None
) -> None:
    page.goto(f"{live_server.url}/search/?near=Dalas")
    page.get_by_role("link", name="Dallas, TX").click()
    expect(page.get_by_role("heading", level=1)).to_contain_text("near Dallas, TX")
    page.goto(f"{live_server.url}/search/?q=miscarrage")
    expect(page.get_by_text("Showing results for “miscarriage” instead")).to_be_visible()
    page.goto(f"{live_server.url}/search/?q=xyzzy+in+dallas")
    page.get_by_role("link", name="xyzzy, near Dallas, TX").click()
    expect(page.get_by_role("heading", level=1)).to_contain_text("near Dallas, TX")
