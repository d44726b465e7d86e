"""Meeting times and opening hours in words: "2nd Tuesday of the month, 7 pm (Chicago time)"."""

from __future__ import annotations

import re
from collections.abc import Sequence
from datetime import date, time
from typing import Any, Protocol

from django.contrib.humanize.templatetags.humanize import ordinal
from django.utils.dates import MONTHS, WEEKDAYS
from django.utils.formats import date_format, time_format
from django.utils.translation import get_language, ngettext
from django.utils.translation import gettext as _

from resources.vocabulary import DAY_CODES
from resources.wording.names import join_words


def meeting(day: Any, starts_at: Any, ends_at: Any, timezone: str) -> str:
    """Return "Tuesday, December 8, 7 pm to 8:30 pm (Chicago time)"; only the date if no time is stated."""
    phrase = date_format(day, _("l, F j"))
    if starts_at is None:
        return phrase
    times = clock(starts_at.time())
    if ends_at is not None:
        times = _("%(start)s to %(end)s") % {"start": times, "end": clock(ends_at.time())}
    return _("%(day)s, %(times)s (%(zone)s)") % {"day": phrase, "times": times, "zone": zone_name(timezone)}


def weekday_and_clock(at: Any) -> str:
    """Return "Monday, 9 am"."""
    return _("%(day)s, %(time)s") % {"day": date_format(at, "l"), "time": clock(at.time())}


WHOLE_YEAR = range(1, 13)
MAX_EXCLUDED_MONTHS = 2  # up to this many are listed as excluded, instead of listing the others


class Recurring(Protocol):
    """The fields of `resources.timing.recurrence.Recurrence` that are put in words."""

    @property
    def freq(self) -> str: ...
    @property
    def interval(self) -> int: ...
    @property
    def byday(self) -> tuple[str, ...]: ...
    @property
    def bymonthday(self) -> tuple[int, ...]: ...
    @property
    def bymonth(self) -> tuple[int, ...]: ...
    @property
    def count(self) -> int | None: ...
    @property
    def dtstart(self) -> date | None: ...
    @property
    def until(self) -> date | None: ...
    @property
    def valid_from(self) -> date | None: ...
    @property
    def valid_to(self) -> date | None: ...
    @property
    def opens_at(self) -> time | None: ...
    @property
    def closes_at(self) -> time | None: ...
    @property
    def timezone(self) -> str: ...
    @property
    def exception_dates(self) -> tuple[date, ...]: ...
    @property
    def added_dates(self) -> tuple[date, ...]: ...


_MIDNIGHT_TO_LAST_MINUTE = (time(0), time(23, 59))  # how some lists write the whole day
# "Within 24 hours" is how soon they answer.
_DAY_AND_NIGHT = re.compile(
    r"(?<!within )(?<!in )\b(?:24/7|24[ -]?h(?:ou)?rs?(?: a day)?(?:,? (?:7|seven) days(?: a week)?)?)"
    r"(?![\w/])",
    re.IGNORECASE,
)


def is_day_and_night(words: str) -> bool:
    """Return True if the words of a source say that it answers at any hour."""
    return _DAY_AND_NIGHT.search(words) is not None


def reported_times(words: str, *, meets: bool, own_page: bool, old_year: int | None) -> str:
    """Return the words of a source on when it meets or is open, and whose words they are.

    `old_year` is when they were seen, if that is long ago.
    """
    said = {"words": _DAY_AND_NIGHT.sub(_("day and night"), words), "year": old_year}
    if own_page:
        template = _("Their page says: %(words)s")
        if old_year:
            template = _("Their page said in %(year)s: %(words)s")
    elif old_year:
        template = _("Reported in %(year)s: %(words)s")
    else:
        template = _("Reported: %(words)s") if meets else _("Reported hours: %(words)s")
    return template % said


def schedule(recurring: Recurring) -> str:
    """Return "2nd and 4th Wednesday of the month, 6:30 pm to 8 pm (Chicago time), not in July and August".

    Only for a recurrence without faults (`resources.timing.checking`). The time zone is stated beside a time.
    """
    if recurring.freq:
        days = f"{_repeating_days(recurring)}{_first_and_last(recurring)}"
    else:
        days = _single_days(recurring)
    added = recurring.added_dates if recurring.freq else ()
    parts = (
        days,
        _times(recurring),
        _months_phrase(recurring.bymonth),
        _number_of_times(recurring.count),
        _validity(recurring),
        _listed_dates(_("except %(dates)s"), recurring.exception_dates),
        _listed_dates(_("also on %(dates)s"), added),
    )
    return ", ".join(part for part in parts if part)


def clock(at: time) -> str:
    """Return "7 pm", "6:30 pm", "noon" or "midnight"; other languages in their own format."""
    if not (get_language() or "en").startswith("en"):
        return time_format(at)
    if (at.hour % 12, at.minute) == (0, 0):
        return _("noon") if at.hour else _("midnight")
    hours = f"{at.hour % 12 or 12}" + (f":{at.minute:02}" if at.minute else "")
    return (_("%(time)s am") if at.hour < 12 else _("%(time)s pm")) % {"time": hours}


def zone_name(name: str) -> str:
    """Return "New York time" for "America/New_York"; "UTC"; "" for none."""
    if name in ("", "UTC"):
        return name
    return _("%(place)s time") % {"place": name.rpartition("/")[2].replace("_", " ")}


def day_and_date(day: date) -> str:
    """Return "Tuesday, January 12, 2027"."""
    return date_format(day, _("l, F j, Y"))


def _plain_date(day: date) -> str:
    return date_format(day)


def _repeating_days(recurring: Recurring) -> str:
    words = {"number": recurring.interval, "days": _days_of_month(recurring)}
    if recurring.freq == "MONTHLY":
        if recurring.interval > 1:
            return _("Every %(number)d months on the %(days)s of the month") % words
        return _("%(days)s of the month") % words
    codes = recurring.byday or (DAY_CODES[recurring.dtstart.weekday()] if recurring.dtstart else "",)
    days = [code for code in DAY_CODES if code in codes]
    words["days"] = join_words([_weekday(code) for code in days])
    if recurring.interval > 1:
        return _("Every %(number)d weeks on %(days)s") % words
    first = DAY_CODES.index(days[0])
    if len(days) > 2 and tuple(days) == DAY_CODES[first : first + len(days)]:
        return _("Every day") if len(days) == 7 else _from_to(_weekday(days[0]), _weekday(days[-1]))
    return _("Every %(days)s") % words


def _days_of_month(recurring: Recurring) -> str:
    """Return "2nd and 4th Wednesday" or "15th and last day"; from the first date if nothing else says it."""
    if recurring.byday:
        positions: dict[str, list[int]] = {}
        for code in recurring.byday:
            positions.setdefault(code[-2:], []).append(int(code[:-2] or 0))
        named = (
            (join_words([_position(position) for position in sorted(of, key=_month_order)]), code)
            for code, of in positions.items()
        )
        return join_words([f"{which} {_weekday(code)}" for which, code in named])
    days = sorted(recurring.bymonthday, key=_month_order) or (
        [recurring.dtstart.day] if recurring.dtstart else []
    )
    return join_words(
        [_position(day) if day > 0 else _("%(position)s day") % {"position": _position(day)} for day in days]
    )


def _position(number: int) -> str:
    """Return "2nd", "last" or "3rd to last"."""
    if number == -1:
        return _("last")
    if number < 0:
        return _("%(position)s to last") % {"position": ordinal(-number)}
    return f"{ordinal(number)}"


def _month_order(position: int) -> tuple[bool, int]:
    """Sort key that puts positions counted from the end last."""
    return position < 0, position


def _weekday(code: str) -> str:
    return str(WEEKDAYS[DAY_CODES.index(code)])


def _single_days(recurring: Recurring) -> str:
    days = sorted({*recurring.added_dates, *filter(None, [recurring.dtstart])})
    if len(days) == 1:
        return day_and_date(days[0])
    return join_words([_plain_date(day) for day in days])


def _first_and_last(recurring: Recurring) -> str:
    """Return " from 7 January 2026 until 3 March 2026"."""
    phrase = ""
    if recurring.dtstart:
        phrase += " " + _("from %(date)s") % {"date": _plain_date(recurring.dtstart)}
    if recurring.until:
        phrase += " " + _("until %(date)s") % {"date": _plain_date(recurring.until)}
    return phrase


def _validity(recurring: Recurring) -> str:
    """Return when the rule is valid, if stated apart from its first and last date."""
    first = recurring.valid_from and _plain_date(recurring.valid_from)
    last = recurring.valid_to and _plain_date(recurring.valid_to)
    if first and last:
        return _("only from %(first)s until %(last)s") % {"first": first, "last": last}
    if first:
        return _("only from %(date)s") % {"date": first}
    return _("only until %(date)s") % {"date": last} if last else ""


def _times(recurring: Recurring) -> str:
    opens, closes = recurring.opens_at, recurring.closes_at
    if opens is None:
        return ""
    if opens == closes or (opens, closes) == _MIDNIGHT_TO_LAST_MINUTE:
        phrase = _("24 hours a day")
    else:
        phrase = clock(opens) if closes is None else _from_to(clock(opens), clock(closes))
    return f"{phrase} ({zone})" if (zone := zone_name(recurring.timezone)) else phrase


def _from_to(first: str, last: str) -> str:
    return _("%(first)s to %(last)s") % {"first": first, "last": last}


def _months_phrase(months: Sequence[int]) -> str:
    """Return "not in July and August", "September to May" or "in January and July"."""
    excluded = [month for month in WHOLE_YEAR if month not in months]
    if not months or not excluded:
        return ""
    if len(excluded) <= MAX_EXCLUDED_MONTHS:
        return _("not in %(months)s") % {"months": join_words([MONTHS[month] for month in excluded])}
    included = [month for month in WHOLE_YEAR if month in months]
    first = next(month for month in included if (month - 2) % 12 + 1 not in included)
    last = (first + len(included) - 2) % 12 + 1
    if len(included) > 2 and all((first - 1 + step) % 12 + 1 in included for step in range(len(included))):
        return _from_to(str(MONTHS[first]), str(MONTHS[last]))
    return _("in %(months)s") % {"months": join_words([MONTHS[month] for month in included])}


def _number_of_times(count: int | None) -> str:
    if count is None:
        return ""
    return ngettext("%(number)d time", "%(number)d times", count) % {"number": count}


def _listed_dates(phrase: str, days: Sequence[date]) -> str:
    return phrase % {"dates": join_words([_plain_date(day) for day in sorted(days)])} if days else ""
