"""What people write about when a group meets, read as a recurrence. English only; it never guesses.

Each rule looks for one kind of thing (a date, a weekday, a time) and is told in a module of its own. What it
understands is marked in the text; what is left over is told back. Words that can be taken in two ways are
not read: they stay a note, with a sentence that says what is missing. So do words of which something is left
over that would turn the rest round.
"""

from __future__ import annotations

from calendar import monthrange
from collections.abc import Sequence
from dataclasses import dataclass, replace
from datetime import date, time
from typing import NamedTuple

from django.utils.dates import WEEKDAYS
from django.utils.translation import gettext as _

from resources.models.schedule import Frequency
from resources.timing.checking import LAST_SAFE_DAY, faults
from resources.timing.parsing.ambiguity import check_what_is_left
from resources.timing.parsing.clock import read_times
from resources.timing.parsing.dates import first_from, in_order, nearest, read_dates, read_days_of_month
from resources.timing.parsing.days import read_days, read_steps
from resources.timing.parsing.draft import AmbiguousText, Draft, SaidDate, normalize_whitespace
from resources.timing.parsing.months import read_months, read_what_is_left_out
from resources.timing.parsing.zones import read_zone
from resources.timing.recurrence import Recurrence, days_between
from resources.vocabulary import DAY_CODES

LONGEST = 1_000  # letters; the days a group meets on are said in fewer, and what is not read may change them
RULES = (
    read_dates,
    read_what_is_left_out,
    read_months,
    read_steps,
    read_days_of_month,
    read_days,
    read_times,
    read_zone,
)


@dataclass(frozen=True)
class Reading:
    """What was understood of somebody's words, and what was not.

    `recurrence` is None where they claim no dates: then they are a note, `rest` is all of them, and `why`
    says what is missing. `rest` are the words that were not understood, as typed; `assumed` are sentences
    about what was taken without being said. `in_doubt` is whether that is more than am or pm.
    """

    recurrence: Recurrence | None
    rest: str
    assumed: tuple[str, ...]
    why: str
    in_doubt: bool = False

    @property
    def is_certain(self) -> bool:
        """Whether an importer may take it without a person."""
        return self.recurrence is not None and not self.rest and not self.in_doubt


class Days(NamedTuple):
    """On which days it repeats: `freq`, `byday` and `bymonthday` as in `Recurrence`."""

    freq: str
    byday: Sequence[str] = ()
    bymonthday: Sequence[int] = ()


def read_words(text: str, *, today: date) -> Reading:
    """What `text` says of days and times. It never raises; `today` is for years that are not said."""
    note = text.strip()
    if len(note) > LONGEST:
        return Reading(None, note, (), _("It is too long to read. Write only the days and the times."))
    draft = Draft(normalize_whitespace(note), today)
    try:
        recurrence = _recurrence(draft)
    except AmbiguousText as unclear:
        return Reading(None, note, (), str(unclear))
    rest = draft.rest()
    assumed = tuple(dict.fromkeys(draft.assumed))
    return Reading(recurrence, rest, assumed, draft.doubt if rest else "", draft.in_doubt)


def _recurrence(draft: Draft) -> Recurrence:
    for rule in RULES:
        rule(draft)
    _year_by_year(draft)
    days = _days(draft)
    recurrence = _with_dates(draft, days, _with_times(draft, Recurrence(timezone=draft.zone)))
    check_what_is_left(draft)
    for fault in faults(replace(recurrence, timezone=recurrence.timezone or "UTC")):
        raise AmbiguousText(fault.message)
    if recurrence.interval > 1 and not _counts_from_its_day(recurrence):
        raise AmbiguousText(_("It does not meet on the date it counts from."))
    return recurrence


# ---- which days


def _days(draft: Draft) -> Days:
    """Raises Unclear where the words say none, or say two things."""
    if "daily" in draft.said and not draft.weekdays:
        draft.weekdays += DAY_CODES
    if _is_around_the_clock(draft):
        draft.weekdays += DAY_CODES
    _leave_out_days(draft)
    _check_that_it_says_one_thing(draft)
    _check_the_step(draft)
    if draft.ordinals:
        days = Days(Frequency.MONTHLY, list(dict.fromkeys(draft.ordinals)))
    elif draft.month_days:
        days = Days(Frequency.MONTHLY, bymonthday=list(dict.fromkeys(draft.month_days)))
    elif draft.weekdays:
        days = Days(Frequency.WEEKLY, [day for day in DAY_CODES if day in draft.weekdays])
    else:
        days = _days_of_dates(draft)
    _check_times_in(draft, days)
    return days


def _is_around_the_clock(draft: Draft) -> bool:
    """A line that is open 24 hours, and names no days, is so every day."""
    names_days = draft.weekdays or draft.ordinals or draft.month_days or draft.dates.get("")
    return "all hours" in draft.said and not names_days


def _leave_out_days(draft: Draft) -> None:
    if draft.days_without & {day[-2:] for day in draft.ordinals}:
        raise AmbiguousText(_("It names days, and says it does not meet on them."))
    kept = [day for day in draft.weekdays if day not in draft.days_without]
    if draft.weekdays and not kept:
        raise AmbiguousText(_("It names days, and says it does not meet on them."))
    draft.weekdays = kept


def _check_that_it_says_one_thing(draft: Draft) -> None:
    weekly = draft.unit == "week" or "weekly" in draft.said
    monthly = draft.unit == "month" or "monthly" in draft.said or draft.times_in == (1, "month")
    if "of the month" in draft.said and "every weekday named" not in draft.said:
        monthly = True
    if draft.weekdays and (draft.ordinals or monthly):
        name = WEEKDAYS[DAY_CODES.index(draft.weekdays[0])]
        raise AmbiguousText(_("Which %(weekday)s of the month?") % {"weekday": name})
    if draft.month_days and (draft.ordinals or draft.weekdays):
        raise AmbiguousText(_("Is it a day of the week, or of the month?"))
    if weekly and (draft.ordinals or draft.month_days or monthly):
        raise AmbiguousText(_("Is it by the week, or by the month?"))
    if draft.every_nth and len(draft.ordinals) == 1 and not monthly and "of the month" not in draft.said:
        raise AmbiguousText(_("The %(nth)s of each month, or every %(nth)s one?") % {"nth": draft.every_nth})
    if draft.dates.get("") and (draft.ordinals or draft.month_days or draft.weekdays or weekly or monthly):
        raise AmbiguousText(_("Is it on one date, or does it repeat?"))


def _check_the_step(draft: Draft) -> None:
    """What is counted in weeks or months needs a date."""
    if "quarterly" in draft.said and (draft.months or draft.months_without):
        draft.step, draft.unit = 1, ""
    if "yearly" in draft.said and not draft.months:
        raise AmbiguousText(_("It does not say in which month."))
    has_date = draft.dates.get("begin") and "no first date" not in draft.said
    if draft.step == 1 or has_date:
        return
    if "a date in doubt" in draft.said:
        raise AmbiguousText(draft.doubt)
    if draft.step == 2 and draft.unit == "week":
        raise AmbiguousText(_("Every second week needs one date to count from."))
    if draft.step == 2:
        raise AmbiguousText(_("Every second month needs one date to count from."))
    words = {"number": draft.step}
    if draft.unit == "week":
        raise AmbiguousText(_("To count every %(number)d weeks, give one date.") % words)
    raise AmbiguousText(_("To count every %(number)d months, give one date.") % words)


def _check_times_in(draft: Draft, days: Days) -> None:
    """ "Twice a month" says nothing new beside "1st and 3rd Tuesday", and too little by itself."""
    if draft.times_in is None:
        return
    number, unit = draft.times_in
    freq = Frequency.WEEKLY if unit == "week" else Frequency.MONTHLY
    if days.freq != freq or number != len(days.byday) + len(days.bymonthday):
        raise AmbiguousText(_("It does not say on which days."))


def _days_of_dates(draft: Draft) -> Days:
    """Without a weekday: single dates, or a first one from which it is counted."""
    begins = draft.dates.get("begin") and "no first date" not in draft.said
    if begins and (draft.unit == "week" or "weekly" in draft.said):
        return Days(Frequency.WEEKLY)
    if begins and (draft.unit == "month" or "monthly" in draft.said):
        raise AmbiguousText(_("Is it on that day of the month, or on that weekday?"))
    if draft.dates.get("begin"):
        raise AmbiguousText(_("Say whether it repeats weekly or monthly."))
    if draft.dates.get("") or draft.dates.get("besides"):
        return Days("")
    check_what_is_left(draft)
    raise AmbiguousText(draft.doubt if "a date in doubt" in draft.said else _("It names no day."))


def _year_by_year(draft: Draft) -> None:
    """ "15 October every year" is monthly, kept to one month."""
    dates = draft.dates.get("every year")
    if not dates:
        return
    if len(dates) > 1:
        raise AmbiguousText(_("It names several dates of the year. Write one line for each."))
    day, month = dates[0].day, dates[0].month
    if (day, month) == (29, 2):
        raise AmbiguousText(_("Not every year has a 29 February."))
    if day > LAST_SAFE_DAY:
        raise AmbiguousText(_("Only days up to the 28th can come every year. Write each date."))
    draft.month_days.append(day)
    draft.months.add(month)


# ---- times, months and dates


def _with_times(draft: Draft, recurrence: Recurrence) -> Recurrence:
    if "all hours" not in draft.said:
        return replace(recurrence, opens_at=draft.opens_at, closes_at=draft.closes_at)
    if draft.opens_at is not None:
        raise AmbiguousText(_("It names several times of day. Write one line for each."))
    return replace(recurrence, opens_at=time(), closes_at=time())


def _with_dates(draft: Draft, days: Days, recurrence: Recurrence) -> Recurrence:
    begin, end = _only(draft, "begin"), _only(draft, "end")
    dtstart = _first_date(draft, begin, end, days) if begin else None
    if days.freq == Frequency.WEEKLY and not days.byday and dtstart:
        days = days._replace(byday=(DAY_CODES[dtstart.weekday()],))
    single = in_order(draft, draft.dates.get("", ()))
    besides = in_order(draft, draft.dates.get("besides", ()), coming=True)
    if len(single) == 1:
        dtstart = single[0]
    elif single:
        besides = sorted({*single, *besides})
    return replace(
        recurrence,
        freq=days.freq,
        interval=draft.step,
        byday=tuple(days.byday),
        bymonthday=tuple(days.bymonthday),
        bymonth=_months(draft),
        count=_count(draft, days),
        dtstart=dtstart,
        until=first_from(draft, end, dtstart or draft.today) if end else None,
        exception_dates=tuple(in_order(draft, draft.dates.get("without", ()), coming=True)),
        added_dates=tuple(besides),
    )


def _first_date(draft: Draft, begin: SaidDate, end: SaidDate | None, days: Days) -> date:
    """A year that is said for the last date holds for the first one too: "6 January to 3 March 2027"."""
    if end and end.year and not begin.year:
        return in_order(draft, [begin, end])[0]
    return nearest(draft, begin, days.byday if days.freq == Frequency.WEEKLY else ())


def _only(draft: Draft, purpose: str) -> SaidDate | None:
    said = draft.dates.get(purpose, [])
    if len(said) > 1:
        raise AmbiguousText(_("It names several first or last dates."))
    return said[0] if said else None


def _months(draft: Draft) -> tuple[int, ...]:
    """Those kept to, without those left out; empty for all."""
    if not draft.months and not draft.months_without:
        return ()
    kept = (draft.months or set(range(1, 13))) - draft.months_without
    if not kept:
        raise AmbiguousText(_("It leaves out every month."))
    return () if len(kept) == 12 else tuple(sorted(kept))


def _count(draft: Draft, days: Days) -> int | None:
    """The number of times; six weeks of two days each are twelve."""
    if draft.weeks is None:
        return draft.count
    if draft.count or days.freq != Frequency.WEEKLY or draft.step != 1:
        raise AmbiguousText(_("It is not clear how many times it meets."))
    return draft.weeks * max(1, len(days.byday))


def _counts_from_its_day(recurrence: Recurrence) -> bool:
    """Whether the date that every second week is counted from is one of its days.

    Every second month is counted from a month, whose day may be still to come.
    """
    first = last = recurrence.dtstart or date.min
    if recurrence.freq == Frequency.MONTHLY:
        last = first.replace(day=monthrange(first.year, first.month)[1])
    without = replace(recurrence, exception_dates=(), added_dates=(), bymonth=())
    return any(days_between(without, first, last))
