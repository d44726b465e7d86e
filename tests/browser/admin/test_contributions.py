"""What the public told us, decided about in a real browser."""

from __future__ import annotations

from datetime import UTC, datetime
from typing import Any

import pytest
from playwright.sync_api import Page, expect
from pytest_django.live_server_helper import LiveServer

from resources.curation.contributions import receive_correction, receive_suggestion
from resources.models import Service
from tests.browser.admin.desk import sign_in_page
from tests.build import build_organization, build_service
from tests.resources.admin.desk import address

pytestmark = pytest.mark.django_db(transaction=True)
NOW = datetime(2026, 11, 28, 12, tzinfo=UTC)
TOLD = {"phone": "214-555-0199", "description": "New words", "cost": "Free"}
SUGGESTED = {"name": "Butterfly room", "kind": "forum", "organization": "Kind charity", "cost": "Free"}


@pytest.mark.usefixtures("offline", "complaints")
def test_the_pages_fit_and_nothing_on_them_is_refused(page: Page, live_server: LiveServer) -> None:
    build_organization("Kind Charity Ltd")
    service = build_service("Evening circle", description="Old words", areas=["US-TX"])
    told: dict[str, Any] = {"note": "Thank you", "address": "me@example.org", "stamp": None, "at": NOW}
    correction = receive_correction(service=service, wrong="", proposed=TOLD, **told)
    suggestion = receive_suggestion(proposed=SUGGESTED, **told)
    sign_in_page(page, live_server.url)
    for each in (correction, suggestion):
        page.goto(live_server.url + address(each))
        for width in (1280, 360):
            page.set_viewport_size({"width": width, "height": 800})
            assert page.evaluate("document.documentElement.scrollWidth") <= width
            small = page.locator(
                "main form :is(input:not([type=hidden], [type=checkbox]), textarea, .accept label)"
            ).evaluate_all(
                "all => all.filter(e => e.getClientRects().length && e.getBoundingClientRect().height < 44)"
                ".map(e => e.name || e.textContent)"
            )
            assert [name for name in small if name != "_save"] == []
    page.locator(".select2-selection").click()
    page.locator(".select2-dropdown").get_by_role("searchbox").fill("Kind")
    page.get_by_role("option", name="Kind Charity Ltd").click()
    page.get_by_role("button", name="Accept selected").click()
    expect(page.get_by_text("not published yet. Check it, then publish.")).to_be_visible()
    assert Service.objects.get(name="Butterfly room").organization.name == "Kind Charity Ltd"
