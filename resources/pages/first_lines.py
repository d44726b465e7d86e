"""The lines that are named first: on the home page, by country, and in one row above results.

Which they are is the operator's setting. Where none of them is reported to answer day and night, the line for
any subject that the urgent page names for the country stands beside them. Nothing here says "now": nobody has
called them for us.
"""

from __future__ import annotations

from collections.abc import Sequence
from functools import lru_cache
from typing import Any

from django.conf import settings
from django.db import DatabaseError
from django.utils import timezone
from django.utils.translation import get_language

from resources import wording
from resources.models import Service
from resources.pages.content import read_data
from resources.pages.urgent import FILE as URGENT
from resources.presentation.cards import card_of
from resources.presentation.results import base_result, result_context
from resources.presentation.service_data import data_of
from resources.search.version import catalog_version
from resources.vocabulary import COUNTRIES

CRISIS = "crisis"


def first_lines(country: str) -> dict[str, Any]:
    """Return the first lines of a country: `made_for` loss, and `any_hour` for any subject or None.

    Each of `made_for` is a result with `hours` (a phrase, "" if unknown). A few queries for each version of
    the catalog; without a database only `any_hour` is there.
    """
    try:
        lines = _lines_of_version(catalog_version(), country, get_language() or "")
    except DatabaseError:
        lines = []
    covered = any(line["is_day_and_night"] for line in lines)
    return {
        "country": wording.the_country(country),
        "made_for": lines,
        "any_hour": None if covered else _any_hour(country),
    }


def countries_context(chosen: str) -> list[dict[str, Any]]:
    """Return the countries we serve, each `code`, `name` and `selected`."""
    return [{"code": code, "name": str(name), "selected": code == chosen} for code, name in COUNTRIES.items()]


@lru_cache(maxsize=32)
def _lines_of_version(version: str, country: str, language: str) -> list[dict[str, Any]]:
    """Return the chosen lines that are published and can be called or texted, in the operator's order."""
    ids: Sequence[str] = settings.FIRST_LINES.get(country, ())
    services = {str(row.pk): row for row in Service.objects.published().with_related().filter(pk__in=ids)}
    lines = [_line_context(services[pk]) for pk in ids if pk in services]
    return [line for line in lines if line["phones"]]


def _line_context(service: Service) -> dict[str, Any]:
    now = timezone.now()
    data = data_of(service, on=timezone.localdate(now))
    view = result_context(base_result(card_of(data, None), now, []), now=now)
    words = "; ".join(row.description for row in data.schedules_at())
    return {
        **view,
        "phones": [phone for phone in view["phones"] if phone["href"]],
        "hours": "; ".join(view["when"]),
        "is_day_and_night": wording.is_day_and_night(words),
    }


def _any_hour(country: str) -> dict[str, Any] | None:
    """Return the number for thoughts of harm of the country, which listens to anyone; None for others."""
    for entry in read_data(URGENT)["countries"]:
        if entry["code"] == country:
            return next((row for row in entry["numbers"] if row["role"] == CRISIS and row["dial"]), None)
    return None
