"""The interface of an export format: it takes results and yields bytes, one piece at a time."""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Mapping
from typing import Any, ClassVar

Result = Mapping[str, Any]  # in the shape of `resources.search.results`, with the addresses of its records

# The source of the points of towns and postal areas asks to be credited in every copy (see NOTICE).
LICENCE = (
    "Points of towns and postal areas: GeoNames, https://www.geonames.org/, CC BY 4.0."
    " The page of each service names its sources and their licenses."
)


def departures_of(about: Mapping[str, Any]) -> dict[str, Any]:
    """Return what `about` says of how the answer departs from the question."""
    return {name: about[name] for name in ("relaxed", "corrected") if name in about}


class Format:
    """An export format. `name` is the parameter's value, `label` is for people."""

    name: ClassVar[str]
    label: ClassVar[str]
    media_type: ClassVar[str]
    file_name: ClassVar[str]

    def write(self, results: Iterable[Result], about: Mapping[str, Any]) -> Iterator[bytes]:
        """Yield the file in pieces. `about` describes the question, for formats that can contain it.

        Every format says what of it was `relaxed` and how its words were `corrected`, beside each result if
        it has no other place.
        """
        raise NotImplementedError
