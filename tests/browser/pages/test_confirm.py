"""A provider opens the link of our message on a phone, without an account and without JavaScript."""

from __future__ import annotations

import re
from datetime import UTC, datetime
from typing import Any

import pytest
from playwright.sync_api import Page, expect
from pytest_django.live_server_helper import LiveServer

from resources.curation.provider_requests import request_assurance
from resources.models import AssuranceRequest, Correction
from resources.vocabulary import ProviderAnswer
from tests.browser.test_access import faults_of
from tests.build import DALLAS, build_service

pytestmark = pytest.mark.django_db(transaction=True)


def link_of_message(mailoutbox: list[Any], live_server: LiveServer) -> str:
    build_service("Evening circle", at=[DALLAS], email="circle@example.org", description="A circle.")
    request_assurance(at=datetime.now(UTC), limit=1)
    match = re.search(r"/confirm/\?token=\S+", mailoutbox[-1].body)
    assert match is not None
    return f"{live_server.url}{match[0]}"


@pytest.mark.browser_context_args(java_script_enabled=False, viewport={"width": 360, "height": 740})
def test_a_provider_corrects_on_a_phone(
    page: Page, offline: list[str], live_server: LiveServer, mailoutbox: list[Any]
) -> None:
    link = link_of_message(mailoutbox, live_server)
    page.goto(link)
    expect(page.get_by_role("heading", level=1)).to_have_text("Is this still right?")
    assert page.evaluate("document.documentElement.scrollWidth") <= 360
    small = page.locator("main :is(button, .box, .tick)").evaluate_all(
        "all => all.filter(each => each.getBoundingClientRect().height < 44).length"
    )
    assert small == 0
    assert AssuranceRequest.objects.get().answered_at is None
    page.get_by_role("button", name="Send the correction").click()
    expect(page.get_by_role("alert")).to_contain_text("tell us what is wrong")
    page.get_by_label("Phone number").fill("214-555-0199")
    page.get_by_role("button", name="Send the correction").click()
    expect(page.get_by_role("heading", level=1)).to_have_text("Thank you")
    assert Correction.objects.get().proposed == {"phone": "214-555-0199"}
    page.goto(link)
    expect(page.get_by_role("heading", level=1)).to_have_text("We have your answer")
    assert page.context.cookies() == []


@pytest.mark.usefixtures("offline", "complaints")
@pytest.mark.browser_context_args(viewport={"width": 360, "height": 740})
def test_a_provider_confirms_with_one_press(
    page: Page, live_server: LiveServer, mailoutbox: list[Any]
) -> None:
    page.goto(link_of_message(mailoutbox, live_server))
    assert faults_of(page) == []
    page.get_by_role("button", name="Everything is right").click()
    expect(page.get_by_text("We have recorded that everything is right.")).to_be_visible()
    assert faults_of(page) == []
    assert AssuranceRequest.objects.get().answer == ProviderAnswer.CONFIRMED
