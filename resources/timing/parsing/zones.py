"""Time zones in people's words: "ET", "Eastern", "UK time", "Chicago time", "(EDT)".

Only what means one zone is read. IST is India's, Ireland's and Israel's; MST is also Arizona's, where clocks
stay; CST is also China's; AEST is also Queensland's; GMT may be London's time, or London's in winter.
"""

from __future__ import annotations

import re
from collections import defaultdict
from functools import cache

from django.utils.translation import gettext as _

from resources.timing.checking import known_zones
from resources.timing.parsing.draft import OTHER, AmbiguousText, Draft

EASTERN, CENTRAL, MOUNTAIN, PACIFIC = (
    "America/New_York",
    "America/Chicago",
    "America/Denver",
    "America/Los_Angeles",
)
LONDON, AUCKLAND = "Europe/London", "Pacific/Auckland"


def _by_words(zones: dict[str, str]) -> dict[str, str]:
    return {word: zone for zone, words in zones.items() for word in words.split(", ")}


# Short ones, and those that are places or letters elsewhere ("Hartford, CT"): only behind a time of day.
BEHIND_A_TIME = _by_words(
    {
        EASTERN: "et, eastern",
        CENTRAL: "ct, central",
        MOUNTAIN: "mt, mountain",
        PACIFIC: "pt, pacific",
        LONDON: "uk",
        AUCKLAND: "nz",
    }
)
BY_THEMSELVES = _by_words(
    {
        EASTERN: "est, edt, est/edt, us eastern",
        CENTRAL: "cdt, cst/cdt, us central",
        MOUNTAIN: "mdt, mst/mdt, us mountain",
        PACIFIC: "pst, pdt, pst/pdt, us pacific",
        LONDON: "bst, gmt/bst, bst/gmt",
        AUCKLAND: "nzt, nzst, nzdt, nzst/nzdt",
        "America/Anchorage": "akst, akdt",
        "Pacific/Honolulu": "hst",
        "Australia/Adelaide": "acdt",
        "Australia/Perth": "awst",
        "Australia/Sydney": "aedt",
        "UTC": "utc",
    }
)
WITH_TIME = _by_words(
    {
        EASTERN: "eastern",
        CENTRAL: "central",
        MOUNTAIN: "mountain",
        PACIFIC: "pacific",
        LONDON: "uk, british",
        AUCKLAND: "nz, new zealand",
        "America/Anchorage": "alaska",
        "America/Phoenix": "arizona",
        "America/St_Johns": "newfoundland",
        "Europe/Dublin": "irish",
        "Pacific/Honolulu": "hawaii",
    }
)
SEVERAL = re.compile(r"\b(?:ist|mst|cst|ast|aest|aet|acst|gmt|cet|cest|sst|wst)\b")

NO_PLACES = {"center", "christmas", "easter", "east", "general", "north", "south", "universal", "utc", "west"}

LONGEST_FIRST = sorted({*BEHIND_A_TIME, *BY_THEMSELVES}, key=len, reverse=True)
ALONE_FIRST = sorted(BY_THEMSELVES, key=len, reverse=True)
TAIL = r"(?: (?:standard |daylight |summer )?time)?"
NO_TAIL = r"\b(?![-/'’][a-z0-9]|\.?[ ]?[0-9])"
ZONE_AFTER_TIME = re.compile(
    rf" ?[(,]? ?(?:us )?(?P<zone>{'|'.join(LONGEST_FIRST)}){TAIL}{NO_TAIL}"
    r"(?: ?\)| ?(?=$|[,.;/\n(-]| [^a-z]| (?:at|on|via|online|by|and|in)\b))"
)
ZONE = re.compile(rf"\b(?P<zone>{'|'.join(ALONE_FIRST)}){TAIL}{NO_TAIL}")
ZONE_TIME = re.compile(
    r"(?=\b(?P<zone>[a-z][a-z.'-]*(?: [a-z.'-]+){0,2}) (?:(?:standard|daylight|summer) )?time\b)"
)
ZONE_CODE = re.compile(r"\b(?P<zone>[a-z]+/[a-z_-]+(?:/[a-z_-]+)?)\b")


def read_zone(draft: Draft) -> None:
    """Fills the zone of `draft`, where one is named that means one. Raises Unclear where two are."""
    found = {draft.zone} - {""}
    for match in [*ZONE.finditer(draft.left), *ZONE_CODE.finditer(draft.left)]:
        if zone := zone_named(match["zone"]):
            found.add(zone)
            draft.take(match.span(), OTHER)
    found |= set(_zones_with_time(draft))
    if len(found) > 1:
        raise AmbiguousText(_("It names several time zones."))
    draft.zone = next(iter(found), "")
    if not draft.zone and (several := SEVERAL.search(draft.left)):
        words = {"zone": several.group().upper()}
        draft.doubt = draft.doubt or _("%(zone)s is used in several places. Choose the time zone.") % words


def zone_named(words: str) -> str:
    """ "America/New_York" for "et" and "us eastern", "Europe/London" for "europe/london"; else ""."""
    return BY_THEMSELVES.get(words) or BEHIND_A_TIME.get(words) or _codes().get(words, "")


def _zones_with_time(draft: Draft) -> list[str]:
    """ "Chicago time", "new york time", "UK time"."""
    found = []
    for match in ZONE_TIME.finditer(draft.left):
        words = match["zone"]
        if zone := WITH_TIME.get(words) or _places().get(words):
            found.append(zone)
            draft.take((match.start(), draft.left.index("time", match.end("zone")) + 4), OTHER)
    return found


@cache
def _codes() -> dict[str, str]:
    return {name.lower(): name for name in known_zones()}


@cache
def _places() -> dict[str, str]:
    """Zones by the place they are named for, where that is the name of one only."""
    named = defaultdict(list)
    for name in known_zones():
        named[name.rpartition("/")[2].replace("_", " ").lower()].append(name)
    return {place: names[0] for place, names in named.items() if len(names) == 1 and place not in NO_PLACES}
