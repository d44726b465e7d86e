"""Spreadsheets in the layout of `exchange.layout`: curators' lists, exports, and the catalog that ships.

A later load of the same list adds to what the list said before: an empty cell, or a column that is not there,
changes nothing, and "-" clears a value. So the raw record of a service is what all loads of the list say of
it together, and it changes exactly when a load says something new.
"""

from __future__ import annotations

import hashlib
from collections.abc import Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass, replace
from datetime import date
from decimal import Decimal
from functools import lru_cache
from itertools import zip_longest
from pathlib import Path
from typing import Any
from uuid import UUID

from django.db.models import Max, Min
from django.utils import timezone

from resources.exchange import columns as kinds
from resources.exchange import sheets
from resources.exchange.columns import Cells, InvalidCell
from resources.exchange.formats.csv import unescape_formula
from resources.exchange.layout import (
    BY_NAME,
    CLEAR,
    COLUMNS,
    KEPT,
    PLACE_COLUMNS,
    RowContext,
    column_named,
    known_headings,
)
from resources.exchange.reading import FileRefused, Row, SourceFile, plain_heading, read_rows
from resources.exchange.records import (
    AudiencePart,
    CostPart,
    Entry,
    LocationPart,
    OrganizationPart,
    PhonePart,
    Record,
    Refusal,
    ScheduleValues,
    ServicePart,
)
from resources.exchange.sources.base import Feed
from resources.geo.names import fold
from resources.geo.point import Point, distance_km
from resources.geo.zones import zone_at
from resources.models import Place, Schedule, SourceRecord
from resources.models.batches import batches
from resources.timing.preview import RULE_FIELDS, fill_from_words
from resources.vocabulary import (
    CURRENCIES,
    ContentNote,
    Cost,
    CostUnit,
    Fit,
    Kind,
    PhoneType,
    Precision,
    Status,
)

MIN_KNOWN_HEADINGS = 2  # in the line of headings; titles above a table have one cell
NO_CONTACT = "no contact details"
FIT_NOT_STATED = "how close it is to pregnancy loss is not stated"
PLACE = "town"  # the key of a service's first place: permanent, for listings' ids are made of it
MAX_KEY = 120
MAX_KM_FROM_POSTAL_CODE = 60  # 95 of 100 postal codes lie nearer to their own addresses
REGION_MARGIN = 0.5  # degrees around the towns of a region
PRICED = (Cost.SLIDING_SCALE, Cost.REDUCED_FEE, Cost.FIXED, Cost.DONATION)
SERVICE_COLUMNS = tuple(column for column in COLUMNS if not column.of_place)

Cell = Mapping[str, str]


@dataclass(frozen=True)
class _Line:
    """One row of the file: where it stands, and its cells by column, without the empty ones."""

    number: int
    cells: Cell

    @property
    def where(self) -> str:
        return f"Line {self.number}"


@dataclass(frozen=True)
class Correction:
    """What a curator changed in a line of the file: `old`, a cell of a column or a part of it, became `new`.

    Without a column the whole line is left out.
    """

    line: int
    column: str = ""
    old: str = ""
    new: str = ""

    def apply(self, cells: Cell) -> dict[str, str] | None:
        """Return the corrected cells of a line; None where there is nothing to correct."""
        cell = cells.get(self.column, "")
        if self.old not in cell or bool(self.old) != bool(cell):
            return None
        corrected = cell.replace(self.old, self.new, 1).strip("; ") if self.old else self.new
        return {**{name: cell for name, cell in cells.items() if name != self.column}} | (
            {self.column: corrected} if corrected else {}
        )


class Spreadsheet(Feed):
    """A list in the layout.

    `headings` maps headings of the file to columns, "" for one to leave out; several headings may become one
    column that holds several values. `defaults` are cells of rows that have none. `header` is the line of
    headings where it is known, else it is recognized. `corrections` are applied to the rows first.
    """

    url = ""
    rules = "2"

    def __init__(
        self,
        slug: str = "spreadsheet",
        name: str = "Spreadsheets brought by curators",
        *,
        licence: str = "",
        publishes: bool = False,
        shipped: Path | None = None,
        headings: Mapping[str, str] | None = None,
        header: Sequence[str] = (),
        defaults: Mapping[str, str] | None = None,
        corrections: Iterable[Correction] = (),
    ) -> None:
        self.slug, self.name, self.licence = slug, name, licence
        self.publishes, self.shipped = publishes, shipped
        self.headings = {fold(heading): column for heading, column in (headings or {}).items()}
        self.header = [plain_heading(heading) for heading in header]
        self.defaults = {name: cell for name, cell in (defaults or {}).items() if cell}
        self.corrections: dict[int, list[Correction]] = {}
        for correction in corrections:
            self.corrections.setdefault(correction.line, []).append(correction)
        self._gazetteer = Gazetteer()

    def split_id(self, row_id: str) -> tuple[str, str]:
        """Return (key of the record, part of it) of an id."""
        return row_id, ""

    def find_entries(self, file: SourceFile) -> tuple[list[Entry], list[Refusal]]:
        self._gazetteer = Gazetteer()
        refusals: list[Refusal] = []
        by_id: dict[str, list[_Line]] = {}
        names: dict[str, str] | None = None
        for row in read_rows(file, is_header=self._is_header):
            if any(not correction.column for correction in self.corrections.get(row.line, ())):
                continue
            if row.problem:
                refusals.append(Refusal(f"Line {row.line}", "", "", row.problem, of_row=True))
                continue
            if names is None:
                names = self._columns(file.name, row, refusals)
            line = self._correct(_Line(row.line, self.defaults | _plain_cells(row, names)))
            if missing := [name for name in ("service", "organization") if not line.cells.get(name)]:
                reason = "is empty; every row needs one"
                refusals.append(Refusal(line.where, missing[0], "", reason, of_row=True))
                continue
            by_id.setdefault(_row_id(line.cells), []).append(line)
        by_id = {row_id: self._correct_others(lines) for row_id, lines in by_id.items()}
        return self._entries(by_id, refusals), refusals

    def _is_header(self, cells: Sequence[str]) -> bool:
        if self.header:
            return [plain_heading(cell) for cell in cells][: len(self.header)] == self.header
        known = known_headings(cells) + sum(1 for cell in cells if self.headings.get(fold(cell)))
        return known >= MIN_KNOWN_HEADINGS

    def _correct(self, line: _Line) -> _Line:
        cells = line.cells
        for correction in self.corrections.get(line.number, ()):
            cells = correction.apply(cells) or cells
        return replace(line, cells=cells)

    def _correct_others(self, lines: list[_Line]) -> list[_Line]:
        """Correct the other lines of one id too: their cells are told under the first of them."""
        first, *others = lines
        corrections = self.corrections.get(first.number, ())
        corrected = [first]
        for line in others:
            cells = line.cells
            for correction in corrections:
                cells = correction.apply(cells) or cells if correction.old else cells
            corrected.append(replace(line, cells=cells))
        return corrected

    def _columns(self, file_name: str, row: Row, refusals: list[Refusal]) -> dict[str, str]:
        """The column of each heading that has one; the others are told."""
        names: dict[str, str] = {}
        for heading in row.cells:
            column = column_named(heading)
            name = self.headings.get(fold(heading), column.name if column else None)
            if name is None:
                refusals.append(Refusal("Headings", heading, "", "is not a column we know, and is not read"))
            elif name:
                names[heading] = name
        taken = list(names.values())
        alone = [name for name in taken if not BY_NAME[name].several]
        if twice := sorted({name for name in alone if alone.count(name) > 1}):
            raise FileRefused(f"{file_name} has two columns for {', '.join(twice)}.")
        here = {*taken, *self.defaults}
        needed = [column.name for column in COLUMNS if column.needed and column.name not in here]
        if needed:
            raise FileRefused(f"{file_name} lacks the column {', '.join(needed)}.")
        return names

    def _entries(self, by_id: Mapping[str, list[_Line]], refusals: list[Refusal]) -> list[Entry]:
        before = self._raw_before()
        grouped: dict[str, dict[str, list[_Line]]] = {}
        entries = self._here_already(by_id, refusals)
        here = {entry.key for entry in entries}
        for row_id, lines in by_id.items():
            if row_id in here:
                continue
            if conflicts := _conflicts(lines):
                refusals += conflicts
                continue
            grouped.setdefault(self.split_id(row_id)[0], {})[row_id] = lines
        for key, by_row_id in grouped.items():
            known: dict[str, list[Cell]] = {}
            for row in before.get(key, ()):
                known.setdefault(row["id"], []).append(row)
            for row_id, lines in by_row_id.items():
                known[row_id] = _merge(row_id, known.get(row_id, []), [line.cells for line in lines])
            where = next(iter(by_row_id.values()))[0].where
            entries.append(Entry(key, where, _raw([row for rows in known.values() for row in rows])))
        return entries

    def record_id(self, key: str) -> UUID | None:
        return uuid_of(key)

    def _here_already(self, by_id: Mapping[str, list[_Line]], refusals: list[Refusal]) -> list[Entry]:
        """The rows that name a record of this directory by its id, as what they would change of it."""
        lines_by_pk = {pk: lines for row_id, lines in by_id.items() if (pk := uuid_of(row_id)) is not None}
        entries = []
        for batch in batches(list(lines_by_pk), 500):
            for pk, data in sheets.load_for_rows(batch, today=timezone.localdate()).items():
                lines = lines_by_pk[pk]
                if conflicts := _conflicts(lines):
                    refusals += conflicts
                else:
                    entries.append(_entry_of_change(str(pk), sheets.rows_of(data), lines, refusals))
        return entries

    def _raw_before(self) -> dict[str, list[dict[str, str]]]:
        """The rows that earlier loads of this list gave, by key."""
        records = SourceRecord.objects.filter(source__slug=self.slug).order_by("key", "part")
        return {key: raw["rows"] for key, raw in records.values_list("key", "raw") if "rows" in raw}

    def countries_of(self, entry: Entry) -> frozenset[str]:
        """Return also the country of a row that names neither a place nor an area."""
        stated = super().countries_of(entry)
        if stated or any("serves" in row for row in entry.raw["rows"]):
            return stated
        cells = Cells(entry.where)
        rows = (row.get("country") for row in entry.raw["rows"])
        return frozenset(
            code for cell in rows if (code := cells.read(kinds.CountryColumn(), "country", cell, ""))
        )

    def read(self, entry: Entry) -> Record:
        cells = Cells(entry.where)
        by_id: dict[str, list[Cell]] = {}
        for row in entry.raw["rows"]:
            by_id.setdefault(row["id"], []).append(row)
        services = []
        for row_id, rows in by_id.items():
            reader = _ServiceReader(rows, cells, self._gazetteer)
            if (service := reader.read(self.split_id(row_id)[1])) is not None:
                services.append(service)
        first = entry.raw["rows"][0]
        seen = cells.read(kinds.YearOrDateColumn(timezone.localdate()), "seen_on", first.get("seen_on"), None)
        return Record(
            entry,
            tuple(services),
            tuple(cells.refusals),
            cells.read(kinds.WebsiteColumn(), "source_url", first.get("source_url"), ""),
            seen if isinstance(seen, date) else None,
            "" if services else "its kind is not known",
        )


def _plain_cells(row: Row, names: Mapping[str, str]) -> dict[str, str]:
    """The cells that are not empty, by column, without the marks that keep spreadsheets from running them."""
    cells: dict[str, str] = {}
    for heading, name in names.items():
        cell = unescape_formula(row.cells[heading]).strip()
        if cell and cell != KEPT:
            cells[name] = f"{cells[name]}; {cell}" if name in cells else cell
    return cells


def _row_id(cells: Cell) -> str:
    """The row's id; where the list gives none, what tells its services apart."""
    given = cells.get("id", "")
    if given and given != CLEAR:
        return given[:MAX_KEY]
    place = next((cells[name] for name in ("place", "city") if cells.get(name)), "")
    words = "/".join(map(fold, (cells["organization"], cells["service"], place)))
    return words if len(words) <= MAX_KEY else hashlib.sha256(words.encode()).hexdigest()


def _conflicts(lines: Sequence[_Line]) -> list[Refusal]:
    """What rows of one id say differently of their service: every such row is refused."""
    refusals = []
    for column in SERVICE_COLUMNS:
        said = {line.cells[column.name] for line in lines if line.cells.get(column.name)}
        if len(said) > 1:
            refusals += [
                Refusal(
                    line.where,
                    column.name,
                    line.cells.get(column.name, ""),
                    f"differs from another row of the id {_row_id(line.cells)}; neither is read",
                    of_row=True,
                )
                for line in lines
                if line.cells.get(column.name)
            ]
    return refusals


def _merge(row_id: str, before: Sequence[Cell], now: Sequence[Cell]) -> list[Cell]:
    """The rows of one service as all loads give them: one for each place, the first with its other cells."""
    service: dict[str, str] = {}
    for row in (*before[:1], *now):
        service |= {name: cell for name, cell in row.items() if name not in PLACE_COLUMNS}
    places = [_place_cells(row) for row in before]
    for row in now:
        mine = _place_cells(row)
        same = [number for number, place in enumerate(places) if _place_key(place) == _place_key(mine)]
        alone = [0] if len(before) == len(now) == 1 else []
        if found := same or alone:
            places[found[0]] = {**places[found[0]], **mine}
        else:
            places.append(mine)
    rows = [{name: cell for name, cell in place.items() if cell != CLEAR} for place in places]
    service = {name: cell for name, cell in service.items() if cell != CLEAR}
    first, *others = rows or [{}]
    return [{**service, **first, "id": row_id}, *({**row, "id": row_id} for row in others)]


def uuid_of(text: str) -> UUID | None:
    """The UUID that the text is, written as exports write it."""
    try:
        pk = UUID(text)
    except ValueError:
        return None
    return pk if str(pk) == text else None


def _entry_of_change(
    key: str, exported: Sequence[Sequence[str]], lines: Sequence[_Line], refusals: list[Refusal]
) -> Entry:
    """What the rows would change of a record, whose rows an export now writes as `exported`.

    What a row cannot hold is left as it is, also where the file writes something there.
    """
    names = [column.name for column in COLUMNS]
    rows = [dict(zip(names, cells, strict=True)) for cells in exported]
    kept = {name for row in rows for name, cell in row.items() if cell == KEPT}
    before = [{name: cell for name, cell in row.items() if cell and cell != KEPT} for row in rows]
    now = []
    for line in lines:
        if refused := kept & line.cells.keys():
            refusals += [
                Refusal(
                    line.where, name, line.cells[name], "is more than a cell can hold; change it in the admin"
                )
                for name in sorted(refused)
            ]
        now.append({name: cell for name, cell in line.cells.items() if name not in kept})
    merged = _merge(key, before, now)
    nothing: Cell = {}
    changes = {
        name
        for old, new in zip_longest(before, merged, fillvalue=nothing)
        for name in {*old, *new}
        if old.get(name, "") != new.get(name, "")
        and not (name not in PLACE_COLUMNS and old is not before[0])  # other rows need not repeat them
    }
    return Entry(key, lines[0].where, _raw(merged), changes=frozenset(changes))


def _place_cells(row: Cell) -> dict[str, str]:
    return {name: row[name] for name in PLACE_COLUMNS if name in row}


def _place_key(row: Cell) -> str:
    return fold(" ".join(row.get(name, "") for name in ("place", "address", "city", "postal_code")))


def _raw(rows: Sequence[Cell]) -> dict[str, Any]:
    seen = rows[0].get("seen_on", "")
    year = {"source_year": seen} if len(seen) == 4 and seen.isdigit() else {}
    return {"rows": [dict(row) for row in rows], **year}


class Gazetteer:
    """Points by postal code, town and region, each looked up once."""

    def __init__(self) -> None:
        self._points: dict[tuple[str, ...], tuple[float, float] | None] = {}
        self._boxes: dict[tuple[str, str], tuple[float, float, float, float] | None] = {}
        self.counties: dict[str, dict[tuple[str, str], str]] = {}

    def postal_point(self, country: str, code: str) -> tuple[float, float] | None:
        return self._point(("code", country, code), kinds.PostalPointColumn(country), code)

    def town_point(self, country: str, region: str, town: str) -> tuple[float, float] | None:
        """Some towns are "New York City" there, which nobody writes."""
        column = kinds.TownPointColumn(country, region)
        found = self._point(("town", country, region, town), column, town)
        return found or self._point(("town", country, region, f"{town} City"), column, f"{town} City")

    def _point(self, key: tuple[str, ...], column: Any, cell: str) -> tuple[float, float] | None:
        if key not in self._points:
            try:
                self._points[key] = column.read(cell)
            except InvalidCell:
                self._points[key] = None
        return self._points[key]

    def is_in_region(self, point: Point, country: str, region: str) -> bool:
        """Whether the point lies among the towns of the region; True where the region has none."""
        if (country, region) not in self._boxes:
            found = Place.objects.filter(country=country, region=region).aggregate(
                Min("latitude"), Max("latitude"), Min("longitude"), Max("longitude")
            )
            box = tuple(found.values())
            self._boxes[country, region] = None if box[0] is None else box
        box_of_region = self._boxes[country, region]
        if box_of_region is None:
            return True
        south, north, west, east = box_of_region
        return (
            south - REGION_MARGIN <= point.latitude <= north + REGION_MARGIN
            and west - REGION_MARGIN <= point.longitude <= east + REGION_MARGIN
        )


class _ServiceReader:
    """Reads the rows of one service."""

    def __init__(self, rows: Sequence[Cell], cells: Cells, gazetteer: Gazetteer) -> None:
        self.rows, self.first = rows, rows[0]
        self.cells, self.gazetteer = cells, gazetteer
        country = cells.read(kinds.CountryColumn(), "country", self.first.get("country"), "")
        self.context = RowContext(country, timezone.localdate(), gazetteer.counties)
        self.values = {
            column.name: column.read(cells, self.first.get(column.name, ""), self.context)
            for column in SERVICE_COLUMNS
            if column.name not in ("id", "source_url", "seen_on")
        }

    def read(self, part: str) -> ServicePart | None:
        """The service; None without a kind, for nothing could be said of what it is."""
        value = self.values
        if value["kind"] is None:
            if not self.first.get("kind"):
                self.cells.reject("kind", "", "is empty; every row needs one, such as support_group")
            return None
        phones = self._phones()
        has_contact = bool(value["website"] or value["email"] or phones)
        fit, fit_is_known = self._fit()
        status, reason = self._status(has_contact=has_contact, fit_is_known=fit_is_known)
        notes, clear = self._content_notes()
        costs, fees = self._costs()
        locations, schedules = self._places()
        return ServicePart(
            organization=OrganizationPart(
                key=value["organization"] or self.first["organization"],
                name=value["organization"] or self.first["organization"][:255],
                website=value["organization_website"] or "",
            ),
            name=value["service"] or self.first["service"][:255],
            part=part,
            kind=value["kind"],
            fit=fit,
            status=status,
            status_reason=reason,
            description=value["description"] or "",
            url=value["website"] or "",
            email=value["email"] or "",
            formats=value["how"],
            losses=value["losses"],
            led_by=value["led_by"],
            access=value["access"],
            payments=value["payment"],
            open_to=value["open_to"],
            content_notes=notes,
            content_clear=clear,
            assured_date=value["checked_on"],
            fees_description=fees,
            interpretation_services=value["interpreters"] or "",
            eligibility_description=value["eligibility"] or "",
            audiences=self._audiences(),
            topics=kinds.unique([*value["faith"], *value["topics"]]),
            locations=locations,
            phones=phones,
            costs=costs,
            languages=value["languages"],
            schedules=schedules,
            areas=tuple({area.area: area for area in value["serves"]}.values()),
        )

    # ---- of the service

    def _phones(self) -> tuple[PhonePart, ...]:
        numbers = [
            number for column in ("phone", "text_number") for cell in self.values[column] for number in cell
        ]
        note = self.values["phone_note"]
        for place, number in enumerate(numbers):
            if note and number.type == PhoneType.VOICE and not number.description:
                numbers[place] = replace(number, description=note)
                break
        return kinds.unique(numbers)

    def _fit(self) -> tuple[str, bool]:
        if self.values["fit"]:
            return self.values["fit"], True
        if self.values["losses"]:
            return Fit.SPECIALIST, True
        if self.values["kind"] == Kind.BEREAVEMENT_CARE:
            return Fit.PERINATAL_OR_GRIEF, True
        return Fit.GENERAL, False

    def _status(self, *, has_contact: bool, fit_is_known: bool) -> tuple[str, str]:
        status, reason = self.values["status"] or Status.ACTIVE, self.values["status_reason"] or ""
        if status != Status.ACTIVE:
            return status, reason or ("closed" if status == Status.DEFUNCT else "held by its list")
        if not has_contact:
            return Status.INACTIVE, NO_CONTACT
        return (Status.ACTIVE, "") if fit_is_known else (Status.INACTIVE, FIT_NOT_STATED)

    def _content_notes(self) -> tuple[tuple[str, ...], tuple[str, ...]]:
        stated = self.values["content_notes"]
        notes = [code for code, is_clear in stated if not is_clear]
        if self.values["faith"] and ContentNote.FAITH_BASED not in notes:
            notes.append(str(ContentNote.FAITH_BASED))
        clear = [code for code, is_clear in stated if is_clear]
        for code in set(notes) & set(clear):
            self.cells.reject(
                "content_notes", code, "stands there with and without not:; it is not known then"
            )
        return tuple(code for code in notes if code not in clear), tuple(c for c in clear if c not in notes)

    def _audiences(self) -> tuple[AudiencePart, ...]:
        parts = {part.audience: part for part in (*self.values["for"], *self.values["only_for"])}
        return tuple(parts.values())

    # ---- prices

    def _costs(self) -> tuple[tuple[CostPart, ...], str]:
        """(prices, cost in words where there is no price to say them of)."""
        costs: list[CostPart] = list({part.kind: part for part in self.values["cost"]}.values())
        note = self.values["cost_note"] or ""
        low, high, stated = self._amounts()
        if low is not None and not costs:
            if high is not None:
                self.cells.reject(
                    "cost", "", "is empty beside a lowest and a highest price; say which kind it is"
                )
                return self._with_joining_fee([]), note
            costs = [CostPart(Cost.FIXED)]
        target = next((place for place, part in enumerate(costs) if part.kind in PRICED), None)
        if low is not None and target is None:
            self.cells.reject("price_min", self.first.get("price_min", ""), "is a price of what has none")
        elif low is not None and target is not None:
            costs[target] = replace(costs[target], amount=low, amount_max=high, currency=stated)
        costs = [self._complete(part) for part in costs]
        if note and costs:
            place = target if target is not None else 0
            costs[place] = replace(costs[place], amount_description=note)
            note = ""
        return self._with_joining_fee(costs), note

    def _amounts(self) -> tuple[Decimal | None, Decimal | None, str]:
        """(lowest, highest if another, currency that their cells name)."""
        low, high = self.values["price_min"], self.values["price_max"]
        first, last = low or high, high or low
        if first is None or last is None:
            return None, None, ""
        if last[0] < first[0]:
            self.cells.reject("price_max", self.first.get("price_max", ""), "is below the lowest price")
            last = first
        return first[0], last[0] if last[0] != first[0] else None, first[1] or last[1]

    def _complete(self, part: CostPart) -> CostPart:
        if part.kind == Cost.FREE:
            return replace(part, amount=Decimal(0), amount_max=None, currency="", unit="")
        unit = part.unit or self.values["per"] or ""
        if part.kind == Cost.UNKNOWN or part.amount is None:
            stated = self.values["currency"] or ""
            return replace(part, amount=None, amount_max=None, currency=stated, unit=unit)
        currency = self._currency(part.currency)
        if not currency and (part.amount or part.amount_max):
            self.cells.reject(
                "currency", "", "is empty, and there is no country to tell it from; enter one, such as USD"
            )
            return replace(part, amount=None, amount_max=None, currency="", unit="")
        return replace(part, currency=currency, unit=unit)

    def _currency(self, stated: str) -> str:
        return self.values["currency"] or stated or CURRENCIES.get(self.context.country, "")

    def _with_joining_fee(self, costs: Iterable[CostPart]) -> tuple[CostPart, ...]:
        fee = self.values["joining_fee"]
        if fee is None:
            return tuple(costs)
        amount, stated = fee
        joining = CostPart(
            Cost.FIXED, amount, None, stated or self._currency(""), CostUnit.ONCE, is_joining_fee=True
        )
        return (*costs, joining)

    # ---- places and times

    def _places(self) -> tuple[tuple[LocationPart, ...], tuple[ScheduleValues, ...]]:
        """(places, schedules of the service wherever it is). Several places have schedules of their own."""
        found = list(self._locations())
        schedules = [self._schedules(row, location) for row, location in found]
        if len(found) <= 1:
            locations = tuple(location for _row, location in found if location)
            return self._with_accessibility(locations), schedules[0] if schedules else ()
        return self._with_accessibility(
            tuple(
                replace(location, schedules=times)
                for (_row, location), times in zip(found, schedules, strict=True)
                if location
            )
        ), ()

    def _with_accessibility(self, locations: tuple[LocationPart, ...]) -> tuple[LocationPart, ...]:
        arrangements = self.values["accessibility"]
        if arrangements and not locations:
            self.cells.reject(
                "accessibility", self.first.get("accessibility", ""), "has no place to be said of"
            )
        return tuple(replace(location, accessibility=arrangements) for location in locations)

    def _locations(self) -> Iterator[tuple[Cell, LocationPart | None]]:
        keys: set[str] = set()
        for number, row in enumerate(self.rows):
            key = PLACE if number == 0 else f"{PLACE} {_place_key(row)}"[:200]
            if key not in keys:
                keys.add(key)
                yield row, self._location(row, key)

    def _location(self, row: Cell, key: str) -> LocationPart | None:
        country = self.context.country
        if row is not self.first and row.get("country"):
            country = self.cells.read(kinds.CountryColumn(), "country", row["country"], country)
        context = replace(self.context, country=country)
        names = ("place", "address", "city", "region", "postal_code", "latitude", "longitude")
        value = {name: BY_NAME[name].read(self.cells, row.get(name, ""), context) for name in names}
        if not any(value.values()):
            return None
        code = value["postal_code"] or ""
        if code and code != row["postal_code"].strip().upper():
            self.cells.record_correction(
                "postal_code", row["postal_code"], code, "is not how a postal code is written"
            )
        region = value["region"] or ""
        point, precision = self._point(row, value, country)
        return LocationPart(
            key=key,
            name=value["place"] or "",
            address_1=value["address"] or "",
            city=value["city"] or "",
            region=region,
            postal_code=code,
            country=country,
            latitude=point[0] if point else None,
            longitude=point[1] if point else None,
            precision=precision if point else "",
        )

    def _point(
        self, row: Cell, value: Mapping[str, Any], country: str
    ) -> tuple[tuple[float, float] | None, str]:
        """The row's own point where its postal code and region agree, else the code's, else the town's."""
        region, code, city = value["region"] or "", value["postal_code"] or "", value["city"] or ""
        of_code = self.gazetteer.postal_point(country, code) if country and code else None
        own = value["latitude"], value["longitude"]
        if None not in own:
            if not (wrong := self._what_is_wrong(own, of_code, country, region)):
                return own, Precision.EXACT
            taken = "the middle of the postal code" if of_code else "the town"
            self.cells.record_correction("latitude", f"{row['latitude']}, {row['longitude']}", taken, wrong)
        if of_code:
            return of_code, Precision.AREA
        if code and country in CURRENCIES:
            self.cells.reject("postal_code", row["postal_code"], "is not in the gazetteer")
        of_town = self.gazetteer.town_point(country, region, city) if country and city else None
        if city and not of_town:
            self.cells.reject("city", row["city"], "is not in the gazetteer, so the place is not on the map")
        return of_town, Precision.TOWN

    def _what_is_wrong(
        self, own: tuple[float, float], of_code: tuple[float, float] | None, country: str, region: str
    ) -> str:
        if not any(own):
            return "is a point in the sea that stands for nothing known"
        if of_code and not _is_near(own, of_code):
            return f"lies far from its postal code{_why_far(own, of_code)}"
        if abs(own[0]) > 90:
            return "is no point on the globe: the two numbers are swapped"
        if region and not of_code and not self.gazetteer.is_in_region(Point(*own), country, region):
            return f"does not lie in {region}"
        return ""

    def _schedules(self, row: Cell, location: LocationPart | None) -> tuple[ScheduleValues, ...]:
        words = [
            part
            for name in ("when", "hours")
            for part in BY_NAME[name].read(self.cells, row.get(name, ""), self.context)
        ]
        point = None
        if location and location.latitude is not None and location.longitude is not None:
            point = Point(location.latitude, location.longitude)
        zone = zone_at(point, self.context.country)
        return tuple(schedule_values(each, zone) for each in kinds.unique(words))


def _is_near(one: tuple[float, float], other: tuple[float, float]) -> bool:
    if abs(one[0]) > 90:
        return False
    return distance_km(Point(*one), Point(*other)) <= MAX_KM_FROM_POSTAL_CODE


def _why_far(own: tuple[float, float], of_code: tuple[float, float]) -> str:
    latitude, longitude = own
    for other, why in (
        ((longitude, latitude), ": the two numbers are swapped"),
        ((latitude, -longitude), ": a minus is missing"),
        ((-latitude, longitude), ": a minus is missing"),
    ):
        if _is_near(other, of_code):
            return why
    return ""


def schedule_values(words: str, zone: str) -> ScheduleValues:
    """The columns of a schedule: its rule too where the words are certain, else the words alone."""
    return {"description": words, **_certain_rule(words, zone, timezone.localdate())}


@lru_cache(maxsize=2000)
def _certain_rule(words: str, zone: str, _today: date) -> ScheduleValues:
    """The rule that certain words state, else {}. Many rows of a list meet at the same times."""
    schedule = Schedule(description=words)
    preview = fill_from_words(schedule, zone=zone, at=timezone.now())
    if not preview.is_certain or not schedule.timezone:
        return {}
    rule = {name: getattr(schedule, name) for name in (*RULE_FIELDS, "timezone")}
    return {name: value for name, value in rule.items() if value}
