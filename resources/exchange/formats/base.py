"""What an export format is: results in, bytes out, never more at once than the piece at hand."""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Mapping
from typing import Any, ClassVar

Result = Mapping[str, Any]  # in the shape of `resources.search.results`, with the addresses of its records

# Where a town's or a postal area's point comes from asks to be named wherever it goes (see NOTICE).
LICENCE = (
    "Points of towns and postal areas: GeoNames, https://www.geonames.org/, CC BY 4.0."
    " The page of each service names its sources and their licences."
)


class Format:
    """`name` is what a parameter calls it, `label` what a person does."""

    name: ClassVar[str]
    label: ClassVar[str]
    media_type: ClassVar[str]
    file_name: ClassVar[str]

    def write(self, results: Iterable[Result], about: Mapping[str, Any]) -> Iterator[bytes]:
        """The file, piece by piece. `about` says what was asked, where the format has room to say so."""
        raise NotImplementedError
