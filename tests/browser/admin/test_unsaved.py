"""Nothing that is typed is lost: the page warns, keeps a draft, and its bar saves first."""

from __future__ import annotations

import pytest
from django.contrib.sessions.models import Session
from playwright.sync_api import Dialog, Page, expect
from pytest_django.live_server_helper import LiveServer

from resources.models import Draft, Service
from resources.vocabulary import Status
from tests.browser.admin.desk import open_record, sign_in_page
from tests.build import build_service
from tests.resources.admin.desk import address

pytestmark = [pytest.mark.django_db(transaction=True), pytest.mark.usefixtures("offline")]


def open_form(page: Page, live_server: LiveServer, service: Service) -> None:
    sign_in_page(page, live_server.url)
    open_record(page, live_server.url + address(service))
    page.wait_for_load_state("load")


def test_a_draft_is_kept_while_one_types_and_offered_back(page: Page, live_server: LiveServer) -> None:
    service = build_service("Evening circle")
    open_form(page, live_server, service)
    asked: list[str] = []

    def accept(dialog: Dialog) -> None:
        asked.append(dialog.type)
        dialog.accept()

    page.on("dialog", accept)
    page.locator("#id_name").click()
    page.keyboard.type(" at dawn")
    expect(page.locator(".draft-status")).to_contain_text("Draft kept at")
    page.goto(f"{live_server.url}/admin/")
    assert asked == ["beforeunload"], "leaving warned"
    page.goto(live_server.url + address(service))
    page.get_by_role("link", name="Continue with them").click()
    expect(page.locator("#id_name")).to_have_value("Evening circle at dawn")
    page.get_by_role("button", name="Save", exact=True).click()
    expect(page.get_by_text("was changed successfully")).to_be_visible()
    assert asked == ["beforeunload"], "saving does not warn"
    assert Service.objects.get().name == "Evening circle at dawn"
    assert not Draft.objects.exists()


def test_undo_refuses_while_something_is_typed_and_the_others_save_first(
    page: Page, live_server: LiveServer
) -> None:
    service = build_service("Evening circle", status=Status.INACTIVE)
    open_form(page, live_server, service)
    page.locator("#id_alternate_name").fill("First")
    page.get_by_role("button", name="Save and continue editing").click()
    page.locator("#id_name").fill("Morning circle")
    page.get_by_role("button", name="Undo last change").click()
    expect(page.locator(".draft-status")).to_contain_text("Save your changes first")
    page.get_by_role("button", name="Publish", exact=True).click()
    expect(page.get_by_text("Morning circle: published.")).to_be_visible()


def test_a_session_that_ended_says_so_and_a_new_one_goes_on(page: Page, live_server: LiveServer) -> None:
    service = build_service("Evening circle")
    open_form(page, live_server, service)
    page.locator("#id_name").fill("Morning circle")
    expect(page.locator(".draft-status")).to_contain_text("Draft kept at")
    Session.objects.all().delete()
    page.locator("#id_alternate_name").fill("Typed afterwards")
    expect(page.locator(".draft-status")).to_contain_text("signed out")
    expect(page.locator("#id_alternate_name")).to_have_value("Typed afterwards")


def test_errors_stand_first_have_the_focus_and_lead_to_their_field(
    page: Page, live_server: LiveServer
) -> None:
    page.set_viewport_size({"width": 360, "height": 800})
    service = build_service("Evening circle", phone="+1 212 555 0100")
    open_form(page, live_server, service)
    page.locator("#id_name").fill("")
    page.locator("#id_phones-0-number").fill("12")
    page.get_by_role("button", name="Save", exact=True).click()
    summary = page.locator(".problems")
    expect(summary).to_be_focused()
    expect(summary).to_be_in_viewport()
    expect(summary.get_by_role("link")).to_have_count(2)
    summary.get_by_role("link", name="Name: This field is required.").click()
    expect(page.locator("#id_name")).to_be_focused()
    expect(page.locator("#id_name")).to_be_in_viewport()
    summary.get_by_role("link").last.click()
    expect(page.locator("#id_phones-0-number")).to_be_focused()
