"""Times of day in people's words: "7-8:30pm", "19:00", "noon to 1", "at all hours".

A half of the day that was not said is carried from the other time of the range: "6:30-8pm" is both pm. A
time that stands alone without one is not read: 7 may be in the morning or in the evening.
"""

from __future__ import annotations

import re
from datetime import UTC, date, datetime, time
from typing import NamedTuple
from zoneinfo import ZoneInfo

from django.utils.translation import gettext as _

from resources import wording
from resources.timing.parsing.draft import DATE, DAY, KEPT, MONTHS, OTHER, TIME, AmbiguousText, Draft
from resources.timing.parsing.zones import ZONE_AFTER_TIME, zone_named

HALF_DAY, WHOLE_DAY = 720, 1440  # minutes
HALVES = {"a": 0, "p": HALF_DAY, "morning": 0, "afternoon": HALF_DAY, "evening": HALF_DAY, "night": HALF_DAY}
SPANS = {"morning": (0, 720), "afternoon": (720, 1080), "evening": (960, 1440), "night": (1080, 1440)}

ALL_HOURS = re.compile(
    r"\b24 ?/ ?7(?: ?/ ?365)?\b|\bat all hours\b|\b(?:around|round) the clock\b"
    r"|(?<!within )(?<!least )(?<!last )\b24[ -]?(?:hours?|hrs?)\b"
    r"(?! ?'? ?(?:notice|in advance|before|prior|ahead|after))"
    r"(?:(?: a|/| per) ?day\b)?(?:,? (?:and )?(?:7|seven) days a week\b)?"
)


def _time_pattern(name: str) -> str:
    return (
        rf"(?:(?P<word{name}>(?:12 )?(?:noon|midday|midnight))\b"
        rf"|(?P<hour{name}>[0-2]?[0-9])(?:(?P<sep{name}>[:.])(?P<minute{name}>[0-5][0-9]))?(?: o'clock)?"
        rf"(?: ?(?P<half{name}>a\.?m\b\.?|p\.?m\b\.?)"
        rf"| (?:in the (?P<part{name}>morning|afternoon|evening)|at (?P<by{name}>night))\b)?)"
    )


TIMES = re.compile(
    r"(?<![0-9a-z.:/$£€#+])(?<![0-9]-)(?<!\$ )(?:(?P<between>between )|(?P<at>(?:from|at|@) ?))?"
    rf"(?<![0-9a-z.:/$£€#+]){_time_pattern('1')}"
    rf"(?:(?(between) and | ?(?:-|\bto\b|\buntil\b|\btill?\b|\bthru\b|\bthrough\b) ?){_time_pattern('2')})?"
    r"(?![0-9a-z%]|[:/][0-9]|-[0-9]|\.[0-9])"
)
NOT_THE_START = re.compile(
    r"\b(?:until|till?|by|before|after|ends?(?: at)?|ending(?: at)?|closes?(?: at)?|up to|to|doors) ?$"
)
AT_A_TIME = re.compile(rf"(?:\b(?:at|from|@|starts?|begins?) ?|[{DAY}{DATE}{OTHER}{MONTHS}] ?,? ?)$")
ENDS_THERE = re.compile(
    rf" ?(?:$|[,.;)(\n/]|[{DAY}{DATE}{OTHER}{MONTHS}{TIME}{KEPT}]|(?:at|in|via|online|on)\b)"
)
PART_OF_DAY = re.compile(rf"(?<=[{DAY}]) ?(?P<part>morning|afternoon|evening|night)s?\b")


class ParsedTime(NamedTuple):
    """One time as it was written, in minutes since midnight.

    `by` is what tells the half of the day: "half" (am, pm, noon), "24" (the clock of 24 hours), or "" for
    nothing: then the minutes are those of the morning, or of noon.
    """

    minutes: int
    by: str
    has_colon: bool = False
    is_midnight: bool = False


class Times(NamedTuple):
    opens_at: time
    closes_at: time | None
    zone: str


def read_times(draft: Draft) -> None:
    """Fills the times of `draft` and their zone. Raises Unclear where several are named."""
    draft.read(ALL_HOURS, OTHER, _all_hours)
    parts = list(PART_OF_DAY.finditer(draft.left))
    part = parts[0]["part"] if len(parts) == 1 else ""
    found = [times for match in TIMES.finditer(draft.left) if (times := _read_one(draft, match, part))]
    if found:
        draft.opens_at, draft.closes_at, draft.zone = _one_of(list(dict.fromkeys(found)), draft.today)
    if part and draft.opens_at and _is_in(part, draft.opens_at):
        draft.take(parts[0].span(), DAY)


def _all_hours(draft: Draft, match: re.Match[str]) -> None:
    draft.said.add("all hours")


def _read_one(draft: Draft, match: re.Match[str], part: str) -> Times | None:
    """One time or range with the zone that follows it; None for what is none, or in doubt."""
    first, last = _said(match, "1"), _said(match, "2")
    if first is None or (_is_range(match) and last is None):
        return None
    if not _is_range(match) and NOT_THE_START.search(draft.left[: match.start()][-20:]):
        return None
    pair = _pair(first, last, part if _is_meant(draft, match) else "")
    if pair is None:
        _set_ambiguity(draft, match)
        return None
    _tell_assumed(draft, first, last, pair)
    draft.take(match.span(), TIME)
    zone = ""
    if named := ZONE_AFTER_TIME.match(draft.left, match.end()):
        zone = zone_named(named["zone"])
        draft.take(named.span(), TIME)
    return Times(*pair, zone)


def _is_range(match: re.Match[str]) -> bool:
    return bool(match["word2"] or match["hour2"])


def _said(match: re.Match[str], name: str) -> ParsedTime | None:
    """The first or second time of a match; None for a number that is no time, and where there is none."""
    if word := match[f"word{name}"]:
        is_midnight = word.endswith("midnight")
        return ParsedTime(0 if is_midnight else HALF_DAY, "half", is_midnight=is_midnight)
    if match[f"hour{name}"] is None:
        return None
    hour, minute = int(match[f"hour{name}"]), int(match[f"minute{name}"] or 0)
    half = match[f"half{name}"] or match[f"part{name}"] or match[f"by{name}"]
    if half:
        return _by_half(hour, minute, half if half in HALVES else half[0])
    sep = match[f"sep{name}"]
    is_meant = sep == ":" or (sep == "." and (match["at"] or _is_range(match)))  # 19.00 may be a price
    if hour * 60 + minute > WHOLE_DAY or (hour > 12 and not is_meant):
        return None
    by_24_hours = hour > 12 or (sep == ":" and match[f"hour{name}"].startswith("0"))
    return ParsedTime(hour * 60 + minute, "24" if by_24_hours else "", has_colon=sep is not None)


def _by_half(hour: int, minute: int, half: str) -> ParsedTime | None:
    if 12 < hour < 24 and HALVES[half]:
        return ParsedTime(hour * 60 + minute, "half")
    if not 1 <= hour <= 12:
        return None
    is_late = hour == 12 and half == "night"
    return ParsedTime(hour % 12 * 60 + minute + (0 if is_late else HALVES[half]), "half", is_midnight=is_late)


def _pair(first: ParsedTime, last: ParsedTime | None, part: str) -> tuple[time, time | None] | None:
    """From when to when; None where nothing tells the half of the day. `part` is as in "Tuesday evenings"."""
    if not first.by and not (last and last.by):
        if not part:
            return None
        first = ParsedTime(first.minutes % HALF_DAY + HALVES[part], "half")
    if last is None:
        return None if first.is_midnight else (_time(first.minutes), None)
    if "24" in (first.by, last.by):
        is_whole = all(each.by or each.has_colon for each in (first, last))
        return (_time(first.minutes), _time(last.minutes)) if is_whole else None
    opens, closes = first.minutes, last.minutes
    length = (closes - opens) % HALF_DAY or HALF_DAY
    if not first.by:
        opens = closes - length
    elif not last.by:
        closes = opens + length
    return _time(opens), _time(closes)


def _tell_assumed(
    draft: Draft, first: ParsedTime, last: ParsedTime | None, pair: tuple[time, time | None]
) -> None:
    by = {first.by, last.by} if last else set()
    if first.is_midnight:
        draft.assumed.append(_("Midnight is taken as the beginning of the day."))
        draft.in_doubt = True
    if "half" in by and not first.by:
        draft.assumed.append(_("The start is taken as %(time)s.") % {"time": wording.clock(pair[0])})
    elif pair[1] is not None and "24" not in by and last and not last.by:
        draft.assumed.append(_("The end is taken as %(time)s.") % {"time": wording.clock(pair[1])})


def _is_meant(draft: Draft, match: re.Match[str]) -> bool:
    """Whether a time is meant and not a number of something: "at 7", "Tuesdays 7-8", and not "Room 7"."""
    before = draft.left[: match.start()][-20:]
    says_so = match["minute1"] or match["minute2"] or match["at"] or AT_A_TIME.search(before)
    return bool(says_so and ENDS_THERE.match(draft.left, match.end()))


def _set_ambiguity(draft: Draft, match: re.Match[str]) -> None:
    """Says what is missing of a time that was not read."""
    if not _is_meant(draft, match):
        return
    if word := match["word1"]:
        draft.doubt = _("%(word)s before or after that day?") % {"word": word.capitalize()}
        return
    said = match["hour1"] + (f":{match['minute1']}" if match["minute1"] else "")
    draft.doubt = _("%(time)s in the morning or in the evening?") % {"time": said}


def _one_of(found: list[Times], today: date) -> Times:
    """The one time that is meant: "7pm ET / 4pm PT" is one, said twice."""
    moments = {_moments(times, today) for times in found}
    if len(found) > 1 and (len(moments) > 1 or not all(times.zone for times in found)):
        raise AmbiguousText(_("It names several times of day. Write one line for each."))
    return found[0]


def _moments(times: Times, today: date) -> tuple[time, ...]:
    """As clocks in UTC show it today."""
    at = [
        datetime.combine(today, each, ZoneInfo(times.zone or "UTC")) for each in times[:2] if each is not None
    ]
    return tuple(each.astimezone(UTC).time() for each in at)


def _is_in(part: str, at: time) -> bool:
    since, until = SPANS[part]
    return since <= at.hour * 60 + at.minute < until


def _time(minutes: int) -> time:
    return time(minutes // 60 % 24, minutes % 60)
