"""The federal list of health centers: every site that must charge by income.

There are two layouts: HRSA's own download (an operator downloads the latest and loads it), and a
transcription of it that ships with this project. The download names the organization that runs each site. The
transcription does not: there an organization is one website, named after its host, or one site if no website
is given.
"""

from __future__ import annotations

import re
from collections.abc import Iterable
from dataclasses import dataclass
from datetime import date
from typing import Any
from urllib.parse import urlsplit

from resources.exchange.columns import (
    Cells,
    CoordinateColumn,
    InvalidCell,
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
from resources.exchange.sources.hrsa_holds import MOBILE_HELD, hold_reason, is_mobile
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
# Hosts of many unrelated sites: a website there does not show which organization runs a clinic.
SHARED_HOSTS = (
    "facebook.com",
    "m.facebook.com",
    "sites.google.com",
    "google.com",
    "instagram.com",
    "linktr.ee",
    "hud.gov",
    "doh.state.fl.us",
    "eghc.org",  # East Grand in Maine and East Georgia
)
# Location settings of the download, and the reasons of `hrsa_holds` that they stand for.
HELD_SETTINGS = {"School": "school", "Correctional Facility": "corrections"}
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
    rules = "2"
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
        organizations = _organizations(site for _, site in sites)
        shown_units = _shown_units((site for _, site in sites), organizations)
        entries = [
            Entry(
                site.key,
                f"Line {row.line}",
                dict(row.cells),
                {"organization": organizations[site.key], "another_unit": shown_units.get(site.key, False)},
            )
            for row, site in sites
        ]
        return entries, refusals

    def read(self, entry: Entry) -> Record:
        site = site_of("", entry.raw)
        cells = Cells(entry.where)
        name = cells.read(NameColumn(), "name", site.name, f"Health center site {site.key}")
        reason = site.hold or (MOBILE_HELD if entry.context["another_unit"] else "")
        service = ServicePart(
            organization=_organization_part(entry.context["organization"]),
            name=name,
            kind=Kind.CLINIC,
            fit=Fit.GENERAL,
            status=Status.INACTIVE if reason else Status.ACTIVE,
            status_reason=reason,
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


def _organizations(sites: Iterable[Site]) -> dict[str, dict[str, Any]]:
    """Return the organization of each site by the site's key. The first site of an organization names it."""
    by_key: dict[str, dict[str, Any]] = {}
    by_site: dict[str, dict[str, Any]] = {}
    for site in sites:
        organization = _organization(site)
        by_site[site.key] = by_key.setdefault(organization["key"], organization)
    return by_site


def _organization(site: Site) -> dict[str, Any]:
    if site.organization_number and site.organization_name.strip():
        name = _readable(site.organization_name)
        number = site.organization_number
        return {"key": f"number:{number}", "name": name, "website": "", "stated": True, "number": number}
    try:
        parts = urlsplit(WebsiteColumn().read(site.website))
    except InvalidCell:
        parts = urlsplit("")
    host = (parts.hostname or "").removeprefix("www.")
    if not host or host in SHARED_HOSTS:
        return {"key": f"site:{site.key}", "name": _readable(site.name), "website": "", "stated": False}
    return {
        "key": f"host:{host}",
        "name": host,
        "website": f"{parts.scheme}://{parts.netloc}/",
        "stated": False,
    }


def _readable(name: str) -> str:
    try:
        return NameColumn().read(name)
    except InvalidCell:
        return " ".join(name.split())[:255]


def _shown_units(sites: Iterable[Site], organizations: dict[str, dict[str, Any]]) -> dict[str, bool]:
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
        for key in _operator_keys(site, str(organizations[site.key]["key"])):
            parents[root(key)] = root(site.key)
    listed: set[str] = set()
    another_is_listed = {}
    for site in units:
        another_is_listed[site.key] = root(site.key) in listed
        listed.add(root(site.key))
    return another_is_listed


def _operator_keys(site: Site, organization: str) -> Iterable[str]:
    """Yield the keys of a unit's operator that the row has: organization, phone number, street."""
    phone, street = re.sub(r"\D", "", site.phone), re.sub(r"\W+", " ", site.street).strip().lower()
    if not organization.startswith("site:"):
        yield organization
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
