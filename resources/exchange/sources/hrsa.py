"""The federal list of health centers: every site that must charge by income.

There are two layouts: HRSA's own download (an operator downloads the latest and loads it), and a
transcription of it that ships with this project. The download names the organization that runs each site. The
transcription does not: there an organization is one website, named after its sites (`operators`), or one site
if no website is given or nothing names it.
"""

from __future__ import annotations

import re
from collections import defaultdict
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from datetime import date
from typing import Any

from resources.exchange.columns import (
    Cells,
    CoordinateColumn,
    NameColumn,
    PhoneColumn,
    PostalPointColumn,
    StreetColumn,
    WebsiteColumn,
    ZipColumn,
)
from resources.exchange.reading import FileRefused, Row, SourceFile, read_rows
from resources.exchange.records import (
    CostPart,
    Entry,
    LocationPart,
    OrganizationPart,
    Record,
    Refusal,
    ServicePart,
)
from resources.exchange.sources.base import DATA, Feed
from resources.exchange.sources.hrsa_holds import MOBILE_HELD, SAME_DOOR_HELD, hold_reason, is_mobile
from resources.exchange.sources.operators import (
    Door,
    is_street,
    operator_name,
    readable_name,
    shared_doors,
    website_of,
)
from resources.vocabulary import Cost, FeeRule, Fit, Format, Kind, Precision, Status

TRANSCRIPTION_COLUMNS = (
    "external_id",
    "name",
    "street",
    "city",
    "state",
    "zip",
    "lat",
    "lon",
    "phone",
    "website",
)
DOWNLOAD_COLUMNS = (
    "BPHC Assigned Number",
    "Site Name",
    "Site Address",
    "Site City",
    "Site State Abbreviation",
    "Site Postal Code",
    "Site Telephone Number",
    "Site Web Address",
    "BHCMIS Organization Identification Number",
    "Health Center Name",
    "Site Status Description",
    "Geocoding Artifact Address Primary X Coordinate",
    "Geocoding Artifact Address Primary Y Coordinate",
)
# Location settings of the download, and the reasons of `hrsa_holds` that they stand for.
HELD_SETTINGS = {"School": "school", "Correctional Facility": "corrections"}
# Sites that do not stand for what else is at their address.
SPECIAL_CARE = re.compile(
    r"dermatolog|gastro|cardiolog|endocrin|imaging|radiolog|\bpace\b|senior|adult day|vehicle|transport"
    r"|outreach|specialt|pa?ediatric|physical therapy|podiatr|laborator|program\b",
    re.IGNORECASE,
)
# https://bphc.hrsa.gov/programrequirements/compliancemanual/chapter-9.html
FEE = "Household size counts too (HRSA Compliance Manual, chapter 9)"


@dataclass(frozen=True)
class Site:
    """One site in either layout; every value is the unchanged cell."""

    key: str
    name: str
    street: str
    city: str
    state: str
    postal_code: str
    latitude: str
    longitude: str
    phone: str
    website: str
    seen_on: date | None = None
    organization_number: str = ""
    organization_name: str = ""
    setting: str = ""
    is_office: bool = False
    on_wheels: bool = False
    is_open: bool = True

    @property
    def hold(self) -> str:
        """Return why the site waits for a curator, by the file's columns or its name; "" if it does not."""
        if not self.is_open:
            return "not active in the source"
        if self.is_office:
            return "administration"
        return HELD_SETTINGS.get(self.setting) or hold_reason(self.name, self.key)

    @property
    def is_mobile(self) -> bool:
        return self.on_wheels or is_mobile(self.name)


class HealthCenters(Feed):
    slug = "hrsa"
    name = "HRSA health center service delivery sites"
    url = "https://data.hrsa.gov/data/download"
    licence = "United States public domain"
    publishes = True
    rules = "3"
    shipped = DATA / "hrsa" / "health_center_sites_2026-07-19.csv.gz"

    def find_entries(self, file: SourceFile) -> tuple[list[Entry], list[Refusal]]:
        refusals = []
        sites: list[tuple[Row, Site]] = []
        for row in read_rows(file):
            site = None if row.problem else site_of(file.name, row.cells)
            if site is None or not site.key:
                problem = row.problem or "has no number of the site, so it cannot be told from the others"
                refusals.append(Refusal(f"Line {row.line}", "", "", problem))
            else:
                sites.append((row, site))
        context = _contexts([site for _, site in sites])
        entries = [
            Entry(site.key, f"Line {row.line}", dict(row.cells), context[site.key]) for row, site in sites
        ]
        return entries, refusals

    def countries_of(self, entry: Entry) -> frozenset[str]:
        return frozenset({"US"})

    def read(self, entry: Entry) -> Record:
        site = site_of("", entry.raw)
        cells = Cells(entry.where)
        name = cells.read(NameColumn(), "name", site.name, f"Health center site {site.key}")
        if is_street(name):
            name = f"Health center, {name}"
        reason = site.hold or _reason_of_context(entry.context)
        service = ServicePart(
            organization=_organization_part(entry.context["organization"]),
            name=name,
            kind=Kind.CLINIC,
            fit=Fit.GENERAL,
            status=Status.INACTIVE if reason else Status.ACTIVE,
            status_reason=reason,
            description=_description(entry.context.get("same_door", ())),
            url=cells.read(WebsiteColumn(), "website", site.website, ""),
            formats=(Format.IN_PERSON,),
            phones=cells.read(PhoneColumn("US"), "phone", site.phone, ()),
            costs=(CostPart(Cost.SLIDING_SCALE, amount_description=FEE),),
            fee_rule=FeeRule.HEALTH_CENTER,
            locations=(_location(site, name, cells),),
        )
        return Record(entry, (service,), tuple(cells.refusals), seen_on=site.seen_on)


def site_of(file_name: str, cells: dict[str, str]) -> Site:
    """Return the site of one row. Raises FileRefused where the columns are of neither layout."""
    if all(column in cells for column in TRANSCRIPTION_COLUMNS):
        return _transcribed(cells)
    if all(column in cells for column in DOWNLOAD_COLUMNS):
        return _downloaded(cells)
    raise FileRefused(
        f"{file_name} is not a list of health center sites: it should have the columns of HRSA's download, "
        "Health_Center_Service_Delivery_and_LookAlike_Sites.csv, such as BPHC Assigned Number and Site Name."
    )


def _transcribed(cells: dict[str, str]) -> Site:
    return Site(
        key=cells["external_id"].removeprefix("bphc:").strip(),
        name=cells["name"],
        street=cells["street"],
        city=cells["city"],
        state=cells["state"],
        postal_code=cells["zip"],
        latitude=cells["lat"],
        longitude=cells["lon"],
        phone=cells["phone"],
        website=cells["website"],
        seen_on=_date(cells.get("retrieved_on", "")),
    )


def _downloaded(cells: dict[str, str]) -> Site:
    return Site(
        key=cells["BPHC Assigned Number"].strip(),
        name=cells["Site Name"],
        street=cells["Site Address"],
        city=cells["Site City"],
        state=cells["Site State Abbreviation"],
        postal_code=cells["Site Postal Code"],
        latitude=cells["Geocoding Artifact Address Primary Y Coordinate"],
        longitude=cells["Geocoding Artifact Address Primary X Coordinate"],
        phone=cells["Site Telephone Number"],
        website=cells["Site Web Address"],
        seen_on=_date(cells.get("Data Warehouse Record Create Date", "")),
        organization_number=cells["BHCMIS Organization Identification Number"].strip(),
        organization_name=cells["Health Center Name"],
        setting=cells.get("Health Center Service Delivery Site Location Setting Description", "").strip(),
        is_office=cells.get("Health Center Type Description", "").strip() == "Administrative",
        on_wheels="mobile" in cells.get("Health Center Location Type Description", "").lower(),
        is_open=cells["Site Status Description"].strip() in ("", "Active"),
    )


def _date(text: str) -> date | None:
    """Parse "2026-07-19" or, as in the download, "09/30/2026". None if it is neither."""
    month, _, rest = text.strip().partition("/")
    day, _, year = rest.partition("/")
    try:
        return date.fromisoformat(f"{year}-{month}-{day}" if rest else month)
    except ValueError:
        return None


def _contexts(sites: Sequence[Site]) -> dict[str, dict[str, Any]]:
    """Return what the reading of each site depends on in the rest of the file, by the site's key.

    "same_door" are the names of further sites of its operator at its address, which are not listed apart:
    "listed_with" is the key of the site that they are listed with.
    """
    operators = {site.key: _operator(site) for site in sites}
    organizations = _organizations(sites, operators)
    another_is_listed = _shown_units(sites, operators)
    listed_with = shared_doors(
        Door(site.key, site.name, operators[site.key], site.phone, site.street, site.postal_code)
        for site in sorted(sites, key=_leads_last)
        if not site.hold and not site.is_mobile
    )
    names = {site.key: readable_name(site.name) for site in sites}
    same_door: dict[str, list[str]] = defaultdict(list)
    for key in sorted(listed_with):
        same_door[listed_with[key]].append(names[key])
    contexts: dict[str, dict[str, Any]] = {}
    for site in sites:
        contexts[site.key] = {
            "organization": organizations[site.key],
            "another_unit": another_is_listed.get(site.key, False),
        }
        if site.key in listed_with:
            contexts[site.key]["listed_with"] = listed_with[site.key]
        others = dict.fromkeys(name for name in same_door.get(site.key, ()) if name != names[site.key])
        if others:
            contexts[site.key]["same_door"] = list(others)
    return contexts


def _leads_last(site: Site) -> tuple[bool, str]:
    """Sort key: of the sites at one address, one whose name tells of general care comes first."""
    return is_street(site.name) or bool(SPECIAL_CARE.search(site.name)), site.key


def _reason_of_context(context: Mapping[str, Any]) -> str:
    if context["another_unit"]:
        return MOBILE_HELD
    return SAME_DOOR_HELD if context.get("listed_with") else ""


def _description(same_door: Sequence[str]) -> str:
    return f"Also at this address: {'; '.join(same_door)}." if same_door else ""


def _operator(site: Site) -> str:
    """Return the key of who runs the site: a number of HRSA's, a website's host, "" if neither is given."""
    if site.organization_number and site.organization_name.strip():
        return f"number:{site.organization_number}"
    host, _website = website_of(site.website)
    return f"host:{host}" if host else ""


def _organizations(sites: Sequence[Site], operators: Mapping[str, str]) -> dict[str, dict[str, Any]]:
    """Return the organization of each site by the site's key."""
    of_operator: dict[str, list[Site]] = defaultdict(list)
    for site in sites:
        of_operator[operators[site.key]].append(site)
    by_site: dict[str, dict[str, Any]] = {
        site.key: _own_organization(site) for site in of_operator.pop("", ())
    }
    for operator, its_sites in of_operator.items():
        organization = _organization(operator, its_sites)
        for site in its_sites:
            by_site[site.key] = organization or _own_organization(site)
    return by_site


def _organization(operator: str, sites: Sequence[Site]) -> dict[str, Any] | None:
    """Return the organization of these sites; None if nothing names it."""
    kind, _colon, value = operator.partition(":")
    if kind == "number":
        name = readable_name(sites[0].organization_name)
        return {"key": operator, "name": name, "website": "", "stated": True, "number": value}
    name = operator_name(value, [readable_name(site.name) for site in sites])
    website = website_of(sites[0].website)[1]
    return {"key": operator, "name": name, "website": website, "stated": False} if name else None


def _own_organization(site: Site) -> dict[str, Any]:
    """Return an organization for one site, called as the site is: nothing says who runs it."""
    name = readable_name(site.name)
    name = f"Health center, {name}" if is_street(name) else name
    website = website_of(site.website)[1]
    return {"key": f"site:{site.key}", "name": name, "website": website, "stated": False}


def _shown_units(sites: Iterable[Site], operators: Mapping[str, str]) -> dict[str, bool]:
    """Return for each mobile unit that is not held anyway whether an earlier unit of its operator is listed.

    Units are ordered by key. Units that share an organization, a phone number or a street, directly or
    through other units, are counted as one operator's (a union-find over these keys).
    """
    units = sorted((site for site in sites if site.is_mobile and not site.hold), key=lambda site: site.key)
    parents: dict[str, str] = {}

    def root(key: str) -> str:
        while parents.setdefault(key, key) != key:
            key = parents[key]
        return key

    for site in units:
        for key in _operator_keys(site, operators[site.key]):
            parents[root(key)] = root(site.key)
    listed: set[str] = set()
    another_is_listed = {}
    for site in units:
        another_is_listed[site.key] = root(site.key) in listed
        listed.add(root(site.key))
    return another_is_listed


def _operator_keys(site: Site, operator: str) -> Iterable[str]:
    """Yield the keys of a unit's operator that the row has: operator, phone number, street."""
    phone, street = re.sub(r"\D", "", site.phone), re.sub(r"\W+", " ", site.street).strip().lower()
    if operator:
        yield operator
    if phone:
        yield f"phone:{phone}"
    if street:
        yield f"street:{street}, {site.city.strip().lower()}, {site.state.strip().upper()}"


def _organization_part(values: dict[str, Any]) -> OrganizationPart:
    number = values.get("number")
    identifiers = (("", "BHCMIS organization number", str(number)),) if number else ()
    return OrganizationPart(values["key"], values["name"], values["website"], values["stated"], identifiers)


def _location(site: Site, name: str, cells: Cells) -> LocationPart:
    latitude = cells.read(CoordinateColumn(90), "latitude", site.latitude, None)
    longitude = cells.read(CoordinateColumn(180), "longitude", site.longitude, None)
    postal_code = cells.read(ZipColumn(), "postal code", site.postal_code, "")
    precision: str = Precision.EXACT
    if latitude is None or longitude is None:
        latitude, longitude = cells.read(PostalPointColumn("US"), "postal code", postal_code, (None, None))
        precision = Precision.AREA if latitude is not None else ""
    return LocationPart(
        key="site",
        name=name,
        address_1=cells.read(StreetColumn(), "street", site.street, ""),
        city=cells.read(NameColumn(120), "city", site.city, ""),
        region=site.state.strip().upper()[:10],
        postal_code=postal_code,
        country="US",
        latitude=latitude,
        longitude=longitude,
        precision=precision,
    )
