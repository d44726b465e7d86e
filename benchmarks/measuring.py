"""Measure response times of one server over one kept-alive connection."""

from __future__ import annotations

import math
from collections.abc import Sequence
from dataclasses import dataclass, field
from http.client import HTTPConnection
from time import perf_counter
from urllib.parse import urlsplit

EMPTY_VIEW = "/healthz"


@dataclass
class Figures:
    """Milliseconds for each question, for the same question answered 304, and for an empty view."""

    questions: list[float] = field(default_factory=list)
    unchanged: list[float] = field(default_factory=list)
    empty: list[float] = field(default_factory=list)
    slowest: tuple[float, str] = (0.0, "")


def measure(url: str, addresses: Sequence[str]) -> Figures:
    """Return the times of each address, of the same address with its ETag, and of an empty view.

    They are requested in turn, so that other load on this machine affects all three alike.
    """
    figures = Figures()
    connection = HTTPConnection(urlsplit(url).netloc, timeout=60)
    for address in addresses:
        milliseconds, tag = _ask(connection, address, 200)
        figures.questions.append(milliseconds)
        figures.slowest = max(figures.slowest, (milliseconds, address))
        figures.empty.append(_ask(connection, EMPTY_VIEW, 200)[0])
        if tag:
            figures.unchanged.append(_ask(connection, address, 304, tag)[0])
    connection.close()
    return figures


def percentile(values: Sequence[float], share: int) -> float:
    """The smallest of `values` that `share` per cent of them do not exceed."""
    return sorted(values)[math.ceil(len(values) * share / 100) - 1]


def _ask(connection: HTTPConnection, address: str, wanted: int, tag: str = "") -> tuple[float, str]:
    """Return (milliseconds to the last byte, ETag). Raises RuntimeError for a status other than `wanted`."""
    headers = {"Accept-Encoding": "gzip"} | ({"If-None-Match": tag} if tag else {})
    start = perf_counter()
    connection.request("GET", address, headers=headers)
    answer = connection.getresponse()
    answer.read()
    milliseconds = (perf_counter() - start) * 1000
    if answer.status != wanted:
        raise RuntimeError(f"{address} was answered {answer.status} and not {wanted}")
    return milliseconds, answer.headers.get("ETag", "")
