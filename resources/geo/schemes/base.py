"""The base class of postal code schemes."""

from __future__ import annotations

import re
from typing import ClassVar


class Scheme:
    """One country's postal codes. `pattern` matches the whole text, upper case and stripped; its first
    group is the code as the gazetteer holds it, which is often only the first part of what people write.
    """

    country: ClassVar[str]
    pattern: ClassVar[re.Pattern[str]]

    def normalize(self, text: str) -> str | None:
        """Return the code to look up, or None if `text` is not a code of this country."""
        match = self.pattern.fullmatch(" ".join(text.upper().split()))
        return match[1] if match else None
