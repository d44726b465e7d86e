"""Today by keyboard and by thumb, in a real browser."""

from __future__ import annotations

from datetime import date

import pytest
from playwright.sync_api import Locator, Page, expect
from pytest_django.live_server_helper import LiveServer

from resources.models import Assurance, Claim, Service
from resources.vocabulary import Outcome, Status
from tests.browser.admin.desk import sign_in_page
from tests.build import build_location, build_service

pytestmark = pytest.mark.django_db(transaction=True)

SMALLEST = 44  # pixels that a thumb needs


def item(page: Page, name: str) -> Locator:
    return page.locator(".queue .item").filter(has=page.get_by_role("heading", name=name))


def press(page: Page, key: str) -> None:
    """Once the page has come with its script, which hears the keys."""
    page.wait_for_load_state()
    page.keyboard.press(key)


@pytest.mark.usefixtures("offline", "complaints")
def test_the_queue_is_worked_through_by_keys_alone(page: Page, live_server: LiveServer) -> None:
    services = {name: build_service(name) for name in ("Aster", "Birch", "Cedar", "Dahlia")}
    sign_in_page(page, live_server.url)
    page.goto(f"{live_server.url}/admin/")
    press(page, "r")
    expect(item(page, "Aster")).to_be_visible()  # nothing in the list has the focus: no key acts

    item(page, "Aster").focus()
    press(page, "j")
    press(page, "ArrowDown")
    press(page, "k")
    expect(item(page, "Birch")).to_be_focused()
    press(page, "r")
    expect(item(page, "Birch").get_by_role("button", name="By phone")).to_be_focused()
    press(page, "Enter")
    expect(item(page, "Birch")).to_have_count(0)
    expect(item(page, "Cedar")).to_be_focused()
    expect(page.locator(".messagelist")).to_be_in_viewport()
    press(page, "n")
    expect(item(page, "Cedar")).to_have_count(0)
    expect(item(page, "Dahlia")).to_be_focused()
    press(page, "c")
    expect(item(page, "Dahlia")).to_contain_text("You are working on this.")
    press(page, "o")
    expect(page.locator("#id_name")).to_have_value("Dahlia")

    told = {row.service.name: row.outcome for row in Assurance.objects.select_related("service")}
    assert told == {"Birch": Outcome.RIGHT, "Cedar": Outcome.NO_ANSWER}
    assert Claim.objects.get().subject == services["Dahlia"].pk


@pytest.mark.usefixtures("offline", "complaints")
def test_a_wrong_press_is_undone_and_ticks_are_checked_together(page: Page, live_server: LiveServer) -> None:
    for name in ("Aster", "Birch", "Cedar"):
        build_service(name)
    sign_in_page(page, live_server.url)
    page.goto(f"{live_server.url}/admin/")
    item(page, "Aster").get_by_role("button", name="Full").click()
    expect(page.get_by_text("Aster: marked as full.")).to_be_visible()
    page.get_by_role("button", name="Undo").click()
    expect(page.get_by_text("Undone: Aster was restored.")).to_be_visible()
    for name in ("Aster", "Cedar"):
        item(page, name).get_by_role("checkbox").check()
    page.get_by_role("button", name="Mark selected as still correct").click()
    page.get_by_label("In writing").check()
    page.get_by_role("button", name="Still correct").click()
    expect(page.get_by_text("2 services: checked today")).to_be_visible()
    checked = Service.objects.exclude(assured_date=None).values_list("name", flat=True)
    assert set(checked) == {"Aster", "Cedar"}


@pytest.mark.usefixtures("offline", "complaints")
def test_everything_has_room_for_a_thumb_on_a_small_page(page: Page, live_server: LiveServer) -> None:
    page.set_viewport_size({"width": 360, "height": 740})
    build_service("Aster", at=[build_location()])
    build_service("Birch", assured_date=date(2020, 1, 1), full_date=date(2020, 1, 1))
    build_service("Cedar", status=Status.INACTIVE, held=True, status_reason="A reason " * 20)
    sign_in_page(page, live_server.url)
    page.goto(f"{live_server.url}/admin/")
    page.wait_for_load_state()
    assert page.evaluate("document.documentElement.scrollWidth") <= 360
    pressed = page.locator("main :is(a, button, summary, label):visible")
    small = [
        (one.inner_text(), box)
        for one in pressed.all()
        if (box := one.bounding_box()) and min(box["height"], box["width"]) < SMALLEST - 0.5
    ]
    assert small == []


@pytest.mark.usefixtures("offline", "complaints")
def test_without_scripts_every_button_works(page: Page, live_server: LiveServer) -> None:
    service = build_service("Aster", at=[build_location()])
    sign_in_page(page, live_server.url)
    page.route("**/*.js", lambda route: route.fulfill(body="", content_type="text/javascript"))
    page.goto(f"{live_server.url}/admin/")
    item(page, "Aster").get_by_role("button", name="Claim").click()
    expect(item(page, "Aster")).to_contain_text("You are working on this.")
    item(page, "Aster").get_by_role("link", name="Closed").click()
    page.get_by_role("button", name="Closed").click()
    expect(page.get_by_text("Aster: closed. It is no longer visible to visitors.")).to_be_visible()
    service.refresh_from_db()
    assert service.status == Status.DEFUNCT
