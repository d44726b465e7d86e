"""One presentation of a listing: a table of facts that cards, pages, API and files all read."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from dataclasses import dataclass
from datetime import date
from typing import Any

from django.utils.translation import gettext_lazy as _

from resources.models import Location, Organization, Phone, ServiceAtLocation
from resources.presentation.schedules import assured_schedules, reported_times
from resources.presentation.service_data import ServiceData
from resources.vocabulary import (
    Access,
    Audience,
    AudienceRule,
    ContentNote,
    Fit,
    Format,
    Kind,
    LedBy,
    Loss,
    OpenTo,
    Payment,
    PhoneType,
    Vocabulary,
)
from resources.wording import country_name, language_name

SUMMARY_LENGTH = 240

FactReader = Callable[[ServiceData, ServiceAtLocation | None], Any]


@dataclass(frozen=True)
class Fact:
    """One fact about a service, at one place or at none.

    `holds` is the type of its value: a vocabulary, `date`, `str`, or `dict` for a value described elsewhere;
    `many` makes it a list. `read` returns the value; without it, the value is the column of this name.
    `meaning` is for programs. A fact with a `label` is a row of its own on the pages, where `phrase` words
    each value, and is also in the record of the service and in files.
    """

    name: str
    meaning: Any = ""
    holds: type = str
    many: bool = False
    read: FactReader | None = None
    label: Any = ""
    phrase: Callable[[Any], Any] = str

    def value(self, data: ServiceData, place: ServiceAtLocation | None) -> Any:
        """Return the value as JSON; unknown is None, or an empty list."""
        value = self.read(data, place) if self.read else getattr(data.service, self.name)
        if self.many:
            return [str(item) if self.holds is not dict else item for item in value]
        return value.isoformat() if isinstance(value, date) else None if value == "" else value

    def phrases(self, result: Mapping[str, Any]) -> list[Any]:
        """Return the values of a card or a result in words."""
        value = result[self.name]
        values = value if self.many else [value] if value else []
        if issubclass(self.holds, Vocabulary):
            return [self.holds(code).label for code in values]
        return [self.phrase(item) for item in values]


def _audiences(*rules: AudienceRule) -> FactReader:
    return lambda data, _place: [row.audience for row in data.audiences if row.rule in rules]


FACTS = (
    Fact("kind", holds=Kind),
    Fact("fit", _("How close to pregnancy loss."), holds=Fit),
    Fact(
        "summary",
        _("The beginning of the description."),
        read=lambda data, _place: summary_of(data.service.description),
    ),
    Fact("location", holds=dict, read=lambda _data, place: place and location_card(place.location)),
    Fact(
        "country",
        _("Where it is; without a place, whom it serves. Null if it serves the world."),
        read=lambda data, place: data.country_at(place),
    ),
    Fact("cost", holds=dict, read=lambda data, _place: data.price.card()),
    Fact("schedules", holds=dict, many=True, read=assured_schedules),
    Fact("reported_times", holds=dict, read=reported_times),
    Fact("formats", holds=Format, many=True),
    Fact("losses", holds=Loss, many=True),
    Fact("audiences", holds=Audience, many=True, read=_audiences(*AudienceRule)),
    Fact(
        "made_for",
        _("Subset of `audiences` that the service is designed for. The others are also welcome."),
        holds=Audience,
        many=True,
        read=_audiences(AudienceRule.DESIGNED_FOR),
    ),
    Fact(
        "only_for",
        _("Subset of `audiences` that the service is only for."),
        holds=Audience,
        many=True,
        read=_audiences(AudienceRule.ONLY),
    ),
    Fact("led_by", holds=LedBy, many=True),
    Fact("access", holds=Access, many=True),
    Fact("payments", holds=Payment, many=True),
    Fact(
        "open_to",
        _("Who may come, where that is stated."),
        holds=OpenTo,
        many=True,
        label=_("Who may come"),
    ),
    Fact(
        "languages",
        _("BCP 47 codes, such as en."),
        many=True,
        read=lambda data, _place: [language.code for language in data.languages],
        label=_("Languages"),
        phrase=language_name,
    ),
    Fact(
        "areas",
        _("The areas it serves, in its own words."),
        many=True,
        read=lambda data, _place: dict.fromkeys(area.name for area in data.areas),
    ),
    Fact(
        "phones",
        holds=dict,
        many=True,
        read=lambda data, place: map(phone_card, data.phones_at(place)),
    ),
    Fact("email", read=lambda data, _place: data.email),
    Fact("website", read=lambda data, _place: data.website),
    Fact("content_notes", holds=ContentNote, many=True),
    Fact(
        "assured_date",
        _("Date of the last check. Null if never checked."),
        holds=date,
    ),
    Fact(
        "full_on",
        _("Date they last said they were full. Null if never."),
        holds=date,
        read=lambda data, _place: data.service.full_date,
    ),
    Fact(
        "unanswered_on",
        _("Date of the last unanswered attempt. Null if they have answered since."),
        holds=date,
        read=lambda data, _place: data.service.last_unanswered_date,
    ),
)
ROWS = tuple(fact for fact in FACTS if fact.label)
MEANINGS = {fact.name: fact.meaning for fact in FACTS if fact.meaning}


def card_of(data: ServiceData, place: ServiceAtLocation | None) -> dict[str, Any]:
    """Return the stored part of a result, in the shape of the API.

    The same for all visitors, untranslated.
    """
    service = data.service
    return {
        "id": str(place.pk if place else service.pk),
        "service": {"id": str(service.pk), "name": service.name},
        "organization": organization_card(data.organization),
        **{fact.name: fact.value(data, place) for fact in FACTS},
        "last_modified": service.last_modified.isoformat(),
    }


def organization_card(organization: Organization) -> dict[str, Any]:
    """Return the organization as a part of a card."""
    return {
        "id": str(organization.pk),
        "name": organization.name,
        "operator_stated": organization.operator_stated,
    }


def summary_of(description: str) -> str:
    """Return the description, or as many of its words as fit SUMMARY_LENGTH."""
    text = " ".join(description.split())
    if len(text) <= SUMMARY_LENGTH:
        return text
    return text[:SUMMARY_LENGTH].rsplit(" ", 1)[0].rstrip(",;:") + " …"


def location_card(location: Location) -> dict[str, Any]:
    """Return the location as a part of a card; unknown is None."""
    facts = {
        "id": str(location.pk),
        "name": location.name,
        "address": street_of(location),
        "city": location.city,
        "region": location.region,
        "postal_code": location.postal_code,
        "country": location.country,
        "country_name": country_name(location.country) if location.country else "",
        "latitude": location.latitude,
        "longitude": location.longitude,
        "precision": location.precision,
    }
    return {name: None if value == "" else value for name, value in facts.items()}


def street_of(location: Location) -> str:
    """Return the street address in one line."""
    return joined(location.address_1, location.address_2)


def joined(*parts: str | None) -> str:
    """Return those of the parts that are known, such as "Dallas, TX"."""
    return ", ".join(part for part in parts if part)


def phone_card(phone: Phone) -> dict[str, Any]:
    """Return a number as it is shown, and `href` as a phone dials it (None if it cannot be called)."""
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
