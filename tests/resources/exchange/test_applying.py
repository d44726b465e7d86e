"""A plan applied: all of it or nothing, once or twice, with curators' work left alone."""

from datetime import UTC, datetime

import pytest
from django.test import Client

from resources.curation.merging import merge
from resources.exchange import applying
from resources.exchange.planning import plan_import
from resources.exchange.reading import SourceFile
from resources.exchange.records import Entry, OrganizationPart, Record, Refusal, ServicePart
from resources.exchange.sources.base import Feed
from resources.exchange.sources.hrsa import HealthCenters
from resources.exchange.sources.shipped import StarterCatalog
from resources.models import (
    CostOption,
    ImportRun,
    Listing,
    Location,
    Organization,
    Phone,
    Service,
    ServiceArea,
    ServiceAtLocation,
    Source,
    SourceRecord,
    TaxonomyTerm,
)
from resources.vocabulary import Kind, Status
from tests.build import build_organization
from tests.resources.admin.desk import build_curator
from tests.resources.exchange.feeds import FIRST, LATER, bring, everything, read_all, shipped_file, some_rows

pytestmark = [pytest.mark.django_db, pytest.mark.slow("imports whole files")]
HRSA = HealthCenters()
STARTER = StarterCatalog()
ALL = (
    Organization,
    Service,
    Location,
    ServiceAtLocation,
    Phone,
    CostOption,
    ServiceArea,
    SourceRecord,
    Listing,
)


def in_adak(row: dict[str, str]) -> bool:
    return row["city"] in ("Adak", "Akutan")


def rename(row: dict[str, str]) -> None:
    if row["city"] == "Adak":
        row["name"] = "Adak Health Center"


def adak() -> Service:
    return Service.objects.get(source_records__key="BPS-H80-000861")


def test_the_starter_catalogue_is_written_with_its_listings_and_its_sources() -> None:
    plan, run = bring(STARTER, shipped_file(STARTER))
    assert (len(plan.new), len(plan.changed), plan.unchanged) == (102, 0, 0)
    assert run.counts["services"] == {"active": 96, "defunct": 1, "inactive": 29}
    assert run.counts["reasons"]["no contact details"] == 16
    assert (run.started_at, run.finished_at) == (FIRST, FIRST)
    assert set(Listing.objects.values_list("service_id", flat=True)) == set(
        Service.objects.filter(status=Status.ACTIVE).values_list("id", flat=True)
    )
    assert not Service.objects.exclude(assured_date=None).exists()
    mend = Service.objects.get(name="M.E.N.D. (Mommies Enduring Neonatal Death)")
    record = mend.source_records.get()
    assert (record.key, record.part, record.source_url) == ("us-mend", "", "https://www.mend.org/beginning")
    assert record.raw["rows"][0]["description"] == mend.description
    assert mend.organization.services.count() == 3
    assert set(TaxonomyTerm.objects.filter(taxonomy__name="Topics").values_list("code", flat=True)) >= {
        "mental-health",
        "death-of-a-child-of-any-age",
    }


@pytest.mark.slow("imports several times")
def test_numbers_are_read_back_in_the_order_of_the_record() -> None:
    bring(STARTER, shipped_file(STARTER))
    psi = Service.objects.get(name="PSI HelpLine")
    assert [phone.description for phone in psi.phones.all()] == ["English", "Spanish", "4PPD"]
    for record in read_all(STARTER, shipped_file(STARTER)).values():
        for part in record.services:
            expected = sorted(part.phones, key=lambda phone: phone.type)
            stored = Service.objects.get(
                source_records__key=record.entry.key, source_records__part=part.part
            ).phones.all()
            assert [phone.number for phone in stored] == [phone.number for phone in expected]


@pytest.mark.parametrize("feed", [STARTER, HRSA])
def test_the_same_file_twice_changes_nothing(feed: Feed) -> None:
    file = shipped_file(STARTER) if feed is STARTER else some_rows(HRSA, in_adak)
    bring(feed, file)
    before = everything(*ALL)
    plan, run = bring(feed, file, LATER)
    assert everything(*ALL) == before
    assert (len(plan.new), len(plan.changed), run.counts["new"], run.counts["changed"]) == (0, 0, 0, 0)
    assert plan.unchanged == SourceRecord.objects.values("key").distinct().count()


def test_what_a_list_adds_to_a_merged_organization_is_the_kept_ones() -> None:
    def of_mount_vernon(row: dict[str, str]) -> bool:
        return "mvnhc.org" in row["website"]

    bring(HRSA, some_rows(HRSA, lambda row: of_mount_vernon(row) and row["name"].startswith("MOUNT")))
    old, kept = Organization.objects.get(), build_organization("MVNHC")
    merge(kept=kept, merged=old, choices={}, by=None, at=FIRST)
    before = Service.objects.count()
    bring(HRSA, some_rows(HRSA, of_mount_vernon), LATER)
    assert kept.services.count() == Service.objects.count() > before
    assert kept.source_records.count() == SourceRecord.objects.count()
    assert Organization.objects.filter(pk=old.pk).exists()


def test_ids_are_the_same_on_every_machine() -> None:
    bring(HRSA, some_rows(HRSA, in_adak))
    first = everything(Service, ServiceAtLocation, Location, Phone, CostOption)
    SourceRecord.objects.all().delete()
    ImportRun.objects.all().delete()
    Organization.objects.all().delete()
    bring(HRSA, some_rows(HRSA, in_adak))
    assert everything(Service, ServiceAtLocation, Location, Phone, CostOption) == first


def test_an_import_that_dies_half_way_leaves_nothing(monkeypatch: pytest.MonkeyPatch) -> None:
    def die(ids: object, *, at: object) -> int:
        raise KeyboardInterrupt

    monkeypatch.setattr(applying, "refresh_listings", die)
    with pytest.raises(KeyboardInterrupt):
        bring(HRSA, some_rows(HRSA, in_adak))
    assert everything(*ALL, Source, ImportRun) == [[] for _ in (*ALL, Source, ImportRun)]


def test_a_second_import_that_dies_leaves_the_first(monkeypatch: pytest.MonkeyPatch) -> None:
    bring(HRSA, some_rows(HRSA, in_adak))
    before = everything(*ALL, Source, ImportRun)

    def die(ids: object, *, at: object) -> int:
        raise KeyboardInterrupt

    monkeypatch.setattr(applying, "refresh_listings", die)
    with pytest.raises(KeyboardInterrupt):
        bring(HRSA, some_rows(HRSA, in_adak, rename), LATER)
    assert everything(*ALL, Source, ImportRun) == before


def test_a_changed_record_changes_its_service_and_no_other() -> None:
    bring(HRSA, some_rows(HRSA, in_adak))
    address = ServiceAtLocation.objects.get(service=adak()).pk
    plan, run = bring(HRSA, some_rows(HRSA, in_adak, rename), LATER)
    assert (len(plan.new), len(plan.changed), plan.unchanged) == (0, 1, 1)
    assert run.counts["changed"] == 1
    assert adak().name == "Adak Health Center"
    assert adak().last_modified == LATER
    assert list(Service.objects.exclude(pk=adak().pk).values_list("last_modified", flat=True)) == [FIRST]
    assert ServiceAtLocation.objects.get(service=adak()).pk == address
    assert Listing.objects.get(service=adak()).text.name_exact == "adak health center"
    assert (Phone.objects.count(), CostOption.objects.count(), Location.objects.count()) == (2, 2, 2)
    record = SourceRecord.objects.get(key="BPS-H80-000861")
    assert (record.first_run.started_at, record.last_run.started_at) == (FIRST, LATER)


def test_a_curators_edit_is_not_written_over_and_the_new_words_are_kept() -> None:
    bring(HRSA, some_rows(HRSA, in_adak))
    edited = datetime(2026, 8, 15, tzinfo=UTC)
    Service.objects.filter(pk=adak().pk).update(name="Adak Medical Clinic", last_modified=edited)
    plan, run = bring(HRSA, some_rows(HRSA, in_adak, rename), LATER)
    assert len(plan.held) == 1
    assert (run.counts["held"], run.counts["changed"]) == (1, 0)
    assert (adak().name, adak().last_modified) == ("Adak Medical Clinic", edited)
    assert SourceRecord.objects.get(key="BPS-H80-000861").raw["name"] == "Adak Health Center"
    again, _ = bring(HRSA, some_rows(HRSA, in_adak), datetime(2026, 10, 1, tzinfo=UTC))
    assert len(again.held) == 1
    assert adak().name == "Adak Medical Clinic"


def test_an_organization_that_a_curator_named_keeps_its_name_at_every_later_import() -> None:
    bring(HRSA, some_rows(HRSA, in_adak))
    operator = adak().organization
    edited = datetime(2026, 8, 15, tzinfo=UTC)
    Organization.objects.filter(pk=operator.pk).update(
        name="Eastern Aleutian Tribes", operator_stated=True, last_modified=edited
    )
    for month, name in ((9, "Adak Health Center"), (10, "Adak Clinic"), (11, "Adak Health Center")):

        def change(row: dict[str, str], name: str = name) -> None:
            row["name"] = name if row["city"] == "Adak" else row["name"]

        bring(HRSA, some_rows(HRSA, in_adak, change), datetime(2026, month, 1, tzinfo=UTC))
        assert adak().name == name
        operator.refresh_from_db()
        assert (operator.name, operator.operator_stated) == ("Eastern Aleutian Tribes", True)


def test_an_edit_made_between_the_plan_and_its_applying_is_kept_too() -> None:
    bring(HRSA, some_rows(HRSA, in_adak))
    plan = plan_import(HRSA, some_rows(HRSA, in_adak, rename))
    Service.objects.filter(pk=adak().pk).update(name="Adak Medical Clinic", last_modified=LATER)
    run = applying.apply_plan(plan=plan, at=LATER)
    assert (run.counts["held"], run.counts["changed"]) == (1, 0)
    assert adak().name == "Adak Medical Clinic"


def test_a_record_missing_from_a_file_is_counted_and_left_as_it_is() -> None:
    bring(HRSA, some_rows(HRSA, in_adak))
    before = everything(Service, Listing)
    plan, _ = bring(HRSA, some_rows(HRSA, lambda row: row["city"] == "Adak"), LATER)
    assert plan.missing == 1
    assert everything(Service, Listing) == before


def test_refusals_are_kept_with_the_record_and_the_run() -> None:
    plan, run = bring(HRSA, some_rows(HRSA, lambda row: row["website"] == "http://oceanhp/uic/edu"))
    expected = {
        "where": "Line 2",
        "column": "website",
        "cell": "http://oceanhp/uic/edu",
        "reason": "has no such host as 'oceanhp'; check what stands after //",
    }
    assert run.refusals == [expected]
    assert SourceRecord.objects.get().refusals == [expected]
    assert run.counts["refused"] == 1
    assert str(plan) == (
        "1 new, 0 changed, 1 refused. "
        "Line 2: website 'http://oceanhp/uic/edu' has no such host as 'oceanhp'; check what stands after //."
    )


def test_a_row_of_the_wrong_length_and_a_key_given_twice_are_refused() -> None:
    file = some_rows(HRSA, lambda row: row["city"] == "Adak")
    header, row, *_ = file.text.splitlines()
    plan = plan_import(HRSA, SourceFile("some.csv", "", "\n".join([header, row, row, "a,b"])))
    assert [str(refusal) for refusal in plan.refusals] == [
        "Line 4: has 2 cells where the first line names 15 columns.",
        "Line 3: key 'BPS-H80-000861' is the key of Line 2 too; only the first is read.",
    ]
    assert len(plan.new) == 1


def test_a_plan_writes_nothing() -> None:
    plan_import(HRSA, some_rows(HRSA, in_adak))
    assert everything(*ALL, Source, ImportRun) == [[] for _ in (*ALL, Source, ImportRun)]


class Upload(Feed):
    """A feed of one record, which gives a service for each of `parts`."""

    slug = "upload"
    name = "An upload"
    url = ""
    licence = ""

    def __init__(
        self, *, parts: tuple[str, ...] = ("",), organization: str = "One", publishes: bool = False
    ) -> None:
        self.parts = parts
        self.organization = organization
        self.publishes = publishes

    def find_entries(self, file: SourceFile) -> tuple[list[Entry], list[Refusal]]:
        return [Entry("1", "Line 2", {"text": file.text})], []

    def read(self, entry: Entry) -> Record:
        organization = OrganizationPart(self.organization, self.organization)
        return Record(
            entry,
            tuple(
                ServicePart(organization, f"Group {part}", Kind.SUPPORT_GROUP, part, status=Status.ACTIVE)
                for part in self.parts
            ),
        )


def test_what_a_source_does_not_publish_arrives_inactive() -> None:
    bring(Upload(), SourceFile("a.csv", "", "a"))
    service = Service.objects.get()
    assert (service.status, service.status_reason) == (Status.INACTIVE, "uploaded, waits for a curator")
    assert not Listing.objects.exists()


def test_a_service_that_its_record_no_longer_gives_is_withdrawn_with_that_reason() -> None:
    bring(Upload(parts=("", "line")), SourceFile("a.csv", "", "a"))
    bring(Upload(parts=("",)), SourceFile("b.csv", "", "b"), LATER)
    gone = Service.objects.get(name="Group line")
    assert (gone.status, gone.status_reason) == (
        Status.INACTIVE,
        "no longer in the source",
    )
    assert plan_import(Upload(parts=("",)), SourceFile("b.csv", "", "b")).unchanged == 1


@pytest.mark.slow("imports several times")
def test_the_page_of_a_service_says_that_it_is_gone_only_if_visitors_were_ever_shown_it(
    client: Client,
) -> None:
    bring(Upload(parts=("", "line"), publishes=True), SourceFile("a.csv", "", "a"))
    bring(Upload(parts=("", "board")), SourceFile("b.csv", "", "b"), LATER)
    answers = {
        service.name.strip(): client.get(f"/services/{service.pk}/").status_code
        for service in Service.objects.all()
    }
    # The first stays published, the second is in the source no more, the third has always waited.
    assert answers == {"Group": 200, "Group line": 410, "Group board": 404}


def test_an_organization_that_every_service_has_left_is_removed() -> None:
    bring(Upload(organization="One"), SourceFile("a.csv", "", "a"))
    bring(Upload(organization="Two"), SourceFile("b.csv", "", "b"), LATER)
    assert list(Organization.objects.values_list("name", flat=True)) == ["Two"]
    assert Service.objects.get().organization.name == "Two"


def test_an_organization_that_an_account_is_limited_to_stays_when_its_services_have_left() -> None:
    bring(Upload(organization="One"), SourceFile("a.csv", "", "a"))
    olga = build_curator("olga")
    olga.curator.organizations.add(Organization.objects.get())
    bring(Upload(organization="Two"), SourceFile("b.csv", "", "b"), LATER)
    assert [organization.name for organization in olga.curator.organizations.all()] == ["One"]


def test_progress_is_told_to_the_end() -> None:
    calls: list[tuple[int, int]] = []
    plan = plan_import(HRSA, some_rows(HRSA, in_adak))
    applying.apply_plan(plan=plan, at=FIRST, progress=lambda done, total: calls.append((done, total)))
    assert calls == [(2, 4), (4, 4)]
