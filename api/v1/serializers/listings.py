"""Answers to questions, and suggested places. Results arrive complete but for their URLs.

No serializer here makes a query.
"""

from __future__ import annotations

from typing import Any

import orjson
from django.urls import reverse
from django.utils.translation import gettext_lazy as _
from rest_framework import serializers

from api.serializing import EmptyAsNullMixin, fact_field
from api.v1.pagination import PageSerializer, address_with
from api.v1.serializers.shared import API, PAGE, CostSerializer, PhoneSerializer
from resources.exchange.exports import Export
from resources.exchange.formats import FORMATS
from resources.geo.geocoding import FoundPlace
from resources.presentation.cards import FACTS
from resources.presentation.results import with_addresses
from resources.search.engine import Answer, Matches
from resources.search.facets import FACETS
from resources.search.summary import describe_question
from resources.vocabulary import PARENTS, MatchReason, Precision, Section

YES = "yes"
MAX_ROWS_OF_FILE = 5_000  # of one search; the whole catalog is among the exports
PLACE_PRECISIONS = ("area", "town", "point", "named_area", "region", "country", "forces")
COUNTRY_HELP = _("ISO 3166-1, two letters.")


class NearbyURLField(serializers.URLField):
    """The URL of the same question at another place."""

    def to_representation(self, value: Any) -> str:
        request, listings = self.context["request"], reverse("api:listing-list")
        left_out = "page" if request.path == listings else "q"  # elsewhere q is a place name
        return address_with(request, path=listings, near=value.query, **{left_out: None})


class PlaceSerializer(EmptyAsNullMixin, serializers.Serializer):
    """A place to choose."""

    name = serializers.CharField()
    country = serializers.CharField(allow_null=True, help_text=COUNTRY_HELP)
    region = serializers.CharField(
        allow_null=True, help_text=_("State, province or region, as an abbreviation.")
    )
    query = serializers.CharField(help_text=_("Value of `near` that selects exactly this place."))
    url = NearbyURLField(source="*", help_text=_("The listings near this place."))


class FoundPlaceSerializer(EmptyAsNullMixin, serializers.Serializer):
    """The place that `near` was taken to mean."""

    name = serializers.CharField()
    country = serializers.CharField(allow_null=True, help_text=COUNTRY_HELP)
    region = serializers.CharField(
        allow_null=True, help_text=_("State, province or region, as an abbreviation.")
    )
    latitude = serializers.FloatField(source="point.latitude", help_text=_("Degrees, WGS 84."))
    longitude = serializers.FloatField(source="point.longitude", help_text=_("Degrees, WGS 84."))
    precision = serializers.ChoiceField(
        choices=PLACE_PRECISIONS,
        help_text=_(
            "What the point is: the middle of a postal code's area, of a town, or the point given. A named"
            " area (a county, island or metro area), a region and a country are searched as a whole; their"
            " point is only a hint. So is that of forces post (BFPO 57): nothing is near it, and what serves"
            " its country or the world is found."
        ),
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


class MeetingSerializer(serializers.Serializer):
    """One meeting of a schedule that someone has checked."""

    date = serializers.DateField(help_text=_("The local day."))
    starts_at = serializers.DateTimeField(
        allow_null=True, help_text=_("With the offset of timezone. Null where only the day is stated.")
    )
    ends_at = serializers.DateTimeField(
        allow_null=True, help_text=_("With the offset of timezone. Null where not stated.")
    )
    timezone = serializers.CharField(help_text=_("The IANA name, such as America/Chicago."))


class SaidScheduleSerializer(serializers.Serializer):
    phrase = serializers.CharField(help_text=_("The rule in words."))
    notes = serializers.CharField(allow_null=True, help_text=_("What must be known beside it."))
    link = serializers.URLField(allow_null=True, help_text=_("URL where they publish their dates."))


class ReportedTimesSerializer(serializers.Serializer):
    """When a source says that it meets or is open. Nobody has checked it."""

    words = serializers.CharField(help_text=_("In the words of the source."))
    own_page = serializers.BooleanField(help_text=_("Whether the source is a page of their own."))
    year = serializers.IntegerField(allow_null=True, help_text=_("When it was seen there."))
    source_url = serializers.URLField(allow_null=True, help_text=_("The page it was seen on."))


class OpeningSerializer(serializers.Serializer):
    """Whether it is open now, by hours that someone has checked."""

    open_now = serializers.BooleanField()
    until = serializers.DateTimeField(
        allow_null=True, help_text=_("When it closes. Null where it is closed, or does not close this week.")
    )
    opens_at = serializers.DateTimeField(
        allow_null=True, help_text=_("When it opens next. Null where it is open.")
    )
    timezone = serializers.CharField(help_text=_("The IANA name, such as America/Chicago."))


class FinishedResultsSerializer(serializers.ListSerializer):
    """The results of an answer as JSON that is written already."""

    def get_attribute(self, instance: Answer) -> Any:
        return instance

    def to_representation(self, data: Any) -> list[Any]:
        """Return the results of an Answer."""
        request = self.context["request"]
        results = data.finished_results(
            key=request.build_absolute_uri("/"),
            make=lambda facts: orjson.dumps(with_addresses(facts, request.build_absolute_uri))[:-1],
        )
        return [
            orjson.Fragment(b"%b,%b" % (result.made, orjson.dumps(result.facts)[1:])) for result in results
        ]


class ResultSerializer(serializers.Serializer):
    """One service at one place, or without a place. Unknown is null, or an empty list."""

    id = serializers.UUIDField(
        help_text=_("The service at this place; the service itself where it has none.")
    )
    service = NamedServiceSerializer()
    organization = NamedOrganizationSerializer()
    location = ResultLocationSerializer(allow_null=True)
    cost = CostSerializer()
    phones = PhoneSerializer(many=True)
    section = serializers.ChoiceField(
        choices=Section.choices, help_text=_("The section of the results it is in.")
    )
    leads_by_name = serializers.BooleanField(help_text=_("Whether q is its whole name."))
    known_clear = serializers.BooleanField(
        allow_null=True,
        help_text=_(
            "True if known not to mention anything in `avoid`; false if unknown; null without `avoid`."
        ),
    )
    not_known = serializers.ListField(
        child=serializers.CharField(),
        help_text=_(
            "The parameters (cost, max_price, loss, avoid) that it does not state whether it matches."
        ),
    )
    distance_km = serializers.FloatField(
        allow_null=True, help_text=_("Straight-line distance from `near` in kilometers. Null if unknown.")
    )
    distance_is_about = serializers.BooleanField(help_text=_("True where only the town or area is known."))
    why = serializers.ChoiceField(
        choices=MatchReason.choices,
        allow_null=True,
        help_text=_("Why it is shown for this place. Null without near."),
    )
    schedules = SaidScheduleSerializer(
        many=True, help_text=_("When it meets or is open. Empty if not checked.")
    )
    reported_times = ReportedTimesSerializer(
        allow_null=True, help_text=_("Null where checked, or where no source says anything of it.")
    )
    next_meetings = MeetingSerializer(
        many=True, help_text=_("The next three that match the search. Empty if no dates are known.")
    )
    opening = OpeningSerializer(
        allow_null=True, help_text=_("Null where not known, and for what meets at times.")
    )

    def get_fields(self) -> dict[str, serializers.Field]:
        """Return the declared fields and one for each fact of a card."""
        plain = {fact.name: fact_field(fact) for fact in FACTS if fact.holds is not dict}
        return {**super().get_fields(), **plain}

    def to_representation(self, instance: dict[str, Any]) -> dict[str, Any]:
        return with_addresses(instance, self.context["request"].build_absolute_uri)

    class Meta:
        list_serializer_class = FinishedResultsSerializer


class RelaxedSerializer(EmptyAsNullMixin, serializers.Serializer):
    """A parameter that was relaxed because nothing matched."""

    parameter = serializers.CharField()
    asked = serializers.CharField()
    used = serializers.CharField(allow_null=True, help_text=_("Null where it was dropped."))


class ElsewhereSerializer(serializers.Serializer):
    """The place at the end of q, and q without it."""

    q = serializers.CharField()
    near = serializers.CharField()
    url = serializers.URLField(help_text=_("The listings that this finds."))

    def to_representation(self, instance: tuple[str, FoundPlace]) -> dict[str, str]:
        words, place = instance
        url = address_with(self.context["request"], q=words, near=place.name, page=None)
        return {"q": words, "near": place.name, "url": url}


class FacetCountsField(serializers.DictField):
    """The counts of an answer, only if the question asks for them: they are half of its work."""

    child = serializers.DictField(child=serializers.IntegerField())

    def get_attribute(self, instance: Any) -> Any:
        return instance.facets if self.context["request"].query_params.get("facets") == YES else {}

    def to_representation(self, value: Any) -> Any:
        return value


class AnswerSerializer(EmptyAsNullMixin, PageSerializer):
    question = serializers.CharField(
        source="summary", help_text=_("The search as one sentence, as it was run.")
    )
    place = FoundPlaceSerializer(allow_null=True)
    corrected = serializers.CharField(
        allow_null=True,
        help_text=_(
            "The words that were searched for, if q as given found nothing: with a typo corrected, or most of"
            " them. Otherwise null."
        ),
    )
    spellings = serializers.ListField(
        child=serializers.CharField(),
        help_text=_("Other words that q may have meant, where it found nothing."),
    )
    elsewhere = ElsewhereSerializer(
        allow_null=True, help_text=_("What to ask instead, where q found nothing and ends in a place.")
    )
    relaxed = RelaxedSerializer(
        many=True,
        help_text=_("Parameters that were relaxed because nothing matched. Empty unless widen=yes."),
    )
    hidden = serializers.IntegerField(help_text=_("Number of results excluded by `avoid`."))
    not_known = serializers.IntegerField(
        help_text=_(
            "Number of listings that do not state a fact that was asked for: after the others with"
            " unknown=include, left out with exclude."
        )
    )
    sections = serializers.DictField(
        child=serializers.IntegerField(), help_text=_("Number of results in each section, in their order.")
    )
    facets = FacetCountsField(
        help_text=_(
            "With facets=yes, for each parameter and value the number of results that state it, if that were"
            " the only value chosen for that parameter. Otherwise empty."
        )
    )
    results = ResultSerializer(many=True)


class ListedMeetingSerializer(MeetingSerializer):
    listing = ResultSerializer(help_text=_("What meets, as among listings."))

    def to_representation(self, instance: dict[str, Any]) -> dict[str, Any]:
        return {**instance, "listing": self.fields["listing"].to_representation(instance["listing"])}


class MeetingsSerializer(PageSerializer):
    results = ListedMeetingSerializer(many=True)


class PlacesSerializer(serializers.Serializer):
    results = PlaceSerializer(many=True)


class WordsSerializer(serializers.Serializer):
    results = serializers.ListField(child=serializers.CharField(), help_text=_("What to give as q."))


class FacetValueSerializer(serializers.Serializer):
    value = serializers.CharField()
    label = serializers.CharField()  # type: ignore[assignment]  # a field, not a field's own label
    definition = serializers.CharField(allow_null=True)
    parent = serializers.CharField(  # type: ignore[assignment]  # a field, not a field's own parent
        allow_null=True, help_text=_("The value of which this is a part: each finds the other.")
    )
    count = serializers.IntegerField(
        help_text=_("Number of results that state it, if it were the only value chosen.")
    )


class FacetSerializer(serializers.Serializer):
    parameter = serializers.CharField()
    name = serializers.CharField()
    description = serializers.CharField()
    values = FacetValueSerializer(many=True)


class FacetsSerializer(serializers.Serializer):
    count = serializers.IntegerField(help_text=_("Number of results."))
    question = serializers.CharField(help_text=_("The search as one sentence, as it was run."))
    facets = FacetSerializer(many=True)

    def to_representation(self, instance: Matches) -> dict[str, Any]:
        counts = instance.finding.facet_counts()
        return {
            "count": instance.counts.count,
            "question": describe_question(instance.question),
            "facets": [
                {
                    "parameter": facet.name,
                    "name": str(facet.label),
                    "description": str(facet.help_text),
                    "values": [
                        {
                            "value": str(value),
                            "label": str(label),
                            "definition": facet.definition_of(value),
                            "parent": PARENTS.get(value),
                            "count": counts[facet.name][value],
                        }
                        for value, label in facet.choices()
                    ],
                }
                for facet in FACETS
            ],
        }


class ExportSerializer(serializers.Serializer):
    """A file of the whole catalog."""

    name = serializers.CharField()
    format = serializers.ChoiceField(choices=[each.name for each in FORMATS])
    media_type = serializers.CharField()
    url = serializers.SerializerMethodField(help_text=_("Where to download it."))
    rows = serializers.IntegerField(help_text=_("How many listings are in it."))
    size = serializers.IntegerField(help_text=_("Bytes."))
    sha256 = serializers.CharField(help_text=_("SHA-256 of the file, in hexadecimal."))
    made_at = serializers.DateTimeField()

    def get_url(self, export: Export) -> str:
        url: str = self.context["request"].build_absolute_uri(reverse("api:export-file", args=[export.name]))
        return url


class ExportsSerializer(serializers.Serializer):
    results = ExportSerializer(many=True)


def file_metadata(matches: Matches) -> dict[str, Any]:
    """Return what a file of a whole answer says about itself."""
    count = matches.counts.count
    return {
        "question": describe_question(matches.question),
        "count": count,
        "listed": min(count, MAX_ROWS_OF_FILE),
        "not_known": matches.counts.not_known,
        **_departures(matches),
    }


def page_metadata(answer: Answer) -> dict[str, Any]:
    """Return what a file of one page says about itself."""
    return {
        "question": answer.summary,
        "count": answer.count,
        "page": answer.page,
        "pages": answer.pages,
        "not_known": answer.not_known,
        **_departures(answer),
    }


def _departures(answer: Answer | Matches) -> dict[str, Any]:
    """Return how the answer departs from the question, which a file must not keep to itself."""
    relaxed = RelaxedSerializer(answer.relaxed, many=True).data
    return {"relaxed": list(map(dict, relaxed)), "corrected": answer.corrected or None}
