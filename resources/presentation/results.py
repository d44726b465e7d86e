"""From a card to a result, as in the API, and to what the templates draw: phrases in place of codes."""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence
from datetime import date, datetime
from typing import Any

from django.urls import reverse
from django.utils.translation import gettext as _

from resources import wording
from resources.geo.geocoding import FoundPlace
from resources.geo.regions import region_name
from resources.models.web import host_of
from resources.presentation.cards import FACTS, ROWS, joined
from resources.presentation.prices import is_stated, with_phrase
from resources.presentation.schedules import opening_of, reported_phrase, schedule_summary
from resources.presentation.times import meeting_contexts, opening_line
from resources.vocabulary import NOBODY_PAYS, ContentNote, Fit, Kind, MatchReason, PhoneType

MAX_HOST = 24  # letters of a web site that fit on the button of a card on a phone
INTERNAL_KEYS = ("schedules", "last_modified")  # parts of a card that results show otherwise, or not at all


# What a question adds to a result, where there is none.
NO_ANSWER: Mapping[str, Any] = {
    "known_clear": None,
    "not_known": (),
    "distance_km": None,
    "distance_is_about": False,
    "why": None,
}


NO_TIMES: Mapping[str, Any] = {"next_meetings": (), "opening": None}


def base_result(
    card: Mapping[str, Any], now: datetime, meetings: Sequence[Mapping[str, Any]]
) -> dict[str, Any]:
    """Return a card as a result independent of any question."""
    return {**timeless_facts(card), **NO_ANSWER, **timely_facts(card, now, meetings)}


def with_addresses(result: Mapping[str, Any], absolute: Callable[[str], str]) -> dict[str, Any]:
    """Return a result with the URLs of its service and organization, in the API and on the site.

    `absolute` puts the origin of the site before a path.
    """
    named = {
        name: {
            **result[name],
            "url": absolute(reverse(f"api:{name}-detail", args=[result[name]["id"]])),
            "page_url": absolute(reverse(f"pages:{name}", args=[result[name]["id"]])),
        }
        for name in ("service", "organization")
    }
    return {**result, **named}


def timeless_facts(card: Mapping[str, Any]) -> dict[str, Any]:
    """Return what a result says at any time and to any question, in the language that is active."""
    return {
        **{name: value for name, value in card.items() if name not in INTERNAL_KEYS},
        "cost": with_phrase(card["cost"]),
        "schedules": [schedule_summary(schedule) for schedule in card["schedules"]],
    }


def timely_facts(
    card: Mapping[str, Any], now: datetime, meetings: Sequence[Mapping[str, Any]]
) -> dict[str, Any]:
    """Return what a result says of now. `card` needs its kind and schedules only."""
    return {
        "next_meetings": list(meetings),
        "opening": opening_of(card["kind"], card["schedules"], now),
    }


def result_context(
    result: Mapping[str, Any],
    *,
    now: datetime,
    place: FoundPlace | None = None,
    zone: str = "",
    has_place: bool | None = None,
) -> dict[str, Any]:
    """Return `result` for `components/result.html`, from a result.

    `place` and its `zone` are those asked about. `has_place` says whether there is a place to go to; None
    means: as the location of the result says.
    """
    phrases = phrases_of(result)
    address = place_line(result["location"])
    audience = wording.audience_lines(
        phrases["audiences"], made_for=phrases["made_for"], only=bool(result["only_for"])
    )
    phones = [phone_context(phone) for phone in result["phones"]]
    reason = reason_of(result["why"], place, result["areas"])
    distance = distance_of(result, place)
    return {
        "id": result["id"],
        "url": reverse("pages:service", args=[result["service"]["id"]]),
        "name": result["service"]["name"],
        "organization": organization_link(result["organization"]),
        "kind_label": Kind(result["kind"]).label,
        "fit_note": fit_note(result["kind"], result["fit"]),
        "summary": result["summary"],
        "cost_phrase": result["cost"]["phrase"] if is_stated(result["cost"]) else "",
        "is_free": _is_free(result["cost"]),
        "when": when_of(result, now.year),
        "meetings": meeting_contexts(result["next_meetings"][:1], result["formats"], now, zone),
        "opening": opening_line(result["opening"], now),
        "formats": phrases["formats"],
        "losses": phrases["losses"],
        "access": phrases["access"],
        "for_whom": audience,
        "only_for": audience[0] if result["only_for"] else "",
        "rows": [row for row in row_contexts(result) if row["lines"] != [wording.language_name("en")]],
        "place": address,
        "where": where_line(address, reason, distance, result["areas"], abroad_of(result["country"], place)),
        "door": address if result["location"] and result["location"]["address"] else "",
        "distance": distance,
        "why": reason,
        "areas": result["areas"],
        "phones": phones,
        "email": result["email"],
        "website": result["website"],
        "actions": actions_of(phones, email=result["email"], website=result["website"]),
        "content_notes": wording.capitalize_first(
            [ContentNote(code).phrase for code in result["content_notes"]]
        ),
        "assured": wording.check_status(
            _day(result["assured_date"]),
            has_place=bool(address) if has_place is None else has_place,
            has_phone=any(phone["href"] and phone["type"] != PhoneType.SMS for phone in result["phones"]),
        ),
        "found": wording.recent_outcomes(
            full_on=_day(result["full_on"]), unanswered_on=_day(result["unanswered_on"])
        ),
        "services": [],
        "has_noted_services": False,
    }


def when_of(result: Mapping[str, Any], this_year: int) -> list[str]:
    """Return when it meets or is open, a phrase for each: checked, or as its source says."""
    reported = reported_phrase(result["kind"], result["reported_times"], this_year)
    return [schedule["phrase"] for schedule in result["schedules"]] or ([reported] if reported else [])


def distance_of(facts: Mapping[str, Any], place: FoundPlace | None) -> str:
    """Return how far away a result is in words; "" for one that is not near the place asked about."""
    return wording.distance(
        facts["distance_km"] if facts["why"] == MatchReason.NEAR_YOU else None,
        country=place.country if place else "",
        about=facts["distance_is_about"],
    )


def where_line(address: str, reason: str, distance: str, areas: Sequence[str], abroad: str = "") -> str:
    """Return where a result is and how far, else whom it reaches: "2 Elm St, Dallas, TX · 3 miles".

    `abroad` is the name of its country where that has to be said.
    """
    if distance:
        return f"{_with_country(address or reason, abroad)} · {distance}"
    return _with_country(reason or address or ", ".join(areas[:3]), abroad)


def _with_country(line: str, country: str) -> str:
    if not country or country in line:
        return line
    return _("%(where)s, %(country)s") % {"where": line, "country": country} if line else country


def abroad_of(country: str | None, place: FoundPlace | None) -> str:
    """Return the name of a country unless it is that of the place asked about; "" if it is, or is unknown."""
    return wording.country_name(country) if country and not (place and place.country == country) else ""


def _is_free(cost: Mapping[str, Any]) -> bool:
    """True if nobody pays for it, also once."""
    return set(cost["kinds"]) <= set(NOBODY_PAYS) and not cost["joining_fee"]


def actions_of(
    phones: Sequence[Mapping[str, Any]], *, email: str | None, website: str | None
) -> list[dict[str, str]]:
    """Return how to reach them, the quickest way first, two ways at most: each `sign`, `url`, `label`.

    A number to call leads, then one to text, an email address, their website. A website is offered only
    where there is nothing else: otherwise it is in the foot of the card.
    """
    calls, texts = (
        _dialled(phones, *kinds) for kinds in ((PhoneType.VOICE, PhoneType.TTY), (PhoneType.SMS,))
    )
    ways = [
        {"sign": sign, "url": row["href"], "label": f"{row['label']} {row['display']}"}
        for sign, rows in (("phone", calls), ("text", texts))
        for row in rows[:1]
    ]
    if calls and texts and _digits(calls[0]) == _digits(texts[0]):
        ways[1]["label"] = str(texts[0]["label"])  # the number stands on the button before it
    if email:
        ways.append({"sign": "email", "url": f"mailto:{email}", "label": _("Email them")})
    if website and not ways:
        host = host_of(website) or website
        label = (
            _("Go to %(website)s") % {"website": host} if len(host) <= MAX_HOST else _("Go to their website")
        )
        ways.append({"sign": "website", "url": website, "label": label})
    return ways[:2]


def _dialled(phones: Sequence[Mapping[str, Any]], *kinds: PhoneType) -> list[Mapping[str, Any]]:
    return [phone for phone in phones if phone["href"] and phone["type"] in kinds]


def _digits(phone: Mapping[str, Any]) -> str:
    """Return what is dialled, whether the number is called or texted."""
    return str(phone["href"]).partition(":")[2]


def phrases_of(result: Mapping[str, Any]) -> dict[str, list[Any]]:
    """Return each fact of a card or a result that is a list of codes or words, by its name, in words."""
    return {fact.name: fact.phrases(result) for fact in FACTS if fact.many and fact.holds is not dict}


def row_contexts(result: Mapping[str, Any], more: Mapping[str, str] | None = None) -> list[dict[str, Any]]:
    """Return the facts with a row of their own; `more` holds additional text for some, by their names."""
    more = more or {}
    return [
        {"name": fact.label, "lines": fact.phrases(result), "more": more.get(fact.name, "")} for fact in ROWS
    ]


def _day(text: str | None) -> date | None:
    return date.fromisoformat(text) if text else None


def organization_link(organization: Mapping[str, Any]) -> dict[str, Any]:
    """Return the name and URL of the organization."""
    return {
        "name": organization["name"],
        "operator_stated": organization["operator_stated"],
        "url": reverse("pages:organization", args=[organization["id"]]),
    }


def phone_context(phone: Mapping[str, Any]) -> dict[str, Any]:
    """Return a phone number for `components/phones.html`."""
    extension = phone["extension"]
    return {
        "display": phone["number"] + (_(", extension %s") % extension if extension else ""),
        "href": phone["href"],
        "label": PhoneType(phone["type"]).label,
        "type": phone["type"],
        "note": phone["description"],
    }


def fit_note(kind: str, fit: str) -> str:
    """Return what must be known about help that is not made for loss before traveling to it; else ""."""
    if kind == Kind.CLINIC and fit == Fit.GENERAL:
        return _(
            "General low-cost clinic, not a pregnancy-loss service. Ask whether it offers follow-up"
            " or counseling."
        )
    return ""


def town_of(location: Mapping[str, Any] | None) -> str:
    """Return "Dallas, TX"; "" if unknown."""
    return joined(location["city"], location["region"]) if location else ""


def place_line(location: Mapping[str, Any] | None) -> str:
    """Return "2 Elm St, Dallas, TX"; "" if unknown."""
    return joined(location["address"], town_of(location)) if location else ""


def reason_of(code: str | None, place: FoundPlace | None, areas: Sequence[str]) -> str:
    """Return why the listing is shown for this place: in the service area's own words if there are any."""
    if code is None or place is None:
        return ""
    region, country = region_name(place.country, place.region), wording.country_name(place.country)
    if code != MatchReason.NEAR_YOU and len(areas) == 1 and areas[0] not in (region, country):
        return areas[0]
    if code == MatchReason.NATIONAL:
        return _("Anyone in %(country)s") % {"country": wording.the_country(place.country)}
    if code == MatchReason.SERVES_YOUR_STATE and region:
        return _("Serves %(region)s") % {"region": region}
    return str(MatchReason(code).label)
