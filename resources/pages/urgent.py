"""Urgent help, from a file: it works with the database down. The country is chosen, never guessed."""

from __future__ import annotations

import hashlib
from datetime import date
from typing import Any

import orjson
from django.http import HttpRequest, HttpResponse
from django.shortcuts import render
from django.utils import timezone
from django.views.decorators.http import require_safe

from resources.pages.content import clinical_review, read_data

FILE = "urgent.json"
SIGNS = ("emergency_signs", "what_to_do", "warning_signs", "ectopic_signs")
STALE_AFTER_DAYS = 90  # a number unchecked for longer is marked, and a system check warns the operator


@require_safe
def urgent(request: HttpRequest) -> HttpResponse:
    """Show the page. An unknown country counts as none: nobody gets an error here."""
    urgent = urgent_context(request.GET.get("country", ""), today=timezone.localdate())
    context = {
        "urgent": urgent,
        "signs": [urgent[name] for name in SIGNS],
        "review": clinical_review(),
    }
    # Most of the time of a page that must answer at once went into drawing the same again.
    as_drawn = hashlib.sha256(orjson.dumps(context, default=_as_json)).hexdigest()
    return render(request, "pages/urgent.html", {**context, "as_drawn": as_drawn})


def _as_json(value: Any) -> Any:
    return sorted(value) if isinstance(value, set) else str(value)


def urgent_context(country: str, *, today: date) -> dict[str, Any]:
    """Return the page's content; `chosen` is the country whose numbers come first, or None."""
    document = read_data(FILE)
    countries = [_country_context(entry, today) for entry in document["countries"]]
    chosen = next((entry for entry in countries if entry["code"] == country.upper()), None)
    others = [entry for entry in countries if entry is not chosen]
    return {
        **document,
        "countries": [chosen, *others] if chosen else countries,
        "chosen": chosen,
        "others": others,
    }


def old_numbers(today: date) -> list[str]:
    """Return each number nobody has checked for STALE_AFTER_DAYS, such as "GB 999"."""
    countries = urgent_context("", today=today)["countries"]
    records = [record for country in countries for record in country["numbers"]]
    return [f"{record['country']} {record['number']}" for record in records if record["old_days"]]


def _country_context(country: dict[str, Any], today: date) -> dict[str, Any]:
    numbers = [{**record, "old_days": _days_if_old(record, today)} for record in country["numbers"]]
    return {**country, "numbers": numbers, "roles": {record["role"] for record in numbers}}


def _days_if_old(record: dict[str, Any], today: date) -> int | None:
    """Return the days since its source was read or it was dialed, whichever is later; None if recent."""
    latest = max(day for day in (record["source_seen_on"], record["checked_on"]) if day)
    days: int = (today - latest).days
    return days if days > STALE_AFTER_DAYS else None
