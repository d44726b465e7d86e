"""A record of a source, read: a small tree that knows nothing of the database.

Parts have the names and meanings of `resources.models`. A `key` is what a part's permanent id is made of, so
it must be the same each time the same thing is read.
"""

from __future__ import annotations

import hashlib
import json
from dataclasses import dataclass, field
from datetime import date
from decimal import Decimal
from typing import Any

from resources.vocabulary import AudienceRule, Fit, PhoneType, Status


@dataclass(frozen=True)
class Refusal:
    """One thing that could not be read: where, which column, the cell as given, and why.

    `reason` goes on from the cell: "'cheap' is not an amount; write a number such as 20".
    """

    where: str
    column: str
    cell: str
    reason: str

    def __str__(self) -> str:
        said = " ".join(
            part for part in (self.column, f"'{self.cell}'" if self.cell else "", self.reason) if part
        )
        return f"{self.where}: {said}."

    def as_json(self) -> dict[str, str]:
        return {"where": self.where, "column": self.column, "cell": self.cell, "reason": self.reason}


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
    """A term of the taxonomy "Topics"."""

    code: str
    name: str


@dataclass(frozen=True)
class ServicePart:
    """One service. `part` tells apart the several services of one record; the first is ""."""

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
    content_notes: tuple[str, ...] = ()
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
    schedules: tuple[str, ...] = ()  # word for word: no dates are claimed
    areas: tuple[AreaPart, ...] = ()


@dataclass(frozen=True)
class Entry:
    """A record before it is read: its key, where it stands in the file, and the words of the source.

    `context` is what the rest of the file says about it and its reading depends on (whether another mobile
    unit of the same organization is listed, say), so that a change there counts as a change here.
    """

    key: str
    where: str
    raw: dict[str, Any]
    context: dict[str, Any] = field(default_factory=dict)

    def digest(self, rules: str) -> str:
        """The SHA-256 of what the source says and of the rules that read it."""
        said = json.dumps([rules, self.raw, self.context], sort_keys=True, separators=(",", ":"))
        return hashlib.sha256(said.encode()).hexdigest()


@dataclass(frozen=True)
class Record:
    """A record read. Without services it is kept as what the source said, and nothing is listed from it:
    `set_aside` says why.
    """

    entry: Entry
    services: tuple[ServicePart, ...] = ()
    refusals: tuple[Refusal, ...] = ()
    source_url: str = ""
    seen_on: date | None = None
    set_aside: str = ""
