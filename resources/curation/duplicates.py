"""Services, and organizations, that may be one: found by what they share, weighed, and stored as pairs.

Comparing everything with everything is out of reach, so that only services in one *block* are compared:
those that share a phone number, a page, an email address, an address, a point or words of a name in one
town. What a block says is weighed in points (`_weigh`); a pair with THRESHOLD points or more may be one.
"""

from __future__ import annotations

import re
from collections import Counter, defaultdict
from collections.abc import Collection, Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime
from itertools import combinations
from math import cos, hypot, radians
from typing import Any, NamedTuple, TypeVar
from urllib.parse import urlsplit
from uuid import UUID

from django.db import models
from django.db.models import Q
from django.utils.translation import gettext_lazy
from rapidfuzz import fuzz

from resources.geo.names import fold
from resources.models import (
    Location,
    Merge,
    Organization,
    OrganizationMerge,
    Phone,
    Service,
    ServiceAtLocation,
    SourceRecord,
)
from resources.models.batches import batches
from resources.models.duplicate import MERGES, PAIRS
from resources.models.web import host_of
from resources.vocabulary import Decision, Precision, Status

# What two services can share. The codes are stored.
NAME, PHONE, WEBSITE, EMAIL, ADDRESS, POINT = "name", "phone", "website", "email", "address", "point"
REASON_LABELS = {
    NAME: gettext_lazy("nearly the same name"),
    PHONE: gettext_lazy("the same phone number"),
    WEBSITE: gettext_lazy("the same web page"),
    EMAIL: gettext_lazy("the same email address"),
    ADDRESS: gettext_lazy("the same address"),
    POINT: gettext_lazy("nearly the same point on the map"),
}
ORGANIZATION = "organization"  # the kind of all organizations
# More services than this with one number, page or name share an organization's: that says nothing of them.
MAX_SHARED = 8
# Larger blocks are skipped: their members are compared where they share something rarer.
MAX_BLOCK = 40
THRESHOLD = 4.5
NAMED_THRESHOLD = 4.0  # for organizations: a rare name that two lists have is one
TYPED_THRESHOLD = 3.0  # for someone who types, and has told little yet: one name is enough
# Points of a shared thing by how few services have it, and of names by their likeness (0 to 100).
_RARE, _SHARED = 3, MAX_SHARED
_NAME_POINTS = ((97, 3.0), (88, 2.5), (78, 2.0), (65, 1.0), (45, 0.0), (0, -1.0))
_SAME_NAME = 97
_LIKE_NAME = 88
_ALIKE_NAME = 78  # named as a reason
# One list, or one organization, names its services apart: a name that differs there means something.
_LISTED_APART = -2.0
# "Unit 1" and "Unit 2", "East" and "West", "Dental Clinic" and "Clinic" are two.
_NAMED_APART = -2.5
_NUMBER = re.compile(r"[a-z]?\d+[a-z]?|[a-z]|i{2,3}|iv|vi{0,3}")
_TELLING_WORDS = frozenset(
    {
        *("north", "south", "east", "west", "upper", "lower", "annex", "main", "mobile", "van", "dental"),
        *("pediatric", "pediatrics", "pharmacy", "behavioral", "specialty", "vision", "optometry", "women"),
        *("womens", "men", "mens", "dads", "fathers", "kids", "children", "childrens", "teens", "siblings"),
        *("elementary", "middle", "high", "administration", "admin", "homeless", "online", "virtual"),
        *("stillbirth", "miscarriage", "ectopic", "molar", "pregnant", "partners", "grandparents"),
    }
)
NEAR_METERS = 150
_METERS_PER_DEGREE = 111_320
# Pairs stored for one service at most, the likeliest: nobody reads more.
MAX_PAIRS_PER_SERVICE = 20

Key = TypeVar("Key")

_STREET_WORDS = {
    "street": "st",
    "avenue": "ave",
    "av": "ave",
    "road": "rd",
    "boulevard": "blvd",
    "drive": "dr",
    "lane": "ln",
    "highway": "hwy",
    "parkway": "pkwy",
    "place": "pl",
    "court": "ct",
    "square": "sq",
    "north": "n",
    "south": "s",
    "east": "e",
    "west": "w",
    "northeast": "ne",
    "northwest": "nw",
    "southeast": "se",
    "southwest": "sw",
    "terrace": "ter",
    "circle": "cir",
    "first": "1st",
    "second": "2nd",
    "third": "3rd",
    "fourth": "4th",
    "fifth": "5th",
}
_UNIT = re.compile(
    r"\b(?:suite|ste|unit|floor|fl|room|rm|apartment|apt|bldg|building|level|dept|po box)\b.*$"
)
# In a name: "Family Clinic (Suite 230)" and "(Suite 240)" are one, "Mobile Unit 1" and "Mobile Unit 2" two.
_UNIT_IN_NAME = re.compile(r"\b(?:suite|ste|floor|fl|room|rm|apartment|apt|bldg|building) \w+")
# Words that many names have, which therefore make poor blocks.
_COMMON_WORDS = frozenset(
    {
        *("and", "for", "the", "with", "from", "after", "group", "groups", "support", "center", "centre"),
        *("health", "clinic", "community", "medical", "services", "service", "care", "loss", "pregnancy"),
        *("mental", "team", "ceremony", "remembrance", "perinatal", "miscarriage", "stillbirth", "of", "in"),
        *("grief", "bereavement", "family", "counseling", "counselling", "school", "county", "site", "line"),
    }
)


class Address(NamedTuple):
    """A street as it is compared: its house number, its words without unit, and postal code."""

    number: str
    street: str
    code: str


@dataclass(frozen=True, slots=True)
class Identity:
    """What tells a service from others, folded. `owner` is the id of its organization, "" if it is new.

    An organization has one too, of the kind ORGANIZATION and without an owner: its places are its services'.

    `points` are degrees, exact ones only. `sources` are the lists it came from: one list tells its own rows
    apart. `is_shown` is True if visitors see it.
    """

    kind: str
    names: tuple[str, ...]
    owner: str
    phones: frozenset[str]
    pages: frozenset[str]
    emails: frozenset[str]
    towns: frozenset[str]
    addresses: tuple[Address, ...]
    points: tuple[tuple[float, float], ...]
    sources: frozenset[str]
    is_shown: bool = True

    def shared(self) -> Iterator[tuple[str, str]]:
        """Yield (reason, value) of everything that another service may have exactly."""
        yield from ((NAME, name) for name in self.names)
        yield from ((PHONE, phone) for phone in self.phones)
        yield from ((WEBSITE, page) for page in self.pages)
        yield from ((EMAIL, email) for email in self.emails)

    def blocks(self) -> Iterator[tuple[str, ...]]:
        """Yield the keys of the blocks it belongs to."""
        yield from self.shared()
        for address in self.addresses:
            yield ADDRESS, address.number, address.code
        for latitude, longitude in self.points:
            yield POINT, f"{latitude:.3f}", f"{longitude:.3f}"
            yield POINT, f"{latitude + 0.0005:.3f}", f"{longitude + 0.0005:.3f}", "shifted"
        words = {word[:5] for name in self.names for word in name.split() if len(word) > 2} - _COMMON_PREFIXES
        for town in self.towns:
            yield from (("town", self.kind, town, word) for word in words)
        if not self.towns:
            yield from (("words", self.kind, *pair) for pair in combinations(sorted(words)[:6], 2))


_COMMON_PREFIXES = frozenset(word[:5] for word in _COMMON_WORDS)


class Match(NamedTuple):
    """What two services share, as the codes above, and how likely they are one: 1 to 99."""

    reasons: tuple[str, ...]
    score: int


def identity_of(
    *,
    kind: str,
    name: str,
    website: str,
    phones: Iterable[str],
    places: Iterable[tuple[str, str, str]],
    other_name: str = "",
    email: str = "",
    owner: str = "",
    points: Iterable[tuple[float, float]] = (),
    sources: Iterable[str] = (),
    is_shown: bool = True,
) -> Identity:
    """Return the identity of a service.

    `places` are (street, postal code, town), `points` are exact degrees.
    """
    places = list(places)
    page = _page(website)
    return Identity(
        kind=kind,
        names=tuple(dict.fromkeys(folded for text in (name, other_name) if (folded := fold(text)))),
        owner=owner,
        phones=frozenset(digits for phone in phones if (digits := re.sub(r"\D", "", phone))),
        pages=frozenset((page,) if page else ()),
        emails=frozenset((email.casefold(),) if email else ()),
        towns=frozenset(folded for *_rest, town in places if (folded := fold(town))),
        addresses=tuple(_address(street, code) for street, code, _town in places if street and code),
        points=tuple(points),
        sources=frozenset(sources),
        is_shown=is_shown,
    )


def describe_reasons(reasons: Iterable[str]) -> list[str]:
    """Return what two services share, in words."""
    return [str(REASON_LABELS.get(reason, reason)) for reason in reasons]


def _page(website: str) -> str:
    host = host_of(website)
    if not host:
        return ""
    parts = urlsplit(website)
    return f"{host}{parts.path.rstrip('/')}?{parts.query}".rstrip("?")


def _address(street: str, code: str) -> Address:
    words = _UNIT.sub("", fold(street.partition("#")[0])).split()
    number = next((word for word in words if word[0].isdigit()), "")
    plain = " ".join(_STREET_WORDS.get(word, word) for word in words if word != number)
    return Address(number, plain, fold(code).split(" ")[0] if code[:1].isdigit() else fold(code))


# ---- reading


def load_identities(*, without_source: str = "", ids: Collection[UUID] | None = None) -> dict[UUID, Identity]:
    """Return the identity of each service that is not merged into another.

    All of them, or those of `ids`; without those of one source. Four queries.
    """
    services = Service.objects.exclude(pk__in=Merge.objects.standing().values("merged")).order_by()
    services = services.exclude(source_records__source__slug=without_source) if without_source else services
    among = Q() if ids is None else Q(service__in=list(ids))
    services = services if ids is None else services.filter(pk__in=list(ids))
    phones, places, points, sources = _load_related(among)
    columns = ("pk", "kind", "name", "alternate_name", "url", "email", "organization_id", "status")
    return {
        pk: identity_of(
            kind=kind,
            name=name,
            other_name=other_name,
            website=url,
            email=email,
            owner=str(owner),
            phones=phones.get(pk, ()),
            places=places.get(pk, ()),
            points=points.get(pk, ()),
            sources=sources.get(pk, ()),
            is_shown=status == Status.ACTIVE,
        )
        for pk, kind, name, other_name, url, email, owner, status in services.values_list(*columns).iterator(
            5000
        )
    }


def _load_related(among: Q) -> tuple[dict[UUID, list[Any]], ...]:
    """Return phones, places, exact points and sources by service."""
    phones: dict[UUID, list[Any]] = defaultdict(list)
    places: dict[UUID, list[Any]] = defaultdict(list)
    points: dict[UUID, list[Any]] = defaultdict(list)
    sources: dict[UUID, list[Any]] = defaultdict(list)
    numbers = Phone.objects.filter(among, service__isnull=False).order_by()
    for pk, international, number in numbers.values_list("service_id", "international", "number"):
        phones[pk].append(international or number)
    columns = ("address_1", "postal_code", "city", "latitude", "longitude", "precision")
    rows = ServiceAtLocation.objects.filter(among).order_by()
    for pk, *place, latitude, longitude, precision in rows.values_list(
        "service_id", *(f"location__{column}" for column in columns)
    ):
        places[pk].append(tuple(place))
        if precision == Precision.EXACT:
            points[pk].append((latitude, longitude))
    records = SourceRecord.objects.filter(among, service__isnull=False).order_by()
    for pk, slug in records.values_list("service_id", "source__slug"):
        sources[pk].append(slug)
    return phones, places, points, sources


def load_organizations() -> dict[UUID, Identity]:
    """Return the identity of each organization that is not merged into another. Five queries."""
    phones: dict[UUID, list[Any]] = defaultdict(list)
    places: dict[UUID, set[Any]] = defaultdict(set)
    sources: dict[UUID, set[str]] = defaultdict(set)
    numbers = Phone.objects.filter(organization__isnull=False).order_by()
    for pk, international, number in numbers.values_list("organization_id", "international", "number"):
        phones[pk].append(international or number)
    parts = ("address_1", "postal_code", "city")
    rows = ServiceAtLocation.objects.order_by()
    for pk, *place in rows.values_list("service__organization_id", *(f"location__{part}" for part in parts)):
        places[pk].add(tuple(place))
    records = SourceRecord.objects.filter(organization__isnull=False).order_by()
    for pk, slug in records.values_list("organization_id", "source__slug").distinct():
        sources[pk].add(slug)
    shown = set(Service.objects.published().order_by().values_list("organization_id", flat=True).distinct())
    merged = OrganizationMerge.objects.standing().values("merged")
    organizations = Organization.objects.exclude(pk__in=merged).order_by()
    columns = ("pk", "name", "alternate_name", "website", "email")
    return {
        pk: identity_of(
            kind=ORGANIZATION,
            name=name,
            other_name=other_name,
            website=website,
            email=email,
            phones=phones.get(pk, ()),
            places=places.get(pk, ()),
            sources=sources.get(pk, ()),
            is_shown=pk in shown,
        )
        for pk, name, other_name, website, email in organizations.values_list(*columns).iterator(5000)
    }


def likely_services(identity: Identity, *, limit: int = 200) -> list[UUID]:
    """Return ids of services that may be the one with this identity, for someone who is typing.

    Three queries.
    """
    words = sorted({word for name in identity.names for word in name.split()}, key=len, reverse=True)
    rare = [word for word in words if word not in _COMMON_WORDS and len(word) > 3][:2]
    by_name = Q()
    for word in rare or words[:1]:
        by_name &= Q(name__icontains=word)
    lookups: list[models.QuerySet[Any]] = []
    if by_name:
        lookups.append(Service.objects.filter(by_name).order_by().values_list("pk", flat=True))
    if identity.pages:
        host = min(identity.pages).partition("/")[0].partition("?")[0]
        lookups.append(Service.objects.filter(url__icontains=host).order_by().values_list("pk", flat=True))
    if identity.phones:
        numbers = [f"+{phone}" for phone in identity.phones] + list(identity.phones)
        phones = Phone.objects.filter(international__in=numbers, service__isnull=False)
        lookups.append(phones.order_by().values_list("service_id", flat=True))
    return list({pk: None for lookup in lookups for pk in lookup[:limit]})


# ---- comparing


def find_duplicates(
    new: Mapping[Key, Identity], known: Mapping[UUID, Identity], *, least: float = THRESHOLD
) -> dict[tuple[Key, UUID], Match]:
    """Return what each new service shares with each known one that may be the same, by `least` points."""
    counts = Counter(thing for identity in known.values() for thing in set(identity.shared()))
    blocks: dict[tuple[str, ...], list[UUID]] = defaultdict(list)
    wanted = {key for identity in new.values() for key in identity.blocks()}
    for pk, identity in known.items():
        for block in wanted.intersection(identity.blocks()):
            blocks[block].append(pk)
    found: dict[tuple[Key, UUID], Match] = {}
    for key, identity in new.items():
        others = {
            pk
            for block in identity.blocks()
            if len(members := blocks.get(block, ())) <= MAX_BLOCK
            for pk in members
        }
        for pk in sorted(others):
            if match := _compare(identity, known[pk], counts, least):
                found[key, pk] = match
    return found


def find_pairs(known: Mapping[UUID, Identity], *, least: float = THRESHOLD) -> dict[tuple[UUID, UUID], Match]:
    """Return the pairs among these services that may be one by `least` points, the likeliest first.

    Left out are pairs that visitors do not meet. At most MAX_PAIRS_PER_SERVICE for each service, so that
    ten thousand copies of one record do not make fifty million pairs.
    """
    ids = list(known)
    identities = [known[pk] for pk in ids]
    counts = Counter(thing for identity in identities for thing in set(identity.shared()))
    matches = [
        (one, other, match)
        for one, other in _candidates(identities)
        if _are_met(identities[one], identities[other])
        and (match := _compare(identities[one], identities[other], counts, least))
    ]
    matches.sort(key=lambda pair: (-pair[2].score, pair[0], pair[1]))
    taken: Counter[int] = Counter()
    found = {}
    for one, other, match in matches:
        if max(taken[one], taken[other]) < MAX_PAIRS_PER_SERVICE:
            taken.update((one, other))
            found[ids[one], ids[other]] = match
    return found


def _candidates(identities: Sequence[Identity]) -> Iterator[tuple[int, int]]:
    """Yield the pairs (as positions) that share a block, each once.

    Of a block that is too large each member is compared with the next few in the order of their names:
    copies of one record then still meet.
    """
    blocks: dict[int, list[int]] = defaultdict(list)
    for position, identity in enumerate(identities):
        for block in set(identity.blocks()):
            # The hash in place of the key: half the memory. Two keys with one hash cost a comparison too
            # many.
            blocks[hash(block)].append(position)
    number, seen = len(identities), set()
    for members in blocks.values():
        pairs: Iterable[tuple[int, int]]
        if len(members) <= MAX_BLOCK:
            pairs = combinations(members, 2)
        else:
            pairs = _neighbors(sorted(members, key=lambda position: identities[position].names))
        for one, other in pairs:
            one, other = sorted((one, other))
            if identities[one].kind == identities[other].kind and (code := one * number + other) not in seen:
                seen.add(code)
                yield one, other


def _are_met(one: Identity, other: Identity) -> bool:
    """Return True if one of the two is shown, and the other too where both are rows of one list.

    What the rules for a list set aside beside another of its rows is decided already.
    """
    return (one.is_shown and other.is_shown) or (
        (one.is_shown or other.is_shown) and one.sources.isdisjoint(other.sources)
    )


_NEIGHBORS = 3


def _neighbors(members: Sequence[int]) -> Iterator[tuple[int, int]]:
    for step in range(1, _NEIGHBORS + 1):
        yield from zip(members, members[step:], strict=False)


def _compare(
    one: Identity, other: Identity, counts: Mapping[tuple[str, str], int], least: float = THRESHOLD
) -> Match | None:
    """Return what two services share; None if they are hardly one."""
    if one.kind != other.kind:
        return None
    likeness = max((_name_likeness(a, b) for a in one.names for b in other.names), default=0.0)
    if _are_branches(one, other, likeness) or _are_two_rows(one, other, likeness):
        return None
    points, reasons = _weigh(one, other, likeness, counts)
    if points < least:
        return None
    return Match(tuple(reasons), min(99, round(100 * points / (THRESHOLD * 2.5))))


def _name_likeness(one: str, other: str) -> float:
    """Return how alike two folded names are, 0 to 100.

    A name that is part of a longer one counts for less.
    """
    whole = fuzz.token_sort_ratio(one, other)
    if min(one.count(" "), other.count(" ")) < 1:
        return whole
    return max(whole, 0.85 * fuzz.token_set_ratio(one, other))


def _are_branches(one: Identity, other: Identity, likeness: float) -> bool:
    """Return True for two services in different towns that one organization or list names apart.

    Also for one of a town and one of no town: an organization's line and its group, named differently.
    """
    if one.towns and other.towns:
        is_apart = one.towns.isdisjoint(other.towns)
        return is_apart and (_are_listed_together(one, other) or likeness < _LIKE_NAME)
    return one.towns != other.towns and likeness < _SAME_NAME and _are_listed_together(one, other)


def _are_two_rows(one: Identity, other: Identity, likeness: float) -> bool:
    """Return True for two rows that one list tells apart: by a word or number of the name, or by the house.

    Next door only one name makes them one. Read in the shipped catalog: the other pairs are nearly all mobile
    units, branches and programs.
    """
    if one.sources.isdisjoint(other.sources):
        return False
    if one.names and other.names and _telling_words(one.names[0]) != _telling_words(other.names[0]):
        return True
    _points, place = _weigh_places(one, other)
    if POINT in place:
        return likeness < _SAME_NAME
    return not place and (likeness < _ALIKE_NAME or bool(one.addresses and other.addresses))


def _are_listed_together(one: Identity, other: Identity) -> bool:
    return (one.owner != "" and one.owner == other.owner) or not one.sources.isdisjoint(other.sources)


def _weigh(
    one: Identity, other: Identity, likeness: float, counts: Mapping[tuple[str, str], int]
) -> tuple[float, list[str]]:
    """Return (points, reasons)."""
    place_points, place_reasons = _weigh_places(one, other)
    points, reasons = _weigh_name(one, other, likeness, counts, is_same_place=bool(place_reasons))
    for reason, ours, theirs, weight, conflict in (
        (PHONE, one.phones, other.phones, 3.0, -0.75),
        (WEBSITE, one.pages, other.pages, 2.5, -0.75),
        (EMAIL, one.emails, other.emails, 2.0, -0.25),
    ):
        if common := ours & theirs:
            rarest = min(counts.get((reason, value), 1) for value in common)
            earned = weight if rarest <= _RARE else weight / 2 if rarest <= _SHARED else 0.0
            points += earned
            reasons += [reason] if earned else []
        elif ours and theirs:
            points += conflict
    return points + place_points, [*reasons, *place_reasons]


def _weigh_name(
    one: Identity,
    other: Identity,
    likeness: float,
    counts: Mapping[tuple[str, str], int],
    *,
    is_same_place: bool,
) -> tuple[float, list[str]]:
    """Return (points, reasons). A name that many have says less, except in one place."""
    points = next(points for least, points in _NAME_POINTS if likeness >= least)
    if likeness < _SAME_NAME and _are_listed_together(one, other):
        points += _LISTED_APART
    if one.names and other.names and _telling_words(one.names[0]) != _telling_words(other.names[0]):
        points += _NAMED_APART
    if likeness >= _SAME_NAME:
        number = min(counts.get((NAME, name), 1) for identity in (one, other) for name in identity.names)
        if number <= _RARE and not _is_plain(one):
            points += 1.0
        elif number > _SHARED and not is_same_place:
            points -= 1.5
    return points, [NAME] if likeness >= _ALIKE_NAME else []


def _is_plain(identity: Identity) -> bool:
    """Return True for a name such as "Dallas Health Center": any town may have two."""
    towns = {word for town in identity.towns for word in town.split()}
    return all(word in _COMMON_WORDS or word in towns for word in identity.names[0].split())


def _telling_words(name: str) -> set[str]:
    """Return the words and numbers by which names that are nearly alike mean two services."""
    words = _UNIT_IN_NAME.sub(" ", name).split()
    return {word for word in words if word in _TELLING_WORDS or _NUMBER.fullmatch(word)}


def _weigh_places(one: Identity, other: Identity) -> tuple[float, list[str]]:
    if any(_is_same_address(a, b) for a in one.addresses for b in other.addresses):
        return 2.0, [ADDRESS]
    if any(_meters(a, b) <= NEAR_METERS for a in one.points for b in other.points):
        return 1.5, [POINT]
    if not one.towns or not other.towns:
        return 0.0, []
    if one.towns.isdisjoint(other.towns):
        return -1.5, []
    return (-0.5 if one.addresses and other.addresses else 1.0), []


def same_place(one: Location, other: Location) -> bool:
    """Return True if two locations are one place: the same record, street and postal code, or exact point."""
    if one.pk == other.pk:
        return True
    if one.address_1 and other.address_1 and one.postal_code and other.postal_code:
        return _is_same_address(
            _address(one.address_1, one.postal_code), _address(other.address_1, other.postal_code)
        )
    points = [(row.latitude, row.longitude) for row in (one, other) if row.precision == Precision.EXACT]
    return len(points) == 2 and points[0] == points[1]


def _is_same_address(one: Address, other: Address) -> bool:
    return (
        one.number == other.number
        and one.code == other.code
        and (one.street == other.street or fuzz.ratio(one.street, other.street) >= 90)
    )


def _meters(one: tuple[float, float], other: tuple[float, float]) -> float:
    """Return the distance of two near points, on a plane."""
    north, east = one[0] - other[0], (one[1] - other[1]) * cos(radians(one[0]))
    return hypot(north, east) * _METERS_PER_DEGREE


# ---- storing


def store_pairs(
    pairs: Mapping[tuple[UUID, UUID], Match], *, at: datetime, model: type[models.Model] = Service
) -> int:
    """Store pairs that are not stored yet; what a curator decided of one stays. Return how many are new."""
    ids = {pk for pair in pairs for pk in pair}
    here = {
        pk
        for batch in batches(sorted(ids), 500)
        for pk in model._default_manager.filter(pk__in=batch).values_list("pk", flat=True)
    }
    rows = PAIRS[model].objects
    before = rows.count()
    rows.bulk_create(
        [
            PAIRS[model](
                first_id=min(pair),
                second_id=max(pair),
                reasons=list(match.reasons),
                score=match.score,
                found_at=at,
            )
            for pair, match in pairs.items()
            if here.issuperset(pair)
        ],
        ignore_conflicts=True,
        batch_size=1000,
    )
    return int(rows.count() - before)


def find_and_store(*, at: datetime) -> dict[str, int]:
    """Look through all records and store what may be one. Open pairs that are none any more are removed.

    Return how many pairs are new, by kind of record.
    """
    return {
        "services": _replace_pairs(Service, find_pairs(load_identities()), at=at),
        "organizations": _replace_pairs(
            Organization, find_pairs(load_organizations(), least=NAMED_THRESHOLD), at=at
        ),
    }


def _replace_pairs(
    model: type[models.Model], found: Mapping[tuple[UUID, UUID], Match], *, at: datetime
) -> int:
    pairs = {(min(pair), max(pair)): match for pair, match in found.items()}
    gone = [
        pk
        for pk, *pair in open_pairs(model).values_list("pk", "first_id", "second_id")
        if (min(pair), max(pair)) not in pairs
    ]
    for batch in batches(gone, 500):
        PAIRS[model].objects.filter(pk__in=batch).delete()
    return store_pairs(pairs, at=at, model=model)


def open_pairs(model: type[models.Model] = Service) -> models.QuerySet[Any]:
    """Return the pairs that nobody has decided about, the likeliest first."""
    merged = MERGES[model].objects.standing().values("merged")
    pairs: models.QuerySet[Any] = PAIRS[model].objects.filter(decision=Decision.OPEN)
    return pairs.exclude(Q(first__in=merged) | Q(second__in=merged)).order_by("-score", "pk")
