"""The small facts of every listing, held by this process as sets: one long integer a fact, one bit a listing.

A listing's bit is its *slot*. The slots of the first reading are in the order of `sort_key`, so that what a
question does not tell apart comes out in that order by itself; a listing that is written later takes the next
free slot, and one that is gone leaves `alive`. So a change costs a few sets and not the catalog. What is
asked is then set algebra (`rules.py`, `finding.py`), the same on every database.

Sets never change once they are made. A `Catalog` is one version: a change makes another that shares all but
the sets it touched. What both share (arrays, lists, dictionaries by area) is only ever added to, by one
thread at a time, and slots that a version does not know yet are not in its `alive`.
"""

from __future__ import annotations

import copy
import threading
from array import array
from bisect import bisect_left, bisect_right
from collections import defaultdict
from collections.abc import Callable, Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass, field
from functools import cached_property, reduce
from itertools import compress, islice
from operator import and_, or_
from typing import Any

from django.db import connection

from resources.geo.cells import CELL
from resources.geo.extents import Box
from resources.geo.point import Point, chord2_of_km
from resources.models import Listing, ListingText
from resources.models.batches import batches
from resources.search import common_words
from resources.search.backends import text_index
from resources.search.backends.base import COLUMNS as WORD_COLUMNS
from resources.search.packing import (
    DAY_BYTES,
    MASKS,
    NO_CELL,
    NO_PRICE,
    NUMBERS,
    OFFSETS,
    SIZE,
    TAIL,
    TAIL_OFFSET,
    WORDS_OFFSET,
    OutdatedFacts,
    day_key,
    name_of,
    require_own,
)
from resources.search.version import SEEN, catalog_version

CHUNK = 2_048  # listings read at a time: their rows as Python has them are ten times the size
KEPT_BYTES = 32_000_000  # of sets made for words, areas and prices that were asked about
PARAMETERS = 500  # of one query
# So many listings, and one in so many, may be written before all are read again and put in order.
LATE_LISTINGS, LATE_SHARE = 256, 32
# One in so many may be written at once before it takes as long as reading all.
PATCHED_SHARE = 8

ROW = ("pk", "sort_key", "facts", "country", "place", "areas", "prices")
Row = tuple[int, bytes, bytes, str, str, str, str]
Words = Sequence[str]
SetKey = tuple[str, Any]

NO_WORDS = ("",) * len(WORD_COLUMNS)
SLOT_BITS = 32
SLOT_MASK = (1 << SLOT_BITS) - 1
# Serves any area; has a point; is of a service of several places; states a price of a session.
SERVES, LOCATED = ("serves", 0), ("located", 0)
HAS_SIBLINGS, PRICED = ("has_siblings", 0), ("priced", 0)
_IS = [bytes(b"01"[byte == number] for byte in range(256)) for number in range(256)]
_HAS = [bytes(b"01"[byte >> bit & 1] for byte in range(256)) for bit in range(8)]
_AS_FLAGS = bytes.maketrans(b"01", b"\x00\x01")


# ---- sets: bit 0 is slot 0


def set_of(slots: Sequence[int]) -> int:
    """Return the set of these slots."""
    if not slots:
        return 0
    if len(slots) == 1:
        return 1 << slots[0]
    last = max(slots)
    if len(slots) * 64 < last:
        bits = bytearray(last // 8 + 1)
        for slot in slots:
            bits[slot >> 3] |= 1 << (slot & 7)
        return int.from_bytes(bits, "little")
    flags = bytearray(b"0") * (last + 1)
    for slot in slots:
        flags[slot] = 49  # "1"
    flags.reverse()
    return int(flags, 2)


def members(bits: int, most: int | None = None) -> list[int]:
    """Return the slots in a set, ascending; the first `most` of them."""
    if not bits:
        return []
    text = bin(bits)  # the highest slot first
    end, number = len(text) - 1, bits.bit_count() if most is None else most
    if number * 12 > end:
        flags = text[:1:-1].encode().translate(_AS_FLAGS)
        return list(islice(compress(range(end), flags), number))
    found: list[int] = []
    at = text.rfind("1")
    while at > 1 and len(found) < number:
        found.append(end - at)
        at = text.rfind("1", 0, at)
    return found


def holds(bits: int) -> Callable[[int], bool]:
    """Return a test of single slots, for many of them."""
    data = bits.to_bytes(bits.bit_length() // 8 + 1, "little")
    size = len(data) * 8
    return lambda slot: slot < size and bool(data[slot >> 3] >> (slot & 7) & 1)


def union(sets: Iterable[int]) -> int:
    """Return what is in any of the sets."""
    found = 0
    for each in sets:
        found = found | each if found else each
    return found


def _slots() -> array[int]:
    return array("i")


@dataclass
class Beside:
    """Facts of several listings on their way into a catalog: sets by their slots, points and prices."""

    sets: dict[SetKey, list[int]] = field(default_factory=lambda: defaultdict(list))
    cells: array[int] = field(default_factory=lambda: array("q"))  # each with its slot in the low bits
    # By currency, in hundredths; also with their slots.
    prices: dict[str, array[int]] = field(default_factory=lambda: defaultdict(lambda: array("q")))


class Catalog:
    """One version of the catalog. `alive` are its listings; the arrays are by slot.

    `sets` holds the listings with one value of a number or one bit of a mask by (name, value), and those at
    home in a country by ("home", country): they are there, or serve it or a part of it.
    """

    def __init__(self, rows: Iterable[Row]) -> None:
        self.sets: dict[SetKey, int] = {}
        self.ids = array("q")
        self.fits = bytearray()
        self._commons = [bytearray() for _byte in range(common_words.size())]
        self.x, self.y, self.z = array("d"), array("d"), array("d")
        self.areas: dict[str, array[int]] = defaultdict(_slots)
        self.places: dict[str, array[int]] = defaultdict(_slots)
        self.finished: dict[Any, Any] = {}  # cards as `results` writes them: a row never changes
        self.values: dict[Any, Any] = {}  # the values of each facet, as `finding` counts them
        self._keys, self._key_ends = bytearray(), array("q", [0])
        self._of_service: dict[bytes, list[int]] = {}  # those of several places
        self._siblings: dict[int, list[int]] = {}
        self._kept: dict[Any, tuple[int, int]] = {}
        beside = Beside()
        pieces: dict[SetKey, dict[int, bytes]] = defaultdict(dict)
        for number, chunk in enumerate(batches(rows, CHUNK)):
            blob = b"".join(row[2] for row in chunk)
            self.fits += blob[OFFSETS["fit"] :: SIZE]
            for at, column in enumerate(self._commons, start=WORDS_OFFSET):
                column += blob[at::SIZE]
            for key, piece in _planes(blob):
                pieces[key][number] = piece
            for row in chunk:
                self._read_row(row, beside)
        for key, parts in pieces.items():
            empty = bytes(CHUNK // 8)
            whole = b"".join(parts.get(number, empty) for number in range(max(parts) + 1))
            self.sets[key] = int.from_bytes(whole, "little")
        self._add_sets(beside)
        self.base = len(self.ids)
        self.alive = (1 << self.base) - 1
        cells = sorted(beside.cells)
        self._cells = array("i", [cell >> SLOT_BITS for cell in cells])
        self._cell_slots = array("i", [cell & SLOT_MASK for cell in cells])
        self._prices = {currency: array("q", sorted(prices)) for currency, prices in beside.prices.items()}
        self._index_ids()
        # Of those that were written later, the first at `base`.
        self._late_ids: dict[int, int] = {}
        self._late_before: list[int] = []
        self._late_points: list[int] = []
        self._late_prices: list[tuple[str, int]] = []
        self._late_words: list[tuple[str, ...]] = []

    def _read_row(self, row: Row, beside: Beside) -> None:
        """Take the facts of one listing that are no number or mask; `beside` collects some of them."""
        pk, key, facts, country, place, areas, prices = row
        slot = len(self.ids)
        service, has_siblings, min_price, currency, cell, x, y, z = TAIL.unpack_from(facts, TAIL_OFFSET)
        self._keys += key
        self._key_ends.append(len(self._keys))
        self.x.append(x)
        self.y.append(y)
        self.z.append(z)
        self._read_areas(slot, country, areas, beside)
        if place:
            self.places[place].append(slot)
        if cell != NO_CELL:
            beside.sets[LOCATED].append(slot)
            beside.cells.append(cell << SLOT_BITS | slot)
        if min_price != NO_PRICE:
            beside.prices[currency.rstrip(b"\0").decode()].append(min_price << SLOT_BITS | slot)
        for line in prices.splitlines():
            code, _, amount = line.partition(" ")
            beside.prices[code].append(int(amount) << SLOT_BITS | slot)
        if prices or min_price != NO_PRICE:
            beside.sets[PRICED].append(slot)
        if has_siblings:
            beside.sets[HAS_SIBLINGS].append(slot)
            self._siblings[slot] = self._of_service.setdefault(service, [])
            self._siblings[slot].append(slot)
        self.ids.append(pk)

    def _read_areas(self, slot: int, country: str, areas: str, beside: Beside) -> None:
        countries = {country}
        for area in areas.splitlines():
            self.areas[area].append(slot)
            countries.add(area[:2])
        if areas:
            beside.sets[SERVES].append(slot)
        for code in countries:
            beside.sets["home", code].append(slot)

    def _add_sets(self, beside: Beside) -> None:
        for key, slots in beside.sets.items():
            self.sets[key] = self.sets.get(key, 0) | set_of(slots)

    def _index_ids(self) -> None:
        self._first_id = min(self.ids, default=0)
        self._slot_of_id = array("i", [-1]) * (max(self.ids, default=-1) - self._first_id + 1)
        for slot, pk in enumerate(self.ids):
            self._slot_of_id[pk - self._first_id] = slot

    # ---- changes

    def has_capacity(self, more: int) -> bool:
        """True unless so many were written since all were read that all should be read again."""
        return len(self._late_ids) + more <= LATE_LISTINGS + self.base // LATE_SHARE

    def is_rewritten(self, touched: int) -> bool:
        """True if so many were written at once that reading all takes no longer than reading them."""
        return touched > LATE_LISTINGS + self.base // PATCHED_SHARE

    def changed(self, touched: Iterable[int], rows: Sequence[Row], words: Mapping[int, Words]) -> Catalog:
        """Return the version in which the `touched` rows are gone and `rows` are there.

        `words` are the WORD_COLUMNS of these rows by their ids. For one thread at a time.
        """
        made = copy.copy(self)
        made.sets, made.values = dict(self.sets), {}
        made.alive &= ~set_of([slot for slot in map(self.slot_of, touched) if slot >= 0])
        beside, first = Beside(), len(self.ids)
        for slot, row in enumerate(rows, start=first):
            facts = row[2]
            self.fits.append(facts[OFFSETS["fit"]])
            for at, column in enumerate(self._commons, start=WORDS_OFFSET):
                column.append(facts[at])
            self._read_row(row, beside)
            for key, _piece in _planes(facts):
                beside.sets[key].append(slot)
            self._late_before.append(bisect_left(range(self.base), row[1], key=self.key))
            self._late_ids[row[0]] = slot
            self._late_words.append(tuple(f" {text} " for text in words.get(row[0], NO_WORDS)))
        self._late_points += [cell & SLOT_MASK for cell in beside.cells]
        self._late_prices += [(code, price) for code, prices in beside.prices.items() for price in prices]
        made._add_sets(beside)
        made.alive |= set_of(range(first, len(self.ids)))
        return made

    # ---- slots and their order

    def key(self, slot: int) -> bytes:
        """Return the `sort_key` of a slot."""
        return bytes(self._keys[self._key_ends[slot] : self._key_ends[slot + 1]])

    def slot_of(self, pk: int) -> int:
        """Return the slot of a row of Listing; -1 if this version does not know it."""
        at = pk - self._first_id
        slot = self._slot_of_id[at] if 0 <= at < len(self._slot_of_id) else -1
        return self._late_ids.get(pk, slot)

    def set_of_ids(self, pks: Sequence[int]) -> int:
        """Return the set of these rows of Listing, without those that this version does not know."""
        first, size, slots, late = self._first_id, len(self._slot_of_id), self._slot_of_id, self._late_ids
        if pks and first <= min(pks) and max(pks) < first + size:
            found = [slots[pk - first] for pk in pks]
        else:
            found = [slots[pk - first] for pk in pks if 0 <= pk - first < size]
        if -1 in found:
            found = [slot for slot in found if slot >= 0]
        return set_of([*found, *(late[pk] for pk in pks if pk in late)] if late else found)

    def in_order(self, bits: int, last: int | None = None) -> list[int]:
        """Return the slots of a set in the order of `sort_key`: all of them, or the first `last`."""
        late = members(bits >> self.base)
        if not late:
            return members(bits, last)
        found = members(bits & ((1 << self.base) - 1), last)
        written = sorted((self.base + number for number in late), key=self.key)
        return sorted([*written, *found], key=self._standing)[:last]

    def _standing(self, slot: int) -> float:
        """Return where a slot stands among those of the first reading, which stand at their own numbers."""
        return slot if slot < self.base else self._late_before[slot - self.base] - 0.5

    def day_of(self, slot: int) -> bytes:
        """Return bytes that sort by the day of the last check, the latest first."""
        return self.key(slot)[:DAY_BYTES]

    # ---- facts

    def having(self, name: str, value: Any) -> int:
        """Return the listings with this value of a number, or this bit of a mask."""
        return self.sets.get((name, value), 0)

    def having_any(self, name: str, mask: int) -> int:
        """Return the listings that share a bit of a mask with `mask`."""
        return union(self.sets.get((name, bit), 0) for bit in _bits_of(mask))

    def having_all(self, name: str, mask: int) -> int:
        """Return the listings that have every bit of `mask`."""
        return reduce(and_, (self.sets.get((name, bit), 0) for bit in _bits_of(mask)), self.alive)

    def serving(self, *areas: str) -> int:
        """Return the listings that serve any of these areas, by their keys."""
        return union(self._kept_slots(self.areas, area) for area in areas)

    def serving_within(self, area: str) -> int:
        """Return the listings that serve a part of a region."""
        return self.serving(*(each for each in list(self.areas) if each.startswith(f"{area}/")))

    def serving_parts(self, country: str) -> int:
        """Return the listings that serve a part of a country."""
        parts = (f"{country}-", f"{country}:")
        return self.serving(*(each for each in list(self.areas) if each.startswith(parts)))

    def in_place(self, place: str) -> int:
        """Return the listings in a region, by its key."""
        return self._kept_slots(self.places, place)

    def in_country(self, country: str) -> int:
        """Return the listings in any region of a country, or where none is stated."""
        return union(self.in_place(place) for place in list(self.places) if place[:2] == country)

    def in_boxes(self, boxes: Sequence[Box]) -> int:
        """Return the listings in any of the boxes: in the cells these touch, then within their sides."""
        return union(set_of(list(self._in_box(box))) for box in boxes)

    def _in_box(self, box: Box) -> Iterator[int]:
        slots = list(self._late_points)
        for low, high in CELL.ranges_in(box.south, box.west, box.north, box.east):
            slots += self._cell_slots[bisect_left(self._cells, low) : bisect_right(self._cells, high)]
        sides = box.sides()
        for slot in slots:
            x, y, z = self.x[slot], self.y[slot], self.z[slot]
            if all(a * x + b * y + c * z >= d for a, b, c, d in sides):
                yield slot

    def _kept_slots(self, slots_by: Mapping[str, array[int]], name: str) -> int:
        slots = slots_by.get(name)
        if slots is None:
            return 0
        key, number = (id(slots_by), name), len(slots)
        kept = self._kept.get(key)
        if kept is None or kept[1] != number:
            kept = self._keep(key, set_of(slots[:number]), number)
        return kept[0]

    def _keep(self, key: Any, bits: int, known: int) -> tuple[int, int]:
        """Keep a set for as long as there is space; `known` tells how much of the catalog it is of."""
        while len(self._kept) > 16 and len(self._kept) * (self.base // 8 + 200) > KEPT_BYTES:
            self._kept.pop(next(iter(list(self._kept))), None)  # first in, first out; other threads add, too
        self._kept[key] = bits, known
        return bits, known

    def saying(self, tokens: tuple[str, ...], column: int) -> int:
        """Return the listings with these tokens one after another in a column of words; by its position.

        No query for a common word; one the first time for any other. Of a listing that is written later its
        own words are looked at.
        """
        if len(tokens) == 1 and (bit := common_words.places()[column].get(tokens[0])) is not None:
            return self._having_common(bit)
        known = self.base + len(self._late_words)
        kept = self._kept.get((tokens, column))
        if kept is None:
            found = self.set_of_ids(text_index().listings_with(tokens, WORD_COLUMNS[column]))
            return self._keep((tokens, column), found, known)[0]
        bits, before = kept
        if before < known:
            phrase = f" {' '.join(tokens)} "
            late = enumerate(self._late_words[before - self.base :], start=before)
            bits |= set_of([slot for slot, words in late if phrase in words[column]])
            self._kept[tokens, column] = bits, known
        return bits

    def _having_common(self, bit: int) -> int:
        """Return the listings with a bit among those of common words."""
        number, key = len(self.ids), ("common", bit)
        kept = self._kept.get(key)
        if kept is None or kept[1] != number:
            column = self._commons[bit // 8][:number]
            kept = self._keep(key, int(column[::-1].translate(_HAS[bit % 8]), 2) if column else 0, number)
        return kept[0]

    def near(self, point: Point, km: float) -> dict[int, float]:
        """Return the squared chord to each slot within `km`: the cells it touches, then the exact test."""
        limit, found = chord2_of_km(km), {}
        px, py, pz = point.unit_vector()
        xs, ys, zs = self.x, self.y, self.z
        slots = list(self._late_points)
        for low, high in CELL.ranges_within(point, km):
            slots += self._cell_slots[bisect_left(self._cells, low) : bisect_right(self._cells, high)]
        for slot in slots:  # there may be tens of thousands: no call of `chord2_from` for each
            dx, dy, dz = xs[slot] - px, ys[slot] - py, zs[slot] - pz
            away = dx * dx + dy * dy + dz * dz
            if away <= limit:
                found[slot] = away
        return found

    def chord2_from(self, point: Point) -> Callable[[int], float]:
        """Return a function for the squared chord to a slot; not a number where it has no point."""
        px, py, pz = point.unit_vector()
        xs, ys, zs = self.x, self.y, self.z

        def chord2(slot: int) -> float:
            dx, dy, dz = xs[slot] - px, ys[slot] - py, zs[slot] - pz
            return dx * dx + dy * dy + dz * dz

        return chord2

    def siblings(self, slot: int) -> Sequence[int]:
        """Return the slots of the same service: itself and those at its other places."""
        return self._siblings.get(slot, (slot,))

    def costing(self, most: int, currency: str) -> int:
        """Return what is stated to cost at most `most` hundredths in a currency, or in one not stated."""
        wanted, above = ("", currency), most + 1 << SLOT_BITS
        found = [price & SLOT_MASK for code, price in self._late_prices if code in wanted and price < above]
        for code in wanted:
            if rising := self._prices.get(code):
                found += [price & SLOT_MASK for price in rising[: bisect_left(rising, above)]]
        return set_of(found)

    def assured_since(self, day: int) -> int:
        """Return what was last checked on this day, by its ordinal, or later."""
        after = day_key(day - 1)
        last = bisect_left(range(self.base), after, key=self.key)
        late = range(self.base, self.base + len(self._late_words))
        return (1 << last) - 1 | set_of([slot for slot in late if self.key(slot) < after])

    def in_name_order(self, bits: int) -> list[int]:
        """Return the slots of a set by name and id. Slow the first time that anybody asks."""
        is_in = holds(bits)
        found = [slot for slot in self._by_name if is_in(slot)]
        if late := members(bits >> self.base):
            found = sorted([*found, *(self.base + number for number in late)], key=self._name_and_id)
        return found

    def _name_and_id(self, slot: int) -> bytes:
        return name_of(self.key(slot))

    @cached_property
    def _by_name(self) -> array[int]:
        return array("i", sorted(range(self.base), key=self._name_and_id))


def _planes(blob: bytes) -> Iterator[tuple[SetKey, bytes]]:
    """Yield the sets of packed facts as bytes, column by column and not listing by listing."""
    for name in NUMBERS:
        column = blob[OFFSETS[name] :: SIZE]
        yield from (((name, value), _piece(column, _IS[value])) for value in set(column))
    for name, width in MASKS.items():
        for byte in range(width):
            column = blob[OFFSETS[name] + byte :: SIZE]
            seen = reduce(or_, set(column), 0)
            yield from (
                ((name, 8 * byte + bit), _piece(column, _HAS[bit])) for bit in range(8) if seen >> bit & 1
            )


def _piece(column: bytes, table: bytes) -> bytes:
    return int(column[::-1].translate(table), 2).to_bytes(CHUNK // 8, "little")


def _bits_of(mask: int) -> Iterator[int]:
    return (bit for bit in range(mask.bit_length()) if mask >> bit & 1)


# ---- the catalog of this process


class ReadingAgain(threading.Thread):
    """Reads everything beside the questions that are being answered; then `read` takes the place of what was.

    `touched` are the rows that changed since it began, which it may have missed.
    """

    def __init__(self) -> None:
        super().__init__(name="reading the catalog again", daemon=True)
        self.touched: set[int] = set()
        self.read: Catalog | None = None

    def run(self) -> None:
        try:
            self.read = Catalog(_rows())
        except OutdatedFacts:
            pass  # another version of the program serves what is new until this one ends
        finally:
            connection.close()

    @property
    def is_over(self) -> bool:
        return not self.is_alive()


_shared: tuple[str, Catalog] | None = None
_reading = threading.Lock()
_reading_again: ReadingAgain | None = None


class InTransaction(threading.local):
    """The catalog as a transaction of this thread sees it, which no other may."""

    own: tuple[str, Catalog] | None = None


_in_transaction = InTransaction()


def catalog() -> Catalog:
    """Return the catalog as it is now.

    No query while it is unchanged. After a change three queries for what was touched, or one for everything
    where that is too much. After many changes all are read again, by a thread of its own, so that nobody
    waits. Inside a transaction that sees changes of its own everything is read, for that transaction alone.
    """
    global _shared
    version = catalog_version()
    if _is_current(version):
        return _shared[1]  # type: ignore[index]
    if connection.in_atomic_block:
        if _in_transaction.own is None or _in_transaction.own[0] != version:
            _in_transaction.own = version, Catalog(_rows())
        return _in_transaction.own[1]
    with _reading:
        if not _is_current(version):
            _shared = version, _next(_shared[1] if _shared else None)
        return _shared[1]  # type: ignore[index]


def _is_current(version: str) -> bool:
    again = _reading_again
    return _shared is not None and _shared[0] == version and not (again is not None and again.is_over)


def forget_catalog() -> None:
    """Start as a process does that has read nothing."""
    global _shared, _reading_again
    _reading_again = None
    _shared = _in_transaction.own = None
    SEEN.forget()


def _next(before: Catalog | None) -> Catalog:
    global _reading_again
    touched = SEEN.take()
    try:
        if before is None or touched is None or before.is_rewritten(len(touched)):
            _reading_again = None
            return Catalog(_rows())
        before, touched = _read_beside(before, touched)
        rows = [row for pks in batches(sorted(touched), PARAMETERS) for row in _rows(pks)]
        return before.changed(touched, rows, _words([row[0] for row in rows])) if touched else before
    except OutdatedFacts:
        if before is None:
            raise
        return before  # another version of the program serves what is new until this one ends
    except Exception:
        SEEN.forget()  # what was taken is read with everything else next time
        raise


def _read_beside(before: Catalog, touched: set[int]) -> tuple[Catalog, set[int]]:
    """Return a catalog and what was touched since; begin to read everything again where it is time."""
    global _reading_again
    again = _reading_again
    if again is not None:
        again.touched |= touched
        if again.is_over:
            _reading_again = None
            if again.read is not None:
                again.read.finished = before.finished  # a row never changes
                return again.read, again.touched
    elif not before.has_capacity(len(touched)):
        _reading_again = ReadingAgain()
        _reading_again.start()
    return before, touched


def _rows(pks: Sequence[int] | None = None) -> Iterator[Row]:
    listings = Listing.objects.all() if pks is None else Listing.objects.filter(pk__in=pks)
    for pk, key, packed, *others in (
        listings.order_by("sort_key").values_list(*ROW).iterator(chunk_size=CHUNK)
    ):
        facts = bytes(packed)
        require_own(facts)
        yield (pk, bytes(key), facts, *others)


def _words(pks: Sequence[int]) -> dict[int, Words]:
    texts = ListingText.objects.values_list("pk", *WORD_COLUMNS)
    return {pk: words for batch in batches(pks, PARAMETERS) for pk, *words in texts.filter(pk__in=batch)}
