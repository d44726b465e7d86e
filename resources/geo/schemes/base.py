"""The base class of postal code schemes."""

from __future__ import annotations

import re
from typing import ClassVar


class Scheme:
    """The postal codes of one country.

    `pattern` matches the whole text, upper case and stripped. Its first group is the code as in the
    gazetteer, often only the first part of what people write.
    """

    country: ClassVar[str]
    pattern: ClassVar[re.Pattern[str]]

    def normalize(self, text: str) -> str | None:
        """Return the code to look up, or None if `text` is not a code of this country."""
        match = self.pattern.fullmatch(" ".join(text.upper().split()))
        return match[1] if match else None
