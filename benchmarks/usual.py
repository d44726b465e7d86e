"""The usual way, to compare with: the same records by REST framework and django-filter, as in their guides.

A read-only viewset of services with nested serializers, prefetched; pages by number; a box of latitude and
longitude around the postal code, and words looked for in names and descriptions. Nothing is slower than it
has to be. It does less than the product: no ranking, counts, corrected spelling, serving areas or distances.
"""

from __future__ import annotations

from typing import Any

import django_filters
from django.db.models import F, Q, QuerySet
from django.urls import include, path
from django_filters.rest_framework import DjangoFilterBackend
from rest_framework import filters, serializers
from rest_framework.pagination import PageNumberPagination
from rest_framework.renderers import JSONRenderer
from rest_framework.routers import SimpleRouter
from rest_framework.viewsets import ReadOnlyModelViewSet

from directory.urls import handler400, handler403, handler404, handler429, handler500
from directory.urls import urlpatterns as own_urlpatterns
from resources.geo.point import Point, box_around
from resources.models import (
    Accessibility,
    CostOption,
    Language,
    Location,
    Organization,
    Phone,
    Schedule,
    Service,
    ServiceArea,
    ServiceAtLocation,
    ServiceAudience,
    TaxonomyTerm,
)
from resources.models.codes import CodesField
from resources.models.place import Place
from resources.vocabulary import Kind

__all__ = ["handler400", "handler403", "handler404", "handler429", "handler500", "urlpatterns"]

KM = 40.2  # 25 miles


class PhoneSerializer(serializers.ModelSerializer):
    class Meta:
        model = Phone
        fields = ("id", "number", "extension", "type", "country", "description")


class OrganizationSerializer(serializers.ModelSerializer):
    phones = PhoneSerializer(many=True)

    class Meta:
        model = Organization
        fields = ("id", "name", "alternate_name", "email", "website", "phones")


class LanguageSerializer(serializers.ModelSerializer):
    class Meta:
        model = Language
        fields = ("code", "note")


class ServiceAreaSerializer(serializers.ModelSerializer):
    class Meta:
        model = ServiceArea
        fields = ("extent", "area", "name")


class AudienceSerializer(serializers.ModelSerializer):
    class Meta:
        model = ServiceAudience
        fields = ("audience", "rule")


class TopicSerializer(serializers.ModelSerializer):
    class Meta:
        model = TaxonomyTerm
        fields = ("code", "name")


class CostOptionSerializer(serializers.ModelSerializer):
    class Meta:
        model = CostOption
        exclude = ("service",)


class ScheduleSerializer(serializers.ModelSerializer):
    class Meta:
        model = Schedule
        exclude = ("service", "service_at_location")


class AccessibilitySerializer(serializers.ModelSerializer):
    class Meta:
        model = Accessibility
        exclude = ("location",)


class LocationSerializer(serializers.ModelSerializer):
    phones = PhoneSerializer(many=True)
    accessibility = AccessibilitySerializer(many=True)

    class Meta:
        model = Location
        exclude = ("organization",)


class ServiceAtLocationSerializer(serializers.ModelSerializer):
    location = LocationSerializer()
    phones = PhoneSerializer(many=True)

    class Meta:
        model = ServiceAtLocation
        fields = ("id", "location", "phones")


class CodesListField(serializers.ListField):
    def __init__(self, **options: Any) -> None:
        super().__init__(child=serializers.CharField(), read_only=True)


class ServiceSerializer(serializers.ModelSerializer):
    serializer_field_mapping = {
        **serializers.ModelSerializer.serializer_field_mapping,
        CodesField: CodesListField,
    }
    organization = OrganizationSerializer()
    phones = PhoneSerializer(many=True)
    languages = LanguageSerializer(many=True)
    service_areas = ServiceAreaSerializer(many=True)
    audiences = AudienceSerializer(many=True)
    topics = TopicSerializer(many=True)
    cost_options = CostOptionSerializer(many=True)
    schedules = ScheduleSerializer(many=True)
    service_at_locations = ServiceAtLocationSerializer(many=True)

    class Meta:
        model = Service
        exclude = ("attribution", "held", "status_reason", "unanswered_count", "last_unanswered_date")


class ServiceFilter(django_filters.FilterSet):
    kind = django_filters.MultipleChoiceFilter(choices=Kind.choices)
    near = django_filters.CharFilter(method="filter_near")
    q = django_filters.CharFilter(method="filter_words")

    class Meta:
        model = Service
        fields = ("fit",)

    def filter_near(self, services: QuerySet, name: str, value: str) -> QuerySet:
        """What is in the box around a postal code, by distance from its middle as `away`."""
        place = Place.objects.filter(kind="postal_code", code=value).first()
        if place is None:
            return services.none()
        south, north, west, east = box_around(Point(place.latitude, place.longitude), KM)
        at = "service_at_locations__location__"
        box = {f"{at}latitude__range": (south, north), f"{at}longitude__range": (west, east)}
        north_by, east_by = F(f"{at}latitude") - place.latitude, F(f"{at}longitude") - place.longitude
        in_box: QuerySet = (
            services.filter(**box).annotate(away=north_by * north_by + east_by * east_by).distinct()
        )
        return in_box

    def filter_words(self, services: QuerySet, name: str, value: str) -> QuerySet:
        for word in value.split():
            services = services.filter(
                Q(name__icontains=word)
                | Q(description__icontains=word)
                | Q(organization__name__icontains=word)
            )
        return services


class Pagination(PageNumberPagination):
    page_size = 20
    page_size_query_param = "page_size"


class ServiceViewSet(ReadOnlyModelViewSet):
    queryset = (
        Service.objects.published()
        .select_related("organization")
        .prefetch_related(
            "organization__phones",
            "phones",
            "languages",
            "service_areas",
            "audiences",
            "topics",
            "cost_options",
            "schedules",
            "service_at_locations__phones",
            "service_at_locations__location__phones",
            "service_at_locations__location__accessibility",
        )
        .order_by("name", "id")
    )
    serializer_class = ServiceSerializer
    pagination_class = Pagination
    filter_backends = (DjangoFilterBackend, filters.OrderingFilter)
    filterset_class = ServiceFilter
    ordering_fields = ("name", "away")
    renderer_classes = (JSONRenderer,)


router = SimpleRouter()
router.register("usual/services", ServiceViewSet)
urlpatterns = [path("", include(router.urls)), *own_urlpatterns]
