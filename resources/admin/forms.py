"""Forms of records. The pages and inlines that use them choose their fields."""

from __future__ import annotations

from datetime import date
from typing import Any

from django import forms
from django.core.exceptions import ValidationError
from django.utils import timezone
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy

from resources.admin.fields import DatalistInput, validate_country, validate_degrees
from resources.curation.phones import NO_COUNTRY, parse_phone
from resources.curation.placing import AddressNotFound, geocode_address
from resources.curation.validators import (
    validate_no_bidi_controls,
    validate_no_markup,
)
from resources.geo.geocoding import FoundPlace
from resources.geo.regions import region_named
from resources.models import ServiceAtLocation
from resources.vocabulary import (
    COUNTRIES,
    CURRENCIES,
    LANGUAGES,
    ContentNote,
    LocationType,
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


class ServiceForm(CuratedForm):
    def clean(self) -> dict[str, Any]:
        cleaned = super().clean()
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


class CostForm(forms.ModelForm):
    """A price. Reports beside its field what the database would refuse."""

    class Meta:
        widgets = {
            "currency": DatalistInput(CURRENCIES.values(), attrs={"size": 4}),
            "amount_description": forms.Textarea(attrs={"rows": 2, "cols": 60}),
        }

    def clean_currency(self) -> str:
        return str(self.cleaned_data["currency"]).upper()

    def clean_checked_on(self) -> Any:
        return validate_not_future(self.cleaned_data["checked_on"])

    def clean(self) -> dict[str, Any]:
        """Check what `CostOption.clean` does not."""
        cleaned = super().clean() or self.cleaned_data
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

    country = forms.ChoiceField(
        label=gettext_lazy("Country"), choices=[("", "---------"), *COUNTRIES.items()], required=False
    )

    def __init__(self, *args: Any, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        current = self.instance.country
        if current and current not in COUNTRIES:
            self.fields["country"].choices += [(current, current)]  # type: ignore[attr-defined]

    def clean(self) -> dict[str, Any]:
        cleaned = super().clean() or self.cleaned_data
        if cleaned.get("number") and "country" in cleaned and {"number", "country"} & set(self.changed_data):
            self._parse_number(cleaned)
        return cleaned

    def _parse_number(self, cleaned: dict[str, Any]) -> None:
        try:
            texts = cleaned.get("type") == PhoneType.SMS
            parsed = parse_phone(cleaned["number"], cleaned["country"], texts=texts)
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
    class Meta:
        widgets = {"code": DatalistInput(LANGUAGES, attrs={"size": 8})}


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

    class Meta:
        widgets = {"country": DatalistInput(COUNTRIES, attrs={"size": 4})}

    def clean_latitude(self) -> float | None:
        return validate_degrees(self.cleaned_data["latitude"], limit=90)

    def clean_longitude(self) -> float | None:
        return validate_degrees(self.cleaned_data["longitude"], limit=180)

    def clean_country(self) -> str:
        country = str(self.cleaned_data["country"])
        return validate_country(country) if "country" in self.changed_data else country

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
