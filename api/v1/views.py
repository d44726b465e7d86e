"""Version 1: each view translates the request, makes one call and translates the answer."""

from __future__ import annotations

import re
from collections.abc import Iterable, Mapping, Sequence
from functools import partial
from itertools import islice
from tempfile import SpooledTemporaryFile
from typing import Any, ClassVar

import orjson
from django.conf import settings
from django.http import FileResponse, Http404, HttpRequest
from django.http.response import HttpResponseBase
from django.urls import reverse
from django.utils.translation import get_language, gettext
from django.utils.translation import gettext_lazy as _
from drf_spectacular.types import OpenApiTypes
from drf_spectacular.utils import OpenApiParameter, OpenApiResponse, extend_schema, extend_schema_view
from rest_framework.exceptions import NotFound, ParseError
from rest_framework.mixins import CreateModelMixin, ListModelMixin, RetrieveModelMixin
from rest_framework.parsers import BaseParser
from rest_framework.renderers import TemplateHTMLRenderer
from rest_framework.request import Request
from rest_framework.response import Response
from rest_framework.routers import APIRootView
from rest_framework.serializers import BaseSerializer
from rest_framework.views import APIView
from rest_framework.viewsets import GenericViewSet

from api.docs import openapi_document
from api.errors import PROBLEM_JSON, BodyTooLarge, Gone, NotMadeYet
from api.renderers import OrjsonRenderer
from api.schema import ProblemSerializer
from api.v1.filters import (
    AS,
    FROM,
    TO,
    FileFilterSet,
    MeetingFilterSet,
    ParameterFilterBackend,
    PlaceFilterSet,
    RecordFilterSet,
    WordFilterSet,
)
from api.v1.pagination import RecordPagination
from api.v1.serializers import contributions, fees, listings, locations, organizations, services, shared
from api.v1.throttles import ContributionThrottle
from resources.curation.merging import kept_organization, kept_record
from resources.exchange.exports import export_names, made_exports, open_export
from resources.exchange.formats import FORMATS, Format, format_named
from resources.fees.estimating import estimate
from resources.geo.geocoding import suggest_places
from resources.history.revisions import withdrawal_date
from resources.http.conditional import conditional_response
from resources.http.files import file_response
from resources.models import Organization, Service
from resources.search.engine import find_meetings, stream_results
from resources.search.filters import ListingFilterSet, StrictFilterSet
from resources.search.suggest import suggest_words
from resources.vocabulary import Status

MAX_BODY_BYTES = 4096
MAX_FILE_IN_MEMORY = 256 * 1024  # bytes of an answer; a longer one is written to disk
MAX_CONTRIBUTION_BYTES = 65_536  # every member full, in any alphabet
CONTENT_LENGTH = re.compile("[0-9]{1,9}")
ID = OpenApiParameter("id", OpenApiTypes.UUID, OpenApiParameter.PATH, description=_("UUID of the record."))


class ReadOnlyMixin:
    """A read-only endpoint with the parameters of its `filterset_class`.

    Its answers carry an ETag and are not rebuilt for clients that have them.
    """

    http_method_names: Sequence[str] = ["get", "head", "options"]
    filter_backends: Sequence[Any] = [ParameterFilterBackend]
    filterset_class: ClassVar[type[StrictFilterSet]] = StrictFilterSet  # takes no parameter
    of_catalog: ClassVar[bool] = True  # whether the answer depends on the catalog
    renderer_classes: Any
    request: Any

    def dispatch(self, request: HttpRequest, *args: Any, **kwargs: Any) -> HttpResponseBase:
        """Answer 304 before anything is read, if the client has this answer already."""
        respond = partial(super().dispatch, request, *args, **kwargs)  # type: ignore[misc]
        accept = request.headers.get("Accept", "") if len(self.renderer_classes) > 1 else ""
        return conditional_response(request, respond, of_catalog=self.of_catalog, also=accept)

    def read_query(self) -> Any:
        """Return the bound filter set. Raises InvalidParameters."""
        return ParameterFilterBackend().get_filterset(self.request, None, self)

    def options(self, request: HttpRequest, *args: Any, **kwargs: Any) -> Response:
        """Return the allowed methods, in the Allow header."""
        return Response(status=204)


class ReadViewSet(ReadOnlyMixin, GenericViewSet):
    """A read-only viewset, whose lists are objects with their `results`."""


# ---- the root and the document


class RootPageRenderer(TemplateHTMLRenderer):
    """The root for browsers, as a page of the site: REST framework's own page sets a cookie."""

    def get_template_context(self, data: Any, renderer_context: Mapping[str, Any]) -> dict[str, Any]:
        return {"addresses": data}


class RootView(ReadOnlyMixin, APIRootView):
    """The endpoints by name."""

    renderer_classes = [OrjsonRenderer, RootPageRenderer]
    template_name = "pages/api_root.html"
    of_catalog = False

    def get(self, request: Request, *args: Any, **kwargs: Any) -> Response:
        self.read_query()
        response = super().get(request, *args, **kwargs)
        response.data["openapi.json"] = request.build_absolute_uri(reverse("api:openapi"))
        response.data["docs"] = request.build_absolute_uri(reverse("api_docs"))
        return response


class OpenApiView(ReadOnlyMixin, APIView):
    """The document that describes all other endpoints."""

    schema = None
    of_catalog = False

    def get(self, request: Request) -> Response:
        self.read_query()
        return Response(openapi_document(get_language() or ""))


# ---- questions about listings


class ListingViewSet(ReadViewSet):
    """Listings, as JSON or as a file."""

    filterset_class = FileFilterSet
    serializer_class = listings.AnswerSerializer

    def perform_content_negotiation(self, request: Request, force: bool = False) -> Any:
        """Let `as` override the Accept header."""
        return super().perform_content_negotiation(request, force or bool(request.query_params.get(AS)))

    @extend_schema(
        operation_id="list_listings",
        summary=_("Find support"),
        description=_(
            "One result per service and location (or per service with no location). Without"
            " parameters, returns everything. Repeat a parameter to match any of several values."
            " Prices are in whole currency units. A file has the first 5,000 results at most; its name and"
            " the X-Total-Count header say so. All of the catalog is in exports/."
        ),
        responses={
            200: listings.AnswerSerializer,
            **{(200, file_format.media_type): OpenApiTypes.STR for file_format in FORMATS},
        },
        extensions={
            "x-examples": [
                "/api/v1/listings/?near=75201",
                "/api/v1/listings/?near=75201&kind=clinic&sort=distance",
                "/api/v1/listings/?near=M1&kind=support_group&kind=helpline&loss=stillbirth",
                "/api/v1/listings/?q=baby+loss&as=csv",
            ]
        },
    )
    def list(self, request: Request) -> HttpResponseBase:
        filters = self.read_query()
        file_format = format_named(filters.parsed.cleaned_data[AS])
        if file_format and not any(request.query_params.get(name) for name in ("page", "page_size")):
            matches = filters.matches()
            about = listings.file_metadata(matches)
            first = islice(stream_results(matches), listings.MAX_ROWS_OF_FILE)
            return self.file_response(file_format, about, first, listed=about["listed"])
        answer = filters.answer()
        if file_format:
            about = listings.page_metadata(answer)
            return self.file_response(file_format, about, answer.results, listed=about["count"])
        return Response(self.get_serializer(answer).data)

    def file_response(
        self, file_format: Format, about: Mapping[str, Any], results: Iterable[dict[str, Any]], *, listed: int
    ) -> FileResponse:
        """Return the results as a file, made whole. Its name says so if it has only the first of them."""
        serializer = listings.ResultSerializer(context=self.get_serializer_context())
        file = SpooledTemporaryFile(max_size=MAX_FILE_IN_MEMORY)  # noqa: SIM115  (the response closes it)
        file.writelines(file_format.write(map(serializer.to_representation, results), about))
        file.seek(0)
        name = file_format.file_name
        if listed < about["count"]:
            name = f"first-{listed}-of-{about['count']}-{name}"
        response = FileResponse(file, content_type=file_format.media_type, filename=name, as_attachment=True)
        response.headers["X-Total-Count"] = str(about["count"])
        return response


class ExportViewSet(ReadOnlyMixin, GenericViewSet):
    """The whole catalog as files, which `run_jobs` makes."""

    of_catalog = False
    serializer_class = listings.ExportsSerializer

    def dispatch(self, request: HttpRequest, *args: Any, **kwargs: Any) -> HttpResponseBase:
        """Leave out the ETag of other answers: a file has its own, and the list depends on the files."""
        return super(ReadOnlyMixin, self).dispatch(request, *args, **kwargs)

    def perform_content_negotiation(self, request: Request, force: bool = False) -> Any:
        """Send a file of its own type, whatever the Accept header."""
        return super().perform_content_negotiation(request, force or self.action == "download")

    @extend_schema(
        operation_id="list_exports",
        summary=_("The whole catalog as files"),
        description=_(
            "Every listing, in each format. Made again within about an hour after the catalog changes; empty"
            " until they were first made. Unlike a search, an export also has what is shown only when asked"
            " for, such as crisis lines. Dates of meetings and opening hours are not in it: use meetings/."
        ),
        extensions={"x-examples": ["/api/v1/exports/"]},
    )
    def list(self, request: Request) -> HttpResponseBase:
        self.read_query()
        made = made_exports()
        return conditional_response(
            request._request,
            lambda: Response(self.get_serializer({"results": made}).data),
            of_catalog=False,
            also=" ".join(each.sha256 + each.made_at for each in made),
        )

    @extend_schema(
        operation_id="read_export",
        summary=_("Download the whole catalog"),
        description=_(
            "A file of every listing, with its length and a strong ETag (its SHA-256). Range and If-Range ask"
            " for a part of it."
        ),
        parameters=[OpenApiParameter("name", str, OpenApiParameter.PATH, description=_("Name of the file."))],
        responses={
            **{(200, file_format.media_type): OpenApiTypes.STR for file_format in FORMATS},
            **{(206, file_format.media_type): OpenApiTypes.STR for file_format in FORMATS},
            416: OpenApiResponse(description=_("The range is beyond the end of the file.")),
            (503, PROBLEM_JSON): OpenApiResponse(ProblemSerializer, description=_("It is not made yet.")),
        },
    )
    def download(self, request: Request, name: str) -> HttpResponseBase:
        self.read_query()
        if name not in export_names():
            raise NotFound(
                gettext("There is no such file. The files are: %(names)s.")
                % {"names": ", ".join(export_names())}
            )
        found = open_export(name)
        if found is None:
            raise NotMadeYet
        export, file = found
        return file_response(
            request._request,
            file,
            size=export.size,
            sha256=export.sha256,
            name=export.name,
            media_type=export.media_type,
        )


class MeetingViewSet(ReadViewSet):
    """Meetings of matching listings between two dates."""

    filterset_class = MeetingFilterSet
    serializer_class = listings.MeetingsSerializer

    @extend_schema(
        operation_id="list_meetings",
        summary=_("Upcoming meetings"),
        description=_(
            "Upcoming meetings, by start time, for groups whose dates have been checked. Accepts the"
            " parameters of listings but for widen: nothing is widened. Past meetings are left out."
        ),
        extensions={
            "x-examples": [
                "/api/v1/meetings/?near=75201&from=2026-12-01&to=2026-12-31",
                "/api/v1/meetings/?upcoming=1&after=17:00",
            ]
        },
    )
    def list(self, request: Request) -> Response:
        filters = self.read_query()
        days = filters.parsed.cleaned_data
        meetings = find_meetings(filters.question(), days[FROM], days[TO])
        return Response(self.get_serializer(meetings).data)


class FacetViewSet(ReadViewSet):
    """Facets, with the number of listings for each value."""

    filterset_class = ListingFilterSet
    serializer_class = listings.FacetsSerializer

    @extend_schema(
        operation_id="list_facets",
        summary=_("Filters and counts"),
        description=_(
            "Every facet with its values, what they mean, and how many each would find."
            " It takes the parameters of listings, and counts under them."
        ),
        extensions={"x-examples": ["/api/v1/facets/", "/api/v1/facets/?near=75201&kind=support_group"]},
    )
    def list(self, request: Request) -> Response:
        return Response(self.get_serializer(self.read_query().matches()).data)


# ---- suggestions while typing


class PlaceViewSet(ReadViewSet):
    """Places that begin with what was typed."""

    filterset_class = PlaceFilterSet
    serializer_class = listings.PlacesSerializer

    @extend_schema(
        operation_id="suggest_places",
        summary=_("Suggest places"),
        description=_("Up to eight towns and postal codes that start with the text, most likely first."),
        extensions={"x-examples": ["/api/v1/places/?q=Portl"]},
    )
    def list(self, request: Request) -> Response:
        text = self.read_query().form.cleaned_data["q"]
        places = suggest_places(text, default_country=settings.DEFAULT_COUNTRY)
        return Response(self.get_serializer({"results": places}).data)


class WordViewSet(ReadViewSet):
    """Words that begin with what was typed."""

    filterset_class = WordFilterSet
    serializer_class = listings.WordsSerializer

    @extend_schema(
        operation_id="suggest_words",
        summary=_("Suggest words"),
        description=_("Up to eight search terms that start with the text."),
        extensions={"x-examples": ["/api/v1/words/?q=misc"]},
    )
    def list(self, request: Request) -> Response:
        words = suggest_words(self.read_query().form.cleaned_data["q"])
        return Response(self.get_serializer({"results": words}).data)


# ---- published records


class RecordViewSet(RetrieveModelMixin, ReadViewSet):
    """One published record, by its id."""

    lookup_url_kwarg = "id"
    lookup_value_converter = "uuid"

    def get_object(self) -> Any:
        try:
            return super().get_object()
        except Http404:
            raise NotFound(_("No published record has this id.")) from None


class RecordListViewSet(ListModelMixin, RecordViewSet):
    """Published records, one page at a time, and each by its id."""

    filterset_class = RecordFilterSet
    pagination_class = RecordPagination
    listed_serializer_class: ClassVar[type[BaseSerializer]]

    def get_serializer_class(self) -> type[BaseSerializer]:
        return self.listed_serializer_class if self.action == "list" else super().get_serializer_class()


@extend_schema_view(
    retrieve=extend_schema(
        operation_id="read_service",
        summary=_("Get a service"),
        description=_("All published facts of a service. What is not known is null, or an empty list."),
        parameters=[ID],
        responses={
            200: services.ServiceSerializer,
            (410, PROBLEM_JSON): OpenApiResponse(
                ProblemSerializer,
                description=_(
                    "It was withdrawn, and the detail says when; or it is part of another service now, and"
                    " `merged_into` says which."
                ),
            ),
        },
    )
)
class ServiceViewSet(RecordViewSet):
    """Services; a withdrawn or merged one answers 410."""

    serializer_class = services.ServiceSerializer
    queryset = services.whole_services()

    def get_object(self) -> Service:
        try:
            service: Service = super().get_object()
        except NotFound:
            record = Service.objects.filter(pk=self.kwargs["id"]).first()
            kept = kept_record(record) if record else None
            if kept and kept.status == Status.ACTIVE:
                detail = gettext("This service is part of another now; “merged_into” has its id.")
                raise Gone(detail, merged_into=kept.pk) from None
            if record and (day := withdrawal_date(record)):
                raise Gone(gettext("This service was withdrawn on %(day)s.") % {"day": day}) from None
            raise
        return service


@extend_schema_view(
    list=extend_schema(
        operation_id="list_organizations",
        summary=_("Organizations"),
        description=_("Organizations with a published service, by name."),
        responses=organizations.OrganizationPageSerializer,
        extensions={"x-examples": ["/api/v1/organizations/?page_size=10"]},
    ),
    retrieve=extend_schema(
        operation_id="read_organization",
        summary=_("Get an organization"),
        description=_("An organization with its published services."),
        parameters=[ID],
        responses={
            200: organizations.WholeOrganizationSerializer,
            (410, PROBLEM_JSON): OpenApiResponse(
                ProblemSerializer,
                description=_("It is part of another organization now, and `merged_into` says which."),
            ),
        },
    ),
)
class OrganizationViewSet(RecordListViewSet):
    """Organizations that publish a service; a merged one answers 410."""

    serializer_class = organizations.WholeOrganizationSerializer
    listed_serializer_class = organizations.OrganizationSerializer

    def get_queryset(self) -> Any:
        whole = organizations.whole_organizations
        return organizations.published_organizations() if self.action == "list" else whole()

    def get_object(self) -> Organization:
        try:
            organization: Organization = super().get_object()
        except NotFound:
            record = Organization.objects.filter(pk=self.kwargs["id"]).first()
            kept = kept_organization(record) if record else None
            if kept is None:
                raise
            detail = gettext("This organization is part of another now; “merged_into” has its id.")
            raise Gone(detail, merged_into=kept.pk) from None
        return organization


@extend_schema_view(
    list=extend_schema(
        operation_id="list_locations",
        summary=_("Locations"),
        description=_("Places where a published service is given, in the order of their ids."),
        responses=locations.LocationPageSerializer,
        extensions={"x-examples": ["/api/v1/locations/?page_size=10"]},
    ),
    retrieve=extend_schema(
        operation_id="read_location",
        summary=_("Get a location"),
        description=_("A place with the published services given there."),
        parameters=[ID],
    ),
)
class LocationViewSet(RecordListViewSet):
    """Locations of published services."""

    serializer_class = locations.WholeLocationSerializer
    listed_serializer_class = shared.LocationSerializer

    def get_queryset(self) -> Any:
        return locations.published_locations() if self.action == "list" else locations.whole_locations()


# ---- request bodies


class JSONObjectParser(BaseParser):
    """Parses a body of JSON in UTF-8, whatever its charset says: one object of limited depth.

    Rejects lone surrogates too, which no answer could repeat.
    """

    media_type = "application/json"

    def parse(self, stream: Any, media_type: Any = None, parser_context: Any = None) -> dict[str, Any]:
        try:
            body = orjson.loads(stream.read())
        except orjson.JSONDecodeError as error:
            raise ParseError(_("Send one JSON object.")) from error
        if not isinstance(body, dict):
            raise ParseError(_("Send one JSON object."))
        return body


class BodyViewSet(GenericViewSet):
    """An endpoint that takes a JSON object of at most `max_body_bytes`; its answers are not cached."""

    http_method_names = ["post", "options"]
    parser_classes = [JSONObjectParser]
    max_body_bytes: ClassVar[int] = MAX_BODY_BYTES

    def initial(self, request: Request, *args: Any, **kwargs: Any) -> None:
        """Reject a body that is too long before reading it."""
        super().initial(request, *args, **kwargs)
        length = request.META.get("CONTENT_LENGTH") or ""
        if request.method == "POST" and not (
            CONTENT_LENGTH.fullmatch(length) and int(length) <= self.max_body_bytes
        ):
            raise BodyTooLarge(self.max_body_bytes)

    def finalize_response(self, request: Any, response: Any, *args: Any, **kwargs: Any) -> Any:
        response.headers["Cache-Control"] = "no-store"
        return super().finalize_response(request, response, *args, **kwargs)

    def options(self, request: HttpRequest, *args: Any, **kwargs: Any) -> Response:
        """Return the allowed methods, in the Allow header."""
        return Response(status=204)


class FeeEstimateViewSet(BodyViewSet):
    """What a household might pay. Nothing of the request is stored."""

    serializer_class = fees.FeeQuestionSerializer

    @extend_schema(
        operation_id="estimate_fee",
        summary=_("Estimate a household’s fee"),
        description=_(
            "What the service’s stated prices, or a legal fee rule, say for this household. Nothing"
            " is stored. This is an estimate, not a quote."
        ),
        responses={200: fees.EstimateSerializer},
        extensions={
            "x-example-body": {
                "service": "00000000-0000-4000-8000-000000000000",
                "household_size": 3,
                "income": 2400,
                "period": "month",
            }
        },
    )
    def create(self, request: Request) -> Response:
        serializer = self.get_serializer(data=request.data)
        serializer.is_valid(raise_exception=True)
        return Response(fees.EstimateSerializer(estimate(**serializer.validated_data)).data)


class ContributionViewSet(CreateModelMixin, BodyViewSet):
    """An endpoint that stores what it is sent, with a rate limit."""

    max_body_bytes = MAX_CONTRIBUTION_BYTES
    throttle_classes = [ContributionThrottle]

    def check_throttles(self, request: Request) -> None:
        """Do nothing yet: only a valid body counts, in `perform_create`."""

    def perform_create(self, serializer: BaseSerializer) -> None:
        super().check_throttles(self.request)
        try:
            serializer.save()
        except Exception:
            for throttle in self.get_throttles():
                throttle.refund(self.request)  # type: ignore[attr-defined]
            raise

    def get_success_headers(self, data: Any) -> dict[str, str]:
        """Return no Location: contributions cannot be read."""
        return {}


@extend_schema_view(
    create=extend_schema(
        operation_id="suggest_service",
        summary=_("Suggest support that is not listed"),
        description=_(
            "A curator reviews every suggestion before it is shown. Only `name` is required."
            " `contact` is deleted after the decision. The sender’s IP address is not stored."
        ),
        responses={201: contributions.ReceivedSerializer},
        extensions={
            "x-example-body": {
                "name": "Tuesday evening circle",
                "where": "Leeds",
                "country": "GB",
                "times": "First Tuesday of the month, 7 pm",
            }
        },
    )
)
class SuggestionViewSet(ContributionViewSet):
    """Suggestions of support that is not listed."""

    serializer_class = contributions.SuggestionSerializer


@extend_schema_view(
    create=extend_schema(
        operation_id="correct_service",
        summary=_("Report a problem with a listing"),
        description=_(
            "A curator reviews every report before anything changes. Send only the fields that"
            " differ. `wrong` is the kind of problem. `contact` is deleted after the decision. The"
            " sender’s IP address is not stored."
        ),
        responses={201: contributions.ReceivedSerializer},
        extensions={
            "x-example-body": {
                "service": "00000000-0000-4000-8000-000000000000",
                "wrong": "wrong",
                "phone": "214-555-0199",
            }
        },
    )
)
class CorrectionViewSet(ContributionViewSet):
    """Corrections of a listing."""

    serializer_class = contributions.CorrectionSerializer
