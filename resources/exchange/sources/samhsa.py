"""Mental health clinics with fees by income in the United States, from FindTreatment.gov.

The layout is that of a transcription that ships with this project. Which rows are listed, and why most are
not, is decided in `samhsa_rules`. The file names places, not who runs them: an organization is one website,
named after its places (`operators`), or one place.
"""

from __future__ import annotations

import re
from collections import defaultdict
from collections.abc import Mapping
from datetime import date
from typing import Any

from resources.exchange.columns import (
    Cells,
    CoordinateColumn,
    LanguageColumn,
    NameColumn,
    PhoneColumn,
    StreetColumn,
    WebsiteColumn,
    ZipColumn,
)
from resources.exchange.reading import FileRefused, SourceFile, read_rows
from resources.exchange.records import (
    CostPart,
    Entry,
    LocationPart,
    OrganizationPart,
    Record,
    Refusal,
    ServicePart,
    TopicPart,
)
from resources.exchange.sources.base import DATA, Feed
from resources.exchange.sources.operators import Door, operator_name, readable_name, shared_doors, website_of
from resources.exchange.sources.samhsa_rules import FREE, PREGNANT, TRAUMA, Facility, left_out_reason
from resources.vocabulary import PREGNANCY_TOPIC, TRAUMA_TOPIC, Cost, Fit, Format, Kind, Precision, Status

NEEDED = (
    *("key", "name", "cost", "street", "city", "state", "zip", "lat", "lon", "phone", "website"),
    *("languages", "eligibility", "services"),
)
FINDER = "https://findtreatment.gov/"
# By key. A visitor in Texas would be told that a clinic in Oregon is near.
MISPLACED = {"65cd5853e500": "its point is not where its address is"}  # of Arlington, TX, not Arlington, OR
SAME_DOOR = "same address: listed with another facility of its operator"
# Groups that a facility has programs for, as terms to find it by.
TOPICS = {
    PREGNANT: TopicPart(PREGNANCY_TOPIC, "Pregnant and postpartum women"),
    TRAUMA: TopicPart(TRAUMA_TOPIC, "People who have experienced trauma"),
}
# What the file shortens, where it can mean only one thing.
LONG_FORMS = {
    "adol": "Adolescent",
    "behav": "Behavioral",
    "bh": "Behavioral Health",
    "cmh": "Community Mental Health",
    "cmhc": "Community Mental Health Center",
    "cnty": "County",
    "csl": "Counseling",
    "ctr": "Center",
    "ctrs": "Centers",
    "cty": "County",
    "dept": "Department",
    "fam": "Family",
    "hlth": "Health",
    "hosp": "Hospital",
    "inst": "Institute",
    "med": "Medical",
    "mh": "Mental Health",
    "outpt": "Outpatient",
    "prog": "Program",
    "psych": "Psychiatric",
    "recov": "Recovery",
    "servs": "Services",
    "srvs": "Services",
    "svcs": "Services",
    "trt": "Treatment",
    "univ": "University",
}
_STUB = re.compile(r"^https?:/*$", re.IGNORECASE)


class MentalHealthClinics(Feed):
    slug = "samhsa"
    name = "FindTreatment.gov: mental health clinics with fees by income"
    url = FINDER
    licence = "United States public domain"
    publishes = True
    shipped = DATA / "samhsa" / "findtreatment_mental_health_2026-07-19.csv.gz"

    def find_entries(self, file: SourceFile) -> tuple[list[Entry], list[Refusal]]:
        refusals = []
        rows: dict[str, tuple[str, dict[str, str]]] = {}
        for row in read_rows(file):
            where = f"Line {row.line}"
            if not row.problem and any(column not in row.cells for column in NEEDED):
                raise FileRefused(
                    f"{file.name} is not a list of FindTreatment.gov: it should have the columns"
                    f" {', '.join(NEEDED)}."
                )
            problem = row.problem or (
                "" if row.cells["key"] else "has no key, so it cannot be told from others"
            )
            if problem:
                refusals.append(Refusal(where, "", "", problem))
            elif row.cells["key"] in rows:
                refusals.append(Refusal(where, "key", row.cells["key"], "is the key of an earlier row too"))
            else:
                rows[row.cells["key"]] = where, dict(row.cells)
        left_out = {
            key: MISPLACED.get(key) or left_out_reason(facility_of(cells))
            for key, (_where, cells) in rows.items()
        }
        contexts = _contexts({key: cells for key, (_where, cells) in rows.items() if not left_out[key]})
        entries = [
            Entry(
                key,
                where,
                cells,
                contexts.get(key, {}),
                left_out=left_out[key] or ("" if key in contexts else SAME_DOOR),
            )
            for key, (where, cells) in rows.items()
        ]
        return entries, refusals

    def countries_of(self, entry: Entry) -> frozenset[str]:
        return frozenset({"US"})

    def read(self, entry: Entry) -> Record:
        raw, cells = entry.raw, Cells(entry.where)
        name = long_name(cells.read(NameColumn(), "name", raw["name"], f"Mental health clinic {entry.key}"))
        website = "" if _STUB.match(raw["website"].strip()) else raw["website"]
        same_door = entry.context.get("same_door", ())
        service = ServicePart(
            organization=OrganizationPart(**entry.context["organization"]),
            name=name,
            kind=Kind.MENTAL_HEALTH_CLINIC,
            fit=Fit.GENERAL,
            status=Status.ACTIVE,
            description=f"Also at this address: {'; '.join(same_door)}." if same_door else "",
            url=cells.read(WebsiteColumn(), "website", website, ""),
            formats=(Format.IN_PERSON,),
            eligibility_description=" ".join(raw["eligibility"].split()),
            phones=cells.read(PhoneColumn("US"), "phone", raw["phone"], ()),
            costs=(CostPart(Cost.FREE if raw["cost"] == FREE else Cost.SLIDING_SCALE),),
            languages=cells.read_several(LanguageColumn(), "languages", raw["languages"].replace("|", ";")),
            topics=tuple(topic for group, topic in TOPICS.items() if group in services_of(raw)),
            locations=(_location(raw, name, cells),),
        )
        return Record(entry, (service,), tuple(cells.refusals), FINDER, _date(raw.get("retrieved_on", "")))


def facility_of(cells: Mapping[str, str]) -> Facility:
    """Return what decides whether the facility of this row is listed."""
    return Facility(
        name=" ".join(cells["name"].split()),
        cost=cells["cost"].strip(),
        serves=cells["eligibility"].strip(),
        services=services_of(cells),
        phone=cells["phone"].strip(),
        has_point=bool(cells["lat"].strip() and cells["lon"].strip()),
    )


def services_of(cells: Mapping[str, str]) -> frozenset[str]:
    """Return the services and groups that the row names, without double spaces."""
    return frozenset(" ".join(part.split()) for part in cells["services"].split("|"))


def long_name(name: str) -> str:
    """Return a name with its shortened words written out.

    >>> long_name("Jefferson Cnty MH Ctr Inc Outpt Servs")
    'Jefferson County Mental Health Center Inc Outpatient Services'
    """
    return re.sub(r"[A-Za-z]+", lambda word: LONG_FORMS.get(word.group().lower(), word.group()), name)


def _date(text: str) -> date | None:
    try:
        return date.fromisoformat(text.strip())
    except ValueError:
        return None


def _contexts(rows: Mapping[str, Mapping[str, str]]) -> dict[str, dict[str, Any]]:
    """Return the organization of each facility that is listed, and the names of others at its address."""
    hosts = {key: website_of(cells["website"])[0] for key, cells in rows.items()}
    names = {key: long_name(readable_name(cells["name"])) for key, cells in rows.items()}
    listed_with = shared_doors(
        Door(key, names[key], hosts[key], rows[key]["phone"], rows[key]["street"], rows[key]["zip"])
        for key in sorted(rows)
    )
    same_door: dict[str, dict[str, None]] = defaultdict(dict)
    for key, first in sorted(listed_with.items()):
        if names[key] != names[first]:
            same_door[first][names[key]] = None
    organizations = _organizations(rows, hosts, names)
    return {
        key: {"organization": organizations[key]}
        | ({"same_door": list(same_door[key])} if key in same_door else {})
        for key in rows
        if key not in listed_with
    }


def _organizations(
    rows: Mapping[str, Mapping[str, str]], hosts: Mapping[str, str], names: Mapping[str, str]
) -> dict[str, dict[str, Any]]:
    """Return the values of each facility's organization, by its key."""
    by_host: dict[str, list[str]] = defaultdict(list)
    for key, host in hosts.items():
        by_host[host].append(key)
    operators = {
        host: operator_name(host, [names[key] for key in keys]) for host, keys in by_host.items() if host
    }
    organizations = {}
    for key, host in hosts.items():
        operator = operators.get(host, "")
        organizations[key] = {
            "key": f"host:{host}" if operator else f"facility:{key}",
            "name": operator or names[key],
            "website": website_of(rows[key]["website"])[1],
            "operator_stated": False,
        }
    return organizations


def _location(raw: Mapping[str, str], name: str, cells: Cells) -> LocationPart:
    return LocationPart(
        key="facility",
        name=name,
        address_1=cells.read(StreetColumn(), "street", raw["street"], ""),
        city=cells.read(NameColumn(120), "city", raw["city"], ""),
        region=raw["state"].strip().upper()[:10],
        postal_code=cells.read(ZipColumn(), "postal code", raw["zip"], ""),
        country="US",
        latitude=cells.read(CoordinateColumn(90), "latitude", raw["lat"], None),
        longitude=cells.read(CoordinateColumn(180), "longitude", raw["lon"], None),
        precision=Precision.EXACT,
    )
