"""One sheet of paper: the same answer as a search, on one page whatever it holds, and nothing cut."""

import json
import re
from typing import Any

import pytest
from django.test import Client
from django.utils import timezone

from resources.pages.handout import qr_context
from resources.search.projection import rebuild_listings
from resources.vocabulary import AudienceRule
from tests.build import DALLAS, build_location, build_organization, build_service
from tests.reading import id_of
from tests.reading import unescaped as read
from tests.world import build_places

pytestmark = pytest.mark.slow("builds a page of listings for each test")

SITE = "https://example.org"


@pytest.fixture
def visitor(db: None, settings: Any, visitor: Client) -> Client:
    settings.SITE_URL = SITE
    build_places()
    return visitor


def sheet_of(text: str) -> str:
    return text.partition('<section class="sheet ')[2]


def names_on(text: str) -> list[str]:
    return re.findall(r'<li class="sheet-entry">\s*<div>\s*<p class="sheet-name" dir="auto">(.*?)</p>', text)


def test_without_a_question_it_asks_for_a_place(visitor: Client) -> None:
    found = read(visitor, "/handout/")
    assert 'name="near"' in found
    assert 'name="paper"' in found
    assert sheet_of(found) == ""


def test_it_holds_the_answer_of_a_search_in_its_order(visitor: Client) -> None:
    for number in range(3):
        build_service(f"Group {number}", organization=build_organization(f"Org {number}"), at=[DALLAS])
    build_service("Elsewhere", areas=["US-OR"])
    build_service("Texas line", kind="helpline", areas=["US-TX"])
    searched = json.loads(visitor.get("/api/v1/listings/?near=75201").content)
    wanted = [result["service"]["name"] for result in searched["results"]]
    assert names_on(read(visitor, "/handout/?near=75201&paper=a4")) == wanted
    assert "Elsewhere" not in wanted


def test_from_afar_what_can_be_called_comes_first_because_an_address_must_be_typed(visitor: Client) -> None:
    build_service("Here", at=[DALLAS], phone="", url="https://here.example/")
    build_service("A web page", areas=["US-TX"], phone="", url="https://a.example/")
    build_service("B line", areas=["US-TX"])
    build_service("C page", areas=["US-TX"], phone="", url="https://c.example/")
    in_order = ["Here", "B line", "A web page", "C page"]
    assert names_on(read(visitor, "/handout/?near=75201")) == in_order
    by_name = names_on(read(visitor, "/handout/?near=75201&sort=name"))
    assert by_name == ["A web page", "B line", "C page", "Here"]


def test_whoever_is_asked_not_to_come_reads_it_on_paper(visitor: Client) -> None:
    service = build_service("Fathers", at=[DALLAS], audiences=["fathers"], refresh=False)
    service.audiences.update(rule=AudienceRule.ONLY)
    rebuild_listings(at=timezone.now())
    found = sheet_of(read(visitor, "/handout/?near=75201"))
    assert "Only for: Dads and men." in found


def test_each_organization_comes_once_so_that_others_have_room(visitor: Client) -> None:
    one = build_organization("One")
    for number in range(5):
        build_service(f"A {number}", organization=one, at=[DALLAS])
    build_service("Other", at=[DALLAS])
    assert names_on(read(visitor, "/handout/?near=75201")) == ["A 0", "Other"]


def test_picks_are_printed_and_only_they(visitor: Client) -> None:
    first, second = build_service("First", at=[DALLAS]), build_service("Second", at=[DALLAS])
    far = build_service("Far", areas=["GB"])
    found = read(visitor, f"/handout/?near=75201&id={id_of(far)}&id={id_of(second)}&id=nonsense")
    assert names_on(found) == ["Far", "Second"]
    assert f'value="{id_of(first)}">' in found  # still offered, not ticked
    assert f'value="{id_of(far)}" checked>' in found


def test_a_pick_that_is_not_listed_is_said(visitor: Client) -> None:
    gone = build_service("Gone", status="inactive")
    still_listed = build_service("Kept", areas=["US"])
    found = read(visitor, f"/handout/?id={gone.pk}&id={still_listed.pk}")
    assert "1 listing you selected is no longer available." in found
    assert names_on(found) == ["Kept"]


def test_no_more_are_printed_than_were_asked_for(visitor: Client) -> None:
    for number in range(4):
        build_service(f"Group {number}", at=[DALLAS])
    assert len(names_on(read(visitor, "/handout/?near=75201&number=2"))) == 2


@pytest.mark.parametrize("number", ["0", "-1", "x", "99", ""])
def test_an_odd_number_is_as_many_as_fit(visitor: Client, number: str) -> None:
    build_service("Group", at=[DALLAS])
    assert names_on(read(visitor, f"/handout/?near=75201&number={number}&paper=a9")) == ["Group"]


def test_an_unknown_place_is_explained_beside_its_box(visitor: Client) -> None:
    found = read(visitor, "/handout/?near=Qqzzyx", status=400)
    assert "We could not find that place" in found
    assert 'value="Qqzzyx"' in found


def test_a_listing_tells_how_to_reach_it_what_it_costs_and_whether_it_was_checked(visitor: Client) -> None:
    place = build_location(DALLAS, address_1="1 Elm St", postal_code="75201")
    service = build_service("Quiet room", at=[place], cost="free", access=["self"])
    sheet = sheet_of(read(visitor, "/handout/?near=75201"))
    for words in ("Call: 214-555-0100", "Cost: Free", "To join: ", "Where: 1 Elm St, Dallas, TX 75201"):
        assert words in sheet
    assert "Not checked by us yet, unless a date says so." in sheet
    assert re.search(r"Printed \w+\.? \d+, 20\d\d\.", sheet)
    assert SITE in sheet
    assert qr_context(f"{SITE}/services/{service.pk}/")["path"] in sheet


def test_a_general_clinic_says_what_it_is_before_anyone_travels(visitor: Client) -> None:
    build_service("Clinic", kind="clinic", fit="general", at=[DALLAS])
    assert "not a pregnancy-loss service" in sheet_of(read(visitor, "/handout/?near=75201&kind=clinic"))


def test_the_numbers_are_those_of_the_country_asked_about(visitor: Client) -> None:
    build_service("Texan", areas=["US"])
    build_service("Briton", areas=["GB"])
    texan, briton = (sheet_of(read(visitor, f"/handout/?near={near}")) for near in ("75201", "M1"))
    assert "emergency 911" in texan
    assert "999" not in texan
    assert "emergency 999" in briton
    assert "116 123" in briton
    assert "911" not in briton


def test_where_no_country_is_known_every_number_stands_beside_its_country(visitor: Client) -> None:
    build_service("Line", kind="helpline", areas=["*"])
    sheet = " ".join(sheet_of(read(visitor, "/handout/?kind=helpline")).split())
    for country, number in (("United States", "911"), ("United Kingdom", "999"), ("New Zealand", "111")):
        assert f'{country} <strong class="sheet-number">{number}</strong>' in sheet


def test_warning_signs_are_all_there_and_unreviewed_is_said(visitor: Client) -> None:
    build_service("Line", areas=["US"])
    sheet = sheet_of(read(visitor, "/handout/?near=75201"))
    for sign in ("soak through a pad in an hour", "100.4", "shoulder", "you are worried"):
        assert sign in sheet
    assert "not been reviewed by a clinician" in sheet


def test_it_is_kept_from_search_engines_and_asks_nothing_of_the_policy(visitor: Client) -> None:
    build_service("Line", areas=["US"])
    found = read(visitor, "/handout/?near=75201")
    assert '<meta name="robots" content="noindex">' in found
    assert " style=" not in found
    assert "data:" not in found
    assert "<title>Print a sheet</title>" in found


def test_a_code_is_square_and_drawn_by_its_dark_parts() -> None:
    view = qr_context("https://example.org/services/0b5f5b1e-0000-4000-8000-000000000000/")
    left, top, width, height = map(int, view["box"].split())
    assert (left, top) == (-4, -4)
    assert width == height
    dark = {
        (int(x) + step, int(y))
        for x, y, length in re.findall(r"M(\d+) (\d+)h(\d+)v1h-\d+z", view["path"])
        for step in range(int(length))
    }
    side = width - 8
    finders = [(0, 0), (side - 7, 0), (0, side - 7)]
    for x, y in finders:  # the three marks by which a camera finds it
        assert all((x + step, y) in dark for step in range(7))
        assert not any((x + step, y + 1) in dark for step in range(1, 6))


def test_the_question_is_said_back_in_words(visitor: Client) -> None:
    asked = re.findall(r"<p>(.*Dallas, TX 75201.*)</p>", read(visitor, "/handout/?near=75201&cost=free"))
    assert asked[0].startswith("Free support")


# ---- the ward's own name and number

WARD = {"ward": "Ward 4  East", "ward_number": "(214) 555-0142 ext 7"}


def test_a_wards_own_number_is_printed_first_and_is_in_no_address(visitor: Client) -> None:
    build_service("Line", areas=["US"])
    answer = visitor.post("/handout/?near=75201", WARD, headers={"Sec-Fetch-Site": "same-origin"})
    found = answer.content.decode()
    sheet = sheet_of(found)
    assert sheet.index("Ward 4 East") < sheet.index("Line")
    assert "214-555-0142, extension 7" in sheet or "(214) 555-0142, extension 7" in sheet
    assert "Added by the person who printed this." in sheet
    assert answer.headers["Cache-Control"] == "no-store"
    assert not re.search(r'(?:href|action)="[^"]*(?:Ward|555-0142)', found)
    assert "Ward 4 East" not in sheet_of(read(visitor, "/handout/?near=75201"))


@pytest.mark.parametrize(
    ("typed", "message"),
    [
        ({"ward": "Ward 4", "ward_number": "soon"}, "Enter a valid phone number."),
        ({"ward": "", "ward_number": "214-555-0142"}, "This field is required."),
        ({"ward": "W" * 81, "ward_number": "214-555-0142"}, "at most 80"),
    ],
)
def test_a_number_that_cannot_be_read_is_explained_and_kept_in_its_box(
    visitor: Client, typed: dict[str, str], message: str
) -> None:
    build_service("Line", areas=["US"])
    answer = visitor.post("/handout/?near=75201", typed, headers={"Sec-Fetch-Site": "same-origin"})
    assert answer.status_code == 422
    found = answer.content.decode()
    assert message in found
    assert f'value="{typed["ward_number"]}"' in found
    assert "sheet-ward" not in found


def test_another_site_cannot_send_it(visitor: Client) -> None:
    build_service("Line", areas=["US"])
    answer = visitor.post("/handout/?near=75201", WARD, headers={"Sec-Fetch-Site": "cross-site"})
    assert answer.status_code == 403


def test_loss_and_language_are_chosen_on_the_form(visitor: Client) -> None:
    build_service("Stillbirth line", areas=["US"], losses=["stillbirth"])
    build_service("Molar line", areas=["US"], losses=["molar"])
    found = read(visitor, "/handout/?near=75201&loss=molar&language=")
    assert "Molar line" in sheet_of(found)
    assert "Stillbirth line" not in sheet_of(found)
    assert '<option value="molar" selected>' in found
