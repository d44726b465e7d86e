"""A phone number as people type it, read once for every door that takes one."""

from __future__ import annotations

import re
from dataclasses import dataclass

import phonenumbers
from django.core.exceptions import ValidationError
from django.utils.translation import gettext as _
from phonenumbers import shortnumberinfo

from resources.vocabulary import COUNTRIES

NO_COUNTRY = "no_country"
EXTENSION = re.compile(r"\s*(?:;?\s*ext(?:ension|n)?\.?|x|#)\s*:?\s*[0-9]{1,10}\s*$", re.IGNORECASE)


@dataclass(frozen=True)
class Dialled:
    """A number as it is dialled, where it works, and its E.164 form ("" for a short number such as 988)."""

    number: str
    international: str
    extension: str
    country: str


def read_phone(typed: str, country: str, *, texts: bool = False) -> Dialled:
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
