"""What visitors tell us by the pages, written in a real browser without JavaScript."""

from __future__ import annotations

import re
from datetime import timedelta

import pytest
from playwright.sync_api import Page, expect
from pytest_django.live_server_helper import LiveServer

from resources.models import Correction
from resources.vocabulary import ProblemType
from tests.build import DALLAS, build_service


@pytest.mark.django_db(transaction=True)
@pytest.mark.browser_context_args(java_script_enabled=False)
@pytest.mark.parametrize("width", [320, 1280])
def test_without_javascript_it_is_written_mended_and_sent(
    page: Page, offline: list[str], live_server: LiveServer, width: int, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr("resources.http.form_tokens.MIN_AGE", timedelta(0))
    service = build_service("Evening circle", at=[DALLAS])
    page.set_viewport_size({"width": width, "height": 800})
    page.goto(f"{live_server.url}/services/{service.pk}/")
    page.get_by_role("link", name="Report a problem").click()
    expect(page.get_by_label("Please leave this box empty")).not_to_be_in_viewport()
    page.get_by_label("It has closed").check()
    page.get_by_text("Correct single details, if you like").click()
    page.get_by_label("Phone number").fill("214-555-0199")
    page.get_by_label("Web page").fill("nothing")
    page.get_by_role("button", name="Send").click()
    expect(page.get_by_role("alert")).to_contain_text("Enter a web address")
    expect(page.get_by_label("It has closed")).to_be_checked()
    box = page.get_by_label("Web page")
    expect(box).to_have_accessible_description(re.compile(r"Enter a web address"))
    page.wait_for_load_state()  # with its styles
    assert page.evaluate("document.documentElement.scrollWidth") <= width
    small = page.locator("main :is(button, .box, .tick)").evaluate_all(
        "all => all.filter(each => each.getBoundingClientRect().height < 44).length"
    )
    assert small == 0
    box.fill("")
    page.get_by_role("button", name="Send").click()
    expect(page.get_by_role("heading", level=1)).to_have_text("Thank you")
    assert page.url == f"{live_server.url}/services/{service.pk}/correct/thanks/"
    assert page.evaluate("document.documentElement.scrollWidth") <= width
    assert page.context.cookies() == []
    stored = Correction.objects.get()
    assert (stored.wrong, stored.proposed) == (ProblemType.CLOSED, {"phone": "214-555-0199"})
