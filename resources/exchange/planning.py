"""Compare a file with the database before anything is changed. A plan writes nothing."""

from __future__ import annotations

from collections import Counter
from collections.abc import Collection, Iterable, Mapping
from dataclasses import dataclass, field, replace
from itertools import chain
from uuid import UUID

from django.db.models import F

from resources.curation.duplicates import Match, find_duplicates, identity_of, load_identities
from resources.exchange.layout import field_of_column
from resources.exchange.mapping import service_id
from resources.exchange.reading import SourceFile
from resources.exchange.records import Entry, Record, Refusal
from resources.exchange.sources.base import Feed
from resources.models import Service, SourceRecord
from resources.models.batches import batches
from resources.vocabulary import COUNTRIES, Status

NO_LONGER_IN_SOURCE = "no longer in the source"
OTHER_COUNTRY = "of a country that this site does not list"
MAX_PRINTED_ERRORS = 3  # refusals in `str(plan)`; all of them are in `Plan.refusals`


@dataclass(frozen=True)
class PossibleDuplicate:
    """A new service, by the id it will have, that shares something with one that is here already."""

    new: UUID
    known: UUID
    match: Match


@dataclass(frozen=True)
class Plan:
    """The differences between a file and the last import of its source.

    `held`: changed records whose service a curator has edited or checked since the last import. Their new
    text is stored, and the service is left unchanged. `missing`: number of records of an earlier import that
    this file lacks. They are left unchanged, because the file may be only a part, unless it is said to be the
    whole list (`is_whole_list`): then `withdrawn` are the services of those that no curator has edited. Where
    a row could not be read, nobody knows what the file lacks, and nothing is withdrawn. `left_out`: number of
    records that are not imported, by reason, the most frequent first. `now_left_out`: the reason by key of
    those that an earlier import listed and no curator has edited since: their services are withdrawn too.
    """

    feed: Feed
    file_name: str
    file_digest: str
    new: tuple[Record, ...]
    changed: tuple[Record, ...]
    held: tuple[Record, ...]
    unchanged_entries: tuple[Entry, ...]
    missing: int
    not_records: tuple[Refusal, ...]
    duplicates: tuple[PossibleDuplicate, ...] = ()
    is_whole_list: bool = False
    withdrawn: tuple[UUID, ...] = ()
    left_out: Mapping[str, int] = field(default_factory=dict)
    now_left_out: Mapping[str, str] = field(default_factory=dict)
    countries: tuple[str, ...] = tuple(COUNTRIES)

    @property
    def unchanged(self) -> int:
        return len(self.unchanged_entries)

    @property
    def lost_rows(self) -> int:
        """The number of rows that could not be read at all."""
        return sum(1 for refusal in self.not_records if refusal.of_row)

    @property
    def records(self) -> tuple[Record, ...]:
        return self.new + self.changed

    @property
    def refusals(self) -> tuple[Refusal, ...]:
        """Return every cell and row that could not be read, in the order of the plan."""
        return (
            *self.not_records,
            *chain.from_iterable(record.refusals for record in (*self.records, *self.held)),
        )

    def counts(self) -> dict[str, int]:
        """Return the number of records for each outcome, and the number of refusals as "refused"."""
        return {
            "new": len(self.new),
            "changed": len(self.changed),
            "unchanged": self.unchanged,
            "held": len(self.held),
            "missing": self.missing,
            "refused": len(self.refusals),
            "duplicates": len(self.duplicates),
            "withdrawn": len(self.withdrawn),
            "left_out": sum(self.left_out.values()),
            "withdrawn_by_rule": len(self.now_left_out),
        }

    @property
    def summary(self) -> str:
        """Return one sentence: how much is new, changed and refused."""
        count = self.counts()
        parts = [f"{count['new']:,} new", f"{count['changed']:,} changed", f"{count['refused']:,} refused"]
        for name, words in (
            ("unchanged", "unchanged"),
            ("held", "held for a curator"),
            ("missing", "not in this file and left as they are"),
            ("withdrawn", "withdrawn"),
            ("duplicates", "possible duplicates"),
            ("left_out", "left out"),
            ("withdrawn_by_rule", "of these withdrawn"),
        ):
            if count[name]:
                parts.append(f"{count[name]:,} {words}")
        return f"{', '.join(parts)}."

    def __str__(self) -> str:
        more = len(self.refusals) - MAX_PRINTED_ERRORS
        printed = [str(refusal) for refusal in self.refusals[:MAX_PRINTED_ERRORS]] + (
            [f"And {more:,} more."] if more > 0 else []
        )
        return " ".join([self.summary, *printed])


def plan_import(
    feed: Feed,
    file: SourceFile,
    *,
    is_whole_list: bool = False,
    countries: Collection[str] = tuple(COUNTRIES),
) -> Plan:
    """Plan the import of a file: reads the records in it that are new or changed. Two queries.

    `is_whole_list`: services of records that the file no longer has are to be withdrawn. Records that serve
    none of `countries` are left out, and withdrawn if they are here already. Raises FileRefused where it is
    not this source's kind of file.
    """
    entries, not_records = feed.find_entries(file)
    entries, repeated = _without_repeats(entries)
    reasons = {entry.key: reason for entry in entries if (reason := _left_out(feed, entry, countries))}
    kept = [entry for entry in entries if entry.key not in reasons]
    known = _known_digests(feed)
    edited = edited_keys(feed.slug)
    new: list[Record] = []
    changed: list[Record] = []
    held: list[Record] = []
    unchanged: list[Entry] = []
    for entry in kept:
        if entry.changes is not None:
            if entry.changes:
                (held if is_protected(entry) else changed).append(feed.read(entry))
            else:
                unchanged.append(entry)
        elif entry.key not in known:
            new.append(feed.read(entry))
        elif known[entry.key] == {entry.digest(feed.rules)}:
            unchanged.append(entry)
        else:
            (held if entry.key in edited else changed).append(feed.read(entry))
    missing = _missing_keys(feed, known, entries)
    plan = Plan(
        feed=feed,
        file_name=file.name,
        file_digest=file.digest,
        new=tuple(new),
        changed=tuple(changed),
        held=tuple(held),
        unchanged_entries=tuple(unchanged),
        missing=len(missing),
        not_records=(*not_records, *repeated),
        duplicates=_possible_duplicates(feed, new),
        is_whole_list=is_whole_list,
        left_out=dict(Counter(reasons.values()).most_common()),
        now_left_out=_now_left_out(feed, reasons, edited),
        countries=tuple(sorted(countries)),
    )
    if not is_whole_list or plan.lost_rows:
        return plan
    withdrawn = shown_services(feed.slug, missing - edited)
    return replace(plan, withdrawn=tuple(withdrawn), missing=len(missing) - len(withdrawn))


def _missing_keys(feed: Feed, known: Collection[str], entries: Iterable[Entry]) -> set[str]:
    """Return the keys of earlier records that the file lacks, under their own key and the service's id.

    Records of other lists, which an earlier file named by the service's id, are not this list's to miss.
    """
    keys = {entry.key for entry in entries}
    missing = {key for key in known if key not in keys and feed.record_id(key) is None}
    named = [pk for key in keys if (pk := feed.record_id(key)) is not None]
    for batch in batches(named, 500):
        records = SourceRecord.objects.filter(source__slug=feed.slug, service__in=batch)
        missing.difference_update(records.values_list("key", flat=True))
    return missing


def shown_services(slug: str, keys: Iterable[str]) -> list[UUID]:
    """Return the services of these records of a source that are published, or held until they are."""
    found: set[UUID] = set()
    for batch in batches(sorted(keys), 500):
        records = SourceRecord.objects.filter(source__slug=slug, key__in=batch, service__isnull=False)
        records = records.filter(service__status__in=(Status.ACTIVE, Status.INACTIVE))
        records = records.exclude(service__status_reason=NO_LONGER_IN_SOURCE)
        found.update(pk for pk in records.values_list("service", flat=True) if pk)
    return sorted(found)


def _left_out(feed: Feed, entry: Entry, countries: Collection[str]) -> str:
    """Return why a record is not imported: by its source's rules, or because it is of other countries."""
    if entry.left_out or len(countries) == len(COUNTRIES):
        return entry.left_out
    own = feed.countries_of(entry)
    return OTHER_COUNTRY if own and own.isdisjoint(countries) else ""


def _now_left_out(feed: Feed, reasons: Mapping[str, str], edited: Collection[str]) -> dict[str, str]:
    """Return the reason by key of those left-out records whose services are published, and unedited."""
    if not reasons:
        return {}
    shown = SourceRecord.objects.filter(source__slug=feed.slug, service__status=Status.ACTIVE)
    keys = set(shown.values_list("key", flat=True)) & reasons.keys() - set(edited)
    return {key: reasons[key] for key in sorted(keys)}


def _possible_duplicates(feed: Feed, records: Iterable[Record]) -> tuple[PossibleDuplicate, ...]:
    """What new services share with services of other sources; the rows of one list are told apart by it."""
    new = {
        service_id(feed, record.entry.key, part.part): identity_of(
            kind=part.kind,
            name=part.name,
            website=part.url,
            email=part.email,
            phones=(phone.international or phone.number for phone in part.phones),
            places=((place.address_1, place.postal_code, place.city) for place in part.locations),
        )
        for record in records
        for part in record.services
    }
    known = load_identities(without_source=feed.slug) if new else {}
    return tuple(
        PossibleDuplicate(pk, other, match) for (pk, other), match in find_duplicates(new, known).items()
    )


def is_protected(entry: Entry) -> bool:
    """Return True if a curator set a field that the entry, which names a record by its id, would change."""
    attribution = Service.objects.filter(pk=entry.key).values_list("attribution", flat=True).first() or {}
    by_curators = {name for name, (who, *_when) in attribution.items() if who == "curator"}
    return not by_curators.isdisjoint(field_of_column(name) for name in entry.changes or ())


def edited_keys(slug: str) -> set[str]:
    """Return the keys of a source's records whose service was edited here since the last import."""
    edited = SourceRecord.objects.filter(
        source__slug=slug, service__last_modified__gt=F("last_run__started_at")
    )
    return set(edited.values_list("key", flat=True))


def _known_digests(feed: Feed) -> dict[str, set[str]]:
    known: dict[str, set[str]] = {}
    for key, digest in SourceRecord.objects.filter(source__slug=feed.slug).values_list("key", "digest"):
        known.setdefault(key, set()).add(digest)
    return known


def _without_repeats(entries: Iterable[Entry]) -> tuple[list[Entry], list[Refusal]]:
    first: dict[str, Entry] = {}
    repeated = []
    for entry in entries:
        if entry.key in first:
            reason = f"is the key of {first[entry.key].where} too; only the first is read"
            repeated.append(Refusal(entry.where, "key", entry.key, reason))
        else:
            first[entry.key] = entry
    return list(first.values()), repeated
