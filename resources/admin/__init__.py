"""The curators' door: one file for each record that needs more than a list."""

from resources.admin import location, organization, place, provenance, service, site, taxonomy

__all__ = ["location", "organization", "place", "provenance", "service", "site", "taxonomy"]
