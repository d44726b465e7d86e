"""By which values of which facet a listing is found."""

from __future__ import annotations

from collections.abc import Callable, Iterable, Mapping, Sequence

from resources.vocabulary import (
    COUNTRIES,
    LANGUAGES,
    PARENTS,
    Access,
    AccessFeature,
    Audience,
    ContentNote,
    Cost,
    Fit,
    Format,
    Kind,
    LedBy,
    Loss,
    Payment,
)
from tests.reference.records import Entry


def with_kin(stated: Iterable[str]) -> set[str]:
    """The values that find what states these: themselves, their parents and their children."""
    values = set(map(str, stated))
    parents = {str(PARENTS[value]) for value in values if value in PARENTS}
    return values | parents | {str(child) for child, parent in PARENTS.items() if parent in values}


def _losses(entry: Entry) -> set[str]:
    """Who welcomes any loss is found by each, and who names some is found by "any loss"."""
    stated = entry.service.losses
    if Loss.ANY_LOSS in stated:
        return set(Loss.values)
    return with_kin(stated) | ({Loss.ANY_LOSS} if stated else set())


def _leaders(entry: Entry) -> set[str]:
    stated = set(map(str, entry.service.led_by))
    return stated | ({LedBy.PEER, LedBy.PROFESSIONAL} if LedBy.BOTH in stated else set())


def _languages(entry: Entry) -> set[str]:
    """French finds Canadian French and the other way round; a language not in the list is never found."""
    spoken = entry.languages & set(LANGUAGES)
    return {
        code
        for code in LANGUAGES
        for language in spoken
        if code == language or code.startswith(f"{language}-") or language.startswith(f"{code}-")
    }


def _faith(entry: Entry) -> set[str]:
    known = {"faith_based": entry.service.content_notes, "not_faith_based": entry.service.content_clear}
    return {value for value, stated in known.items() if ContentNote.FAITH_BASED in stated}


def _countries(entry: Entry) -> set[str]:
    """Where it is and what it serves; the world is every country."""
    if "*" in entry.areas:
        return set(COUNTRIES)
    at = {entry.place.location.country} if entry.place else set()
    return (at | {area[:2] for area in entry.areas}) & set(COUNTRIES)


def _clear(entry: Entry) -> set[str]:
    """Known not to be mentioned; what is mentioned all the same is not."""
    return set(map(str, entry.service.content_clear)) - set(map(str, entry.service.content_notes))


# Each facet: its values, and which of them a listing states. Several are OR; of `avoid` they are AND.
FACETS: Mapping[str, tuple[Sequence[str], Callable[[Entry], Iterable[str]]]] = {
    "kind": (Kind.values, lambda entry: {entry.service.kind}),
    "cost": (Cost.values, lambda entry: entry.costs),
    "payment": (Payment.values, lambda entry: set(map(str, entry.service.payments))),
    "format": (Format.values, lambda entry: with_kin(entry.service.formats)),
    "loss": (Loss.values, _losses),
    "audience": (Audience.values, lambda entry: with_kin(entry.audiences)),
    "led_by": (LedBy.values, _leaders),
    "access": (Access.values, lambda entry: set(map(str, entry.service.access))),
    "fit": (Fit.values, lambda entry: {entry.service.fit}),
    "language": (tuple(LANGUAGES), _languages),
    "faith": (("faith_based", "not_faith_based"), _faith),
    "accessibility": (AccessFeature.values, lambda entry: entry.features),
    "country": (tuple(COUNTRIES), _countries),
    "avoid": (ContentNote.values, _clear),
}
# What has to be asked for, by facet: any of these values opens it.
OPENED_BY: Mapping[str, set[str]] = {
    "kind": {Kind.CRISIS_LINE},
    "loss": {Loss.ABORTION, Loss.TFMR},
    "audience": {Audience.PROFESSIONALS},
}
