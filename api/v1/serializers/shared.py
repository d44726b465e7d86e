"""Serializers that several answers share."""

from __future__ import annotations

from typing import Any

from django.utils.translation import gettext_lazy as _
from rest_framework import serializers

from api.serializing import AddressField, NullableModelSerializer
from resources.models import Accessibility, Location, Organization, Phone, Schedule, Service
from resources.presentation.cards import phone_card, street_of
from resources.vocabulary import Cost, CostUnit, Payment, PhoneType
from resources.wording import country_name

API, PAGE = _("Its address in this API."), _("Its page for people.")


class PhoneSerializer(serializers.Serializer):
    """A phone number as it is dialed where it works."""

    number = serializers.CharField()
    extension = serializers.CharField(allow_null=True)
    type = serializers.ChoiceField(choices=PhoneType.choices)
    href = serializers.CharField(allow_null=True, help_text=_("Link to dial: tel: or sms:."))
    description = serializers.CharField(allow_null=True)

    def to_representation(self, instance: Phone) -> dict[str, Any]:
        return phone_card(instance)


class JoiningFeeSerializer(serializers.Serializer):
    amount = serializers.FloatField(
        allow_null=True, help_text=_("In units of the currency, such as dollars.")
    )
    currency = serializers.CharField(allow_null=True, help_text=_("ISO 4217, such as USD."))
    unit = serializers.ChoiceField(choices=CostUnit.choices, allow_null=True)


class SpanSerializer(serializers.Serializer):
    """The price of a session in one currency."""

    min_price = serializers.FloatField(
        allow_null=True, help_text=_("The lowest stated price of a session, in units of the currency.")
    )
    max_price = serializers.FloatField(
        allow_null=True, help_text=_("The highest stated price of a session, in units of the currency.")
    )
    currency = serializers.CharField(allow_null=True, help_text=_("ISO 4217, such as USD."))
    unit = serializers.ChoiceField(choices=CostUnit.choices, allow_null=True)


class CostSerializer(SpanSerializer):
    """The price of a session from all prices valid today; currencies are not mixed."""

    phrase = serializers.CharField(help_text=_("The cost in one line."))
    kinds = serializers.ListField(child=serializers.ChoiceField(choices=Cost.choices))
    funded_by = serializers.ChoiceField(
        choices=Payment.choices,
        allow_null=True,
        help_text=_("The public payer of a service that states no cost: free to those entitled, or ask."),
    )
    other_currencies = SpanSerializer(many=True, help_text=_("The same in each other currency stated."))
    joining_fee = JoiningFeeSerializer(allow_null=True, help_text=_("Paid beside the price of a session."))


class ServiceNameSerializer(NullableModelSerializer):
    url = AddressField("api:service-detail", help_text=API)
    page_url = AddressField("pages:service", help_text=PAGE)

    class Meta:
        model = Service
        fields: tuple[str, ...] = ("id", "name", "url", "page_url")


class ServiceBriefSerializer(ServiceNameSerializer):
    class Meta(ServiceNameSerializer.Meta):
        fields = (*ServiceNameSerializer.Meta.fields, "kind", "fit", "assured_date")


class OrganizationNameSerializer(NullableModelSerializer):
    help_texts = {"operator_stated": _("False where the source names the place but not who runs it.")}
    url = AddressField("api:organization-detail", help_text=API)
    page_url = AddressField("pages:organization", help_text=PAGE)

    class Meta:
        model = Organization
        fields: tuple[str, ...] = ("id", "name", "operator_stated", "url", "page_url")


class AccessibilitySerializer(NullableModelSerializer):
    class Meta:
        model = Accessibility
        fields = ("description", "details", "url")


class ScheduleSerializer(NullableModelSerializer):
    help_texts = {
        "description": _("In the words of the source."),
        "freq": _("How it repeats, as in RFC 5545."),
        "interval": _("Every so many weeks or months."),
        "byday": _("Days of the week, such as TU, or 2TU for the second Tuesday."),
        "bymonthday": _("Days of the month."),
        "bymonth": _("The months it keeps to; null for all of them."),
        "count": _("How many times, from dtstart on."),
        "wkst": _("The day a week begins on, MO where null."),
        "schedule_link": _("URL where they publish their dates."),
        "opens_at": _("Local time."),
        "closes_at": _("Local time; of the next day where it is not after opens_at."),
        "timezone": _("The IANA name, such as America/Chicago."),
    }

    exception_dates = serializers.ListField(
        child=serializers.DateField(), read_only=True, help_text=_("Local days on which it does not meet.")
    )
    added_dates = serializers.ListField(
        child=serializers.DateField(), read_only=True, help_text=_("Local days on which it meets besides.")
    )

    class Meta:
        model = Schedule
        fields = (
            *("id", "description", "freq", "interval", "byday", "bymonthday", "bymonth", "count", "wkst"),
            *("dtstart", "until", "exception_dates", "added_dates", "valid_from", "valid_to"),
            *("opens_at", "closes_at", "timezone", "schedule_link", "notes"),
        )


class LocationSerializer(NullableModelSerializer):
    """A place, with only what needs no further query."""

    help_texts = {
        "region": _("State, province or region, as an abbreviation."),
        "country": _("ISO 3166-1, two letters."),
        "latitude": _("Degrees, WGS 84."),
        "longitude": _("Degrees, WGS 84."),
        "precision": _("What the point is: the address (exact), the town, or the postal area."),
    }
    url = AddressField("api:location-detail", help_text=API)
    address = serializers.SerializerMethodField(
        help_text=_("Street and number. Null where it is kept private.")
    )
    country_name = serializers.SerializerMethodField()
    website = serializers.URLField(source="url", read_only=True, allow_null=True)

    class Meta:
        model = Location
        fields: tuple[str, ...] = (
            *("id", "url", "location_type", "name", "description", "transportation", "website"),
            *("address", "city", "region", "postal_code", "country", "country_name"),
            *("latitude", "longitude", "precision"),
        )

    def get_address(self, location: Location) -> str | None:
        return street_of(location) or None

    def get_country_name(self, location: Location) -> str | None:
        return country_name(location.country) if location.country else None


class LocationWithAccessSerializer(LocationSerializer):
    """A place with `accessibility` and `phones`, which must be prefetched."""

    accessibility = AccessibilitySerializer(many=True, read_only=True)
    phones = PhoneSerializer(many=True, read_only=True)

    class Meta(LocationSerializer.Meta):
        fields = (*LocationSerializer.Meta.fields, "accessibility", "phones")
