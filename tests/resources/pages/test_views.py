"""The visitors' door: what each page says, that bad input is explained, and what it costs."""

import gzip
import re
from typing import Any

import pytest
from django.db import connection
from django.test import Client
from django.test.utils import CaptureQueriesContext
from django.utils import timezone

from resources.models import Place, Schedule
from resources.search.projection import rebuild_listings
from resources.vocabulary import AudienceRule
from tests.build import (
    DALLAS,
    build_location,
    build_organization,
    build_service,
    build_services,
    build_withdrawn_service,
)
from tests.reading import FIRST_VIEW_BYTES, page, text_of
from tests.world import build_places


@pytest.fixture
def visitor(db: None, visitor: Client) -> Client:
    build_places()
    return visitor


def main_of(html: str) -> str:
    return html.partition("<main")[2].partition("</main>")[0]


def apart(number: int) -> Any:
    """A place of its own in Dallas: what is at one door shares a card."""
    return build_location(address_1=f"{number} Elm St")


def card_of(html: str) -> str:
    """The words of the only result."""
    [card] = re.findall(r"<article.*?</article>", html, re.DOTALL)
    return " ".join(re.sub(r"<[^>]+>", " ", card).split())


def test_the_home_page_asks_where_and_names_someone_to_call(visitor: Client, settings: Any) -> None:
    line = build_service("Loss line", kind="helpline", areas=["US"], phone="214-555-0101")
    settings.FIRST_LINES = {"US": [str(line.pk)]}
    home = main_of(page(visitor, "/"))
    assert re.findall(r'<input[^>]* name="(\w+)"', home) == ["near"]
    assert 'href="tel:+12145550100"' in home
    assert home.index("/urgent/") < home.index('name="near"') < home.index("Loss line")


@pytest.mark.parametrize(
    ("country", "expected"),
    [("GB", "116123"), ("gb", "116123"), ("NZ", "1737"), ("FR", "988"), ("", "988")],
)
def test_the_home_page_names_lines_of_the_country_that_is_chosen(
    visitor: Client, country: str, expected: str
) -> None:
    assert f'href="tel:{expected}"' in main_of(page(visitor, f"/?country={country}"))


def test_results_name_a_line_of_the_place_and_one_for_any_hour_beside_it(
    visitor: Client, settings: Any
) -> None:
    line = build_service("Loss line", kind="helpline", areas=["US"], phone="214-555-0101")
    settings.FIRST_LINES = {"US": [str(line.pk)]}
    for hours, at_any_hour in (("Mon-Fri 09:00-17:00", True), ("24/7", False)):
        Schedule.objects.filter(service=line).delete()
        Schedule.objects.create(service=line, description=hours)
        rebuild_listings(at=timezone.now())
        row = text_of(
            page(visitor, "/search/?near=75201").partition('class="talk-row"')[2].partition("</p>")[0]
        )
        assert "Loss line, 214-555-0101" in row
        assert ("988" in row) is at_any_hour
        assert "24/7" not in row


def test_a_line_that_is_withdrawn_is_named_no_more(visitor: Client, settings: Any) -> None:
    gone = build_withdrawn_service("Loss line")
    settings.FIRST_LINES = {"US": [str(gone.pk)]}
    assert "Loss line" not in page(visitor, "/")


def test_results_lead_with_what_is_made_for_loss_and_fold_the_clinics(visitor: Client) -> None:
    build_service("Texas chapters", areas=["US-TX"], cost="free")
    for number in range(5):
        build_service(f"Clinic {number}", kind="clinic", fit="general", at=[apart(number)])
    found = page(visitor, "/search/?near=75201")
    assert found.index("Texas chapters") < found.index("Clinic ")
    assert "Show 2 more" in found
    assert "Serves your whole state or region" not in found
    assert "US-TX" in found  # the area in its own words
    assert "We do not know of any in-person group within 25 miles of Dallas" in found
    assert "Not checked by us yet. Call before you go." in found


@pytest.mark.parametrize(
    "address", ["/search/?near=75201&kind=clinic", "/search/?near=75201&section=general_clinics"]
)
def test_clinics_are_not_folded_when_they_were_asked_for(visitor: Client, address: str) -> None:
    for number in range(5):
        build_service(
            f"Clinic {number}", kind="clinic", fit="general", at=[apart(number)], cost="sliding_scale"
        )
    found = page(visitor, address)
    assert "Show 2 more" not in found
    assert found.count('<li class="clinic"') == 5


@pytest.mark.parametrize(
    ("address", "expected"),
    [
        ("/search/?near=Qqzzyx", "We could not find that place"),
        ("/search/?near=75201&max_price=cheap", "Enter an amount"),
        ("/search/?near=75201&within=far", "from 1 to 500"),
        ("/search/?q=%00", "cannot search for"),
        ("/search/?q=" + "ab " * 3400, "500 characters at most"),
        ("/search/?kind=therapy", "therapy"),
        ("/search/?page=x", "whole number"),
    ],
)
def test_a_bad_value_is_explained_beside_its_box_and_nothing_typed_is_lost(
    visitor: Client, address: str, expected: str
) -> None:
    found = page(visitor, address, status=400)
    assert expected in found
    if "near=75201" in address:
        assert 'value="75201"' in found


def test_a_misspelt_place_is_offered_as_it_is_written(visitor: Client) -> None:
    found = page(visitor, "/search/?near=Dalas&kind=clinic", status=400)
    assert "Did you mean one of these?" in found
    assert re.search(r"near=Dallas[^\"]*&amp;kind=clinic|kind=clinic&amp;near=Dallas", found)


@pytest.mark.slow("builds 45 services")
def test_a_forces_address_is_answered_with_what_serves_its_country_and_the_page_says_so(
    visitor: Client,
) -> None:
    Place.objects.create(
        kind="country",
        name="United Kingdom",
        name_key="united kingdom",
        country="GB",
        latitude=51.5,
        longitude=0,
    )
    build_service("Line for Britain", kind="helpline", areas=["GB"])
    build_service("Group in Wales", areas=["GB-WLS"])
    found = page(visitor, "/search/?near=BFPO+57")
    assert "BFPO 57 is on no map. This is help for anyone from United Kingdom." in text_of(found)
    assert "Line for Britain" in found
    assert "Group in Wales" not in found


@pytest.mark.slow("opens every section")
def test_every_part_of_an_answer_is_one_press_away(visitor: Client) -> None:
    clinics = [f"Clinic {number}" for number in range(45)]
    build_services(clinics, kind="clinic", fit="general", at=[DALLAS])
    build_service("Finder", kind="directory", areas=["US-TX"])
    found = page(visitor, "/search/?near=75201")
    assert 'href="#general_clinics">Low-cost clinics (45)' in found
    assert 'href="/search/?near=75201&amp;page=2#look_further">Where to look further (1)' in found
    assert 'id="look_further"' in page(visitor, "/search/?near=75201&page=2")


def test_a_card_says_how_to_join_for_whom_it_is_and_who_is_asked_not_to_come(visitor: Client) -> None:
    open_to_all = build_service("Open circle", audiences=["partner", "fathers"], access=["register"])
    open_to_all.audiences.filter(audience="fathers").update(rule=AudienceRule.DESIGNED_FOR)
    fathers = build_service("Fathers", audiences=["fathers"])
    fathers.audiences.update(rule=AudienceRule.ONLY)
    rebuild_listings(at=timezone.now())
    expected = {
        service: card_of(page(visitor, f"/search/?organization={service.organization_id}"))
        for service in (open_to_all, fathers)
    }
    assert "Register or fill in a form first" in expected[open_to_all]
    assert "Made for: Dads and men Also open to: Partners" in expected[open_to_all]
    assert "Only for" not in expected[open_to_all]
    assert "Fathers Only for: Dads and men." in expected[fathers]
    assert "Register" not in expected[fathers]  # nobody knows


def test_an_area_is_told_in_its_own_words(visitor: Client) -> None:
    service = build_service("Chapters", areas=["US-TX", "US-OK"], refresh=False)
    service.service_areas.update(name="Texas and some other states")
    rebuild_listings(at=timezone.now())
    assert page(visitor, "/search/?near=75201").count("Texas and some other states") == 1
    shown = page(visitor, f"/services/{service.pk}/").partition("<main")[2]
    assert shown.count("Texas and some other states") == 1


def test_nothing_unchecked_is_said_to_be_open_all_the_time(visitor: Client) -> None:
    service = build_service("Line", kind="helpline", areas=["US"])
    for words in ("24/7", "Mon-Fri 09:00-17:00"):
        Schedule.objects.create(service=service, description=words)
    found = page(visitor, f"/services/{service.pk}/")
    assert "24/7" not in found
    assert "open now" not in found.lower()
    assert "Reported hours: " in found
    assert "day and night" in found
    assert "Mon-Fri 09:00-17:00" in found


def test_an_empty_answer_asks_wider_and_keeps_the_place(visitor: Client) -> None:
    found = page(visitor, "/search/?near=75201&kind=clinic&reach=local")
    assert "/search/?near=75201&amp;kind=clinic&amp;reach=local&amp;within=100mi" in found
    assert "/search/?near=75201&amp;kind=clinic&amp;reach=remote" in found
    assert "?kind=helpline&amp;near=75201" in found


def test_an_unknown_parameter_is_a_note_and_the_rest_is_answered(visitor: Client) -> None:
    build_service("Texas chapters", areas=["US-TX"])
    found = page(visitor, "/search/?near=75201&colour=blue")
    assert "We ignored “colour”" in found
    assert "Texas chapters" in found


def test_a_page_past_the_end_says_so_and_keeps_the_question(visitor: Client) -> None:
    found = page(visitor, "/search/?near=75201&page=9", status=404)
    assert "There is only one page of results." in found
    assert 'value="75201"' in found
    assert 'href="/search/?near=75201&amp;page=1"' in found


def test_emoji_and_operators_are_answered_with_a_next_step(visitor: Client) -> None:
    assert "What you can do next" in page(visitor, "/search/?q=%F0%9F%8C%88+%22+AND")


def test_what_was_typed_is_shown_as_text(visitor: Client) -> None:
    found = page(visitor, "/search/?q=<script>alert(1)</script>")
    assert "<script>" not in found
    assert "&lt;script&gt;alert" in found


def test_other_places_of_the_same_code_are_offered(visitor: Client) -> None:
    for country, name, latitude, people in (
        ("AU", "Melbourne", -37.81, 5_000_000),
        ("NZ", "Gisborne", -38.66, 37_000),
    ):
        Place.objects.create(
            kind="postal_code",
            country=country,
            code="3000",
            name=name,
            latitude=latitude,
            longitude=145,
            population=people,
        )
    found = page(visitor, "/search/?near=3000")
    assert "Melbourne" in found
    assert "Gisborne" in found
    assert "Or: Gisborne" in found


def test_the_service_page_leads_back_to_the_search_it_came_from(visitor: Client) -> None:
    service = build_service(
        "Quiet room", at=[build_location(address_1="1 Elm St")], cost="free", languages=["es"]
    )
    address = f"/services/{service.pk}/"
    found = page(visitor, address, referer="http://127.0.0.1/search/?near=75201&cost=free")
    assert 'href="/search/?near=75201&amp;cost=free"' in found
    assert all(words in found for words in ("Quiet room", "1 Elm St", "Free", "Spanish", "214-555-0100"))


def test_a_foreign_referrer_is_no_way_back(visitor: Client) -> None:
    service = build_service("Quiet room")
    found = page(visitor, f"/services/{service.pk}/", referer="http://evil.example/search/?near=75201")
    assert "Back to your results" not in found


def test_a_group_that_the_question_left_out_is_not_denied(visitor: Client) -> None:
    build_service("Texas chapters", areas=["US-TX"], cost="free")
    build_service("Group in town", at=[DALLAS], cost="fixed", price=20)
    found = page(visitor, "/search/?near=75201&max_price=0")
    assert "We do not know of any in-person group" not in found
    assert "We have nothing within 25 miles of Dallas that matches all of your choices." in found


def test_a_withdrawn_service_says_so_and_offers_the_next_step(visitor: Client) -> None:
    service = build_withdrawn_service("Quiet room")
    found = page(visitor, f"/services/{service.pk}/", status=410)
    assert "no longer listed" in found
    assert "Quiet room" not in found


def test_a_service_says_what_one_could_ask_and_what_is_not_stated(visitor: Client) -> None:
    group = build_service("Circle", at=[DALLAS])
    found = text_of(page(visitor, f"/services/{group.pk}/"))
    assert "What you could ask them" in found
    assert "May I just listen the first time?" in found
    assert "Faith Not stated" in found
    assert "How to join Not stated. Ask them." in found
    clinic = build_service("Clinic", kind="clinic", fit="general", at=[DALLAS], phone="214-555-0101")
    found = text_of(page(visitor, f"/services/{clinic.pk}/"))
    assert "What would I pay with my income?" in found
    assert "What to say when you call" in found
    assert "Faith" not in found
    counselor = build_service("Counselor", kind="counselling", fit="general", at=[DALLAS])
    assert "Not made for pregnancy loss." in page(visitor, f"/services/{counselor.pk}/")


def test_an_organization_shows_what_it_publishes_and_who_is_not_stated(visitor: Client) -> None:
    organization = build_organization("clinic.example", operator_stated=False)
    build_service("Shown", organization=organization)
    build_service("Hidden", organization=organization, status="inactive")
    found = page(visitor, f"/organizations/{organization.pk}/")
    assert "Shown" in found
    assert "Hidden" not in found
    assert "does not say who runs these" in found


def test_urgent_help_needs_no_database(client: Client) -> None:
    # Without the `db` mark any query fails the test.
    found = client.get("/urgent/", headers={"host": "127.0.0.1"}).content.decode()
    assert "911" in found
    assert "No clinician has reviewed this page." in found


# What each page asks the database, however many rows there are.
QUERIES = {
    "/search/": 0,
    "/search/?q=group": 1,  # what has the words as its name
    "/search/?near=75201": 1,  # the place
    "/search/?near=75201&kind=support_group&cost=free&sort=distance": 1,
}


@pytest.mark.slow("builds a hundred services")
@pytest.mark.parametrize("address", QUERIES)
def test_a_search_asks_the_same_queries_at_1_row_and_at_100(visitor: Client, address: str) -> None:
    query_counts = []
    for rows in (1, 99):
        for number in range(rows):
            build_service(f"Group {rows} {number}", at=[DALLAS], areas=["US"], cost="free", refresh=False)
        rebuild_listings(at=timezone.now())
        query_counts.append(queries_of(visitor, address))
    assert query_counts[0] == query_counts[1] == QUERIES[address]


# A service: itself, then one for each kind of child row, its next meetings, and what is like it nearby with
# the cards of that. An organization: itself, its phones, what it publishes and the cards of that, their next
# meetings, and its parts.
RECORD_QUERIES = {"services": 22, "organizations": 6}


@pytest.mark.slow("builds a hundred services")
@pytest.mark.parametrize("kind", RECORD_QUERIES)
def test_a_record_asks_the_same_queries_at_1_row_and_at_100(visitor: Client, kind: str) -> None:
    organization = build_organization()
    service = build_service("First", organization=organization, at=[DALLAS], cost="free", languages=["en"])
    build_service("Another", at=[DALLAS])
    address = f"/{kind}/{service.pk if kind == 'services' else organization.pk}/"
    few = queries_of(visitor, address)
    more = [f"More {number}" for number in range(99)]
    build_services(more, organization=organization, at=[DALLAS], languages=["en"])
    assert few == queries_of(visitor, address) == RECORD_QUERIES[kind]


def queries_of(client: Client, address: str) -> int:
    """How many queries a page costs in a process that has answered it before."""
    page(client, address)
    with CaptureQueriesContext(connection) as queries:
        page(client, address)
    return len(queries)


@pytest.mark.slow("builds sixty services")
def test_the_first_view_is_under_50_kb_compressed(visitor: Client) -> None:
    build_services(
        (f"A support group with quite a long name, number {number}" for number in range(60)),
        at=[DALLAS],
        cost="sliding_scale",
        price=5,
        languages=["en", "es"],
        losses=["miscarriage", "stillbirth"],
        description="Meets in a quiet room. " * 12,
    )
    answer: Any = visitor.get("/search/?near=75201", headers={"accept-encoding": "gzip"})
    assert answer.headers["Content-Encoding"] == "gzip"
    assert len(answer.content) < FIRST_VIEW_BYTES / 2
    assert b"quiet room" in gzip.decompress(answer.content)


@pytest.mark.parametrize(
    ("address", "status", "title"),
    [
        ("/", 200, "Find support"),
        ("/search/?near=75201", 200, "Results"),
        ("/search/?near=75201&page=2&page_size=1", 200, "Results, page 2"),
        ("/search/?q=zzzzzz", 200, "No results"),
        ("/search/?near=75201&page=9", 404, "No such page of results"),
        ("/search/?near=Qqzzyx", 400, "Error: Find support"),
        ("/browse/us/tx/", 200, "Browse by country and region"),
    ],
)
def test_a_title_says_the_kind_of_page_its_number_and_an_error_and_never_the_question(
    visitor: Client, address: str, status: int, title: str
) -> None:
    for name in ("One", "Other"):
        build_service(name, areas=["US"])
    assert f"<title>{title}</title>" in page(visitor, address, status)


def test_a_summary_of_errors_takes_the_focus(visitor: Client) -> None:
    found = page(visitor, "/search/?near=Qqzzyx", status=400)
    assert re.search(r'<div class="error-summary" role="alert"[^>]* tabindex="-1" autofocus>', found)


def test_a_phone_knows_what_is_typed_and_a_name_goes_its_own_way(visitor: Client) -> None:
    build_service("עמותה", areas=["US"])
    found = page(visitor, "/search/?near=75201")
    box = re.search(r'<input [^>]*name="near"[^>]*>', found)
    assert box
    assert 'enterkeyhint="search"' in box[0]
    assert 'autocapitalize="words"' in box[0]
    # A date is typed with its dashes, which a keyboard for digits does not have.
    since = re.search(r'<input [^>]*name="assured_since"[^>]*>', found)
    assert since
    assert "inputmode" not in since[0]
    suggest = page(visitor, "/suggest/")
    for name, mode in (("phone", "tel"), ("url", "url"), ("email", "email"), ("contact", "email")):
        box = re.search(rf'<input [^>]*name="{name}"[^>]*>', suggest)
        assert box, name
        assert f'inputmode="{mode}"' in box[0], name
    assert re.search(r'dir="auto">עמותה<', found)


def test_only_filters_that_would_find_something_are_offered(visitor: Client) -> None:
    build_service("Free line", areas=["US"], cost="free", kind="helpline")
    found = page(visitor, "/search/?near=75201")
    assert 'value="helpline"' in found
    assert 'value="support_group"' not in found
    assert 'value="support_group" checked' in page(visitor, "/search/?near=75201&kind=support_group")


def test_quick_filters_are_one_part_of_the_question_and_come_off_as_one(visitor: Client) -> None:
    build_service("Forum", areas=["US"], kind="forum", formats=["forum", "video"])
    found = main_of(page(visitor, "/search/?near=75201"))
    online = re.search(r'href="([^"]*format=[^"]*)">Online<', found)
    assert online
    chosen = main_of(page(visitor, online[1].replace("&amp;", "&")))
    assert len(re.findall(r'class="is-chosen"', chosen)) == 2  # the place, and "Online"
    assert re.search(r'class="is-chosen" href="/search/\?near=75201">Online ', chosen)
