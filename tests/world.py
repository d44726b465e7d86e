"""A handful of real places (GeoNames, CC BY 4.0), for tests that do not need the whole gazetteer."""

from resources.geo.names import fold
from resources.models import Place
from resources.models.place import PlaceKind

TOWNS = (
    ("Dallas", "US", "TX", "Dallas", 32.78306, -96.80667, 1_326_087, "America/Chicago"),
    ("Houston", "US", "TX", "Harris", 29.76328, -95.36327, 2_304_580, "America/Chicago"),
    ("El Paso", "US", "TX", "El Paso", 31.7587, -106.4869, 678_815, "America/Denver"),
    ("Portland", "US", "OR", "Multnomah", 45.5234, -122.6762, 652_503, "America/Los_Angeles"),
    ("Portland", "US", "ME", "Cumberland", 43.6574, -70.2589, 66_881, "America/New_York"),
    ("Manchester", "GB", "ENG", "Greater Manchester", 53.48095, -2.23743, 568_996, "Europe/London"),
    ("Cardiff", "GB", "WLS", "Vale of Glamorgan", 51.4800, -3.1800, 372_089, "Europe/London"),
    ("Toronto", "CA", "ON", "", 43.70643, -79.39864, 2_794_356, "America/Toronto"),
    ("Montréal", "CA", "QC", "", 45.5088, -73.5878, 1_762_949, "America/Toronto"),
    ("Dublin", "IE", "L", "", 53.33306, -6.24889, 1_024_027, "Europe/Dublin"),
    ("Melbourne", "AU", "VIC", "", -37.8140, 144.9633, 5_435_590, "Australia/Melbourne"),
    ("Auckland", "NZ", "AUK", "", -36.8485, 174.7635, 1_547_200, "Pacific/Auckland"),
)
# The last number is the population of the largest town near, which settles a code that two countries share.
POSTAL_CODES = (
    ("75201", "Dallas", "US", "TX", "Dallas", 32.7904, -96.8044, 1_326_087),
    ("M1", "Manchester", "GB", "ENG", "Greater Manchester", 53.4763, -2.2344, 568_996),
    ("D02", "Dublin 2", "IE", "L", "", 53.3389, -6.2526, 1_024_027),
    ("2010", "Surry Hills", "AU", "NSW", "", -33.8811, 151.2154, 5_638_830),
    ("2010", "Pakuranga Heights", "NZ", "AUK", "", -36.9082, 174.8802, 1_547_200),
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
                county=county,
                latitude=latitude,
                longitude=longitude,
                population=population,
                timezone=timezone,
            )
            for name, country, region, county, latitude, longitude, population, timezone in TOWNS
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
                population=population,
            )
            for code, name, country, region, county, latitude, longitude, population in POSTAL_CODES
        ]
    )
