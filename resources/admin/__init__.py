"""The curators' interface: one file for each screen."""

from resources.admin import (
    accounts,
    contributions,
    location,
    organization,
    pending_edits,
    place,
    provenance,
    site,
    taxonomy,
)
from resources.admin.service import admin as service

__all__ = [
    "accounts",
    "contributions",
    "location",
    "organization",
    "pending_edits",
    "place",
    "provenance",
    "service",
    "site",
    "taxonomy",
]
