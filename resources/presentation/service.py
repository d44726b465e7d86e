"""Services and organizations as their pages draw them."""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterable, Mapping, Sequence
from datetime import datetime
from decimal import Decimal
from typing import Any

from django.urls import reverse
from django.utils import timezone
from django.utils.formats import date_format
from django.utils.translation import gettext as _

from resources import wording
from resources.fees.charging import charge_of, is_band
from resources.fees.estimating import joining_sentence
from resources.fees.household import bounds_of
from resources.models import (
    CostOption,
    Credential,
    Listing,
    Location,
    Organization,
    Schedule,
    Service,
    ServiceAtLocation,
)
from resources.models.web import host_of
from resources.presentation.cards import card_of, joined, phone_card
from resources.presentation.prices import SessionPrice
from resources.presentation.results import (
    actions_of,
    base_result,
    phone_context,
    phrases_of,
    result_context,
    row_contexts,
    town_of,
)
from resources.presentation.schedules import reported_phrase, reported_times, source_line
from resources.presentation.service_data import ServiceData
from resources.presentation.times import meeting_contexts
from resources.timing.checking import recurrence_or_none
from resources.vocabulary import (
    DEFINITIONS,
    QUESTIONS_TO_ASK,
    Audience,
    AudienceRule,
    ContentNote,
    Cost,
    CredentialKind,
    Fit,
    Format,
    Kind,
    LocationType,
    Precision,
    ProofOfIncome,
)

MAX_PARTS = 50
# Nobody leads these, so nothing is missing where no leader is stated.
KINDS_WITHOUT_LEADER = (
    *(Kind.CLINIC, Kind.SPECIALIST_CLINIC, Kind.MENTAL_HEALTH_CLINIC, Kind.DIRECTORY, Kind.INFORMATION),
    *(Kind.FINANCIAL_HELP, Kind.PRACTICAL_HELP),
)
KINDS_TO_JOIN = (
    Kind.SUPPORT_GROUP,
    Kind.FORUM,
    Kind.PEER_MENTOR,
    Kind.COUNSELLING,
    Kind.BEREAVEMENT_CARE,
)
KINDS_WITH_PRICE_QUESTION = (
    Kind.COUNSELLING,
    Kind.CLINIC,
    Kind.MENTAL_HEALTH_CLINIC,
)  # on the phone, by a call script of ours


def service_context(
    data: ServiceData, meetings: Sequence[Mapping[str, Any]], now: datetime
) -> dict[str, Any]:
    """Return `service` for `pages/service.html`; `meetings` are its next ones.

    Drawn as the result of its only place, or of no place, with what only the page shows.
    """
    service = data.service
    only_place = data.places[0] if len(data.places) == 1 else None
    card = {**card_of(data, only_place), "phones": [phone_card(row) for row in data.phones_at(*data.places)]}
    result_details = result_context(
        base_result(card, now, meetings), now=now, has_place=any(map(_can_be_visited, data.places))
    )
    options, kind = data.price.options, Kind(service.kind)
    people_meet = kind not in KINDS_WITHOUT_LEADER
    can_be_asked_price = kind in KINDS_WITH_PRICE_QUESTION and any(row["href"] for row in card["phones"])
    return {
        **phrases_of(card),
        **result_details,
        "alternate_name": service.alternate_name,
        "fit_note": result_details["fit_note"] or _general_note(service),
        "definition": DEFINITIONS[kind],
        "description": service.description,
        "alert": service.alert,
        "is_assured": service.assured_date is not None,
        "costs": price_lines(data.price),
        "bands": band_rows(data.price),
        "fees_description": service.fees_description,
        "proof_of_income": ProofOfIncome(service.proof_of_income).label if service.proof_of_income else "",
        "joining": list(dict.fromkeys(joining_sentence(row) for row in options if row.is_joining_fee)),
        "audiences": [
            {"label": Audience(row.audience).label, "rule": AudienceRule(row.rule).label}
            for row in data.audiences
        ],
        "eligibility": service.eligibility_description,
        "application_process": service.application_process,
        "rows": row_contexts(card, more={"languages": service.interpretation_services}),
        "faith": _faith_lines(service) if people_meet else [],
        "joining_unknown": _("Not stated. Ask them.")
        if kind in KINDS_TO_JOIN and not service.application_process
        else "",
        "contact_phones": _phones_beside_the_actions(result_details["phones"]),
        "schedules": schedule_lines(data),
        "date_links": _date_links(data),
        "meetings": meeting_contexts(meetings, service.formats, now),
        "calendar_url": reverse("pages:service_calendar", args=[service.pk]) if meetings else "",
        "places": [place_context(place, service) for place in data.places],
        "leader_unknown": _("Not stated") if people_meet else "",
        "calls_url": f"{reverse('pages:calls')}#clinic" if can_be_asked_price else "",
        "questions": QUESTIONS_TO_ASK.get(kind, ()),
        "documents": [row.document for row in service.required_documents.all()],
        "credentials": [credential_context(row) for row in service.credentials.all()],
        "accreditations": service.accreditations,
        "topics": [topic.name for topic in data.topics],
        "source": source_context(service),
    }


def _phones_beside_the_actions(phones: Sequence[Mapping[str, Any]]) -> Sequence[Mapping[str, Any]]:
    """Return the phones to list, unless there is only one and the button to call it says everything."""
    says_everything = len(phones) == 1 and phones[0]["href"] and not phones[0]["note"]
    return [] if says_everything else phones


def _faith_lines(service: Service) -> list[str]:
    """Return that it is not based on faith, or that nobody said so; [] where it is, which its note says."""
    if ContentNote.FAITH_BASED in service.content_notes:
        return []
    is_clear = ContentNote.FAITH_BASED in service.content_clear
    return [_("Not faith-based") if is_clear else _("Not stated")]


def _general_note(service: Service) -> str:
    """Return that a counselor is not one for loss; on results the section says so of all it holds."""
    if service.fit == Fit.GENERAL and service.kind in (Kind.COUNSELLING, Kind.MENTAL_HEALTH_CLINIC):
        return _("Not made for pregnancy loss. Ask whether they see people after one.")
    return ""


def _can_be_visited(place: ServiceAtLocation) -> bool:
    return place.location.location_type == LocationType.PHYSICAL


def organization_context(organization: Organization) -> dict[str, Any]:
    """Return `organization` for `pages/organization.html`."""
    stated = organization.operator_stated
    phones = [phone_context(phone_card(phone)) for phone in organization.phones.all()]
    return {
        "name": organization.name,
        "description": organization.description,
        "website": organization.website,
        "phones": phones,
        "email": organization.email,
        "actions": actions_of(phones, email=organization.email, website=organization.website),
        "operator_note": "" if stated else _("Our source does not say who runs these. You can ask them."),
    }


def credential_context(credential: Credential) -> dict[str, str]:
    """Return a credential such as "Accreditation: BACP, number 123"."""
    kind = CredentialKind(credential.kind).label
    number = _("number %(number)s") % {"number": credential.number} if credential.number else ""
    facts = joined(credential.name, credential.register, number)
    looked_up = credential.checked_on and date_format(credential.checked_on)
    return {
        "text": _("%(kind)s: %(facts)s") % {"kind": kind, "facts": facts},
        "url": credential.url,
        "name": credential.name,
        "looked_up": _("Checked on %(day)s.") % {"day": looked_up} if looked_up else "",
    }


def organization_parts_context(organization: Organization) -> dict[str, Any]:
    """Return its parent and its parts, only those that publish something. Two queries at most."""
    published = Organization.objects.filter(pk__in=Listing.objects.values("organization_id"))
    parent_id = organization.parent_organization_id
    parent = published.filter(pk=parent_id).first() if parent_id else None
    return {
        "parent": _organization_row(parent) if parent else None,
        "parts": [
            _organization_row(part) for part in published.filter(parent_organization=organization)[:MAX_PARTS]
        ],
    }


def _organization_row(organization: Organization) -> dict[str, str]:
    return {"name": organization.name, "url": reverse("pages:organization", args=[organization.pk])}


def organization_offer_context(results: Sequence[Mapping[str, Any]], *, whole: bool) -> dict[str, Any]:
    """Return where, how and in which languages these results of one organization help.

    Counts are shown only if these are all of its results (`whole`).
    """
    towns = Counter(town for result in results if (town := town_of(result["location"])))
    kinds = Counter(Kind(result["kind"]).label for result in results)
    more = [] if whole or not towns else [_("and more places")]
    return {
        "kinds": [_with_count(kind, number if whole else 1) for kind, number in kinds.items()],
        "towns": [
            *(_with_count(town, number if whole else 1) for town, number in sorted(towns.items())),
            *more,
        ],
        "areas": _unique(area for result in results for area in result["areas"]),
        "formats": _unique(Format(code).label for result in results for code in result["formats"]),
        "languages": _unique(
            wording.language_name(code) for result in results for code in result["languages"]
        ),
    }


def _with_count(name: Any, number: int) -> str:
    return f"{name} ({number})" if number > 1 else str(name)


def _unique(phrases: Iterable[Any]) -> list[str]:
    return list(dict.fromkeys(map(str, phrases)))


def price_lines(price: SessionPrice) -> list[str]:
    """Return every price that stands in no table, or what its public payer means for the cost."""
    if price.funded_by:
        return [wording.cost_phrase(price.kinds, funded_by=price.funded_by)]
    in_table = _table_of(price)
    options = [row for row in sorted(price.options, key=_by_band) if row not in in_table]
    return [line for option in options if not option.is_joining_fee and (line := price_line(option))]


def band_rows(price: SessionPrice) -> list[dict[str, str]]:
    """Return the prices that depend on income or household, a row each: `who`, `price`, `more`."""
    return [
        {
            "who": joined(option.option, bounds_of(option).in_words(option.currency)),
            "price": _price(option),
            "more": joined(option.amount_description, _price_dates(option)),
        }
        for option in _table_of(price)
    ]


def _table_of(price: SessionPrice) -> list[CostOption]:
    """Return the bands in their order, where there are enough of them for a table."""
    bands = [row for row in sorted(price.options, key=_by_band) if is_band(row) and _price(row)]
    return bands if len(bands) > 1 and not price.funded_by else []


def price_line(option: CostOption) -> str:
    """Return one price, or "" where nothing is stated.

    Such as "Sliding scale, depends on income: $5 to $20 a session (students)".
    """
    phrase = _price(option)
    if names := joined(option.option, bounds_of(option).in_words(option.currency)):
        phrase = f"{phrase} ({names})"
    return ". ".join(part for part in (phrase, option.amount_description, _price_dates(option)) if part)


def _price(option: CostOption) -> str:
    """The price itself: of a band what it asks, of any other row its kind too."""
    if option.kind == Cost.UNKNOWN:
        return ""
    charge = charge_of(option)
    if option.percent_off is not None:
        return wording.discount(option.percent_off, option.full_fee, option.currency)
    if is_band(option) and charge.phrase:
        return charge.phrase
    if option.kind == Cost.DONATION:
        kind = wording.cost_phrase([option.kind])
        return f"{kind}: {charge.phrase}" if option.amount else kind
    return wording.cost_phrase(
        [option.kind], low=option.amount, high=charge.highest, currency=option.currency, unit=option.unit
    )


def _by_band(option: CostOption) -> tuple[bool, Decimal, Decimal, Decimal]:
    """Sort key: prices for everybody first, then bands from the lowest up, the largest discount first."""
    lower = option.guideline_over or option.income_over or option.household_from or 0
    upper = option.guideline_up_to or option.income_up_to or option.household_to or Decimal("Infinity")
    return is_band(option), Decimal(lower), Decimal(upper), -(option.percent_off or Decimal(0))


def _price_dates(option: CostOption) -> str:
    """Return until when it is valid, and when it was last checked."""
    parts = []
    if option.valid_to:
        parts.append(_("Valid until %(day)s") % {"day": date_format(option.valid_to)})
    if option.checked_on:
        parts.append(_("Price last checked %(day)s") % {"day": date_format(option.checked_on)})
    return ". ".join(parts)


def schedule_lines(data: ServiceData) -> list[str]:
    """Return when it meets or is open: parsed if dates can be claimed, else in the words of the source."""
    if data.service.assured_date:
        return [line for row in data.schedules_at(*data.places) if (line := _checked_line(row))]
    reported = reported_times(data, *data.places)
    phrase = reported_phrase(data.service.kind, reported, timezone.localdate().year)
    return [phrase] if phrase else []


def _checked_line(schedule: Schedule) -> str:
    recurrence = recurrence_or_none(schedule)
    if recurrence is None:
        return source_line(schedule)
    return ". ".join(part for part in (wording.schedule(recurrence), schedule.notes) if part)


def _date_links(data: ServiceData) -> list[str]:
    """Return the pages where the service publishes its dates."""
    links = (row.schedule_link for row in data.schedules_at(*data.places))
    return list(dict.fromkeys(link for link in links if link))


def place_context(place: ServiceAtLocation, service: Service) -> dict[str, Any]:
    """Return a place for `components/place.html`."""
    location = place.location
    return {
        "id": str(place.pk),
        "name": location.name if location.name != service.name else "",
        "address_lines": address_lines(location),
        "has_street": bool(location.address_1),
        "distance": "",
        "precision_note": _precision_note(location),
        "accessibility": "; ".join(row.description for row in location.accessibility.all()),
    }


def address_lines(location: Location) -> list[str]:
    """Return the postal address, line by line."""
    town = " ".join(part for part in (location.region, location.postal_code) if part)
    lines = (
        location.address_1,
        location.address_2,
        joined(location.city, town),
        wording.country_name(location.country) if location.country else "",
    )
    return [line for line in lines if line]


def _precision_note(location: Location) -> str:
    if location.precision == Precision.TOWN:
        if location.address_1:
            return _("Placed by its town, so the distance is approximate.")
        return _("We only know the town. Ask them for the address.")
    if location.precision == Precision.AREA:
        return _("Located by postal code, so the distance is approximate.")
    return ""


def source_context(service: Service) -> dict[str, Any] | None:
    """Return where the listing comes from: the page it was seen on, else the feed; None if unknown."""
    record = next(iter(service.source_records.all()), None)
    if record is None:
        return None
    return {
        "name": host_of(record.source_url) or record.source.name,
        "url": record.source_url or record.source.url,
        "year": record.seen_year,
        "feed": record.source.name if record.source_url else "",
        "licence": record.source.licence,
    }
