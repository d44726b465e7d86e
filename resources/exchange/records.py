"""Records of a source after reading: small trees that are independent of the database.

Parts have the names and meanings of `resources.models`. The permanent id of a part is made from its `key`, so
the key must be the same each time the same thing is read.
"""

from __future__ import annotations

import hashlib
import json
from dataclasses import dataclass, field
from datetime import date
from decimal import Decimal
from typing import Any

from resources.vocabulary import AudienceRule, Fit, PhoneType, Status

# The columns of a Schedule that are set. With only a description it is words, and claims no dates.
ScheduleValues = dict[str, Any]


@dataclass(frozen=True)
class Refusal:
    """A cell or row that could not be read: where, which column, the cell as given, and why.

    `reason` continues from the cell: "'cheap' is not an amount; use a number such as 20".
    """

    where: str
    column: str
    cell: str
    reason: str
    taken: str = ""  # the value that was read all the same, where there is one
    of_row: bool = False  # the whole row was left out

    def __str__(self) -> str:
        sentence = " ".join(
            part for part in (self.column, f"'{self.cell}'" if self.cell else "", self.reason) if part
        )
        return f"{self.where}: {sentence}{f'; read as {self.taken}' if self.taken else ''}."

    def as_json(self) -> dict[str, str]:
        values = {"where": self.where, "column": self.column, "cell": self.cell, "reason": self.reason}
        return {**values, "taken": self.taken} if self.taken else values


@dataclass(frozen=True)
class OrganizationPart:
    key: str
    name: str
    website: str = ""
    operator_stated: bool = True
    identifiers: tuple[tuple[str, str, str], ...] = ()  # scheme, type, identifier


@dataclass(frozen=True)
class LocationPart:
    key: str
    name: str = ""
    address_1: str = ""
    city: str = ""
    region: str = ""
    postal_code: str = ""
    country: str = ""
    latitude: float | None = None
    longitude: float | None = None
    precision: str = ""
    schedules: tuple[ScheduleValues, ...] = ()  # of the service there
    accessibility: tuple[tuple[str, str], ...] = ()  # (AccessFeature or "", in words)


@dataclass(frozen=True)
class PhonePart:
    number: str
    international: str = ""
    extension: str = ""
    type: str = PhoneType.VOICE
    country: str = ""
    description: str = ""


@dataclass(frozen=True)
class CostPart:
    kind: str
    amount: Decimal | None = None
    amount_max: Decimal | None = None
    currency: str = ""
    unit: str = ""
    amount_description: str = ""
    is_joining_fee: bool = False


@dataclass(frozen=True)
class AreaPart:
    name: str
    extent: str
    area: str


@dataclass(frozen=True)
class AudiencePart:
    audience: str
    rule: str = AudienceRule.OPEN


@dataclass(frozen=True)
class TopicPart:
    """A term of a taxonomy."""

    code: str
    name: str
    taxonomy: str = "Topics"


@dataclass(frozen=True)
class ServicePart:
    """One service. `part` distinguishes the services of one record; it is "" for the first."""

    organization: OrganizationPart
    name: str
    kind: str
    part: str = ""
    fit: str = Fit.GENERAL
    status: str = Status.INACTIVE
    status_reason: str = ""
    description: str = ""
    url: str = ""
    email: str = ""
    formats: tuple[str, ...] = ()
    losses: tuple[str, ...] = ()
    led_by: tuple[str, ...] = ()
    access: tuple[str, ...] = ()
    payments: tuple[str, ...] = ()
    open_to: tuple[str, ...] = ()
    content_notes: tuple[str, ...] = ()
    content_clear: tuple[str, ...] = ()
    assured_date: date | None = None
    fees_description: str = ""
    fee_rule: str = ""
    interpretation_services: str = ""
    eligibility_description: str = ""
    audiences: tuple[AudiencePart, ...] = ()
    topics: tuple[TopicPart, ...] = ()
    locations: tuple[LocationPart, ...] = ()
    phones: tuple[PhonePart, ...] = ()
    costs: tuple[CostPart, ...] = ()
    languages: tuple[str, ...] = ()
    schedules: tuple[ScheduleValues, ...] = ()
    areas: tuple[AreaPart, ...] = ()


@dataclass(frozen=True)
class Entry:
    """A record before it is read: its key, its position in the file, and the raw values of the source.

    `context` holds facts from the rest of the file that its reading depends on (such as whether another
    mobile unit of the same organization is listed), so that a change there counts as a change of this record.
    `left_out` is why the record is not imported at all, by the rules of its source; "" if it is.
    """

    key: str
    where: str
    raw: dict[str, Any]
    context: dict[str, Any] = field(default_factory=dict)
    changes: frozenset[str] | None = None  # of a record given by its id here: the columns that differ
    left_out: str = ""

    def digest(self, rules: str) -> str:
        """Return the SHA-256 of the raw values and of the version of the rules that read them."""
        content = json.dumps([rules, self.raw, self.context], sort_keys=True, separators=(",", ":"))
        return hashlib.sha256(content.encode()).hexdigest()


@dataclass(frozen=True)
class Record:
    """A record after reading.

    If it has no services, only its raw values are stored and nothing is listed: `not_imported_reason` says
    why.
    """

    entry: Entry
    services: tuple[ServicePart, ...] = ()
    refusals: tuple[Refusal, ...] = ()
    source_url: str = ""
    seen_on: date | None = None
    not_imported_reason: str = ""
