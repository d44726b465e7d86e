"""What people type into the box "near", and what it is taken for: against the gazetteer that ships."""

import csv
import random
from collections.abc import Iterator, Sequence
from contextlib import suppress
from pathlib import Path

import pytest
from hypothesis import HealthCheck, given
from hypothesis import strategies as st
from pytest_django import DjangoAssertNumQueries

from resources.exchange.columns import AreaColumn, InvalidCell, TownPointColumn
from resources.geo.extents import is_within, read_boxes
from resources.geo.geocoding import (
    PlaceNotFound,
    area_keys,
    county_area,
    find_place,
    suggest_places,
)
from resources.geo.naming import name_of
from resources.geo.point import Point
from resources.geo.regions import DATA, country_named
from resources.models.place import Place
from resources.vocabulary import COUNTRIES
from tests.examples import examples, share_of

pytestmark = [
    pytest.mark.usefixtures("gazetteer"),
    pytest.mark.slow("loads every place that ships"),
    pytest.mark.sqlite("places are looked up by folded keys alone; a dozen on both in test_real_catalogue"),
]

LISTS = DATA.parent / "lists"
CODES = [
    ("75201", "US", "Dallas, TX 75201"),
    ("75201-1234", "US", "Dallas, TX 75201"),
    ("75201", "NZ", "Dallas, TX 75201"),
    ("Dallas, TX 75201", "US", "Dallas, TX 75201"),
    ("123 Main St, Dallas, TX 75201, USA", "US", "Dallas, TX 75201"),
    ("00601", "US", "Adjuntas, PR 00601"),
    ("96799", "US", "Pago Pago, AS 96799"),
    ("M1", "US", "Manchester, England M1"),
    ("\u041c1", "GB", "Manchester, England M1"),  # a Cyrillic letter
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
    ("toronto", "US", "Toronto, ON"),
    ("Portland", "US", "Portland, OR"),
    ("Portland, OR", "US", "Portland, OR"),
    ("Portland Maine", "US", "Portland, ME"),
    ("Springfield Illinois", "US", "Springfield, IL"),
    ("Springfield, Illinois, USA", "GB", "Springfield, IL"),
    ("Melbourne", "AU", "Melbourne, VIC"),
    ("Melbourne", "US", "Melbourne, VIC"),
    ("Melbourne", "NZ", "Melbourne, VIC"),
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
        ("-37.81,144.96", "-37.81, 144.96", "AU-VIC/greater melbourne"),
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
    assert [other.name for other in found.rivals] == ["Manchester, England"]
    assert [other.name for other in found.alternatives[:2]] == ["Manchester, England", "Manchester, CT"]


def test_every_name_offered_leads_to_exactly_that_place() -> None:
    """Places drawn with a fixed seed: each is found again by its query, whatever the default country."""
    draw = random.Random(20)
    keys = list(Place.objects.with_point().values_list("pk", flat=True))
    rows = list(Place.objects.filter(pk__in=draw.sample(keys, 250)))
    for place in rows:
        namesakes = Place.objects.filter(
            kind=place.kind,
            country=place.country,
            region=place.region,
            name_key=place.name_key,
            is_alias=False,
        )
        found = find_place(
            name_of(place).query, default_country=draw.choice(["US", "GB", "CA", "AU", "NZ", "IE"])
        )
        largest = place if place.code else namesakes.order_by("-population", "pk")[0]
        assert found.point == Point(largest.latitude, largest.longitude), name_of(place).query


def test_every_area_is_found_by_its_name_or_is_one_with_a_town_in_it() -> None:
    """All counties, named areas and regions of the six countries, or every tenth of them."""
    areas = list(Place.objects.filter(country__in=COUNTRIES, is_alias=False).exclude(boxes="").order_by("pk"))
    assert len(areas) > 3_500
    for area in areas[:: len(areas) // share_of(len(areas))]:
        found = find_place(name_of(area).query, default_country="NZ")
        assert found.name == name_of(area).name or found.precision == "town", name_of(area).query
        assert found.has_extent or is_within(found.point, read_boxes(area.boxes)), name_of(area).query


def spellings() -> Iterator[tuple[str, str, str]]:
    """Yield (typed, home country, answer) from the table, for each of three home countries."""
    for line in Path(__file__).with_name("spellings.txt").read_text(encoding="utf-8").splitlines():
        if not line.startswith("#"):
            typed, *answers = line.split(" | ")
            yield from zip([typed] * 3, ("US", "GB", "IE"), answers * (3 // len(answers)), strict=True)


def test_what_people_type_is_taken_for_what_they_mean() -> None:
    """Where a name is not understood, what was meant is offered first."""
    table = list(spellings())
    assert len(table) > 3 * 580
    taken, misread = 0, []
    for typed, home, answer in table:
        try:
            found = find_place(typed, default_country=home).name
            taken += 1
        except PlaceNotFound as refusal:
            found = f"? {refusal.suggestions[0].name}"
        if found != answer:
            misread.append((typed, home, answer, found))
    assert misread == []
    assert {typed for typed, _home, answer in table if answer.startswith("?")} == {"Tornto ON", "Brisbne QLD"}
    assert taken == len(table) - 2 * 3


@pytest.mark.parametrize(
    ("typed", "country", "inside", "outside"),
    [
        ("Orange County, CA", "US", ("Anaheim, CA", "Irvine, CA"), ("Los Angeles, CA", "Riverside, CA")),
        ("Long Island", "US", ("Hempstead, NY", "Southampton, NY"), ("Bridgeport, CT", "Newark, NJ")),
        ("Kauai", "US", ("Lihue, HI",), ("Honolulu, HI",)),
        ("Isle of Wight", "GB", ("Ryde", "Newport, Isle of Wight"), ("Portsmouth", "Southampton")),
        ("Kent", "GB", ("Maidstone", "Dover, Kent"), ("Croydon", "Brighton")),
        ("Co. Cork", "IE", ("Mallow", "Bantry", "Cork"), ("Limerick", "Waterford", "Killarney")),
        ("Munster", "IE", ("Cork", "Ennis", "Waterford"), ("Galway", "Dublin")),
        ("Peel Region", "CA", ("Mississauga", "Brampton"), ("Hamilton", "Oshawa")),
        ("Vancouver Island", "CA", ("Victoria", "Nanaimo"), ("Vancouver",)),
        ("South Island", "NZ", ("Christchurch", "Nelson"), ("Wellington", "Auckland")),
    ],
)
def test_an_area_has_an_extent_that_follows_from_its_places(
    typed: str, country: str, inside: Sequence[str], outside: Sequence[str]
) -> None:
    area = find_place(typed, default_country=country)
    assert area.has_extent
    assert len(area.boxes) <= 8

    def is_inside(town: str) -> bool:
        return is_within(find_place(town, default_country=country).point, area.boxes)

    assert [town for town in (*inside, *outside) if is_inside(town)] == list(inside)


@pytest.mark.parametrize(
    ("typed", "home", "served", "not_served"),
    [
        ("W5", "GB", "GB-ENG/ealing", "GB-ENG/camden"),  # a code of the borough
        ("Wembley", "GB", "GB-ENG/brent", "GB-ENG/ealing"),  # its nearest code is
        ("Pudsey", "GB", "GB-ENG/leeds", "GB-ENG/bradford"),
        ("Westhoughton", "GB", "GB-ENG/bolton", "GB-ENG/wigan"),  # beside, and within its box
        ("L5B", "CA", "CA-ON/peel region", "CA-ON/halton region"),
        ("Peel Region", "CA", "CA-ON/peel region", "CA-ON/halton region"),
        ("51.51,-0.30", "GB", "GB-ENG/ealing", "GB-ENG/camden"),
        ("Brighton", "GB", "GB-ENG/sussex", "GB-ENG/greater london"),
    ],
)
def test_a_place_is_served_by_the_named_areas_it_lies_in(
    typed: str, home: str, served: str, not_served: str
) -> None:
    keys = area_keys(find_place(typed, default_country=home))
    assert served in keys
    assert not_served not in keys


@pytest.mark.parametrize(
    ("town", "country", "region"),
    [("Dallas", "US", "TX"), ("Mullingar", "IE", "L"), ("Florence", "US", "MA"), ("Plainsboro", "US", "NJ")],
)
def test_a_town_of_a_list_is_on_the_map_by_any_name_that_it_or_its_postal_code_has(
    town: str, country: str, region: str
) -> None:
    point = Point(*TownPointColumn(country, region).read(town))
    assert find_place(f"{point.latitude}, {point.longitude}", default_country="NZ").region == region


def test_every_area_that_the_lists_which_ship_name_is_known() -> None:
    counties: dict[str, dict[tuple[str, str], str]] = {}
    unknown = []
    for path in LISTS.glob("*.csv"):
        for row in csv.DictReader(path.read_text(encoding="utf-8").splitlines()):
            country = country_named(row["country"])
            column = AreaColumn(country.code if country else "", counties)
            for name in filter(None, map(str.strip, row["serves"].split(";"))):
                try:
                    column.read(name)
                except InvalidCell:
                    unknown.append((row["id"], name))
    assert unknown == []


@pytest.mark.parametrize(
    ("typed", "home", "chosen", "name", "rivals"),
    [
        # A namesake at home leads, unless one elsewhere is ten times as populous.
        ("Manchester", "US", "", "Manchester, NH", ["Manchester, England"]),
        ("Birmingham", "US", "", "Birmingham, AL", ["Birmingham, England"]),
        ("London", "US", "", "London, England", ["London, OH"]),
        ("London", "CA", "", "London, ON", ["London, England"]),  # one in a hundred lives there
        ("Perth", "GB", "", "Perth, Scotland", ["Perth, WA"]),
        ("Alexandria", "US", "", "Alexandria, VA", ["Alexandria, Egypt"]),
        # The country that was chosen decides.
        ("London", "US", "CA", "London, ON", []),
        ("London", "GB", "US", "London, OH", []),
        ("Cork", "US", "GB", "Cork, Ireland", []),
        ("2010", "AU", "NZ", "Pakuranga Heights, New Zealand 2010", []),
        # So does an accent that only one of them has.
        ("Montréal", "US", "", "Montréal, QC", []),
    ],
)
def test_of_namesakes_one_leads_and_the_other_is_offered(
    typed: str, home: str, chosen: str, name: str, rivals: Sequence[str]
) -> None:
    found = find_place(typed, default_country=home, country=chosen)
    assert (found.name, [rival.name for rival in found.rivals]) == (name, rivals)
    assert set(found.rivals) <= set(found.alternatives)


def test_an_address_is_looked_up_among_towns_only() -> None:
    assert find_place("Kent", default_country="GB").precision == "named_area"
    found = find_place("Cork, Ireland", default_country="IE", with_areas=False)
    assert found.precision == "town"
    with pytest.raises(PlaceNotFound):
        find_place("Cumbria", default_country="GB", with_areas=False)


@pytest.mark.parametrize("typed", ["near me", "around here", "near us"])
def test_near_me_is_not_near_maine(typed: str) -> None:
    with pytest.raises(PlaceNotFound):
        find_place(typed, default_country="US")


@pytest.mark.parametrize(
    ("typed", "name", "country"),
    [
        ("BFPO 57", "BFPO 57", "GB"),
        ("Smith, bfpo57", "BFPO57", "GB"),
        ("bf1 2aa", "BF1 2AA", "GB"),
        ("Unit 1234, APO AE", "APO AE", "US"),
    ],
)
def test_forces_post_is_anywhere_and_belongs_to_a_country(typed: str, name: str, country: str) -> None:
    found = find_place(typed, default_country="IE")
    assert (found.name, found.country, found.is_anywhere) == (name, country, True)
    assert area_keys(found) == [country, "*"]
    with pytest.raises(PlaceNotFound):
        find_place(typed, default_country="IE", with_areas=False)


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
        ("75200", "US", "Dallas, TX 75201"),
        ("Tornto ON", "US", "Toronto, ON"),
        ("Dalas, TX", "US", "Dallas, TX"),  # and not only the county of its name
        ("Brisbne QLD", "US", "Brisbane, QLD"),
        ("Orang County, CA", "US", "Orange County, CA"),
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
        ("75201", ["US:75201", "US-TX/dallas", "US-TX/dallas ft worth", "US-TX", "US", "*"]),
        ("Dallas, TX", ["US-TX/dallas", "US-TX/dallas ft worth", "US-TX", "US", "*"]),
        ("Baltimore, MD", ["US-MD/baltimore city", "US-MD/baltimore area", "US-MD", "US", "*"]),
        ("Towson, MD", ["US-MD/baltimore", "US-MD/baltimore area", "US-MD", "US", "*"]),
        ("M1", ["GB:M1", "GB-ENG/greater manchester", "GB-ENG/north west england", "GB-ENG", "GB", "*"]),
        ("T2P", ["CA:T2P", "CA-AB/calgary area", "CA-AB", "CA", "*"]),
        ("Paris, France", ["FR", "*"]),
        ("0,0", ["*"]),
        ("Orange County, CA", ["US-CA/orange", "US-CA", "US", "*"]),
        ("Texas", ["US-TX", "US", "*"]),
        ("Ireland", ["IE", "*"]),
        ("Co. Cork", ["IE-M/county cork", "IE-M", "IE", "*"]),
        ("Long Island", ["US-NY/long island", "US-NY/nassau", "US-NY/suffolk", "US-NY", "US", "*"]),
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
        ("near Portland", 2),  # the name, and the name without the word
        ("Paris 2010", 3),  # a code that the words do not fit, and the name in two ways
        ("32.78,-96.80", 1),  # the near box
        ("0,0", 2),  # the near box and the far one
        ("75200", 5),  # the code, the name, the code if mistyped, the codes like it
        ("Canada 12", 6),
        ("Manchestre", 5),  # the name; namesakes, towns that begin alike, the largest at home
    ],
)
def test_a_question_costs_few_queries(
    typed: str, most: int, django_assert_max_num_queries: DjangoAssertNumQueries
) -> None:
    with django_assert_max_num_queries(most):
        try:
            find_place(typed, default_country="US")
        except PlaceNotFound:
            assert most > 3


@pytest.mark.parametrize(
    ("typed", "country", "first"),
    [
        ("man", "GB", "Manchester, England"),
        ("toronto", "CA", "Toronto, ON"),
        ("saint lo", "US", "St. Louis, MO"),
        ("montré", "CA", "Montréal, QC"),
        ("la", "US", "Los Angeles, CA"),
        ("nyc", "US", "New York City, NY"),
        ("orange cou", "US", "Orange County, CA"),
        ("northern ir", "GB", "Northern Ireland, United Kingdom"),
        ("co ker", "IE", "County Kerry, Ireland"),
        ("n las", "US", "North Las Vegas, NV"),
        ("bay are", "US", "San Francisco Bay Area, CA"),
        ("near dallas", "US", "Dallas, TX"),
        ("7520l", "US", "Dallas, TX 75201"),
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


def test_offering_places_costs_few_queries(django_assert_max_num_queries: DjangoAssertNumQueries) -> None:
    with django_assert_max_num_queries(5):
        assert len(suggest_places("d02", default_country="IE", limit=3)) <= 3
