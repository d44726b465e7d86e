"""Words while they are being read: what was understood so far, and what is left of them."""

from __future__ import annotations

import re
from collections.abc import Callable
from dataclasses import dataclass, field
from datetime import date, time
from typing import Any

from resources.timing.parsing.terms import AND

# What was understood is overwritten, letter by letter, with these; in patterns they stand for themselves.
DATE, DAY, TIME, MONTHS, OTHER, KEPT = "\ue000\ue001\ue002\ue003\ue004\ue005"
UNDERSTOOD = DATE + DAY + TIME + MONTHS + OTHER

SAME = str.maketrans(
    {**dict.fromkeys("‐‑‒–—―−", "-"), **dict.fromkeys("’‘`", "'"), **dict.fromkeys(UNDERSTOOD + KEPT, " ")}
)


def _words(text: str) -> frozenset[str]:
    return frozenset(text.split())


# Said alone these say nothing that a recurrence does not. LINKS are left off at the edge of other words, and
# OPENERS where words begin.
LINKS = _words("a an and are at be both from in is it its of on our the they to we with")
OPENERS = LINKS | _words("gathers group groups held meet meets meeting meetings will")
FILLER = OPENERS | _words(
    """available by call calls class classes calendar date dates day days each gather gathering gatherings
    happen happens hold hours hybrid in-person local location month months online only open operates opens
    person phone place regularly run runs schedule session sessions start starting starts support take takes
    time times us via virtual virtually zoom"""
)
WORD = re.compile(r"[^\W_][\w'’-]*|[^\s,.;:!?()\[\]{}\-–—/&|•·…\"“”*@]")


class AmbiguousText(ValueError):
    """The words claim no dates; the message is a sentence for whoever typed them."""


@dataclass(frozen=True)
class SaidDate:
    """A day of the calendar as it was said; `year` is None and `weekday` "" where they were not."""

    day: int
    month: int
    year: int | None = None
    weekday: str = ""


@dataclass
class Draft:
    """`typed` are the words; `left` is as long, in small letters, with marks over what was understood."""

    typed: str
    today: date
    left: str = ""
    dates: dict[str, list[SaidDate]] = field(default_factory=dict)  # by what they are for
    weekdays: list[str] = field(default_factory=list)
    ordinals: list[str] = field(default_factory=list)  # "2TU"
    month_days: list[int] = field(default_factory=list)
    months: set[int] = field(default_factory=set)  # empty: nothing said
    months_without: set[int] = field(default_factory=set)
    days_without: set[str] = field(default_factory=set)
    step: int = 1
    unit: str = ""  # of the step: "week" or "month"
    every_nth: str = ""  # "2nd", of "every 2nd Tuesday"
    said: set[str] = field(default_factory=set)  # small facts by name, such as "weekly"
    times_in: tuple[int, str] | None = None  # (2, "month") for twice a month
    count: int | None = None
    weeks: int | None = None  # "for 6 weeks"
    opens_at: time | None = None
    closes_at: time | None = None
    zone: str = ""
    assumed: list[str] = field(default_factory=list)
    in_doubt: bool = False  # something more than am or pm was assumed
    doubt: str = ""  # why something is left over, where that can be told

    def __post_init__(self) -> None:
        self.left = _lowered(self.typed)

    def take(self, span: tuple[int, int], mark: str) -> None:
        start, end = span
        self.left = self.left[:start] + mark * (end - start) + self.left[end:]

    def read(self, pattern: re.Pattern[str], mark: str, rule: Callable[[Draft, re.Match[str]], Any]) -> None:
        """Every match that `rule` makes something of (does not answer False to) is understood."""
        for match in pattern.finditer(self.left):
            if rule(self, match) is not False:
                self.take(match.span(), mark)

    def rest(self) -> str:
        """What was not understood, as typed, without the words that say nothing."""
        pieces = (self._meant(*match.span()) for match in re.finditer(f"[^{UNDERSTOOD}]+", self.left))
        return "; ".join(piece for piece in pieces if piece)

    def day_groups(self) -> int:
        """How many times days are named apart from each other: "1st and 3rd Tuesday" is once."""
        listed = rf"[{DAY}]+(?:(?:{AND}|, | )(?:on |the |every )*[{DAY}]+)*"
        return len(re.findall(listed, self.left))

    def _meant(self, start: int, end: int) -> str:
        words = list(WORD.finditer(self.typed, start, end))
        if all(word.group().lower() in FILLER for word in words):
            return ""
        while words[0].group().lower() in OPENERS:
            del words[0]
        while words[-1].group().lower() in LINKS:
            del words[-1]
        piece = self.typed[words[0].start() : words[-1].end()]
        is_open = piece.count("(") > piece.count(")")
        return piece + ")" if is_open and self.typed[words[-1].end() : end].startswith(")") else piece


def normalize_whitespace(text: str) -> str:
    """With single blanks, and with a line's end where there was one: no pattern need look for more."""
    lines = (" ".join(line.split()) for line in text.splitlines())
    return "\n".join(line for line in lines if line)


def _lowered(text: str) -> str:
    """In small letters, of the same length: the few letters that would be two stay as they are."""
    small = "".join(low if len(low := letter.lower()) == 1 else letter for letter in text)
    return small.translate(SAME)
