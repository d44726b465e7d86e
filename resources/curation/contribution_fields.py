"""What the public may say of a service: one class a part, how it is read from a record and written to it.

What is said is text, by the name of its box. Most parts have one box, which has the part's own name.
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
from resources.curation.placing import AddressNotFound, geocode_address, move_service, physical_places
from resources.curation.plain_text import (
    parse_phone,
    validate_no_bidi_controls,
    validate_no_credentials,
    validate_no_markup,
)
from resources.curation.schedule_preview import RULE_FIELDS, fill_from_words, zone_of_service
from resources.geo.geocoding import PlaceNotFound, find_place
from resources.geo.zones import zone_at
from resources.history import revisions
from resources.models import Location, Phone, Schedule, Service, ServiceAtLocation
from resources.presentation.prices import SessionPrice, cost_phrase
from resources.timing.checking import recurrence_or_none
from resources.vocabulary import COUNTRIES, Cost, Kind, PhoneType, Precision

Values = Mapping[str, str]
LONGEST_NUMBER = 40
TOO_LONG = _("Use %(limit_value)d characters at most; this is %(show_value)d.")
NOT_TEXT = _("There is a character in it that is no text. Type it anew, do not paste.")


class PlainTextField(forms.CharField):
    """Plain text of one line, or of several (`rows`)."""

    def __init__(self, *, rows: int = 1, **kwargs: Any) -> None:
        self.rows = rows
        messages = {"max_length": TOO_LONG, "null_characters_not_allowed": NOT_TEXT}
        kwargs["error_messages"] = messages | kwargs.get("error_messages", {})
        super().__init__(validators=[validate_no_markup, validate_no_bidi_controls], **kwargs)

    def to_python(self, value: Any) -> str:
        text = super().to_python(value) or ""
        return " ".join(text.split()) if self.rows == 1 else "\n".join(text.splitlines())


class URLTextField(forms.URLField):
    default_validators = [
        URLValidator(schemes=["http", "https"]),
        validate_no_credentials,
        validate_no_bidi_controls,
    ]
    default_error_messages = {
        "invalid": _("Write a web address, such as www.example.org."),
        "max_length": TOO_LONG,
        "null_characters_not_allowed": NOT_TEXT,
    }

    def __init__(self, **kwargs: Any) -> None:
        super().__init__(assume_scheme="https", **kwargs)


class EmailTextField(forms.EmailField):
    default_error_messages = {
        "invalid": _("Write an e-mail address, such as hello@example.org."),
        "max_length": TOO_LONG,
        "null_characters_not_allowed": NOT_TEXT,
    }


class ContributionField:
    """One part. `told` is its name in `Service.attribution`, or "".

    The `fixed` parts of a suggestion are what no service is made without: they are taken over with any other.
    """

    name: ClassVar[str]
    label: ClassVar[Any]
    help: ClassVar[Any] = ""
    longest: ClassVar[int] = 255  # characters
    rows: ClassVar[int] = 1
    told: ClassVar[str]
    fixed: ClassVar[bool] = False

    def boxes(self) -> dict[str, forms.Field]:
        return {self.name: self.field()}

    def field(self) -> forms.Field:
        return PlainTextField(
            rows=self.rows,
            label=self.label,
            help_text=self.help,
            max_length=self.longest,
            required=False,
        )

    def fits(self, service: Service) -> bool:
        """Whether it can be asked about this service at all."""
        return True

    def today(self, service: Service) -> dict[str, str]:
        """What the record says now, by box, as one would type it. `service` has everything loaded."""
        return {}

    def remark(self, values: Values, service: Service | None, *, at: datetime) -> str:
        """What a curator should know of these words before they are taken over; None for something new."""
        return ""

    def write(self, service: Service, values: Values, *, at: datetime) -> None:
        """Takes over what stands in the part's boxes. Raises ValidationError with sentences by box."""
        raise NotImplementedError

    def refuse(self, sentence: str, box: str = "") -> ValidationError:
        return ValidationError({box or self.name: sentence})


class Column(ContributionField):
    """A part that is a column of the service."""

    column: ClassVar[str]

    @property
    def told(self) -> str:  # type: ignore[override]
        return self.column

    def today(self, service: Service) -> dict[str, str]:
        return {self.name: getattr(service, self.column)}

    def write(self, service: Service, values: Values, *, at: datetime) -> None:
        setattr(service, self.column, values[self.name])
        service.save(update_fields=[self.column])


class Name(Column):
    name = column = "name"
    label = _("Name")
    help = _("What it is called.")
    fixed = True

    def write(self, service: Service, values: Values, *, at: datetime) -> None:
        if not values[self.name]:
            raise self.refuse(_now("Write a name."))
        super().write(service, values, at=at)


class OrganizationName(ContributionField):
    """Who runs it: the organization is chosen or made before anything is written."""

    name = "organization"
    label = _("Who runs it")
    help = _("A charity, a hospital, a group of parents; or leave it empty.")
    told = "organization"
    fixed = True

    def write(self, service: Service, values: Values, *, at: datetime) -> None:
        """Nothing is left to do."""


class KindOfSupport(Column):
    name = column = "kind"
    label = _("What kind of support is it?")
    help = _("Leave it open if you are not sure.")
    fixed = True

    def field(self) -> forms.Field:
        return forms.ChoiceField(
            label=self.label,
            help_text=self.help,
            required=False,
            choices=[("", _("Not sure")), *Kind.choices],
            error_messages={"invalid_choice": _("“%(value)s” is not one of the choices.")},
        )

    def write(self, service: Service, values: Values, *, at: datetime) -> None:
        if values[self.name] not in Kind:
            raise self.refuse(_now("Choose what kind of support it is."))
        super().write(service, values, at=at)


class Description(Column):
    name = column = "description"
    label = _("What it offers")
    help = _("A few sentences in your own words: what it is, and for whom.")
    longest = 2000
    rows = 5


class WebPage(Column):
    name = column = "url"
    label = _("Web page")
    longest = 500

    def field(self) -> forms.Field:
        return URLTextField(label=self.label, max_length=self.longest, required=False)

    def today(self, service: Service) -> dict[str, str]:
        return {self.name: service.url or service.organization.website}


class Email(Column):
    name = column = "email"
    label = _("Their e-mail address")
    help = _("One that they give to everybody.")
    longest = 254

    def field(self) -> forms.Field:
        return EmailTextField(label=self.label, help_text=self.help, max_length=self.longest, required=False)

    def today(self, service: Service) -> dict[str, str]:
        return {self.name: service.email or service.organization.email}


class PhoneNumber(ContributionField):
    """Its one number. Which of several is meant only a curator can say, on the page of the service."""

    name = told = "phone"
    label = _("Phone number")
    longest = 60

    def today(self, service: Service) -> dict[str, str]:
        numbers = [phone.number for phone in _own_phones(service)]
        numbers = numbers or [phone.number for phone in service.organization.phones.all()]
        return {self.name: ", ".join(dict.fromkeys(numbers))}

    def write(self, service: Service, values: Values, *, at: datetime) -> None:
        own = list(_own_phones(service))
        if len(own) > 1:
            raise self.refuse(_now("It has several numbers. Change the right one on its own page."))
        phone = own[0] if own else Phone(service=service)
        country = values.get("country") or phone.country or _country_of(service)
        texts = phone.type == PhoneType.SMS
        try:
            dialled = parse_phone(values[self.name], country, texts=texts)
        except ValidationError as error:
            raise self.refuse(str(error.message)) from error
        if len(dialled.number) > LONGEST_NUMBER:
            raise self.refuse(_now("Write the number alone."))
        if phone.location is not None:
            revisions.save_missing_revision([phone.location])
            Location.objects.filter(pk=phone.location.pk).update(last_modified=at)
        phone.number, phone.international = dialled.number, dialled.international
        phone.extension, phone.country = dialled.extension, dialled.country
        phone.save()


class Country(ContributionField):
    """In which country its number works and its place is."""

    name = "country"
    label = _("Country")
    told = ""
    fixed = True

    def field(self) -> forms.Field:
        return forms.ChoiceField(
            label=self.label,
            required=False,
            choices=[("", _("Not sure, or more than one")), *COUNTRIES.items()],
            error_messages={"invalid_choice": _("“%(value)s” is not one of the choices.")},
        )

    def write(self, service: Service, values: Values, *, at: datetime) -> None:
        """Read with the number and with the place."""


class Where(ContributionField):
    """A town or a postal code, in words: all that is known of the place of something new."""

    name = "where"
    label = _("Where is it, or where do people live who can use it?")
    help = _("A town, a postcode or ZIP code, or a region. “Online” is fine too.")
    longest = 300
    told = "serviceatlocation"

    def write(self, service: Service, values: Values, *, at: datetime) -> None:
        country = values.get("country") or settings.DEFAULT_COUNTRY
        try:
            found = find_place(values[self.name], default_country=country)
        except PlaceNotFound as error:
            raise self.refuse(
                _now(
                    "We know no such place. Write a town with its state or a postal code alone, or leave this"
                    " out and add the place on the page of the service."
                )
            ) from error
        location = Location.objects.create(
            city="" if found.precision == Precision.AREA else found.name,
            region=found.region,
            postal_code=found.postal_code,
            country=found.country,
            latitude=found.point.latitude,
            longitude=found.point.longitude,
            precision=Precision.AREA if found.precision == Precision.AREA else Precision.TOWN,
            last_modified=at,
        )
        ServiceAtLocation.objects.create(service=service, location=location)


class Address(ContributionField):
    """The address of its only place. It becomes a new place, because others may be at the old one."""

    name = "address"
    label = _("Address")
    told = "serviceatlocation"
    names = ("address_1", "city", "region", "postal_code")

    def boxes(self) -> dict[str, forms.Field]:
        asked = zip(
            self.names,
            (_("Street and number"), _("Town"), _("State or region"), _("Postcode or ZIP code")),
            (255, 120, 60, 20),
            strict=True,
        )
        return {
            name: PlainTextField(label=label, max_length=longest, required=False)
            for name, label, longest in asked
        }

    def fits(self, service: Service) -> bool:
        return len(physical_places(service)) <= 1

    def today(self, service: Service) -> dict[str, str]:
        places = physical_places(service)
        here = places[0].location if len(places) == 1 else Location()
        return {name: getattr(here, name) for name in self.names}

    def remark(self, values: Values, service: Any, *, at: datetime) -> str:
        """Only of a service that is there is an address asked."""
        address = {**self.today(service), **values}
        asked = {name: address[name] for name in self.names[1:]}
        try:
            geocode_address(**asked, country=_country_of(service))
        except AddressNotFound:
            return _now("We do not know this town or code: the place will have no point on the map.")
        return ""

    def write(self, service: Service, values: Values, *, at: datetime) -> None:
        places = physical_places(service)
        if len(places) > 1:
            raise self.refuse(
                _now("It is at several places. Change the right one on its own page."), self.names[0]
            )
        country = (places[0].location.country if places else "") or _country_of(service)
        address = {**{name: values.get(name, "") for name in self.names}, "country": country}
        move_service(service, places[0] if places else None, address, at=at)


class CostInWords(Column):
    name = "cost"
    column = "fees_description"
    label = _("What it costs")
    help = _("In words, such as: free, or $20 a session.")
    longest = 500
    rows = 2

    def today(self, service: Service) -> dict[str, str]:
        day = timezone.localdate()
        price = SessionPrice(option for option in service.cost_options.all() if option.is_valid_on(day))
        phrase = "" if price.kinds == [Cost.UNKNOWN] else cost_phrase(price.card())
        return {self.name: ". ".join(part for part in (phrase, service.fees_description) if part)}


class TimesInWords(ContributionField):
    """When it meets or is open. Words that are read whole become dates; all others are kept as a note."""

    name = "times"
    label = _("When it meets or is open")
    help = _("In words, such as: first Tuesday of the month, 7 pm.")
    longest = 500
    rows = 2
    told = "schedule"

    def today(self, service: Service) -> dict[str, str]:
        return {self.name: "\n".join(filter(None, map(_said_of, _schedules(service))))}

    def remark(self, values: Values, service: Service | None, *, at: datetime) -> str:
        words = values.get(self.name, "")
        if not words:
            return ""
        zone = zone_of_service(service) if service else _zone_said(values)
        read = fill_from_words(Schedule(description=words), zone=zone, at=at)
        if read.is_certain:
            return _now("It is read as: %(dates)s.") % {"dates": "; ".join((read.said, *read.dates))}
        return _now("It stays a note, and claims no dates. %(why)s") % {"why": " ".join(read.remarks)}

    def write(self, service: Service, values: Values, *, at: datetime) -> None:
        rows = _schedules(service)
        if len(rows) > 1:
            raise self.refuse(_now("It has several times. Change the right one on its own page."))
        if not values[self.name]:
            raise self.refuse(_now("Write when it meets, or do not tick it."))
        schedule = rows[0] if rows else Schedule(service=service)
        schedule.description = values[self.name]
        _claim_nothing(schedule)
        read = fill_from_words(schedule, zone=schedule.timezone or zone_of_service(service), at=at)
        if not read.is_certain:
            _claim_nothing(schedule)
        schedule.save()


IN_SUGGESTIONS: tuple[ContributionField, ...] = (
    *(Name(), OrganizationName(), KindOfSupport(), Description(), WebPage(), Country(), PhoneNumber()),
    *(Email(), Where(), CostInWords(), TimesInWords()),
)
IN_CORRECTIONS: tuple[ContributionField, ...] = (
    *(Name(), Description(), WebPage(), PhoneNumber(), Email(), Address(), CostInWords(), TimesInWords()),
)


def boxes_of(parts: Iterable[ContributionField]) -> dict[str, forms.Field]:
    """The form fields of these parts, in their order."""
    return {name: field for part in parts for name, field in part.boxes().items()}


def current_values_of(
    service: Service, parts: Iterable[ContributionField] = IN_CORRECTIONS
) -> dict[str, str]:
    return {name: said for part in parts for name, said in part.today(service).items()}


def fields_with_values(values: Iterable[str], parts: Iterable[ContributionField]) -> list[ContributionField]:
    """Those of these parts that `values`, by box, say something of."""
    named = set(values)
    return [part for part in parts if named & set(part.boxes())]


def _own_phones(service: Service) -> list[Phone]:
    """The numbers of the service and of its places, but for those that other services are reached by too."""
    shared = ServiceAtLocation.objects.values("location").annotate(n=Count("pk")).filter(n__gt=1)
    here = Location.objects.filter(service_at_locations__service=service).exclude(
        pk__in=shared.values("location")
    )
    own = Q(service=service) | Q(service_at_location__service=service) | Q(location__in=here)
    return list(Phone.objects.filter(own).exclude(type=PhoneType.FAX))


def _country_of(service: Service) -> str:
    places = service.service_at_locations.values_list("location__country", flat=True)
    served = service.service_areas.values_list("area", flat=True)
    known = [country for country in (*places, *(area[:2] for area in served)) if country in COUNTRIES]
    return known[0] if known else settings.DEFAULT_COUNTRY


def _zone_said(values: Values) -> str:
    """The time zone of where something new is said to be, "" where that is not known."""
    try:
        found = find_place(
            values.get("where", ""), default_country=values.get("country") or settings.DEFAULT_COUNTRY
        )
    except PlaceNotFound:
        return ""
    return zone_at(found.point, found.country)


def _schedules(service: Service) -> list[Schedule]:
    own = Q(service=service) | Q(service_at_location__service=service)
    return list(Schedule.objects.filter(own).order_by("pk"))


def _claim_nothing(schedule: Schedule) -> None:
    """Empties the rule; what was noted beside it stays."""
    empty = Schedule()
    for name in RULE_FIELDS:
        setattr(schedule, name, getattr(empty, name))


def _said_of(schedule: Schedule) -> str:
    if schedule.description:
        return schedule.description
    recurrence = recurrence_or_none(schedule)
    return wording.schedule(recurrence) if recurrence else ""
