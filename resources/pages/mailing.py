"""Addresses that open a person's own e-mail program, with a letter begun. Nothing is sent by us."""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from typing import Any
from urllib.parse import quote

from django.utils.translation import gettext as _

# Some programs cut off what is longer.
LONGEST = 1900


def mailto(entries: Iterable[Mapping[str, Any]], address: str) -> str:
    """Names and numbers, as many as fit, and the address of them all. The subject tells nothing."""
    start = f"mailto:?subject={quote(_('Something to look at'))}&body="
    end = quote(address)
    body = ""
    for entry in entries:
        more = quote(f"{_entry_line(entry)}\r\n")
        if len(start) + len(body) + len(more) + len(end) > LONGEST:
            break
        body += more
    return f"{start}{body}{end}"


def _entry_line(entry: Mapping[str, Any]) -> str:
    """Such as "Quiet room: 214-555-0100, 214-555-0101"."""
    called = [phone["display"] for phone in entry["phones"] if phone["href"]]  # a fax is not
    numbers = ", ".join(called[:2])
    return f"{entry['name']}: {numbers}" if numbers else str(entry["name"])
