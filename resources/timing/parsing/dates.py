"""Dates of the calendar in people's words: "from 7 Jan", "Saturday 12 December 2026", "5, 12 and 19 May".

A year that was not said is never made up in silence: whoever settles it gets a sentence with it.
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
    NOT_HELD,
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

LEAP_YEAR = 2024
YEARS_AROUND = 14  # within so many, every day of the year falls on every day of the week but for 29 February
FARTHEST = 1_500  # days: what fits only in a year farther off is not what was meant

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
PURPOSES["without"] = re.compile(rf"{NOT}(?: {NOT_HELD})*:? $")
DURING = re.compile(r"\b(?:in|during) $")
AMONG = re.compile(rf"(?:{AND}|, |; ?|\n)(?:on )?(?:the )?|,? ")
UP_TO = re.compile(r" ?- ?| (?:to|until|till?|through|thru) ")
YEARLY = re.compile(r" ?,? ?(?:every year|each year|annually|yearly)\b")
LISTED = ("", "besides", "without")


@dataclass
class NamedDates:
    """Where dates were named, which, and what for: a key of PURPOSES, or "" where that is not said."""

    start: int
    end: int
    dates: list[ParsedDate]
    purpose: str = ""


def read_dates(draft: Draft) -> None:
    """Fills `draft.dates`, by purpose."""
    found: list[NamedDates] = []
    for pattern in DATES:
        for match in pattern.finditer(draft.unparsed):
            if dates := _dates_in(draft, match):
                found.append(NamedDates(*match.span(), dates))
                draft.mark_parsed(match.span(), DATE)
            elif pattern is IN_FIGURES:
                draft.mark_parsed(match.span(), KEPT)
    _set_purposes(draft, sorted(found, key=lambda each: each.start))
    draft.read(MONTH_OF_YEAR, OTHER, _whole_months)


def _dates_in(draft: Draft, match: re.Match[str]) -> list[ParsedDate]:
    """ "5, 12 and 19 May 2027" is three; what does not rise is no list: "at 7, 5 May".

    12/01/2026 is one day in Britain and another in America; 25/12/2026 is the same in both.
    """
    days = [int(day) for day in re.findall("[0-9]+", match["days"])]
    month = int(match["month"]) if match["month"].isdecimal() else months_of(match["month"])[0]
    year = int(match["year"]) if match["year"] else None
    weekday = match["before"] or match["after"]
    if match.re is IN_FIGURES:
        if len(match["year"]) == 2 or (max(days[0], month) <= 12 and days[0] != month):
            draft.ambiguity = _("Write the month of %(date)s as a word.") % {"date": match.group()}
            draft.facts.add("a date in doubt")
            return []
        if month > 12:
            days, month = [month], days[0]
    if days != sorted(set(days)):
        return []
    code = days_of(weekday)[0] if weekday and len(days) == 1 else ""
    return [_checked(ParsedDate(day, month, year, code)) for day in days]


def _checked(parsed: ParsedDate) -> ParsedDate:
    """The same date, which there is. Raises AmbiguousText where there is none."""
    day, month, year = parsed.day, parsed.month, parsed.year
    if not 1 <= month <= 12:
        raise AmbiguousText(_("There is no month %(month)d.") % {"month": month})
    try:
        on = date(year or LEAP_YEAR, month, day)
    except ValueError:
        words = {"day": day, "month": date_format(date(LEAP_YEAR, month, 1), "F"), "year": year or ""}
        raise AmbiguousText((_("There is no %(day)d %(month)s %(year)s") % words).strip() + ".") from None
    if year and parsed.weekday and DAY_CODES[on.weekday()] != parsed.weekday:
        words = {"date": date_format(on, "j F Y"), "weekday": date_format(on, "l")}
        raise AmbiguousText(_("%(date)s is a %(weekday)s.") % words)
    return parsed


def _set_purposes(draft: Draft, found: Sequence[NamedDates]) -> None:
    for before, each in zip([None, *found], found, strict=False):
        if not (before and _continues(draft, before, each)):
            _by_the_words_before(draft, each)
    for each in found:
        if not each.purpose and (after := YEARLY.match(draft.unparsed, each.end)):
            each.purpose = "every year"
            draft.mark_parsed(after.span(), OTHER)
        draft.dates.setdefault(each.purpose, []).extend(each.dates)
    if any(each.weekday or each.year for each in draft.dates.get("every year", ())):
        raise AmbiguousText(_("Is it on one date, or does it repeat?"))


def _continues(draft: Draft, before: NamedDates, each: NamedDates) -> bool:
    """A list goes on, or from a first date to a last one."""
    between = draft.unparsed[before.end : each.start]
    if UP_TO.fullmatch(between) and before.purpose in ("", "begin"):
        before.purpose, each.purpose = "begin", "end"
    elif AMONG.fullmatch(between) and before.purpose in LISTED:
        each.purpose = before.purpose
    else:
        return False
    draft.mark_parsed((before.end, each.start), DATE)
    return True


def _by_the_words_before(draft: Draft, found: NamedDates) -> None:
    before = draft.before(found.start)
    for purpose, pattern in PURPOSES.items():
        if match := pattern.search(before):
            found.purpose = purpose
            draft.mark_parsed((found.start - len(before) + match.start(), found.start), DATE)
            return


def _whole_months(draft: Draft, match: re.Match[str]) -> bool:
    """ "September 2026 to May 2027", "starting January 2027", "until May 2027", "in October 2026"."""
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


# ---- years that were not said


def settle(
    draft: Draft, said: ParsedDate, *, since: date | None = None, weekdays: Collection[str] = ()
) -> date:
    """The one on or after `since`; else the one nearest to today, or to come where two are as near."""
    if said.year:
        return date(said.year, said.month, said.day)
    start = since or draft.today
    days = [day for day in _in_years_around(said, start.year, weekdays) if since is None or day >= since]
    found = min(days, key=lambda day: (abs((day - start).days), day < start), default=date.max)
    if abs((found - start).days) > FARTHEST:
        day = date_format(date(LEAP_YEAR, said.month, said.day), "j F")
        message = _("%(day)s falls on that day of the week in no year near. Write the year.")
        raise AmbiguousText(message % {"day": day})
    return _assume(draft, found)


def settle_in_order(draft: Draft, said: Sequence[ParsedDate], *, coming: bool = False) -> list[date]:
    """A list of dates: one year said at its end is that of all, so far as they stand in order.

    Where no year is said at all the first one is the nearest, or the one to come.
    """
    found: list[date | None] = [date(each.year, each.month, each.day) if each.year else None for each in said]
    for at in range(len(said) - 2, -1, -1):
        later = found[at + 1]
        if found[at] is None and later:
            earlier = (day for day in _in_years_around(said[at], later.year) if day < later)
            day = max(earlier, default=None)
            found[at] = day if day is None or day.year == later.year else _assume(draft, day)
    settled: list[date] = []
    for each, day in zip(said, found, strict=True):
        since = settled[-1] if settled else draft.today if coming else None
        settled.append(day or settle(draft, each, since=since))
    return settled


def _in_years_around(said: ParsedDate, around: int, weekdays: Collection[str] = ()) -> list[date]:
    """The day in the years around one, those in which it falls on one of `weekdays`."""
    wanted = [said.weekday] if said.weekday else weekdays
    years = range(around - YEARS_AROUND, around + YEARS_AROUND + 1)
    there = [year for year in years if said.day <= monthrange(year, said.month)[1]]
    days = (date(year, said.month, said.day) for year in there)
    return [day for day in days if not wanted or DAY_CODES[day.weekday()] in wanted]


def _assume(draft: Draft, day: date) -> date:
    words = {"day": date_format(day, "j F"), "date": date_format(day, "l j F Y")}
    draft.assumed.append(_("%(day)s is taken as %(date)s.") % words)
    draft.is_ambiguous = True
    return day
