"""What no text of a record may hold, whoever typed it. Each refusal is a sentence for its field."""

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

MAX_TEXT_LENGTH = 8_000  # characters; more is a paste gone wrong, or a page that belongs to its own site
# Characters that turn the direction of the text after them: a name can be made to read as another.
TURNING = re.compile("[\u061c\u200e\u200f\u202a-\u202e\u2066-\u2069]")
MARKUP = re.compile(r"<\s*[a-zA-Z/!?][^>]*>")


def validate_no_markup(value: Any) -> None:
    """Records are plain text: a tag would be shown to visitors as it was typed."""
    if MARKUP.search(str(value)):
        raise ValidationError(_("Write plain text, without HTML tags."))


def validate_no_bidi_controls(value: Any) -> None:
    """Every script is welcome; hidden marks that reorder it are not: what is read is not what was typed."""
    if TURNING.search(str(value)):
        raise ValidationError(
            _("There is a hidden character that turns the direction of the text. Type it anew, do not paste.")
        )


def validate_no_credentials(value: Any) -> None:
    """An address with a name and password sends every visitor in as that person, or hides where it leads."""
    try:
        has_credentials = "@" in urlsplit(str(value)).netloc
    except ValueError:  # no address at all: Django's own sentence says so
        return
    if has_credentials:
        raise ValidationError(
            _("Leave out the user name and password: write the address without what is before @.")
        )


def validate_length(value: Any) -> None:
    if len(str(value)) > MAX_TEXT_LENGTH:
        raise ValidationError(
            _("Write %(limit)d characters at most; this is %(length)d.")
            % {"limit": MAX_TEXT_LENGTH, "length": len(str(value))}
        )


NO_COUNTRY = "no_country"
EXTENSION = re.compile(r"\s*(?:;?\s*ext(?:ension|n)?\.?|x|#)\s*:?\s*[0-9]{1,10}\s*$", re.IGNORECASE)


@dataclass(frozen=True)
class ParsedPhone:
    """A number as it is dialled, where it works, and its E.164 form ("" for a short number such as 988)."""

    number: str
    international: str
    extension: str
    country: str


def parse_phone(typed: str, country: str, *, texts: bool = False) -> ParsedPhone:
    """What somebody typed as a phone number. Raises ValidationError with a sentence for the field.

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
