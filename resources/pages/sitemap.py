"""Sitemaps for search engines: an index, and streamed parts of at most 10,000 URLs.

They list published pages only. Searches, shortlists and handouts are left out: they contain what people
typed.
"""

from __future__ import annotations

import math
from collections.abc import Callable, Iterable, Iterator
from datetime import datetime
from typing import Any

from django.conf import settings
from django.db.models import QuerySet
from django.http import Http404, HttpRequest, HttpResponse, StreamingHttpResponse
from django.http.response import HttpResponseBase
from django.urls import reverse
from django.utils.html import escape
from django.views.decorators.http import require_safe

from resources.http.conditional import conditional
from resources.models import Listing, Organization, Service
from resources.pages.browse import browse_addresses

PART_SIZE = 10_000
READ_CHUNK = 1000
HEAD = '<?xml version="1.0" encoding="UTF-8"?>\n'
NAMESPACE = "http://www.sitemaps.org/schemas/sitemap/0.9"
MAX_PARTS = 50_000  # in one index, by the protocol
PLAIN_PAGES = ("home", "browse", "urgent", "after", "calls", "about", "privacy", "accessibility")


def _services() -> QuerySet[Service]:
    return Service.objects.published()


def _organizations() -> QuerySet[Organization]:
    return Organization.objects.filter(pk__in=Listing.objects.values("organization_id"))


# By the name of a part: the URL name of a record's page, and the records.
RECORDS: dict[str, tuple[str, Callable[[], QuerySet[Any]]]] = {
    "services": ("pages:service", _services),
    "organizations": ("pages:organization", _organizations),
}


@require_safe
@conditional()
def sitemap(request: HttpRequest) -> HttpResponse:
    """Return the index of the parts; one query for each kind of record."""
    parts = [("pages", 1)]
    for name, (_page, records) in RECORDS.items():
        parts += [(name, number + 1) for number in range(math.ceil(records().count() / PART_SIZE))]
    rows = "".join(
        f"<sitemap><loc>{_absolute(reverse('pages:sitemap_part', args=part))}</loc></sitemap>\n"
        for part in parts
    )
    return HttpResponse(
        f'{HEAD}<sitemapindex xmlns="{NAMESPACE}">\n{rows}</sitemapindex>\n', content_type="application/xml"
    )


@require_safe
@conditional()
def sitemap_part(request: HttpRequest, part: str, number: int) -> HttpResponseBase:
    """Return one part, streamed so that its size costs no memory."""
    rows = _plain() if (part, number) == ("pages", 1) else _records(part, number)
    first = next(rows, None)
    if first is None:
        raise Http404
    return StreamingHttpResponse(_urlset(first, rows), content_type="application/xml")


def _plain() -> Iterator[str]:
    addresses: Iterable[str] = (*(reverse(f"pages:{name}") for name in PLAIN_PAGES), *browse_addresses())
    yield from (_row(address) for address in addresses)


def _records(part: str, number: int) -> Iterator[str]:
    if part not in RECORDS or not 1 <= number <= MAX_PARTS:
        return
    page, records = RECORDS[part]
    rows = (
        records()
        .order_by("pk")
        .values_list("pk", "last_modified")[(number - 1) * PART_SIZE : number * PART_SIZE]
    )
    for pk, changed_at in rows.iterator(chunk_size=READ_CHUNK):
        yield _row(reverse(page, args=[pk]), changed_at)


def _urlset(first: str, others: Iterator[str]) -> Iterator[str]:
    yield f'{HEAD}<urlset xmlns="{NAMESPACE}">\n{first}'
    yield from others
    yield "</urlset>\n"


def _row(address: str, changed_at: datetime | None = None) -> str:
    changed = f"<lastmod>{changed_at:%Y-%m-%d}</lastmod>" if changed_at else ""
    return f"<url><loc>{_absolute(address)}</loc>{changed}</url>\n"


def _absolute(address: str) -> str:
    return escape(f"{settings.SITE_URL}{address}")
