"""The federal list of health centers: which sites are shown, and what is read of each."""

from collections import Counter
from functools import cache
from pathlib import Path

import pytest

from resources.exchange.reading import FileRefused, SourceFile, open_file
from resources.exchange.records import Entry, OrganizationPart, Refusal
from resources.exchange.sources.hrsa import FEE, HealthCenters, site_of
from resources.exchange.sources.hrsa_holds import (
    MOBILE_HELD,
    SAME_DOOR_HELD,
    SCHOOL_CAMPUSES,
    hold_reason,
    is_mobile,
)
from resources.exchange.sources.operators import website_of
from resources.models import Place
from resources.models.place import PlaceKind
from resources.vocabulary import Cost, Fit, Format, Kind, Precision, Status
from tests.resources.exchange.feeds import read_all, shipped_file, some_rows

pytestmark = [
    pytest.mark.django_db,
    pytest.mark.sqlite("how a row is read is the same on both; test_applying writes on both"),
]
FEED = HealthCenters()
DOWNLOAD = Path(__file__).parent / "data" / "hrsa_download.csv"

# Names from the real file, and why such a site waits ("" when it does not).
NAMES = [
    ("Compass Community Health - Admin", "administration"),
    ("FAMILY HEALTH SERVICES - ADMINISTRATION", "administration"),
    ("Minnesota Ave Health Center - Administrative Offices", "administration"),
    ("De Novo Health Care, Inc.  - Corporate Headquarters", "administration"),
    ("Midwest Refuah Health Center - Admin/Medical", ""),
    ("ReGenesis Health Care - Administration/Family Medicine", ""),
    ("Behavioral Health-DEN plus Admin  Church Street", ""),
    ("FoundCare - Corporate Way", ""),
    ("Blue Ridge Dental Center", "dental"),
    ("GOSHEN MEDICAL CENTER - FAISON DENTAL SERVICES", "dental"),
    ("Peninsula Community Health Services - Family Dental Care", "dental"),
    ("Genesis Family Health-Ulysses Dental Clinic", "dental"),
    ("Community Medical Centers, Weberstown Dental", "dental"),
    ("Ravenswood Family Dentistry", "dental"),
    ("El Dorado Smiles", "dental"),
    ("Mobile Dental Unit 2", "dental"),
    ("Upham's Eye and Dental Clinic", "dental"),
    ("AltaMed Medical and Dental Group: West Covina", ""),
    ("Ka'u Family Health and Dental Center", ""),
    ("Whitesburg Medical/Dental Clinic", ""),
    ("LINCOLN AVE Medical-Dental Clinic", ""),
    ("Lancaster Downtown (Medical, Dental & Pharmacy)", ""),
    ("Northwest Family Dental and Behavioral Health", ""),
    ("Occidental Area Health Center", ""),
    ("Warriors Center Residential Treatment Facility", ""),
    ("Glenville Behavioral Health Office", ""),
    ("Camden Family Vision Center", "vision"),
    ("Knott County Optometry Clinic", "vision"),
    ("Petaluma Eye Care Center", "vision"),
    ("Family Circle of Care Eye and Mental Health Clinic", ""),
    ("New Visions Homeless Services", ""),
    ("ECHO Division Street Family Clinic", ""),
    ("AltaMed Pharmacy - Commerce", "pharmacy"),
    ("Heritage Health Kroc Rx", "pharmacy"),
    ("Valley Family Health Care - Emmett Medical Clinic and Pharmacy", ""),
    ("Five Points Pediatrics", "pediatric"),
    ("Family Health Services - Fairfield Pediatric Clinic", "pediatric"),
    ("FIGHT Pediatric and Adolescent Medicine YHEP Clinic", "pediatric"),
    ("Saffell Street Healthy Kids Clinic", "pediatric"),
    ("Sunrise Madison Children's Clinic", "pediatric"),
    ("PEDIATRIC HEALTH & WIC CENTER", "pediatric"),
    ("Kheir Family and Pediatric Clinic", ""),
    ("Parkview Women and Children's Health Center", ""),
    ("San Ysidro Health Maternal & Child Health Center", ""),
    ("Adult and Child Health - Garfield Park", ""),
    ("Universal Community Health Center - San Pedro", ""),
    ("Codman Square WIC", "WIC"),
    ("Women, Infants, and Children (WIC) Talbot County", "WIC"),
    ("TCCH Pasco  -  Dental, Behavioral Health & WIC", ""),
    ("Adelante Healthcare Wickenburg", ""),
    ("CASS COUNTY JAIL", "corrections"),
    ("RI Department of Corrections", "corrections"),
    ("Central Detention Facility", "corrections"),
    ("Medical Clinic at Reentry Resource Center San Jose", ""),
    ("School District of Washburn- Washburn Elementary", "school"),
    ("Suring Middle School", "school"),
    ("FMC SBHC Brooke Primary North", "school"),
    ("Kintegra at Lincolnton Middle", "school"),
    ("New Health at Charlestown High", "school"),
    ("JANE ADAMS VOCATIONAL HS", "school"),
    ("PS 288", "school"),
    ("PS/MS 29", "school"),
    ("HERITAGE HEALTH CARE @ PS 192", "school"),
    ("Family Health Care Clinic, Duckhill--Head Start", "school"),
    ("Monroe Academy", "school"),
    ("Adult and Child at Creekside Elementary", "school"),
    ("La Casa School Based Medical/Dental Clinic Clovis Marshall Middle School", "school"),
    ("Blue Eye Elementary", "school"),
    ("Family HealthCare Network Visalia-School Avenue Health Center", ""),
    ("Health Center at Academy, Suite 3500", ""),
    ("High Plains Holly Clinic", ""),
    ("Compass Health - High Ridge", ""),
    ("CHARTER OAK HEALTH CENTER", ""),
    ("Middletown Community Health Center", ""),
    ("Start Community Health Center - Magnolia", ""),
    ("CENTRAL MS HLTH SVS - TOUGALOO", ""),
    ("Henrietta Johnson Medical Center", ""),
    ("ADAK CLINIC", ""),
    ("JHS 162 - Lola Rodriguez de Tio (x162 Campus)", "school"),
    ("Emeryville USD", "school"),
    ("North Mac CUSD #34", "school"),
    ("FHN - Junction ISD", "school"),
    ("Bastrop ISD Health Center", "school"),
    ("Farmington R-VII - Truman Learning Center", "school"),
    ("Bushwick Educational Campus", "school"),
    ("WBR Primary Care at Port Allen Highschool", "school"),
    ("RKM at Hammond Westside Montessori", "school"),
    ("Carroll County Alternative Learning Center", "school"),
    ("Oyler Community Learning Center", "school"),
    ("ReGenesis Health Care - Dorman Freshman Campus", "school"),
    ("Marias Healthcare SHS SBSE", "school"),
    ("Adult and Child at Circle City Prep", "school"),
    ("Dr. PrEP & SUD Mobile Unit", ""),
    ("Gadsden Family and Student Health Solutions", ""),
    ("DAP Health - Desert Hot Springs - Main Campus", ""),
    ("Missouri Highlands OB/GYN & Pediatric Clinic", ""),
    ("Whole Child Pediatrics and Riverlandings OB/GYN", ""),
    ("Star Community Health OB/GYN & KidsCare - Easton", ""),
    ("Women's, Babies' & Children's Center", ""),
    ("CFHC Winter Haven Women / Children and Dental", ""),
    ("COMMUNITY HEALTH CENTER - GROVELAND FAMILY, PEDIATRIC & DENTAL CARE", ""),
    ("Community Health Center - Forest City Family & Dental Care", ""),
    ("WHCHC -- Kealakekua Family Heath and Dental Clinic", ""),
    ("GPHA, INC. Medical Suite at Temple's Dental School", ""),
    ("Crestview Health and Dental Center", ""),
    ("SOUTHSIDE MEDICAL CENTER - Main Center / Corporate HQ", ""),
    ("BEHAVIORAL HEALTH/MEDICAL/HEALTH EDUCATION/ADMINISTRATION", ""),
    ("Castleton Family Health Center/CHCRR Admin", ""),
    ("Chiricahua Community Health Centers, Inc. Douglas Acute Care, Laboratory, and Pharmacy", ""),
    ("DORCHESTER HOUSE MULTI SVS/WIC", ""),
    ("Adult Dental and OMFS Clinic", "dental"),
    ("Santa Clara Valley Dentalcare - Mountain View El Camino Real", "dental"),
    ("Community Health & Dental Care Mobile Dental Unit #1", "dental"),
    ("Christ Health Center Mobile Medical and Dental Unit #1", ""),
    ("WellOne Primary Medical and Dental Care Dental Program", "dental"),
    ("UCHC Denture Lab", "dental"),
    ("SCV Dental & Wellness Center", "dental"),
    ("Harry and Jeanette Weinberg Dental & Wellness Clinic", "dental"),
    ("RVPCS Dental Clinic and Training Center", "dental"),
    ("Gateway Community Health Center,  Pediatrics Clinic", "pediatric"),
    ("Pediatric Emergency Department and Urgent Care", "pediatric"),
    ("Sun Life Health - Casa Grande Center for Children", "pediatric"),
    ("FamilyCare Health Center - Children's Medicine Center", "pediatric"),
    ("Aunt Martha's Chicago Heights Pediatric Health and Wellness Center", "pediatric"),
    ("Venice Family Clinic - Lou Colen Children's Health and Wellness Center", "pediatric"),
    ("Variety Care - Inasmuch Pediatric & Wellness Center", "pediatric"),
    ("Boys and Girls Club of Corvallis", "pediatric"),
    ("Vibrant Health - Children's Campus", "pediatric"),
    ("Human Services and Child Welfare", "pediatric"),
    ("BACHC PARKING GARAGE", "not a clinic"),
    ("Maternal and Child Health Center Parking Lot", "not a clinic"),
    ("Independent Diagnostic Testing Facility (IDTF)", "not a clinic"),
    ("Family Health Centers, Inc., Training and Telehealth Hub", "not a clinic"),
    ("YNHS Training and Patient Education Center", "not a clinic"),
    ("Missouri Highlands Clinical Lab", "not a clinic"),
]


@pytest.mark.parametrize(("name", "reason"), NAMES)
def test_a_site_waits_for_a_curator_by_what_its_name_shows(name: str, reason: str) -> None:
    assert hold_reason(name) == reason


def test_a_school_that_calls_itself_a_campus_waits_by_its_number() -> None:
    assert hold_reason("West Campus", "BPS-H80-002904") == "school"
    assert hold_reason("Vista Campus", "BPS-H80-010225") == ""


@pytest.mark.slow("reads the whole list of health centers")
@cache
def real_list() -> tuple[list[Entry], list[Refusal]]:
    return FEED.find_entries(shipped_file(FEED))


def test_every_campus_listed_by_number_is_in_the_file_and_named_a_campus() -> None:
    entries, _ = real_list()
    names = {entry.key: entry.raw["name"] for entry in entries}
    assert len(SCHOOL_CAMPUSES) == 22
    assert all(names[key].endswith("Campus") for key in SCHOOL_CAMPUSES)


@pytest.mark.parametrize(
    ("name", "mobile"),
    [
        ("Mobile Medical   Unit", True),
        ("Refuah Mobile Van #6", True),
        ("LifeLong Street Medicine Van #4", True),
        ("Harmony Mobile1", True),
        ("Health on Wheels", True),
        ("CVCH Connect Van", True),
        ("Medical RV", True),
        ("George Van Buren Health Center", False),
        ("Clinica Romero - Van Nuys", False),
        ("Van Domelen Community Health Center", False),
        ("North Mobile Health Center", False),
        ("Behavioral Health Unit #3", False),
        ("MobileMed Rockville Clinic", False),
        ("Community Resource and Referral Center", False),
    ],
)
def test_a_mobile_unit_is_known_by_its_name(name: str, mobile: bool) -> None:
    assert is_mobile(name) is mobile


@pytest.mark.slow("reads the whole list of health centers")
def test_about_a_third_of_the_real_list_waits_each_with_its_reason() -> None:
    entries, refusals = real_list()
    units = sum(entry.context["another_unit"] for entry in entries)
    reasons = Counter(site_of("", entry.raw).hold for entry in entries)
    assert len(entries) == 17_574
    assert not refusals
    assert units == 358
    assert sum("listed_with" in entry.context for entry in entries) == 432
    assert dict(reasons) == {
        "": 12_143,
        "school": 4_066,
        "dental": 765,
        "pediatric": 364,
        "pharmacy": 101,
        "vision": 59,
        "administration": 34,
        "WIC": 24,
        "not a clinic": 11,
        "corrections": 7,
    }


def test_a_clinic_is_read_whole() -> None:
    file = some_rows(FEED, lambda row: row["external_id"] == "bphc:BPS-H80-000861")
    record = read_all(FEED, file)["BPS-H80-000861"]
    (service,) = record.services
    (location,) = service.locations
    assert (service.name, service.kind, service.fit) == ("Adak Clinic", Kind.CLINIC, Fit.GENERAL)
    assert (service.status, service.status_reason) == (Status.ACTIVE, "")
    assert (service.url, service.formats) == ("https://www.eatribes.org", (Format.IN_PERSON,))
    assert [(cost.kind, cost.amount, cost.amount_description) for cost in service.costs] == [
        (Cost.SLIDING_SCALE, None, FEE)
    ]
    assert [phone.international for phone in service.phones] == ["+19075928383"]
    assert (location.address_1, location.city, location.region, location.postal_code) == (
        "Main Rd",
        "Adak",
        "AK",
        "99546",
    )
    assert (location.latitude, location.longitude) == (51.87265, -176.63946)
    assert location.precision == Precision.EXACT
    assert not record.refusals


def organizations_of(host: str) -> list[OrganizationPart]:
    records = read_all(FEED, some_rows(FEED, lambda row: host in row["website"].lower()))
    assert len(records) > 1
    return sorted(
        {service.organization for record in records.values() for service in record.services}, key=str
    )


def test_sites_of_one_website_are_one_organization_named_after_them() -> None:
    (organization,) = organizations_of("mvnhc.org")
    assert (organization.name, organization.operator_stated) == (
        "Mount Vernon Neighborhood Health Center",
        False,
    )
    assert (organization.key, organization.website) == ("host:mvnhc.org", "https://www.mvnhc.org/")


def test_sites_whose_operator_nothing_names_are_listed_each_under_its_own_name() -> None:
    organizations = organizations_of("ykhc.org")
    assert len(organizations) > 1
    assert {organization.key.split(":")[0] for organization in organizations} == {"site"}
    assert "ykhc.org" not in {organization.name for organization in organizations}


def test_an_address_is_no_name() -> None:
    records = read_all(FEED, some_rows(FEED, lambda row: row["name"] == "120 Progress Way"))
    (service,) = next(iter(records.values())).services
    assert (service.name, service.organization.name) == ("Health center, 120 Progress Way",) * 2


def test_sites_at_one_address_of_one_operator_are_one_listing_that_names_them() -> None:
    def is_here(row: dict[str, str]) -> bool:
        return row["street"].startswith("1268 S 4th St") and "Mobile" not in row["name"]

    services = [record.services[0] for record in read_all(FEED, some_rows(FEED, is_here)).values()]
    shown = [service for service in services if service.status == Status.ACTIVE]
    assert [(service.name, service.description) for service in shown] == [
        ("CSC Hartsville Center", "Also at this address: Care ROADS; Freedom ROADS.")
    ]
    assert Counter(service.status_reason for service in services) == {"": 1, SAME_DOOR_HELD: 2}


def test_a_site_without_a_website_is_its_own_organization_not_stated() -> None:
    record = read_all(FEED, some_rows(FEED, lambda row: row["name"] == "White Bird Street Medicine"))
    organization = next(iter(record.values())).services[0].organization
    assert (organization.name, organization.operator_stated) == ("White Bird Street Medicine", False)


def test_of_an_organizations_mobile_units_the_first_is_shown() -> None:
    def is_unit(row: dict[str, str]) -> bool:
        return "pancare" in row["website"] and " " not in row["website"] and "Mobile Unit" in row["name"]

    records = read_all(FEED, some_rows(FEED, is_unit))
    reasons = [records[key].services[0].status_reason for key in sorted(records)]
    assert len(reasons) > 1
    assert reasons == ["", *[MOBILE_HELD] * (len(reasons) - 1)]


@pytest.mark.parametrize(
    ("city", "hosts"),
    [
        ("Augusta", {"mainemobile.org", "mainemigrant.org"}),  # one telephone number
        ("Immokalee", {"healthcareswfl.org", "collier.org"}),  # one street
    ],
)
def test_units_that_share_a_number_or_a_street_are_one_operators(city: str, hosts: set[str]) -> None:
    def is_unit(row: dict[str, str]) -> bool:
        here = row["city"] == city and row["state"] in ("ME", "FL")
        return here and "mobile" in row["name"].lower()

    found = [record.services[0] for record in read_all(FEED, some_rows(FEED, is_unit)).values()]
    assert {website_of(service.url)[0] for service in found} >= hosts
    assert [service.status_reason for service in found].count("") == 1
    assert {service.status_reason for service in found} == {"", MOBILE_HELD}


@pytest.mark.parametrize(
    ("typed", "host"),
    [
        ("https://ww.altura.org", "altura.org"),
        ("https://wwww.gvhc.org", "gvhc.org"),
        ("https://wwe.laclinicahealth.org", "laclinicahealth.org"),
    ],
)
def test_a_mistyped_www_is_mended_in_the_link_and_the_organization(typed: str, host: str) -> None:
    records = read_all(FEED, some_rows(FEED, lambda row: row["website"] == typed))
    assert {record.services[0].url for record in records.values()} == {f"https://www.{host}"}
    websites = {record.services[0].organization.website for record in records.values()}
    assert websites == {f"https://www.{host}/"}


@pytest.mark.parametrize("host", ["hud.gov", "doh.state.fl.us", "eghc.org"])
def test_a_host_of_many_is_no_organization_and_stays_a_link(host: str) -> None:
    records = read_all(FEED, some_rows(FEED, lambda row: host in row["website"]))
    assert records
    for record in records.values():
        (service,) = record.services
        assert service.organization.key == f"site:{record.entry.key}"
        assert host in service.url


def test_the_cost_words_are_short_and_name_their_rule() -> None:
    assert "HRSA Compliance Manual" in FEE
    assert FEE.count("(") == 1
    assert max(len(sentence.split()) for sentence in FEE.split(". ")) <= 20


def test_a_broken_website_and_phone_are_refused_and_the_site_is_still_listed() -> None:
    broken = ("http://oceanhp/uic/edu", "http:// pancarefl.org/")
    records = read_all(
        FEED, some_rows(FEED, lambda row: row["website"] in broken or row["phone"] == "429-429-1429")
    )
    refusals = [refusal for record in records.values() for refusal in record.refusals]
    assert {(refusal.column, refusal.cell) for refusal in refusals} == {
        ("website", "http://oceanhp/uic/edu"),
        ("website", "http:// pancarefl.org/"),
        ("phone", "429-429-1429"),
    }
    assert all(record.services for record in records.values())


def test_a_site_without_coordinates_stands_in_the_middle_of_its_postal_area() -> None:
    Place.objects.create(
        kind=PlaceKind.POSTAL_CODE,
        country="US",
        code="94602",
        name="Oakland",
        name_key="oakland",
        region="CA",
        latitude=37.8013,
        longitude=-122.2072,
    )
    record = read_all(FEED, some_rows(FEED, lambda row: not row["lat"]))["BPS-H80-036087"]
    (location,) = record.services[0].locations
    assert (location.latitude, location.precision) == (37.8013, Precision.AREA)


def test_without_a_gazetteer_such_a_site_has_no_point_and_says_why() -> None:
    record = read_all(FEED, some_rows(FEED, lambda row: not row["lat"]))["BPS-H80-036087"]
    assert record.services[0].locations[0].latitude is None
    assert [refusal.reason for refusal in record.refusals] == [
        "is not in the gazetteer, so the place is not on the map"
    ]


def test_the_real_download_reads_like_the_transcription() -> None:
    downloaded = read_all(FEED, open_file(DOWNLOAD))
    transcribed = read_all(
        FEED, some_rows(FEED, lambda row: row["external_id"].removeprefix("bphc:") in downloaded)
    )
    assert len(downloaded) == 7
    assert len(transcribed) == 5
    for key, record in transcribed.items():
        there, here = downloaded[key].services[0], record.services[0]
        assert (there.name, there.kind, there.status, there.status_reason) == (
            here.name,
            here.kind,
            here.status,
            here.status_reason,
        )
        assert there.costs == here.costs
        assert [phone.international for phone in there.phones] == [
            phone.international for phone in here.phones
        ]
        assert (there.url or "").rstrip("/") == (here.url or "").rstrip("/")
        assert there.locations[0].city == here.locations[0].city
        assert there.locations[0].latitude == pytest.approx(here.locations[0].latitude, abs=0.01)


def test_the_real_download_states_who_runs_a_site() -> None:
    records = read_all(FEED, open_file(DOWNLOAD))
    organization = records["BPS-H80-014051"].services[0].organization
    assert (organization.name, organization.operator_stated) == ("Petaluma Health Center, Inc.", True)
    assert organization.identifiers == (("", "BHCMIS organization number", "097880"),)
    assert [phone.extension for phone in records["BPS-H80-028177"].services[0].phones] == ["54134"]
    assert records["BPS-H80-014051"].services[0].locations[0].postal_code == "94952-3388"
    assert {key: record.services[0].status_reason for key, record in records.items()} == {
        "BPS-H80-014051": "",
        "BPS-H80-041444": "",
        "BPS-H80-028177": "",
        "BPS-H80-038265": "",
        "BPS-H80-027487": "school",
        "BPS-H80-042379": "",
        "BPS-H80-033474": "",
    }


def test_a_table_of_something_else_is_refused() -> None:
    with pytest.raises(FileRefused, match=r"^other\.csv is not a list of health center sites"):
        FEED.find_entries(SourceFile("other.csv", "", "name,city\nA,Dallas\n"))
