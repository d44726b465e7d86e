"""Browsing by country and region, for visitors who would rather not type a place."""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence
from itertools import groupby
from typing import Any
from urllib.parse import urlencode

from django.conf import settings
from django.http import HttpRequest, HttpResponse
from django.shortcuts import render
from django.urls import reverse
from django.utils.translation import gettext as _
from django.views.decorators.http import require_safe

from resources import wording
from resources.geo.regions import country_name, region_name
from resources.http.conditional import conditional
from resources.pages.first_lines import first_lines
from resources.pages.results import (
    LAYOUTS,
    PageURL,
    paging_context,
    parted_by_cost,
    parts_of_page,
    section_group_context,
)
from resources.pages.shortlist_state import list_context, redirect_after_removal
from resources.presentation.grouping import cards_of, door_of, organization_of
from resources.presentation.results import result_context, where_line
from resources.search.engine import (
    Answer,
    PageNotFound,
    known_area,
    listing_counts_by_region,
    search_listings,
    towns_with_listings,
)
from resources.search.question import BrowseArea, Question
from resources.vocabulary import MatchReason, Section

PAST_EVERY_END = 999_999


@require_safe
@conditional()
def countries(request: HttpRequest) -> HttpResponse:
    """Show all countries."""
    return render(request, "pages/browse.html", {"countries": _country_contexts(), "unknown": False})


@require_safe
@conditional()
def place(request: HttpRequest, country: str, region: str = "") -> HttpResponse:
    """Show a country or region; for an unknown one list all countries, with status 404."""
    if shorter := redirect_after_removal(request):
        return shorter
    area = known_area(country, region)
    if area is None:
        context = {"countries": _country_contexts(), "unknown": True}
        return render(request, "pages/browse.html", context, status=404)
    address = PageURL(request.path, request.GET)
    context = {
        "place": _place_context(area),
        "list": list_context(request),
        "lines": first_lines(area.country),
    }
    try:
        answer = search_listings(
            Question(default_country=settings.DEFAULT_COUNTRY, area=area, page=_page_of(request))
        )
    except PageNotFound as error:
        last = {"pages": error.pages, "url": address.with_params(page=error.pages)}
        return render(request, "pages/browse_place.html", {**context, "past_end": last}, status=404)
    context["answer"] = _answer_context(answer, area, address)
    return render(request, "pages/browse_place.html", context)


def browse_addresses() -> Iterator[str]:
    """Yield the URL of every country and region that has listings."""
    for country, regions in listing_counts_by_region().items():
        yield address_of(BrowseArea(country))
        yield from (
            address_of(BrowseArea(country, code)) for code, number in regions.items() if code and number
        )


def address_of(area: BrowseArea) -> str:
    """Return the URL of an area."""
    if area.region:
        return reverse("pages:browse_region", args=[area.country.lower(), area.region.lower()])
    return reverse("pages:browse_country", args=[area.country.lower()])


def _page_of(request: HttpRequest) -> int:
    """Return the page number; a malformed one is past every end."""
    typed = request.GET.get("page", "1")
    number = int(typed) if typed.isascii() and typed.isdigit() and len(typed) <= 6 else 0
    return number or PAST_EVERY_END


def _country_contexts() -> list[dict[str, Any]]:
    return [
        {
            "name": _country_name(country),
            "code": country.lower(),
            "url": address_of(BrowseArea(country)),
            "total": sum(regions.values()),
            "regions": _region_contexts(country, regions),
        }
        for country, regions in listing_counts_by_region().items()
    ]


def _region_contexts(country: str, regions: Mapping[str, int]) -> list[dict[str, Any]]:
    named = [(region_name(country, code), code, number) for code, number in regions.items() if code]
    return [
        {"name": name, "total": number, "url": address_of(BrowseArea(country, code))}
        for name, code, number in sorted(named)
    ]


def _place_context(area: BrowseArea) -> dict[str, Any]:
    regions = {} if area.region else listing_counts_by_region()[area.country]
    return {
        "name": _name(area),
        "url": address_of(area),
        "is_region": bool(area.region),
        "country": _country_name(area.country),
        "country_url": address_of(BrowseArea(area.country)),
        "regions": _region_contexts(area.country, regions),
        "towns": [_town_context(town, area) for town in towns_with_listings(area)] if area.region else [],
    }


def _town_context(town: str, area: BrowseArea) -> dict[str, str]:
    near = ", ".join((town, region_name(area.country, area.region), country_name(area.country)))
    return {"name": town, "url": f"{reverse('pages:search')}?{urlencode({'near': near})}"}


def _country_name(code: str) -> str:
    """Return the name in the page's language if we serve the country, else in English."""
    name = wording.country_name(code)
    return country_name(code) if name == code else name


def _name(area: BrowseArea) -> str:
    return region_name(area.country, area.region) if area.region else _country_name(area.country)


def _answer_context(answer: Answer, area: BrowseArea, address: PageURL) -> dict[str, Any]:
    return {
        "count": answer.count,
        "parts": parts_of_page(
            answer,
            answer.results,
            address,
            lambda section: _heading(section, area, [r for r in answer.results if r["section"] == section]),
        ),
        "groups": [
            _group(Section(code), list(part), answer, area)
            for code, part in groupby(answer.results, lambda result: result["section"])
        ],
        **paging_context(answer, address),
    }


def _group(
    section: Section, results: Sequence[Mapping[str, Any]], answer: Answer, area: BrowseArea
) -> dict[str, Any]:
    stated, rest = parted_by_cost(section, results, lambda result: result["cost"]["kinds"])
    by = door_of if LAYOUTS[section].by == "door" else organization_of
    drawn, drawn_rest = (
        cards_of([_result_context(result, area, answer.question.now) for result in part], key=by)
        for part in (stated, rest)
    )
    return section_group_context(
        section,
        _heading(section, area, results),
        drawn,
        rest=drawn_rest,
        total=answer.sections[section],
        is_open=len(answer.sections) == 1,
    )


def _heading(section: Section, area: BrowseArea, results: Sequence[Mapping[str, Any]] = ()) -> str:
    """Return the title of a section; "across Texas" only over what serves Texas or a part of it."""
    if section == Section.NEAR_YOU:
        return _("In %(place)s") % {"place": _name(area)}
    reasons = {MatchReason.SERVES_YOUR_AREA, MatchReason.SERVES_YOUR_STATE}
    if not area.region:
        reasons.add(MatchReason.NATIONAL)
    if section == Section.SERVES_YOU and not reasons.isdisjoint(result["why"] for result in results):
        return _("By phone, online or across %(place)s") % {"place": _name(area)}
    return str(section.label)


def _result_context(result: Mapping[str, Any], area: BrowseArea, now: Any) -> dict[str, Any]:
    view, why = result_context(result, now=now), _why(result, area)
    return {**view, "why": why, "where": where_line(view["place"], why, "", result["areas"])}


def _why(result: Mapping[str, Any], area: BrowseArea) -> str:
    """Return how the listing reaches the region: in the service area's own words if it covers a part."""
    areas, reason = result["areas"], MatchReason(result["why"])
    if reason == MatchReason.NEAR_YOU:
        return ""
    if len(areas) == 1:
        return str(areas[0])
    if reason == MatchReason.SERVES_YOUR_AREA:
        return ", ".join(areas[:3])
    if reason == MatchReason.SERVES_YOUR_STATE:
        return _("Serves %(region)s") % {"region": _name(area)}
    return str(reason.label)
