"""Places of made-up services: towns of the gazetteer, drawn in proportion to their population."""

from __future__ import annotations

from bisect import bisect_right
from collections import defaultdict
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from itertools import accumulate

from benchmarks.making.chance import Chance
from resources.geo.geocoding import county_area
from resources.geo.regions import country_name, region_name
from resources.models import Place
from resources.vocabulary import COUNTRIES, Extent

Region = tuple[str, str]  # a country and one of its regions, "" where none is known
Area = tuple[Extent, str, str]  # extent, key and name of a service area


class MakingRefused(ValueError):
    """Nothing was made; the text says why, in one sentence for whoever ran the command."""


@dataclass(frozen=True)
class Town:
    name: str
    country: str
    region: str
    latitude: float
    longitude: float


@dataclass(frozen=True)
class PostalCode:
    code: str
    county: str
    latitude: float
    longitude: float


@dataclass(frozen=True)
class Map:
    """Towns with the people who live in them and in all before them, and each region's postal codes."""

    towns: Sequence[Town]
    people: Sequence[int]
    codes: Mapping[Region, Sequence[PostalCode]]

    def draw_town(self, chance: Chance) -> Town:
        return self.towns[bisect_right(self.people, chance.randrange(self.people[-1]))]

    def draw_code(self, chance: Chance, town: Town) -> PostalCode | None:
        """A code of the town's region; None where the gazetteer has none."""
        codes = self.codes.get((town.country, town.region))
        return chance.choice(codes) if codes else None


def read_map() -> Map:
    """The countries of this directory, in an order that no database decides.

    Raises MakingRefused where the gazetteer holds no town of theirs.
    """
    rows = Place.objects.filter(country__in=COUNTRIES)
    towns = sorted(
        rows.towns().values_list("country", "region", "name", "latitude", "longitude", "population")
    )
    if not towns:
        raise MakingRefused(
            "The gazetteer is empty, and places are drawn from its towns. Run load_places first."
        )
    codes: dict[Region, list[PostalCode]] = defaultdict(list)
    columns = ("country", "region", "code", "county", "latitude", "longitude")
    for country, region, *code in sorted(rows.postal_codes().values_list(*columns)):
        codes[country, region].append(PostalCode(*code))
    return Map(
        towns=[Town(name, country, region, *point) for country, region, name, *point, _people in towns],
        people=list(accumulate(people + 1 for *_town, people in towns)),
        codes=codes,
    )


# ---- service areas

# Shares of the service areas of services without a place, and with one. None: no area is stated.
AREAS_WITHOUT_PLACE: Mapping[str | None, float] = {
    Extent.WORLD: 0.16,
    Extent.COUNTRY: 0.4,
    "countries": 0.1,
    Extent.REGION: 0.14,
    Extent.COUNTY: 0.09,
    Extent.POSTAL_CODE: 0.06,
    None: 0.05,
}
AREAS_WITH_PLACE: Mapping[str | None, float] = {
    None: 0.5,
    Extent.WORLD: 0.02,
    Extent.COUNTRY: 0.12,
    "countries": 0.02,
    Extent.REGION: 0.12,
    Extent.COUNTY: 0.13,
    Extent.POSTAL_CODE: 0.09,
}
SEVERAL = 0.15


def draw_areas(chance: Chance, world: Map, home: Town, shares: Mapping[str | None, float]) -> list[Area]:
    """The areas that a service at `home` serves, each once; none where that is not known."""
    reach = chance.one_of(shares)
    if reach is None:
        return []
    areas = _areas_of(chance, world, home, reach)
    if chance.happens(SEVERAL):
        areas += _areas_of(chance, world, world.draw_town(chance), chance.choice(tuple(Extent)))
    return list({key: (extent, key, name) for extent, key, name in areas}.values())


def _areas_of(chance: Chance, world: Map, home: Town, reach: str) -> list[Area]:
    """Return the areas of this extent around `home`, or of the next wider one that the gazetteer knows."""
    if reach == Extent.WORLD:
        return [(Extent.WORLD, "*", "Worldwide")]
    if reach == "countries":
        return [_country(code) for code in chance.few_of(tuple(COUNTRIES), 4)]
    code = world.draw_code(chance, home)
    if reach == Extent.POSTAL_CODE and code:
        drawn = [code, *(chance.choices(world.codes[home.country, home.region], k=chance.randint(0, 3)))]
        return [(Extent.POSTAL_CODE, f"{home.country}:{each.code}", each.code) for each in drawn]
    if reach == Extent.COUNTY and code and code.county and home.region:
        return [(Extent.COUNTY, county_area(home.country, home.region, code.county), code.county)]
    if reach != Extent.COUNTRY and home.region:
        name = region_name(home.country, home.region)
        return [(Extent.REGION, f"{home.country}-{home.region}", name)]
    return [_country(home.country)]


def _country(code: str) -> Area:
    return Extent.COUNTRY, code, country_name(code)
