"""An answer to a question, and places to ask about. Results arrive finished, but for their addresses."""

from __future__ import annotations

from typing import Any

from django.conf import settings
from django.urls import reverse
from django.utils.translation import gettext_lazy as _
from rest_framework import serializers
from rest_framework.request import Request

from api.paging import address_with, page_links
from api.v1.serializers.shared import API, PAGE, CostSerializer, PageSerializer, PhoneSerializer
from resources.geo.geocoding import FoundPlace, PlaceName, suggest_places
from resources.search.answering import Answer
from resources.vocabulary import Audience, ContentNote, Fit, Format, Kind, Loss, Precision, Section, Why

PLACE_PRECISIONS = ("area", "town", "point")
COUNTRY_HELP = _("ISO 3166-1, two letters.")


class PlaceSerializer(serializers.Serializer):
    """A place to choose."""

    name = serializers.CharField()
    country = serializers.CharField(allow_null=True, help_text=COUNTRY_HELP)
    region = serializers.CharField(
        allow_null=True, help_text=_("State, province or region, as an abbreviation.")
    )
    query = serializers.CharField(help_text=_("What to give as near to mean exactly this place."))
    url = serializers.URLField(help_text=_("The listings near this place."))


class FoundPlaceSerializer(serializers.Serializer):
    """What near was taken for."""

    name = serializers.CharField()
    country = serializers.CharField(allow_null=True, help_text=COUNTRY_HELP)
    region = serializers.CharField(
        allow_null=True, help_text=_("State, province or region, as an abbreviation.")
    )
    latitude = serializers.FloatField(help_text=_("Degrees, WGS 84."))
    longitude = serializers.FloatField(help_text=_("Degrees, WGS 84."))
    precision = serializers.ChoiceField(
        choices=PLACE_PRECISIONS, help_text=_("The middle of a postal area or of a town, or the point given.")
    )
    alternatives = PlaceSerializer(many=True, help_text=_("Other places of this name or code."))


class NamedServiceSerializer(serializers.Serializer):
    id = serializers.UUIDField()
    name = serializers.CharField()
    url = serializers.URLField(help_text=API)
    page_url = serializers.URLField(help_text=PAGE)


class NamedOrganizationSerializer(NamedServiceSerializer):
    operator_stated = serializers.BooleanField(
        help_text=_("False where the source names the place but not who runs it.")
    )


class ResultLocationSerializer(serializers.Serializer):
    id = serializers.UUIDField()
    name = serializers.CharField(allow_null=True)
    address = serializers.CharField(allow_null=True)
    city = serializers.CharField(allow_null=True)
    region = serializers.CharField(allow_null=True)
    postal_code = serializers.CharField(allow_null=True)
    country = serializers.CharField(allow_null=True, help_text=COUNTRY_HELP)
    country_name = serializers.CharField(allow_null=True)
    latitude = serializers.FloatField(allow_null=True, help_text=_("Degrees, WGS 84."))
    longitude = serializers.FloatField(allow_null=True, help_text=_("Degrees, WGS 84."))
    precision = serializers.ChoiceField(
        choices=Precision.choices,
        allow_null=True,
        help_text=_("What the point is: the address (exact), the town, or the postal area."),
    )


class ResultSerializer(serializers.Serializer):
    """One service at one place, or one service with no place. What is not known is null, or an empty list."""

    id = serializers.UUIDField(
        help_text=_("The service at this place; the service itself where it has none.")
    )
    service = NamedServiceSerializer()
    organization = NamedOrganizationSerializer()
    kind = serializers.ChoiceField(choices=Kind.choices)
    fit = serializers.ChoiceField(choices=Fit.choices, help_text=_("How close to pregnancy loss."))
    section = serializers.ChoiceField(
        choices=Section.choices, help_text=_("The part of the answer it stands in.")
    )
    leads_by_name = serializers.BooleanField(help_text=_("Whether q is its whole name."))
    summary = serializers.CharField(allow_null=True, help_text=_("The beginning of the description."))
    location = ResultLocationSerializer(allow_null=True)
    distance_km = serializers.FloatField(
        allow_null=True, help_text=_("Kilometres from near in a straight line. Null where not known.")
    )
    distance_is_about = serializers.BooleanField(help_text=_("True where only the town or area is known."))
    why = serializers.ChoiceField(
        choices=Why.choices,
        allow_null=True,
        help_text=_("Why it is shown for this place. Null without near."),
    )
    cost = CostSerializer()
    formats = serializers.ListField(child=serializers.ChoiceField(choices=Format.choices))
    losses = serializers.ListField(child=serializers.ChoiceField(choices=Loss.choices))
    audiences = serializers.ListField(child=serializers.ChoiceField(choices=Audience.choices))
    languages = serializers.ListField(child=serializers.CharField(), help_text=_("BCP 47 codes, such as en."))
    areas = serializers.ListField(
        child=serializers.CharField(), help_text=_("The areas it serves, in its own words.")
    )
    phones = PhoneSerializer(many=True)
    email = serializers.CharField(allow_null=True)
    website = serializers.CharField(allow_null=True)
    next_meetings = serializers.ListField(
        child=serializers.JSONField(), help_text=_("Empty where no dates are known.")
    )
    content_notes = serializers.ListField(child=serializers.ChoiceField(choices=ContentNote.choices))
    assured_date = serializers.DateField(
        allow_null=True,
        help_text=_("The day somebody last checked it. Null where nobody has: call before you go."),
    )


class AnswerSerializer(PageSerializer):
    question = serializers.CharField(help_text=_("The question, said back in one sentence."))
    place = FoundPlaceSerializer(allow_null=True)
    results = ResultSerializer(many=True)


class PlacesSerializer(serializers.Serializer):
    results = PlaceSerializer(many=True)


def answer_body(request: Request, answer: Answer) -> dict[str, Any]:
    """The shape of `AnswerSerializer`. Costs no query."""
    return {
        **page_links(request, count=answer.count, page=answer.page, pages=answer.pages),
        "question": answer.question,
        "place": answer.place and _found_place(request, answer.place),
        "results": [_with_addresses(request, result) for result in answer.results],
    }


def places_body(request: Request, text: str) -> dict[str, Any]:
    """The shape of `PlacesSerializer`: at most 8 places that begin with `text`. At most 2 queries."""
    listings = reverse("api:listings")
    found = suggest_places(text, default_country=settings.DEFAULT_COUNTRY)
    return {
        "results": [
            _place_name(name, address_with(request, path=listings, q=None, near=name.query)) for name in found
        ]
    }


def _found_place(request: Request, place: FoundPlace) -> dict[str, Any]:
    return {
        "name": place.name,
        "country": place.country or None,
        "region": place.region or None,
        "latitude": place.point.latitude,
        "longitude": place.point.longitude,
        "precision": place.precision,
        "alternatives": [
            _place_name(other, address_with(request, near=other.query, page=None))
            for other in place.alternatives
        ],
    }


def _place_name(place: PlaceName, url: str) -> dict[str, Any]:
    return {
        "name": place.name,
        "country": place.country or None,
        "region": place.region or None,
        "query": place.query,
        "url": url,
    }


def _with_addresses(request: Request, result: dict[str, Any]) -> dict[str, Any]:
    return {
        **result,
        "service": _addressed(request, result["service"], "service"),
        "organization": _addressed(request, result["organization"], "organization"),
    }


def _addressed(request: Request, named: dict[str, Any], what: str) -> dict[str, Any]:
    return {
        **named,
        "url": request.build_absolute_uri(reverse(f"api:{what}", args=[named["id"]])),
        "page_url": request.build_absolute_uri(reverse(f"pages:{what}", args=[named["id"]])),
    }
