"""Mend and check the text of records, whoever typed it.

Each validator raises ValidationError with a sentence for its field. `mend_text` comes first.
"""

from __future__ import annotations

import html
import re
from contextlib import suppress
from typing import Any
from urllib.parse import urlsplit

from django.core.exceptions import ValidationError
from django.utils.translation import gettext as _

MAX_TEXT_LENGTH = 8_000  # characters; longer text was pasted by mistake, or belongs on the service's own site
# Characters that change the direction of text: they can make one name look like another.
BIDI_CONTROLS = re.compile("[\u061c\u200e\u200f\u202a-\u202e\u2066-\u2069]")
MARKUP = re.compile(r"<\s*[a-zA-Z/!?][^>]*>")


# How UTF-8 looks when it was read as Windows-1252: "Womenâ€™s", "FÃ©ileacÃ¡in".
_MISDECODED = re.compile(
    "[\u00c2-\u00c5\u00e2][\u0080-\u00bf\u0152-\u0178\u02c6\u02dc\u2013-\u203a\u20ac\u2122]"
)
_INVISIBLE = re.compile("[\u0001-\u0008\u000b\u000c\u000e-\u001f\u007f\u200b\u2060\ufeff]")


def mend_text(text: str) -> str:
    """Return the text with HTML entities resolved, mojibake decoded and invisible characters removed.

    >>> mend_text("Mothers &amp; Fathers"), mend_text("Womenâ€™s")
    ('Mothers & Fathers', 'Women’s')
    """
    for _once in range(2):  # "&amp;amp;" was escaped twice
        text = html.unescape(text)
    if _MISDECODED.search(text):
        with suppress(UnicodeError):
            text = text.encode("cp1252").decode("utf-8")
    return _INVISIBLE.sub("", text).replace("\xa0", " ")


def has_markup(text: str) -> bool:
    """Return True if the text contains an HTML tag, which visitors would see as it was typed."""
    return MARKUP.search(text) is not None


def has_bidi_control(text: str) -> bool:
    """Return True if a hidden character reorders the text, so that it is not read as it was typed."""
    return BIDI_CONTROLS.search(text) is not None


def validate_no_markup(value: Any) -> None:
    """Refuse HTML tags: records are plain text, so visitors would see the tags."""
    if has_markup(str(value)):
        raise ValidationError(_("Enter plain text, without HTML tags."))


def validate_no_bidi_controls(value: Any) -> None:
    """Refuse hidden characters that reorder text. Right-to-left scripts themselves are fine."""
    if has_bidi_control(str(value)):
        raise ValidationError(
            _("This contains a hidden text-direction character. Please type it instead of pasting.")
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
        raise ValidationError(_("Remove the user name and password before the @."))


def validate_length(value: Any) -> None:
    """Refuse text longer than MAX_TEXT_LENGTH characters."""
    if len(str(value)) > MAX_TEXT_LENGTH:
        raise ValidationError(
            _("Use at most %(limit)d characters (you have %(length)d).")
            % {"limit": MAX_TEXT_LENGTH, "length": len(str(value))}
        )
