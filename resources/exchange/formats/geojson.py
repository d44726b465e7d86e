"""GeoJSON (RFC 7946) for maps: one feature per result. A result without a point has no geometry."""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Mapping
from typing import Any

import orjson

from resources.exchange.formats.base import LICENCE, Format, Result


class GeoJsonFormat(Format):
    name = "geojson"
    label = "GeoJSON"
    media_type = "application/geo+json"
    file_name = "listings.geojson"

    def write(self, results: Iterable[Result], about: Mapping[str, Any]) -> Iterator[bytes]:
        head = orjson.dumps({"type": "FeatureCollection", "licence": LICENCE, **about})
        yield head[:-1] + b',"features":['
        between = b""
        for result in results:
            yield between + orjson.dumps(to_feature(result))
            between = b","
        yield b"]}"


def to_feature(result: Result) -> dict[str, Any]:
    """Return a result as a GeoJSON feature."""
    return {
        "type": "Feature",
        "id": result["id"],
        "geometry": _geometry(result["location"]),
        "properties": result,
    }


def _geometry(location: Mapping[str, Any] | None) -> dict[str, Any] | None:
    if location is None or location["latitude"] is None or location["longitude"] is None:
        return None
    return {"type": "Point", "coordinates": [location["longitude"], location["latitude"]]}
