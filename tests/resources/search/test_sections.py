"""The sections of an answer: the table, what stands first in each, and what leads."""

from __future__ import annotations

from datetime import date
from typing import Any

import pytest
from django.conf import LazySettings
from django.test import Client
from django.utils import timezone

from resources.search.projection import refresh_listings
from resources.search.standing import section_of
from resources.vocabulary import Fit, Kind
from tests.api.asking import build_place, get
from tests.build import DALLAS, build_organization, build_service, build_source_record

AFAR = (DALLAS[0] + 5, DALLAS[1])
PEOPLE = ("support_group", "forum", "peer_mentor", "counselling", "bereavement_care")


@pytest.mark.parametrize(
    ("kinds", "fit", "here", "from_afar"),
    [
        (PEOPLE, "specialist", "near_you", "serves_you"),
        (PEOPLE, "perinatal_or_grief", "near_you", "serves_you"),
        (("practical_help",), "specialist", "near_you", "money_and_practical"),
        (("remembrance",), "specialist", "near_you", "look_further"),
        (("helpline", "crisis_line"), "specialist", "by_phone", "by_phone"),
        (("helpline", "crisis_line"), "general", "by_phone", "by_phone"),
        (("counselling", "mental_health_clinic"), "general", *["lower_cost_counselling"] * 2),
        (("specialist_clinic",), "specialist", "hospital_clinics", "hospital_clinics"),
        (("clinic",), "general", "general_clinics", "general_clinics"),
        (("clinic",), "specialist", "general_clinics", "general_clinics"),
        (("financial_help",), "specialist", "money_and_practical", "money_and_practical"),
        (("financial_help", "practical_help"), "general", *["money_and_practical"] * 2),
        (("directory", "information"), "specialist", "look_further", "look_further"),
        (("support_group", "forum", "bereavement_care"), "general", "look_further", "look_further"),
    ],
)
def test_a_listing_stands_in_the_section_of_the_table(
    kinds: tuple[str, ...], fit: str, here: str, from_afar: str
) -> None:
    for kind in kinds:
        found = [section_of(Kind(kind), Fit(fit), is_here=is_here) for is_here in (True, False)]
        assert found == [here, from_afar], kind


@pytest.fixture
def place(db: None) -> None:
    build_place("Dallas", "US", code="75201", region="TX", latitude=DALLAS[0], longitude=DALLAS[1])


def found(path: str = "near=75201") -> list[tuple[str, str]]:
    results = get(f"listings/?{path}")["results"]
    return [(each["service"]["name"], each["section"]) for each in results]


def names(path: str = "near=75201") -> list[str]:
    return [name for name, _section in found(path)]


def build_seen(
    name: str, *, year: str = "", url: str = "https://own.example/", whose: str = "", **fields: Any
) -> None:
    service = build_service(name, at=[DALLAS], url="https://www.own.example/", **fields)
    raw = {**({"source_year": year} if year else {}), "rows": [{"source_type": whose}]}
    build_source_record(service, name, source_url=url, raw=raw)
    refresh_listings([service.pk], at=timezone.now())


@pytest.mark.usefixtures("place")
@pytest.mark.slow("builds many services")
def test_what_may_be_outdated_stands_after_everything_else_that_is_near() -> None:
    build_seen("A. Seen long ago", year="2019")
    build_seen("B. Undated, in the news", url="https://news.example/")
    build_seen("C. Any child", year="2025", losses=["child_any_age"])
    build_seen("D. Undated, on its own page", url="https://groups.own.example/dallas")
    build_seen("E. Seen lately", year="2022")
    build_seen("F. Long ago, checked since", year="2019", assured_date=date(2026, 1, 1))
    build_service("G. Entered here", at=[DALLAS])
    build_seen("H. Undated, on what the list calls its own page", url="https://other.example/", whose="own")
    build_seen("I. Undated, by others on its own host", whose="third_party")
    assert names()[:5] == [
        "F. Long ago, checked since",
        "D. Undated, on its own page",
        "E. Seen lately",
        "G. Entered here",
        "H. Undated, on what the list calls its own page",
    ]
    assert [name[0] for name in sorted(names()[5:])] == ["A", "B", "C", "I"]
    page = Client().get("/search/?near=75201").content.decode()
    assert page.index("Show 6 more") < page.index("G. Entered here") < page.index("A. Seen long ago")


@pytest.mark.usefixtures("place")
def test_lines_lead_where_nothing_that_may_lead_is_near() -> None:
    build_service("Line", kind="helpline", areas=["US"])
    build_service("Board", kind="forum", areas=["US"])
    assert names() == ["Line", "Board"]
    build_seen("Seen long ago", year="2019")
    assert names() == ["Line", "Seen long ago", "Board"]
    build_service("Group", at=[DALLAS])
    assert names() == ["Group", "Seen long ago", "Line", "Board"]
    assert list(get("listings/?near=75201")["sections"].items()) == [
        ("near_you", 2),
        ("by_phone", 1),
        ("serves_you", 1),
    ]


def test_near_a_border_help_at_home_leads_and_the_other_country_is_named(db: None) -> None:
    build_place("Windsor", "CA", code="N9A", region="ON", latitude=42.3, longitude=-83.02)
    build_service("Group in Detroit", at=[(42.33, -83.05)])
    build_service("Canadian line", kind="helpline", areas=["CA"])
    assert names("near=N9A") == ["Canadian line", "Group in Detroit"]
    card = Client().get("/search/?near=N9A").content.decode().partition("Group in Detroit")[2]
    assert "Dallas, TX, United States" in card  # its town and country, as recorded
    build_service("Group in Windsor", at=[(42.31, -83.03)], areas=["CA"])
    assert names("near=N9A") == ["Group in Windsor", "Group in Detroit", "Canadian line"]


@pytest.mark.usefixtures("place")
def test_a_line_nearby_that_serves_others_is_no_line_to_the_visitor() -> None:
    build_service("For Dallas", kind="helpline", at=[DALLAS])
    build_service("For Texas", kind="helpline", at=[DALLAS], areas=["US-TX"])
    build_service("For Oklahoma", kind="helpline", at=[DALLAS, AFAR], areas=["US-OK"])
    assert dict(found()) == {
        "For Dallas": "by_phone",
        "For Texas": "by_phone",
        "For Oklahoma": "look_further",
    }


@pytest.mark.usefixtures("place")
def test_the_operators_line_and_ones_own_country_lead(settings: LazySettings) -> None:
    build_service("A. World line", kind="helpline", areas=["*"], fit="specialist")
    build_service("B. Line", kind="helpline", areas=["US"], fit="specialist")
    chosen = build_service("C. Chosen line", kind="helpline", areas=["US"], fit="general")
    settings.FIRST_LINES = {"US": [str(chosen.pk)]}
    assert names() == ["C. Chosen line", "B. Line", "A. World line"]


@pytest.mark.usefixtures("place")
def test_within_a_section_people_stand_before_teams_and_help_for_anyone_before_that_for_some() -> None:
    build_service("Remembrance", kind="remembrance", at=[DALLAS], fit="specialist")
    build_service("Practical", kind="practical_help", at=[DALLAS], fit="specialist")
    build_service("Team", kind="bereavement_care", at=[DALLAS], fit="specialist")
    build_service("Grief group", at=[DALLAS], fit="perinatal_or_grief")
    build_service("Own patients", at=[DALLAS], fit="specialist", open_to=["own_patients"])
    assert names() == ["Grief group", "Team", "Practical", "Remembrance", "Own patients"]


@pytest.mark.usefixtures("place")
def test_lower_cost_counseling_leads_with_what_states_it_and_says_which_does_not() -> None:
    for name, kind, cost in (
        ("Fixed", "counselling", "fixed"),
        ("Silent", "counselling", None),
        ("Scale clinic", "mental_health_clinic", "sliding_scale"),
        ("Scale", "counselling", "sliding_scale"),
    ):
        build_service(name, kind=kind, fit="general", at=[DALLAS], cost=cost)
    assert names("near=75201&section=lower_cost_counselling") == ["Scale", "Scale clinic", "Silent", "Fixed"]
    page = Client().get("/search/?near=75201").content.decode()
    title = page.index("Lower cost not stated: ask")
    assert page.index("Scale clinic") < title < page.index("Silent")


@pytest.mark.usefixtures("place")
@pytest.mark.parametrize(
    ("question", "is_open"),
    [
        ("", False),
        ("&loss=stillbirth", False),
        ("&loss=ectopic", True),
        ("&kind=specialist_clinic", True),
        ("&audience=pregnant_after_loss", True),
        ("&section=hospital_clinics", True),
    ],
)
def test_hospital_clinics_are_folded_unless_they_are_what_is_asked_for(question: str, is_open: bool) -> None:
    build_service(
        "Scan unit",
        kind="specialist_clinic",
        fit="specialist",
        at=[DALLAS],
        losses=["ectopic", "stillbirth"],
        audiences=["pregnant_after_loss"],
    )
    page = Client().get(f"/search/?near=75201{question}").content.decode()
    section = page.partition('id="hospital_clinics"')[2]
    assert "Get help now" in section.partition("Scan unit")[0]
    assert ("<details" in section.partition("Scan unit")[0]) is not is_open


@pytest.mark.usefixtures("place")
@pytest.mark.slow("builds a hundred services")
def test_a_section_has_a_page_of_its_own() -> None:
    organization = build_organization("Clinics")
    for number in range(50):
        build_service(
            f"Clinic {number}", kind="clinic", fit="general", at=[DALLAS], organization=organization
        )
    build_service("Board", kind="forum", areas=["US"])
    page = Client().get("/search/?near=75201").content.decode()
    assert "/search/?near=75201&amp;section=general_clinics" in page
    assert "See all 50 on their own page" in page
    assert set(dict(found("near=75201&section=general_clinics")).values()) == {"general_clinics"}
    page = Client().get("/search/?near=75201&section=general_clinics").content.decode()
    assert "Board" not in page.partition('id="answer-listings"')[2]
    assert "See all" not in page


@pytest.mark.usefixtures("place")
def test_a_title_says_only_what_its_rows_support() -> None:
    build_service("World board", kind="forum", areas=["*"])
    page = Client().get("/search/?near=75201").content.decode()
    assert "By phone, online or across" not in page
    assert "These help people anywhere." in page
    build_service("US board", kind="forum", areas=["US"])
    page = Client().get("/search/?near=75201").content.decode()
    assert "By phone, online or across the US" in page
    assert "The first helps people in the US, or in a part of it, the others anywhere." in page


def test_without_a_place_a_card_names_its_country(db: None) -> None:
    build_service("Board", kind="forum", areas=["GB-WLS"])
    assert (
        "United Kingdom"
        in Client().get("/search/?q=board").content.decode().partition('id="answer-listings"')[2]
    )
