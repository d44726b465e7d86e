"""The finished card of a listing, the same for every visitor."""

from __future__ import annotations

from datetime import date
from typing import Any

from resources.models import Phone, ServiceAtLocation
from resources.presentation.schedules import assured_schedules
from resources.presentation.service_data import ServiceData
from resources.vocabulary import AudienceRule, PhoneType
from resources.wording import country_name

SUMMARY_LENGTH = 240


def card_of(facts: ServiceData, place: ServiceAtLocation | None) -> dict[str, Any]:
    """The finished part of a result, in the shape of the API."""
    service, organization = facts.service, facts.organization
    return {
        "id": str(place.pk if place else service.pk),
        "service": {"id": str(service.pk), "name": service.name},
        "organization": {
            "id": str(organization.pk),
            "name": organization.name,
            "operator_stated": organization.operator_stated,
        },
        "kind": service.kind,
        "fit": service.fit,
        "summary": _summary(service.description),
        "location": _location_card(place),
        "cost": facts.price.card(),
        "schedules": assured_schedules(facts, place),
        "formats": list(map(str, service.formats)),
        "losses": list(map(str, service.losses)),
        "audiences": [row.audience for row in facts.audiences],
        "made_for": [row.audience for row in facts.audiences if row.rule == AudienceRule.DESIGNED_FOR],
        "only_for": [row.audience for row in facts.audiences if row.rule == AudienceRule.ONLY],
        "led_by": list(map(str, service.led_by)),
        "access": list(map(str, service.access)),
        "payments": list(map(str, service.payments)),
        "languages": [language.code for language in facts.languages],
        "areas": list(dict.fromkeys(area.name for area in facts.areas)),
        "phones": [phone_card(phone) for phone in facts.phones_at(place)],
        "email": facts.email or None,
        "website": facts.website_at(place) or None,
        "content_notes": list(map(str, service.content_notes)),
        "last_modified": service.last_modified.isoformat(),
        "assured_date": _day(service.assured_date),
        "full_on": _day(service.full_date),
        "unanswered_on": _day(service.last_unanswered_date),
    }


def _day(day: date | None) -> str | None:
    return day.isoformat() if day else None


def _summary(description: str) -> str | None:
    """The description, or as many of its words as fit."""
    text = " ".join(description.split())
    if len(text) <= SUMMARY_LENGTH:
        return text or None
    return text[:SUMMARY_LENGTH].rsplit(" ", 1)[0].rstrip(",;:") + " …"


def _location_card(place: ServiceAtLocation | None) -> dict[str, Any] | None:
    if place is None:
        return None
    location = place.location
    return {
        "id": str(location.pk),
        "name": location.name or None,
        "address": ", ".join(part for part in (location.address_1, location.address_2) if part) or None,
        "city": location.city or None,
        "region": location.region or None,
        "postal_code": location.postal_code or None,
        "country": location.country or None,
        "country_name": country_name(location.country) if location.country else None,
        "latitude": location.latitude,
        "longitude": location.longitude,
        "precision": location.precision or None,
    }


def phone_card(phone: Phone) -> dict[str, Any]:
    """A number as it is shown, and `href` as a telephone dials it."""
    can_be_called = phone.type != PhoneType.FAX
    dialled = phone.international or "".join(sign for sign in phone.number if sign in "+0123456789")
    scheme = "sms" if phone.type == PhoneType.SMS else "tel"
    extension = f";ext={phone.extension}" if phone.extension and scheme == "tel" else ""
    return {
        "number": phone.number,
        "extension": phone.extension or None,
        "type": phone.type,
        "href": f"{scheme}:{dialled}{extension}" if dialled and can_be_called else None,
        "description": phone.description or None,
    }
