"""A handful of real places (GeoNames, CC BY 4.0), for tests that do not need the whole gazetteer."""

from resources.geo.names import fold
from resources.models import Place
from resources.models.place import PlaceKind

TOWNS = (
    ("Dallas", "US", "TX", 32.78306, -96.80667, 1_326_087, "America/Chicago"),
    ("Houston", "US", "TX", 29.76328, -95.36327, 2_304_580, "America/Chicago"),
    ("Manchester", "GB", "ENG", 53.48095, -2.23743, 568_996, "Europe/London"),
    ("Toronto", "CA", "ON", 43.70643, -79.39864, 2_794_356, "America/Toronto"),
    ("Dublin", "IE", "L", 53.33306, -6.24889, 1_024_027, "Europe/Dublin"),
)
POSTAL_CODES = (
    ("75201", "Dallas", "US", "TX", "Dallas", 32.7904, -96.8044),
    ("M1", "Manchester", "GB", "ENG", "Manchester", 53.4763, -2.2344),
    ("D02", "Dublin 2", "IE", "L", "", 53.3389, -6.2526),
)


def build_places() -> None:
    Place.objects.bulk_create(
        [
            Place(
                kind=PlaceKind.TOWN,
                name=name,
                name_key=fold(name),
                country=country,
                region=region,
                latitude=latitude,
                longitude=longitude,
                population=population,
                timezone=timezone,
            )
            for name, country, region, latitude, longitude, population, timezone in TOWNS
        ]
        + [
            Place(
                kind=PlaceKind.POSTAL_CODE,
                code=code,
                name=name,
                name_key=fold(name),
                country=country,
                region=region,
                county=county,
                latitude=latitude,
                longitude=longitude,
            )
            for code, name, country, region, county, latitude, longitude in POSTAL_CODES
        ]
    )
