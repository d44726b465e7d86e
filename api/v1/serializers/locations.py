"""Locations of published services."""

from __future__ import annotations

from django.db.models import Prefetch, QuerySet

from api.serializing import NullableModelSerializer
from api.v1.pagination import PageSerializer
from api.v1.serializers.shared import (
    LocationSerializer,
    LocationWithAccessSerializer,
    ServiceBriefSerializer,
)
from resources.models import Location, Service, ServiceAtLocation


def published_places() -> QuerySet[ServiceAtLocation]:
    """Return where published services are offered."""
    return ServiceAtLocation.objects.filter(service__in=Service.objects.published())


def published_locations() -> QuerySet[Location]:
    """Return locations by id: no index serves an order by town, and programs read all of them."""
    return Location.objects.filter(pk__in=published_places().values("location_id")).order_by("pk")


def whole_locations() -> QuerySet[Location]:
    """Return locations with accessibility, phones and published services. Four queries."""
    places = published_places().select_related("service").order_by("service__name", "pk")
    return published_locations().prefetch_related(
        "accessibility", "phones", Prefetch("service_at_locations", queryset=places)
    )


class LocationPageSerializer(PageSerializer):
    results = LocationSerializer(many=True)


class ServiceThereSerializer(NullableModelSerializer):
    service = ServiceBriefSerializer(read_only=True)

    class Meta:
        model = ServiceAtLocation
        fields = ("id", "service")


class WholeLocationSerializer(LocationWithAccessSerializer):
    """A location from `whole_locations`; no further query."""

    service_at_locations = ServiceThereSerializer(many=True, read_only=True)

    class Meta(LocationWithAccessSerializer.Meta):
        fields = (*LocationWithAccessSerializer.Meta.fields, "service_at_locations")
