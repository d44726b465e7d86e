"""The areas of the gazetteer: countries, regions, counties, and the named areas and nicknames of two tables.

No coordinate of an area is typed by anyone. Each follows from the towns and postal codes that belong to it.
"""

from __future__ import annotations

import csv
from collections import Counter, defaultdict
from collections.abc import Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass, field
from functools import partial
from math import cos, radians
from pathlib import Path
from typing import Any

from resources.geo.extents import Box, boxes_around, is_within, write_boxes
from resources.geo.names import county_key, fold
from resources.geo.point import Point, wrapped
from resources.geo.regions import (
    DATA,
    MILITARY,
    all_countries,
    all_regions,
    region_name,
    region_named,
)
from resources.geo.rows import PlaceRow
from resources.models.place import PlaceKind
from resources.vocabulary import COUNTRIES

AREAS, NICKNAMES = DATA / "areas.csv", DATA / "nicknames.csv"
# One in so many people of a country lives there, and so many at least: then it is well known at home.
PROMINENT_SHARE, PROMINENT_PEOPLE = 2500, 10_000
_BLANK = PlaceRow("", "", "", "", "", "", "", 0.0, 0.0, 0, 0.0, "", False, False, "", "")
_COUNTY_SUFFIX = {"LA": "Parish"}
_OWN_WORDS = (" Parish", " Municipality", " Borough", " Census Area", " City")
_TERRITORIES = ("AK", "PR", "VI", "GU", "MP", "AS")
# As people say them, where the source of postal codes says it otherwise.
_RENAMED = {
    "Belfast Greater": "Greater Belfast",
    "County of Bristol": "Bristol",
    "Durham": "County Durham",
    "Rhondda Cynon Taff": "Rhondda Cynon Taf",
    "West Dunbart": "West Dunbartonshire",
}


Cell = tuple[str, int, int]  # a country, and a square of one degree


class UnknownMember(ValueError):
    """Raised for a member of a table that the gazetteer does not have; names the row."""


@dataclass
class _Gazetteer:
    """The towns and postal codes, by what the tables name."""

    rows: Sequence[PlaceRow]
    towns: dict[tuple[str, str], list[PlaceRow]] = field(default_factory=lambda: defaultdict(list))
    codes: dict[tuple[str, str], PlaceRow] = field(default_factory=dict)
    counties: dict[tuple[str, str, str], list[PlaceRow]] = field(default_factory=lambda: defaultdict(list))
    regions: dict[tuple[str, str], list[PlaceRow]] = field(default_factory=lambda: defaultdict(list))
    nearby: dict[Cell, list[PlaceRow]] = field(default_factory=lambda: defaultdict(list))
    codes_nearby: dict[Cell, list[PlaceRow]] = field(default_factory=lambda: defaultdict(list))

    def __post_init__(self) -> None:
        for row in self.rows:
            if row.kind == PlaceKind.TOWN:
                self.towns[row.country, row.name_key].append(row)
                self.nearby[row.country, *_cell(row.point)].append(row)
            else:
                self.codes[row.country, row.code] = row
                self.codes_nearby[row.country, *_cell(row.point)].append(row)
            if row.county:
                self.counties[row.country, row.region, row.county].append(row)
            if row.region:
                self.regions[row.country, row.region].append(row)

    def town(self, country: str, region: str, key: str) -> PlaceRow | None:
        """Return the most populous town of that folded name, in the region if one is given."""
        named = [row for row in self.towns.get((country, key), ()) if region in ("", row.region)]
        return max(named, key=lambda row: row.population, default=None)

    def people(self, country: str, boxes: Sequence[Box], county: str = "") -> list[PlaceRow]:
        """Return the towns of the country, or of that county of it, within the boxes."""
        near = _rows_around(self.nearby, country, boxes)
        return [row for row in near if county in ("", row.county) and is_within(row.point, boxes)]

    def inside(self, country: str, boxes: Sequence[Box]) -> list[PlaceRow]:
        """Return the towns and postal codes of the country within the boxes."""
        codes = _rows_around(self.codes_nearby, country, boxes)
        return [*self.people(country, boxes), *(row for row in codes if is_within(row.point, boxes))]

    def nearest_code(self, town: PlaceRow) -> PlaceRow | None:
        """Return the postal code of the country whose point is the nearest, of those around."""
        here = Box(town.latitude, town.longitude, town.latitude, town.longitude)
        return _nearest(_rows_around(self.codes_nearby, town.country, [here.wider(_TENTH)]), town)


_TENTH = 0.1  # of a degree


def _rows_around(
    rows: Mapping[Cell, Sequence[PlaceRow]], country: str, boxes: Sequence[Box]
) -> Iterator[PlaceRow]:
    """Yield the rows of the country in the cells that the boxes touch."""
    for cell in dict.fromkeys(cell for box in boxes for cell in _cells_of(box)):
        yield from rows.get((country, *cell), ())


def _nearest(rows: Iterable[PlaceRow], to: PlaceRow) -> PlaceRow | None:
    """Return the nearest of these rows, by plane geometry: they are all close by."""
    latitude, longitude, across = to.latitude, to.longitude, cos(radians(to.latitude))
    return min(
        rows,
        key=lambda row: (row.latitude - latitude) ** 2 + ((row.longitude - longitude) * across) ** 2,
        default=None,
    )


def _cell(point: Point) -> tuple[int, int]:
    return int(point.latitude // 1), int(point.longitude // 1)


def _cells_of(box: Box) -> Iterator[tuple[int, int]]:
    width = int((box.east - box.west) % 360 // 1) + 1
    for latitude in range(int(box.south // 1), int(box.north // 1) + 1):
        for step in range(width + 1):
            yield latitude, int(wrapped(box.west + step) // 1)


def with_prominence(rows: Iterable[PlaceRow]) -> list[PlaceRow]:
    """Return the rows with `is_prominent` set for towns where many of their country's people live."""
    rows = list(rows)
    people: Counter[str] = Counter()
    for row in rows:
        if row.kind == PlaceKind.TOWN:
            people[row.country] += row.population
    return [
        row._replace(is_prominent=True)
        if row.kind == PlaceKind.TOWN
        and row.population >= max(PROMINENT_PEOPLE, people[row.country] / PROMINENT_SHARE)
        else row
        for row in rows
    ]


def with_area_rows(rows: Sequence[PlaceRow]) -> Iterator[PlaceRow]:
    """Yield the rows, and one for each name of each country, region, county, named area and nickname.

    `rows` are all towns and postal codes; each is given the `areas` of the tables that it lies in. Raises
    UnknownMember for a table that names another.
    """
    known = _Gazetteer(rows)
    counties = list(_counties(known))
    by_name = {
        (row.country, row.region, row.name_key): known.counties[row.country, row.region, row.county]
        for row in counties
        if not row.is_alias
    }
    named, inside = list[PlaceRow](), defaultdict[PlaceRow, list[str]](list)
    for area, names, members, is_exact in _named_areas(known, by_name):
        named += _named(area, names)
        for row in _within(known, area, members, is_exact=is_exact) if area.region else ():
            inside[row].append(named_area_key(area))
    yield from (row._replace(areas=";".join(keys)) if (keys := inside.get(row)) else row for row in rows)
    yield from _countries(known)
    yield from _regions(known)
    yield from counties
    yield from named
    yield from _nicknames(known, [row for row in counties if not row.is_alias])


def _named(row: PlaceRow, names: Iterable[str]) -> Iterator[PlaceRow]:
    """Yield the row once for each folded name; the first is its own."""
    for number, key in enumerate(dict.fromkeys(key for name in names if (key := fold(name)))):
        yield row._replace(name_key=key, is_alias=number > 0)


def _middle_of(towns: Sequence[PlaceRow], otherwise: Sequence[PlaceRow]) -> PlaceRow:
    """Return the place nearest to the middle of an area's people."""
    rows = towns or otherwise
    start = rows[0].longitude
    weights = [row.population + 1 for row in rows]
    total = sum(weights)
    latitude = sum(row.latitude * weight for row, weight in zip(rows, weights, strict=True)) / total
    offset = sum(wrapped(row.longitude - start) * w for row, w in zip(rows, weights, strict=True)) / total
    return rows[0]._replace(latitude=round(latitude, 4), longitude=round(wrapped(start + offset), 4))


# ---- countries and regions


def _countries(known: _Gazetteer) -> Iterator[PlaceRow]:
    towns: defaultdict[str, list[PlaceRow]] = defaultdict(list)
    for row in known.rows:
        if row.kind == PlaceKind.TOWN:
            towns[row.country].append(row)
    for country in all_countries():
        inside = towns.get(country.code)
        if inside:
            largest = max(inside, key=lambda row: row.population)
            row = _BLANK._replace(
                kind=PlaceKind.COUNTRY.value,
                country=country.code,
                name=country.name,
                latitude=largest.latitude,
                longitude=largest.longitude,
                timezone=largest.timezone,
                population=sum(row.population for row in inside),
                is_prominent=True,
            )
            codes = (country.code,) if country.code in COUNTRIES else ()
            yield from _named(row, (country.name, *country.alternatives, *codes))


def _regions(known: _Gazetteer) -> Iterator[PlaceRow]:
    """Yield the regions. Irish addresses seldom name the province, so that it has boxes as a county has."""
    for region in all_regions():
        inside = known.regions.get((region.country, region.code), [])
        if region.code in MILITARY or not inside:
            continue
        towns = [row for row in inside if row.kind == PlaceKind.TOWN]
        largest = max(towns or inside, key=lambda row: row.population)
        row = _BLANK._replace(
            kind=PlaceKind.REGION.value,
            country=region.country,
            region=region.code,
            name=region.name,
            latitude=largest.latitude,
            longitude=largest.longitude,
            timezone=largest.timezone,
            population=sum(row.population for row in towns),
            is_prominent=True,
            boxes=write_boxes(boxes_around(row.point for row in inside)) if region.country == "IE" else "",
        )
        yield from _named(row, (region.name, region.code, *region.alternatives))


# ---- counties of the postal codes


def _counties(known: _Gazetteer) -> Iterator[PlaceRow]:
    """Yield the counties, but for those that are one town, and the strays that a border code brings."""
    sizes = {key: len(rows) for key, rows in known.counties.items()}
    for (country, region, county), members in known.counties.items():
        largest = (
            max(size for (c, _r, name), size in sizes.items() if (c, name) == (country, county))
            if (country == "GB")
            else 0
        )
        name = _county_name(country, region, county)
        is_town = any(known.town(country, region, fold(text)) for text in (name, name.removesuffix(" City")))
        if not name or is_town or sizes[country, region, county] < largest:
            continue
        yield from _named(
            _area_row(
                known,
                members,
                kind=PlaceKind.COUNTY.value,
                country=country,
                region=region,
                county=county,
                name=name,
            ),
            (name, *_bare_names(country, name)),
        )


def _county_name(country: str, region: str, county: str) -> str:
    """Return the name of a county as people write it; "" for one that is not a county."""
    if "(" in county or (region in ("DC", "GU") and county == region_name(country, region)):
        return ""
    if country != "US":
        return _RENAMED.get(county, county)
    if county.endswith(_OWN_WORDS) or region in _TERRITORIES:
        return county
    return f"{county} {_COUNTY_SUFFIX.get(region, 'County')}"


def _bare_names(country: str, name: str) -> Iterator[str]:
    """Yield the name without "County", and one that ends in "City" with it."""
    if country == "US" and name.endswith(" City"):
        yield f"{name} County"
    bare = name.removeprefix("County ").removesuffix(" County").removesuffix(" Parish")
    if bare != name:
        yield bare


def _area_row(known: _Gazetteer, members: Sequence[PlaceRow], **columns: Any) -> PlaceRow:
    """Return the row of an area with these towns and postal codes."""
    boxes = boxes_around(row.point for row in members)
    country = columns["country"]
    people = known.people(country, boxes, columns.get("county", ""))
    middle = _middle_of(people, members)
    return _BLANK._replace(
        latitude=middle.latitude,
        longitude=middle.longitude,
        population=sum(row.population for row in people),
        is_prominent=True,
        boxes=write_boxes(boxes),
        areas=";".join(_service_areas(members)),
        **columns,
    )


def _service_areas(members: Iterable[PlaceRow]) -> list[str]:
    """Return the keys of the counties and regions that the members lie in, narrowest first."""
    counties, regions = dict[str, None](), dict[str, None]()
    for row in members:
        if row.region and row.county:
            counties[f"{row.country}-{row.region}/{county_key(row.county)}"] = None
        if row.region:
            regions[f"{row.country}-{row.region}"] = None
    return [*counties, *regions]


# ---- the tables


Counties = dict[tuple[str, str, str], list[PlaceRow]]


def _table(path: Path) -> Iterator[dict[str, str]]:
    with path.open(encoding="utf-8", newline="") as file:
        yield from csv.DictReader(file)


def _split(text: str) -> list[str]:
    return [part.strip() for part in text.split(";") if part.strip()]


def named_area_key(area: PlaceRow) -> str:
    """Return the key by which a service serves a named area of a region, such as "CA-ON/peel region"."""
    return f"{area.country}-{area.region}/{fold(area.name)}"


def _within(
    known: _Gazetteer, area: PlaceRow, members: Sequence[PlaceRow], *, is_exact: bool
) -> set[PlaceRow]:
    """Return the towns and postal codes of a named area.

    Of an area of whole counties (`is_exact`), these. Of one whose members are postal codes, these and the
    towns to which one of them is the nearest code. Of one with towns, what lies in its extent too, if the
    nearest of these and of other towns of some size is one of these.
    """
    found = set(members)
    if is_exact:
        return found
    if all(row.kind == PlaceKind.POSTAL_CODE for row in members):
        towns = known.people(area.country, area.extent)
        return found.union(town for town in towns if known.nearest_code(town) in found)
    around = known.people(area.country, [box.wider(_TENTH) for box in area.extent])
    centers = [row for row in around if row in found or row.population >= PROMINENT_PEOPLE]
    inside = (row for row in known.inside(area.country, area.extent) if row not in found)
    return found.union(row for row in inside if _nearest(centers, row) in found)


def _named_areas(
    known: _Gazetteer, counties: Counties
) -> Iterator[tuple[PlaceRow, Sequence[str], Sequence[PlaceRow], bool]]:
    """Yield each area of the table, its names, its members, and whether some of these are whole counties."""
    for line in _table(AREAS):
        country, region, name = line["country"], line["region"], line["name"]
        find = partial(_members, known, counties, country, region)
        listed = _split(line["members"])
        members = [row for member in listed for row in find(member)]
        if not members:
            raise UnknownMember(f"{name}, {country}: has no member")
        row = _area_row(known, members, kind=PlaceKind.AREA.value, country=country, region=region, name=name)
        if region:
            row = row._replace(areas=";".join([named_area_key(row), row.areas]))
        names = (name, *_irish_name(name), *_split(line["also"]))
        yield row, names, members, len(members) > len(listed)


def _irish_name(name: str) -> Iterator[str]:
    if name.startswith("County "):
        yield name.removeprefix("County ")


def _members(
    known: _Gazetteer, counties: Counties, country: str, region: str, member: str
) -> Iterable[PlaceRow]:
    """Return the rows of one member: a postal code, a county, a region or a town, in this order.

    "Bergen County, NJ" is of another region than the line's. Raises UnknownMember.
    """
    name, comma, other = member.partition(",")
    region, key = (other.strip() if comma else region), fold(name)
    if code := known.codes.get((country, name.strip())):
        return [code]
    if found := counties.get((country, region, key)):
        return found
    if not region and (of_country := region_named(name, country)):
        return known.regions[country, of_country.code]
    if town := known.town(country, region, key):
        return [town]
    raise UnknownMember(f"{member!r} is no code, county, region or town of {country} {region}")


def _nicknames(known: _Gazetteer, counties: Iterable[PlaceRow]) -> Iterator[PlaceRow]:
    """Yield the other names of towns and counties. A nickname is a prominent name.

    `said` is what a place is called where its own name is not what people say: Mullingar.
    """
    by_name = {(row.country, row.region, row.name_key): row for row in counties}
    for line in _table(NICKNAMES):
        key = line["country"], line["region"], fold(line["name"])
        place = known.town(*key) or by_name.get(key)
        if place is None:
            raise UnknownMember(
                f"{line['name']!r} is no town or county of {line['country']} {line['region']}"
            )
        said = place._replace(name=line["said"] or place.name)
        for name in _split(line["also"]):
            yield said._replace(name_key=fold(name), is_alias=True, is_prominent=True)
