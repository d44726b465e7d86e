"""A result as the templates draw it, for every door that shows one: phrases in place of codes."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from datetime import date, datetime
from typing import Any

from django.urls import reverse
from django.utils.translation import gettext as _

from resources import wording
from resources.geo.geocoding import FoundPlace
from resources.geo.regions import region_name
from resources.presentation.times import meeting_contexts, opening_line
from resources.vocabulary import (
    Access,
    Audience,
    ContentNote,
    Fit,
    Format,
    Kind,
    Loss,
    MatchReason,
    PhoneType,
)


def result_context(
    result: Mapping[str, Any], *, now: datetime, place: FoundPlace | None = None, zone: str = ""
) -> dict[str, Any]:
    """`result` for `components/result.html`, from a result; `place` and its `zone` are those asked about."""
    for_whom = wording.audience_lines(
        [Audience(code).label for code in result["audiences"]],
        made_for=[Audience(code).label for code in result["made_for"]],
        only=bool(result["only_for"]),
    )
    return {
        "id": result["id"],
        "url": reverse("pages:service", args=[result["service"]["id"]]),
        "name": result["service"]["name"],
        "organization": organization_link(result["organization"]),
        "kind_label": Kind(result["kind"]).label,
        "fit_note": fit_note(result["kind"], result["fit"]),
        "summary": result["summary"],
        "cost_phrase": result["cost"]["phrase"],
        "when": [schedule["phrase"] for schedule in result["schedules"]],
        "meetings": meeting_contexts(result["next_meetings"], result["formats"], now, zone)[:1],
        "opening": opening_line(result["opening"], now),
        "formats": [Format(code).label for code in result["formats"]],
        "languages": [wording.language_name(code) for code in result["languages"]],
        "losses": [Loss(code).label for code in result["losses"]],
        "for_whom": for_whom,
        "only_for": for_whom[0] if result["only_for"] else "",
        "joining": [Access(code).label for code in result["access"]],
        "place": _place_line(result["location"]),
        "distance": wording.distance(
            result["distance_km"] if result["why"] == MatchReason.NEAR_YOU else None,
            country=place.country if place else "",
            about=result["distance_is_about"],
        ),
        "why": _why(result["why"], place, result["areas"]),
        "phones": [phone_context(phone) for phone in result["phones"]],
        "email": result["email"],
        "website": result["website"],
        "content_notes": wording.one_after_another(
            [ContentNote(code).phrase for code in result["content_notes"]]
        ),
        "assured": wording.check_status(_day(result["assured_date"])),
        "found": wording.recent_outcomes(
            full_on=_day(result["full_on"]), unanswered_on=_day(result["unanswered_on"])
        ),
    }


def _day(text: str | None) -> date | None:
    return date.fromisoformat(text) if text else None


def organization_link(organization: Mapping[str, Any]) -> dict[str, Any]:
    return {
        "name": organization["name"],
        "operator_stated": organization["operator_stated"],
        "url": reverse("pages:organization", args=[organization["id"]]),
    }


def phone_context(phone: Mapping[str, Any]) -> dict[str, Any]:
    extension = phone["extension"]
    return {
        "display": phone["number"] + (_(", extension %s") % extension if extension else ""),
        "href": phone["href"],
        "label": PhoneType(phone["type"]).label,
        "note": phone["description"],
    }


def fit_note(kind: str, fit: str) -> str:
    """What must be said of help that is not made for loss, before someone travels to it."""
    if kind == Kind.CLINIC and fit == Fit.GENERAL:
        return _(
            "General low-cost clinic. Fees depend on income. Not a pregnancy-loss service:"
            " ask whether it offers follow-up or counselling."
        )
    return ""


def _place_line(location: Mapping[str, Any] | None) -> str:
    if location is None:
        return ""
    town = ", ".join(part for part in (location["city"], location["region"]) if part)
    return ", ".join(part for part in (location["address"], town) if part)


def _why(code: str | None, place: FoundPlace | None, areas: Sequence[str]) -> str:
    """Why it is shown for this place: in the area's own words, where the source used its own."""
    if code is None or place is None:
        return ""
    region, country = region_name(place.country, place.region), wording.country_name(place.country)
    if (
        code not in (MatchReason.NEAR_YOU, MatchReason.ONLINE)
        and len(areas) == 1
        and areas[0] not in (region, country)
    ):
        return areas[0]
    if code == MatchReason.SERVES_YOUR_STATE and region:
        return _("Serves %(region)s") % {"region": region}
    return str(MatchReason(code).label)
