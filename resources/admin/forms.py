"""The forms of the records. Which fields they hold is said by the pages and inlines that use them."""

from __future__ import annotations

from datetime import date
from typing import Any

from django import forms
from django.core.exceptions import ValidationError
from django.utils import timezone
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy

from resources.admin.fields import DatalistInput, check_country, check_degrees
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

ADDRESS = ("city", "region", "postal_code", "country")
# Of a price: what is money, and what limits a band.
PRICES = ("amount", "amount_max", "full_fee")
BAND_FIELDS = (("guideline_over", "guideline_up_to"), ("income_over", "income_up_to"))
LIMIT_FIELDS = tuple(name for band in BAND_FIELDS for name in band)
HOUSEHOLD_FIELDS = ("household_from", "household_to")
MOST_PEOPLE = 99
REFUSAL = "_refusal"  # beside what was sent: why it is not saved


def validate_not_future(day: date | None) -> date | None:
    """When somebody checked is today or before."""
    if day and day > timezone.localdate():
        raise ValidationError(_("This date has not come yet."))
    return day


class CuratedForm(forms.ModelForm):
    """The form of a record, which is not saved where what was sent comes with a `REFUSAL`."""

    def clean(self) -> dict[str, Any]:
        given = super().clean() or self.cleaned_data
        if self.data.get(REFUSAL):
            self.add_error(None, self.data[REFUSAL])
        return given


class ServiceForm(CuratedForm):
    def clean(self) -> dict[str, Any]:
        given = super().clean()
        both = set(given.get("content_notes") or ()) & set(given.get("content_clear") or ())
        if both:
            names = ", ".join(str(ContentNote(code).label) for code in sorted(both))
            self.add_error(
                "content_clear", _("Ticked both as mentioned and as clear: %(names)s.") % {"names": names}
            )
        youngest, oldest = given.get("minimum_age"), given.get("maximum_age")
        if youngest is not None and oldest is not None and youngest > oldest:
            self.add_error("maximum_age", _("The oldest age is below the youngest."))
        return given

    def clean_assured_date(self) -> Any:
        return validate_not_future(self.cleaned_data["assured_date"])


class CostForm(forms.ModelForm):
    """What the database would refuse of a price is said beside its field, here or by the record itself."""

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
        """What the record does not look at by itself; it says the rest."""
        given = super().clean() or self.cleaned_data
        self._refuse_below_zero(given)
        self._refuse_crowds(given)
        self._refuse_empty_bands(given)
        if given.get("currency") == "" and _is_money_of_no_amount(given):
            self.add_error("currency", _("Say which currency."))
        return given

    def _refuse_below_zero(self, given: dict[str, Any]) -> None:
        for name in (*PRICES, *LIMIT_FIELDS):
            if (given.get(name) or 0) < 0:
                self.add_error(
                    name, _("A price is zero or more.") if name in PRICES else _("Write zero or more.")
                )

    def _refuse_crowds(self, given: dict[str, Any]) -> None:
        for name in HOUSEHOLD_FIELDS:
            if given.get(name) is not None and not 1 <= given[name] <= MOST_PEOPLE:
                self.add_error(
                    name, _("Write a number of people from 1 to %(most)d.") % {"most": MOST_PEOPLE}
                )

    def _refuse_empty_bands(self, given: dict[str, Any]) -> None:
        for over, up_to in BAND_FIELDS:
            last = given.get(up_to)
            if last == 0:
                self.add_error(up_to, _("Write more than zero."))
            elif last is not None and last == given.get(over):
                self.add_error(
                    up_to, _("Nobody is over a limit and up to the same. Write more than the lower one.")
                )


def _is_money_of_no_amount(given: dict[str, Any]) -> bool:
    """A full fee of zero, or a range that begins at zero: the record asks no currency of either."""
    begins_at_zero = bool(given.get("amount_max")) and given.get("amount") == 0
    return given.get("full_fee") == 0 or begins_at_zero


class CredentialForm(forms.ModelForm):
    def clean_checked_on(self) -> Any:
        return validate_not_future(self.cleaned_data["checked_on"])


class PhoneForm(forms.ModelForm):
    """Keeps what is dialled and works out its international form; a number nobody touched is left alone."""

    country = forms.ChoiceField(
        label=gettext_lazy("Country"), choices=[("", "---------"), *COUNTRIES.items()], required=False
    )

    def __init__(self, *args: Any, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        recorded = self.instance.country
        if recorded and recorded not in COUNTRIES:
            self.fields["country"].choices += [(recorded, recorded)]  # type: ignore[attr-defined]

    def clean(self) -> dict[str, Any]:
        given = super().clean() or self.cleaned_data
        if given.get("number") and "country" in given and {"number", "country"} & set(self.changed_data):
            self._read_number(given)
        return given

    def _read_number(self, given: dict[str, Any]) -> None:
        try:
            texts = given.get("type") == PhoneType.SMS
            dialled = parse_phone(given["number"], given["country"], texts=texts)
        except ValidationError as error:
            self.add_error("country" if error.code == NO_COUNTRY else "number", error)
            return
        given.update(number=dialled.number, country=dialled.country)
        given["extension"] = given.get("extension") or dialled.extension
        given["description"] = given.get("description") or dialled.note
        if dialled.type and given.get("type") == PhoneType.VOICE:
            given["type"] = dialled.type
        self.instance.international = dialled.international


class LanguageForm(forms.ModelForm):
    class Meta:
        widgets = {"code": DatalistInput(LANGUAGES, attrs={"size": 8})}


class PlaceOfServiceForm(CuratedForm):
    """A service is at a place once. The service is not on these forms, so Django does not look."""

    def clean_location(self) -> Any:
        location, here = self.cleaned_data["location"], self.instance
        same = ServiceAtLocation.objects.filter(service=here.service_id, location=location)
        if "location" in self.changed_data and same.exclude(pk=here.pk).exists():
            raise ValidationError(_("The service is at this place already."))
        return location


class LocationForm(CuratedForm):
    """Finds the point of a town or postal code where none was typed; `found` is what it was taken for."""

    found: FoundPlace | None = None
    lost: bool = False
    # Longer than the column: a name such as North Carolina is typed here and kept as NC.
    region = forms.CharField(
        label=gettext_lazy("State or region"),
        required=False,
        max_length=60,
        validators=[validate_no_markup, validate_no_bidi_controls],
    )

    class Meta:
        widgets = {"country": DatalistInput(COUNTRIES, attrs={"size": 4})}

    def clean_latitude(self) -> float | None:
        return check_degrees(self.cleaned_data["latitude"], limit=90)

    def clean_longitude(self) -> float | None:
        return check_degrees(self.cleaned_data["longitude"], limit=180)

    def clean_country(self) -> str:
        country = str(self.cleaned_data["country"])
        return check_country(country) if "country" in self.changed_data else country

    def clean(self) -> dict[str, Any]:
        given = super().clean()
        self._name_region(given)
        if given.get("country") == "" and (given.get("city") or given.get("postal_code")):
            self.add_error("country", _("Say in which country this address is."))
        if (
            not self.errors
            and given.get("location_type") == LocationType.PHYSICAL
            and self._wants_point(given)
        ):
            self._find_point(given)
        return given

    def _name_region(self, given: dict[str, Any]) -> None:
        """Texas becomes TX; a country whose regions are not known keeps what was typed."""
        region = region_named(given.get("region") or "", given.get("country") or None)
        if region:
            given["region"] = region.code

    def _wants_point(self, given: dict[str, Any]) -> bool:
        """Whether there is an address and no point of its own, or the one that an older address gave."""
        if not (given["city"] or given["postal_code"]):
            return False
        moved = bool(set(ADDRESS) & set(self.changed_data))
        typed = {"latitude", "longitude", "precision"} & set(self.changed_data)
        guessed = self.instance.precision in (Precision.TOWN, Precision.AREA)
        return (given["latitude"] is None and given["longitude"] is None) or (moved and guessed and not typed)

    def _find_point(self, given: dict[str, Any]) -> None:
        try:
            self.found, precision = geocode_address(**{name: given[name] for name in ADDRESS})
        except AddressNotFound:
            self.lost = True
            given.update(latitude=None, longitude=None, precision="")
            return
        point = self.found.point
        given.update(latitude=point.latitude, longitude=point.longitude, precision=precision)


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
