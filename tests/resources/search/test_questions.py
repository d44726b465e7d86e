"""The table of questions and answers: what is asked, and the names that come back, in their order."""

from typing import Any

import pytest

from resources.models import Listing, Phone, ServiceAtLocation
from resources.search.answering import PageNotFound
from resources.search.filters import ListingFilterSet
from resources.search.projection import refresh_listings
from resources.vocabulary import Loss
from tests.build import DALLAS, build_cost, build_location, build_organization, build_service, build_term

FORT_WORTH = (32.7254, -97.3208)  # 31 miles from Dallas
HOUSTON = (29.7633, -95.3633)
MANCHESTER = (53.4809, -2.2374)


@pytest.fixture
def catalogue(places: None) -> None:
    """One of each, named by what it is."""
    build_service("Dallas group", at=[DALLAS], cost="free", losses=[Loss.MISCARRIAGE], formats=["in_person"])
    build_service(
        "Fort Worth grief group", fit="perinatal_or_grief", at=[FORT_WORTH], description="Any death."
    )
    build_service(
        "Texas chapters", areas=["US-TX"], cost="donation", languages=["en", "es"], losses=["any_loss"]
    )
    build_service(
        "Dallas County visitors", areas=["US-TX/dallas"], kind="peer_mentor", formats=["home_visit"]
    )
    build_service(
        "National line", kind="helpline", areas=["US"], organization=build_organization("Stillbirth Friends")
    )
    build_service(
        "World forum", kind="forum", areas=["*"], formats=["forum"], losses=[Loss.EARLY_MISCARRIAGE]
    )
    build_service("Two countries", kind="forum", areas=["US", "CA"], formats=["web_chat"])
    build_service("British line", kind="helpline", areas=["GB"])
    build_service("Nowhere stated", kind="forum")
    build_service(
        "Training clinic", kind="counselling", fit="general", at=[DALLAS], cost="sliding_scale", price=5
    )
    build_service("Far practice", kind="counselling", fit="general", areas=["US"], cost="fixed", price=60)
    build_service("Near clinic", kind="clinic", fit="general", at=[DALLAS], cost="sliding_scale")
    build_service(
        "Nearer clinic", kind="clinic", fit="general", at=[(32.7905, -96.8045)], cost="sliding_scale"
    )
    build_service("Finder", kind="directory", areas=["US"])
    build_service("Crisis line", kind="crisis_line", fit="general", areas=["US"])
    build_service("After abortion", kind="helpline", areas=["US"], losses=[Loss.ABORTION, Loss.TFMR])
    build_service("For nurses", audiences=["professionals"], areas=["US"])
    build_service("Withdrawn group", status="inactive", at=[DALLAS])
    build_service("Diagnosis group", areas=["US"], losses=[Loss.TFMR], topics=[build_term("Fertility")])


NEAR = {"near": "75201"}
HERE = ["Dallas group"]
AFAR = [
    "Dallas County visitors",
    "Texas chapters",
    "National line",
    "Two countries",
    "Diagnosis group",
    "World forum",
]
COUNSELLING = ["Training clinic", "Far practice"]
CLINICS = ["Nearer clinic", "Near clinic"]

QUESTIONS: list[tuple[dict[str, Any], list[str]]] = [
    (NEAR, [*HERE, *AFAR, *COUNSELLING, *CLINICS, "Finder"]),
    ({**NEAR, "within": "40mi"}, [*HERE, "Fort Worth grief group", *AFAR, *COUNSELLING, *CLINICS, "Finder"]),
    ({**NEAR, "within": "40"}, [*HERE, "Fort Worth grief group", *AFAR, *COUNSELLING, *CLINICS, "Finder"]),
    ({**NEAR, "within": "40 km"}, [*HERE, *AFAR, *COUNSELLING, *CLINICS, "Finder"]),
    ({**NEAR, "reach": "local"}, [*HERE, "Training clinic", *CLINICS]),
    ({**NEAR, "reach": "remote"}, [*AFAR, "Far practice", "Finder"]),
    ({**NEAR, "kind": "clinic", "sort": "distance"}, CLINICS),
    ({**NEAR, "kind": ["clinic", "forum"]}, ["Two countries", "World forum", *CLINICS]),
    ({**NEAR, "cost": "free"}, HERE),
    ({**NEAR, "cost": ["free", "donation"]}, [*HERE, "Texas chapters"]),
    ({**NEAR, "max_price": "0"}, [*HERE, "Texas chapters"]),
    ({**NEAR, "max_price": "5"}, [*HERE, "Texas chapters", "Training clinic"]),
    ({**NEAR, "max_price": "4.99"}, [*HERE, "Texas chapters"]),
    ({**NEAR, "max_price": "60"}, [*HERE, "Texas chapters", *COUNSELLING]),
    ({**NEAR, "max_price": "60", "currency": "GBP"}, [*HERE, "Texas chapters"]),
    ({**NEAR, "loss": "miscarriage"}, [*HERE, "Texas chapters", "World forum"]),
    ({**NEAR, "loss": "early_miscarriage"}, [*HERE, "Texas chapters", "World forum"]),
    ({**NEAR, "loss": "later_miscarriage"}, [*HERE, "Texas chapters"]),
    ({**NEAR, "loss": "ectopic"}, ["Texas chapters"]),
    ({**NEAR, "loss": "tfmr"}, ["Texas chapters", "After abortion", "Diagnosis group"]),
    ({**NEAR, "loss": "abortion"}, ["Texas chapters", "After abortion"]),
    ({**NEAR, "language": "es"}, ["Texas chapters"]),
    ({**NEAR, "format": "text_chat"}, ["Two countries"]),
    ({**NEAR, "format": "sms"}, []),
    ({**NEAR, "q": "clinics"}, ["Training clinic", *CLINICS]),
    ({**NEAR, "q": "fertility"}, ["Diagnosis group"]),
    ({**NEAR, "q": "stillbirth friend"}, ["National line"]),
    ({**NEAR, "q": "crisis line"}, ["Crisis line"]),
    ({**NEAR, "q": "After Abortion"}, ["After abortion"]),
    ({**NEAR, "q": "abortion"}, []),
    ({**NEAR, "q": "finder"}, ["Finder"]),
    ({**NEAR, "q": "nothing of the kind"}, []),
    ({**NEAR, "kind": "crisis_line"}, ["Crisis line"]),
    ({"near": "M1"}, ["British line", "World forum"]),
    ({"near": "Toronto, ON"}, ["Two countries", "World forum"]),
    ({"near": "D02"}, ["World forum"]),
    ({"near": "Houston, TX", "reach": "remote"}, ["Texas chapters", *AFAR[2:], "Far practice", "Finder"]),
    ({"near": "32.79,-96.80", "kind": "clinic", "sort": "distance"}, CLINICS),
    ({"kind": "helpline"}, ["National line", "British line"]),
    ({"q": "grief"}, ["Fort Worth grief group"]),
    ({"sort": "name", "kind": "clinic"}, ["Near clinic", "Nearer clinic"]),
]


@pytest.mark.parametrize(("asked", "names"), QUESTIONS, ids=[str(asked) for asked, _names in QUESTIONS])
def test_a_question_finds_these_in_this_order(
    catalogue: None, asked: dict[str, Any], names: list[str]
) -> None:
    filters = ListingFilterSet(asked)
    assert filters.refusals() == []
    found = [result["service"]["name"] for result in filters.answer().results]
    assert sorted(found) == sorted(names)
    assert _ties_sorted(found, names) == names


def _ties_sorted(found: list[str], names: list[str]) -> list[str]:
    """Rows alike in all that ranks stand in the order of their random ids: put those as the table says."""
    alike = [{"National line", "Two countries", "Diagnosis group", "After abortion"}, {"Texas chapters"}]
    for group in alike:
        at = [index for index, name in enumerate(found) if name in group]
        said = [name for name in names if name in group]
        if at == list(range(at[0], at[-1] + 1)) if at else False:
            found[at[0] : at[-1] + 1] = said
    return found


def test_each_result_says_its_section_and_why(catalogue: None) -> None:
    results = ListingFilterSet(NEAR).answer().results
    said = {result["service"]["name"]: (result["section"], result["why"]) for result in results}
    assert said == {
        "Dallas group": ("near_you", "near_you"),
        "Dallas County visitors": ("serves_you", "serves_your_area"),
        "Texas chapters": ("serves_you", "serves_your_state"),
        "National line": ("serves_you", "national"),
        "Two countries": ("serves_you", "national"),
        "Diagnosis group": ("serves_you", "national"),
        "World forum": ("serves_you", "online"),
        "Training clinic": ("lower_cost_counselling", "near_you"),
        "Far practice": ("lower_cost_counselling", "national"),
        "Nearer clinic": ("general_clinics", "near_you"),
        "Near clinic": ("general_clinics", "near_you"),
        "Finder": ("look_further", "national"),
    }


def test_a_match_in_the_name_stands_before_one_in_the_text(places: None) -> None:
    build_service("Quiet room", areas=["US"], description="For ectopic pregnancy.")
    build_service("Ectopic circle", areas=["US"])
    build_service("Third group", areas=["US"], losses=[Loss.ECTOPIC])
    build_service("Fourth group", areas=["US"], organization=build_organization("Ectopic Friends"))
    found = [result["service"]["name"] for result in ListingFilterSet({"q": "ectopic"}).answer().results]
    assert found == ["Ectopic circle", "Third group", "Fourth group", "Quiet room"]


def test_the_whole_name_leads_whatever_its_section(places: None) -> None:
    build_service("Healing hands helpers", areas=["US"])
    build_service("Healing Hands", kind="clinic", fit="general", at=[DALLAS])
    answer = ListingFilterSet({"q": "healing hands", "near": "75201"}).answer()
    assert [result["service"]["name"] for result in answer.results] == [
        "Healing Hands",
        "Healing hands helpers",
    ]
    assert [result["leads_by_name"] for result in answer.results] == [True, False]


@pytest.mark.parametrize("words", ["MEND", "m.e.n.d.", "mend"])
def test_an_organization_is_found_by_its_name_however_it_is_written(places: None, words: str) -> None:
    build_service("Mend Family Health", kind="clinic", fit="general", at=[DALLAS])
    build_service("Chapters", areas=["US-TX"], organization=build_organization("M.E.N.D."))
    found = [result["service"]["name"] for result in ListingFilterSet({"q": words}).answer().results]
    assert found == ["Chapters", "Mend Family Health"]


def test_a_service_that_is_here_is_not_met_again_from_afar(places: None) -> None:
    build_service("Share", at=[HOUSTON, DALLAS], areas=["US"])
    (only,) = ListingFilterSet(NEAR).answer().results
    assert (only["why"], only["location"]["latitude"]) == ("near_you", DALLAS[0])


def test_a_joining_fee_is_shown_and_does_not_count_as_the_price(places: None) -> None:
    service = build_service("Open door", kind="counselling", areas=["US"], cost="sliding_scale", price=30)
    build_cost(service, "fixed", 59, is_joining_fee=True, unit="once")
    refresh_listings([service.pk])
    (only,) = ListingFilterSet({"max_price": "40", "near": "75201"}).answer().results
    assert only["cost"] == {
        "phrase": "Sliding scale, depends on income: from $30 a session. Joining costs $59, once",
        "kinds": ["sliding_scale"],
        "min_price": 30,
        "max_price": None,
        "currency": "USD",
        "unit": "session",
        "joining_fee": {"amount": 59, "currency": "USD"},
    }


def test_pages_follow_each_other_without_a_gap(places: None) -> None:
    for number in range(7):
        build_service(f"Group {number}", areas=["US"])
    seen = []
    for page in (1, 2, 3):
        answer = ListingFilterSet({"page": str(page), "page_size": "3"}).answer()
        assert (answer.count, answer.pages) == (7, 3)
        seen += [result["service"]["name"] for result in answer.results]
    assert sorted(seen) == [f"Group {number}" for number in range(7)]
    with pytest.raises(PageNotFound):
        ListingFilterSet({"page": "4", "page_size": "3"}).answer()


REFUSED: list[tuple[dict[str, Any], str, str]] = [
    ({"near": "Zzyzxqq"}, "near", "We do not know this place"),
    ({"near": "x" * 201}, "near", "200 characters at most"),
    ({"near": "75201\x00"}, "near", "cannot be searched"),
    ({"within": "9999mi"}, "within", "from 1 to 500"),
    ({"within": "0"}, "within", "from 1 to 500"),
    ({"within": "ten"}, "within", "from 1 to 500"),
    ({"kind": "therapy"}, "kind", "therapy"),
    ({"cost": ["free", "cheap"]}, "cost", "cheap"),
    ({"language": "klingon"}, "language", "klingon"),
    ({"max_price": "cheap"}, "max_price", "such as 20 or 7.50"),
    ({"max_price": "-1"}, "max_price", "from 0 to 100,000"),
    ({"max_price": "NaN"}, "max_price", "from 0 to 100,000"),
    ({"max_price": "1e99"}, "max_price", "from 0 to 100,000"),
    ({"currency": "XXX"}, "currency", "XXX"),
    ({"sort": "price"}, "sort", "price"),
    ({"sort": "distance"}, "sort", "say where you are"),
    ({"page": "0"}, "page", "1 or more"),
    ({"page": "one"}, "page", "whole number"),
    ({"page_size": "101"}, "page_size", "100 or less"),
    ({"q": "\x00"}, "q", "cannot be searched"),
    ({"q": "x" * 501}, "q", "500 characters at most"),
    ({"q": "miscarriage " * 1000}, "q", "500 characters at most"),
    ({"colour": "blue"}, "colour", "no parameter"),
]


@pytest.mark.parametrize(
    ("asked", "parameter", "words"), REFUSED, ids=[str(asked)[:60] for asked, *_ in REFUSED]
)
def test_what_cannot_be_used_is_named_and_explained(
    places: None, asked: dict[str, Any], parameter: str, words: str
) -> None:
    (refusal,) = ListingFilterSet(asked).refusals()
    assert refusal.parameter == parameter
    assert words in refusal.message


def test_a_bad_value_is_told_the_choices(places: None) -> None:
    (refusal,) = ListingFilterSet({"kind": "therapy"}).refusals()
    assert "counselling" in refusal.choices


@pytest.mark.parametrize(
    "words",
    [
        "🌈",
        '"',
        "a AND",
        "NEAR(",
        "*",
        "name_words:x",
        "^",
        "-",
        "the",
        "🌈 miscarriage",
        "'; DROP",
        "\u202eab",
    ],
)
def test_any_words_have_an_answer(places: None, words: str) -> None:
    build_service("Quiet room", areas=["US"])
    filters = ListingFilterSet({"q": words})
    assert filters.refusals() == []
    assert filters.answer().count == 0


def test_empty_parameters_count_as_not_given(places: None) -> None:
    build_service("Quiet room", areas=["US"])
    asked = {"near": "", "kind": [""], "q": "  ", "max_price": "", "sort": "", "page": ""}
    assert ListingFilterSet(asked).answer().count == 1


def names(**asked: Any) -> list[str]:
    return [result["service"]["name"] for result in ListingFilterSet(asked).answer().results]


def test_a_line_with_an_office_near_you_still_reaches_you_from_afar(places: None) -> None:
    build_service("Line", kind="helpline", at=[DALLAS], areas=["US"], formats=["phone"])
    build_service("Walk-in", at=[DALLAS], areas=["US"], formats=["in_person"])
    assert names(near="75201", reach="remote") == ["Line"]
    assert sorted(names(near="Houston", reach="remote")) == ["Line", "Walk-in"]


def test_a_scale_that_begins_at_zero_keeps_its_currency(places: None) -> None:
    service = build_service("Practice", kind="counselling", areas=["US"], refresh=False)
    build_cost(service, "sliding_scale", 0, 40, currency="USD", unit="session")
    refresh_listings([service.pk])
    (only,) = ListingFilterSet({"max_price": "5"}).answer().results
    assert only["cost"]["phrase"] == "Sliding scale, depends on income: $0 to $40 a session"
    assert names(max_price="5", currency="GBP") == []
    assert names(max_price="0") == []


def test_help_for_health_workers_is_not_opened_by_a_loss(places: None) -> None:
    build_service("For nurses", audiences=["professionals"], areas=["US"], losses=[Loss.TFMR])
    assert names(loss="tfmr") == []
    assert names(q="for nurses") == ["For nurses"]


def test_ones_own_country_leads_by_any_part_of_it(places: None) -> None:
    build_service("Two sides", areas=["CA-BC", "US-WA"])
    build_service("World", areas=["*"])
    assert names() == ["Two sides", "World"]


def test_a_fax_is_not_called_and_a_forum_is_its_own_address(places: None) -> None:
    organization = build_organization()
    Phone.objects.create(organization=organization, number="214-555-0101", country="US")
    service = build_service("Board", organization=organization, phone="", areas=["US"], refresh=False)
    Phone.objects.create(service=service, number="214-555-0199", type="fax")
    forum = build_location(
        None, location_type="virtual", url="https://board.example/", city="", region="", country=""
    )
    ServiceAtLocation.objects.create(service=service, location=forum)
    refresh_listings([service.pk])
    (only,) = ListingFilterSet({}).answer().results
    assert [(phone["number"], bool(phone["href"])) for phone in only["phones"]] == [
        ("214-555-0101", True),
        ("214-555-0199", False),
    ]
    assert only["website"] == "https://board.example/"


def test_a_place_that_changes_its_service_is_listed_once(places: None) -> None:
    first, second = build_service("First", at=[DALLAS]), build_service("Second", areas=["US"])
    ServiceAtLocation.objects.update(service=second)
    refresh_listings([second.pk])
    assert Listing.objects.filter(service=first).count() == 0
    assert Listing.objects.filter(service=second).count() == 1
