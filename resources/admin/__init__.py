"""The curators' door: one file for each record that needs more than a list."""

from resources.admin import (
    accounts,
    contributions,
    location,
    organization,
    place,
    provenance,
    reviewing,
    service,
    site,
    taxonomy,
)

__all__ = [
    "accounts",
    "contributions",
    "location",
    "organization",
    "place",
    "provenance",
    "reviewing",
    "service",
    "site",
    "taxonomy",
]
