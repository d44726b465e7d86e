"""What there is to do and in which order, on one fixed day."""

from __future__ import annotations

from collections.abc import Callable
from datetime import UTC, date, datetime, timedelta
from typing import Any

import pytest
from django.contrib.auth.models import User
from django.utils import timezone

from resources.curation import assurance, claims, contributions, permissions, publishing
from resources.curation.assurance import is_overdue, overdue_q
from resources.curation.queue import (
    PAGE_SIZE,
    QueueItem,
    QueueScope,
    count_reasons,
    held_by_reason,
    next_entry,
    queue_page,
    reason_of,
)
from resources.curation.statistics import countries, freshness, regions
from resources.models import Claim, Correction, PendingEdit, Service, Suggestion
from resources.vocabulary import Decision, Fit, Kind, ProblemType, Role, Status
from tests.build import (
    DALLAS,
    build_location,
    build_organization,
    build_pending_edit,
    build_service,
    build_services,
)
from tests.resources.admin.desk import build_curator

pytestmark = [pytest.mark.django_db, pytest.mark.slow("builds a queue for each test")]

NOW = datetime(2026, 3, 1, 12, tzinfo=UTC)
TODAY = NOW.date()
YESTERDAY = TODAY - timedelta(days=1)


@pytest.fixture
def ada() -> User:
    return build_curator("ada")


@pytest.fixture
def grace() -> User:
    return build_curator("grace", Role.REVIEWER)


def items(by: User | None = None, scope: str = "all", at: datetime = NOW) -> list[QueueItem]:
    asker = QueueScope(by, at, scope)
    return queue_page(asker, count_reasons(asker), page=1)


def names(by: User | None = None, scope: str = "all", at: datetime = NOW) -> list[str]:
    return [item.name for item in items(by, scope, at)]


def correct(
    service: Service, wrong: str = ProblemType.WRONG, at: datetime = NOW, **fields: Any
) -> Correction:
    return Correction.objects.create(service=service, wrong=wrong, received_at=at, **fields)


def checked(name: str = "Checked", day: date = TODAY, **fields: Any) -> Service:
    """A service about which there is nothing to do yet."""
    return build_service(name, assured_date=day, **fields)


def wait_for_review(name: str, by: User | None) -> PendingEdit:
    return build_pending_edit(checked(), by=by, at=NOW, name=name)


# ---- order


def test_the_queue_is_ordered_by_harm(ada: User, grace: User) -> None:
    build_service("Never looked at", fit=Fit.GENERAL)
    checked("Long ago", date(2024, 1, 1))
    build_service("Held back", status=Status.INACTIVE, held=True, status_reason="To be looked at")
    wait_for_review("Edited by ada", ada)
    Suggestion.objects.create(proposed={"name": "A new circle"}, received_at=NOW)
    correct(checked("Wrong hours"))
    correct(checked("Has closed"), ProblemType.CLOSED)
    correct(checked("Not safe"), ProblemType.UNSAFE)
    found = items(grace)
    assert [(item.reason.code, item.name) for item in found] == [
        ("harm", "Not safe"),
        ("harm", "Has closed"),
        ("corrections", "Wrong hours"),
        ("suggestions", "A new circle"),
        ("edits", "Edited by ada"),
        ("overdue", "Long ago"),
        ("never", "Never looked at"),
    ]
    assert list(count_reasons(QueueScope(grace, NOW)).values()) == [2, 1, 1, 1, 0, 0, 1, 1, 1, 0]


def test_what_was_decided_is_not_in_the_queue(ada: User) -> None:
    for decision in (Decision.ACCEPTED, Decision.DECLINED):
        correct(checked(), decision=decision)
        Suggestion.objects.create(proposed={"name": "New"}, received_at=NOW, decision=decision)
    assert names() == []


def test_the_more_harmful_report_comes_first_and_then_the_older_one() -> None:
    for day, wrong in enumerate(
        [ProblemType.CLOSED, ProblemType.UNSAFE, ProblemType.UNSAFE, ProblemType.CLOSED]
    ):
        correct(checked(f"{wrong} {day}"), wrong, NOW - timedelta(days=day))
    assert names() == ["unsafe 2", "unsafe 1", "closed 3", "closed 0"]


def test_of_what_nobody_has_checked_lines_come_first_then_groups_and_of_those_the_closest() -> None:
    build_service("C group", fit=Fit.GENERAL)
    build_service("B group", fit=Fit.PERINATAL_OR_GRIEF)
    build_service("Z line", kind=Kind.HELPLINE, fit=Fit.GENERAL)
    build_service("Y circle", fit=Fit.SPECIALIST)
    assert names() == ["Z line", "Y circle", "B group", "C group"]


def test_of_what_is_overdue_lines_come_first_and_then_the_oldest_check() -> None:
    checked("Group of 2023", date(2023, 5, 1))
    checked("Group of 2022", date(2022, 5, 1))
    checked("Line of 2025", date(2025, 5, 1), kind=Kind.CRISIS_LINE)
    assert names() == ["Line of 2025", "Group of 2022", "Group of 2023"]


def test_what_is_held_stands_together_by_its_reason() -> None:
    for name, reason in [("A", "School"), ("B", "Prison"), ("C", "School")]:
        build_service(name, status=Status.INACTIVE, held=True, status_reason=reason)
    assert names() == []
    scope = QueueScope(None, NOW)
    held = queue_page(scope, count_reasons(scope), page=1, reason=reason_of("held"))
    assert [item.name for item in held] == ["B", "A", "C"]
    assert held_by_reason(5) == [("School", 2)]


def test_a_service_that_somebody_reported_on_is_listed_for_that_alone() -> None:
    correct(checked("Old", date(2020, 1, 1)))
    correct(build_service("New"))
    assert [item.reason.code for item in items()] == ["corrections", "corrections"]


def test_a_service_that_is_not_shown_is_not_to_be_checked() -> None:
    for status in (Status.INACTIVE, Status.DEFUNCT, Status.TEMPORARILY_CLOSED):
        build_service(status=status)
        build_service(status=status, assured_date=date(2020, 1, 1))
    assert names() == []


# ---- when a check is due


@pytest.mark.parametrize(
    ("kind", "days"),
    [(Kind.HELPLINE, 90), (Kind.CRISIS_LINE, 90), (Kind.SUPPORT_GROUP, 180), (Kind.CLINIC, 365)],
)
def test_a_check_holds_for_the_days_of_its_kind_and_not_for_one_more(kind: str, days: int) -> None:
    checked("Holds", TODAY - timedelta(days=days), kind=kind)
    late = checked("Late", TODAY - timedelta(days=days + 1), kind=kind)
    assert names() == ["Late"]
    assert items()[0].since == YESTERDAY
    assert f"due every {days} days" in items()[0].why
    assert [is_overdue(kind, TODAY - timedelta(days=days + more), TODAY) for more in (0, 1)] == [False, True]
    assert list(Service.objects.filter(overdue_q(TODAY))) == [late]


def test_how_long_a_check_holds_is_a_setting(settings: Any) -> None:
    checked("Group", TODAY - timedelta(days=31))
    assert names() == []
    settings.CHECK_INTERVAL_DAYS = {"default": 30, "clinic": 365}
    assert names() == ["Group"]


@pytest.mark.slow("draws pages of the admin")
@pytest.mark.parametrize(
    "intervals", [{"default": 30}, {"default": 30, "clinic": 365}, {"default": 90, "clinic": 30}]
)
def test_an_interval_for_every_kind_may_be_the_only_one(settings: Any, intervals: dict[str, int]) -> None:
    settings.CHECK_INTERVAL_DAYS = intervals
    for kind in Kind.values:
        days = intervals.get(kind, intervals["default"])
        checked(f"Holds {kind}", TODAY - timedelta(days=days), kind=kind)
        checked(f"Late {kind}", TODAY - timedelta(days=days + 1), kind=kind)
    late = Service.objects.filter(overdue_q(TODAY)).values_list("name", flat=True)
    assert set(late) == {f"Late {kind}" for kind in Kind.values}


def test_what_was_tried_in_vain_comes_back_after_a_week() -> None:
    service = build_service("Silent")
    assurance.record_no_answer(services=[service], by=None, at=NOW)
    assert [names(at=NOW + timedelta(days=days)) for days in (0, 6, 7)] == [[], [], ["Silent"]]
    why = items(at=NOW + timedelta(days=7))[0].why
    assert why.endswith("Tried 1 time without an answer, last on March 1, 2026.")


def test_what_is_held_and_was_tried_in_vain_is_put_off_too() -> None:
    service = build_service(status=Status.INACTIVE, held=True)
    assurance.record_no_answer(services=[service], by=None, at=NOW)
    assert names() == []


# ---- whose it is


def test_edits_wait_for_those_who_may_approve_them_and_never_for_their_author(ada: User, grace: User) -> None:
    wait_for_review("By ada", ada)
    wait_for_review("By grace", grace)
    wait_for_review("By a former curator", None)
    assert set(names(grace)) == {"By ada", "By a former curator"}
    assert names(ada) == []


def texan(name: str = "tex") -> User:
    return build_curator(name, regions=["US-TX"])


def test_my_region_holds_what_is_there_what_serves_it_and_what_is_new_to_all() -> None:
    dallas, portland = build_location(DALLAS), build_location(region="OR")
    correct(checked("Dallas report", at=[dallas]))
    correct(checked("Oregon report", at=[portland]), ProblemType.UNSAFE)
    build_service("Dallas group", at=[dallas])
    build_service("Oregon group", at=[portland])
    build_service("Texas line", areas=["US-TX"], kind=Kind.HELPLINE)
    Suggestion.objects.create(proposed={"name": "New"}, received_at=NOW)
    tex = texan()
    assert names(tex, "region") == ["Dallas report", "New", "Texas line", "Dallas group"]
    assert len(names(tex)) == 6
    counts = count_reasons(QueueScope(tex, NOW, "region"))
    assert (counts["harm"], counts["corrections"], counts["never"]) == (0, 1, 2)


def test_whoever_has_no_region_has_them_all(ada: User) -> None:
    build_service("Dallas group", at=[build_location(DALLAS)])
    assert names(ada, "region") == ["Dallas group"]


def test_an_organization_of_ones_own_is_in_ones_region() -> None:
    own = build_organization("Ours")
    build_service("Of ours", organization=own)
    build_service("Of others")
    tex = texan()
    tex.curator.organizations.add(own)
    other = build_curator("other")
    other.curator.organizations.add(own)
    assert names(tex, "region") == ["Of ours"]


def test_one_may_work_only_on_what_is_within_ones_limits() -> None:
    build_service("A Dallas group", at=[build_location(DALLAS)])
    build_service("B Oregon group", at=[build_location(region="OR")])
    assert [item.is_actionable for item in items(texan())] == [True, False]
    viewer = build_curator("vera", Role.VIEWER)
    assert [item.is_actionable for item in items(viewer)] == [False, False]


# ---- claims


def test_mine_is_what_i_claimed(ada: User, grace: User) -> None:
    mine, theirs, report = build_service("Mine"), build_service("Theirs"), correct(checked("Report"))
    for subject, by in [(mine, ada), (theirs, grace), (report, ada)]:
        claims.claim(subject=subject, by=by, at=NOW)
    assert names(ada, "mine") == ["Report", "Mine"]
    assert [item.claim and item.claim.by for item in items()] == [ada, ada, grace]


def test_what_another_has_claimed_cannot_be_claimed_and_says_who_has(ada: User, grace: User) -> None:
    service = build_service("Circle")
    claims.claim(subject=service, by=grace, at=NOW)
    with pytest.raises(claims.ClaimedByAnother, match="grace is working on Circle"):
        claims.claim(subject=service, by=ada, at=NOW + timedelta(hours=3, minutes=59))
    assert Claim.objects.get().by == grace


def test_a_claim_ends_by_itself_after_four_hours(ada: User, grace: User) -> None:
    service = build_service("Circle")
    claims.claim(subject=service, by=grace, at=NOW)
    later = NOW + timedelta(hours=4)
    assert names(grace, "mine", later) == []
    assert items(at=later)[0].claim is None
    claims.claim(subject=service, by=ada, at=later)
    assert names(ada, "mine", later) == ["Circle"]


def test_claiming_again_makes_it_last(ada: User) -> None:
    service = build_service("Circle")
    for hours in (0, 3):
        claims.claim(subject=service, by=ada, at=NOW + timedelta(hours=hours))
    assert names(ada, "mine", NOW + timedelta(hours=6)) == ["Circle"]


def test_one_releases_ones_own_claim_alone(ada: User, grace: User) -> None:
    service = build_service()
    claims.claim(subject=service, by=ada, at=NOW)
    claims.release(subject=service, by=grace)
    assert Claim.objects.exists()
    claims.release(subject=service, by=ada)
    assert not Claim.objects.exists()


def close(service: Service) -> None:
    assurance.mark_closed(service=service, by=None, at=NOW)


def move(service: Service) -> None:
    assurance.mark_moved(service=service, address=None, by=None, at=NOW)


DONE: dict[str, Callable[[Service], Any]] = {
    "right": lambda service: assurance.assure(services=[service], by=None, at=NOW),
    "no answer": lambda service: assurance.record_no_answer(services=[service], by=None, at=NOW),
    "full": lambda service: assurance.mark_full(services=[service], by=None, at=NOW),
    "closed": close,
    "moved": move,
    "published": lambda service: publishing.publish(services=[service], by=None, at=NOW),
    "withdrawn": lambda service: publishing.withdraw(services=[service], reason="Why", by=None, at=NOW),
}


@pytest.mark.parametrize("done", DONE)
@pytest.mark.slow("works through the queue")
def test_a_claim_ends_with_the_deed(ada: User, done: str) -> None:
    service = build_service()
    claims.claim(subject=service, by=ada, at=NOW)
    DONE[done](service)
    assert not Claim.objects.exists()


def test_a_claim_on_a_report_ends_when_it_is_decided(ada: User) -> None:
    report = correct(checked())
    claims.claim(subject=report, by=ada, at=NOW)
    contributions.decline(contribution=report, by=None, at=NOW)
    assert not Claim.objects.exists()


def test_a_viewer_claims_nothing_and_an_editor_nothing_elsewhere() -> None:
    oregon = build_service(at=[build_location(region="OR")])
    for by in (build_curator("vera", Role.VIEWER), texan()):
        with pytest.raises(permissions.NotAllowed):
            claims.claim(subject=oregon, by=by, at=NOW)
    assert not Claim.objects.exists()


def test_an_edit_is_claimed_by_those_who_may_approve_it(ada: User, grace: User) -> None:
    edit = wait_for_review("By grace", grace)
    for by in (ada, grace):
        with pytest.raises(permissions.NotAllowed):
            claims.claim(subject=edit, by=by, at=NOW)


# ---- the next one


def named(by: User) -> str:
    entry = next_entry(QueueScope(by, NOW))
    return "" if entry is None else str(entry.row or Service.objects.get(pk=entry.subject))


def test_the_next_one_is_the_first_that_nobody_else_has_claimed(ada: User, grace: User) -> None:
    first, second = (build_service(name) for name in ("A", "B"))
    assert named(ada) == "A"
    claims.claim(subject=first, by=ada, at=NOW)
    assert (named(ada), named(grace)) == ("A", "B")
    claims.claim(subject=second, by=ada, at=NOW)
    assert named(grace) == ""


def test_the_next_one_passes_to_the_next_reason(ada: User, grace: User) -> None:
    report = correct(checked("Report"))
    build_service("A")
    assert named(ada) == "Report"
    claims.claim(subject=report, by=grace, at=NOW)
    assert named(ada) == "A"


def test_the_next_one_of_an_editor_with_limits_is_within_them() -> None:
    build_service("A Oregon", at=[build_location(region="OR")])
    build_service("B Dallas", at=[build_location(DALLAS)])
    Suggestion.objects.create(proposed={"name": "In Ireland", "country": "IE"}, received_at=NOW)
    assert named(texan()) == "B Dallas"


def test_the_next_one_is_found_behind_any_number_that_one_may_not_take_up() -> None:
    for number in range(2 * PAGE_SIZE + 1):
        proposed = {"name": f"In Ireland {number}", "country": "IE"}
        Suggestion.objects.create(proposed=proposed, received_at=NOW - timedelta(days=1))
    Suggestion.objects.create(proposed={"name": "In Texas", "country": "US"}, received_at=NOW)
    assert named(texan()) == "In Texas"
    Suggestion.objects.filter(received_at=NOW).delete()
    assert named(texan("second")) == ""


def test_whoever_claims_nothing_has_no_next_one() -> None:
    build_service("A")
    assert named(build_curator("vic", Role.VIEWER)) == ""


# ---- pages


@pytest.mark.slow("builds sixty services")
def test_pages_follow_each_other_through_all_reasons_and_leave_nothing_out() -> None:
    build_services((f"Group {number:02}" for number in range(20)), fit=Fit.GENERAL)
    for number in range(20):
        correct(checked(), at=NOW - timedelta(hours=number))
        checked(f"Old {number}", date(2024, 1, 1) + timedelta(days=number))
    asker = QueueScope(None, NOW)
    counts = count_reasons(asker)
    pages = [queue_page(asker, counts, page=page) for page in (1, 2, 3, 4)]
    assert [len(page) for page in pages] == [PAGE_SIZE, PAGE_SIZE, 10, 0]
    subjects = [item.subject for page in pages for item in page]
    assert len(set(subjects)) == 60
    codes = [item.reason.code for page in pages for item in page]
    assert codes == ["corrections"] * 20 + ["overdue"] * 20 + ["never"] * 20


@pytest.mark.slow("builds sixty services")
def test_one_reason_alone_has_pages_of_its_own() -> None:
    build_services((f"Group {number:02}" for number in range(30)), fit=Fit.GENERAL)
    for _ in range(30):
        checked(day=date(2024, 1, 1))
    asker, never = QueueScope(None, NOW), reason_of("never")
    found = queue_page(asker, count_reasons(asker), page=2, reason=never)
    assert [item.name for item in found] == [f"Group {number:02}" for number in range(25, 30)]


@pytest.mark.slow("builds sixty services")
def test_telling_a_page_takes_no_more_queries_for_more_items(django_assert_num_queries: Any) -> None:
    asker = QueueScope(None, NOW)
    for number in (1, PAGE_SIZE):
        while Service.objects.count() < number:
            build_service(at=[build_location()])
        counts = count_reasons(asker)
        # Ids; services; their numbers, checks, those of their organizations, places, and of these; claims.
        with django_assert_num_queries(12):
            assert len(queue_page(asker, counts, page=1)) == number


# ---- what an item says


def test_an_item_says_how_to_get_in_touch_and_what_was_said() -> None:
    organization = build_organization(website="https://kind.example/")
    service = checked("Circle", at=[DALLAS], organization=organization)
    correct(service, ProblemType.UNREACHABLE, note="The number\nrings out. " + "Really. " * 60)
    item = items()[0]
    assert [phone.number for phone in item.phones] == ["214-555-0100"]
    assert (item.website, item.town) == ("https://kind.example/", "Dallas, TX, US")
    assert item.why.startswith(
        "A visitor reported: Nobody answers the phone or email. The number rings out. Really."
    )
    assert len(item.why) < 260
    assert item.since == TODAY


# ---- how the catalogue stands


def test_freshness_parts_each_kind_by_the_age_of_its_checks() -> None:
    build_service(kind=Kind.HELPLINE)
    checked(kind=Kind.HELPLINE)
    checked(day=TODAY - timedelta(days=91), kind=Kind.HELPLINE)
    checked(day=TODAY - timedelta(days=91), kind=Kind.CLINIC)
    build_service(kind=Kind.FORUM, status=Status.INACTIVE)
    assert [(row.kind, row.up_to_date, row.overdue, row.never) for row in freshness(TODAY)] == [
        (Kind.HELPLINE, 1, 1, 1),
        (Kind.CLINIC, 1, 0, 0),
    ]


def test_coverage_counts_a_service_once_in_each_place_and_shows_where_there_is_none() -> None:
    build_service(at=[build_location(), build_location(), build_location(region="OR")])
    build_service(at=[build_location(country="GB", region="ENG")])
    build_service(areas=["GB"])
    build_service(areas=["*"])
    build_service(at=[build_location(region="NY")], status=Status.INACTIVE)
    assert [(row.code, row.number) for row in countries()] == [("GB", 2), ("", 1), ("US", 1)]
    found = {row.code: row.number for row in regions("US")}
    assert (found["TX"], found["OR"], found["NY"]) == (1, 1, 0)


def test_an_asker_may_come_at_any_time() -> None:
    """The clock is handed in: nothing here looks at the real one."""
    build_service("Group", assured_date=timezone.now().date())
    assert names(at=NOW + timedelta(days=10_000)) == ["Group"]
