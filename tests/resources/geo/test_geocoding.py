"""What people type into the box "near", and what it is taken for: against the gazetteer that ships."""

import random
from contextlib import suppress

import pytest
from hypothesis import HealthCheck, given
from hypothesis import strategies as st
from pytest_django import DjangoAssertNumQueries

from resources.geo.geocoding import PlaceNotFound, area_keys, county_area, find_place, suggest_places
from resources.geo.naming import name_of
from resources.geo.point import Point
from resources.models.place import Place
from tests.examples import examples

pytestmark = [pytest.mark.usefixtures("gazetteer"), pytest.mark.slow("loads every place that ships")]

CODES = [
    ("75201", "US", "Dallas, TX 75201"),
    ("75201-1234", "US", "Dallas, TX 75201"),
    ("75201", "NZ", "Dallas, TX 75201"),
    ("Dallas, TX 75201", "US", "Dallas, TX 75201"),
    ("123 Main St, Dallas, TX 75201, USA", "US", "Dallas, TX 75201"),
    ("00601", "US", "Adjuntas, PR 00601"),
    ("96799", "US", "Pago Pago, AS 96799"),
    ("M1", "US", "Manchester, England M1"),
    ("M1 1AE", "US", "Manchester, England M1"),
    ("m11ae", "US", "Manchester, England M1"),
    ("Manchester M1 1AE", "GB", "Manchester, England M1"),
    ("JE2", "GB", "St Helier, Jersey JE2"),
    ("T2P", "US", "Calgary, AB T2P"),
    ("T2P 1J9", "US", "Calgary, AB T2P"),
    ("3000", "US", "Melbourne, VIC 3000"),
    ("3000", "AU", "Melbourne, VIC 3000"),
    ("3000", "NZ", "Melbourne, VIC 3000"),
    ("3000 Australia", "US", "Melbourne, VIC 3000"),
    ("3000, AU", "US", "Melbourne, VIC 3000"),
    ("VIC 3000", "NZ", "Melbourne, VIC 3000"),
    ("0110", "US", "Woodhill, New Zealand 0110"),
    ("D02", "US", "Dublin 2, Ireland D02"),
    ("D02 AF30", "IE", "Dublin 2, Ireland D02"),
    ("D6W", "IE", "Dublin 6W, Ireland D6W"),
    ("Dublin 2", "US", "Dublin 2, Ireland D02"),
    # The whole code says which country it is, whatever the default.
    ("N1C 4AG", "CA", "Islington, England N1C"),
    ("N1C 4A5", "GB", "Guelph South, ON N1C"),
]

TOWNS = [
    ("Toronto, ON", "US", "Toronto, ON"),
    ("Toronto, Ontario", "US", "Toronto, ON"),
    ("Toronto, Ontario, Canada", "US", "Toronto, ON"),
    ("Toronto, 08", "US", "Toronto, ON"),
    ("Toronto, CA", "US", "Toronto, ON"),
    ("toronto", "CA", "Toronto, ON"),
    ("toronto", "US", "Toronto, OH"),
    ("Portland", "US", "Portland, OR"),
    ("Portland, OR", "US", "Portland, OR"),
    ("Portland Maine", "US", "Portland, ME"),
    ("Springfield Illinois", "US", "Springfield, IL"),
    ("Springfield, Illinois, USA", "GB", "Springfield, IL"),
    ("Melbourne", "AU", "Melbourne, VIC"),
    ("Melbourne", "US", "Melbourne, FL"),
    ("Sydney, NSW", "US", "Sydney, NSW"),
    ("Perth, WA", "US", "Perth, WA"),
    ("Montréal", "CA", "Montréal, QC"),
    ("montreal", "CA", "Montréal, QC"),
    ("Quebec City", "CA", "Québec, QC"),
    ("Auckland", "US", "Auckland, New Zealand"),
    ("Christchurch, Canterbury", "NZ", "Christchurch, New Zealand"),
    ("Manchester", "GB", "Manchester, England"),
    ("Manchester, UK", "US", "Manchester, England"),
    ("Oldham, Greater Manchester", "GB", "Oldham, England"),
    ("Hull", "GB", "Kingston upon Hull, England"),
    ("Derry", "GB", "Derry, Northern Ireland"),
    ("Londonderry", "GB", "Derry, Northern Ireland"),
    ("St Helier, Jersey", "GB", "Saint Helier, Jersey"),
    ("Dublin, Ireland", "US", "Dublin, Ireland"),
    ("Cork, Co. Cork", "IE", "Cork, Ireland"),
    ("Paris, France", "US", "Paris, France"),
    ("Berlin, DE", "US", "Berlin, Germany"),
    ("New York", "US", "New York City, NY"),
    ("Washington, D.C.", "US", "Washington, DC"),
    ("st louis, mo", "US", "St. Louis, MO"),
    ("Saint Louis, Missouri", "US", "St. Louis, MO"),
    ("San Juan, Puerto Rico", "US", "San Juan, PR"),
    ("las vegas nv", "US", "Las Vegas, NV"),
    ("Ontario, California", "CA", "Ontario, CA"),
]


@pytest.mark.parametrize(("typed", "country", "name"), CODES)
def test_a_postal_code_is(typed: str, country: str, name: str) -> None:
    found = find_place(typed, default_country=country)
    assert (found.name, found.precision) == (name, "area")
    assert found.postal_code
    assert found.name.endswith(found.postal_code)


@pytest.mark.parametrize(("typed", "country", "name"), TOWNS)
def test_a_town_is(typed: str, country: str, name: str) -> None:
    found = find_place(typed, default_country=country)
    assert (found.name, found.precision, found.postal_code) == (name, "town", "")


@pytest.mark.parametrize(
    ("typed", "name", "area"),
    [
        ("32.78,-96.80", "32.78, -96.80", "US-TX/dallas"),
        ("32.7841 -96.8039", "32.78, -96.80", "US-TX/dallas"),
        ("-37.81,144.96", "-37.81, 144.96", "AU-VIC"),
        ("48.85, 2.35", "48.85, 2.35", "FR"),
        # The box around it passes 180 degrees.
        ("-16.45, 179.75", "-16.45, 179.75", "FJ"),
        # An American army post office lies in Heidelberg, which is in Germany all the same.
        ("49.41, 8.69", "49.41, 8.69", "DE"),
        ("-0.001, 0.0", "0.00, 0.00", "*"),
        ("-90, 0", "-90.00, 0.00", "*"),
        ("90, 0", "90.00, 0.00", "*"),
    ],
)
def test_a_point_is_rounded_and_in_the_country_of_the_nearest_place(typed: str, name: str, area: str) -> None:
    found = find_place(typed, default_country="US")
    assert (found.name, found.precision, found.postal_code) == (name, "point", "")
    assert area_keys(found)[0] == area


@pytest.mark.parametrize(
    ("typed", "country", "name", "others"),
    [
        ("E1W", "US", "London, England E1W", ["E1W, Canada"]),
        ("E1W", "CA", "Caraquet, NB E1W", ["E1W, United Kingdom"]),
        ("W12", "US", "Westway, England W12", ["W12, Ireland"]),
        ("W12", "IE", "Newbridge, Ireland W12", ["W12, United Kingdom"]),
        ("2010", "US", "Surry Hills, NSW 2010", ["2010, New Zealand"]),
        ("2010, New Zealand", "AU", "Pakuranga Heights, New Zealand 2010", []),
        ("75201", "AU", "Dallas, TX 75201", []),
    ],
)
def test_a_code_of_two_countries_is_at_home_first_then_where_most_people_live(
    typed: str, country: str, name: str, others: list[str]
) -> None:
    found = find_place(typed, default_country=country)
    assert found.name == name
    assert [other.query for other in found.alternatives] == others


def test_every_code_of_two_countries_offers_the_other() -> None:
    both = set(Place.objects.filter(country="AU").exclude(code="").values_list("code", flat=True))
    both &= set(Place.objects.filter(country="NZ").exclude(code="").values_list("code", flat=True))
    assert len(both) == 580
    for code in sorted(both)[::20]:
        here, there = (find_place(code, default_country=country) for country in ("AU", "NZ"))
        assert (here.country, [other.country for other in here.alternatives]) == ("AU", ["NZ"])
        assert (there.country, [other.country for other in there.alternatives]) == ("NZ", ["AU"])


def test_a_towns_namesakes_come_back_the_most_populous_first() -> None:
    found = find_place("Manchester", default_country="US")
    assert found.name == "Manchester, NH"
    assert [other.name for other in found.alternatives[:2]] == ["Manchester, England", "Manchester, CT"]


def test_every_name_offered_leads_to_exactly_that_place() -> None:
    """Places drawn with a fixed seed: each is found again by its query, whatever the default country."""
    draw = random.Random(20)
    rows = list(
        Place.objects.filter(pk__in=draw.sample(list(Place.objects.values_list("pk", flat=True)), 250))
    )
    for place in rows:
        namesakes = Place.objects.filter(
            kind=place.kind, country=place.country, region=place.region, name_key=place.name_key
        )
        found = find_place(
            name_of(place).query, default_country=draw.choice(["US", "GB", "CA", "AU", "NZ", "IE"])
        )
        largest = place if place.code else namesakes.order_by("-population", "pk")[0]
        assert found.point == Point(largest.latitude, largest.longitude), name_of(place).query


@pytest.mark.parametrize(
    "typed", ["Portland", "Springfield", "London", "St Louis", "Hull", "2010", "New York"]
)
def test_every_alternative_leads_to_the_place_it_names(typed: str) -> None:
    for other in find_place(typed, default_country="GB").alternatives:
        again = find_place(other.query, default_country="GB")
        assert (again.name, again.country, again.region) == (other.name, other.country, other.region)


@pytest.mark.parametrize(
    ("typed", "country", "offered"),
    [
        ("Manchestre", "GB", "Manchester, England"),
        ("Manchestre", "US", "Manchester, England"),
        ("Nanchester", "GB", "Manchester, England"),
        ("Sprinfield, IL", "US", "Springfield, IL"),
        ("Oldham, Lancashire", "GB", "Oldham, England"),
        ("75200", "US", "Dallas, TX 75201"),
        ("Texas", "US", "Houston, TX"),
        ("Ontario, Canada", "US", "Toronto, ON"),
        ("Canada", "US", "Toronto, ON"),
        ("England", "GB", "London, England"),
    ],
)
def test_an_unknown_place_is_refused_with_what_may_have_been_meant(
    typed: str, country: str, offered: str
) -> None:
    with pytest.raises(PlaceNotFound) as refusal:
        find_place(typed, default_country=country)
    assert refusal.value.text == typed
    assert offered in [suggestion.name for suggestion in refusal.value.suggestions]
    assert len(refusal.value.suggestions) <= 5
    for suggestion in refusal.value.suggestions:
        assert find_place(suggestion.query, default_country=country).name == suggestion.name


@pytest.mark.parametrize(
    "typed",
    [
        "",
        "   ",
        ", ,",
        "🙂",
        "\0",
        "75201\0",
        "x" * 201,
        "\ud800",
        "qqqqqqqq",
        "99.0,200.0",
        "-91,0",
        "%",
        "ZZ9",
    ],
)
def test_what_is_no_place_is_refused_and_nothing_is_made_up(typed: str) -> None:
    with pytest.raises(PlaceNotFound) as refusal:
        find_place(typed, default_country="US")
    assert refusal.value.suggestions == []
    refusal.value.text.encode("utf-8")


@examples(40, suppress_health_check=[HealthCheck.function_scoped_fixture])
@given(st.one_of(st.text(max_size=250), st.from_regex(r"[A-Za-z0-9 ,.\-']{0,40}")))
def test_no_text_does_worse_than_be_refused(text: str) -> None:
    suggest_places(text, default_country="US")
    with suppress(PlaceNotFound):
        assert find_place(text, default_country="US").name


@pytest.mark.parametrize(
    ("typed", "areas"),
    [
        ("75201", ["US:75201", "US-TX/dallas", "US-TX", "US", "*"]),
        ("Dallas, TX", ["US-TX/dallas", "US-TX", "US", "*"]),
        ("Baltimore, MD", ["US-MD/baltimore city", "US-MD", "US", "*"]),
        ("Towson, MD", ["US-MD/baltimore", "US-MD", "US", "*"]),
        ("M1", ["GB:M1", "GB-ENG/greater manchester", "GB-ENG", "GB", "*"]),
        ("T2P", ["CA:T2P", "CA-AB", "CA", "*"]),
        ("Paris, France", ["FR", "*"]),
        ("0,0", ["*"]),
    ],
)
def test_the_service_areas_of_a_place_go_from_narrow_to_wide(typed: str, areas: list[str]) -> None:
    assert area_keys(find_place(typed, default_country="US")) == areas


def test_a_county_is_one_area_however_it_is_written() -> None:
    assert county_area("US", "TX", "Dallas County") == county_area("US", "TX", "dallas") == "US-TX/dallas"


@pytest.mark.parametrize(
    ("typed", "most"),
    [
        ("75201", 1),  # the code
        ("Portland, OR", 1),  # the name
        ("Paris 2010", 2),  # a code that the words do not fit, and the name
        ("32.78,-96.80", 1),  # the near box
        ("0,0", 2),  # the near box and the far one
        ("75200", 3),  # the code, the name, the codes like it
        ("Canada 12", 5),
        ("Manchestre", 4),  # the name; namesakes, towns that begin alike, the largest at home
    ],
)
def test_a_question_costs_few_queries(
    typed: str, most: int, django_assert_max_num_queries: DjangoAssertNumQueries
) -> None:
    with django_assert_max_num_queries(most):
        try:
            find_place(typed, default_country="US")
        except PlaceNotFound:
            assert most > 2


@pytest.mark.parametrize(
    ("typed", "country", "first"),
    [
        ("man", "GB", "Manchester, England"),
        ("toront", "CA", "Toronto, ON"),
        ("saint lo", "US", "St. Louis, MO"),
        ("montré", "CA", "Montréal, QC"),
        ("portland, me", "US", "Portland, ME"),
        ("M1", "US", "Manchester, England M1"),
        ("m1 1ae", "US", "Manchester, England M1"),
        ("752", "US", "Dallas, TX 75201"),
        ("3000", "AU", "Melbourne, VIC 3000"),
        ("D0", "IE", "Dublin 1, Ireland D01"),
    ],
)
def test_the_beginning_of_a_name_offers(typed: str, country: str, first: str) -> None:
    offered = suggest_places(typed, default_country=country)
    assert offered[0].name == first
    assert len(offered) <= 8


@pytest.mark.parametrize("typed", ["", "a", " ", "\0", "x" * 300, "🙂🙂"])
def test_too_little_or_too_much_offers_nothing(typed: str) -> None:
    assert suggest_places(typed, default_country="US") == []


def test_offering_places_costs_two_queries(django_assert_max_num_queries: DjangoAssertNumQueries) -> None:
    with django_assert_max_num_queries(2):
        assert len(suggest_places("d02", default_country="IE", limit=3)) <= 3
