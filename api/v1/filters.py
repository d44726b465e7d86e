"""The parameters of each endpoint: filter sets that parse them, report errors and describe them.

What parses a parameter also describes it in OpenAPI, so that the two cannot differ.
"""

from __future__ import annotations

from collections import OrderedDict
from datetime import timedelta
from typing import Any

import django_filters
from django.utils import timezone
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy
from django_filters.rest_framework import DjangoFilterBackend

from api.errors import InvalidParameters
from api.v1.serializers.listings import YES
from resources.exchange.formats import FORMATS
from resources.search.filters import (
    DayFilter,
    ListingFilterSet,
    Parsed,
    StrictFilterSet,
    TextFilter,
    WholeNumberField,
)
from resources.search.meetings import MEETINGS_KNOWN_FOR
from resources.search.question import MAX_PAGE_SIZE

MAX_PREFIX_LENGTH = 200
# `from` and `as` are Python keywords, so `get_filters` adds their filters.
FROM, TO, AS = "from", "to", "as"
WIDEN = "widen"
JSON = "json"
FACETS, NO = "facets", "no"
DEFAULT_DAYS = timedelta(days=30)
MAX_DAYS = timedelta(days=62)


class PageFilter(django_filters.Filter):
    """Selects a page of the answer without excluding anything from the whole."""

    field_class = WholeNumberField

    def filter(self, qs: Any, value: int | None) -> Any:
        return qs


class RecordFilterSet(StrictFilterSet):
    """The parameters of a list of records: which page."""

    page = PageFilter(min_value=1, help_text=gettext_lazy("The first page is 1."))
    page_size = PageFilter(
        min_value=1,
        max_value=MAX_PAGE_SIZE,
        help_text=gettext_lazy("Results per page, from 1 to 100. Default: 40."),
    )


class PlaceFilterSet(StrictFilterSet):
    """The parameter of place suggestions."""

    q = TextFilter(
        required=True,
        max_length=MAX_PREFIX_LENGTH,
        help_text=gettext_lazy("The start of a postal code or town name, 1 to 200 characters."),
    )


class WordFilterSet(StrictFilterSet):
    """The parameter of word suggestions."""

    q = TextFilter(
        required=True,
        max_length=MAX_PREFIX_LENGTH,
        help_text=gettext_lazy("The beginning of some words or of a name, from 1 to 200 characters."),
    )


class FileFilterSet(ListingFilterSet):
    """A question about listings, the format of its answer, and whether it counts the facets."""

    offered = tuple(ListingFilterSet.base_filters)

    @classmethod
    def get_filters(cls) -> OrderedDict[str, django_filters.Filter]:
        file_format = django_filters.ChoiceFilter(
            choices=[(JSON, "JSON"), *((file_format.name, file_format.label) for file_format in FORMATS)],
            help_text=gettext_lazy(
                "Response format. Default: json, one page at a time. Other formats return everything"
                " unless page or page_size is given."
            ),
            error_messages={"invalid_choice": gettext_lazy("“%(value)s” is not one of the choices.")},
        )
        counts = django_filters.ChoiceFilter(
            choices=[(YES, YES), (NO, NO)],
            help_text=gettext_lazy("yes: with the count of every value of every facet. Default: no."),
            error_messages={"invalid_choice": gettext_lazy("“%(value)s” is not one of the choices.")},
        )
        return super().get_filters() | OrderedDict({AS: file_format, FACETS: counts})


class MeetingFilterSet(ListingFilterSet):
    """A question about listings and a range of dates, by default the next month. It is not widened."""

    offered = tuple(name for name in ListingFilterSet.base_filters if name != WIDEN)

    @classmethod
    def get_filters(cls) -> OrderedDict[str, django_filters.Filter]:
        first = DayFilter(help_text=gettext_lazy("First local date, such as 2026-01-31. Default: today."))
        last = DayFilter(
            help_text=gettext_lazy("The last local day, at most 62 days after; a month after if not given.")
        )
        filters = super().get_filters() | OrderedDict({FROM: first, TO: last})
        del filters[WIDEN]
        return filters

    def check(self, parsed: Parsed) -> None:
        """Check the range of dates, and complete it in the cleaned data."""
        super().check(parsed)
        cleaned = parsed.cleaned_data
        today = timezone.localdate()
        last_known = today + MEETINGS_KNOWN_FOR
        first = cleaned.get(FROM) or today
        if first > last_known:
            parsed.add_error(FROM, _("Meetings are known until %(day)s.") % {"day": last_known})
            return
        last = cleaned.get(TO) or min(first + DEFAULT_DAYS, last_known)
        if last < first:
            parsed.add_error(TO, _("The last day is before the first."))
        elif last - first > MAX_DAYS:
            parsed.add_error(TO, _("Ask about %(days)d days at most.") % {"days": MAX_DAYS.days})
        elif last > last_known:
            parsed.add_error(TO, _("Meetings are known until %(day)s.") % {"day": last_known})
        else:
            cleaned[TO] = last


class ParameterFilterBackend(DjangoFilterBackend):
    """Parses the query with the view's `filterset_class`; answers 400 unless every parameter can be used.

    A filter set of records filters the view's queryset; one of listings returns its `question()`.
    """

    def get_filterset_class(self, view: Any, queryset: Any = None) -> type[Any]:
        """Return the class of the view; a single record takes no parameters."""
        return StrictFilterSet if getattr(view, "detail", False) else view.filterset_class

    def get_filterset(self, request: Any, queryset: Any, view: Any) -> Any:
        """Return the bound filter set. Raises InvalidParameters."""
        filterset: Any = super().get_filterset(request, queryset, view)
        if errors := filterset.parameter_errors():
            raise InvalidParameters(errors)
        return filterset
