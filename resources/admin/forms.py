"""Forms of records. The pages and inlines that use them choose their fields."""

from __future__ import annotations

import re
from collections.abc import Iterable
from datetime import date, datetime
from functools import cache
from typing import Any

from django import forms
from django.conf import settings
from django.core.exceptions import ValidationError
from django.utils import timezone
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy

from resources.admin.fields import (
    CountryField,
    CurrencyField,
    DatalistInput,
    LanguageField,
    PlainTextField,
    Tiles,
    validate_degrees,
)
from resources.curation.phones import NO_COUNTRY, parse_phone
from resources.curation.placing import AddressNotFound, geocode_address, move_service, read_address
from resources.curation.validators import (
    validate_no_bidi_controls,
    validate_no_markup,
)
from resources.exchange.columns import AreaColumn, InvalidCell
from resources.exchange.records import AreaPart
from resources.geo.geocoding import FoundPlace
from resources.geo.regions import all_regions, region_named
from resources.geo.schemes import normalize
from resources.geo.zones import zone_at
from resources.models import Location, Organization, Service, ServiceArea, ServiceAtLocation
from resources.models.location import AREA_SHAPES
from resources.timing.preview import zone_of_service
from resources.vocabulary import (
    COUNTRIES,
    CURRENCIES,
    ContentNote,
    Extent,
    Fit,
    Kind,
    LocationType,
    Loss,
    PhoneType,
    Precision,
    Status,
)

GEOCODED_FIELDS = ("city", "region", "postal_code", "country")
# Fields of a price: amounts of money, and limits of a band.
PRICE_FIELDS = ("amount", "amount_max", "full_fee")
BAND_FIELDS = (("guideline_over", "guideline_up_to"), ("income_over", "income_up_to"))
LIMIT_FIELDS = tuple(name for band in BAND_FIELDS for name in band)
HOUSEHOLD_FIELDS = ("household_from", "household_to")
MAX_PEOPLE = 99
REFUSAL = "_refusal"  # added to the submitted data: why it is not saved


def validate_not_future(day: date | None) -> date | None:
    """Return the date. Raises ValidationError if it is after today."""
    if day and day > timezone.localdate():
        raise ValidationError(_("This date is in the future."))
    return day


class CuratedForm(forms.ModelForm):
    """The form of a record. It has an error if the submitted data contains a `REFUSAL`."""

    def clean(self) -> dict[str, Any]:
        cleaned = super().clean() or self.cleaned_data
        if self.data.get(REFUSAL):
            self.add_error(None, self.data[REFUSAL])
        return cleaned


# Losses that a service made for pregnancy loss names: a general bereavement service names the others alone.
UNSPECIFIC_LOSSES = frozenset({Loss.ANY_LOSS, Loss.CHILD_ANY_AGE})


def fit_of_losses(losses: Iterable[str]) -> Fit | None:
    """Return how close to pregnancy loss a service is that names these losses; None if they do not tell."""
    return Fit.SPECIALIST if set(losses) - UNSPECIFIC_LOSSES else None


# The kinds that are added most, first; the others unfold.
FIRST_KINDS = (
    *(Kind.SUPPORT_GROUP, Kind.FORUM, Kind.PEER_MENTOR, Kind.HELPLINE, Kind.COUNSELLING, Kind.CLINIC),
    Kind.FINANCIAL_HELP,
)


def kind_tiles(field: Any) -> Tiles:
    """Return the widget that shows the kinds of a new service as tiles."""
    others = [kind for kind in Kind if kind not in FIRST_KINDS]
    choices = [(kind.value, kind.label) for kind in (*FIRST_KINDS, *others)]
    return Tiles(field.label, shown=len(FIRST_KINDS), more=_("More kinds"), choices=choices)


class ServiceForm(CuratedForm):
    """A service with, besides its fields, two shortcuts: a new organization by its name, and a place by its
    address.

    After cleaning, `address` has the address to add (`placing.ADDRESS_FIELDS`), and the rows of the page read
    `country` of the service from `country_of`.
    """

    new_organization = PlainTextField(
        label=gettext_lazy("New organization"),
        required=False,
        max_length=255,
        validators=[validate_no_markup, validate_no_bidi_controls],
        widget=forms.TextInput(attrs={"class": "vTextField"}),
        help_text=gettext_lazy("Only if it is not in the list above."),
    )
    where = PlainTextField(
        label=gettext_lazy("Add an address"),
        required=False,
        max_length=400,
        validators=[validate_no_markup, validate_no_bidi_controls],
        widget=forms.TextInput(attrs={"class": "vTextField"}),
        help_text=gettext_lazy("For example: 700 Elm St, Fort Worth, TX 76102. A town is enough."),
    )
    comment = PlainTextField(
        label=gettext_lazy("Comment for curators"),
        required=False,
        max_length=255,
        validators=[validate_no_markup, validate_no_bidi_controls],
        widget=forms.TextInput(attrs={"class": "vTextField"}),
        help_text=gettext_lazy("Why you change this, or what others should know. It stands in the history."),
    )
    address: dict[str, str] | None = None
    made_organization: Organization | None = None

    def __init__(self, *args: Any, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        if fit := self.fields.get("fit"):
            fit.required = False
            fit.choices = [("", _("Follows the losses selected")), *Fit.choices]  # type: ignore[attr-defined]
            if self.instance._state.adding:
                self.initial["fit"] = ""
        if organization := self.fields.get("organization"):
            organization.required = False
        if (kind := self.fields.get("kind")) and self.instance._state.adding:
            kind.widget = kind_tiles(kind)

    def clean_where(self) -> str:
        text = str(self.cleaned_data["where"])
        if text:
            self.address = read_address(text, default_country=self._own_country())
            self.instance.typed_address = self.address  # the rows of the page are about the same place
        return text

    def clean(self) -> dict[str, Any]:
        cleaned = super().clean()
        self._choose_organization(cleaned)
        self._derive_fit(cleaned)
        both = set(cleaned.get("content_notes") or ()) & set(cleaned.get("content_clear") or ())
        if both:
            names = ", ".join(str(ContentNote(code).label) for code in sorted(both))
            self.add_error(
                "content_clear",
                _("Marked both as mentioned and as not mentioned: %(names)s.") % {"names": names},
            )
        youngest, oldest = cleaned.get("minimum_age"), cleaned.get("maximum_age")
        if youngest is not None and oldest is not None and youngest > oldest:
            self.add_error("maximum_age", _("The oldest age is below the youngest."))
        return cleaned

    def clean_assured_date(self) -> Any:
        return validate_not_future(self.cleaned_data["assured_date"])

    def _own_country(self) -> str:
        return country_of(self.instance) or str(settings.DEFAULT_COUNTRY)

    def _choose_organization(self, cleaned: dict[str, Any]) -> None:
        """Use the organization of the typed name, or make an unsaved one."""
        if "organization" not in self.fields or "organization" in self.errors:
            return
        name = cleaned.get("new_organization") or ""
        if cleaned.get("organization") and name:
            self.add_error("new_organization", _("Choose an organization or name a new one, not both."))
        elif not cleaned.get("organization") and not name:
            self.add_error("organization", _("Choose an organization, or name a new one."))
        elif name:
            known = Organization.objects.filter(name__iexact=name).first()
            self.made_organization = None if known else Organization(name=name)
            cleaned["organization"] = known or self.made_organization

    def _derive_fit(self, cleaned: dict[str, Any]) -> None:
        """A service that names a loss in pregnancy is made for it. Otherwise the curator says how close."""
        if "fit" not in self.fields or cleaned.get("fit"):
            return
        if fit := fit_of_losses(cleaned.get("losses") or ()):
            cleaned["fit"] = fit
        else:
            self.add_error(
                "fit", _("Choose how close to pregnancy loss it is, or select a particular loss below.")
            )

    def _get_validation_exclusions(self) -> set[str]:
        """Leave out an organization that is saved only with the service."""
        excluded: set[str] = super()._get_validation_exclusions()  # type: ignore[misc]
        return excluded | ({"organization"} if self.made_organization else set())

    def save(self, commit: bool = True) -> Any:
        if commit:
            self.save_organization()
        saved = super().save(commit=commit)
        if commit:
            self.save_address(at=timezone.now())
        return saved

    def save_organization(self) -> Organization | None:
        """Save a new organization before its service. Return it, None if there is none."""
        if self.made_organization is not None:
            self.made_organization.save()
            self.instance.organization = self.made_organization
        return self.made_organization

    def save_address(self, *, at: datetime) -> Location | None:
        """Add the typed address as a place of the saved service. Return it, None if there is none."""
        return None if self.address is None else move_service(self.instance, None, self.address, at=at)


def service_of(row: Any) -> Service | None:
    """Return the service that a row belongs to, a new one too, which has no id until it is saved."""
    known: Service | None = row._state.fields_cache.get("service")
    return known or (row.service if row.service_id else None)


def country_of(service: Service | None) -> str:
    """Return the country of a service, for what its rows leave open: of the address that is being typed, of
    its places or of its areas; "" if unknown. At most two queries.
    """
    if service is None:
        return ""
    typed: dict[str, str] = getattr(service, "typed_address", {})
    if typed:
        return typed["country"]
    if not service._state.adding:
        places = Location.objects.filter(service_at_locations__service=service).exclude(country="")
        areas = service.service_areas.exclude(area="*")
        known = (
            places.values_list("country", flat=True).first() or areas.values_list("area", flat=True).first()
        )
        if known:
            return str(known)[:2]
    return ""


def language_of(service: Service) -> str:
    """Return the language of nearly all support where a saved service is; "" if that cannot be told, as in
    New Brunswick, which has two. At most three queries.
    """
    country = country_of(service)
    if country != "CA":
        return "en" if country in COUNTRIES else ""
    places = Location.objects.filter(service_at_locations__service=service)
    regions = set(places.values_list("region", flat=True))
    return "fr" if regions == {"QC"} else "" if not regions or regions & {"QC", "NB", ""} else "en"


def zone_of_typed(service: Service | None) -> str:
    """Return the time zone of the address that is being typed, else of the service's places, or ""."""
    typed: dict[str, str] = getattr(service, "typed_address", {})
    if not typed:
        return zone_of_service(None if service is None or service._state.adding else service)
    place, _precision = geocode_address(**{name: typed[name] for name in GEOCODED_FIELDS})
    return zone_at(place.point, place.country)


class CostForm(forms.ModelForm):
    """A price. Reports beside its field what the database would refuse."""

    currency = CurrencyField(
        label=gettext_lazy("Currency"),
        required=False,
        help_text=gettext_lazy("Empty: that of the country."),
    )

    class Meta:
        widgets = {
            "amount_description": forms.Textarea(attrs={"rows": 2, "cols": 60}),
        }

    def _infer_currency(self, cleaned: dict[str, Any]) -> None:
        """Read "$", and an amount without a currency, in the country of the service."""
        stated = any(cleaned.get(name) is not None for name in (*PRICE_FIELDS, "income_over", "income_up_to"))
        if cleaned.get("currency") == CurrencyField.DOLLAR or (stated and cleaned.get("currency") == ""):
            own = CURRENCIES.get(country_of(service_of(self.instance)), "")
            if cleaned["currency"] and not own.endswith("D"):
                self.add_error("currency", _("Which dollars? Enter USD, CAD, AUD or NZD."))
            else:
                cleaned["currency"] = own

    def clean_checked_on(self) -> Any:
        return validate_not_future(self.cleaned_data["checked_on"])

    def clean(self) -> dict[str, Any]:
        """Check what `CostOption.clean` does not."""
        cleaned = super().clean() or self.cleaned_data
        self._infer_currency(cleaned)
        self._validate_not_negative(cleaned)
        self._validate_household_size(cleaned)
        self._validate_bands(cleaned)
        if cleaned.get("currency") == "" and _has_zero_amount(cleaned):
            self.add_error("currency", _("Choose a currency."))
        return cleaned

    def _validate_not_negative(self, cleaned: dict[str, Any]) -> None:
        for name in (*PRICE_FIELDS, *LIMIT_FIELDS):
            if (cleaned.get(name) or 0) < 0:
                self.add_error(
                    name,
                    _("The price cannot be negative.") if name in PRICE_FIELDS else _("Enter zero or more."),
                )

    def _validate_household_size(self, cleaned: dict[str, Any]) -> None:
        for name in HOUSEHOLD_FIELDS:
            if cleaned.get(name) is not None and not 1 <= cleaned[name] <= MAX_PEOPLE:
                self.add_error(name, _("Enter a number of people from 1 to %(most)d.") % {"most": MAX_PEOPLE})

    def _validate_bands(self, cleaned: dict[str, Any]) -> None:
        for over, up_to in BAND_FIELDS:
            last = cleaned.get(up_to)
            if last == 0:
                self.add_error(up_to, _("Enter more than zero."))
            elif last is not None and last == cleaned.get(over):
                self.add_error(up_to, _("The upper limit must be higher than the lower limit."))


def _has_zero_amount(cleaned: dict[str, Any]) -> bool:
    """Return True for a full fee of zero or a range from zero: the model requires no currency for these."""
    begins_at_zero = bool(cleaned.get("amount_max")) and cleaned.get("amount") == 0
    return cleaned.get("full_fee") == 0 or begins_at_zero


class CredentialForm(forms.ModelForm):
    def clean_checked_on(self) -> Any:
        return validate_not_future(self.cleaned_data["checked_on"])


class PhoneForm(forms.ModelForm):
    """Computes the international form of a changed number; an unchanged number stays as it is."""

    country = CountryField(
        label=gettext_lazy("Country"), help_text=gettext_lazy("Empty: that of the service.")
    )

    def __init__(self, *args: Any, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        self.fields["country"].also_allow(self.instance.country)  # type: ignore[attr-defined]

    def clean(self) -> dict[str, Any]:
        cleaned = super().clean() or self.cleaned_data
        if cleaned.get("number") and "country" in cleaned and {"number", "country"} & set(self.changed_data):
            self._parse_number(cleaned)
        return cleaned

    def _country_of_owner(self) -> str:
        phone = self.instance
        if service := service_of(phone):
            return country_of(service)
        place = phone.service_at_location.location if phone.service_at_location_id else None
        location = place or (phone.location if phone.location_id else None)
        return location.country if location else ""

    def _parse_number(self, cleaned: dict[str, Any]) -> None:
        country = cleaned["country"]
        if not country and "+" not in cleaned["number"]:
            country = self._country_of_owner() or settings.DEFAULT_COUNTRY
        try:
            texts = cleaned.get("type") == PhoneType.SMS
            parsed = parse_phone(cleaned["number"], country, texts=texts)
        except ValidationError as error:
            self.add_error("country" if error.code == NO_COUNTRY else "number", error)
            return
        cleaned.update(number=parsed.number, country=parsed.country)
        cleaned["extension"] = cleaned.get("extension") or parsed.extension
        cleaned["description"] = cleaned.get("description") or parsed.note
        if parsed.type and cleaned.get("type") == PhoneType.VOICE:
            cleaned["type"] = parsed.type
        self.instance.international = parsed.international


class LanguageForm(forms.ModelForm):
    code = LanguageField(
        label=gettext_lazy("Language"),
        help_text=gettext_lazy("If a new service names none: that of its country."),
    )


class ServiceAreaForm(forms.ModelForm):
    """An area by its name. Its key and extent follow from that."""

    area = forms.CharField(
        label=gettext_lazy("Area"),
        max_length=255,
        widget=DatalistInput(attrs={"class": "vTextField"}),
        validators=[validate_no_markup, validate_no_bidi_controls],
        help_text=gettext_lazy(
            "The world, a country, a state, a county with its state, or a postal code: Oregon; Dallas County,"
            " TX; 97201."
        ),
    )

    class Meta:
        fields = ("area",)

    def __init__(self, *args: Any, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        self.fields["area"].widget.suggestions = dict.fromkeys(_area_names(), "")
        if self.instance.area:
            self.initial["area"] = _area_label(self.instance)

    def clean_area(self) -> str:
        if "area" not in self.changed_data:
            return str(self.instance.area)
        area = read_area(
            str(self.cleaned_data["area"]), country_of(service_of(self.instance)) or settings.DEFAULT_COUNTRY
        )
        self.instance.name, self.instance.extent = area.name, area.extent
        return area.area


def read_area(text: str, country: str) -> AreaPart:
    """Return the area that `text` names, in `country` first. Raises ValidationError."""
    code = normalize(country, text)
    if code and any(character.isdigit() for character in text):
        return AreaPart(text.upper(), Extent.POSTAL_CODE, f"{country}:{code}")
    for extent, shape in AREA_SHAPES.items():
        if re.fullmatch(shape, text):
            return AreaPart(text, extent, text)
    try:
        return AreaColumn(country, {}).read(text)
    except InvalidCell:
        raise ValidationError(
            _("We do not know this area. Enter a country, a state, or a county with its state.")
        ) from None


def _area_label(row: ServiceArea) -> str:
    """Return the name of an area as it can be typed, with its key where the name alone says another."""
    try:
        known = read_area(row.name, row.area[:2] if row.area != "*" else settings.DEFAULT_COUNTRY)
    except ValidationError:
        return f"{row.name} [{row.area}]"
    return row.name if known.area == row.area else f"{row.name} [{row.area}]"


@cache
def _area_names() -> tuple[str, ...]:
    """Return the names that the field of an area suggests: countries of listings, and their states."""
    names = [str(name) for name in COUNTRIES.values()]
    return (
        _("The world"),
        *names,
        *dict.fromkeys(region.name for region in all_regions() if region.country in COUNTRIES),
    )


class PlaceOfServiceForm(CuratedForm):
    """A place of a service, which may have each location once.

    Django does not check that: `service` is no field.
    """

    def clean_location(self) -> Any:
        location, place = self.cleaned_data["location"], self.instance
        duplicates = ServiceAtLocation.objects.filter(service=place.service_id, location=location)
        if "location" in self.changed_data and duplicates.exclude(pk=place.pk).exists():
            raise ValidationError(_("The service is at this place already."))
        return location


class LocationForm(CuratedForm):
    """Finds the point of a town or postal code if none is given.

    `found_place` is the place it was taken from; `not_found` is True if the gazetteer does not know the
    address.
    """

    found_place: FoundPlace | None = None
    not_found: bool = False
    # Longer than the column: a name such as North Carolina is typed here and stored as NC.
    region = forms.CharField(
        label=gettext_lazy("State or region"),
        required=False,
        max_length=60,
        validators=[validate_no_markup, validate_no_bidi_controls],
    )

    country = CountryField(label=gettext_lazy("Country"))

    def __init__(self, *args: Any, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        if country := self.fields.get("country"):
            country.also_allow(self.instance.country)  # type: ignore[attr-defined]

    def clean_latitude(self) -> float | None:
        return validate_degrees(self.cleaned_data["latitude"], limit=90)

    def clean_longitude(self) -> float | None:
        return validate_degrees(self.cleaned_data["longitude"], limit=180)

    def clean(self) -> dict[str, Any]:
        cleaned = super().clean()
        self._use_region_code(cleaned)
        if cleaned.get("country") == "" and (cleaned.get("city") or cleaned.get("postal_code")):
            self.add_error("country", _("Choose the country of this address."))
        if (
            not self.errors
            and cleaned.get("location_type") == LocationType.PHYSICAL
            and self._wants_point(cleaned)
        ):
            self._find_point(cleaned)
        return cleaned

    def _use_region_code(self, cleaned: dict[str, Any]) -> None:
        """Replace a region's name by its code ("Texas" by "TX"); unknown regions stay as typed."""
        region = region_named(cleaned.get("region") or "", cleaned.get("country") or None)
        if region:
            cleaned["region"] = region.code

    def _wants_point(self, cleaned: dict[str, Any]) -> bool:
        """Return True if there is an address, and no point or one computed from a previous address."""
        if not (cleaned["city"] or cleaned["postal_code"]):
            return False
        address_changed = bool(set(GEOCODED_FIELDS) & set(self.changed_data))
        point_typed = {"latitude", "longitude", "precision"} & set(self.changed_data)
        was_computed = self.instance.precision in (Precision.TOWN, Precision.AREA)
        return (cleaned["latitude"] is None and cleaned["longitude"] is None) or (
            address_changed and was_computed and not point_typed
        )

    def _find_point(self, cleaned: dict[str, Any]) -> None:
        try:
            self.found_place, precision = geocode_address(**{name: cleaned[name] for name in GEOCODED_FIELDS})
        except AddressNotFound:
            self.not_found = True
            cleaned.update(latitude=None, longitude=None, precision="")
            return
        point = self.found_place.point
        cleaned.update(latitude=point.latitude, longitude=point.longitude, precision=precision)


class WithdrawForm(forms.Form):
    status = forms.ChoiceField(
        label=gettext_lazy("It is"),
        choices=[(status.value, status.label) for status in Status if status != Status.ACTIVE],
        widget=forms.RadioSelect,
        initial=Status.INACTIVE,
    )
    reason = forms.CharField(
        label=gettext_lazy("Why"),
        max_length=255,
        validators=[validate_no_bidi_controls],
        widget=forms.TextInput(attrs={"class": "vTextField"}),
        help_text=gettext_lazy("Curators see this, visitors do not."),
    )
