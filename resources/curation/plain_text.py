"""What no text of a record may hold, whoever typed it. Each refusal is a sentence for its field."""

from __future__ import annotations

import re
from typing import Any
from urllib.parse import urlsplit

from django.core.exceptions import ValidationError
from django.utils.translation import gettext as _

LONGEST_TEXT = 8_000  # characters; more is a paste gone wrong, or a page that belongs to its own site
# Characters that turn the direction of the text after them: a name can be made to read as another.
TURNING = re.compile("[\u061c\u200e\u200f\u202a-\u202e\u2066-\u2069]")
MARKUP = re.compile(r"<\s*[a-zA-Z/!?][^>]*>")


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
