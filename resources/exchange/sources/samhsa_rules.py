"""Which facilities of FindTreatment.gov are listed: outpatient mental health care for adults, fees by income.

The file says of nearly every facility that it treats mental illness and addiction. What tells them apart is
the list its groups and services are from. A facility for mental health names groups such as "Persons with
post-traumatic stress disorder (PTSD)" or names none, and a facility for addiction names services such as
"Regular outpatient treatment": in 12,010 rows nobody names both. A few community mental health centers
answered the questions about addiction alone; their names tell. Someone who grieves should not be sent to an
addiction or children's program, or to one for people in a long or acute illness alone.
"""

from __future__ import annotations

import re
from collections.abc import Callable, Collection
from dataclasses import dataclass

SLIDING, FREE = "sliding-scale", "free"
OUTPATIENT = "Outpatient"
REGULAR = "Regular outpatient treatment"
CO_OCCURRING = "Clients with co-occurring mental and substance use disorders"
TRAUMA = "Clients who have experienced trauma"
PREGNANT = "Pregnant/postpartum women"
FORENSIC = "Criminal justice (other than DUI/DWI)/Forensic clients"
HIV = "Clients with HIV or AIDS"
STRESS = "Persons with post-traumatic stress disorder (PTSD)"
ADULT_ILLNESS = "Persons 18 and older with serious mental illness (SMI)"
# Groups that only facilities for mental health name.
ILLNESSES = frozenset(
    {
        ADULT_ILLNESS,
        "Children/adolescents with serious emotional disturbance (SED)",
        "Persons with eating disorders",
        "Persons experiencing first-episode psychosis",
    }
)
# Services that exclude a facility, by the reason that is counted.
EXCLUDED_SERVICES = {
    "service: methadone": {"Outpatient methadone/buprenorphine or naltrexone treatment"},
    "service: detox": {
        "Residential detoxification",
        "Outpatient detoxification",
        "Hospital inpatient detoxification",
    },
    "service: residential": {
        "Residential/24-hour residential",
        "Short-term residential",
        "Long-term residential",
    },
    "service: inpatient": {"Hospital inpatient/24-hour hospital inpatient", "Hospital inpatient treatment"},
    "service: partial or day treatment": {
        "Partial hospitalization/day treatment",
        "Outpatient day treatment or partial hospitalization",
    },
    "service: intensive addiction treatment": {"Intensive outpatient treatment"},
}


@dataclass(frozen=True)
class Facility:
    """The cells of one row that decide whether it is listed."""

    name: str
    cost: str
    serves: str  # such as "Serves children/adolescents, young adults, adults, seniors."
    services: Collection[str]
    phone: str
    has_point: bool

    @property
    def serves_children(self) -> bool:
        return "children" in self.serves


def left_out_reason(facility: Facility) -> str:
    """Return why a facility is not imported; "" if it is."""
    return next((reason for reason, applies in RULES if applies(facility)), "") or _excluded_by_name(facility)


def _offers(services: Collection[str]) -> Callable[[Facility], bool]:
    return lambda facility: not set(services).isdisjoint(facility.services)


def _is_for_children(facility: Facility) -> bool:
    """True if it serves children, and neither seniors nor adults with a mental illness."""
    named = ADULT_ILLNESS in facility.services or "seniors" in facility.serves
    return facility.serves_children and not named


def _is_regular_treatment(facility: Facility) -> bool:
    """True if it answered the questions about addiction, and is not a mental health center by its name."""
    return REGULAR in facility.services and not _MENTAL_HEALTH_CENTER.search(facility.name)


def _is_for_addiction(facility: Facility) -> bool:
    """True if it treats two disorders at once, and no mental illness by itself is named.

    Stress and trauma alone do not show mental health care: addiction clinics for adults name them as often.
    Nor does an illness where adults alone are served, clients from the courts or with HIV among them, and the
    name speaks of no mental health care.
    """
    if CO_OCCURRING not in facility.services or _MENTAL_HEALTH_CENTER.search(facility.name):
        return False
    if facility.serves_children:
        return ILLNESSES.isdisjoint(facility.services) and STRESS not in facility.services
    doubtful = not {FORENSIC, HIV}.isdisjoint(facility.services) and not _MENTAL_HEALTH.search(facility.name)
    return ILLNESSES.isdisjoint(facility.services) or doubtful


_MENTAL_HEALTH_CENTER = re.compile(
    r"\bmental health\b|\bmh\b|\bcmhc\b|\bcmhs\b|\bpsychiatr|\bpsycholog", re.IGNORECASE
)
_MENTAL_HEALTH = re.compile(
    r"\bmental\b|\bmhs?\b|\bbehav|\bpsych|\bcounsel|\bcounty\b|\bhosp|\bmedical\b|\bfamily\b"
    r"|\bcommunity serv|\bhealth (?:center|ctr)",
    re.IGNORECASE,
)
RULES: tuple[tuple[str, Callable[[Facility], bool]], ...] = (
    ("no sliding fee", lambda facility: facility.cost not in (SLIDING, FREE)),
    ("not outpatient", lambda facility: OUTPATIENT not in facility.services),
    ("adults not served", lambda facility: not re.search(r"(?<!young )\badults\b", facility.serves)),
    ("men only", lambda facility: facility.serves.endswith("; men only.")),
    ("no phone number", lambda facility: not facility.phone),
    ("no point on the map", lambda facility: not facility.has_point),
    *((reason, _offers(services)) for reason, services in EXCLUDED_SERVICES.items()),
    ("service: regular addiction treatment", _is_regular_treatment),
    ("children mainly", _is_for_children),
    ("co-occurring disorders, no mental illness by itself", _is_for_addiction),
)


def _words(*patterns: str) -> re.Pattern[str]:
    return re.compile("|".join(patterns), re.IGNORECASE)


_ADULTS = r"\badults?\b|\bfam(?:ily|ilies)?\b|\bwom[ae]ns?\b"
# Names that exclude a facility: the reason, words that show it, and words beside which they do not.
EXCLUDED_NAMES: tuple[tuple[str, re.Pattern[str], re.Pattern[str] | None], ...] = (
    (
        "name: addiction",
        _words(
            r"\baddict|\bsubstance|\bdrugs?\b|\balcohol|\bsober|\bsobriety|\bopi(?:oid|ate)|\bchemical dep",
            r"\bmeth(?:adone)?\b|\bsuboxone|\bdetox|\bwithdrawal\b|\bdui\b|\bdwi\b|\brehab\b|\bdependenc",
            # Operators that treat addiction, and whose names do not say so.
            r"\b(?:daytop|odyssey house|phoenix house|gateway foundation|vitality|promesa|mcca|redpoint)\b",
            r"\b(?:brighter heights|morse clinic|better life partners|project reality)\b",
            r"\b(?:lifeline connections|northwest resources|brandywine|mccall|new age services)\b",
            r"\bspectrum health systems inc\b",
            r"\bmedication assisted\b|\balc trt\b",
            r"\b(?:ARS|OTP|MAT|SUD?|SA|CDS)\b|\bdual (?:diagnosis|recovery)\b|\bsavida\b",
        ),
        None,
    ),
    (
        "name: residential",
        _words(
            r"\bresiden(?:tial|ces?)\b|\bRTF\b|\bgroup homes?\b|\bhalfway\b|\bhousing\b|\bshelter\b|\bhouse$",
            r"\bRRh?\b|\branch\b|\bapartments?\b|\bsupport(?:ed|ive) living\b|\btalbert house\b|\bhomeless",
        ),
        None,
    ),
    (
        "name: children or youth",
        _words(
            r"\bchild(?:ren)?s?\b|\bkids(?:peace)?\b|\byouth\b|\badol(?:escents?)?\b|\bp(?:ediatrics?|eds)\b",
            r"\bteens?\b|\bjuvenile|\bboys\b|\bgirls\b|\bautism|\bearly (?:intervention|childhood)\b",
        ),
        _words(_ADULTS),
    ),
    (
        "name: children or youth",
        _words(
            r"\bchild (?:and family )?guidance\b|\bclinic for children\b",
            r"\bcjr\b|\brainbow project\b|\bwills place\b|\bchild adol\b",
            r"\bschool\b|\bchildsavers\b|\bchildrens home\b|\bteen challenge\b|\byouth act\b",
        ),
        None,
    ),
    (
        "name: corrections",
        _words(
            r"\bcorrection|\bprison|\bjail\b|\bprobation|\bparole|\bforensic|\boffender|\bjustice\b",
            r"\bre-?entry\b|\bcourt\b(?! ?(?:st|street|rd|road|house)\b)|\bsafer foundation\b",
            r"\bgastineau\b|\bjudicial\b",
        ),
        None,
    ),
    (
        "name: veterans",
        _words(r"\bvet(?:eran)?s?\b|\bVAMC\b|\bCBOC\b|\bVA (?:medical|clinic|outpatient)|\bmilitary\b"),
        None,
    ),
    (
        "name: older people",
        _words(r"\bgeriatric|\bgero|\bseniors?\b|\belder|\bolder adults?\b|\baging\b|\bnursing home\b"),
        None,
    ),
    (
        "name: crisis stabilization",
        _words(
            r"\bcrisis\b|\bstabili[sz]ation\b|\b(?:CSU|CPEP|CRC)\b|\bpsychiatric emergency\b",
            r"\bmobile response\b|\bstride center\b",
        ),
        None,
    ),
    (
        "name: inpatient, day treatment or intensive",
        _words(
            r"\binpatient\b|\bpsychiatric (?:center|ctr|hosp|inst)|\bstate hosp|\bpartial\b|\bPHP\b|\bIOP\b",
            r"\bday (?:treatment|trt|program|hospital|rehab)|\bcontinuing day\b|\bintensive\b|\bPROS\b",
            r"\b[FP]?ACT\b|\bassertive\b|\bclubhouse\b|\bpsychosocial\b|\bPSR\b|\bvocational\b|\bCSP\b|\bCRS\b",
            r"\bcommunity support (?:program|servs|services)|\bcase management\b|\bwrap ?around\b",
        ),
        None,
    ),
    (
        "name: disability",
        _words(r"\bMR\b|\bMHMR\b|\bretard|\bdevelopmental|\bintellectual|\bIDD\b|\bcerebral palsy\b"),
        None,
    ),
    ("name: HIV", _words(r"\bAIDS\b|\bHIV\b|\bvivent\b|\bACQC\b|\balamo area resource\b"), None),
)
# Words of addiction treatment that clinics for mental health use too.
_RECOVERY = _words(r"\brecov(?:ery)?\b|\btreatment\b|\btrt\b")


def _excluded_by_name(facility: Facility) -> str:
    for reason, shown_by, unless in EXCLUDED_NAMES:
        if shown_by.search(facility.name) and not (unless and unless.search(facility.name)):
            return reason
    treats_all_ages = facility.serves_children and ADULT_ILLNESS in facility.services
    if _RECOVERY.search(facility.name) and not treats_all_ages:
        return "name: addiction"
    return ""
