"""My list: it is its own address, travels with a search, and is kept nowhere by us."""

import re
from urllib.parse import parse_qs, unquote, urlsplit
from uuid import UUID

import pytest
from django.db import connection
from django.test import Client
from django.test.utils import CaptureQueriesContext

from tests.build import DALLAS, build_service
from tests.reading import id_of
from tests.reading import unescaped as page
from tests.world import build_places

MOST = 30


@pytest.fixture
def visitor(db: None, visitor: Client) -> Client:
    build_places()
    return visitor


def test_a_list_is_shown_in_its_own_order_with_what_one_needs_to_call(visitor: Client) -> None:
    second, first = build_service("Quiet room", at=[DALLAS]), build_service("Long line", areas=["US"])
    found = page(visitor, f"/shortlist/?id={id_of(first)}&id={id_of(second)}")
    assert found.index("Long line") < found.index("Quiet room")
    assert found.count("tel:+12145550100") == 2
    assert "Not checked by us yet. Call before you go." in found


@pytest.mark.parametrize(
    ("query", "notice"),
    [
        ("id=nonsense", "1 listing is no longer available"),
        ("id=%00", "1 listing is no longer available"),
        (f"id={UUID(int=1)}&id=x&id={UUID(int=2)}", "3 listings are no longer available"),
        ("", "Your list is empty."),
        ("id=", "Your list is empty."),
    ],
)
def test_what_is_not_listed_is_said_in_a_sentence(visitor: Client, query: str, notice: str) -> None:
    assert notice in page(visitor, f"/shortlist/?{query}")


def test_what_was_withdrawn_is_left_out_and_said(visitor: Client) -> None:
    still_listed, gone = build_service("Quiet room"), build_service("Old group", status="inactive")
    found = page(visitor, f"/shortlist/?id={gone.pk}&id={still_listed.pk}")
    assert "Quiet room" in found
    assert "Old group" not in found
    assert "1 listing is no longer available, so we left it out." in found


@pytest.mark.slow("builds thirty services")
def test_a_list_holds_thirty_and_says_when_there_were_more(visitor: Client) -> None:
    ids = [str(build_service(f"Group {number}").pk) for number in range(MOST + 2)]
    found = page(visitor, "/shortlist/?" + "&".join(f"id={each}" for each in ids))
    assert found.count("Remove from my list") == MOST
    assert "A list holds 30 listings. We left out the rest." in found


def test_taking_off_leads_to_the_shorter_list(visitor: Client) -> None:
    still_listed, off = build_service("Quiet room"), build_service("Long line")
    answer = visitor.get(f"/shortlist/?id={still_listed.pk}&id={off.pk}&off={off.pk}")
    assert answer.status_code == 302
    assert answer.headers["Location"] == f"/shortlist/?id={still_listed.pk}"


def test_moving_up_leads_to_the_list_in_its_new_order(visitor: Client) -> None:
    first, second, third = (str(build_service(name).pk) for name in ("Quiet room", "Long line", "Circle"))
    address = f"/shortlist/?id={first}&id={second}&id={third}"
    found = page(visitor, address)
    assert re.findall(r'name="up" value="([^"]+)"', found) == [second, third]
    answer = visitor.get(f"{address}&up={third}")
    assert answer.headers["Location"] == f"/shortlist/?id={first}&id={third}&id={second}"
    for nothing in (first, "nonsense"):
        assert visitor.get(f"{address}&up={nothing}").headers["Location"] == address


def test_a_search_offers_to_add_and_keeps_its_own_question(visitor: Client) -> None:
    service = build_service("Quiet room", at=[DALLAS])
    found = page(visitor, "/search/?near=75201&kind=support_group&page=1")
    form = re.search(
        r'<form id="my-list" action="/search/" method="get" hidden>(.*?)</form>', found, re.DOTALL
    )
    assert form
    assert all(
        f'name="{name}" value="{value}"' in form[1]
        for name, value in (("near", "75201"), ("kind", "support_group"))
    )
    assert f'form="my-list" name="list" value="{id_of(service)}"' in found
    assert "to my list: Quiet room" in found


def test_a_search_that_has_the_list_takes_it_along_and_no_parameter_is_unknown(visitor: Client) -> None:
    one, other = build_service("Quiet room", at=[DALLAS]), build_service("Long line", areas=["US"])
    found = page(visitor, f"/search/?near=75201&list={id_of(one)}")
    assert "Remove from my list" in found
    assert "We ignored “" not in found
    assert f'href="/shortlist/?id={id_of(one)}"' in found
    assert f'href="/services/{other.pk}/?list={id_of(one)}"' in found
    # The form of the question takes it along too.
    assert found.count(f'<input type="hidden" name="list" value="{id_of(one)}">') == 2


def test_a_search_without_a_list_has_plain_links(visitor: Client) -> None:
    service = build_service("Quiet room", at=[DALLAS])
    found = page(visitor, "/search/?near=75201")
    assert f'href="/services/{service.pk}/"' in found
    assert "list=" not in found


def test_taking_off_in_a_search_asks_the_same_question_again(visitor: Client) -> None:
    service = build_service("Quiet room", at=[DALLAS])
    answer = visitor.get(f"/search/?near=75201&page=2&list={id_of(service)}&off={id_of(service)}")
    location = urlsplit(answer.headers["Location"])
    assert answer.status_code == 302
    assert (location.path, parse_qs(location.query)) == ("/search/", {"near": ["75201"], "page": ["2"]})


def test_a_service_page_adds_the_place_that_a_search_finds(visitor: Client) -> None:
    service = build_service("Quiet room", at=[DALLAS])
    found = page(visitor, f"/services/{service.pk}/")
    assert f'name="list" value="{id_of(service)}"' in found
    assert "Quiet room" in page(visitor, f"/shortlist/?id={id_of(service)}")


def test_a_service_at_several_places_lets_each_be_added(visitor: Client) -> None:
    service = build_service("Quiet room", at=[DALLAS, (32.9, -96.9)])
    found = page(visitor, f"/services/{service.pk}/")
    for place in service.service_at_locations.all():
        assert f'name="list" value="{place.pk}"' in found
    assert found.count("to my list: Quiet room") == 2


def test_the_way_back_to_the_search_takes_the_list_along(visitor: Client) -> None:
    service = build_service("Quiet room", at=[DALLAS])
    searched = "http://127.0.0.1/search/?near=75201&page=1"
    found = page(visitor, f"/shortlist/?id={id_of(service)}", referer=searched)
    back = re.search(r'href="(/search/[^"]*)">Back to your results', found)
    assert back
    assert parse_qs(urlsplit(back[1]).query) == {
        "near": ["75201"],
        "page": ["1"],
        "list": [id_of(service)],
    }


@pytest.mark.slow("builds thirty services")
def test_an_e_mail_has_names_numbers_and_the_address_and_is_short_enough(visitor: Client) -> None:
    ids = [str(build_service(f"A group with rather a long name, {n}").pk) for n in range(MOST)]
    found = page(visitor, "/shortlist/?" + "&".join(f"id={each}" for each in ids[:2]))
    letter = re.search(r'href="(mailto:[^"]*)"', found)
    assert letter
    body = unquote(letter[1])
    assert "A group with rather a long name, 0: 214-555-0100" in body
    assert f"/shortlist/?id={ids[0]}&id={ids[1]}" in body
    assert "shows names and numbers" in found
    long = re.search(
        r'href="(mailto:[^"]*)"', page(visitor, "/shortlist/?" + "&".join(f"id={each}" for each in ids))
    )
    assert long
    assert len(long[1]) < 2000
    assert ids[-1] in unquote(long[1])


@pytest.mark.slow("builds twenty services")
@pytest.mark.parametrize("number", [1, 20])
def test_a_list_asks_two_queries_whatever_its_length(visitor: Client, number: int) -> None:
    ids = [str(build_service(f"Group {each}").pk) for each in range(number)]
    address = "/shortlist/?" + "&".join(f"id={each}" for each in ids)
    page(visitor, address)
    with CaptureQueriesContext(connection) as queries:
        page(visitor, address)
    assert len(queries) == 2  # the cards, and their next meetings


def test_a_list_is_kept_from_search_engines(visitor: Client) -> None:
    service = build_service("Quiet room")
    found = page(visitor, f"/shortlist/?id={service.pk}")
    assert '<meta name="robots" content="noindex">' in found
    assert re.search(r'<link rel="canonical" href="[^"?]*/shortlist/">', found)
    assert "<title>My list</title>" in found
