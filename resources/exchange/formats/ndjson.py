"""Newline-delimited JSON: one result per line, so that a client can read them one at a time."""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Mapping
from typing import Any

import orjson

from resources.exchange.formats.base import Format, Result, departures_of


class NdjsonFormat(Format):
    name = "ndjson"
    label = "Newline-delimited JSON"
    media_type = "application/x-ndjson"
    file_name = "listings.ndjson"

    def write(self, results: Iterable[Result], about: Mapping[str, Any]) -> Iterator[bytes]:
        for result in results:
            said = {**result, **departures_of(about)}
            yield orjson.dumps(said, option=orjson.OPT_APPEND_NEWLINE)
