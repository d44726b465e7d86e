"""Support by country and region: nothing is typed, what is there stands first, and the cost is bounded."""

import re

import pytest
from django.db import connection
from django.test import Client
from django.test.utils import CaptureQueriesContext
from django.utils import timezone

from resources.search import engine
from resources.search.projection import rebuild_listings
from tests.build import DALLAS, build_location, build_service
from tests.reading import unescaped as page
from tests.world import build_places

# Two counts, a page from each stretch it touches, the cards, and their next meetings.
MOST_QUERIES = 2 + 10 + 2


@pytest.fixture
def visitor(db: None, visitor: Client) -> Client:
    return visitor


def main_of(text: str) -> str:
    return text.partition("<main")[2]


@pytest.mark.slow("opens a page for every region")
def test_every_country_and_region_is_listed_with_what_is_there(visitor: Client) -> None:
    build_service("Group in Dallas", at=[DALLAS])
    build_service("Group in Boston", at=[build_location((42.36, -71.06), region="MA")])
    build_service("Line", areas=["US"])
    found = page(visitor, "/browse/")
    assert "United States (2)" in found
    assert re.search(r'href="/browse/us/tx/">Texas \(1\)', found)
    assert re.search(r'href="/browse/gb/wls/">Wales<', found)
    assert "<input" not in main_of(found)
    assert "Armed Forces" not in found  # their post lies anywhere


def test_what_is_there_leads_and_what_serves_it_follows(visitor: Client) -> None:
    build_service("Clinic in town", kind="clinic", fit="general", at=[DALLAS])
    build_service("National line", kind="helpline", areas=["US"])
    build_service("County group", areas=["US-TX/dallas"])
    build_service("Texas chapters", areas=["US-TX"])
    build_service("World forum", kind="forum", areas=["*"])
    build_service("Group in town", at=[DALLAS], areas=["US-TX"])
    build_service("Boston group", areas=["US-MA"])
    found = main_of(page(visitor, "/browse/us/tx/"))
    order = [
        "Group in town",
        "National line",
        "County group",
        "Texas chapters",
        "World forum",
        "Clinic in town",
    ]
    places = [found.index(f">{name}<") for name in order]
    assert places == sorted(places)
    assert found.count(">Group in town<") == 1
    assert "Boston group" not in found
    assert "In Texas (1)" in found
    assert "6 listings." in found


def test_a_region_names_its_towns_and_asks_for_one(visitor: Client) -> None:
    build_places()
    build_service("Group in town", at=[DALLAS])
    build_service("Group where no search leads", at=[build_location(city="Nowhere at all")])
    found = main_of(page(visitor, "/browse/us/tx/"))
    assert 'href="/search/?near=Dallas%2C+Texas%2C+United+States"' in found
    assert "Nowhere at all, United" not in found
    assert re.search(r'<input [^>]*name="near"', found)
    assert "Towns with" not in main_of(page(visitor, "/browse/us/"))


def test_what_is_shown_only_on_request_is_not_met_by_browsing(visitor: Client) -> None:
    build_service("Line for a crisis", kind="crisis_line", areas=["US"])
    build_service("Group", at=[DALLAS])
    assert "Line for a crisis" not in page(visitor, "/browse/us/tx/")


def test_what_states_only_its_country_is_met_on_the_country_page(visitor: Client) -> None:
    build_service("Somewhere in Ireland", at=[build_location(None, country="IE", region="", city="")])
    build_service("Irish line", areas=["IE"])
    build_service("Texan", at=[DALLAS])
    found = main_of(page(visitor, "/browse/ie/"))
    assert "Somewhere in Ireland" in found
    assert "Irish line" in found
    assert "Texan" not in found
    assert 'href="/browse/ie/l/">' in found


def test_a_region_without_anything_still_leads_on(visitor: Client) -> None:
    found = page(visitor, "/browse/nz/auk/")
    assert "0 listings." in found
    assert "What you can do next" in found


@pytest.mark.parametrize("address", ["/browse/xx/", "/browse/us/zz/", "/browse/us-tx/", "/browse/zz/tx/"])
def test_an_unknown_place_is_404_in_words_with_the_known_ones(visitor: Client, address: str) -> None:
    found = page(visitor, address, status=404)
    assert "We could not find that place" in found
    assert 'href="/browse/us/tx/"' in found


@pytest.mark.parametrize("number", ["2", "0", "-1", "x", "9999999999", "٣"])
def test_a_page_past_the_end_is_404_and_leads_to_the_last(visitor: Client, number: str) -> None:
    build_service("Group", at=[DALLAS])
    found = page(visitor, f"/browse/us/tx/?page={number}", status=404)
    assert "There is only one page of results." in found


@pytest.mark.slow("builds a hundred services")
def test_pages_follow_each_other_and_miss_and_repeat_nothing(visitor: Client) -> None:
    names = []
    for number in range(50):
        names.append(f"Clinic {number:02}")
        build_service(names[-1], kind="clinic", fit="general", at=[DALLAS], refresh=False)
    for number in range(45):
        names.append(f"Line {number:02}")
        build_service(names[-1], kind="helpline", areas=["US-TX"], refresh=False)
    rebuild_listings(at=timezone.now())
    met = []
    for number in (1, 2, 3):
        found = main_of(page(visitor, f"/browse/us/tx/?page={number}"))
        met += re.findall(r' dir="auto">((?:Clinic|Line) \d\d)</a>', found)
        assert f"Page {number} of 3" in found
    assert sorted(met) == sorted(names)
    assert met[0].startswith("Line")
    assert 'href="/browse/us/tx/?page=2#general_clinics"' in page(visitor, "/browse/us/tx/")


@pytest.mark.slow("builds a hundred services")
def test_browsing_asks_a_bounded_number_of_queries(visitor: Client) -> None:
    query_counts = []
    for rows in (1, 60):
        for number in range(rows):
            for kind in ("clinic", "support_group", "counselling", "directory"):
                build_service(f"{kind} {rows} {number}", kind=kind, at=[DALLAS], areas=["US"], refresh=False)
        rebuild_listings(at=timezone.now())
        engine.listing_counts_by_region()
        with CaptureQueriesContext(connection) as queries:
            page(visitor, "/browse/us/tx/")
        query_counts.append(len(queries))
    assert max(query_counts) <= MOST_QUERIES


def test_the_list_of_places_asks_one_query_and_none_once_kept(visitor: Client) -> None:
    build_service("Group", at=[DALLAS])
    page(visitor, "/urgent/")
    for most in (2, 0):  # the version of the catalogue, and the counts
        with CaptureQueriesContext(connection) as queries:
            page(visitor, "/browse/")
        assert len(queries) <= most


@pytest.mark.parametrize("address", ["/", "/privacy/"])
def test_who_will_not_type_a_place_is_shown_the_way(visitor: Client, address: str) -> None:
    assert 'href="/browse/"' in main_of(page(visitor, address)).partition("</main>")[0]


def test_an_address_in_any_case_names_itself_by_one(visitor: Client) -> None:
    build_service("Group", at=[DALLAS])
    assert re.search(r'rel="canonical" href="[^"]*/browse/us/tx/"', page(visitor, "/browse/US/TX/"))
