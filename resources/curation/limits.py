"""The regions that an editor may be limited to: keys as of a service area, "US", "US-TX", "GB-ENG"."""

from __future__ import annotations

from collections.abc import Iterable

from django.core.exceptions import ValidationError
from django.utils.translation import gettext as _

from resources.geo.regions import country_named, region_name, region_named, regions_named
from resources.models import Location, ServiceArea
from resources.vocabulary import COUNTRIES


def is_region(key: str) -> bool:
    country, dash, part = key.partition("-")
    return country in COUNTRIES and (not dash or (bool(part) and region_name(country, part) != part))


def read_regions(text: str) -> list[str]:
    """The keys of what somebody typed, with commas between. Raises ValidationError for what is no region."""
    return list(
        dict.fromkeys(read_region(part) for part in text.replace("\n", ",").split(",") if part.strip())
    )


def read_region(text: str) -> str:
    """Of a key in letters of any size, or of a name where only one region has it."""
    text = text.strip()
    if is_region(text.upper()):
        return text.upper()
    if region := region_named(text):
        return f"{region.country}-{region.code}"
    country = country_named(text)
    if country and country.code in COUNTRIES and not regions_named(text):
        return country.code
    raise ValidationError(
        _("“%(text)s” is no region that we know. Write a key, such as US, US-TX or GB-ENG.") % {"text": text}
    )


def check_regions(keys: Iterable[str]) -> list[str]:
    """The same keys, each once. Raises ValidationError for one that is none."""
    keys = list(dict.fromkeys(keys))
    for key in keys:
        if not (isinstance(key, str) and is_region(key)):
            raise ValidationError(_("“%(key)s” is no region.") % {"key": key})
    return keys


def region_label(key: str) -> str:
    """ "Texas, United States"; "All of United States"."""
    country, _dash, part = key.partition("-")
    there = str(COUNTRIES.get(country, country))
    if part:
        return f"{region_name(country, part)}, {there}"
    return _("All of %(country)s") % {"country": there}


def regions_in_catalogue() -> list[str]:
    """Where we list something, by country; two queries."""
    places = Location.objects.exclude(country="").order_by().values_list("country", "region").distinct()
    areas = (
        ServiceArea.objects.exclude(area__in=("", "*")).order_by().values_list("area", flat=True).distinct()
    )
    found = {f"{country}-{region}" if region else country for country, region in places}
    found |= {area.partition("/")[0].partition(":")[0] for area in areas}
    found |= {key.partition("-")[0] for key in found}
    return sorted(filter(is_region, found), key=_by_country)


def _by_country(key: str) -> tuple[int, bool, str]:
    country, _dash, part = key.partition("-")
    return list(COUNTRIES).index(country), bool(part), region_name(country, part)
