"""Two services compared and merged in a real browser, wide and on a phone."""

from __future__ import annotations

import pytest
from django.urls import reverse
from playwright.sync_api import Page, expect
from pytest_django.live_server_helper import LiveServer

from resources.models import Merge
from tests.browser.admin.desk import sign_in_page
from tests.build import build_service

pytestmark = pytest.mark.django_db(transaction=True)


@pytest.mark.usefixtures("offline", "complaints")
def test_two_are_merged_and_separated(page: Page, live_server: LiveServer) -> None:
    kept = build_service("Angels Above", description="Ours " * 30)
    merged = build_service("Angels above", description="Theirs " * 30, url="https://example.org/angels")
    sign_in_page(page, live_server.url)
    page.goto(live_server.url + reverse("admin:resources_service_merge", args=[kept.pk, merged.pk]))
    for width in (1280, 360):
        page.set_viewport_size({"width": width, "height": 800})
        assert page.evaluate("document.documentElement.scrollWidth") <= width
    page.get_by_label("Theirs").check()
    page.get_by_role("button", name="Merge", exact=True).click()
    expect(page.get_by_role("button", name="Undo the merge")).to_be_visible()
    kept.refresh_from_db()
    assert kept.description.startswith("Theirs")
    page.get_by_role("button", name="Undo the merge").click()
    expect(page.get_by_text("two records again")).to_be_visible()
    kept.refresh_from_db()
    assert kept.description.startswith("Ours")
    assert Merge.objects.get().undone_at is not None
