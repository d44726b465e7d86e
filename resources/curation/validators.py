"""Validators for the text of records, whoever typed it.

Each raises ValidationError with a sentence for its field.
"""

from __future__ import annotations

import re
from dataclasses import dataclass
from typing import Any
from urllib.parse import urlsplit

import phonenumbers
from django.core.exceptions import ValidationError
from django.utils.translation import gettext as _
from phonenumbers import shortnumberinfo

from resources.vocabulary import COUNTRIES

MAX_TEXT_LENGTH = 8_000  # characters; longer text was pasted by mistake, or belongs on the service's own site
# Characters that change the direction of text: they can make one name look like another.
BIDI_CONTROLS = re.compile("[\u061c\u200e\u200f\u202a-\u202e\u2066-\u2069]")
MARKUP = re.compile(r"<\s*[a-zA-Z/!?][^>]*>")


def validate_no_markup(value: Any) -> None:
    """Refuse HTML tags: records are plain text, so visitors would see the tags."""
    if MARKUP.search(str(value)):
        raise ValidationError(_("Write plain text, without HTML tags."))


def validate_no_bidi_controls(value: Any) -> None:
    """Refuse hidden characters that reorder text. Right-to-left scripts themselves are fine."""
    if BIDI_CONTROLS.search(str(value)):
        raise ValidationError(
            _("There is a hidden character that turns the direction of the text. Type it anew, do not paste.")
        )


def validate_no_credentials(value: Any) -> None:
    """Refuse a URL with a user name or password, which signs every visitor in as that person or hides the
    host.
    """
    try:
        has_credentials = "@" in urlsplit(str(value)).netloc
    except ValueError:  # not a URL: Django's own validator reports that
        return
    if has_credentials:
        raise ValidationError(
            _("Leave out the user name and password: write the address without what is before @.")
        )


def validate_length(value: Any) -> None:
    """Refuse text longer than MAX_TEXT_LENGTH characters."""
    if len(str(value)) > MAX_TEXT_LENGTH:
        raise ValidationError(
            _("Write %(limit)d characters at most; this is %(length)d.")
            % {"limit": MAX_TEXT_LENGTH, "length": len(str(value))}
        )


NO_COUNTRY = "no_country"
EXTENSION = re.compile(r"\s*(?:;?\s*ext(?:ension|n)?\.?|x|#)\s*:?\s*[0-9]{1,10}\s*$", re.IGNORECASE)


@dataclass(frozen=True)
class ParsedPhone:
    """A phone number as dialed, its country, and its E.164 form ("" for a short number such as 988)."""

    number: str
    international: str
    extension: str
    country: str


def parse_phone(typed: str, country: str, *, texts: bool = False) -> ParsedPhone:
    """Parse a typed phone number. Raises ValidationError with a sentence for the field.

    `country` may be "" if the number starts with + and a country code. Numbers that take texts (`texts`) may
    be any short code of the right length, because new codes are assigned faster than lists of them are
    published.
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
        return ParsedPhone(
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
        return ParsedPhone(number=bare, international="", extension=parsed.extension or "", country=country)
    where = COUNTRIES.get(country, country) or _("that country")
    raise ValidationError(_("This number cannot be dialled in %(country)s.") % {"country": where})
