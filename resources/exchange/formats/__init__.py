"""Answers as files. One format is one class in one list."""

from __future__ import annotations

from resources.exchange.formats.base import Format
from resources.exchange.formats.csv import CsvFormat
from resources.exchange.formats.geojson import GeoJsonFormat
from resources.exchange.formats.ndjson import NdjsonFormat

__all__ = ["FORMATS", "Format", "format_named"]

FORMATS: tuple[Format, ...] = (CsvFormat(), GeoJsonFormat(), NdjsonFormat())


def format_named(name: str) -> Format | None:
    return next((each for each in FORMATS if each.name == name), None)
