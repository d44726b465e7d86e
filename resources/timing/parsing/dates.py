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

from resources.timing.checking import LAST_SAFE_DAY
from resources.timing.parsing.draft import DATE, KEPT, OTHER, AmbiguousText, Draft, SaidDate
from resources.timing.parsing.terms import (
    AND,
    EACH_MONTH,
    MONTH,
    NOT,
    NOT_HELD,
    ONE_DAY,
    WEEKDAY,
    YEAR,
    month_of,
    weekday_of,
)
from resources.vocabulary import DAY_CODES

LEAP_YEAR = 2024
YEARS_AROUND = 14  # within so many, every day of the year falls on every day of the week but for 29 February
FARTHEST = 1_500  # days: what fits only in a year farther off is not what was meant

NUMBER = r"[0-9]{1,2}(?:st|nd|rd|th)?"
BEFORE = rf"(?<![0-9:./$£€#-])(?:(?P<before>{ONE_DAY}),? ?(?:the )?)?"
AFTER = rf"(?: ?\((?P<after>{ONE_DAY})\))?"
NO_TIME = rf"(?![0-9a-z]|[:.][0-9]| ?[ap]\.?m\b| ?(?:-|to) ?[0-9]| {WEEKDAY})"
AS_ISO = re.compile(
    rf"{BEFORE}(?P<year>[12][0-9]{{3}})(?P<sep>[-/])(?P<month>[0-9]{{1,2}})(?P=sep)(?P<days>[0-9]{{1,2}})"
    rf"(?![0-9-])(?:t(?=[0-9]))?{AFTER}"
)
DAY_FIRST = re.compile(
    rf"{BEFORE}(?P<days>{NUMBER}(?:{AND}{NUMBER}){{0,30}})[ -]?(?:of )?(?P<month>{MONTH})"
    rf"(?:[ ,-] ?(?P<year>{YEAR}))?{AFTER}"
)
MONTH_FIRST = re.compile(
    rf"{BEFORE}(?P<month>{MONTH}) (?:the )?(?P<days>{NUMBER}{NO_TIME}(?:{AND}{NUMBER}{NO_TIME}){{0,30}})"
    rf"(?:,? (?P<year>{YEAR}))?{AFTER}"
)
IN_FIGURES = re.compile(
    rf"{BEFORE}(?P<first>[0-9]{{1,2}})(?P<sep>[/.-])(?P<second>[0-9]{{1,2}})(?P=sep)"
    rf"(?P<year>[12][0-9]{{3}}|[0-9]{{2}})(?![0-9./-])"
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
AMONG = re.compile(rf"(?:{AND}|, |; ?|\n)(?:on )?(?:the )?|,? ")
UP_TO = re.compile(r" ?- ?| (?:to|until|till?|through|thru) ")
YEARLY = re.compile(r" ?,? ?(?:every year|each year|annually|yearly)\b")
LISTED = ("", "besides", "without")


@dataclass
class Found:
    """Where dates were named, which, and what for: a key of PURPOSES, or "" where that is not said."""

    start: int
    end: int
    dates: list[SaidDate]
    purpose: str = ""


def read_dates(draft: Draft) -> None:
    """Fills `draft.dates`, by purpose."""
    found: list[Found] = []
    for pattern, read in ((AS_ISO, _numbered), (DAY_FIRST, _named), (MONTH_FIRST, _named)):
        for match in pattern.finditer(draft.left):
            if dates := read(match):
                found.append(Found(*match.span(), dates))
                draft.take(match.span(), DATE)
    for match in IN_FIGURES.finditer(draft.left):
        if dates := _in_figures(match, draft):
            found.append(Found(*match.span(), dates))
        draft.take(match.span(), DATE if dates else KEPT)
    _say_what_for(draft, sorted(found, key=lambda each: each.start))
    draft.read(MONTH_OF_YEAR, OTHER, _whole_months)


def _numbered(match: re.Match[str]) -> list[SaidDate]:
    return [_checked(int(match["days"]), int(match["month"]), int(match["year"]), _weekday(match))]


def _named(match: re.Match[str]) -> list[SaidDate]:
    """ "5, 12 and 19 May 2027" is three; what does not rise is no list: "at 7, 5 May"."""
    days = [int(day) for day in re.findall(r"[0-9]+", match["days"])]
    if days != sorted(set(days)):
        return []
    year = int(match["year"]) if match["year"] else None
    weekday = _weekday(match) if len(days) == 1 else ""
    return [_checked(day, month_of(match["month"]), year, weekday) for day in days]


def _in_figures(match: re.Match[str], draft: Draft) -> list[SaidDate]:
    """12/01/2026 is one day in Britain and another in America; 25/12/2026 is the same in both."""
    first, second = int(match["first"]), int(match["second"])
    if len(match["year"]) == 4 and (first > 12 or second > 12 or first == second):
        day, month = (second, first) if second > 12 else (first, second)
        return [_checked(day, month, int(match["year"]), _weekday(match))]
    draft.doubt = _("Write the month of %(date)s as a word.") % {"date": match.group()}
    draft.said.add("a date in doubt")
    return []


def _weekday(match: re.Match[str]) -> str:
    groups = match.groupdict()
    word = groups.get("before") or groups.get("after")
    return weekday_of(word) if word else ""


def _checked(day: int, month: int, year: int | None, weekday: str) -> SaidDate:
    try:
        on = date(year or LEAP_YEAR, month, day)
    except ValueError:
        raise AmbiguousText(_no_such_day(day, month, year)) from None
    if year and weekday and DAY_CODES[on.weekday()] != weekday:
        raise AmbiguousText(
            _("%(date)s is a %(weekday)s.") % {"date": _said(on), "weekday": date_format(on, "l")}
        )
    return SaidDate(day, month, year, weekday)


def _no_such_day(day: int, month: int, year: int | None) -> str:
    if not 1 <= month <= 12:
        return _("There is no month %(month)d.") % {"month": month}
    words = {"day": day, "month": date_format(date(LEAP_YEAR, month, 1), "F"), "year": year or ""}
    return (_("There is no %(day)d %(month)s %(year)s") % words).strip() + "."


def _say_what_for(draft: Draft, found: Sequence[Found]) -> None:
    for before, each in zip([None, *found], found, strict=False):
        if not (before and _continues(draft, before, each)):
            _by_the_words_before(draft, each)
    for each in found:
        if not each.purpose and (after := YEARLY.match(draft.left, each.end)):
            each.purpose = "every year"
            draft.take(after.span(), OTHER)
        draft.dates.setdefault(each.purpose, []).extend(each.dates)
    if "every year" in draft.dates and any(each.weekday or each.year for each in draft.dates["every year"]):
        raise AmbiguousText(_("Is it on one date, or does it repeat?"))


def _continues(draft: Draft, before: Found, each: Found) -> bool:
    """A list goes on, or from a first date to a last one."""
    span = (before.end, each.start)
    between = draft.left[slice(*span)]
    if UP_TO.fullmatch(between) and before.purpose in ("", "begin", "without"):
        if before.purpose == "without":
            return False
        before.purpose, each.purpose = "begin", "end"
    elif AMONG.fullmatch(between) and before.purpose in LISTED:
        each.purpose = before.purpose
    else:
        return False
    draft.take(span, DATE)
    return True


def _by_the_words_before(draft: Draft, found: Found) -> None:
    since = max(0, found.start - 60)
    for purpose, pattern in PURPOSES.items():
        if match := pattern.search(draft.left[since : found.start]):
            found.purpose = purpose
            draft.take((since + match.start(), found.start), DATE)
            return


def _whole_months(draft: Draft, match: re.Match[str]) -> bool:
    """ "September 2026 to May 2027", "starting January 2027", "until May 2027", "in October 2026"."""
    first = SaidDate(1, month_of(match["month"]), int(match["year"]))
    last = first
    if match["last"]:
        last = SaidDate(1, month_of(match["last"]), int(match["of"]))
    last = SaidDate(monthrange(last.year or LEAP_YEAR, last.month)[1], last.month, last.year)
    before = draft.left[max(0, match.start() - 60) : match.start()]
    begins, ends = PURPOSES["begin"].search(before), PURPOSES["end"].search(before)
    words = begins or ends or re.search(r"\b(?:in|during) $", before)
    if not words and not match["last"]:
        return False
    if match["last"] or not ends:
        draft.dates.setdefault("begin", []).append(first)
        draft.said.add("no first date")
    if match["last"] or not begins:
        draft.dates.setdefault("end", []).append(last)
    if words:
        draft.take((match.start() - len(before) + words.start(), match.start()), OTHER)
    return True


# ---- years that were not said


def in_some_year(said: SaidDate, around: int, weekdays: Collection[str] = ()) -> list[date]:
    """The day in the years around one, those in which it falls on one of `weekdays`."""
    years = [said.year] if said.year else range(around - YEARS_AROUND, around + YEARS_AROUND + 1)
    wanted = [said.weekday] if said.weekday else weekdays
    found = []
    for year in years:
        if said.day == 29 and said.month == 2 and monthrange(year, 2)[1] == 28:
            continue
        day = date(year, said.month, said.day)
        if not wanted or DAY_CODES[day.weekday()] in wanted:
            found.append(day)
    return found


def nearest(draft: Draft, said: SaidDate, weekdays: Collection[str] = ()) -> date:
    """The one nearest to today; the one to come where two are as near."""
    if said.year:
        return date(said.year, said.month, said.day)
    days = in_some_year(said, draft.today.year, weekdays)
    day = min(days, key=lambda each: (abs((each - draft.today).days), each < draft.today), default=date.max)
    if abs((day - draft.today).days) > FARTHEST:
        raise AmbiguousText(_no_year_near(said))
    return assume(draft, day)


def first_from(draft: Draft, said: SaidDate, since: date) -> date:
    """The first one on or after `since`."""
    if said.year:
        return date(said.year, said.month, said.day)
    day = min((day for day in in_some_year(said, since.year) if day >= since), default=date.max)
    if (day - since).days > FARTHEST:
        raise AmbiguousText(_no_year_near(said))
    return assume(draft, day)


def in_order(draft: Draft, said: Sequence[SaidDate], *, coming: bool = False) -> list[date]:
    """A list of dates: one year said at its end is that of all, so far as they stand in order.

    Where no year is said at all the first one is the nearest, or the one to come.
    """
    found: list[date | None] = [date(each.year, each.month, each.day) if each.year else None for each in said]
    for at in range(len(said) - 2, -1, -1):
        later = found[at + 1]
        if found[at] is None and later:
            day = max((each for each in in_some_year(said[at], later.year) if each < later), default=None)
            found[at] = day if day is None or day.year == later.year else assume(draft, day)
    settled: list[date] = []
    for each, day in zip(said, found, strict=True):
        if day is None and (settled or coming):
            day = first_from(draft, each, settled[-1] if settled else draft.today)
        settled.append(day or nearest(draft, each))
    return settled


def _no_year_near(said: SaidDate) -> str:
    day = date_format(date(LEAP_YEAR, said.month, said.day), "j F")
    return _("%(day)s falls on that day of the week in no year near. Write the year.") % {"day": day}


def assume(draft: Draft, day: date) -> date:
    words = {"day": date_format(day, "j F"), "date": date_format(day, "l j F Y")}
    draft.assumed.append(_("%(day)s is taken as %(date)s.") % words)
    draft.in_doubt = True
    return day


def _said(day: date) -> str:
    return date_format(day, "j F Y")


# ---- days of the month

DAY_WORD = (
    r"(?:(?:[0-9]{1,2}(?:st|nd|rd|th)|second|third|fourth|fifth)[ -]to[ -])?last(?: day)?"
    r"|[0-9]{1,2}(?:st|nd|rd|th)(?: day)?|(?:first|second|third|fourth|fifth)(?: day)?"
)
DAY_LIST = rf"(?:{DAY_WORD})(?:{AND}(?:the )?(?:{DAY_WORD}))*"
DAYS_OF_MONTH = re.compile(
    rf"(?:\b(?:on |every )?(?:the )?(?P<days>{DAY_LIST}),? ?{EACH_MONTH}"
    rf"|\b(?:monthly|(?:each|every) month),? ?(?:on )?the (?P<of>{DAY_LIST})"
    rf"(?! ?(?:{AND})?(?:the )?(?:{WEEKDAY}|[0-9]|week|last|first|second|third|fourth|fifth)))"
)
ORDINAL_WORDS = ("first", "second", "third", "fourth", "fifth")


def read_days_of_month(draft: Draft) -> None:
    """ "15th of each month", "the 1st and last day of the month", "monthly on the 15th"."""
    draft.read(DAYS_OF_MONTH, DATE, _days_of_month)


def _days_of_month(draft: Draft, match: re.Match[str]) -> bool:
    words = re.findall(DAY_WORD, match["days"] or match["of"])
    if any(word == "last" for word in words) and not words[-1].endswith("day"):
        return False
    draft.month_days += map(_day_of_month, words)
    draft.said.add("each month")
    return True


def _day_of_month(word: str) -> int:
    first = re.split("[ -]", word)[0]
    number = 1 if first == "last" else _number(first)
    if "last" in word:
        return -number
    if not 1 <= number <= LAST_SAFE_DAY:
        raise AmbiguousText(_no_such_day_of_month(number))
    return number


def _number(word: str) -> int:
    return ORDINAL_WORDS.index(word) + 1 if word in ORDINAL_WORDS else int(re.sub("[a-z]", "", word))


def _no_such_day_of_month(number: int) -> str:
    named = {
        29: _("Not every month has a 29th."),
        30: _("Not every month has a 30th."),
        31: _("Not every month has a 31st."),
    }
    return named.get(number) or _("No month has a day %(number)d.") % {"number": number}
