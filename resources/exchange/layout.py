"""The spreadsheet: its columns in order, each with what it holds, how it is read and how it is written.

One column is one entry of `COLUMNS`; the reader, the export, the template and its help sheet follow from it.
A row is one service at one place. Columns `of_place` belong to the row; the others to its service.
"""

from __future__ import annotations

import re
from collections.abc import Callable, Iterable, Mapping, Sequence
from dataclasses import dataclass, field
from datetime import date
from decimal import Decimal
from typing import Any

from resources.exchange import columns as kinds
from resources.exchange.records import TopicPart
from resources.geo.names import fold
from resources.models import CostOption, Location, Phone, Schedule, ServiceAtLocation, SourceRecord
from resources.presentation.schedules import MEETING_KINDS
from resources.presentation.service_data import ServiceData
from resources.vocabulary import (
    Access,
    AccessFeature,
    AudienceRule,
    Cost,
    CostUnit,
    Fit,
    Format,
    Kind,
    LedBy,
    Loss,
    OpenTo,
    Payment,
    PhoneType,
    Status,
)

CLEAR = "-"  # a cell that takes away what is there
KEPT = "(kept)"  # a cell of an export for what a row cannot hold: it is left as it is
FAITH_TAXONOMY, TOPIC_TAXONOMY = "Faiths", "Topics"
STATUSES = {"listed": Status.ACTIVE, "held": Status.INACTIVE, "closed": Status.DEFUNCT}
SOURCE_TYPES = ("own", "hospital", "government", "news", "third_party")


@dataclass(frozen=True)
class RowContext:
    """What the reading of a row's cells depends on."""

    country: str = ""
    today: date = date.min
    counties: dict[str, dict[tuple[str, str], str]] = field(default_factory=dict)  # a cache


Write = Callable[[ServiceData, ServiceAtLocation | None], Any]


@dataclass(frozen=True)
class SheetColumn:
    """One column: its heading, a sentence about it, the kind of its cells, and the cell of a record.

    `several` values stand in a cell between semicolons. `write` returns text, a list of texts, KEPT, or None
    for what is not known. `examples` are the cells of the template's two rows.
    """

    name: str
    help: str
    kind: Callable[[RowContext], kinds.Column[Any]]
    write: Write
    several: bool = False
    of_place: bool = False
    needed: bool = False
    examples: tuple[str, str] = ("", "")

    def read(self, cells: kinds.Cells, cell: str, context: RowContext) -> Any:
        """Return the value, None (or () for several) where the cell is empty or refused."""
        if self.several:
            return cells.read_several(self.kind(context), self.name, cell)
        return cells.read(self.kind(context), self.name, cell, None)

    def cell(self, data: ServiceData, place: ServiceAtLocation | None) -> str:
        """Return the record's cell as text."""
        value = self.write(data, place)
        if value is None:
            return ""
        return (value if isinstance(value, str) else "; ".join(map(str, value))).strip()


class StatusColumn:
    """Whether it is shown."""

    def read(self, cell: str) -> str:
        if fold(cell) not in STATUSES:
            raise kinds.InvalidCell("is not a status; use listed, held or closed")
        return STATUSES[fold(cell)]


class SourceTypeColumn:
    """Whose page it was seen on."""

    def read(self, cell: str) -> str:
        code = fold(cell).replace(" ", "_")
        if code not in SOURCE_TYPES:
            raise kinds.InvalidCell(f"is not a kind of source; use one of: {', '.join(SOURCE_TYPES)}")
        return code


# What an arrangement is called, where it is not said that there is none.
_ARRANGEMENTS = {
    AccessFeature.STEP_FREE: re.compile(r"step[- ]?free|wheelchair", re.IGNORECASE),
    AccessFeature.SIGN_LANGUAGE: re.compile(r"sign language|\b(?:ASL|Auslan|BSL|ISL|NZSL)\b", re.IGNORECASE),
    AccessFeature.HEARING_LOOP: re.compile(r"(?:hearing|induction) loop", re.IGNORECASE),
    AccessFeature.CAPTIONS: re.compile(r"live caption|captioning", re.IGNORECASE),
}
_NONE = re.compile(r"\b(?:no|not|without)\b", re.IGNORECASE)


class AccessFeatureColumn:
    """An arrangement for disabled people: (its code or "", in words)."""

    def read(self, cell: str) -> tuple[str, str]:
        words = kinds.TextColumn().read(cell)
        try:
            return kinds.ChoiceColumn(AccessFeature).read(cell), words
        except kinds.InvalidCell:
            named = [code for code, pattern in _ARRANGEMENTS.items() if pattern.search(words)]
            return (named[0] if named and not _NONE.search(words) else ""), words


class TopicColumn:
    """A topic in words, as a term of the taxonomy of topics."""

    def read(self, cell: str) -> TopicPart:
        words = kinds.TextColumn(100).read(cell)
        return TopicPart(fold(words).replace(" ", "-"), words)


class CurrencyColumn:
    """An ISO 4217 code."""

    def read(self, cell: str) -> str:
        code = cell.strip().upper()
        if not (code.isalpha() and code.isascii() and len(code) == 3):
            raise kinds.InvalidCell("is not a currency; use three letters, such as USD")
        return code


# ---- kinds of cell, by what they depend on


def _text(length: int = 255) -> Callable[[RowContext], kinds.Column[Any]]:
    return lambda _context: kinds.TextColumn(length)


def _choice(vocabulary: Any) -> Callable[[RowContext], kinds.Column[Any]]:
    column = kinds.ChoiceColumn(vocabulary)
    return lambda _context: column


def _plain(kind: Callable[[], kinds.Column[Any]]) -> Callable[[RowContext], kinds.Column[Any]]:
    column = kind()
    return lambda _context: column


def _phones(phone_type: str) -> Callable[[RowContext], kinds.Column[Any]]:
    return lambda context: kinds.PhoneColumn(context.country, phone_type)


# ---- cells of a record


def _of_service(name: str) -> Write:
    return lambda data, _place: getattr(data.service, name) or None


def _of_location(name: str) -> Write:
    return lambda _data, place: str(value) if place and (value := getattr(place.location, name)) else None


def _coordinate(name: str) -> Write:
    """Only of an exact point: the others are looked up again from the postal code or the town."""

    def write(_data: ServiceData, place: ServiceAtLocation | None) -> str | None:
        location: Location | None = place.location if place else None
        if location is None or location.precision != "exact":
            return None
        return repr(getattr(location, name))

    return write


def _own_phones(data: ServiceData) -> Sequence[Phone]:
    return data.phones.get(data.service.pk, ())


def _phone_cells(*types: str) -> Write:
    """Numbers to call stand before the others, as `types` has them."""
    return lambda data, _place: [
        phone_cell(row) for phone_type in types for row in _own_phones(data) if row.type == phone_type
    ]


def phone_cell(phone: Phone) -> str:
    """Such as "TTY 711" or "1-800-944-4773 ext 2 (English)"; `PhoneColumn` reads the same back."""
    mark = {PhoneType.TTY: "TTY ", PhoneType.FAX: "Fax "}.get(PhoneType(phone.type), "")
    note = phone.description
    if phone.type == PhoneType.SMS and note.startswith("Text ") and note.count(" ") == 1:
        return f"{note} to {phone.number}"
    extension = f" ext {phone.extension}" if phone.extension else ""
    return f"{mark}{phone.number}{extension}{f' ({note})' if note else ''}"


def _price(data: ServiceData) -> CostOption | None:
    """The one price that the columns of amounts are about, the first that states one."""
    options = [row for row in data.price.options if not row.is_joining_fee]
    return next((row for row in options if row.amount or row.amount_max), options[0] if options else None)


def _costs(data: ServiceData, _place: ServiceAtLocation | None) -> Any:
    """The kinds of cost; KEPT for bands, discounts and several amounts, which a row cannot hold."""
    options = [row for row in data.price.options if not row.is_joining_fee]
    priced = [row for row in options if row.amount or row.amount_max or row.amount_description]
    complex_row = any(
        row.option or row.percent_off is not None or row.full_fee or row.valid_from or row.valid_to
        for row in options
    )
    banded = any(
        getattr(row, name) is not None
        for row in options
        for name in ("guideline_over", "guideline_up_to", "income_over", "income_up_to", "household_from")
    )
    if len(priced) > 1 or complex_row or banded or len({row.kind for row in options}) < len(options):
        return KEPT
    return [row.kind for row in options] or None


def _of_price(read: Callable[[CostOption], Any]) -> Write:
    def write(data: ServiceData, place: ServiceAtLocation | None) -> Any:
        if _costs(data, place) == KEPT:
            return KEPT
        price = _price(data)
        return None if price is None else read(price)

    return write


def amount_cell(amount: Decimal | None) -> str | None:
    """Such as "20" or "7.50"."""
    if amount is None:
        return None
    return str(int(amount)) if amount == int(amount) else f"{amount:.2f}"


def _cost_note(data: ServiceData, place: ServiceAtLocation | None) -> Any:
    if _costs(data, place) == KEPT:
        return KEPT
    price = _price(data)
    notes = [
        note for note in (price.amount_description if price else "", data.service.fees_description) if note
    ]
    return KEPT if len(notes) > 1 else notes or None


def _joining_fee(data: ServiceData, _place: ServiceAtLocation | None) -> Any:
    fees = [row for row in data.price.options if row.is_joining_fee]
    if len(fees) > 1 or any(row.amount is None or row.amount_max for row in fees):
        return KEPT
    return [f"{amount_cell(row.amount)} {row.currency}" for row in fees] or None


def _schedule_rows(data: ServiceData, place: ServiceAtLocation | None) -> Sequence[Schedule]:
    return data.schedules_at(place)


def _schedules(*, meetings: bool) -> Write:
    def write(data: ServiceData, place: ServiceAtLocation | None) -> Any:
        if (data.service.kind in MEETING_KINDS) is not meetings:
            return None
        rows = _schedule_rows(data, place)
        words = [row.description for row in rows]
        plain = all(words) and not any(row.exception_dates or row.added_dates or row.notes for row in rows)
        return (words if plain else KEPT) or None

    return write


def _audiences(*rules: str) -> Write:
    def write(data: ServiceData, _place: ServiceAtLocation | None) -> list[str]:
        marks = {AudienceRule.DESIGNED_FOR: "designed_for:"}
        rows = [row for row in data.audiences if row.rule in rules]
        return [f"{marks.get(AudienceRule(row.rule), '')}{row.audience}" for row in rows]

    return write


def _content_notes(data: ServiceData, _place: ServiceAtLocation | None) -> list[str]:
    clear = [f"not:{code}" for code in data.service.content_clear]
    return [*map(str, data.service.content_notes), *clear]


def _terms(taxonomy: str) -> Write:
    names = {FAITH_TAXONOMY: lambda term: term.code, TOPIC_TAXONOMY: lambda term: term.name}
    return lambda data, _place: [
        names[taxonomy](term)
        for term in data.topics
        if (term.taxonomy.name == FAITH_TAXONOMY) is (taxonomy == FAITH_TAXONOMY)
    ]


def _accessibility(data: ServiceData, place: ServiceAtLocation | None) -> Any:
    if place is None:
        return None
    rows = place.location.accessibility.all()
    return [row.description for row in rows] or None


def _status(data: ServiceData, _place: ServiceAtLocation | None) -> str:
    return next((name for name, status in STATUSES.items() if status == data.service.status), KEPT)


def _source(data: ServiceData) -> SourceRecord | None:
    """The record that last said something of the service."""
    records = sorted(data.service.source_records.all(), key=lambda record: record.last_run_id)
    return records[-1] if records else None


def _of_source(read: Callable[[SourceRecord], Any]) -> Write:
    def write(data: ServiceData, _place: ServiceAtLocation | None) -> Any:
        record = _source(data)
        return None if record is None else read(record) or None

    return write


def _raw(name: str) -> Write:
    return _of_source(lambda record: first_raw_row(record.raw).get(name))


def first_raw_row(raw: Mapping[str, Any]) -> Mapping[str, Any]:
    """The first row of a raw record of a spreadsheet; empty for a record of another kind of source."""
    rows = raw.get("rows")
    return rows[0] if isinstance(rows, list) and rows else {}


def _seen_on(record: SourceRecord) -> str:
    if record.seen_on:
        return record.seen_on.isoformat()
    return str(first_raw_row(record.raw).get("seen_on") or record.raw.get("source_year") or "")


COLUMNS: tuple[SheetColumn, ...] = (
    SheetColumn(
        "id",
        "The list's own key of the service. A second load of the list updates by it.",
        _text(120),
        lambda data, _place: str(data.service.pk),
        examples=("smith-group", "smith-counseling"),
    ),
    SheetColumn(
        "service",
        "The name of the group or service.",
        _text(),
        _of_service("name"),
        needed=True,
        examples=("Pregnancy and infant loss group", "Grief counseling"),
    ),
    SheetColumn(
        "organization",
        "Who runs it.",
        _text(),
        lambda data, _place: data.organization.name,
        needed=True,
        examples=("Example Hospital", "Example Hospital"),
    ),
    SheetColumn(
        "kind",
        "What kind of help it is.",
        _choice(Kind),
        _of_service("kind"),
        needed=True,
        examples=("support_group", "counselling"),
    ),
    SheetColumn(
        "fit",
        "How close it is to pregnancy loss. Left empty, it follows from the losses.",
        _choice(Fit),
        _of_service("fit"),
        examples=("specialist", "perinatal_or_grief"),
    ),
    SheetColumn(
        "description",
        "A few plain sentences.",
        _text(8000),
        _of_service("description"),
        examples=("Parents who have lost a baby meet and talk.", ""),
    ),
    SheetColumn(
        "website",
        "Its own page.",
        _plain(kinds.WebsiteColumn),
        _of_service("url"),
        examples=("https://example.org/loss-group", ""),
    ),
    SheetColumn(
        "organization_website",
        "The organization's page.",
        _plain(kinds.WebsiteColumn),
        lambda data, _place: data.organization.website,
        examples=("https://example.org/", "https://example.org/"),
    ),
    SheetColumn(
        "email", "An address for people who want to come.", _plain(kinds.EmailColumn), _of_service("email")
    ),
    SheetColumn(
        "phone",
        "A number as it is dialed, with its extension.",
        _phones(PhoneType.VOICE),
        _phone_cells(PhoneType.VOICE, PhoneType.TTY, PhoneType.FAX),
        several=True,
        examples=("214-555-0100 ext 2", "214-555-0101"),
    ),
    SheetColumn(
        "text_number",
        "A number that takes text messages, with the word to send.",
        _phones(PhoneType.SMS),
        _phone_cells(PhoneType.SMS),
        several=True,
    ),
    SheetColumn(
        "phone_note",
        "Who answers the phone.",
        _text(),
        lambda _data, _place: None,
        examples=("Hospital chaplain", ""),
    ),
    SheetColumn(
        "how",
        "How people meet or talk.",
        _choice(Format),
        _of_service("formats"),
        several=True,
        examples=("in_person", "in_person; video"),
    ),
    SheetColumn(
        "languages",
        "The languages help is given in.",
        _plain(kinds.LanguageNameColumn),
        lambda data, _place: [row.code for row in data.languages],
        several=True,
        examples=("English", "English; Spanish"),
    ),
    SheetColumn(
        "place", "The building.", _text(), _of_location("name"), of_place=True, examples=("Chapel", "")
    ),
    SheetColumn(
        "address",
        "The street.",
        _plain(kinds.StreetColumn),
        _of_location("address_1"),
        of_place=True,
        examples=("100 Example Street", "100 Example Street"),
    ),
    SheetColumn(
        "city", "The town.", _text(120), _of_location("city"), of_place=True, examples=("Dallas", "Dallas")
    ),
    SheetColumn(
        "region",
        "The state, province or nation.",
        lambda context: kinds.RegionColumn(context.country),
        _of_location("region"),
        of_place=True,
        examples=("TX", "Texas"),
    ),
    SheetColumn(
        "postal_code",
        "The postal code.",
        lambda context: kinds.PostalCodeColumn(context.country),
        _of_location("postal_code"),
        of_place=True,
        examples=("75201", "75201"),
    ),
    SheetColumn(
        "country",
        "The country.",
        _plain(kinds.CountryColumn),
        _of_location("country"),
        of_place=True,
        examples=("US", "United States"),
    ),
    SheetColumn(
        "latitude",
        "Degrees north.",
        lambda _context: kinds.CoordinateColumn(180),  # one above 90 is told to be swapped
        _coordinate("latitude"),
        of_place=True,
    ),
    SheetColumn(
        "longitude",
        "Degrees east.",
        lambda _context: kinds.CoordinateColumn(180),
        _coordinate("longitude"),
        of_place=True,
    ),
    SheetColumn(
        "serves",
        "The areas whose people may come: counties with their state, states, countries, or world.",
        lambda context: kinds.AreaColumn(context.country, context.counties),
        lambda data, _place: dict.fromkeys(area_cell(row) for row in data.areas),
        several=True,
        examples=("Dallas County, TX", "Texas"),
    ),
    SheetColumn(
        "when",
        "When it meets, in words.",
        _text(500),
        _schedules(meetings=True),
        several=True,
        of_place=True,
        examples=("2nd Tuesday 7-8:30pm", ""),
    ),
    SheetColumn(
        "hours",
        "When it is open, in words.",
        _text(500),
        _schedules(meetings=False),
        several=True,
        of_place=True,
        examples=("", "Monday-Friday 9am-5pm"),
    ),
    SheetColumn(
        "cost",
        "What it costs: free, donation, sliding_scale, reduced_fee, fixed or insurance.",
        _plain(kinds.CostColumn),
        _costs,
        several=True,
        examples=("free", "sliding_scale"),
    ),
    SheetColumn(
        "price_min",
        "The lowest price.",
        _plain(kinds.PriceColumn),
        _of_price(lambda row: None if row.kind == Cost.FREE else amount_cell(row.amount)),
        examples=("", "$20"),
    ),
    SheetColumn(
        "price_max",
        "The highest price.",
        _plain(kinds.PriceColumn),
        _of_price(lambda row: amount_cell(row.amount_max)),
        examples=("", "$60"),
    ),
    SheetColumn(
        "currency",
        "Three letters. Left empty, the country's own.",
        _plain(CurrencyColumn),
        _of_price(lambda row: row.currency),
        examples=("", "USD"),
    ),
    SheetColumn(
        "per",
        "What the price is for.",
        _choice(CostUnit),
        _of_price(lambda row: row.unit),
        examples=("", "session"),
    ),
    SheetColumn("cost_note", "The cost in words.", _text(1000), _cost_note),
    SheetColumn(
        "payment",
        "Who else may pay.",
        _choice(Payment),
        _of_service("payments"),
        several=True,
        examples=("", "medicaid"),
    ),
    SheetColumn(
        "losses",
        "The losses it names.",
        _choice(Loss),
        _of_service("losses"),
        several=True,
        examples=("miscarriage; stillbirth; neonatal", ""),
    ),
    SheetColumn(
        "for",
        "Who it says is welcome. With designed_for: before one, whom it is made for.",
        _plain(lambda: kinds.AudienceColumn(AudienceRule.OPEN)),
        _audiences(AudienceRule.OPEN, AudienceRule.DESIGNED_FOR),
        several=True,
        examples=("partner; family", ""),
    ),
    SheetColumn(
        "only_for",
        "The only people who may come.",
        _plain(lambda: kinds.AudienceColumn(AudienceRule.ONLY)),
        _audiences(AudienceRule.ONLY),
        several=True,
    ),
    SheetColumn(
        "open_to",
        "Whether others than the hospital's own patients may come.",
        _choice(OpenTo),
        _of_service("open_to"),
        several=True,
        examples=("anyone", "own_patients"),
    ),
    SheetColumn(
        "led_by",
        "Who leads it.",
        _choice(LedBy),
        _of_service("led_by"),
        several=True,
        examples=("peer", "professional"),
    ),
    SheetColumn(
        "access",
        "How one joins.",
        _choice(Access),
        _of_service("access"),
        several=True,
        examples=("drop_in", "hospital_referral"),
    ),
    SheetColumn(
        "faith",
        "The faith of whoever runs it.",
        _plain(kinds.FaithColumn),
        _terms(FAITH_TAXONOMY),
        several=True,
    ),
    SheetColumn(
        "accessibility",
        "What the place is arranged for.",
        _plain(AccessFeatureColumn),
        _accessibility,
        several=True,
        examples=("step_free", ""),
    ),
    SheetColumn(
        "content_notes",
        "Content that may be upsetting. With not: before a value, content that someone looked for and did not"
        " find.",
        _plain(kinds.ContentNoteColumn),
        _content_notes,
        several=True,
        examples=("not:mentions_pregnancy", ""),
    ),
    SheetColumn(
        "status", "listed, held or closed.", _plain(StatusColumn), _status, examples=("listed", "listed")
    ),
    SheetColumn("status_reason", "Why it is held or closed.", _text(), _of_service("status_reason")),
    SheetColumn(
        "source_url",
        "The page where it was read.",
        _plain(kinds.WebsiteColumn),
        _of_source(lambda record: record.source_url),
        examples=("https://example.org/loss-group", ""),
    ),
    SheetColumn(
        "source_type",
        "Whose page that is: own, hospital, government, news or third_party.",
        _plain(SourceTypeColumn),
        _of_source(lambda record: record.source_type),
        examples=("hospital", "hospital"),
    ),
    SheetColumn("source_note", "What was seen there.", _text(4000), _raw("source_note")),
    SheetColumn(
        "seen_on",
        "When it was seen there: a year or a date.",
        lambda context: kinds.YearOrDateColumn(context.today),
        _of_source(_seen_on),
        examples=("2026", "2026-07-19"),
    ),
    SheetColumn(
        "checked_on",
        "The day on which a person asked them and it was right.",
        lambda context: kinds.DateColumn(context.today),
        lambda data, _place: data.service.assured_date and data.service.assured_date.isoformat(),
    ),
    # What the catalog that ships states besides. A list may leave these out.
    SheetColumn("joining_fee", "What joining costs, once.", _plain(kinds.PriceColumn), _joining_fee),
    SheetColumn(
        "eligibility", "Who it is for, in words.", _text(1000), _of_service("eligibility_description")
    ),
    SheetColumn(
        "interpreters", "Interpreters, in words.", _text(1000), _of_service("interpretation_services")
    ),
    SheetColumn(
        "topics", "Subjects to find it by.", _plain(TopicColumn), _terms(TOPIC_TAXONOMY), several=True
    ),
)
BY_NAME: Mapping[str, SheetColumn] = {column.name: column for column in COLUMNS}
PLACE_COLUMNS = tuple(column.name for column in COLUMNS if column.of_place)


def area_cell(area: Any) -> str:
    """The area's name, with its key in brackets where the name alone is not read as this area."""
    name = area.name.replace(";", ",")
    return name if kinds.area_named(name, area.area[:2]) == area.area else f"{name} [{area.area}]"


# The field or relation of a service that a column is about, where it has another name.
FIELDS = {
    "service": "name",
    "website": "url",
    "how": "formats",
    "phone": "phones",
    "text_number": "phones",
    "phone_note": "phones",
    "serves": "service_areas",
    "when": "schedules",
    "hours": "schedules",
    "payment": "payments",
    "for": "audiences",
    "only_for": "audiences",
    "checked_on": "assured_date",
    "interpreters": "interpretation_services",
    "eligibility": "eligibility_description",
    "faith": "topics",
    **dict.fromkeys(
        ("cost", "price_min", "price_max", "currency", "per", "cost_note", "joining_fee"), "cost_options"
    ),
    **dict.fromkeys(
        (
            *("place", "address", "city", "region", "postal_code", "country", "latitude", "longitude"),
            "accessibility",
        ),
        "service_at_locations",
    ),
}


def field_of_column(name: str) -> str:
    """The field or relation of a service that a column is about."""
    return FIELDS.get(name, name)


# Headings that people give their columns, folded: a guess that a curator looks over.
ALIASES = {
    "service": ("name", "group", "group name", "program", "support group", "service name", "program name"),
    "organization": ("organisation", "hospital", "agency", "provider", "charity", "run by", "facility"),
    "kind": ("type", "kind of help", "service type", "category"),
    "description": ("about", "details", "summary"),
    "website": ("web", "web site", "web page", "url", "link"),
    "email": ("e mail", "email address", "mail"),
    "phone": ("telephone", "tel", "phone number", "phone numbers", "phones", "phone 2", "cell"),
    "text_number": ("text", "sms"),
    "how": ("format", "in person or online", "online"),
    "languages": ("language",),
    "place": ("venue", "building", "site", "room"),
    "address": ("street", "where", "location", "street address"),
    "city": ("town", "city town"),
    "region": ("state", "province"),
    "postal_code": ("zip", "zip code", "postcode", "post code", "zipcode"),
    "serves": ("area served", "service area", "areas"),
    "when": ("day and time", "meets", "meeting time", "meeting times", "schedule", "day time", "days"),
    "hours": ("opening hours", "office hours"),
    "cost": ("price", "fee", "fees", "costs", "cost fee"),
    "losses": ("loss", "type of loss", "losses served"),
    "for": ("who", "for whom", "audience"),
    "led_by": ("facilitator type", "facilitated by"),
    "eligibility": ("who can come", "requirements"),
    "source_url": ("source",),
    "checked_on": ("last checked", "confirmed", "verified"),
}


def guess_column(heading: str) -> SheetColumn | None:
    """The column that a heading means, exactly or as people call it; None where that is unsure."""
    key = _heading_key(heading)
    return _HEADINGS.get(key) or _ALIASES.get(key)


def _heading_key(heading: str) -> str:
    return re.sub("[^a-z0-9]", "", fold(heading))


def column_named(heading: str) -> SheetColumn | None:
    """The column of a heading, whatever its case, spaces, underscores and dashes."""
    return _HEADINGS.get(fold(heading.replace("_", " ")).replace(" ", ""))


_HEADINGS = {name.replace("_", ""): column for name, column in BY_NAME.items()}
_ALIASES = {_heading_key(words): BY_NAME[name] for name, several in ALIASES.items() for words in several}


def known_headings(cells: Iterable[str]) -> int:
    """How many of these cells are headings of columns."""
    return sum(1 for cell in cells if column_named(cell))
