"""A service is told in one way: its card, its page, the API and the files say the same of it."""

from __future__ import annotations

import csv
import io
from datetime import UTC, date, datetime
from typing import Any

import pytest

from resources.exchange.formats.csv import CsvFormat
from resources.models import Contact, Location, Phone, Service, ServiceAtLocation
from resources.presentation.cards import FACTS, ROWS, card_of
from resources.presentation.results import result_context
from resources.presentation.service import service_context
from resources.presentation.service_data import data_of, load_services
from resources.search.filters import ListingFilterSet
from resources.search.projection import refresh_listings
from resources.search.results import results_by_id
from resources.vocabulary import AudienceRule, ContentNote, Format, Loss, OpenTo, Status
from tests.api.asking import get
from tests.build import (
    build_cost,
    build_location,
    build_organization,
    build_service,
    build_source_record,
    build_term,
)

pytestmark = [
    pytest.mark.django_db,
    pytest.mark.slow("asks for a page, the API and the files in each test"),
    pytest.mark.sqlite("what is said of a service is the same on both"),
]

NOW = datetime(2026, 3, 2, 15, tzinfo=UTC)
OWN, SITE = "https://own.example/", "https://kind.example/"
FORUM, OTHER = "https://board.example/", "https://other.example/"
WHOLE = Service.objects.with_related()


def build_place(url: str) -> Location:
    return build_location(url=url)


def results_of(service: Service) -> list[dict[str, Any]]:
    """Its cards, as a search finds them."""
    refresh_listings([service.pk], at=NOW)
    places = ServiceAtLocation.objects.filter(service=service).values_list("pk", flat=True)
    return results_by_id([str(pk) for pk in places or [service.pk]], now=NOW)


def page_of(service: Service) -> dict[str, Any]:
    return service_context(data_of(WHOLE.get(pk=service.pk), on=NOW.date()), [], NOW)


WEBSITES = [
    # its own, those of its places, its organization's, and the one that is named
    (OWN, [FORUM], SITE, OWN),
    ("", [], SITE, SITE),
    ("", [""], SITE, SITE),
    ("", [FORUM], SITE, FORUM),
    ("", ["", FORUM], SITE, FORUM),
    ("", [FORUM, FORUM], SITE, FORUM),
    ("", [FORUM, OTHER], SITE, SITE),
    ("", [FORUM], "", FORUM),
    ("", ["", ""], "", None),
]


@pytest.mark.parametrize(("own", "places", "site", "named"), WEBSITES)
def test_a_card_and_its_page_name_the_same_website(
    own: str, places: list[str], site: str, named: str | None
) -> None:
    organization = build_organization(website=site)
    service = build_service(url=own, organization=organization, at=[build_place(url) for url in places])
    assert {result["website"] for result in results_of(service)} == {named}
    assert page_of(service)["website"] == named


def test_of_several_addresses_and_no_other_one_is_named_everywhere() -> None:
    service = build_service(at=[build_place(FORUM), build_place(OTHER)])
    named = {result["website"] for result in results_of(service)}
    assert len(named) == 1
    assert named == {page_of(service)["website"]} <= {FORUM, OTHER}


@pytest.mark.parametrize(
    ("own", "asked_for", "of_organization"), [(1, 1, 1), (0, 1, 1), (0, 0, 1), (0, 0, 0)]
)
def test_a_card_and_its_page_name_the_same_email(own: int, asked_for: int, of_organization: int) -> None:
    organization = build_organization(email="all@kind.example" * of_organization)
    service = build_service(email="own@kind.example" * own, organization=organization)
    Contact.objects.create(service=service, title="Coordinator", email="role@kind.example" * asked_for)
    [result] = results_of(service)
    assert result["email"] == page_of(service)["email"]


@pytest.mark.parametrize(
    "kinds", [("voice", "sms"), ("fax", "voice"), ("fax", "fax"), ("tty", "voice")], ids=str
)
def test_a_card_and_its_page_give_the_same_numbers_in_the_same_order(kinds: tuple[str, str]) -> None:
    service = build_service(phone="", at=[build_place("")])
    [there] = ServiceAtLocation.objects.filter(service=service)
    owners: list[dict[str, Any]] = [
        {"service": service},
        {"location": there.location},
        {"service_at_location": there},
        {"organization": service.organization},
    ]
    for number, owner in enumerate(owners):
        for kind in kinds:
            Phone.objects.create(number=f"214-555-010{number}", type=kind, **owner)
    [result] = results_of(service)
    assert result_context(result, now=NOW)["phones"] == page_of(service)["phones"]


def test_the_page_gives_the_numbers_of_every_card() -> None:
    service = build_service(phone="214-555-0100", at=[build_place(""), build_place("")])
    for number, there in enumerate(ServiceAtLocation.objects.filter(service=service)):
        Phone.objects.create(service_at_location=there, number=f"214-555-020{number}")
    page = [phone["display"] for phone in page_of(service)["phones"]]
    cards = [[phone["number"] for phone in result["phones"]] for result in results_of(service)]
    assert cards == [["214-555-0200", "214-555-0100"], ["214-555-0201", "214-555-0100"]]
    assert page == ["214-555-0200", "214-555-0201", "214-555-0100"]


def build_whole(**fields: Any) -> Service:
    service = build_service(
        "Gentle group",
        organization=build_organization(website=SITE),
        at=[build_location(address_1="1 Elm St"), build_location()],
        areas=["US", "US-TX"],
        languages=["en", "es"],
        audiences=["partner", "fathers"],
        topics=[build_term("Grief")],
        losses=[Loss.STILLBIRTH],
        formats=[Format.IN_PERSON, Format.VIDEO],
        content_notes=[ContentNote.PHOTOGRAPHS],
        open_to=[OpenTo.OWN_PATIENTS],
        assured_date=date(2026, 1, 2),
        full_date=date(2026, 2, 3),
        accessible=["step_free"],
        schedules=[{"freq": "WEEKLY", "byday": "TU", "dtstart": date(2026, 1, 6)}],
        **fields,
    )
    service.audiences.filter(audience="fathers").update(rule=AudienceRule.DESIGNED_FOR)
    for amount, ended in ((None, None), (30, None), (20, None), (10, date(2026, 1, 1))):
        build_cost(service, amount=amount, valid_to=ended)
    Contact.objects.create(service=service, email="role@kind.example")
    return service


def test_however_a_service_is_loaded_its_cards_are_the_same() -> None:
    service = build_whole()
    [grouped] = load_services(Service.objects.filter(pk=service.pk), on=NOW.date())
    whole = data_of(WHOLE.get(pk=service.pk), on=NOW.date())
    assert [place.pk for place in grouped.places] == [place.pk for place in whole.places]
    for place in (None, *whole.places):
        assert card_of(grouped, place) == card_of(whole, place)
    assert grouped.access_features == whole.access_features
    assert grouped.topics == whole.topics


def test_a_service_with_everything_loaded_costs_no_query(django_assert_num_queries: Any) -> None:
    service = WHOLE.get(pk=build_whole().pk)
    with django_assert_num_queries(0):
        service_context(data_of(service, on=NOW.date()), [], NOW)


def test_every_fact_is_told_by_each_result_of_the_api() -> None:
    build_whole()
    [result, _second] = get("listings/")["results"]
    assert {fact.name for fact in FACTS} <= set(result)


@pytest.mark.parametrize("fact", ROWS, ids=lambda fact: fact.name)
def test_a_fact_with_a_row_of_its_own_is_told_everywhere(fact: Any) -> None:
    service = build_whole()
    [result, _second] = results_of(service)
    page = page_of(service)
    for view in (result_context(result, now=NOW), page):
        [row] = [row for row in view["rows"] if row["name"] == fact.label]
        assert row["lines"] == fact.phrases(result) != []
    file = b"".join(CsvFormat().write([result], {}))
    [line] = csv.DictReader(io.StringIO(file.decode("utf-8-sig"), newline=""))
    assert line[fact.name]
    assert get(f"services/{service.pk}/")[fact.name]
    assert service.status == Status.ACTIVE


PUBLIC_CARE = [
    # facts of a service that states no amount, what its cost is called, whether it is found as free
    ({"payments": ["nhs"]}, "Free on the NHS", True),
    ({"payments": ["private_insurance", "nhs"], "cost": "unknown"}, "Free on the NHS", True),
    ({"payments": ["provincial"]}, "Free with a provincial health plan", True),
    ({"payments": ["nhs"], "cost": "free"}, "Free", True),
    ({"payments": ["nhs"], "cost": "fixed", "price": 20}, "Fixed price: $20 a session", False),
    ({"payments": ["nhs"], "fees_description": "Ask the ward"}, "Cost not listed", False),
    ({"payments": ["hse"], "kind": "bereavement_care"}, "Public hospital: ask about charges", False),
    ({"payments": ["hse"], "kind": "counselling"}, "Cost not listed", False),
    ({"payments": ["medicaid"]}, "Cost not listed", False),
]


@pytest.mark.parametrize(("facts", "phrase", "is_free"), PUBLIC_CARE)
def test_public_care_that_states_no_cost_says_what_it_costs(
    facts: dict[str, Any], phrase: str, is_free: bool
) -> None:
    service = build_service(areas=["GB"], **facts)
    (result,) = results_of(service)
    assert result["cost"]["phrase"] == phrase
    is_told = phrase != "Cost not listed"
    assert result_context(result, now=NOW)["cost_phrase"] == (phrase if is_told else "")
    assert page_of(service)["costs"] == ([phrase] if is_told else [])
    found = [ListingFilterSet(asked).answer().count for asked in ({"cost": "free"}, {"max_price": "0"})]
    assert found == [int(is_free)] * 2


REPORTED = [
    # kind, whose page the list says it is, the page, the year, the source's words, and what is said of them
    ("helpline", "own", "https://other.example/", 2025, "9-5", "Their page says: 9-5"),
    ("helpline", "own", OWN, 2019, "9-5", "Their page said in 2019: 9-5"),
    ("helpline", "hospital", "https://www.own.example/help", None, "9-5", "Their page says: 9-5"),
    ("helpline", "news", OWN, 2025, "9-5", "Reported hours: 9-5"),
    ("helpline", "government", OTHER, 2020, "9-5", "Reported in 2020: 9-5"),
    ("helpline", "third_party", OTHER, 2025, "24/7, all year", "Reported hours: day and night, all year"),
    ("support_group", "news", OTHER, 2026, "2nd Monday, 7pm", "Reported: 2nd Monday, 7pm"),
    # An hour in two time zones stands as the source words it.
    ("support_group", "own", OWN, 2026, "7pm ET / 4pm PT", "Their page says: 7pm ET / 4pm PT"),
]


@pytest.mark.parametrize(("kind", "whose", "url", "year", "words", "phrase"), REPORTED)
def test_reported_hours_say_whose_page_they_are_from_everywhere(
    kind: str, whose: str, url: str, year: int | None, words: str, phrase: str
) -> None:
    service = build_service(kind=kind, url=OWN, schedules=[{"description": words}])
    raw = {"rows": [{"source_type": whose}], **({"source_year": str(year)} if year else {})}
    build_source_record(service, raw=raw, source_url=url)
    [result] = results_of(service)
    assert result_context(result, now=NOW)["when"] == page_of(service)["schedules"] == [phrase]
    [line] = csv.DictReader(io.StringIO(b"".join(CsvFormat().write([result], {})).decode("utf-8-sig")))
    assert line["reported_times"] == phrase
    assert get("listings/")["results"][0]["reported_times"] == {
        "words": words,
        "own_page": phrase.startswith("Their page"),
        "year": year,
        "source_url": url,
    }
    [source] = get(f"services/{service.pk}/")["sources"]
    assert (source["source_type"], source["seen_year"]) == (whose, year)


def test_hours_that_were_checked_are_not_reported_ones() -> None:
    service = build_service(
        assured_date=date(2026, 1, 2), schedules=[{"description": "Mondays", "freq": "WEEKLY", "byday": "MO"}]
    )
    [result] = results_of(service)
    assert result["reported_times"] is None
