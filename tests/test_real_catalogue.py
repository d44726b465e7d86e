"""The shipped catalogue, served: questions a person would ask, and an independent count of what is near."""

import math
import random
import re
from itertools import chain
from typing import Any
from uuid import UUID

import pytest

from resources.pages.content import after_parts
from resources.search.tokens import fold
from resources.vocabulary import Section
from tests.examples import share_of
from tests.served import Site

pytestmark = pytest.mark.slow("loads and serves all the shipped data")

KM_PER_MILE = 1.609344
EARTH_RADIUS_KM = 6371.0088
QUESTIONS = max(50, share_of(200))  # so many that one goes past the first page


def great_circle_km(a: tuple[float, float], b: tuple[float, float]) -> float:
    """By the spherical law of cosines in its stable (Vincenty) form: not the arithmetic the search uses."""
    one, other, apart = math.radians(a[0]), math.radians(b[0]), math.radians(b[1] - a[1])
    across = math.hypot(
        math.cos(other) * math.sin(apart),
        math.cos(one) * math.sin(other) - math.sin(one) * math.cos(other) * math.cos(apart),
    )
    along = math.sin(one) * math.sin(other) + math.cos(one) * math.cos(other) * math.cos(apart)
    return EARTH_RADIUS_KM * math.atan2(across, along)


@pytest.fixture(scope="module")
def clinics(site: Site) -> dict[str, tuple[str, tuple[float, float]]]:
    """The folded name and the point of every published clinic, from the records and not from the listings."""
    rows = site.rows(
        "SELECT sal.id, s.name, l.latitude, l.longitude FROM resources_serviceatlocation sal"
        " JOIN resources_service s ON s.id = sal.service_id"
        " JOIN resources_location l ON l.id = sal.location_id"
        " WHERE s.kind = 'clinic' AND s.status = 'active' AND l.latitude IS NOT NULL"
    )
    # One database hands out an id as a UUID, the other as the letters it keeps.
    return {
        UUID(str(key)).hex: (fold(name), (latitude, longitude)) for key, name, latitude, longitude in rows
    }


def test_radius_questions_find_what_a_great_circle_finds_in_its_order(
    site: Site, clinics: dict[str, tuple[str, tuple[float, float]]]
) -> None:
    assert len(clinics) > 10_000
    chance = random.Random(2026)
    points = [point for _name, point in clinics.values()]
    sizes = []
    for _question in range(QUESTIONS):
        latitude, longitude = chance.choice(points)
        here = (round(latitude + chance.gauss(0, 0.5), 2), round(longitude + chance.gauss(0, 0.5), 2))
        miles = chance.choice([1, 5, 10, 25, 25, 25, 50, 100])
        found = all_pages(
            site, near=f"{here[0]},{here[1]}", within=f"{miles}mi", kind="clinic", sort="distance"
        )
        away = {key: great_circle_km(here, point) for key, (_name, point) in clinics.items()}
        near = [key for key in away if away[key] <= miles * KM_PER_MILE]
        near.sort(key=lambda key: (round(away[key], 9), clinics[key][0], key))
        assert [result["id"].replace("-", "") for result in found] == near
        for result in found:
            assert abs(result["distance_km"] - away[result["id"].replace("-", "")]) <= 0.051
        sizes.append(len(near))
    assert max(sizes) > 100, "no question went past the first page"


def all_pages(site: Site, **question: Any) -> list[dict[str, Any]]:
    found: list[dict[str, Any]] = []
    page = 1
    while True:
        answer = site.api("listings/", **question, page=page, page_size=100)
        found += answer["results"]
        if not answer["next"]:
            assert answer["count"] == len(found)
            return found
        page += 1


def test_dallas_leads_with_what_serves_a_person_there_and_clinics_come_after(site: Site) -> None:
    answer = site.api("listings/", near="75201", page_size=100)
    assert answer["place"]["name"].startswith("Dallas, TX")
    first = answer["results"][0]
    assert first["service"]["name"].startswith("M.E.N.D.")
    assert first["why"] == "near_you"
    sections = [result["section"] for result in answer["results"]]
    assert sections == sorted(sections, key=list(Section).index)
    assert all(result["kind"] != "crisis_line" for result in answer["results"])
    for result in answer["results"]:
        assert result["location"] is None or result["location"]["country"] == "US"


def test_clinics_near_dallas_come_nearest_first_with_distance_price_and_phone(site: Site) -> None:
    results = site.api("listings/", near="75201", kind="clinic", sort="distance")["results"]
    assert len(results) >= 10
    distances = [result["distance_km"] for result in results]
    assert distances == sorted(distances)
    assert distances[-1] <= 25 * KM_PER_MILE + 0.1
    assert all(result["cost"]["phrase"] == "Sliding scale, depends on income" for result in results)
    assert all(result["phones"][0]["href"].startswith("tel:+1") for result in results)


@pytest.mark.parametrize(
    "question",
    [
        {"near": "75201"},
        {"near": "75201", "kind": "clinic", "sort": "distance"},
        {"near": "M1", "q": "miscarriage"},
        {"q": "stillbirth", "cost": ["free", "donation"]},
        {"near": "Toronto, ON", "page_size": 5, "page": 2},
    ],
)
def test_the_page_and_the_api_answer_alike(site: Site, question: dict[str, Any]) -> None:
    as_the_page = {**question, "unknown": "include", "widen": "yes"}
    by_api = [result["service"]["id"] for result in site.api("listings/", **as_the_page)["results"]]
    status, page = site.get("/search/", **question)
    assert status == 200
    cards = [
        services_of(card) for card in re.split(r'<article class="card"|<li class="clinic"', page.decode())[1:]
    ]
    assert set(by_api) == set(chain.from_iterable(cards))
    firsts = [by_api.index(card[0]) for card in cards]
    assert firsts == sorted(firsts), "a card stands where the first of its services does"
    assert by_api


def services_of(card: str) -> list[str]:
    """Return the ids of the services that a card or row of a page leads to."""
    return re.findall(r'href="/services/([0-9a-f-]{36})/', card)


PLACES = [
    ("75201", "Dallas, TX 75201", "US"),
    ("M1", "Manchester", "GB"),
    ("M1 1AE", "Manchester", "GB"),
    ("T2P", "Calgary", "CA"),
    ("3000", "Melbourne", "AU"),
    ("D02", "Dublin", "IE"),
    ("Toronto, ON", "Toronto", "CA"),
    ("1010, New Zealand", "Auckland", "NZ"),
    ("0110", "", "NZ"),
]


@pytest.mark.parametrize(("near", "name", "country"), PLACES)
def test_a_place_is_understood_in_all_six_countries(site: Site, near: str, name: str, country: str) -> None:
    place = site.api("listings/", near=near)["place"]
    assert place["country"] == country
    assert place["name"].startswith(name)


def test_a_code_of_two_countries_offers_the_other(site: Site) -> None:
    place = site.api("listings/", near="2010")["place"]
    assert (place["country"], place["name"]) == ("AU", "Surry Hills, NSW 2010")
    alternatives = place["alternatives"]
    assert [other["country"] for other in alternatives] == ["NZ"]
    there = site.api("listings/", near=alternatives[0]["query"])["place"]
    assert there["country"] == "NZ"


@pytest.mark.parametrize(
    "words",
    ["miscarriage", "miscarriages", "stillbirth", "ectopic", "support miscarriage", "M.E.N.D.", "fathers"],
)
def test_common_words_find_something(site: Site, words: str) -> None:
    assert site.api("listings/", q=words)["count"] > 0


def test_nothing_that_is_held_closed_or_for_the_urgent_page_is_shown(site: Site) -> None:
    listed = site.rows(
        "SELECT s.status, s.kind FROM resources_listing l JOIN resources_service s ON s.id = l.service_id"
    )
    assert {status for status, _kind in listed} == {"active"}
    question = {"kind": ["support_group", "forum", "helpline", "counselling", "information", "remembrance"]}
    status, lines = site.get("/api/v1/listings/", **question, **{"as": "ndjson"})
    names = lines.decode()
    assert (status, len(names.splitlines())) == (200, site.api("listings/", **question)["count"])
    for hidden in ("Griefline", "A Place to Remember", "angelfire", "988 Suicide"):
        assert hidden not in names


def test_no_listing_claims_to_have_been_checked(site: Site) -> None:
    assert site.rows("SELECT count(*) FROM resources_service WHERE assured_date IS NOT NULL") == [(0,)]


CANARY = "canarystillbirth"


def test_what_was_searched_is_at_rest_nowhere(site: Site) -> None:
    for path in ("/search/", "/api/v1/listings/"):
        site.get(path, q=CANARY, near=CANARY)
        site.get(path, q=CANARY)
        site.get(path, **{CANARY: "x"})
        site.get(path, q=f"{CANARY}\0")
        site.get(f"{path}{CANARY}/")
    assert CANARY not in site.log.read_text()
    assert site.database.traces(CANARY) == []
    assert site.database.traces("M.E.N.D."), "what is at rest is found"


@pytest.mark.parametrize("part", after_parts(), ids=lambda part: part["slug"])
def test_every_search_that_information_leads_to_finds_something(site: Site, part: dict[str, Any]) -> None:
    for link in part["searches"]:
        assert site.api("listings/", **link["query"])["count"] > 0, link["name"]
