"""The plan of an uploaded list as rows for people: what becomes of each record, and which cells are wrong."""

from __future__ import annotations

import hashlib
from collections.abc import Iterable, Iterator, Mapping, Sequence
from itertools import groupby
from typing import Any
from uuid import UUID

from django.utils.text import capfirst
from django.utils.translation import gettext as _

from resources.curation.duplicates import describe_reasons
from resources.exchange.layout import COLUMNS
from resources.exchange.mapping import service_id
from resources.exchange.planning import Plan
from resources.exchange.records import CostPart, Entry, LocationPart, Record, Refusal, ServicePart
from resources.models import PlannedRow, Service, SourceRecord
from resources.models.batches import batches
from resources.vocabulary import Cost, Kind, PlannedOutcome, Status
from resources.wording.prices import money

MAX_SHOWN_CELL = 300  # characters of a cell on the page; the file of refused cells has all of it
HEADINGS = "Headings"  # where refusals of headings are
_LINE = "Line "


def column_label(name: str) -> str:
    """Return a column's name for people: "Postal code"."""
    return capfirst(name.replace("_", " "))


def line_of(where: str) -> int:
    """Return the number of the line that a refusal is about; 0 for none."""
    number = where.removeprefix(_LINE)
    return int(number) if where.startswith(_LINE) and number.isdigit() else 0


def plan_digest(plan: Plan) -> str:
    """Return a digest of what applying the plan would do: the same digest, the same changes."""
    outcomes = (
        ("new", plan.new),
        ("changed", plan.changed),
        ("held", plan.held),
    )
    lines = [
        f"{name} {record.entry.digest(plan.feed.rules)} {record.entry.key}"
        for name, records in outcomes
        for record in records
    ]
    lines += [f"withdrawn {pk}" for pk in plan.withdrawn]
    return hashlib.sha256("\n".join(sorted(lines)).encode()).hexdigest()


def planned_rows(plan: Plan) -> Iterator[PlannedRow]:
    """Yield the rows of a plan, unsaved and without their upload, in the order of the file.

    Withdrawn services come last. A few queries for each 500 changed records.
    """
    names = _names_of_duplicates(plan)
    rows = [
        *_refused_rows(plan),
        *_rows(plan, plan.new, PlannedOutcome.NEW, {}, names),
        *_changed_rows(plan, plan.changed, PlannedOutcome.CHANGED),
        *_changed_rows(plan, plan.held, PlannedOutcome.HELD),
        *(_unchanged_row(plan, entry) for entry in plan.unchanged_entries),
    ]
    yield from sorted(rows, key=lambda row: row.facts["line"])
    for batch in batches(plan.withdrawn, 500):
        for service in Service.objects.filter(pk__in=batch).select_related("organization"):
            yield PlannedRow(
                outcome=PlannedOutcome.WITHDRAWN,
                name=service.name[:255],
                facts={"line": 0, "service": str(service.pk), "organization": service.organization.name},
            )


def publishable(plan: Plan) -> int:
    """Return how many of the new records could be published at once."""
    return sum(
        1
        for record in plan.new
        if record.services and all(service.status == Status.ACTIVE for service in record.services)
    )


def outcome_counts(rows: Iterable[PlannedRow]) -> dict[str, int]:
    """Return the number of rows of each outcome, and of those with refused cells and possible duplicates."""
    counts = dict.fromkeys([*PlannedOutcome.values, "cells", "to_correct", "duplicates"], 0)
    for row in rows:
        counts[row.outcome] += 1
        counts["cells"] += len(row.facts.get("refusals", ()))
        counts["to_correct"] += row.has_refusals
        counts["duplicates"] += row.has_duplicates
    return counts


# ---- rows by outcome


def _refused_rows(plan: Plan) -> Iterator[PlannedRow]:
    """Rows that are no record, by line, and headings that are no column."""
    refusals = sorted(plan.not_records, key=lambda refusal: line_of(refusal.where))
    for where, group in groupby(refusals, key=lambda refusal: refusal.where):
        yield PlannedRow(
            outcome=PlannedOutcome.REFUSED,
            name=_("Headings") if where == HEADINGS else "",
            has_refusals=True,
            facts={
                "line": line_of(where),
                "is_heading": where == HEADINGS,
                "refusals": _refusal_facts(group),
            },
        )


def _rows(
    plan: Plan,
    records: Sequence[Record],
    outcome: PlannedOutcome,
    changes: Mapping[str, list[list[str]]],
    names: Mapping[UUID, list[dict[str, Any]]],
) -> Iterator[PlannedRow]:
    for record in records:
        facts: dict[str, Any] = {
            "line": line_of(record.entry.where),
            "refusals": _refusal_facts(record.refusals),
            "changes": changes.get(record.entry.key, []),
        }
        ids = [service_id(plan.feed, record.entry.key, part.part) for part in record.services]
        duplicates = [fact for pk in ids for fact in names.get(pk, ())]
        if record.services:
            facts |= _service_facts(record.services[0])
        if outcome != PlannedOutcome.NEW and ids:
            facts["service"] = str(ids[0])
        yield PlannedRow(
            outcome=outcome if record.services else PlannedOutcome.REFUSED,
            name=(record.services[0].name if record.services else _raw_name(record.entry))[:255],
            has_refusals=bool(record.refusals or not record.services),
            has_duplicates=bool(duplicates),
            facts={**facts, "duplicates": duplicates},
        )


def _changed_rows(plan: Plan, records: Sequence[Record], outcome: PlannedOutcome) -> Iterator[PlannedRow]:
    for batch in batches(records, 500):
        changes = _changes(plan, batch)
        yield from _rows(plan, batch, outcome, changes, {})


def _unchanged_row(plan: Plan, entry: Entry) -> PlannedRow:
    return PlannedRow(
        outcome=PlannedOutcome.UNCHANGED,
        name=_raw_name(entry)[:255],
        facts={"line": line_of(entry.where), "organization": _first_row(entry.raw).get("organization", "")},
    )


# ---- what is said of a row


def _service_facts(part: ServicePart) -> dict[str, Any]:
    location = part.locations[0] if part.locations else None
    schedules = [*part.schedules, *(location.schedules if location else ())]
    parts = (
        *(_cost_words(cost) for cost in part.costs),
        *(str(schedule.get("description", "")) for schedule in schedules),
        _place_words(location) if location else "",
        *(phone.number for phone in part.phones),
        *(area.name for area in part.areas),
        part.email,
        part.url,
    )
    return {
        "organization": part.organization.name,
        "kind": str(Kind(part.kind).label),
        "facts": [words[:MAX_SHOWN_CELL] for words in parts if words],
        "waits": part.status_reason if part.status != Status.ACTIVE else "",
    }


def _cost_words(cost: CostPart) -> str:
    amounts = [money(amount, cost.currency) for amount in (cost.amount, cost.amount_max) if amount]
    return " ".join([str(Cost(cost.kind).label), "–".join(amounts)]).strip()


def _place_words(location: LocationPart) -> str:
    parts = (location.name, location.address_1, location.city, location.region, location.postal_code)
    return ", ".join(part for part in parts if part)


def _refusal_facts(refusals: Iterable[Refusal]) -> list[dict[str, Any]]:
    return [
        {
            "line": line_of(refusal.where),
            "column": refusal.column,
            "cell": refusal.cell,
            "reason": refusal.reason,
            "taken": refusal.taken,
        }
        for refusal in refusals
    ]


def _changes(plan: Plan, records: Sequence[Record]) -> dict[str, list[list[str]]]:
    """What each record says that an earlier load did not: [column, before, after], by key."""
    keys = [record.entry.key for record in records]
    known = SourceRecord.objects.filter(source__slug=plan.feed.slug, key__in=keys).order_by("-part")
    before = dict(known.values_list("key", "raw"))
    return {
        record.entry.key: _cell_changes(
            before.get(record.entry.key, {}), record.entry.raw, record.entry.changes
        )
        for record in records
    }


def _cell_changes(before: Mapping[str, Any], after: Mapping[str, Any], only: Any) -> list[list[str]]:
    """Of a record named by its id here, `only` these columns differ, and what they were is on its page."""
    changes = []
    for column in COLUMNS:
        old, new = (
            "; ".join(dict.fromkeys(row[column.name] for row in raw.get("rows", ()) if row.get(column.name)))
            for raw in (before, after)
        )
        differs = column.name in only if only is not None else old != new
        if differs:
            old = old if only is None else ""
            changes.append([column.name, old[:MAX_SHOWN_CELL], new[:MAX_SHOWN_CELL]])
    return changes


def _first_row(raw: Mapping[str, Any]) -> Mapping[str, str]:
    rows = raw.get("rows") or [{}]
    return rows[0]  # type: ignore[no-any-return]


def _raw_name(entry: Entry) -> str:
    return str(_first_row(entry.raw).get("service", ""))


def _names_of_duplicates(plan: Plan) -> dict[UUID, list[dict[str, Any]]]:
    """What each new service may be: [{"service", "name", "reasons"}], by the id it would have."""
    names: dict[UUID, str] = {}
    for batch in batches({pair.known for pair in plan.duplicates}, 500):
        services = Service.objects.filter(pk__in=batch).values_list("pk", "name", "organization__name")
        names |= {pk: f"{name}, {organization}" for pk, name, organization in services}
    found: dict[UUID, list[dict[str, Any]]] = {}
    for pair in plan.duplicates:
        reasons = describe_reasons(pair.match.reasons)
        fact = {"service": str(pair.known), "name": names.get(pair.known, ""), "reasons": reasons}
        found.setdefault(pair.new, []).append(fact)
    return found
