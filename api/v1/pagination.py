"""Long lists, one page at a time, in the shape that listings have too."""

from __future__ import annotations

from typing import Any, cast

from django.core.paginator import EmptyPage, Page, Paginator
from rest_framework import pagination
from rest_framework.request import Request
from rest_framework.response import Response

from resources.search.engine import PageNotFound
from resources.search.question import MAX_PAGE_SIZE, PAGE_SIZE


class RecordPaginator(Paginator):
    def validate_number(self, number: Any) -> int:
        """Raises PageNotFound past the end."""
        try:
            return super().validate_number(number)
        except EmptyPage:
            raise PageNotFound(self.num_pages) from None


class RecordPagination(pagination.PageNumberPagination):
    """Pages of records: a query to count them, one to read the page, and what the records prefetch.

    An empty list has one page, with nothing on it. `page` and `page_size` were checked by the filter set.
    """

    django_paginator_class = RecordPaginator
    page_size = PAGE_SIZE
    page_size_query_param = "page_size"
    max_page_size = MAX_PAGE_SIZE

    def get_paginated_response(self, data: Any) -> Response:
        page, request = cast("Page[Any]", self.page), cast("Request", self.request)
        pages = page.paginator.num_pages
        links = page_links(request, count=page.paginator.count, page=page.number, pages=pages)
        return Response({**links, "results": data})


def page_links(request: Request, *, count: int, page: int, pages: int) -> dict[str, Any]:
    """What a page says of itself, with the addresses of its neighbors, all parameters kept."""
    return {
        "count": count,
        "next": address_with(request, page=str(page + 1)) if page < pages else None,
        "previous": address_with(request, page=str(page - 1)) if page > 1 else None,
        "page": page,
        "pages": pages,
    }


def address_with(request: Request, *, path: str = "", **changed: str | None) -> str:
    """The address of the request, or another `path`, with some parameters changed; None leaves one out."""
    query = request.query_params.copy()
    for name, value in changed.items():
        query.pop(name, None)
        if value is not None:
            query[name] = value
    return request.build_absolute_uri(f"{path or request.path}?{query.urlencode()}")
