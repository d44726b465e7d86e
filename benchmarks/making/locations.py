"""The places of one made-up service: halls and surgeries in towns, and boards on the web."""

from __future__ import annotations

from typing import Any, NamedTuple
from uuid import UUID

from benchmarks.making.chance import Chance
from benchmarks.making.places import Map, Town
from benchmarks.making.rows import Rows
from resources.models import Accessibility, Location, Service, ServiceAtLocation
from resources.vocabulary import AccessFeature, Kind, LocationType, Precision

NUMBER = {1: 84, 2: 12, 3: 4}
TYPES = {LocationType.PHYSICAL: 96, LocationType.POSTAL: 4}
PRECISIONS = {Precision.EXACT: 72, Precision.TOWN: 17, Precision.AREA: 7, "": 4}
# Degrees around the middle of the town; where the town alone is known, that middle itself.
SPREAD = {Precision.EXACT: 0.04, Precision.TOWN: 0.0, Precision.AREA: 0.1}
IN_ONE_TOWN = 0.4  # of the further places
ON_THE_WEB = 0.01  # of what is no forum
WITHOUT_A_CODE = 0.1  # of arrangements: said in words alone


class DrawnPlace(NamedTuple):
    """The service at one of its places: its id, and the town that the place is in or is run from."""

    id: UUID
    town: Town


def draw_places(chance: Chance, world: Map, rows: Rows, service: Service, home: Town) -> list[DrawnPlace]:
    """Adds its places to `rows`, and returns them: one, seldom two or three, in one town or far apart."""
    places = []
    for place in range(chance.one_of(NUMBER)):
        town = home if place == 0 or chance.happens(IN_ONE_TOWN) else world.draw_town(chance)
        on_the_web = service.kind == Kind.FORUM or chance.happens(ON_THE_WEB)
        location = _draw_board(chance) if on_the_web else _draw_location(chance, world, town)
        location.organization_id = service.organization_id
        location.last_modified = service.last_modified
        rows.add(location)
        places.append(DrawnPlace(chance.new_id(), town))
        rows.add(ServiceAtLocation(id=places[-1].id, service_id=service.id, location_id=location.id))
        for feature in chance.each_of(AccessFeature, 0.12):
            rows.add(_accessibility(chance, location.id, feature))
    return places


def _draw_board(chance: Chance) -> Location:
    return Location(
        id=chance.new_id(),
        location_type=LocationType.VIRTUAL,
        url=f"https://{chance.getrandbits(40):x}.example/board",
    )


def _draw_location(chance: Chance, world: Map, town: Town) -> Location:
    code = world.draw_code(chance, town)
    return Location(
        id=chance.new_id(),
        location_type=chance.one_of(TYPES),
        name=f"{town.name} hall" if chance.happens(0.3) else "",
        address_1=f"{chance.randint(1, 400)} Example Street" if chance.happens(0.9) else "",
        city=town.name[:120],
        region=town.region,
        postal_code=code.code if code else "",
        country=town.country,
        **_draw_point(chance, town),
    )


def _draw_point(chance: Chance, town: Town) -> dict[str, Any]:
    """A point with its precision, or in a few cases neither."""
    precision = chance.one_of(PRECISIONS)
    if not precision:
        return {}
    spread = SPREAD[Precision(precision)]
    return {
        "latitude": round(town.latitude + chance.gauss(0, spread), 6),
        "longitude": round(town.longitude + chance.gauss(0, spread), 6),
        "precision": precision,
    }


def _accessibility(chance: Chance, location_id: UUID, feature: AccessFeature) -> Accessibility:
    return Accessibility(
        id=chance.new_id(),
        location_id=location_id,
        feature="" if chance.happens(WITHOUT_A_CODE) else feature,
        description=str(feature.label),
    )
