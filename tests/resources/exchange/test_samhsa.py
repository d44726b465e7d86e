"""FindTreatment.gov: which of its facilities are listed, and what is read of each."""

from __future__ import annotations

from collections import Counter

import pytest

from resources.exchange.planning import plan_import
from resources.exchange.reading import FileRefused, SourceFile
from resources.exchange.sources.samhsa import FINDER, SAME_DOOR, MentalHealthClinics, facility_of, long_name
from resources.exchange.sources.samhsa_rules import (
    CO_OCCURRING,
    FORENSIC,
    ILLNESSES,
    STRESS,
    left_out_reason,
)
from resources.models import Service
from resources.vocabulary import Cost, Fit, Format, Kind, Status
from tests.resources.exchange.feeds import bring, read_all, shipped_file, some_rows, table

pytestmark = [
    pytest.mark.django_db,
    pytest.mark.sqlite("how a row is read is the same on both; test_applying writes on both"),
]
FEED = MentalHealthClinics()
ALL_AGES = "Serves children/adolescents, young adults, adults, seniors."
ADULTS = "Serves young adults, adults, seniors."
SMI = "Persons  18 and older with serious mental illness (SMI)"
ROW = {
    "key": "a",
    "name": "Example Counseling Center",
    "cost": "sliding-scale",
    "street": "1 Main St",
    "city": "Dallas",
    "state": "TX",
    "zip": "75201",
    "lat": "32.78",
    "lon": "-96.8",
    "phone": "214-555-0100",
    "website": "https://www.example.org",
    "languages": "",
    "eligibility": ALL_AGES,
    "services": "Outpatient",
    "retrieved_on": "2026-07-19",
}


def rows(*changes: dict[str, str]) -> SourceFile:
    made = [{**ROW, "key": str(number), **change} for number, change in enumerate(changes)]
    return table(ROW, made)


FACILITIES: list[tuple[dict[str, str], str]] = [
    ({}, ""),
    ({"cost": "free"}, ""),
    ({"cost": "varies"}, "no sliding fee"),
    ({"cost": ""}, "no sliding fee"),
    ({"services": "Residential/24-hour residential"}, "not outpatient"),
    ({"eligibility": "Serves children/adolescents."}, "adults not served"),
    ({"eligibility": "Serves young adults, seniors."}, "adults not served"),
    ({"eligibility": "Serves young adults, adults, seniors; men only."}, "men only"),
    ({"eligibility": "Serves young adults, adults, seniors; women only."}, ""),
    ({"phone": " "}, "no phone number"),
    ({"lat": ""}, "no point on the map"),
    ({"services": f"Outpatient|Short-term residential|{SMI}"}, "service: residential"),
    ({"services": "Outpatient|Hospital inpatient/24-hour hospital inpatient"}, "service: inpatient"),
    ({"services": "Outpatient|Partial hospitalization/day treatment"}, "service: partial or day treatment"),
    ({"services": "Outpatient|Outpatient detoxification"}, "service: detox"),
    (
        {"services": "Outpatient|Regular outpatient treatment"},
        "service: regular addiction treatment",
    ),
    (
        {
            "services": "Outpatient|Regular outpatient treatment",
            "name": "Eastern Montana CMHC Miles City Office",
        },
        "",
    ),
    (
        {"services": "Outpatient|Intensive outpatient treatment", "name": "Example Mental Health Center"},
        "service: intensive addiction treatment",
    ),
    ({"services": f"Outpatient|{CO_OCCURRING}", "name": "Iroquois Mental Health Center"}, ""),
    (
        {"services": "Outpatient|Outpatient methadone/buprenorphine or naltrexone treatment"},
        "service: methadone",
    ),
    ({"services": f"Outpatient|{CO_OCCURRING}|{SMI}"}, ""),
    ({"services": f"Outpatient|{CO_OCCURRING}|{STRESS}"}, ""),
    ({"services": f"Outpatient|{CO_OCCURRING}"}, "co-occurring disorders, no mental illness by itself"),
    (
        {"services": f"Outpatient|{CO_OCCURRING}|{STRESS}", "eligibility": ADULTS},
        "co-occurring disorders, no mental illness by itself",
    ),
    (
        {
            "services": f"Outpatient|{CO_OCCURRING}|{FORENSIC}|{SMI}",
            "eligibility": ADULTS,
            "name": "Daybreak Inc",
        },
        "co-occurring disorders, no mental illness by itself",
    ),
    (
        {"services": f"Outpatient|{CO_OCCURRING}|{FORENSIC}|{SMI}", "eligibility": ADULTS},
        "",
    ),
    ({"eligibility": "Serves children/adolescents, adults."}, "children mainly"),
    (
        {
            "eligibility": "Serves children/adolescents, young adults, adults.",
            "services": f"Outpatient|{SMI}",
        },
        "",
    ),
    ({"name": "Aspire Child and Adolescent Services"}, "name: children or youth"),
    ({"name": "Child and Family Agency of Southeastern CT"}, ""),
    ({"name": "Valley Family Healthcare Women and Children Clinic"}, ""),
    ({"name": "Child and Family Guidance Center"}, "name: children or youth"),
    ({"name": "Elmhurst Hospital Center Opiate Dependency Treatment Services"}, "name: addiction"),
    ({"name": "Recovery Pathways LLC"}, "name: addiction"),
    ({"name": "Daymark Recovery Services", "services": f"Outpatient|{SMI}"}, ""),
    ({"name": "Samaritan Daytop Village/Harlem Outpatient Clinic 1"}, "name: addiction"),
    ({"name": "Yellowstone Ranch Community Based Services"}, "name: residential"),
    ({"name": "Valley Behavioral Health Forensic Unit"}, "name: corrections"),
    ({"name": "Court Street Counseling"}, ""),
    ({"name": "Vets Recover"}, "name: veterans"),
    ({"name": "JASA Geriatric Mental Health Clinic"}, "name: older people"),
    ({"name": "RHA High Point Walk in Crisis Center"}, "name: crisis stabilization"),
    (
        {"name": "Kingsboro Psychiatric Center Williamsburg Clinic"},
        "name: inpatient, day treatment or intensive",
    ),
    ({"name": "Bridges PROS Program"}, "name: inpatient, day treatment or intensive"),
    ({"name": "Permian Basin Community Centers for MH/MR"}, "name: disability"),
    ({"name": "Foothill AIDS Project"}, "name: HIV"),
]


@pytest.mark.parametrize(("change", "reason"), FACILITIES)
def test_a_facility_is_listed_or_left_out_for_a_reason(change: dict[str, str], reason: str) -> None:
    assert left_out_reason(facility_of({**ROW, **change})) == reason


@pytest.mark.slow("reads the whole list of facilities")
def test_a_sixth_of_the_real_list_is_listed_and_the_rest_is_counted() -> None:
    entries, refusals = FEED.find_entries(shipped_file(FEED))
    reasons = Counter(entry.left_out for entry in entries)
    assert (len(entries), len(refusals)) == (12_010, 0)
    assert reasons.pop("") == LISTED
    assert sum(reasons.values()) == 12_010 - LISTED
    assert reasons["no sliding fee"] == 7_123


LISTED = 1_920


@pytest.mark.slow("reads the whole list of facilities")
def test_the_services_of_addiction_treatment_never_stand_with_a_mental_illness() -> None:
    entries, _refusals = FEED.find_entries(shipped_file(FEED))
    regular = [entry.raw for entry in entries if "Regular outpatient treatment" in entry.raw["services"]]
    assert len(regular) > 2_000
    for raw in regular:
        assert ILLNESSES.isdisjoint(facility_of(raw).services)


def test_a_clinic_is_read_whole() -> None:
    change = {
        "name": "JEFFERSON CNTY MH CTR",
        "phone": "214-555-0100 x55",
        "languages": "en|es",
        "services": f"Outpatient|{STRESS}|Pregnant/postpartum women|Clients who have experienced trauma",
    }
    (record,) = read_all(FEED, rows(change)).values()
    (service,) = record.services
    (location,) = service.locations
    assert (service.name, service.kind, service.fit) == (
        "Jefferson County Mental Health Center",
        Kind.MENTAL_HEALTH_CLINIC,
        Fit.GENERAL,
    )
    assert (service.status, service.formats) == (Status.ACTIVE, (Format.IN_PERSON,))
    assert [(cost.kind, cost.amount) for cost in service.costs] == [(Cost.SLIDING_SCALE, None)]
    assert [(phone.international, phone.extension) for phone in service.phones] == [("+12145550100", "55")]
    assert (service.languages, service.eligibility_description) == (("en", "es"), ALL_AGES)
    assert [topic.code for topic in service.topics] == ["pregnant_postpartum", "trauma"]
    assert (location.city, location.latitude, location.longitude) == ("Dallas", 32.78, -96.8)
    assert (record.source_url, str(record.seen_on), record.refusals) == (FINDER, "2026-07-19", ())


def test_a_website_that_is_only_its_beginning_is_none() -> None:
    (record,) = read_all(FEED, rows({"website": "https://"})).values()
    assert (record.services[0].url, record.refusals) == ("", ())


def test_what_is_shortened_is_written_out() -> None:
    assert long_name("Behav Health Servs Inc Outpt Ctr") == "Behavioral Health Services Inc Outpatient Center"
    assert long_name("NYC Health and Hospitals") == "NYC Health and Hospitals"


def test_facilities_of_one_website_are_one_organization_named_after_them() -> None:
    plan = plan_import(FEED, some_rows(FEED, lambda row: "arisahealth.org" in row["website"]))
    organizations = {record.services[0].organization for record in plan.new}
    assert len(plan.new) > 5
    assert [(part.name, part.operator_stated) for part in organizations] == [("Arisa Health Inc", False)]


def test_what_is_left_out_is_counted_and_not_imported() -> None:
    file = rows(
        {}, {"cost": "varies"}, {"cost": "varies"}, {"name": "Example Drug Program", "street": "2 Main St"}
    )
    plan, run = bring(FEED, file)
    assert dict(plan.left_out) == {"no sliding fee": 2, "name: addiction": 1}
    assert (run.counts["left_out"], run.counts["left_out_reasons"]) == (3, dict(plan.left_out))
    assert "3 left out" in str(plan_import(FEED, file))
    assert [service.name for service in Service.objects.all()] == ["Example Counseling Center"]


def test_facilities_of_one_operator_at_one_address_are_one_listing() -> None:
    plan = plan_import(FEED, rows({}, {"name": "Example Wellness Program"}))
    assert dict(plan.left_out) == {SAME_DOOR: 1}
    assert [record.services[0].description for record in plan.new] == [
        "Also at this address: Example Wellness Program."
    ]


def test_a_row_without_a_key_or_with_anothers_is_refused() -> None:
    entries, refusals = FEED.find_entries(rows({}, {"key": ""}, {"key": "0"}))
    assert [entry.key for entry in entries] == ["0"]
    assert [str(refusal) for refusal in refusals] == [
        "Line 3: has no key, so it cannot be told from others.",
        "Line 4: key '0' is the key of an earlier row too.",
    ]


def test_a_table_of_something_else_is_refused() -> None:
    with pytest.raises(FileRefused, match=r"is not a list of FindTreatment\.gov"):
        FEED.find_entries(table(["name", "city"], [{"name": "A", "city": "B"}]))
