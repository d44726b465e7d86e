"""Pagination of records, in the same shape as listings."""

from __future__ import annotations

from types import SimpleNamespace
from typing import Any, cast

from django.core.paginator import EmptyPage, Page, Paginator
from django.utils.translation import gettext_lazy as _
from rest_framework import pagination, serializers
from rest_framework.request import Request
from rest_framework.response import Response

from resources.search.engine import PageNotFound
from resources.search.question import MAX_PAGE_SIZE, PAGE_SIZE


class PageLinkField(serializers.URLField):
    """The URL of the page `step` further, with all parameters; None if there is no such page."""

    def __init__(self, step: int, **options: Any) -> None:
        self.step = step
        super().__init__(source="*", allow_null=True, **options)

    def to_representation(self, value: Any) -> Any:
        page = value.page + self.step
        return address_with(self.context["request"], page=str(page)) if 1 <= page <= value.pages else None


class PageSerializer(serializers.Serializer):
    """The members common to all lists. Reads `count`, `page` and `pages`."""

    count = serializers.IntegerField(help_text=_("How many there are in all."))
    next = PageLinkField(+1, help_text=_("The next page, all parameters kept."))
    previous = PageLinkField(-1, help_text=_("The page before, all parameters kept."))
    page = serializers.IntegerField(help_text=_("The number of this page; the first is 1."))
    pages = serializers.IntegerField(help_text=_("How many pages there are."))


class RecordPaginator(Paginator):
    """A paginator whose pages past the end raise PageNotFound."""

    def validate_number(self, number: Any) -> int:
        """Return the number. Raises PageNotFound past the end."""
        try:
            return super().validate_number(number)
        except EmptyPage:
            raise PageNotFound(self.num_pages) from None


class RecordPagination(pagination.PageNumberPagination):
    """Pages of records: one query to count them, one for the page, plus what the records prefetch.

    An empty list has one empty page. `page` and `page_size` were checked by the filter set.
    """

    django_paginator_class = RecordPaginator
    page_size = PAGE_SIZE
    page_size_query_param = "page_size"
    max_page_size = MAX_PAGE_SIZE

    def get_paginated_response(self, data: Any) -> Response:
        page, request = cast("Page[Any]", self.page), cast("Request", self.request)
        pages = page.paginator
        about = SimpleNamespace(count=pages.count, page=page.number, pages=pages.num_pages)
        return Response({**PageSerializer(about, context={"request": request}).data, "results": data})


def address_with(request: Request, *, path: str = "", **changed: str | None) -> str:
    """Return the URL of the request, or of another `path`, with parameters changed; None removes one."""
    query = request.query_params.copy()
    for name, value in changed.items():
        query.pop(name, None)
        if value is not None:
            query[name] = value
    return request.build_absolute_uri(f"{path or request.path}?{query.urlencode()}")
