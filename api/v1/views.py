"""Version 1: each view translates a question, makes one call and translates the answer."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from typing import Any, ClassVar
from uuid import UUID

from django import forms
from django.db.models import QuerySet
from django.http import QueryDict
from django.http.response import HttpResponseBase
from django.utils.translation import get_language
from django.utils.translation import gettext_lazy as _
from rest_framework import serializers
from rest_framework.exceptions import NotFound
from rest_framework.request import Request
from rest_framework.response import Response

from api.document import openapi_document
from api.files import PARAMETER, FormatForm, FormatNegotiation, asks_for_a_page, written
from api.paging import page_body, page_not_found
from api.parameters import (
    FROM,
    TO,
    DaysForm,
    PageForm,
    PlaceForm,
    WordsForm,
    invalid_values,
    question_fields,
    raise_if_invalid,
    without_params,
)
from api.v1.serializers import listings, locations, organizations, services, shared
from api.views import ReadView
from resources.exchange.formats import FORMATS, format_named
from resources.search.engine import PageNotFound, every_result, find_meetings
from resources.search.filters import ListingFilterSet
from resources.search.suggest import suggest_words


class QuestionView(ReadView):
    """A question about listings, with the fields of `parameters` beside it: `asked`, and `beside` by name."""

    def read(self, query: QueryDict) -> ListingFilterSet:
        filters = ListingFilterSet(without_params(query, self.parameters.base_fields))
        form = self.parameters(query)
        raise_if_invalid([*invalid_values(form), *filters.refusals()])
        self.beside = form.cleaned_data
        return filters

    def documented_fields(self) -> Mapping[str, forms.Field]:
        return {**question_fields(), **self.parameters.base_fields}


class ListingsView(QuestionView):
    operation_id = "list_listings"
    summary = _("Find support")
    description = _(
        "Services as people meet them, each at one place or at none. Without a parameter it lists everything."
        " Give a parameter several times for any of its values. Prices are in units of the currency."
    )
    answers_with = listings.AnswerSerializer
    example_queries = (
        "?near=75201",
        "?near=75201&kind=clinic&sort=distance",
        "?near=M1&kind=support_group&kind=helpline&loss=stillbirth",
        "?q=baby+loss&as=csv",
    )
    parameters = FormatForm
    content_negotiation_class = FormatNegotiation
    also_answers_in = tuple(each.media_type for each in FORMATS)

    def get(self, request: Request) -> HttpResponseBase:
        written_as = format_named(self.beside[PARAMETER])
        if written_as and not asks_for_a_page(request.query_params):
            found = self.asked.found()
            return written(written_as, request, listings.about_all(found), every_result(found))
        try:
            answer = self.asked.answer()
        except PageNotFound as error:
            raise page_not_found(error.pages) from error
        if written_as:
            return written(written_as, request, listings.about_page(answer), answer.results)
        return Response(listings.answer_body(request, answer))


class MeetingsView(QuestionView):
    operation_id = "list_meetings"
    summary = _("What meets when")
    description = _(
        "Coming meetings, in the order of their start, of groups whose dates somebody has checked."
        " It takes the parameters of listings. What is over is left out."
    )
    answers_with = listings.MeetingsSerializer
    example_queries = ("?near=75201&from=2026-12-01&to=2026-12-31", "?upcoming=1&after=17:00")

    parameters = DaysForm

    def get(self, request: Request) -> Response:
        try:
            found = find_meetings(self.asked.question(), self.beside[FROM], self.beside[TO])
        except PageNotFound as error:
            raise page_not_found(error.pages) from error
        return Response(listings.meetings_body(request, found))


class FacetsView(QuestionView):
    operation_id = "list_facets"
    summary = _("What a question can be narrowed by")
    description = _(
        "Every facet with its values, what they mean, and how many each would find."
        " It takes the parameters of listings, and counts under them."
    )
    answers_with = listings.FacetsSerializer
    example_queries = ("", "?near=75201&kind=support_group")

    def get(self, request: Request) -> Response:
        return Response(listings.facets_body(self.asked.found()))


class PlacesView(ReadView):
    operation_id = "suggest_places"
    summary = _("Suggest places")
    description = _(
        "At most eight towns and postal codes that begin with what was typed, the likeliest first."
    )
    answers_with = listings.PlacesSerializer
    parameters = PlaceForm
    example_queries = ("?q=Portl",)

    def get(self, request: Request) -> Response:
        return Response(listings.places_body(request, self.asked["q"]))


class WordsView(ReadView):
    operation_id = "suggest_words"
    summary = _("Suggest words")
    description = _("At most eight things to look for that begin with what was typed.")
    answers_with = listings.WordsSerializer
    parameters = WordsForm
    example_queries = ("?q=misc",)

    def get(self, request: Request) -> Response:
        return Response({"results": suggest_words(self.asked["q"])})


class RecordView(ReadView):
    """One published record, by its id."""

    records: ClassVar[Callable[[], QuerySet[Any]]]

    def get(self, request: Request, id: UUID) -> Response:  # noqa: A002  (the name it has in the address)
        record = type(self).records().filter(pk=id).first()
        if record is None:
            raise NotFound(_("Nothing published has this id."))
        return Response(self.answers_with(record, context={"request": request}).data)


class RecordsView(ReadView):
    """Published records, one page at a time."""

    records: ClassVar[Callable[[], QuerySet[Any]]]
    each: ClassVar[type[serializers.Serializer]]
    parameters = PageForm
    example_queries = ("?page_size=10",)

    def get(self, request: Request) -> Response:
        return Response(page_body(request, type(self).records(), self.asked, self.present))

    def present(self, rows: list[Any]) -> Any:
        return self.each(rows, many=True, context={"request": self.request}).data


class ServiceView(RecordView):
    operation_id = "read_service"
    summary = _("One service, whole")
    description = _("All published facts of a service. What is not known is null, or an empty list.")
    answers_with = services.ServiceSerializer
    records = services.whole_services


class OrganizationsView(RecordsView):
    operation_id = "list_organizations"
    summary = _("Organizations")
    description = _("Organizations with a published service, by name.")
    answers_with = organizations.OrganizationPageSerializer
    each = organizations.OrganizationSerializer
    records = organizations.published_organizations


class OrganizationView(RecordView):
    operation_id = "read_organization"
    summary = _("One organization")
    description = _("An organization with its published services.")
    answers_with = organizations.WholeOrganizationSerializer
    records = organizations.whole_organizations


class LocationsView(RecordsView):
    operation_id = "list_locations"
    summary = _("Locations")
    description = _("Places where a published service is given, in the order of their ids.")
    answers_with = locations.LocationPageSerializer
    each = shared.LocationSerializer
    records = locations.published_locations


class LocationView(RecordView):
    operation_id = "read_location"
    summary = _("One location")
    description = _("A place with the published services given there.")
    answers_with = locations.WholeLocationSerializer
    records = locations.whole_locations


class OpenApiView(ReadView):
    """The document that describes all the others, and not itself."""

    schema = None
    of_catalogue = False

    def get(self, request: Request) -> Response:
        return Response(openapi_document(get_language() or ""))
