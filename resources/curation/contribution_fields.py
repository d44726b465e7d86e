"""What the public may propose about a service: one class per part, with how to read it and how to write it.

A proposed value is text, keyed by its form field's name. Most parts have one form field, with the part's own
name.
"""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from datetime import datetime
from typing import Any, ClassVar

from django import forms
from django.conf import settings
from django.core.exceptions import ValidationError
from django.core.validators import URLValidator
from django.db.models import Count, Q
from django.utils import timezone
from django.utils.translation import gettext as _now
from django.utils.translation import gettext_lazy as _

from resources import wording
from resources.curation.phones import parse_phone
from resources.curation.placing import AddressNotFound, geocode_address, move_service, physical_places
from resources.curation.validators import (
    mend_text,
    validate_no_bidi_controls,
    validate_no_credentials,
    validate_no_markup,
)
from resources.geo.geocoding import PlaceNotFound, find_place
from resources.geo.zones import zone_at
from resources.history import revisions
from resources.models import Location, Phone, Schedule, Service, ServiceAtLocation
from resources.presentation.prices import SessionPrice, cost_phrase, is_stated
from resources.timing.checking import recurrence_or_none
from resources.timing.preview import RULE_FIELDS, fill_from_words, zone_of_service
from resources.vocabulary import COUNTRIES, Kind, PhoneType, Precision

Values = Mapping[str, str]
MAX_NUMBER_LENGTH = 40
TOO_LONG = _("Use at most %(limit_value)d characters (you have %(show_value)d).")
NULL_CHARACTER = _("This contains an invalid character. Please type it instead of pasting.")


class PlainTextField(forms.CharField):
    """A form field for plain text of one line, or of several (`rows` > 1)."""

    def __init__(self, *, rows: int = 1, **kwargs: Any) -> None:
        self.rows = rows
        messages = {"max_length": TOO_LONG, "null_characters_not_allowed": NULL_CHARACTER}
        kwargs["error_messages"] = messages | kwargs.get("error_messages", {})
        super().__init__(validators=[validate_no_markup, validate_no_bidi_controls], **kwargs)

    def to_python(self, value: Any) -> str:
        text = mend_text(super().to_python(value) or "")
        return " ".join(text.split()) if self.rows == 1 else "\n".join(text.splitlines())


class URLTextField(forms.URLField):
    """A form field for a web address; https:// is added where the scheme is missing."""

    inputmode = "url"
    default_validators = [
        URLValidator(schemes=["http", "https"]),
        validate_no_credentials,
        validate_no_bidi_controls,
    ]
    default_error_messages = {
        "invalid": _("Enter a web address, such as www.example.org."),
        "max_length": TOO_LONG,
        "null_characters_not_allowed": NULL_CHARACTER,
    }

    def __init__(self, **kwargs: Any) -> None:
        super().__init__(assume_scheme="https", **kwargs)

    def to_python(self, value: Any) -> str:
        return super().to_python(mend_text(value) if isinstance(value, str) else value) or ""


class EmailTextField(forms.EmailField):
    """A form field for an email address."""

    inputmode = "email"
    default_error_messages = {
        "invalid": _("Enter an email address, such as hello@example.org."),
        "max_length": TOO_LONG,
        "null_characters_not_allowed": NULL_CHARACTER,
    }


class ContributionField:
    """One part of a service that the public may propose.

    `attribution_key` is its key in `Service.attribution`, or "". A suggestion cannot become a service without
    the parts that are `required_for_service`: they are accepted together with any other.
    """

    name: ClassVar[str]
    label: ClassVar[Any]
    help_text: ClassVar[Any] = ""
    max_length: ClassVar[int] = 255  # characters
    rows: ClassVar[int] = 1
    attribution_key: ClassVar[str]
    required_for_service: ClassVar[bool] = False

    def form_fields(self) -> dict[str, forms.Field]:
        """Return the form fields of the part, by name."""
        return {self.name: self.form_field()}

    def form_field(self) -> forms.Field:
        """Return the form field of a part that has only one."""
        return PlainTextField(
            rows=self.rows,
            label=self.label,
            help_text=self.help_text,
            max_length=self.max_length,
            required=False,
        )

    def applies_to(self, service: Service) -> bool:
        """Return True if the public may propose this for this service."""
        return True

    def current_values(self, service: Service) -> dict[str, str]:
        """Return the record's current values by form field, as text that could be typed.

        `service` has its related rows loaded.
        """
        return {}

    def remark(self, values: Values, service: Service | None, *, at: datetime) -> str:
        """Return what a curator should know of the values before accepting them, or "".

        `service` is None for a suggestion.
        """
        return ""

    def write(self, service: Service, values: Values, *, at: datetime) -> None:
        """Write the values of the part to the service. Raises ValidationError with messages by form field."""
        raise NotImplementedError

    def error(self, message: str, field_name: str = "") -> ValidationError:
        """Return a ValidationError for one form field of the part."""
        return ValidationError({field_name or self.name: message})


class ProposedColumn(ContributionField):
    """A part that is one column of the service."""

    column: ClassVar[str]

    @property
    def attribution_key(self) -> str:  # type: ignore[override]
        return self.column

    def current_values(self, service: Service) -> dict[str, str]:
        return {self.name: getattr(service, self.column)}

    def write(self, service: Service, values: Values, *, at: datetime) -> None:
        setattr(service, self.column, values[self.name])
        service.save(update_fields=[self.column])


class ProposedName(ProposedColumn):
    name = column = "name"
    label = _("Name")
    help_text = _("What it is called.")
    required_for_service = True

    def write(self, service: Service, values: Values, *, at: datetime) -> None:
        if not values[self.name]:
            raise self.error(_now("Enter a name."))
        super().write(service, values, at=at)


class ProposedOrganization(ContributionField):
    """The organization that runs it. It is chosen or created before anything is written."""

    name = "organization"
    label = _("Who runs it")
    help_text = _("A charity, hospital or parents’ group, for example. Leave it empty if you do not know.")
    attribution_key = "organization"
    required_for_service = True

    def write(self, service: Service, values: Values, *, at: datetime) -> None:
        """Do nothing: the organization is already set."""


class ProposedKind(ProposedColumn):
    name = column = "kind"
    label = _("What kind of support is it?")
    help_text = _("Leave it open if you are not sure.")
    required_for_service = True

    def form_field(self) -> forms.Field:
        return forms.ChoiceField(
            label=self.label,
            help_text=self.help_text,
            required=False,
            choices=[("", _("Not sure")), *Kind.choices],
            error_messages={"invalid_choice": _("“%(value)s” is not one of the choices.")},
        )

    def write(self, service: Service, values: Values, *, at: datetime) -> None:
        if values[self.name] not in Kind:
            raise self.error(_now("Choose what kind of support it is."))
        super().write(service, values, at=at)


class ProposedDescription(ProposedColumn):
    name = column = "description"
    label = _("Description")
    help_text = _("A few sentences in your own words: what it is and who it is for.")
    max_length = 2000
    rows = 5


class ProposedWebsite(ProposedColumn):
    name = column = "url"
    label = _("Web page")
    max_length = 500

    def form_field(self) -> forms.Field:
        return URLTextField(label=self.label, max_length=self.max_length, required=False)

    def current_values(self, service: Service) -> dict[str, str]:
        return {self.name: service.url or service.organization.website}


class ProposedEmail(ProposedColumn):
    name = column = "email"
    label = _("Public email address")
    help_text = _("Where people can write to ask about it.")
    max_length = 254

    def form_field(self) -> forms.Field:
        return EmailTextField(
            label=self.label, help_text=self.help_text, max_length=self.max_length, required=False
        )

    def current_values(self, service: Service) -> dict[str, str]:
        return {self.name: service.email or service.organization.email}


class ProposedPhone(ContributionField):
    """The phone number of a service that has one. Of several, only a curator knows which is meant."""

    name = attribution_key = "phone"
    label = _("Phone number")
    max_length = 60

    def current_values(self, service: Service) -> dict[str, str]:
        numbers = [phone.number for phone in _own_phones(service)]
        numbers = numbers or [phone.number for phone in service.organization.phones.all()]
        return {self.name: ", ".join(dict.fromkeys(numbers))}

    def write(self, service: Service, values: Values, *, at: datetime) -> None:
        phones = list(_own_phones(service))
        if len(phones) > 1:
            raise self.error(_now("It has several numbers. Change the one that is wrong on its own page."))
        phone = phones[0] if phones else Phone(service=service)
        country = values.get("country") or phone.country or _country_of(service)
        texts = phone.type == PhoneType.SMS
        try:
            parsed = parse_phone(values[self.name], country, texts=texts)
        except ValidationError as error:
            raise self.error(str(error.message)) from error
        if len(parsed.number) > MAX_NUMBER_LENGTH:
            raise self.error(_now("Enter only the number."))
        if phone.location is not None:
            revisions.save_missing_revision([phone.location])
            Location.objects.filter(pk=phone.location.pk).update(last_modified=at)
        phone.number, phone.international = parsed.number, parsed.international
        phone.extension, phone.country = parsed.extension, parsed.country
        phone.save()


class ProposedCountry(ContributionField):
    """The country of its phone number and of its place."""

    name = "country"
    label = _("Country")
    attribution_key = ""
    required_for_service = True

    def form_field(self) -> forms.Field:
        return forms.ChoiceField(
            label=self.label,
            required=False,
            choices=[("", _("Not sure, or more than one")), *COUNTRIES.items()],
            error_messages={"invalid_choice": _("“%(value)s” is not one of the choices.")},
        )

    def write(self, service: Service, values: Values, *, at: datetime) -> None:
        """Do nothing: the phone number and the place read the country."""


class ProposedPlace(ContributionField):
    """A town or a postal code as text: all that is known about the place of a suggested service."""

    name = "where"
    label = _("Where is it, or where do the people it serves live?")
    help_text = _("A town, a postcode or ZIP code, or a region. “Online” is fine too.")
    max_length = 300
    attribution_key = "serviceatlocation"

    def write(self, service: Service, values: Values, *, at: datetime) -> None:
        country = values.get("country") or settings.DEFAULT_COUNTRY
        try:
            place = find_place(values[self.name], default_country=country, country=country, with_areas=False)
        except PlaceNotFound as error:
            raise self.error(
                _now(
                    "We could not find that place. Enter a town and state, or just a postal code. Or"
                    " leave it empty and add it on the service’s page."
                )
            ) from error
        location = Location.objects.create(
            city="" if place.precision == Precision.AREA else place.name,
            region=place.region,
            postal_code=place.postal_code,
            country=place.country,
            latitude=place.point.latitude,
            longitude=place.point.longitude,
            precision=Precision.AREA if place.precision == Precision.AREA else Precision.TOWN,
            last_modified=at,
        )
        ServiceAtLocation.objects.create(service=service, location=location)


class ProposedAddress(ContributionField):
    """The address of its only place.

    It becomes a new location, because other services may be at the old one.
    """

    name = "address"
    label = _("Address")
    attribution_key = "serviceatlocation"
    address_fields = ("address_1", "city", "region", "postal_code")

    def form_fields(self) -> dict[str, forms.Field]:
        columns = zip(
            self.address_fields,
            (_("Street and number"), _("Town"), _("State or region"), _("Postcode or ZIP code")),
            (255, 120, 60, 20),
            strict=True,
        )
        return {
            name: PlainTextField(label=label, max_length=max_length, required=False)
            for name, label, max_length in columns
        }

    def applies_to(self, service: Service) -> bool:
        return len(physical_places(service)) <= 1

    def current_values(self, service: Service) -> dict[str, str]:
        places = physical_places(service)
        location = places[0].location if len(places) == 1 else Location()
        return {name: getattr(location, name) for name in self.address_fields}

    def remark(self, values: Values, service: Any, *, at: datetime) -> str:
        """Return a warning if the gazetteer does not know the address. `service` is never None here."""
        address = {**self.current_values(service), **values}
        place = {name: address[name] for name in self.address_fields[1:]}
        try:
            geocode_address(**place, country=_country_of(service))
        except AddressNotFound:
            return _now("We do not know this town or postal code, so the place will not appear on the map.")
        return ""

    def write(self, service: Service, values: Values, *, at: datetime) -> None:
        places = physical_places(service)
        if len(places) > 1:
            raise self.error(
                _now("It has several places. Change the one that is wrong on its own page."),
                self.address_fields[0],
            )
        country = (places[0].location.country if places else "") or _country_of(service)
        address = {**{name: values.get(name, "") for name in self.address_fields}, "country": country}
        move_service(service, places[0] if places else None, address, at=at)


class ProposedCost(ProposedColumn):
    name = "cost"
    column = "fees_description"
    label = _("What it costs")
    help_text = _("For example: free, or $20 a session.")
    max_length = 500
    rows = 2

    def current_values(self, service: Service) -> dict[str, str]:
        day = timezone.localdate()
        options = (option for option in service.cost_options.all() if option.is_valid_on(day))
        cost = SessionPrice(service, options).card()
        phrase = cost_phrase(cost) if is_stated(cost) else ""
        return {self.name: ". ".join(part for part in (phrase, service.fees_description) if part)}


class ProposedSchedule(ContributionField):
    """When it meets or is open. Text that is understood completely becomes dates; other text stays a note."""

    name = "times"
    label = _("When it meets or is open")
    help_text = _("In words, such as: first Tuesday of the month, 7 pm.")
    max_length = 500
    rows = 2
    attribution_key = "schedule"

    def current_values(self, service: Service) -> dict[str, str]:
        return {self.name: "\n".join(filter(None, map(_schedule_text, _schedules(service))))}

    def remark(self, values: Values, service: Service | None, *, at: datetime) -> str:
        text = values.get(self.name, "")
        if not text:
            return ""
        zone = zone_of_service(service) if service else _proposed_zone(values)
        preview = fill_from_words(Schedule(description=text), zone=zone, at=at)
        if preview.is_certain:
            return _now("It is read as: %(dates)s.") % {"dates": "; ".join((preview.phrase, *preview.dates))}
        return _now("It stays a note, and claims no dates. %(why)s") % {"why": " ".join(preview.remarks)}

    def write(self, service: Service, values: Values, *, at: datetime) -> None:
        rows = _schedules(service)
        if len(rows) > 1:
            raise self.error(_now("It has several schedules. Change the one that is wrong on its own page."))
        if not values[self.name]:
            raise self.error(_now("Enter when it meets, or do not select it."))
        schedule = rows[0] if rows else Schedule(service=service)
        schedule.description = values[self.name]
        _clear_rule(schedule)
        preview = fill_from_words(schedule, zone=schedule.timezone or zone_of_service(service), at=at)
        if not preview.is_certain:
            _clear_rule(schedule)
        schedule.save()


IN_SUGGESTIONS: tuple[ContributionField, ...] = (
    *(
        ProposedName(),
        ProposedOrganization(),
        ProposedKind(),
        ProposedDescription(),
        ProposedWebsite(),
        ProposedCountry(),
        ProposedPhone(),
    ),
    *(ProposedEmail(), ProposedPlace(), ProposedCost(), ProposedSchedule()),
)
IN_CORRECTIONS: tuple[ContributionField, ...] = (
    *(
        ProposedName(),
        ProposedDescription(),
        ProposedWebsite(),
        ProposedPhone(),
        ProposedEmail(),
        ProposedAddress(),
        ProposedCost(),
        ProposedSchedule(),
    ),
)


def form_fields_of(parts: Iterable[ContributionField]) -> dict[str, forms.Field]:
    """Return the form fields of these parts by name, in their order."""
    return {name: field for part in parts for name, field in part.form_fields().items()}


def current_values_of(
    service: Service, parts: Iterable[ContributionField] = IN_CORRECTIONS
) -> dict[str, str]:
    """Return the current values of these parts by form field."""
    return {name: text for part in parts for name, text in part.current_values(service).items()}


def fields_with_values(values: Iterable[str], parts: Iterable[ContributionField]) -> list[ContributionField]:
    """Return the parts that have a form field named in `values`."""
    names = set(values)
    return [part for part in parts if names & set(part.form_fields())]


def _own_phones(service: Service) -> list[Phone]:
    """Return the phones of the service and of its places, except of places that other services share."""
    shared = ServiceAtLocation.objects.values("location").annotate(n=Count("pk")).filter(n__gt=1)
    locations = Location.objects.filter(service_at_locations__service=service).exclude(
        pk__in=shared.values("location")
    )
    own = Q(service=service) | Q(service_at_location__service=service) | Q(location__in=locations)
    return list(Phone.objects.filter(own).exclude(type=PhoneType.FAX))


def _country_of(service: Service) -> str:
    places = service.service_at_locations.values_list("location__country", flat=True)
    served = service.service_areas.values_list("area", flat=True)
    known = [country for country in (*places, *(area[:2] for area in served)) if country in COUNTRIES]
    return known[0] if known else settings.DEFAULT_COUNTRY


def _proposed_zone(values: Values) -> str:
    """Return the time zone of the proposed place, "" if unknown."""
    try:
        place = find_place(
            values.get("where", ""), default_country=values.get("country") or settings.DEFAULT_COUNTRY
        )
    except PlaceNotFound:
        return ""
    return zone_at(place.point, place.country)


def _schedules(service: Service) -> list[Schedule]:
    own = Q(service=service) | Q(service_at_location__service=service)
    return list(Schedule.objects.filter(own).order_by("pk"))


def _clear_rule(schedule: Schedule) -> None:
    """Clear the recurrence rule of a schedule; its description stays."""
    empty = Schedule()
    for name in RULE_FIELDS:
        setattr(schedule, name, getattr(empty, name))


def _schedule_text(schedule: Schedule) -> str:
    if schedule.description:
        return schedule.description
    recurrence = recurrence_or_none(schedule)
    return wording.schedule(recurrence) if recurrence else ""
