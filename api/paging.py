"""Long lists, one page at a time, in the shape that listings have too."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

from django.core.paginator import EmptyPage, Paginator
from django.db.models import QuerySet
from django.utils.translation import gettext as _
from rest_framework.exceptions import NotFound
from rest_framework.request import Request

from resources.search.question import PAGE_SIZE


def page_body(
    request: Request, rows: QuerySet[Any], asked: dict[str, Any], present: Callable[[list[Any]], Any]
) -> dict[str, Any]:
    """One page of `rows`: a query to count them, one to read the page, and what the rows prefetch.

    Raises `NotFound` past the end. An empty list has one page, with nothing on it.
    """
    paginator = Paginator(rows, asked["page_size"] or PAGE_SIZE)
    try:
        page = paginator.page(asked["page"] or 1)
    except EmptyPage:
        raise page_not_found(paginator.num_pages) from None
    return {
        **page_links(request, count=paginator.count, page=page.number, pages=paginator.num_pages),
        "results": present(list(page.object_list)),
    }


def page_links(request: Request, *, count: int, page: int, pages: int) -> dict[str, Any]:
    return {
        "count": count,
        "next": page_address(request, page + 1) if page < pages else None,
        "previous": page_address(request, page - 1) if page > 1 else None,
        "page": page,
        "pages": pages,
    }


def page_address(request: Request, page: int) -> str:
    """The same question, all parameters kept, at another page."""
    return address_with(request, page=str(page))


def address_with(request: Request, *, path: str = "", **changed: str | None) -> str:
    """The address asked, or another `path`, with some parameters changed; None leaves one out."""
    query = request.query_params.copy()
    for name, value in changed.items():
        query.pop(name, None)
        if value is not None:
            query[name] = value
    return request.build_absolute_uri(f"{path or request.path}?{query.urlencode()}")


def page_not_found(pages: int) -> NotFound:
    return NotFound(_("There is no such page. The last page is %(pages)d.") % {"pages": pages})
