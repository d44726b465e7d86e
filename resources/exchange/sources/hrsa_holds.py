"""Rules for which health center sites are imported as inactive, by their names.

The federal file lists every site: offices, dental chairs, pharmacies, school nurses' rooms. A person looking
for care after a loss should not be sent there, so a site whose name shows one of these waits for a curator.
A name that also shows general care ("Medical and Dental Clinic") is not held.
"""

from __future__ import annotations

import re
from dataclasses import dataclass

MOBILE_HELD = "mobile unit: another of this organization is listed"
SAME_DOOR_HELD = "same address: listed with another site of its operator"

# Care that a grieving adult might come for. "And", a comma or a slash joins it to the special care; a dash or
# a colon does not, because it separates the organization's name from the site's.
_GENERAL_WORDS = (
    r"\bmedical|\bmed\b|(?<!adolescent )\bmedicine|\bfamily (?:heal?th|practice|care|clinic)"
    r"|\bfamily(?=\s*(?:,|&|and\b))"
    r"|\bprimary (?:health )?care|\bbehavioral|\bmental health|\bwom[ae]n'?s?\b|\bob\b|\b(?:ob)?gyn\b"
    r"|\bphysicians|\bspecialty"
    r"|\bhealth (?:center|services|care)|\bcommunity health"
    r"|\b(?:walk-in|urgent|acute|convenient|immediate|xpress) care"
    r"|\bservice site|\bcounseling"
)
# "Health and ..." and "wellness" lift fewer holds: a child's health is not an adult's, nor a dentist's
# wellness.
_HEALTH_AND = r"(?<!oral )\bhealth(?= &| and)"
_BESIDE_CHILDREN = f"(?:{_GENERAL_WORDS})"
_BESIDE_DENTISTS = f"(?:{_GENERAL_WORDS}|{_HEALTH_AND})"
_BESIDE_OTHERS = rf"(?:{_GENERAL_WORDS}|{_HEALTH_AND}|\bwellness)"
_JOINED = (
    r"(?:(?:[\w\s.']|\b-\b){0,25}(?:,|/|&|\+|\band\b|\bplus\b)\s*"
    r"(?:(?:,|/|&|(?:and|or|family|health|services|behavioral"
    r"|vision|education|laboratory|children|pediatrics?|dental|homeless|pharmacy|optometry|group|specialty"
    r"|adolescent)\b)\s*)*|(?<=medical)-(?=dental))"
)


@dataclass(frozen=True)
class Hold:
    """A reason to hold a site: patterns of names that show it (`shown_by`) and that exclude it (`unless`).

    `general` matches words for general care, which lift the hold when they are joined to the shown words.
    """

    reason: str
    shown_by: str
    unless: str = ""
    general: str = _BESIDE_OTHERS

    def applies(self, name: str) -> bool:
        """Return True if a site of this name is held for this reason."""
        text = " ".join(name.split())
        if not re.search(self.shown_by, text, re.IGNORECASE):
            return False
        beside = f"{self.general}{_JOINED}(?:{self.shown_by})|(?:{self.shown_by}){_JOINED}{self.general}"
        return not re.search(f"{beside}|{self.unless}" if self.unless else beside, text, re.IGNORECASE)


@dataclass(frozen=True)
class HoldAlways(Hold):
    """A reason that words for general care do not lift: a school's clinic is for its pupils."""

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
        r"\bhealthy students\b|\bstudent health\b|\bjhs\b|\bhighschool\b|\bmontessori\b|\bsbse\b",
        r"\b(?:usd|cusd|isd|rsu)\b(?=\s*#?\s*\d*\s*$)|\bisd health\b|\b(?:educational|freshman) campus\b",
        r"\b(?:alternative|community) learning center\b|\br-[ivx]+\b",  # R-VII: a district of Missouri
    )
)
_NOT_A_SCHOOL = (
    r"\bschool (?:st|street|house|rd|road|ave|avenue|lane|ln)\b"
    r"|\b(?:medical|nursing|dental|old) school\b|\bschool of (?:medicine|nursing|public health)\b"
    r"|\bfamily and student health\b|(?-i:\bPrEP\b)"  # a medicine
)
# Schools that call themselves "... Campus", as many clinics do: in Denver, and Montefiore's in the Bronx.
SCHOOL_CAMPUSES = frozenset(
    f"BPS-H80-{number}"
    for number in """
    001301 001927 002021 002447 002564 002904 003166 003785 003804 004078 005168 011662 012242 012318 012411
    014783 014868 015252 017802 021386 021995 036560
    """.split()  # noqa: SIM905  (a page of quotation marks hides the numbers)
)

HOLDS: tuple[Hold, ...] = (
    HoldAlways("corrections", r"\bjail\b|\bcorrection|\bprison\b|\bdetention\b|\bpenitentiary\b|\bsheriff"),
    HoldAlways("school", _SCHOOL, unless=_NOT_A_SCHOOL),
    HoldAlways("dental", r"\bdentalcare\b|\bdenture\b|(?<!and )(?<!& )(?<!/)\bdental (?:unit|program)\b"),
    HoldAlways(
        "pediatric",
        r"\bpa?ediatric emergency\b|\bboys (?:and|&) girls club\b|\bchild welfare\b"
        r"|\bcenters?, pa?ediatrics clinic$",
    ),
    Hold(
        "dental",
        r"\bdental\b|\bdent\b|\bdentist|\borthodont|\btooth\b|\bsmiles?\b|\boral health\b|\bdientes\b",
        unless=r"\bmedical suite\b",
        general=_BESIDE_DENTISTS,
    ),
    Hold("vision", r"\bvision\b|\boptometr|\boptical\b|\beye\s?care\b|\beye\b"),
    Hold("pharmacy", r"\bpharmac(?:y|ies)\b|\brx\b"),
    Hold(
        "pediatric",
        r"\bpa?ediatrics?\b|\bpeds\b|\bhealthy kids\b|\bkids ?care\b|\bchild(?:ren)? (?:and|&) adolescent\b"
        r"|(?<!and )(?<!& )\bchild health\b|\bchildren'?s? (?:medical )?(?:clinic|center|health|healthcare"
        r"|hospital|care|wellness|specialists|services|advantage|medicine|campus)\b"
        r"|\bcenter for children\b(?! (?:and|&))",
        unless=r"(?:family|adult|wom[ae]n'?s?|maternal|mothers?)[\s,]*(?:and|&|/)|(?:and|&|/)\s*(?:family|adult|wom[ae]n)"
        r"|children'?s clinic family|\bob ?/? ?gyn\b|\bwom[ae]n'?s?\b|\badults?\b",
        general=_BESIDE_CHILDREN,
    ),
    Hold(
        "WIC",
        r"\bwic\b|\bwomen,? infants,? (?:and|&) children\b",
        unless=r"\bmulti[- ]?(?:svs|services?)\b",
    ),
    Hold(
        "administration",
        r"\badmin(?:istrati(?:on|ve))?\b|\bheadquarters\b|\bbusiness office\b|\benrollment services?\b"
        r"|\bcorporate (?:hq|offices?)\b|\bcorporate$",
        unless=r"\bmain center\b|\bhealth center\s*[/&]|\bclinic and\b|\bspecialty care\b",
    ),
    HoldAlways(
        "not a clinic",
        r"\bparking (?:lot|garage)\b|\bdiagnostic testing facility\b"
        r"|\btraining (?:and telehealth hub|and patient education|center$)"
        r"|\b(?:main|clinical|urgent care) lab$|- lab$",
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


def hold_reason(name: str, key: str = "") -> str:
    """Return why a site of this name, or with this key, waits for a curator; "" if it does not."""
    if key in SCHOOL_CAMPUSES:
        return "school"
    return next((hold.reason for hold in HOLDS if hold.applies(name)), "")


def is_mobile(name: str) -> bool:
    """Return True if the name shows a clinic on wheels, and not one in the city of Mobile."""
    return bool(re.search(_MOBILE, re.sub(_MOBILE_ALABAMA, " ", name, flags=re.IGNORECASE), re.IGNORECASE))
