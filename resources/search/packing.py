"""The small facts of a listing in fixed bytes, so that a process reads the whole catalog in one pass.

The projection writes them, `catalog.py` reads them as sets. A new fact is one entry here and one value in the
projection: listings are made again when this file changes, so no migration is needed.
"""

from __future__ import annotations

import struct
import zlib
from dataclasses import dataclass, fields
from itertools import accumulate
from uuid import UUID

from resources.search import common_words

NUMBERS = ("kind", "fit", "section", "section_here", "part", "on_request", "focus")  # one small number each
# The bytes of each mask: eight hold 64 values, and there are more languages than that.
MASKS = {
    **dict.fromkeys(("cost", "formats", "losses", "audiences", "led_by", "access", "payments"), 8),
    **dict.fromkeys(("content_notes", "content_clear", "countries", "accessibility"), 8),
    "languages": 40,
    "cautions": 1,
}
NO_CELL = -1  # no point: never near anything
NO_PRICE = -1
NAN = float("nan")


class OutdatedFacts(RuntimeError):
    """Raised for facts that another version of the program packed."""

    def __init__(self) -> None:
        super().__init__("listings were made by another version of the program: run rebuild_listings")


@dataclass(frozen=True)
class ListingFacts:
    """What a question may ask of one listing.

    NUMBERS are positions in their vocabularies, MASKS have one bit for each value. `section` is that of a
    listing from afar, `section_here` of one near the visitor, `part` its place within a section (see
    `standing.py`). `focus` is the place of a mental health clinic among its equals. `has_siblings` is true if
    the service has listings at several places. `min_price` is the lowest stated price of a session in
    hundredths of `currency`. `cell` is the cell of the grid and `x, y, z` the unit vector of the point (see
    `resources.geo`). `words` has a bit for each common token (see `common_words.py`).
    """

    kind: int
    fit: int
    section: int
    section_here: int
    part: int
    on_request: int
    focus: int
    cost: int
    formats: int
    losses: int
    audiences: int
    led_by: int
    access: int
    payments: int
    content_notes: int
    content_clear: int
    countries: int
    accessibility: int
    languages: int
    cautions: int
    service: UUID
    has_siblings: bool = False
    min_price: int = NO_PRICE
    currency: str = ""
    cell: int = NO_CELL
    x: float = NAN
    y: float = NAN
    z: float = NAN
    words: bytes = bytes(common_words.size())

    def pack(self) -> bytes:
        """Return the facts in SIZE bytes."""
        values = dict(vars(self))  # in the order of the fields
        for name, width in MASKS.items():
            values[name] = values[name].to_bytes(width, "little")
        values["service"] = self.service.bytes
        values["currency"] = self.currency.encode("ascii")
        return MARK + LAYOUT.pack(*values.values())


WIDTHS = dict.fromkeys(NUMBERS, 1) | MASKS
TAIL = struct.Struct("<16s?i3si3d")  # what follows the masks
# Stands before the facts: during an upgrade a process may meet those of another version.
MARK = zlib.crc32(f"{WIDTHS} {TAIL.format} {common_words.places()}".encode()).to_bytes(4, "little")
OFFSETS = dict(zip(WIDTHS, accumulate(WIDTHS.values(), initial=len(MARK)), strict=False))
TAIL_OFFSET = len(MARK) + sum(WIDTHS.values())
WORDS_OFFSET = TAIL_OFFSET + TAIL.size
SIZE = WORDS_OFFSET + common_words.size()
LAYOUT = struct.Struct(
    f"<{len(NUMBERS)}B{''.join(f'{width}s' for width in MASKS.values())}{TAIL.format.removeprefix('<')}"
    f"{common_words.size()}s"
)


def unpack(packed: bytes) -> ListingFacts:
    """Return the facts that `ListingFacts.pack` packed. Raises OutdatedFacts."""
    require_own(packed)
    values = list(LAYOUT.unpack_from(packed, len(MARK)))
    for at in range(len(NUMBERS), len(NUMBERS) + len(MASKS)):
        values[at] = int.from_bytes(values[at], "little")
    names = [field.name for field in fields(ListingFacts)]
    named = dict(zip(names, values, strict=True))
    named["service"] = UUID(bytes=named["service"])
    named["currency"] = named["currency"].rstrip(b"\0").decode("ascii")
    return ListingFacts(**named)


def require_own(packed: bytes) -> None:
    """Raise OutdatedFacts unless this version of the program packed these facts."""
    if not packed.startswith(MARK):
        raise OutdatedFacts


# ---- the order of listings that a question does not tell apart

LATEST = 0xFFFF_FFFF
DAY_BYTES, ID_BYTES = 4, 16


def sort_key(assured_on: int, kind: int, name: str, public_id: UUID) -> bytes:
    """Return bytes that sort by day of the last check (latest first), kind, name and id.

    `assured_on` is the ordinal of a date, 0 for never; `name` is folded.
    """
    return day_key(assured_on) + bytes((kind,)) + name.encode() + b"\0" + public_id.bytes


def day_key(assured_on: int) -> bytes:
    """Return the beginning of the keys of what was last checked on this day."""
    return (LATEST - assured_on).to_bytes(DAY_BYTES, "big")


def name_of(key: bytes) -> bytes:
    """Return the name and the id in a sort key, in bytes that sort by both."""
    return key[DAY_BYTES + 1 :]


def public_id_of(key: bytes) -> UUID:
    """Return the id in a sort key."""
    return UUID(bytes=key[-ID_BYTES:])
