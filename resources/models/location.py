"""Locations, places of services, and service areas."""

from __future__ import annotations

import re
import uuid

from django.core.exceptions import ValidationError
from django.db import models
from django.db.models import Q
from django.utils import timezone
from django.utils.translation import gettext_lazy as _

from resources.models.codes import choice_check
from resources.models.organization import Organization
from resources.models.service import Service
from resources.models.web import WebField
from resources.vocabulary import AccessFeature, Extent, LocationType, Precision


class Location(models.Model):
    """HSDS `location` with its one address. A forum is virtual; a confidential place has no address.

    `region` is the canonical abbreviation ("TX", "ON", "ENG"); coordinates are WGS 84 degrees.
    """

    id = models.UUIDField(primary_key=True, default=uuid.uuid4, editable=False)
    organization = models.ForeignKey(
        Organization,
        verbose_name=_("organization"),
        null=True,
        blank=True,
        on_delete=models.CASCADE,
        related_name="locations",
    )
    location_type = models.CharField(
        _("type"), max_length=20, choices=LocationType.choices, default=LocationType.PHYSICAL
    )
    name = models.CharField(_("name"), max_length=255, blank=True)
    description = models.TextField(_("description"), blank=True)
    transportation = models.TextField(_("how to get there"), blank=True)
    url = WebField(_("web address"), max_length=500, blank=True)
    address_1 = models.CharField(_("street"), max_length=255, blank=True)
    address_2 = models.CharField(_("street, second line"), max_length=255, blank=True)
    city = models.CharField(_("town"), max_length=120, blank=True)
    region = models.CharField(_("state or region"), max_length=10, blank=True)
    postal_code = models.CharField(_("postal code"), max_length=20, blank=True)
    country = models.CharField(
        _("country"), max_length=2, blank=True, help_text=_("Two letters, such as US.")
    )
    latitude = models.FloatField(_("latitude"), null=True, blank=True)
    longitude = models.FloatField(_("longitude"), null=True, blank=True)
    precision = models.CharField(
        _("precision of the point"), max_length=10, choices=Precision.choices, blank=True
    )
    last_modified = models.DateTimeField(_("last modified"), default=timezone.now, editable=False)

    class Meta:
        ordering = ("country", "region", "city", "name", "id")
        verbose_name = _("place")
        verbose_name_plural = _("places")
        constraints = (
            choice_check("location_type", LocationType, name="location_type_known"),
            choice_check("precision", Precision, name="location_precision_known", blank=True),
            models.CheckConstraint(
                name="location_point_whole",
                condition=Q(latitude__isnull=True, longitude__isnull=True, precision="")
                | (
                    Q(latitude__gte=-90, latitude__lte=90, longitude__gte=-180, longitude__lte=180)
                    & ~Q(precision="")
                ),
            ),
            models.CheckConstraint(
                name="location_virtual_has_url", condition=~Q(location_type=LocationType.VIRTUAL) | ~Q(url="")
            ),
        )

    def __str__(self) -> str:
        parts = (self.name, self.address_1, self.city, self.region, self.postal_code)
        return ", ".join(part for part in parts if part) or self.url or str(self.id)

    def clean(self) -> None:
        if (self.latitude is None) != (self.longitude is None):
            raise ValidationError({"longitude": _("Enter both latitude and longitude, or neither.")})
        if (self.latitude is None) != (self.precision == ""):
            raise ValidationError(
                {"precision": _("Choose how exact the point is, only if there is a point.")}
            )
        if self.location_type == LocationType.VIRTUAL and not self.url:
            raise ValidationError({"url": _("A virtual location needs a web address.")})


class Accessibility(models.Model):
    """HSDS `accessibility`: one arrangement for people with a disability.

    `feature` makes it searchable; "" if none of the known features fits.
    """

    id = models.UUIDField(primary_key=True, default=uuid.uuid4, editable=False)
    location = models.ForeignKey(
        Location, verbose_name=_("place"), on_delete=models.CASCADE, related_name="accessibility"
    )
    feature = models.CharField(
        _("searchable feature"), max_length=20, choices=AccessFeature.choices, blank=True
    )
    description = models.CharField(_("description"), max_length=255)
    details = models.TextField(_("details"), blank=True)
    url = WebField(_("web page"), max_length=500, blank=True)

    class Meta:
        ordering = ("description",)
        verbose_name = _("accessibility feature")
        verbose_name_plural = _("accessibility features")
        constraints = (choice_check("feature", AccessFeature, name="access_feature_known", blank=True),)

    def __str__(self) -> str:
        return self.description


class ServiceAtLocation(models.Model):
    """HSDS `service_at_location`: a service at a location. Its id is the id of a result."""

    id = models.UUIDField(primary_key=True, default=uuid.uuid4, editable=False)
    service = models.ForeignKey(
        Service, verbose_name=_("service"), on_delete=models.CASCADE, related_name="service_at_locations"
    )
    location = models.ForeignKey(
        Location, verbose_name=_("place"), on_delete=models.CASCADE, related_name="service_at_locations"
    )
    description = models.TextField(_("what differs here"), blank=True)

    class Meta:
        ordering = ("id",)
        verbose_name = _("place of the service")
        verbose_name_plural = _("places of the service")
        constraints = (
            models.UniqueConstraint(fields=("service", "location"), name="service_once_at_location"),
        )

    def __str__(self) -> str:
        return f"{self.service} / {self.location}"


def _contains_any(*characters: str) -> Q:
    condition = Q()
    for character in characters:
        condition |= Q(area__contains=character)
    return condition


AREA_SHAPES = {
    Extent.WORLD: r"\*",
    Extent.COUNTRY: r"[A-Z]{2}",
    Extent.REGION: r"[A-Z]{2}-[A-Z0-9]{1,3}",
    Extent.COUNTY: r"[A-Z]{2}-[A-Z0-9]{1,3}/.+",
    Extent.POSTAL_CODE: r"[A-Z]{2}:[A-Z0-9]+",
}


class ServiceArea(models.Model):
    """HSDS `service_area`: where people who use the service may live. No row means unknown, never national.

    `area` is the key that a place is matched by: "*" (the world), "US", "US-TX", "US-TX/dallas" (a county) or
    "US:75201" (a postal code); `extent` says which of these it is.
    """

    id = models.UUIDField(primary_key=True, default=uuid.uuid4, editable=False)
    service = models.ForeignKey(
        Service, verbose_name=_("service"), on_delete=models.CASCADE, related_name="service_areas"
    )
    name = models.CharField(
        _("name"), max_length=255, help_text=_("In words, such as Western Massachusetts.")
    )
    extent = models.CharField(_("extent"), max_length=20, choices=Extent.choices)
    area = models.CharField(
        _("area"),
        max_length=120,
        help_text=_("*, US, US-TX, US-TX/dallas (county) or US:75201 (postal code)."),
    )

    class Meta:
        ordering = ("area",)
        verbose_name = _("service area")
        verbose_name_plural = _("service areas")
        constraints = (
            models.UniqueConstraint(fields=("service", "area"), name="service_area_once"),
            choice_check("extent", Extent, name="service_area_extent"),
            models.CheckConstraint(
                name="service_area_matches_extent",
                condition=Q(extent=Extent.WORLD, area="*")
                | (Q(extent=Extent.COUNTRY) & ~Q(area="*") & ~_contains_any("-", "/", ":"))
                | (Q(extent=Extent.REGION, area__contains="-") & ~_contains_any("/", ":"))
                | Q(extent=Extent.COUNTY, area__contains="/")
                | Q(extent=Extent.POSTAL_CODE, area__contains=":"),
            ),
        )

    def __str__(self) -> str:
        return self.name

    def clean(self) -> None:
        shape = AREA_SHAPES.get(Extent(self.extent)) if self.extent in Extent.values else None
        if shape and not re.fullmatch(shape, self.area):
            raise ValidationError(
                {"area": _("Use the format shown in the examples for the extent you chose.")}
            )
