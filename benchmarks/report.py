"""From figures to docs/performance.md, its plot and the lines that `make bench` prints."""

from __future__ import annotations

import json
import math
import platform
from collections.abc import Iterator, Mapping, Sequence
from datetime import UTC, datetime
from pathlib import Path
from statistics import median
from typing import Any

ROOT = Path(__file__).resolve().parent.parent
PARTS_OF_PAGE = (
    *("shipped-sqlite", "shipped-postgresql", "made-sqlite", "hundred-sqlite", "hundred-postgresql"),
    *("rebuild-sqlite", "million-sqlite", "million-postgresql"),
)
SIZES = {"shipped": "shipped", "made": "made up", "hundred": "made up, copied", "million": "made up, copied"}

Figures = dict[str, Any]


class Files:
    """What is written: those of the repository, or all in another folder."""

    def __init__(self, folder: Path | None = None) -> None:
        self.figures = (folder or ROOT / "benchmarks") / "figures.json"
        self.page = (folder or ROOT / "docs") / "performance.md"
        self.plot = self.page.with_suffix(".svg")

    def read(self) -> Figures:
        """Return the figures of the last time; empty if there are none."""
        figures: Figures = json.loads(self.figures.read_text()) if self.figures.exists() else {}
        return figures

    def write(self, figures: Figures) -> None:
        """Write the figures, and the page and the plot from them."""
        about = {"date": f"{datetime.now(UTC):%Y-%m-%d}", "python": platform.python_version()}
        figures = {"about": about} | {part: figures[part] for part in PARTS_OF_PAGE if part in figures}
        self.figures.write_text(json.dumps(_rounded(figures), indent=1) + "\n")
        self.page.write_text(_page(figures))
        self.plot.write_text(_plot(figures))


def _rounded(value: Any) -> Any:
    if isinstance(value, float):
        return round(value, 3)
    return {name: _rounded(each) for name, each in value.items()} if isinstance(value, dict) else value


def print_figures(part: str, found: Mapping[str, Any]) -> None:
    for name, value in found.items():
        print(f"  {part} {name}: {json.dumps(_rounded(value))}", flush=True)


def print_bars(figures: Figures) -> None:
    for bar in bars(figures):
        print("  ".join(bar))


# ---- bars


def bars(figures: Figures) -> Iterator[tuple[str, str, str, str]]:
    """Yield what is measured, the bar, the figure, and whether it is met."""
    shipped, hundred = figures.get("shipped-sqlite"), figures.get("hundred-sqlite")
    million, made = figures.get("million-sqlite"), figures.get("made-sqlite")
    for name, found, middle, least in (
        ("shipped catalog", shipped, 15, 8),
        ("100,000 listings", hundred, 25, 10),
    ):
        if found:
            times = [each["usual"] / each["api"] for each in found["shapes"].values()]
            yield _bar(
                f"API question against the usual DRF, {name}: median, least of seven",
                f"{middle}x, {least}x",
                f"{median(times):.0f}x, {min(times):.0f}x",
                median(times) >= middle and min(times) >= least,
            )
    sizes = [("12k", shipped), ("100k", hundred), ("1M", million)]
    yield from _at_sizes(
        "search alone: find, every count, page", sizes, (1, 5, 30), lambda found: _of_seven(found, "search")
    )
    if million:
        yield _at_most("the same at 1M, 95 of 100 questions", 150, million["mixed"]["p95"])
    yield from _at_sizes(
        "common words never asked before, the slowest",
        sizes[:2],
        (10, 30),
        lambda found: max(found["first_words"].values()),
    )
    yield from _at_sizes(
        "the same on PostgreSQL",
        [("12k", figures.get("shipped-postgresql")), ("100k", figures.get("hundred-postgresql"))],
        (10, 30),
        lambda found: max(found["first_words"].values()),
    )
    yield from _at_sizes("results page", sizes[:2], (10, 12), lambda found: _of_seven(found, "page"))
    yield from _at_sizes(
        "results page with checked schedules",
        [("12k", made), ("100k", hundred)],
        (10, 12),
        lambda found: median(found["scheduled"].values()),
    )
    yield from _at_sizes(
        "the next question of a process after an edit, over the usual",
        sizes,
        (3, 10, 20),
        lambda found: found["next"],
    )
    yield from _at_sizes(
        "a save: the listings of its service, within the transaction",
        sizes,
        (50, 50, 50),
        lambda found: found["save"],
    )
    if rates := sorted(_unchanged_rates(figures)):
        shown = f"{median(rates):.2f} ({rates[0]:.2f} to {rates[-1]:.2f} in {len(rates)} runs)"
        yield _bar("a 304 against an empty view, requests a second", "0.7", shown, median(rates) >= 0.7)
    for name, one, other in (
        ("12k", shipped, figures.get("shipped-postgresql")),
        ("100k", hundred, figures.get("hundred-postgresql")),
        ("1M", million, figures.get("million-postgresql")),
    ):
        if one and other:
            ratio = max(
                other["shapes"][shape]["api"] / one["shapes"][shape]["api"] for shape in one["shapes"]
            )
            yield _bar(
                f"PostgreSQL beside SQLite, the worst of seven, {name}", "3x", f"{ratio:.1f}x", ratio <= 3
            )
    if rebuild := figures.get("rebuild-sqlite"):
        seconds = rebuild["seconds"] * 100_000 / rebuild["listings"]
        yield _bar("rebuild of 100,000 shipped-like listings", "60 s", f"{seconds:.0f} s", seconds <= 60)
    yield from _at_sizes(
        "memory of a worker over an idle one, MB",
        [(name, found if found and "memory" in found else None) for name, found in sizes],
        (25, 110, 550),
        lambda found: found["memory"],
        unit="",
    )
    yield from _at_sizes(
        "the same with checked schedules, MB",
        [("12k", made if made and "memory" in made else None)],
        (25,),
        lambda found: found["memory"],
        unit="",
    )


def _unchanged_rates(figures: Figures) -> list[float]:
    served = [found["requests"] for found in figures.values() if "requests" in found]
    return [requests["unchanged"] / requests["empty"] for requests in served]


def _of_seven(found: Any, way: str) -> float:
    return float(median(each[way] for each in found["shapes"].values()))


def _at_sizes(
    what: str, sizes: Sequence[tuple[str, Any]], most: Sequence[float], figure_of: Any, unit: str = " ms"
) -> Iterator[tuple[str, str, str, str]]:
    for (name, found), limit in zip(sizes, most, strict=True):
        if found:
            yield _at_most(f"{what}, {name}", limit, figure_of(found), unit)


def _at_most(what: str, most: float, figure: float, unit: str = " ms") -> tuple[str, str, str, str]:
    shown = f"{figure:.1f}" if figure < 10 else f"{figure:.0f}"
    return _bar(what, f"{most:g}{unit}", f"{shown}{unit}", figure <= most)


def _bar(what: str, bar: str, figure: str, is_met: bool) -> tuple[str, str, str, str]:
    return what, bar, figure, "met" if is_met else "**missed**"


# ---- the page


def _page(figures: Figures) -> str:
    about = figures["about"]
    parts = [
        "# Performance",
        "",
        f"Written by `make bench` and `make bench-full` ({about['date']}, Python {about['python']},"
        " two shared cores). Do not edit it.",
        "",
        INTRODUCTION,
        "",
        "![Processor time of a question by the number of listings](performance.svg)",
        "",
        "## Bars",
        "",
        *_table(("", "bar", "measured", ""), bars(figures)),
    ]
    parts += [
        "",
        BEFORE_WORDS,
        "",
        *_table(("API question of 20 results", "before", "now", ""), _before(figures)),
    ]
    if missing := [part for part in PARTS_OF_PAGE if part not in figures]:
        parts += ["", f"Not measured yet, and so neither met nor missed: {', '.join(missing)}."]
    for part, found in figures.items():
        if "shapes" in found:
            parts += _part(part, found)
    return "\n".join([*parts, ""])


INTRODUCTION = """Milliseconds are processor time in process, medians, warm, the database's server included.
Other work on the same cores makes all of it up to three times longer. So an empty view (`/healthz`) is asked
in turn with everything else, and times are stated as if it had taken 0.2 ms, as while nothing else runs.

- **The usual DRF** is `benchmarks/usual.py`: a viewset of nested ModelSerializers with everything prefetched,
  django-filter, a box of latitude and longitude, `icontains` for words. It answers 20 services over the same
  records; the product answers 20 listings, ranked and counted by section, with distances.
- **Search alone** finds, counts by section and for every value of every facet, and cuts the page.
- **Made up** are 12,500 listings of `benchmarks/making`, a third of which were checked, with dates. Larger
  catalogs are copies of them with other ids, names and points. Of the million only the listings are copied.
- **First asking** is a question of words that the process was not asked before.
- **After an edit**: the next question of a process after a curator saved a service, above the usual."""


# Milliseconds of an API question of 20 results while each was answered by SQL.
BEFORE = {"shipped-sqlite": (33, 84), "hundred-sqlite": (400, 1_700)}
BEFORE_WORDS = """**Before** is what the same questions took while SQL answered them, measured once
on such cores, at 11,867 and at 100,000 listings."""


def _before(figures: Figures) -> Iterator[tuple[str, str, str, str]]:
    for part, (least, most) in BEFORE.items():
        if found := figures.get(part):
            times = [each["api"] for each in found["shapes"].values()]
            yield (
                f"{found['listings']:,} listings",
                f"{least:,} to {most:,} ms",
                f"{min(times):.1f} to {max(times):.1f} ms",
                f"{least / min(times):.0f}x to {most / max(times):.0f}x",
            )


def _part(part: str, found: Mapping[str, Any]) -> Iterator[str]:
    size, _, vendor = part.partition("-")
    database = {"sqlite": "SQLite", "postgresql": "PostgreSQL"}[vendor]
    yield from ("", f"## {found['listings']:,} listings ({SIZES[size]}), {database}", "")
    rows = [
        (
            name,
            _ms(each["search"]),
            _ms(each["api"]),
            _ms(each["usual"]),
            f"{each['usual'] / each['api']:.0f}x" if each["usual"] else "",
            _ms(each["page"]),
        )
        for name, each in found["shapes"].items()
    ]
    yield from _table(("question", "search", "API", "usual DRF", "", "page"), rows)
    first = ", ".join(
        f"{words.replace('+', ' ')} {_ms(each)}" for words, each in found["first_words"].items()
    )
    pages = ", ".join(f"`{query}` {_ms(each)}" for query, each in found["scheduled"].items())
    mixed = found["mixed"]
    yield from (
        "",
        f"Two hundred questions of twenty kinds, search alone: half below {_ms(mixed['p50'])}, 95 of 100"
        f" below {_ms(mixed['p95'])}. First asking: {first}. Pages of groups: {pages}. Reading the catalog"
        f" {_ms(found['read'])}; saving a service {_ms(found['save'])}; the next question after an edit"
        f" {found['next']:+.1f}. The empty view took {found['empty']:.2f} during this run.",
    )
    if requests := found.get("requests"):
        yield (
            f"Requests a second, two workers, asked from the same cores: empty view {requests['empty']:,.0f},"
            f" 304 {requests['unchanged']:,.0f}, API {requests['api']:,.0f}, page {requests['page']:,.0f},"
            f" usual DRF {requests['usual']:,.0f}. A worker has {found['memory']:.0f} MB more than an idle"
            " one."
        )


def _ms(value: float | None) -> str:
    return "" if value is None else f"{value:.2f}" if value < 10 else f"{value:.0f}"


def _table(head: Sequence[str], rows: Any) -> Iterator[str]:
    yield f"| {' | '.join(head)} |"
    yield f"|{'---|' * len(head)}"
    for row in rows:
        yield f"| {' | '.join(row)} |"


# ---- the plot

WIDTH, HEIGHT, LEFT, RIGHT, TOP, BOTTOM = 720, 400, 70, 170, 20, 50
LINES = (
    ("usual", "usual DRF", "#9a4a00"),
    ("api", "API question", "#1f5f8b"),
    ("search", "search alone", "#3d6b35"),
)


def _plot(figures: Figures) -> str:
    """Return an SVG of the median of the seven questions by size, both axes logarithmic."""
    found = [
        figures[part] for part in ("shipped-sqlite", "hundred-sqlite", "million-sqlite") if part in figures
    ]
    sign = "".join(_line(found, *line) for line in LINES)
    rows = "".join(_mark_y(value) for value in (0.1, 1, 10, 100, 1_000))
    columns = "".join(_mark_x(value) for value in (10_000, 100_000, 1_000_000))
    return (
        f'<svg xmlns="http://www.w3.org/2000/svg" viewBox="0 0 {WIDTH} {HEIGHT}" font-family="sans-serif"'
        f' font-size="13"><title>Processor time of a question by the number of listings</title>'
        f'<rect width="{WIDTH}" height="{HEIGHT}" fill="#fff"/>{rows}{columns}{sign}'
        f'<text x="{LEFT}" y="{HEIGHT - 8}" fill="#333">listings; milliseconds of processor time, median of'
        " seven questions, SQLite</text></svg>\n"
    )


def _x(listings: float) -> float:
    return LEFT + (WIDTH - LEFT - RIGHT) * (math.log10(listings) - 4) / 2


def _y(milliseconds: float) -> float:
    return HEIGHT - BOTTOM - (HEIGHT - TOP - BOTTOM) * (math.log10(milliseconds) + 1) / 4


def _mark_y(value: float) -> str:
    y = _y(value)
    return (
        f'<line x1="{LEFT}" x2="{WIDTH - RIGHT}" y1="{y:.0f}" y2="{y:.0f}" stroke="#ddd"/>'
        f'<text x="{LEFT - 8}" y="{y + 4:.0f}" text-anchor="end" fill="#333">{value:g} ms</text>'
    )


def _mark_x(value: int) -> str:
    x = _x(value)
    return f'<text x="{x:.0f}" y="{HEIGHT - BOTTOM + 20}" text-anchor="middle" fill="#333">{value:,}</text>'


def _line(found: Sequence[Mapping[str, Any]], way: str, label: str, color: str) -> str:
    points = [
        (_x(each["listings"]), _y(_of_seven(each, way)))
        for each in found
        if all(shape[way] for shape in each["shapes"].values())
    ]
    if not points:
        return ""
    path = " ".join(f"{x:.0f},{y:.0f}" for x, y in points)
    dots = "".join(f'<circle cx="{x:.0f}" cy="{y:.0f}" r="4" fill="{color}"/>' for x, y in points)
    x, y = points[-1]
    return (
        f'<polyline points="{path}" fill="none" stroke="{color}" stroke-width="2"/>{dots}'
        f'<text x="{x + 10:.0f}" y="{y + 4:.0f}" fill="{color}">{label}</text>'
    )
