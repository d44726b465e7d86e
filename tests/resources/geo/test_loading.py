"""The gazetteer comes in whole or not at all, and only when it is new."""

import io
import re

import pytest
from django.core.management import call_command
from django.utils import timezone

from resources.geo import loading
from resources.geo.geocoding import find_place
from resources.geo.loading import SOURCE_SLUG, load_gazetteer
from resources.models.place import Place
from resources.models.provenance import ImportRun

pytestmark = [pytest.mark.usefixtures("gazetteer"), pytest.mark.slow("loads every place that ships")]


def test_every_code_and_town_that_ships_is_there() -> None:
    countries = ("US", "GB", "CA", "AU", "NZ", "IE")
    codes = {country: Place.objects.postal_codes().filter(country=country).count() for country in countries}
    assert codes == {"US": 41_699, "GB": 3_002, "CA": 1_650, "AU": 3_313, "NZ": 1_737, "IE": 139}
    assert Place.objects.towns().count() == 93_955


def test_every_key_is_one_that_a_prefix_can_find() -> None:
    keys = set(Place.objects.values_list("name_key", flat=True))
    assert not [key for key in keys if not re.fullmatch(r"[a-z0-9]+( [a-z0-9]+)*", key)]


def test_only_three_new_zealand_codes_and_the_bases_on_cyprus_have_no_region() -> None:
    """Three codes between two regions, and Akrotiri and Dhekelia, which are in no nation of the kingdom."""
    home = Place.objects.with_point().filter(country__in=("US", "GB", "CA", "AU", "NZ", "IE"), region="")
    assert sorted(home.values_list("country", "code", "name")) == [
        ("GB", "", "Akrotiri"),
        ("GB", "", "Dhekelia"),
        ("NZ", "4410", "Summerhill"),
        ("NZ", "7007", "Murchison"),
        ("NZ", "7300", "Waioruarangi"),
    ]


@pytest.mark.sqlite("which places a load brings is the same on both; a killed load is tried on each")
@pytest.mark.parametrize(
    ("text", "zone"),
    [
        ("75201", "America/Chicago"),
        ("79901", "America/Denver"),  # El Paso, in the west of Texas
        ("El Paso, TX", "America/Denver"),
        ("Perth, Australia", "Australia/Perth"),
        ("D02", "Europe/Dublin"),
        ("Orange County, CA", "America/Los_Angeles"),
        ("32.78,-96.80", "America/Chicago"),
    ],
)
def test_a_place_names_its_time_zone(text: str, zone: str) -> None:
    assert find_place(text, default_country="US").timezone == zone


def test_every_place_at_home_has_a_time_zone() -> None:
    home = Place.objects.filter(country__in=("US", "GB", "CA", "AU", "NZ", "IE"))
    assert not home.filter(timezone="").exists()


def test_what_is_loaded_already_is_not_loaded_again() -> None:
    before = Place.objects.order_by("pk")[0].pk
    loaded = load_gazetteer(now=timezone.now())
    assert (loaded.places, loaded.changed) == (153_708, False)
    assert Place.objects.order_by("pk")[0].pk == before


@pytest.mark.sqlite("which places a load brings is the same on both; a killed load is tried on each")
def test_a_place_that_went_missing_is_brought_back() -> None:
    Place.objects.towns().filter(name="Dallas").delete()
    assert load_gazetteer(now=timezone.now()).changed
    assert Place.objects.count() == 153_708
    assert not load_gazetteer(now=timezone.now()).changed
    [run, *_earlier] = ImportRun.objects.filter(source__slug=SOURCE_SLUG).order_by("-pk")
    assert run.counts == {"places": 153_708}


def test_a_load_of_changed_data_that_is_killed_half_way_leaves_the_places_as_they_were(
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    before = set(Place.objects.values_list("pk", flat=True))

    def kill(done: int, total: int) -> None:
        if done > total / 2:
            raise KeyboardInterrupt

    monkeypatch.setattr(loading, "_LOADER_VERSION", b"changed")
    with pytest.raises(KeyboardInterrupt):
        load_gazetteer(now=timezone.now(), progress=kill)
    assert set(Place.objects.values_list("pk", flat=True)) == before


def test_the_command_says_in_one_sentence_that_there_is_nothing_to_do() -> None:
    output = io.StringIO()
    call_command("load_places", stdout=output)
    assert output.getvalue().strip() == "153,708 places are already loaded."
