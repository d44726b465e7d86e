"""Times of day and time zones in free text: "7-8:30pm ET", "19:00 UK time", "noon to 1", "24/7".

am or pm that is not stated is taken from the other end of the range: in "6:30-8pm" both are pm. A single time
without it is not parsed: 7 may be morning or evening. Only unambiguous zones are parsed: IST is India's,
Ireland's and Israel's; MST is also Arizona's, where clocks do not change; CST is also China's; AEST is also
Queensland's; GMT may be London's time, or London's in winter.
"""

from __future__ import annotations

import re
from collections import Counter
from collections.abc import Iterable
from datetime import UTC, date, datetime, time
from functools import cache
from typing import NamedTuple
from zoneinfo import ZoneInfo

from django.utils.translation import gettext as _

from resources import wording
from resources.timing.checking import known_zones
from resources.timing.parsing.draft import DATE, DAY, KEPT, MONTHS, OTHER, TIME, AmbiguousText, Draft

# ---- times

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
        rf"(?: ?(?P<half{name}>[ap])(?:\.?m\b\.?)"
        rf"| (?:in the (?P<part{name}>morning|afternoon|evening)|at (?P<by{name}>night))\b)?)"
    )


TIMES = re.compile(
    r"(?<![0-9a-z.:/$£€#+])(?<![0-9]-)(?<!\$ )(?:(?P<between>between )|(?P<at>(?:from|at|@) ?))?"
    rf"(?<![0-9a-z.:/$£€#+]){_time_pattern('1')}"
    rf"(?P<range>(?(between) and | ?(?:-|\bto\b|\buntil\b|\btill?\b|\bthru\b|\bthrough\b) ?)"
    rf"{_time_pattern('2')})?(?![0-9a-z%]|[:/][0-9]|-[0-9]|\.[0-9])"
)
ENDS_BEFORE = re.compile(
    r"\b(?:until|till?|by|before|after|ends?(?: at)?|ending(?: at)?|closes?(?: at)?|up to|to|doors) ?$"
)
AT_A_TIME = re.compile(rf"(?:\b(?:at|from|@|starts?|begins?) ?|[{DAY}{DATE}{OTHER}{MONTHS}] ?,? ?)$")
ENDS_THERE = re.compile(
    rf" ?(?:$|[,.;)(\n/]|[{DAY}{DATE}{OTHER}{MONTHS}{TIME}{KEPT}]|(?:at|in|via|online|on)\b)"
)
PART_OF_DAY = re.compile(rf"(?<=[{DAY}]) ?(?P<part>morning|afternoon|evening|night)s?\b")


class ParsedTime(NamedTuple):
    """One time as written, in minutes since midnight.

    `by` is what decides the half of the day: "half" (am, pm, noon), "24" (24-hour clock), or "" for nothing;
    the minutes are then those of the morning, or of noon.
    """

    minutes: int
    by: str
    has_colon: bool = False
    is_midnight: bool = False

    @property
    def time(self) -> time:
        """The time of day."""
        return time(self.minutes // 60 % 24, self.minutes % 60)


class Times(NamedTuple):
    """A start time, an end time or None, and a zone or ""."""

    opens_at: time
    closes_at: time | None
    zone: str

    def moments(self, today: date) -> tuple[time | str | None, ...]:
        """Return what is equal for "7pm ET" and "4pm PT": the times in UTC today."""
        if not self.zone:
            return self
        local_times = (self.opens_at, self.closes_at or self.opens_at)
        moments = (
            datetime.combine(today, local, ZoneInfo(self.zone)).astimezone(UTC) for local in local_times
        )
        return (*(local.time() for local in moments), self.closes_at and "a range")


def parse_times(draft: Draft) -> None:
    """Set the times and zone of `draft`. Raises AmbiguousText if there are several."""
    draft.read(ALL_HOURS, OTHER, lambda draft, match: draft.facts.add("all hours"))
    parts = list(PART_OF_DAY.finditer(draft.unparsed))
    part = parts[0]["part"] if len(parts) == 1 else ""
    all_times = [
        times for match in TIMES.finditer(draft.unparsed) if (times := _parse_range(draft, match, part))
    ]
    if len({times.moments(draft.today) for times in all_times}) > 1:
        raise AmbiguousText(_("It names several times of day. Enter one line for each."))
    if all_times:
        opens_at, draft.closes_at, draft.zone = all_times[0]
        draft.opens_at = opens_at
        since, until = SPANS.get(part, (0, 0))
        if since <= opens_at.hour * 60 + opens_at.minute < until:
            draft.mark_parsed(parts[0].span(), DAY)


def _parse_range(draft: Draft, match: re.Match[str], part: str) -> Times | None:
    """Return one time or range with the zone after it; None if it is not a time, or ambiguous."""
    first, last = _parse_time(match, "1"), _parse_time(match, "2")
    if first is None or (match["range"] and last is None):
        return None
    if not match["range"] and ENDS_BEFORE.search(draft.before(match.start())):
        return None
    is_meant = _is_time(draft, match)
    pair = _open_and_close(draft, first, last, part if is_meant else "")
    if pair is None:
        if is_meant:
            draft.ambiguity = _missing_half(match)
        return None
    draft.mark_parsed(match.span(), TIME)
    zone = ""
    if named := ZONE_AFTER_TIME.match(draft.unparsed, match.end()):
        zone = _zone_names()[named["zone"]]
        draft.mark_parsed(named.span(), TIME)
    return Times(*pair, zone)


def _parse_time(match: re.Match[str], name: str) -> ParsedTime | None:
    """Return the first or second time of a match; None if there is none, or it is not a time."""
    if word := match[f"word{name}"]:
        is_midnight = word.endswith("midnight")
        return ParsedTime(0 if is_midnight else HALF_DAY, "half", is_midnight=is_midnight)
    if match[f"hour{name}"] is None:
        return None
    hour, minute, sep = int(match[f"hour{name}"]), int(match[f"minute{name}"] or 0), match[f"sep{name}"]
    if half := match[f"half{name}"] or match[f"part{name}"] or match[f"by{name}"]:
        return _by_half(hour, minute, half)
    is_time = sep == ":" or (sep == "." and (match["at"] or match["range"]))  # 19.00 may be a price
    if hour * 60 + minute > WHOLE_DAY or (hour > 12 and not is_time):
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


def _open_and_close(
    draft: Draft, first: ParsedTime, last: ParsedTime | None, part: str
) -> tuple[time, time | None] | None:
    """Return start and end; None if nothing decides am or pm. `part` is as in "Tuesday evenings"."""
    if not first.by and not (last and last.by):
        if not part:
            return None
        first = ParsedTime(first.minutes % HALF_DAY + HALVES[part], "half")
    if last is None:
        return None if first.is_midnight else (first.time, None)
    by_24_hours = "24" in (first.by, last.by)
    if by_24_hours and not all(parsed.by or parsed.has_colon for parsed in (first, last)):
        return None
    if first.is_midnight:
        draft.assumed.append(_("Midnight is read as the start of the day."))
        draft.is_ambiguous = True
    length = (last.minutes - first.minutes) % HALF_DAY or HALF_DAY
    if not first.by and not by_24_hours:
        first = first._replace(minutes=last.minutes - length)
        draft.assumed.append(_("The start is read as %(time)s.") % {"time": wording.clock(first.time)})
    elif not last.by and not by_24_hours:
        last = last._replace(minutes=first.minutes + length)
        draft.assumed.append(_("The end is read as %(time)s.") % {"time": wording.clock(last.time)})
    return first.time, last.time


def _is_time(draft: Draft, match: re.Match[str]) -> bool:
    """True if it is a time and not another number: "at 7", "Tuesdays 7-8", but not "Room 7"."""
    says_so = match["minute1"] or match["minute2"] or match["at"]
    says_so = says_so or AT_A_TIME.search(draft.before(match.start()))
    return bool(says_so and ENDS_THERE.match(draft.unparsed, match.end()))


def _missing_half(match: re.Match[str]) -> str:
    """Return the question that would resolve a time that was not parsed."""
    if word := match["word1"]:
        return _("Is %(word)s at the start or end of that day?") % {"word": word.capitalize()}
    written = match["hour1"] + (f":{match['minute1']}" if match["minute1"] else "")
    return _("%(time)s in the morning or in the evening?") % {"time": written}


# ---- zones

# For each zone: words that mean it anywhere; words that mean it after a time of day, but maybe something else
# elsewhere ("Hartford, CT"); and further words that mean it before "time".
ZONES = {
    "America/New_York": ("est, edt, est/edt, us eastern", "et, eastern", ""),
    "America/Chicago": ("cdt, cst/cdt, us central", "ct, central", ""),
    "America/Denver": ("mdt, mst/mdt, us mountain", "mt, mountain", ""),
    "America/Los_Angeles": ("pst, pdt, pst/pdt, us pacific", "pt, pacific", ""),
    "America/Anchorage": ("akst, akdt", "", "alaska"),
    "America/Phoenix": ("", "", "arizona"),
    "America/St_Johns": ("", "", "newfoundland"),
    "Australia/Adelaide": ("acdt", "", ""),
    "Australia/Perth": ("awst", "", ""),
    "Australia/Sydney": ("aedt", "", ""),
    "Europe/Dublin": ("", "", "irish"),
    "Europe/London": ("bst, gmt/bst, bst/gmt", "uk", "british"),
    "Pacific/Auckland": ("nzt, nzst, nzdt, nzst/nzdt", "nz", "new zealand"),
    "Pacific/Honolulu": ("hst", "", "hawaii"),
    "UTC": ("utc", "", ""),
}
ANYWHERE, BEHIND_A_TIME, BEFORE_TIME = (
    {word: zone for zone, columns in ZONES.items() for word in columns[number].split(", ") if word}
    for number in range(3)
)
AMBIGUOUS_ZONES = re.compile(r"\b(?:ist|mst|cst|ast|aest|aet|acst|gmt|cet|cest|sst|wst)\b")
NOT_PLACES = {
    "center",
    "christmas",
    "easter",
    "east",
    "general",
    "north",
    "south",
    "universal",
    "utc",
    "west",
}


def _any_of(words: Iterable[str]) -> str:
    return "|".join(sorted(words, key=len, reverse=True))


TAIL = r"(?: (?:standard |daylight |summer )?time)?\b(?![-/'’][a-z0-9]|\.?[ ]?[0-9])"
ZONE_AFTER_TIME = re.compile(
    rf" ?[(,]? ?(?:us )?(?P<zone>{_any_of(ANYWHERE | BEHIND_A_TIME)}){TAIL}"
    r"(?: ?\)| ?(?=$|[,.;/\n(-]| [^a-z]| (?:at|on|via|online|by|and|in)\b))"
)
NAMED_ZONES = (
    re.compile(rf"(?P<all>\b(?P<zone>{_any_of(ANYWHERE)}){TAIL})"),
    re.compile(r"(?P<all>\b(?P<zone>[a-z]+/[a-z_-]+(?:/[a-z_-]+)?)\b)"),
    re.compile(
        r"(?=(?P<all>\b(?P<zone>[a-z][a-z.'-]*(?: [a-z.'-]+){0,2}) (?:(?:standard|daylight|summer) )?time\b))"
    ),
)


def parse_zone(draft: Draft) -> None:
    """Set the zone of `draft` if an unambiguous one is named. Raises AmbiguousText if two are."""
    zones = {draft.zone} - {""}
    for pattern in NAMED_ZONES:
        for match in pattern.finditer(draft.unparsed):
            if zone := _zone_names().get(match["zone"]):
                zones.add(zone)
                draft.mark_parsed(match.span("all"), OTHER)
    if len(zones) > 1:
        raise AmbiguousText(_("It names several time zones."))
    draft.zone = next(iter(zones), "")
    if not draft.zone and (several := AMBIGUOUS_ZONES.search(draft.unparsed)):
        words = {"zone": several.group().upper()}
        draft.ambiguity = (
            draft.ambiguity or _("%(zone)s is used in several places. Choose the time zone.") % words
        )


@cache
def _zone_names() -> dict[str, str]:
    """Return zones by their own name, by a place name that only one has, and by words."""
    codes = {name.lower(): name for name in known_zones()}
    places = {name: name.rpartition("/")[2].replace("_", " ").lower() for name in known_zones()}
    numbers = Counter(places.values())
    alone = {place: name for name, place in places.items() if numbers[place] == 1 and place not in NOT_PLACES}
    return alone | codes | BEFORE_TIME | BEHIND_A_TIME | ANYWHERE
