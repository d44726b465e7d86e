"""One sheet of paper, printed by a real browser: one page whatever it holds, and nothing cut."""

from __future__ import annotations

import pytest
from django.utils import timezone
from playwright.sync_api import Page
from pytest_django.live_server_helper import LiveServer

from resources.models import Phone
from resources.search.projection import rebuild_listings
from tests.browser.paper import PAGE_OBJECT, POINTS, SMALLEST, pdf_of, printed, size_of
from tests.build import DALLAS, build_location, build_organization, build_service
from tests.served import Site
from tests.world import build_places

LONG = (
    "The Very Long Name of a Gentle Group for Everyone Who Has Lost a Pregnancy in the Whole of the County "
)


@pytest.fixture
def long_names(transactional_db: None) -> None:
    build_places()
    for number in range(12):
        place = build_location(DALLAS, address_1=f"{LONG}{number}", city="Dallas", postal_code="75201")
        service = build_service(
            f"{LONG * 2}{number}"[:255],
            organization=build_organization(f"{LONG}{number}"),
            at=[place],
            cost="sliding_scale",
            content_notes=["mentions_pregnancy", "mentions_living_children"],
            refresh=False,
        )
        Phone.objects.create(service=service, number="214-555-0199", extension="12345", country="US")
    rebuild_listings(at=timezone.now())


def test_long_names_take_one_page_and_nothing_is_cut(
    page: Page, live_server: LiveServer, offline: list[str], long_names: None
) -> None:
    for paper in POINTS:
        page.goto(f"{live_server.url}/handout/?near=75201&paper={paper}")
        cut, left_out = printed(page, paper)
        assert cut == []
        assert left_out == 0
        assert page.locator(".sheet-entry").count() >= 1
        assert page.evaluate(SMALLEST) > 18.6  # 14 points
        pdf = pdf_of(page)
        assert len(PAGE_OBJECT.findall(pdf)) == 1
        assert size_of(pdf) == POINTS[paper]


# Places of the shipped data, as people type them, with the paper of the country.
TYPED = (
    ("75201", "letter"),
    ("10001", "letter"),
    ("94110", "letter"),
    ("Fairbanks, AK", "letter"),
    ("Toronto", "letter"),
    ("H2X", "letter"),
    ("M1", "a4"),
    ("EH1", "a4"),
    ("D02", "a4"),
    ("Sydney", "a4"),
    ("Auckland", "a4"),
)


@pytest.mark.parametrize(
    "other_paper", [False, pytest.param(True, marks=pytest.mark.nightly("long names take both every day"))]
)
def test_every_place_of_the_shipped_data_takes_one_page(page: Page, site: Site, *, other_paper: bool) -> None:
    for typed, usual in TYPED:
        [paper] = set(POINTS) - {usual} if other_paper else {usual}
        page.emulate_media(media="screen")
        page.goto(f"{site.url}/handout/?near={typed}&paper={paper}")
        assert page.locator(".sheet-entry").count() >= 2, typed
        assert printed(page, paper) == ([], 0), typed
        pdf = pdf_of(page)
        assert len(PAGE_OBJECT.findall(pdf)) == 1, typed
        assert size_of(pdf) == POINTS[paper], typed
