"""Which health-centre sites arrive inactive, by what their names show.

The federal file lists every site: offices, dental chairs, pharmacies, school nurses' rooms. A person looking
for care after a loss should not be sent there, so a site whose name shows one of these waits for a curator.
A name that shows general care beside it ("Medical and Dental Clinic") is not held.
"""

from __future__ import annotations

import re
from dataclasses import dataclass

MOBILE_HELD = "mobile unit: another of this organization is listed"

# Care that a grieving adult might come for. What joins it to the special thing is "and", a comma or a slash:
# a dash or a colon stands between the organization's name and the site's, and joins nothing.
_GENERAL = (
    r"(?:\bmedical|\bmed\b|(?<!adolescent )\bmedicine|\bfamily (?:health|practice|care|clinic)"
    r"|\bprimary (?:health )?care|\bbehavioral|\bmental health|\bwomen'?s|\bob\b|\bphysicians|\bspecialty"
    r"|\bhealth (?:center|services|care)|\bcommunity health"
    r"|\b(?:walk-in|urgent|convenient|immediate|xpress) care"
    r"|\bservice site|\bwellness|\bcounseling|\bhealth(?= &| and))"
)
_JOINED = (
    r"(?:(?:[\w\s.']|\b-\b){0,25}(?:,|/|&|\+|\band\b|\bplus\b)\s*(?:(?:,|/|&|(?:and|or|family|health|services|behavioral|vision"
    r"|dental|homeless|pharmacy|optometry|group|specialty|adolescent)\b)\s*)*|(?<=medical)-(?=dental))"
)


@dataclass(frozen=True)
class Hold:
    """One reason to wait, the words that show it, and what, when found too, shows otherwise."""

    reason: str
    shown_by: str
    unless: str = ""

    def applies(self, name: str) -> bool:
        text = " ".join(name.split())
        if not re.search(self.shown_by, text, re.IGNORECASE):
            return False
        beside = f"{_GENERAL}{_JOINED}(?:{self.shown_by})|(?:{self.shown_by}){_JOINED}{_GENERAL}"
        return not re.search(f"{beside}|{self.unless}" if self.unless else beside, text, re.IGNORECASE)


@dataclass(frozen=True)
class HoldAlways(Hold):
    """A reason that general care beside it does not lift: a school's clinic is for its pupils."""

    def applies(self, name: str) -> bool:
        text = " ".join(name.split())
        if self.unless:
            text = re.sub(self.unless, " ", text, flags=re.IGNORECASE)
        return bool(re.search(self.shown_by, text, re.IGNORECASE))


_SCHOOL = "|".join(
    (
        r"\bschools?\b",
        r"\bsbhc+s?\b|\bsbm?h\b|\bsch\b\.?(?=\s+(?:based|clinic|cln|wellness)|\s*$)",
        r"\belem(?:\w*tary)?\b|@ [\w .]*\bmiddle\b|\bprep\b(?! clinic| services)",
        r"\bmiddle\b(?=\s*(?:$|[-/(@,&]|school|high|sbhc|healthy|jr|health center))",
        r"(?:\bjr\b|\bjunior|\bsr\b|\bsenior|\bmiddle)[\s./-]+(?:sr\.?|senior)?[\s./-]*high\b",
        r"\bhigh\b(?=\s*(?:$|[-/(]\s*(?!street|country|ridge|point)|sbhc|wellness|healthy|health center))",
        r"\bhigh teen\b",
        r"(?<!, )\b(?:hs|es|ms)\b(?=\s*(?:$|[-/(]|sbhc?|hs|ms|es)\b|\s*$)",
        r"\b[pi]\.?\s?s\.?\s*#?\d|\bms\s?\d|\bps/",
        r"\bacademy\b(?!\s*,|\s+(?:st|street|ave|avenue|blvd|rd|road|dr|drive|place)\b)",
        r"\bhead start\b|\bearly (?:childhood|learning)\b|\bpre-?school\b|\bkindergarten\b|\bk-?8\b",
        r"\bintermediate\b(?! care)|\bmagnet\b|\bcharter\b(?! oak)|\bkipp\b|\bpreparatory\b|\byes prep\b",
        r"\bhealthy students\b|\bstudent health\b",
    )
)
_NOT_A_SCHOOL = (
    r"\bschool (?:st|street|house|rd|road|ave|avenue|lane|ln)\b"
    r"|\b(?:medical|nursing|dental|old) school\b|\bschool of (?:medicine|nursing|public health)\b"
)

HOLDS: tuple[Hold, ...] = (
    HoldAlways("corrections", r"\bjail\b|\bcorrection|\bprison\b|\bdetention\b|\bpenitentiary\b|\bsheriff"),
    HoldAlways("school", _SCHOOL, unless=_NOT_A_SCHOOL),
    Hold(
        "dental",
        r"\bdental\b|\bdent\b|\bdentist|\borthodont|\btooth\b|\bsmiles?\b|\boral health\b|\bdientes\b",
    ),
    Hold("vision", r"\bvision\b|\boptometr|\boptical\b|\beye\s?care\b|\beye\b"),
    Hold("pharmacy", r"\bpharmac(?:y|ies)\b|\brx\b"),
    Hold(
        "paediatric",
        r"\bpa?ediatrics?\b|\bpeds\b|\bhealthy kids\b|\bkids ?care\b|\bchild(?:ren)? (?:and|&) adolescent\b"
        r"|(?<!and )(?<!& )\bchild health\b|\bchildren'?s? (?:medical )?(?:clinic|center|health|healthcare"
        r"|hospital|care|wellness|specialists|services|advantage)\b",
        unless=r"(?:family|adult|wom[ae]n'?s?|maternal|mothers?)[\s,]*(?:and|&|/)|(?:and|&|/)\s*(?:family|adult|wom[ae]n)"
        r"|children'?s clinic family",
    ),
    Hold("WIC", r"\bwic\b|\bwomen,? infants,? (?:and|&) children\b"),
    Hold(
        "administration",
        r"\badmin(?:istrati(?:on|ve))?\b|\bheadquarters\b|\bbusiness office\b|\benrollment services?\b"
        r"|\bcorporate (?:hq|offices?)\b|\bcorporate$",
    ),
)

_MOBILE = "|".join(
    (
        r"\bmobile?\d*\b",
        r"\bvan\b(?=\s*(?:#|\d|no\b|program\b|[-(]|$))",
        r"\b(?:medical|health|homeless|medicine|outreach|care|clinic|promaster|sprinter) van\b",
        r"\b(?:health|medical|care|clinic) ?bus\b|\bbus\s*(?:#|\d|$)",
        r"\bon wheels\b|\bm[dmh]u\b|\bmedical rv\b",
    )
)
_MOBILE_ALABAMA = r"\b(?:north|west|southwest) mobile (?:health|family medical) center\b"


def hold_reason(name: str) -> str:
    """Why a site of this name waits for a curator; "" when it need not."""
    return next((hold.reason for hold in HOLDS if hold.applies(name)), "")


def is_mobile(name: str) -> bool:
    """Whether the name shows a clinic on wheels, and not one in the city of Mobile."""
    return bool(re.search(_MOBILE, re.sub(_MOBILE_ALABAMA, " ", name, flags=re.IGNORECASE), re.IGNORECASE))
