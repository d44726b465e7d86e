"""What curators type, and what is refused with a sentence beside the field."""

from __future__ import annotations

import re
from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from typing import Any
from urllib.parse import urlsplit

import phonenumbers
from django import forms
from django.core.exceptions import ValidationError
from django.utils.html import format_html, format_html_join
from django.utils.safestring import SafeString
from django.utils.translation import gettext as _
from phonenumbers import shortnumberinfo

from resources.timing.checking import known_zones
from resources.vocabulary import COUNTRIES

NO_COUNTRY = "no_country"
LONGEST_TEXT = 8_000  # characters; more is a paste gone wrong, or a page that belongs to its own site
# Characters that turn the direction of the text after them: a name can be made to read as another.
TURNING = re.compile("[\u061c\u200e\u200f\u202a-\u202e\u2066-\u2069]")
MARKUP = re.compile(r"<\s*[a-zA-Z/!?][^>]*>")
EXTENSION = re.compile(r"\s*(?:;?\s*ext(?:ension|n)?\.?|x|#)\s*:?\s*[0-9]{1,10}\s*$", re.IGNORECASE)
USUAL_ZONES = (
    "America/New_York",
    "America/Chicago",
    "America/Denver",
    "America/Phoenix",
    "America/Los_Angeles",
    "America/Anchorage",
    "Pacific/Honolulu",
    "America/Puerto_Rico",
    "America/Toronto",
    "America/Winnipeg",
    "America/Edmonton",
    "America/Vancouver",
    "America/Halifax",
    "America/St_Johns",
    "America/Regina",
    "Europe/London",
    "Europe/Dublin",
    "Australia/Sydney",
    "Australia/Melbourne",
    "Australia/Brisbane",
    "Australia/Adelaide",
    "Australia/Perth",
    "Australia/Darwin",
    "Australia/Hobart",
    "Pacific/Auckland",
)


class Ticks(forms.CheckboxSelectMultiple):
    """Boxes to tick, set in columns and read aloud as one group."""

    def __init__(self, label: Any = "", **kwargs: Any) -> None:
        super().__init__(**kwargs)
        self.label = label

    def render(self, *args: Any, **kwargs: Any) -> SafeString:
        boxes = super().render(*args, **kwargs)
        return format_html('<div class="ticks" role="group" aria-label="{}">{}</div>', self.label, boxes)


class Suggested(forms.TextInput):
    """A box to type in that suggests the usual values and takes others. Needs no script."""

    def __init__(self, choices: Mapping[str, Any] | Iterable[str] = (), **kwargs: Any) -> None:
        super().__init__(**kwargs)
        self.suggestions = dict(choices) if isinstance(choices, Mapping) else dict.fromkeys(choices, "")

    def render(self, name: str, value: Any, attrs: Any = None, renderer: Any = None) -> SafeString:
        list_id = f"{(attrs or {}).get('id', name)}_list"
        box = super().render(name, value, {**(attrs or {}), "list": list_id, "autocomplete": "off"}, renderer)
        options = format_html_join("", '<option value="{}">{}</option>', self.suggestions.items())
        return format_html('{}<datalist id="{}">{}</datalist>', box, list_id, options)


def refuse_markup(value: Any) -> None:
    """Records are plain text: a tag would be shown to visitors as it was typed."""
    if MARKUP.search(str(value)):
        raise ValidationError(_("Write plain text, without HTML tags."))


def refuse_turned_text(value: Any) -> None:
    """Every script is welcome; hidden marks that reorder it are not: what is read is not what was typed."""
    if TURNING.search(str(value)):
        raise ValidationError(
            _("There is a hidden character that turns the direction of the text. Type it anew, do not paste.")
        )


def refuse_credentials(value: Any) -> None:
    """An address with a name and password sends every visitor in as that person, or hides where it leads."""
    try:
        has_credentials = "@" in urlsplit(str(value)).netloc
    except ValueError:  # no address at all: Django's own sentence says so
        return
    if has_credentials:
        raise ValidationError(
            _("Leave out the user name and password: write the address without what is before @.")
        )


def refuse_long_text(value: Any) -> None:
    if len(str(value)) > LONGEST_TEXT:
        raise ValidationError(
            _("Write %(limit)d characters at most; this is %(length)d.")
            % {"limit": LONGEST_TEXT, "length": len(str(value))}
        )


def listed(value: str) -> str:
    """ "2tu 4tu" as RFC 5545 lists it: "2TU,4TU". What it may hold is said by `resources.timing.checking`."""
    return ",".join(part for part in re.split(r"[,\s]+", value.upper()) if part)


def check_zone(value: str) -> str:
    """An IANA time zone, or "". Raises ValidationError for anything else."""
    if value and value not in known_zones():
        raise ValidationError(_("Choose a time zone by its place, such as America/Chicago."))
    return value


def check_country(value: str) -> str:
    """One of the countries a listing may name, in capitals, or "". Raises ValidationError otherwise."""
    code = value.upper()
    if code and code not in COUNTRIES:
        raise ValidationError(
            _("Choose a country by its two letters: %(codes)s.") % {"codes": ", ".join(COUNTRIES)}
        )
    return code


def check_degrees(value: float | None, *, limit: int) -> float | None:
    """A latitude (limit 90) or longitude (180). Raises ValidationError for what is not on the globe."""
    if value is not None and not -limit <= value <= limit:
        raise ValidationError(_("Write degrees between -%(limit)d and %(limit)d.") % {"limit": limit})
    return value


@dataclass(frozen=True)
class Dialled:
    """A number as it is dialled, where it works, and its E.164 form ("" for a short number such as 988)."""

    number: str
    international: str
    extension: str
    country: str


def read_phone(typed: str, country: str, *, texts: bool = False) -> Dialled:
    """What a curator typed as a phone number. Raises ValidationError with a sentence for the field.

    `country` may be "" where the number starts with + and its country. Numbers that take texts may be any
    short code of the right length: new ones are given out faster than lists of them are printed.
    """
    if not country and not typed.startswith("+"):
        raise ValidationError(
            _("Say in which country this number works, or start it with + and the country's code."),
            code=NO_COUNTRY,
        )
    try:
        parsed = phonenumbers.parse(typed, country or None)
    except phonenumbers.NumberParseException as error:
        raise ValidationError(_("This is not a phone number.")) from error
    bare = EXTENSION.sub("", typed) if parsed.extension else typed
    if phonenumbers.is_valid_number(parsed):
        return Dialled(
            number=bare,
            international=phonenumbers.format_number(parsed, phonenumbers.PhoneNumberFormat.E164),
            extension=parsed.extension or "",
            country=country or phonenumbers.region_code_for_number(parsed) or "",
        )
    is_short = (
        shortnumberinfo.is_possible_short_number_for_region
        if texts
        else shortnumberinfo.is_valid_short_number_for_region
    )
    if country and is_short(parsed, country):
        return Dialled(number=bare, international="", extension=parsed.extension or "", country=country)
    where = COUNTRIES.get(country, country) or _("that country")
    raise ValidationError(_("This number cannot be dialled in %(country)s.") % {"country": where})
