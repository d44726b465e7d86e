"""Services that may be one: found by what they share exactly, stored as pairs for a curator to decide."""

from __future__ import annotations

import re
from collections import defaultdict
from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from datetime import datetime
from typing import TypeVar
from urllib.parse import urlsplit
from uuid import UUID

from resources.geo.names import fold
from resources.models import DuplicatePair, Phone, Service, ServiceAtLocation
from resources.models.batches import batches

# What two services can share. The codes are stored.
NAME, PHONE, WEBSITE, ADDRESS = "name", "phone", "website", "address"
# More services than this with one number or page share an organization's: that says nothing of them.
MAX_SHARED = 8

Key = TypeVar("Key")


@dataclass(frozen=True)
class Identity:
    """What tells a service from others: kind, towns, and (reason, value) of each thing it may share."""

    kind: str
    towns: frozenset[str]
    shared: frozenset[tuple[str, str]]


def identity_of(
    *,
    kind: str,
    name: str,
    website: str,
    phones: Iterable[str],
    places: Iterable[tuple[str, str, str]],
) -> Identity:
    """Return the identity of a service. `places` are (street, postal code, town)."""
    places = list(places)
    shared = {(NAME, fold(name))}
    shared |= {(PHONE, digits) for phone in phones if (digits := re.sub(r"\D", "", phone))}
    shared |= {(WEBSITE, page) for page in (_page(website),) if page}
    shared |= {(ADDRESS, f"{fold(street)} {fold(code)}") for street, code, _town in places if street and code}
    return Identity(kind, frozenset(fold(town) for _street, _code, town in places if town), frozenset(shared))


def _page(website: str) -> str:
    parts = urlsplit(website)
    return f"{(parts.hostname or '').removeprefix('www.')}{parts.path.rstrip('/')}?{parts.query}".rstrip("?")


def load_identities(*, without_source: str = "") -> dict[UUID, Identity]:
    """Return the identity of every service, but for those of one source. Three queries."""
    services = Service.objects.exclude(source_records__source__slug=without_source).order_by()
    phones, places = defaultdict(list), defaultdict(list)
    numbers = Phone.objects.filter(service__isnull=False).order_by()
    for pk, international, number in numbers.values_list("service_id", "international", "number"):
        phones[pk].append(international or number)
    rows = ServiceAtLocation.objects.order_by().values_list(
        "service_id", "location__address_1", "location__postal_code", "location__city"
    )
    for pk, *place in rows:
        places[pk].append((place[0], place[1], place[2]))
    return {
        pk: identity_of(kind=kind, name=name, website=url, phones=phones[pk], places=places[pk])
        for pk, kind, name, url in services.values_list("pk", "kind", "name", "url")
    }


def find_duplicates(
    new: Mapping[Key, Identity], known: Mapping[UUID, Identity]
) -> dict[tuple[Key, UUID], list[str]]:
    """Return what each new service shares with each known one: of one kind, and not in two towns."""
    blocks: dict[tuple[str, str], list[UUID]] = defaultdict(list)
    for pk, identity in known.items():
        for thing in identity.shared:
            blocks[thing].append(pk)
    found: dict[tuple[Key, UUID], list[str]] = defaultdict(list)
    for key, identity in new.items():
        for thing in sorted(identity.shared):
            block = blocks.get(thing, ())
            for pk in block if len(block) <= MAX_SHARED else ():
                if _may_be_one(identity, known[pk]):
                    found[key, pk].append(thing[0])
    return dict(found)


def _may_be_one(one: Identity, other: Identity) -> bool:
    elsewhere = one.towns and other.towns and one.towns.isdisjoint(other.towns)
    return one.kind == other.kind and not elsewhere


def store_pairs(pairs: Mapping[tuple[UUID, UUID], list[str]], *, at: datetime) -> None:
    """Store pairs that are not stored yet; what a curator decided of one stays."""
    ids = {pk for pair in pairs for pk in pair}
    here = {
        pk
        for batch in batches(sorted(ids), 500)
        for pk in Service.objects.filter(pk__in=batch).values_list("pk", flat=True)
    }
    DuplicatePair.objects.bulk_create(
        [
            DuplicatePair(first_id=min(pair), second_id=max(pair), reasons=reasons, found_at=at)
            for pair, reasons in pairs.items()
            if here.issuperset(pair)
        ],
        ignore_conflicts=True,
    )
