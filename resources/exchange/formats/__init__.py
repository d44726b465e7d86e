"""Export formats of search results: one class per format, in `FORMATS`."""

from __future__ import annotations

from resources.exchange.formats.base import Format
from resources.exchange.formats.csv import CsvFormat
from resources.exchange.formats.geojson import GeoJsonFormat
from resources.exchange.formats.ndjson import NdjsonFormat

__all__ = ["FORMATS", "Format", "format_named"]

FORMATS: tuple[Format, ...] = (CsvFormat(), GeoJsonFormat(), NdjsonFormat())


def format_named(name: str) -> Format | None:
    """Return the format of this name, or None if there is none."""
    return next((export_format for export_format in FORMATS if export_format.name == name), None)
