"""The sources this directory reads: one class per source, in `FEEDS`."""

from __future__ import annotations

from resources.exchange.sources.base import Feed
from resources.exchange.sources.hrsa import HealthCenters
from resources.exchange.sources.samhsa import MentalHealthClinics
from resources.exchange.sources.shipped import LocalSupport, StarterCatalog
from resources.exchange.sources.spreadsheet import Spreadsheet

FEEDS: tuple[Feed, ...] = (
    *(StarterCatalog(), LocalSupport(), HealthCenters(), MentalHealthClinics()),
    Spreadsheet(),
)


def feed_named(slug: str) -> Feed | None:
    """Return the source with this slug, or None if there is none."""
    return next((feed for feed in FEEDS if feed.slug == slug), None)


__all__ = ["FEEDS", "Feed", "feed_named"]
