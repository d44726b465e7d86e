"""The text while it is parsed, and patterns for English days, months and numbers.

A rule looks for one kind of expression in the lower-case text and writes a mark over what it understood. The
marks can be matched by the patterns of later rules; text without a mark at the end is reported.
"""

from __future__ import annotations

import re
from collections.abc import Callable, Sequence
from dataclasses import dataclass, field
from datetime import date, time
from typing import Any

from resources.vocabulary import DAY_CODES

# ---- pieces of patterns

DATE, DAY, TIME, MONTHS, OTHER, KEPT = "\ue000\ue001\ue002\ue003\ue004\ue005"
UNDERSTOOD = DATE + DAY + TIME + MONTHS + OTHER

NUMBERS = ("one", "two", "three", "four", "five", "six", "seven", "eight", "nine", "ten", "eleven", "twelve")
ORDINALS = ("first", "second", "third", "fourth", "fifth", "sixth")
MONTH_NAMES = ("jan", "feb", "mar", "apr", "may", "jun", "jul", "aug", "sep", "oct", "nov", "dec")
DAY_NAMES = tuple(code.lower() for code in DAY_CODES)

SHORT_DAY = r"(?:mon|tues?|weds?|thu(?:rs?)?|fri|sat|sun)"
FULL_DAY = r"(?:mon|tues|wednes|thurs|fri|satur|sun)day"
ONE_DAY = rf"\b(?:{FULL_DAY}\b(?!')|{SHORT_DAY}\b(?!')\.?)"
WEEKDAY = rf"\b(?:{FULL_DAY}(?:'?s)?\b|(?:{SHORT_DAY}|mons|fris|sats|suns)\b\.?)"
TO = r"(?: ?- ?| (?:to|through|thru) )"
AND = r"(?: ?, ?(?:and |& )?| ?& ?| ?/ ?| and )"
DAY_RANGE = rf"(?:{WEEKDAY}{TO}{WEEKDAY}|\bm-f\b)"

FULL_MONTH = r"(?:january|february|march|april|may|june|july|august|september|october|november|december)\b"
MONTH = rf"\b(?:{FULL_MONTH}|(?:jan|feb|mar|apr|jun|jul|aug|sept?|oct|nov|dec)\b\.?)"
YEAR = r"(?:19|20|21)[0-9]{2}(?![0-9:])"
EACH_MONTH = (
    r"(?:(?:of |in )?(?:the|each|every|a|any) (?:calendar )?month\b|\bof month\b|\bmonthly\b|/ ?mo(?:nth)?\b)"
)

NUMBER = rf"(?:[1-9][0-9]?|{'|'.join(NUMBERS)})"
FROM_THE_END = (
    r"(?:(?:[2-5](?:nd|rd|th)|second|third|fourth|fifth|next)[ -]to[ -]last"
    r"|(?:2nd|second)[ -]last|penultimate)"
)
ORDINAL = rf"\b(?:{FROM_THE_END}|1st|2nd|3rd|4th|5th|first|second|third|fourth|fifth|last)\b"

# Words that say a group does not meet, and the words between those and the days or months.
NOT = (
    r"\b(?:but )?(?:(?:(?:do|does|is|are|will) )?not(?! (?:an?|required|needed|necessary|for)\b)|never"
    r"|except(?:ing|ion|ions)?|excluding|excl?"
    r"|no(?! (?:cost|charge|fees?|registration|rsvp|need|sign|booking|appointment|referral|pressure)\b)"
    r"|closed(?! (?:group|caption))|skip(?:s|ped|ping)?|cancell?ed|apart from|other than|but|minus|off"
    r"|breaks?|recess|hiatus|dark|omit(?:s|ted|ting)?|without|[a-z]{2,6}n't|cannot)\b"
)
NOT_HELD_WORDS = (
    r"(?:(?:any|at|be|being|classe?s?|do|does|during|for|gatherings?|groups?|have|held|hold|in|is|are|it|meet|meets"
    r"|meetings?|months?|of|on|running|scheduled|sessions?|support|that|the|there|we|will)\b)"
)


def number_of(word: str) -> int:
    """Return the number in "twelve", "12", "12th", "fifth" or "once"."""
    for names in (NUMBERS, ORDINALS, ("once", "twice")):
        if word in names:
            return names.index(word) + 1
    return int(re.sub("[^0-9]", "", word))


def position_of(words: str) -> int:
    """Return the position: 2 for "2nd" and "second", -1 for "last" and "last day".

    -2 for "2nd to last" and "penultimate".
    """
    first = re.split("[ -]", words)[0]
    if first in ("next", "penultimate"):
        return -2
    if first == "last":
        return -1
    return -number_of(first) if "last" in words else number_of(first)


def places_of(listed: str, unit: str, names: Sequence[str]) -> list[int]:
    """Return the indexes in `names` of the listed units, ranges included: "Mon-Thu, Sat"."""
    places: list[int] = []
    for first, last in re.findall(rf"({unit})(?:{TO}({unit}))?", listed):
        begin, end = (names.index(word[: len(names[0])]) for word in (first, last or first))
        places += [(begin + step) % len(names) for step in range((end - begin) % len(names) + 1)]
    return places


def days_of(listed: str) -> list[str]:
    """Return the codes of the weekdays in a list."""
    listed = listed.replace("m-f", "mon-fri").replace("weekends", "sat-sun")
    return [DAY_CODES[place] for place in places_of(listed, WEEKDAY, DAY_NAMES)]


def months_of(listed: str) -> list[int]:
    """Return the numbers of the months in a list."""
    return [place + 1 for place in places_of(listed, MONTH, MONTH_NAMES)]


# ---- the text


def _words(text: str) -> frozenset[str]:
    return frozenset(text.split())


# Words that add nothing to a recurrence. LINKS are also dropped at the edges of other text, OPENERS only at
# its start.
LINKS = _words("a an and are at be both from in is it its of on our the they to we with")
OPENERS = LINKS | _words("gathers group groups held meet meets meeting meetings will")
FILLER = OPENERS | _words(
    """available by call calls class classes calendar date dates day days each gather gathering gatherings
    happen happens hold hours hybrid in-person local location month months online only open operates opens
    person phone place regularly run runs schedule session sessions start starting starts support take takes
    time times us via virtual virtually zoom"""
)
WORD = re.compile(r"[^\W_][\w'’-]*|[^\s,.;:!?()\[\]{}\-–—/&|•·…\"“”*@]")
ALIKE = str.maketrans(
    {**dict.fromkeys("‐‑‒–—―−", "-"), **dict.fromkeys("’‘`", "'"), **dict.fromkeys(UNDERSTOOD + KEPT, " ")}
)


class AmbiguousText(ValueError):
    """Raised if the text claims no dates; the message is a sentence for whoever typed it."""


@dataclass(frozen=True)
class ParsedDate:
    """A date as written; `year` is None and `weekday` "" if not stated."""

    day: int
    month: int
    year: int | None = None
    weekday: str = ""


@dataclass
class Draft:
    """A text while it is parsed, with what was understood so far.

    `typed` is the text; `unparsed` has the same length, in lower case, with marks over what was understood.
    """

    typed: str
    today: date
    unparsed: str = ""
    facts: set[str] = field(default_factory=set)  # such as "weekly"
    dates: dict[str, list[ParsedDate]] = field(default_factory=dict)  # by purpose
    weekdays: list[str] = field(default_factory=list)
    ordinals: list[str] = field(default_factory=list)  # "2TU"
    month_days: list[int] = field(default_factory=list)
    months: set[int] = field(default_factory=set)  # empty if not stated
    months_without: set[int] = field(default_factory=set)
    days_without: set[str] = field(default_factory=set)
    step: int = 1
    unit: str = ""  # of the step: "week" or "month"
    every_nth: str = ""  # "2nd", of "every 2nd Tuesday"
    times_in: tuple[int, str] | None = None  # (2, "month") for twice a month
    count: int | None = None
    weeks: int | None = None  # "for 6 weeks"
    opens_at: time | None = None
    closes_at: time | None = None
    zone: str = ""
    assumed: list[str] = field(default_factory=list)
    is_ambiguous: bool = False  # something more than am or pm was assumed
    ambiguity: str = ""  # why text is left over, if known

    def __post_init__(self) -> None:
        """Set `unparsed` to the lower-case text.

        Letters whose lower case is two letters stay, to keep its length.
        """
        small = "".join(low if len(low := letter.lower()) == 1 else letter for letter in self.typed)
        self.unparsed = small.translate(ALIKE)

    def mark_parsed(self, span: tuple[int, int], mark: str) -> None:
        """Write `mark` over a span of the text."""
        start, end = span
        self.unparsed = self.unparsed[:start] + mark * (end - start) + self.unparsed[end:]

    def read(self, pattern: re.Pattern[str], mark: str, rule: Callable[[Draft, re.Match[str]], Any]) -> None:
        """Mark every match as understood unless `rule` returns False for it."""
        for match in pattern.finditer(self.unparsed):
            if rule(self, match) is not False:
                self.mark_parsed(match.span(), mark)

    def before(self, at: int) -> str:
        """Return as much text before a position as a rule looks back."""
        return self.unparsed[max(0, at - 60) : at]

    def remainder(self) -> str:
        """Return what was not understood, as typed, without words that carry no meaning."""
        pieces = (self._meant(*match.span()) for match in re.finditer(f"[^{UNDERSTOOD}]+", self.unparsed))
        return "; ".join(piece for piece in pieces if piece)

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
