"""The gazetteer: names and postal codes of places."""

from __future__ import annotations

from collections.abc import Iterable
from typing import Self

from django.db import models
from django.db.models import Q
from django.utils.translation import gettext_lazy as _


class PlaceKind(models.TextChoices):
    POSTAL_CODE = "postal_code", _("postal code")
    TOWN = "town", _("town")
    COUNTY = "county", _("county")
    AREA = "area", _("island, metro area or other area")
    REGION = "region", _("state, province or nation")
    COUNTRY = "country", _("country")


class PlaceQuerySet(models.QuerySet["Place"]):
    """Every method uses an index. Keys are made by `resources.geo.names.fold`."""

    def postal_codes(self) -> Self:
        return self.filter(kind=PlaceKind.POSTAL_CODE)

    def towns(self) -> Self:
        """Towns by their own name, each once."""
        return self.filter(kind=PlaceKind.TOWN, is_alias=False)

    def with_point(self) -> Self:
        """Towns and postal codes, each once: what one can be near to."""
        return self.filter(kind__in=(PlaceKind.POSTAL_CODE, PlaceKind.TOWN), is_alias=False)

    def with_code(self, codes: Iterable[tuple[str, str]]) -> Self:
        """Postal codes, each given as (country, code)."""
        condition = Q(pk__in=())
        for country, code in codes:
            condition |= Q(country=country, code=code)
        return self.postal_codes().filter(condition)

    def named(self, keys: Iterable[str]) -> Self:
        """Places whose folded name is one of `keys`: towns first, then by population."""
        return self.filter(name_key__in=list(keys)).order_by("-kind", "-population", "id")

    def name_starting(self, key: str) -> Self:
        return self.filter(begins_q("name_key", key))

    def code_starting(self, code: str) -> Self:
        return self.postal_codes().filter(begins_q("code", code))

    def in_box(self, south: float, north: float, west: float, east: float) -> Self:
        return self.filter(in_box_q(south, north, west, east))


def in_box_q(south: float, north: float, west: float, east: float) -> Q:
    """Build a filter between two latitudes, and eastward from `west` to `east`, also across 180 degrees."""
    across = Q(longitude__gte=west) | Q(longitude__lte=east)
    between = Q(longitude__gte=west, longitude__lte=east)
    return (across if west > east else between) & Q(latitude__gte=south, latitude__lte=north)


def begins_q(field: str, prefix: str) -> Q:
    """Build a prefix filter as a range, which uses an index on both databases; SQLite's LIKE scans the table.

    Correct for values of ASCII letters, digits and spaces, as in keys and codes.
    """
    tail = "Z" * 8 if prefix.isupper() or prefix.isdigit() else "z" * 8
    return Q(**{f"{field}__gte": prefix, f"{field}__lte": prefix + tail})


class Place(models.Model):
    """One name of a place, with a WGS 84 point. Loaded as a whole by `load_places`.

    A place is a town, the center of a postal code's area, or an area with an extent: a county, an island, a
    region, a country. A place with several names has a row for each; in all but one `is_alias` is set.

    Source: GeoNames (CC BY 4.0); see `resources/data/places/README.md`.
    """

    kind = models.CharField(_("kind"), max_length=11, choices=PlaceKind.choices)
    country = models.CharField(_("country"), max_length=2, help_text=_("Two letters, such as US."))
    code = models.CharField(
        _("postal code"),
        max_length=5,
        blank=True,
        help_text=_("As it is looked up: 75201, M1, T2P, 3000, D02."),
    )
    name = models.CharField(_("name"), max_length=200)
    name_key = models.CharField(_("name, folded"), max_length=200)
    region = models.CharField(
        _("region"), max_length=3, blank=True, help_text=_("For example: TX, ON, NSW or ENG.")
    )
    county = models.CharField(
        _("county"), max_length=100, blank=True, help_text=_("United States and Britain only.")
    )
    latitude = models.FloatField(_("latitude"))
    longitude = models.FloatField(_("longitude"))
    population = models.PositiveIntegerField(
        _("population"),
        default=0,
        help_text=_(
            "Of the town; for a postal code, of the largest town within 20 km, to settle codes two share."
        ),
    )
    spread_km = models.FloatField(
        _("spread"), default=0, help_text=_("Kilometers between the places one postal code covers.")
    )
    timezone = models.CharField(_("time zone"), max_length=40, blank=True)
    is_alias = models.BooleanField(
        _("another name"), default=False, help_text=_("The row of a nickname or second name of a place.")
    )
    is_prominent = models.BooleanField(
        _("prominent"),
        default=False,
        help_text=_(
            "People at home mean this place by its name, even if a far larger one abroad has it too."
        ),
    )
    boxes = models.TextField(
        _("extent"), blank=True, help_text=_("Of a county or other area: see resources.geo.extents.")
    )
    areas = models.TextField(
        _("service areas"), blank=True, help_text=_("Keys of the counties and regions it lies in.")
    )

    objects = PlaceQuerySet.as_manager()

    class Meta:
        ordering = ("country", "name", "id")
        verbose_name = _("place")
        verbose_name_plural = _("gazetteer")
        constraints = (
            models.CheckConstraint(name="place_kind_known", condition=Q(kind__in=PlaceKind.values)),
            models.CheckConstraint(
                name="place_code_fits_kind",
                condition=(~Q(kind=PlaceKind.POSTAL_CODE) & Q(code=""))
                | (Q(kind=PlaceKind.POSTAL_CODE) & ~Q(code="")),
            ),
            models.CheckConstraint(
                name="place_point_on_earth",
                condition=Q(latitude__gte=-90, latitude__lte=90, longitude__gte=-180, longitude__lte=180),
            ),
            models.UniqueConstraint(
                name="place_postal_code_once",
                fields=("country", "code"),
                condition=Q(kind=PlaceKind.POSTAL_CODE),
            ),
        )
        indexes = (
            # Not a partial index: SQLite would not see that a bound parameter meets its condition.
            models.Index(name="place_code", fields=("code", "country")),
            models.Index(name="place_name", fields=("name_key", "-population")),
            models.Index(name="place_point", fields=("latitude", "longitude")),
        )

    def __str__(self) -> str:
        return " ".join(part for part in (self.name, self.region, self.code, self.country) if part)
