"""Dates in free text: "from 7 Jan", "Saturday 12 December 2026", "5, 12 and 19 May".

A year that is not stated is never assumed silently: the result has a sentence about it.
"""

from __future__ import annotations

import re
from calendar import monthrange
from collections.abc import Collection, Sequence
from dataclasses import dataclass
from datetime import date

from django.utils.formats import date_format
from django.utils.translation import gettext as _

from resources.timing.parsing.draft import (
    AND,
    DATE,
    KEPT,
    MONTH,
    NOT,
    NOT_HELD_WORDS,
    ONE_DAY,
    OTHER,
    WEEKDAY,
    YEAR,
    AmbiguousText,
    Draft,
    ParsedDate,
    days_of,
    months_of,
)
from resources.vocabulary import DAY_CODES
from resources.wording.times import day_and_date

LEAP_YEAR = 2024
YEARS_AROUND = 14  # in this many, every date but 29 February falls on every day of the week
MAX_DAYS_AWAY = 1_500  # a date that fits only a year farther off is not what was meant

NUMBER = r"[0-9]{1,2}(?:st|nd|rd|th)?"
BEFORE = rf"(?<![0-9:./$£€#-])(?:(?P<before>{ONE_DAY}),? ?(?:the )?)?"
AFTER = rf"(?: ?\((?P<after>{ONE_DAY})\))?"
NO_TIME = rf"(?![0-9a-z]|[:.][0-9]| ?[ap]\.?m\b| ?(?:-|to) ?[0-9]| {WEEKDAY})"
IN_FIGURES = re.compile(
    rf"{BEFORE}(?P<days>[0-9]{{1,2}})(?P<sep>[/.-])(?P<month>[0-9]{{1,2}})(?P=sep)"
    rf"(?P<year>[12][0-9]{{3}}|[0-9]{{2}})(?P<after>)(?![0-9./-])"
)
DATES = (
    re.compile(
        rf"{BEFORE}(?P<year>[12][0-9]{{3}})(?P<sep>[-/])(?P<month>[0-9]{{1,2}})(?P=sep)"
        rf"(?P<days>[0-9]{{1,2}})(?![0-9-])(?:t(?=[0-9]))?{AFTER}"
    ),
    re.compile(
        rf"{BEFORE}(?P<days>{NUMBER}(?:{AND}{NUMBER}){{0,30}})[ -]?(?:of )?(?P<month>{MONTH})"
        rf"(?:[ ,-] ?(?P<year>{YEAR}))?{AFTER}"
    ),
    re.compile(
        rf"{BEFORE}(?P<month>{MONTH}) (?:the )?(?P<days>{NUMBER}{NO_TIME}(?:{AND}{NUMBER}{NO_TIME}){{0,30}})"
        rf"(?:,? (?P<year>{YEAR}))?{AFTER}"
    ),
    IN_FIGURES,
)
MONTH_OF_YEAR = re.compile(
    rf"(?P<month>{MONTH}),? (?P<year>{YEAR})"
    rf"(?:(?: ?- ?| (?:to|through|thru|until) )(?P<last>{MONTH}),? (?P<of>{YEAR}))?"
)

ON = r"(?: (?:on|from|the|date|is|will be|of|in|with))*:? ?$"
PURPOSES = {
    name: re.compile(rf"(?:\b(?:{words})\b{ON})")
    for name, words in {
        "end": r"(?:and )?(?:until|till?|through|thru|ending|ends?|up to|last (?:meeting|session|date))",
        "begin": r"from|starting|starts?|beginning|begins?|commencing|effective|as of|since"
        r"|(?:next|first) (?:meeting|session|group|date)",
        "besides": r"also|plus|additionally|(?:additional|extra) (?:meetings?|sessions?|dates?)",
        "every year": r"every|every year|each year|annually|yearly|once a year",
    }.items()
}
PURPOSES["without"] = re.compile(rf"{NOT}(?: {NOT_HELD_WORDS})*:? $")
DURING = re.compile(r"\b(?:in|during) $")
AMONG = re.compile(rf"(?:{AND}|, |; ?|\n)(?:on )?(?:the )?|,? ")
UP_TO = re.compile(r" ?- ?| (?:to|until|till?|through|thru) ")
YEARLY = re.compile(r" ?,? ?(?:every year|each year|annually|yearly)\b")
LIST_PURPOSES = ("", "besides", "without")


@dataclass
class NamedDates:
    """The position of dates in the text, the dates, and their purpose: a key of PURPOSES, or ""."""

    start: int
    end: int
    dates: list[ParsedDate]
    purpose: str = ""


def parse_dates(draft: Draft) -> None:
    """Fill `draft.dates`, by purpose."""
    named_dates: list[NamedDates] = []
    for pattern in DATES:
        for match in pattern.finditer(draft.unparsed):
            if dates := _dates_in(draft, match):
                named_dates.append(NamedDates(*match.span(), dates))
                draft.mark_parsed(match.span(), DATE)
            elif pattern is IN_FIGURES:
                draft.mark_parsed(match.span(), KEPT)
    _set_purposes(draft, sorted(named_dates, key=lambda named: named.start))
    draft.read(MONTH_OF_YEAR, OTHER, _whole_months)


def _dates_in(draft: Draft, match: re.Match[str]) -> list[ParsedDate]:
    """Return the dates of a match. "5, 12 and 19 May 2027" is three; "at 7, 5 May" is no list: it falls.

    12/01/2026 differs between Britain and America; 25/12/2026 is the same in both.
    """
    days = [int(day) for day in re.findall("[0-9]+", match["days"])]
    month = int(match["month"]) if match["month"].isdecimal() else months_of(match["month"])[0]
    year = int(match["year"]) if match["year"] else None
    weekday = match["before"] or match["after"]
    if match.re is IN_FIGURES:
        if len(match["year"]) == 2 or (max(days[0], month) <= 12 and days[0] != month):
            draft.ambiguity = _("Enter the month of %(date)s as a word.") % {"date": match.group()}
            draft.facts.add("a date in doubt")
            return []
        if month > 12:
            days, month = [month], days[0]
    if days != sorted(set(days)):
        return []
    code = days_of(weekday)[0] if weekday and len(days) == 1 else ""
    return [_valid(ParsedDate(day, month, year, code)) for day in days]


def _valid(parsed: ParsedDate) -> ParsedDate:
    """Return the date if it exists. Raises AmbiguousText if not."""
    day, month, year = parsed.day, parsed.month, parsed.year
    if not 1 <= month <= 12:
        raise AmbiguousText(_("There is no month %(month)d.") % {"month": month})
    try:
        on = date(year or LEAP_YEAR, month, day)
    except ValueError:
        words = {"day": day, "month": date_format(date(LEAP_YEAR, month, 1), "F"), "year": year or ""}
        raise AmbiguousText((_("There is no %(day)d %(month)s %(year)s") % words).strip() + ".") from None
    if year and parsed.weekday and DAY_CODES[on.weekday()] != parsed.weekday:
        words = {"date": date_format(on), "weekday": date_format(on, "l")}
        raise AmbiguousText(_("%(date)s is a %(weekday)s.") % words)
    return parsed


def _set_purposes(draft: Draft, named_dates: Sequence[NamedDates]) -> None:
    for previous, named in zip([None, *named_dates], named_dates, strict=False):
        if not (previous and _continues(draft, previous, named)):
            _by_the_words_before(draft, named)
    for named in named_dates:
        if not named.purpose and (yearly := YEARLY.match(draft.unparsed, named.end)):
            named.purpose = "every year"
            draft.mark_parsed(yearly.span(), OTHER)
        draft.dates.setdefault(named.purpose, []).extend(named.dates)
    if any(named.weekday or named.year for named in draft.dates.get("every year", ())):
        raise AmbiguousText(_("Is it on one date, or does it repeat?"))


def _continues(draft: Draft, previous: NamedDates, following: NamedDates) -> bool:
    """True if the dates continue a list, or are the last date of a range."""
    between = draft.unparsed[previous.end : following.start]
    if UP_TO.fullmatch(between) and previous.purpose in ("", "begin"):
        previous.purpose, following.purpose = "begin", "end"
    elif AMONG.fullmatch(between) and previous.purpose in LIST_PURPOSES:
        following.purpose = previous.purpose
    else:
        return False
    draft.mark_parsed((previous.end, following.start), DATE)
    return True


def _by_the_words_before(draft: Draft, dates: NamedDates) -> None:
    before = draft.before(dates.start)
    for purpose, pattern in PURPOSES.items():
        if match := pattern.search(before):
            dates.purpose = purpose
            draft.mark_parsed((dates.start - len(before) + match.start(), dates.start), DATE)
            return


def _whole_months(draft: Draft, match: re.Match[str]) -> bool:
    """Read "September 2026 to May 2027", "starting January 2027", "until May 2027", "in October 2026"."""
    before = draft.before(match.start())
    begins, ends = PURPOSES["begin"].search(before), PURPOSES["end"].search(before)
    words = begins or ends or DURING.search(before)
    if not words and not match["last"]:
        return False
    if match["last"] or not ends:
        [month] = months_of(match["month"])
        draft.dates.setdefault("begin", []).append(ParsedDate(1, month, int(match["year"])))
        draft.facts.add("no first date")
    if match["last"] or not begins:
        year, [month] = int(match["of"] or match["year"]), months_of(match["last"] or match["month"])
        draft.dates.setdefault("end", []).append(ParsedDate(monthrange(year, month)[1], month, year))
    if words:
        draft.mark_parsed((match.start() - len(before) + words.start(), match.start()), OTHER)
    return True


# ---- missing years


def resolve_year(
    draft: Draft, parsed: ParsedDate, *, since: date | None = None, weekdays: Collection[str] = ()
) -> date:
    """Return the date in the right year.

    On or after `since` if given; else the nearest to today, the next one if two are equally near.
    """
    if parsed.year:
        return date(parsed.year, parsed.month, parsed.day)
    start = since or draft.today
    days = [day for day in _in_years_around(parsed, start.year, weekdays) if since is None or day >= since]
    nearest = min(days, key=lambda day: (abs((day - start).days), day < start), default=date.max)
    if abs((nearest - start).days) > MAX_DAYS_AWAY:
        day = date_format(date(LEAP_YEAR, parsed.month, parsed.day), "MONTH_DAY_FORMAT")
        message = _("%(day)s does not fall on that weekday in any nearby year. Enter the year.")
        raise AmbiguousText(message % {"day": day})
    return _assume(draft, nearest)


def resolve_years(draft: Draft, parsed: Sequence[ParsedDate], *, coming: bool = False) -> list[date]:
    """Return a list of dates. A year stated at its end holds for all, as far as they are in order.

    If no year is stated, the first is the nearest, or with `coming` the next one.
    """
    days: list[date | None] = [
        date(date_parsed.year, date_parsed.month, date_parsed.day) if date_parsed.year else None
        for date_parsed in parsed
    ]
    for at in range(len(parsed) - 2, -1, -1):
        later = days[at + 1]
        if days[at] is None and later:
            earlier = (day for day in _in_years_around(parsed[at], later.year) if day < later)
            day = max(earlier, default=None)
            days[at] = day if day is None or day.year == later.year else _assume(draft, day)
    settled: list[date] = []
    for date_parsed, day in zip(parsed, days, strict=True):
        since = settled[-1] if settled else draft.today if coming else None
        settled.append(day or resolve_year(draft, date_parsed, since=since))
    return settled


def _in_years_around(parsed: ParsedDate, around: int, weekdays: Collection[str] = ()) -> list[date]:
    """Return the day in the years around one, only those that fall on one of `weekdays`."""
    wanted = [parsed.weekday] if parsed.weekday else weekdays
    years = range(around - YEARS_AROUND, around + YEARS_AROUND + 1)
    possible = [year for year in years if parsed.day <= monthrange(year, parsed.month)[1]]
    days = (date(year, parsed.month, parsed.day) for year in possible)
    return [day for day in days if not wanted or DAY_CODES[day.weekday()] in wanted]


def _assume(draft: Draft, day: date) -> date:
    words = {"day": date_format(day, "MONTH_DAY_FORMAT"), "date": day_and_date(day)}
    draft.assumed.append(_("%(day)s is read as %(date)s.") % words)
    draft.is_ambiguous = True
    return day
