"""The starter catalogue: 104 records compiled from public pages, read by this project's own map of them.

The map (`kind_map.csv`) says what kind each record becomes, into which services it is split and whether it is
shown. What the records say in words that no rule could take apart is in the tables of `starter_tables`.
Nothing here was checked with the organizations: everything arrives unassured, and null means "not seen".
"""

from __future__ import annotations

import csv
import re
from collections.abc import Iterable, Iterator
from dataclasses import replace
from decimal import Decimal
from typing import Any

from resources.exchange.columns import (
    AmountColumn,
    Cells,
    EmailColumn,
    LanguageColumn,
    PhoneColumn,
    PostalPointColumn,
    TextColumn,
    TownPointColumn,
    WebsiteColumn,
    unique,
)
from resources.exchange.reading import FileRefused, SourceFile, read_json
from resources.exchange.records import (
    AreaPart,
    AudiencePart,
    CostPart,
    Entry,
    LocationPart,
    OrganizationPart,
    PhonePart,
    Record,
    Refusal,
    ServicePart,
    TopicPart,
)
from resources.exchange.sources import starter_tables as tables
from resources.exchange.sources.base import DATA, Feed
from resources.vocabulary import (
    AudienceRule,
    ContentNote,
    Cost,
    CostUnit,
    Fit,
    Format,
    Kind,
    PhoneType,
    Precision,
    Status,
)

KIND_MAP = DATA / "starter" / "kind_map.csv"
INTERPRETER = "au-tis"
NO_CONTACT = "no contact details"


class StarterCatalogue(Feed):
    slug = "starter"
    name = "Starter catalogue of this project"
    url = ""
    licence = "This project's own words (MIT); facts from the public page that each record names"
    publishes = True
    rules = "3"
    shipped = DATA / "starter" / "starter_catalogue.json.gz"

    def find_entries(self, file: SourceFile) -> tuple[list[Entry], list[Refusal]]:
        document = read_json(file)
        if not isinstance(document, dict) or not isinstance(document.get("records"), list):
            raise FileRefused(
                f"{file.name} is not a starter catalogue: it should hold a list called records."
            )
        kinds = _kind_map()
        entries: list[Entry] = []
        refusals: list[Refusal] = []
        records = document["records"]
        interpreter = next((raw.get("phone") for raw in records if raw.get("id") == INTERPRETER), None)
        for number, raw in enumerate(records, start=1):
            key = str(raw.get("id") or "")
            if key not in kinds:
                refusals.append(
                    Refusal(f"Record {number}", "id", key, "is not in kind_map.csv; add a row for it")
                )
                continue
            context: dict[str, Any] = {"map": kinds[key], "website": _website_of(records, raw, kinds)}
            if raw.get("country") == "AU":
                context["interpreter"] = interpreter
            entries.append(Entry(key, key, raw, context))
        return entries, refusals

    def read(self, entry: Entry) -> Record:
        cells = Cells(entry.where)
        services = tuple(_services(entry, cells))
        action, aside = entry.context["map"]["action"], ""
        if not services:
            cells.reject("kind", str(entry.raw["kind"]), f"is not a service to list ({action})")
            aside = action.partition(": ")[2] or action
        source_url = cells.read(WebsiteColumn(), "source_url", entry.raw["source_url"], "")
        return Record(entry, services, tuple(cells.refusals), source_url, not_imported_reason=aside)


def _kind_map() -> dict[str, dict[str, str]]:
    with KIND_MAP.open(encoding="utf-8", newline="") as file:
        return {row["id"]: row for row in csv.DictReader(file)}


def _website_of(
    records: Iterable[dict[str, Any]], raw: dict[str, Any], kinds: dict[str, dict[str, str]]
) -> str:
    """The organization's own address: of its records that are not held, the first that gives a bare host."""
    mine = _organization_name(raw)
    for other in records:
        held = kinds.get(str(other.get("id")), {}).get("action", "").startswith("hold")
        bare = re.fullmatch(r"https?://[^/]+/?", other.get("url") or "")
        if bare and not held and _organization_name(other) == mine:
            return str(other["url"])
    return ""


def _organization_name(raw: dict[str, Any]) -> str:
    name = str(raw.get("organisation") or "")
    return tables.ONE_ORGANIZATION.get(name, name)


def _services(entry: Entry, cells: Cells) -> Iterator[ServicePart]:
    """One service for each kind the map splits the record into; none where the map gives no kind."""
    raw, row = entry.raw, entry.context["map"]
    if row["kind"] == "-":
        return
    organization = OrganizationPart(
        key=_organization_name(raw),
        name=cells.read(TextColumn(), "organisation", _organization_name(raw), raw["name"]),
        website=cells.read(WebsiteColumn(), "organisation's url", entry.context["website"], ""),
    )
    reader = _Reader(entry, cells)
    for part in tables.SPLITS.get(entry.key) or (tables.Part(row["kind"]),):
        yield reader.read_service(part, organization)


class _Reader:
    """Reads one record's cells once, and gives each service its share."""

    def __init__(self, entry: Entry, cells: Cells) -> None:
        raw = entry.raw
        self.entry, self.raw, self.cells = entry, raw, cells
        self.country = "" if raw["country"] == "INT" else str(raw["country"])
        self.name = cells.read(TextColumn(), "name", raw["name"], entry.key)
        self.url = cells.read(WebsiteColumn(), "url", raw["url"], "")
        self.email = cells.read(EmailColumn(), "email", raw["email"], "")
        self.phones = tuple(self._phones())
        self.areas = self._areas()
        self.audience = tuple(raw["audience"] or ())
        self.costs, self.fees = self._costs()
        self.town = self._town()

    def read_service(self, part: tables.Part, organization: OrganizationPart) -> ServicePart:
        raw = self.raw
        phones = self.phones if part.takes("phones") else ()
        email = self.email if part.takes("email") else ""
        formats = part.formats if part.formats is not None else self._formats()
        status, reason = self._status(has_contact=bool(self.url or phones or email))
        return ServicePart(
            organization=organization,
            name=part.name or (f"{organization.name}: {part.suffix}" if part.suffix else self.name),
            part=part.code,
            kind=part.kind,
            fit=self._fit(),
            status=status,
            status_reason=reason,
            description=self._description(),
            url=self.url,
            email=email,
            formats=formats,
            losses=self._losses(),
            led_by=part.led_by if part.led_by is not None else tables.LED_BY.get(raw["led_by"] or "", ()),
            access=self._access(),
            content_notes=self._content_notes(),
            fees_description=self.fees,
            interpretation_services=self._interpreters(part.kind, status),
            eligibility_description=tables.ELIGIBILITY.get(self.entry.key, ""),
            audiences=self._audiences(),
            topics=tuple(TopicPart(*tables.TOPICS[word]) for word in self.audience if word in tables.TOPICS),
            locations=(self.town,) if self.town and Format.IN_PERSON in formats else (),
            phones=phones,
            costs=self.costs if part.takes("cost") else (),
            languages=unique(
                self.cells.read(LanguageColumn(), "languages", code, "") for code in raw["languages"] or ()
            ),
            schedules=tuple(
                {"description": raw[column]}
                for column in ("hours", "schedule")
                if raw[column] and part.takes(column)
            ),
            areas=self._areas_of(part),
        )

    def _phones(self) -> Iterator[PhonePart]:
        yield from self.cells.read(PhoneColumn(self.country), "phone", self.raw["phone"], ())
        texts = PhoneColumn(self.country, PhoneType.SMS)
        for line in self.cells.read(texts, "text_line", self.raw["text_line"], ()):
            yield replace(line, description=tables.TEXT_WORDS.get(self.entry.key, line.description))
        for words in self.raw["other_sources"] or ():
            if found := re.fullmatch(r"second number (.+)", words):
                yield from self._more(found.group(1), PhoneType.VOICE)
            elif found := re.fullmatch(r"tel:TTY (.+)", words):
                yield from self._more(found.group(1), PhoneType.TTY)

    def _more(self, cell: str, kind: str) -> Iterator[PhonePart]:
        yield from self.cells.read(PhoneColumn(self.country, kind), "other_sources", cell, ())

    def _areas(self) -> tuple[AreaPart, ...]:
        said = self.raw["area_covered"]
        if not said:
            return ()
        if said not in tables.AREAS:
            self.cells.reject(
                "area_covered", said, "is not in the table of areas, so whom it serves is not known"
            )
            return ()
        if not tables.AREAS[said] and not (self.raw["city"] and "in_person" in self.raw["modes"]):
            self.cells.reject("area_covered", said, "cannot be drawn as countries, states or counties")
        return tables.areas_of(said)

    def _areas_of(self, part: tables.Part) -> tuple[AreaPart, ...]:
        """The record's own areas, or this part's where the record's words speak of another."""
        areas = tables.PART_AREAS.get((self.entry.key, part.code))
        if areas == ():
            reason = f"does not say whom its {part.suffix or 'service'} reach"
            self.cells.reject("area_covered", self.raw["area_covered"], reason)
        return self.areas if areas is None else areas

    def _losses(self) -> tuple[str, ...]:
        listed = (loss for word in self.audience for loss in tables.LOSSES.get(word, ()))
        return unique([*listed, *tables.MORE_LOSSES.get(self.entry.key, ())])

    def _town(self) -> LocationPart | None:
        """Where it meets: the address given, else the town, and only where people meet in person."""
        raw = self.raw
        if not raw["city"] or "in_person" not in raw["modes"] or self.entry.key in tables.OFFICE_ONLY:
            return None
        region = tables.TOWN_REGIONS.get(raw["city"], raw["region"] or "")
        street, postal_code = _street(raw["address"])
        point: tuple[float | None, float | None] = (None, None)
        precision = ""
        if postal_code:
            point = self.cells.read(PostalPointColumn(self.country), "address", postal_code, (None, None))
            precision = Precision.AREA
        if point[0] is None:
            town = tables.GAZETTEER_NAMES.get(raw["city"], raw["city"])
            point = self.cells.read(TownPointColumn(self.country, region), "city", town, (None, None))
            precision = Precision.TOWN
        return LocationPart(
            key="town",
            name=tables.PLACE_NAMES.get(self.entry.key, ""),
            address_1=street,
            city=self.cells.read(TextColumn(120), "city", raw["city"], ""),
            region=region,
            postal_code=postal_code,
            country=self.country,
            latitude=point[0],
            longitude=point[1],
            precision=precision if point[0] is not None else "",
        )

    def _formats(self) -> tuple[str, ...]:
        """How people meet, as the modes say it; "online" only where no word says which way."""
        if stated := tables.MEETINGS.get(self.entry.key):
            return stated
        raw = self.raw
        found: list[str] = []
        for mode in raw["modes"] or ():
            found += tables.FORMATS.get(mode, ())
        if "text" in raw["modes"]:
            found.append(Format.SMS if raw["text_line"] else Format.TEXT_CHAT)
        said = f"{raw['description']} {raw['area_covered']}"
        ways = [
            way
            for pattern, way in tables.ONLINE_WAYS
            if "online" in raw["modes"] and re.search(pattern, said)
        ]
        if (ways or "chat" in raw["modes"]) and Format.ONLINE in found:
            found.remove(Format.ONLINE)
        return unique(str(way) for way in [*found, *ways])

    def _fit(self) -> str:
        if any(word in tables.LOSSES for word in self.audience):
            return Fit.SPECIALIST
        if {"perinatal", "bereavement"} & set(self.audience):
            return Fit.PERINATAL_OR_GRIEF
        return Fit.GENERAL

    def _description(self) -> str:
        """The record's own words, without those meant for a curator, who reads them in the source record."""
        note, public = tables.CURATOR_NOTES.get(self.entry.key, (None, ""))
        description = str(self.raw["description"] or "")
        return description.replace(note, public).strip() if note else description

    def _status(self, *, has_contact: bool) -> tuple[str, str]:
        action = self.entry.context["map"]["action"]
        if action.startswith("hold: "):
            reason = action.removeprefix("hold: ")
            return tables.HELD.get(reason, (Status.INACTIVE, reason))
        if not has_contact:
            return Status.INACTIVE, NO_CONTACT
        return Status.ACTIVE, ""

    def _access(self) -> tuple[str, ...]:
        stated = tables.ACCESS.get(self.entry.key, ())
        return unique([*stated, *(["application"] if "application" in self.raw["modes"] else [])])

    def _audiences(self) -> tuple[AudiencePart, ...]:
        said: dict[str, str] = {
            tables.AUDIENCES[word]: AudienceRule.OPEN for word in self.audience if word in tables.AUDIENCES
        }
        said.update(tables.AUDIENCE_RULES.get(self.entry.key, {}))
        return tuple(AudiencePart(str(audience), str(rule)) for audience, rule in said.items())

    def _content_notes(self) -> tuple[str, ...]:
        description = self.raw["description"] or ""
        notes = {
            ContentNote.MENTIONS_ABORTION: "abortion" in self.audience,
            ContentNote.MENTIONS_PREGNANCY: "pregnancy_after_loss" in self.audience,
            ContentNote.MENTIONS_LIVING_CHILDREN: bool(re.search(r"\bparenting after\b", description)),
            ContentNote.FAITH_BASED: bool(re.search(r"\b(Christian|Jewish|Catholic|Muslim)\b", description)),
            ContentNote.COMMERCIAL: self.raw["led_by"] == "commercial",
        }
        stated = tables.CONTENT_NOTES.get(self.entry.key, ())
        return unique([*(str(note) for note, said in notes.items() if said), *map(str, stated)])

    def _interpreters(self, kind: str, status: str) -> str:
        if stated := tables.INTERPRETERS.get(self.entry.key):
            return stated
        number = self.entry.context.get("interpreter")
        if kind != Kind.HELPLINE or status == Status.DEFUNCT or not number:
            return ""
        return f"Callers can reach it through an interpreter of TIS National: {number}."

    def _costs(self) -> tuple[tuple[CostPart, ...], str]:
        """(prices, cost in words). A grant or a voucher is what someone else pays, and no price."""
        cost, words = self.raw["cost"], tables.COST_WORDS.get(self.entry.key, "")
        if not cost:
            return (), ""
        if cost["type"] == "free":
            return (CostPart(Cost.FREE, Decimal(0), amount_description=words),), ""
        if cost["type"] not in ("sliding", "membership_plus_sliding") or self.entry.key in tables.NOT_A_PRICE:
            return (), words
        price = CostPart(
            Cost.SLIDING_SCALE,
            self._amount("min", cost["min"]),
            self._amount("max", cost["max"]) if cost["min"] is not None else None,
            cost["currency"] or "",
            {"per session": CostUnit.SESSION, "per visit": CostUnit.VISIT}.get(cost["unit"] or "", ""),
            words,
        )
        joining = re.search(r"one-time membership (\d+) ([A-Z]{3})", cost["note"] or "")
        if not joining:
            return (price,), ""
        fee = CostPart(
            Cost.FIXED,
            Decimal(joining.group(1)),
            None,
            joining.group(2),
            CostUnit.ONCE,
            is_joining_fee=True,
        )
        return (price, fee), ""

    def _amount(self, column: str, value: Any) -> Decimal | None:
        return None if value is None else self.cells.read(AmountColumn(), f"cost {column}", str(value), None)


def _street(address: str | None) -> tuple[str, str]:
    """(street, ZIP) of a United States address written on one line."""
    found = re.fullmatch(r"(.+), [^,]+, [A-Z]{2} (\d{5})", address or "")
    return (found.group(1), found.group(2)) if found else (address or "", "")
