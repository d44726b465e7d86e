"""Where a listing stands in an answer: pure functions of its facts, which `packing.py` keeps.

The table of sections is stated here and nowhere else. The first line that applies decides.
"""

from __future__ import annotations

from collections.abc import Collection, Iterator

from resources.presentation.service_data import ServiceData
from resources.vocabulary import (
    FOCUS_TOPICS,
    LOWER_COSTS,
    Audience,
    Caution,
    Cost,
    Fit,
    Kind,
    Loss,
    OpenTo,
    Section,
    Visibility,
)

COMPANY = (Kind.SUPPORT_GROUP, Kind.FORUM, Kind.PEER_MENTOR, Kind.COUNSELLING, Kind.BEREAVEMENT_CARE)
LINES = (Kind.HELPLINE, Kind.CRISIS_LINE)
SEEN_LATELY = 2022  # the year before which nothing was seen that leads what is near


def section_of(kind: Kind, fit: Fit, *, is_here: bool) -> Section:
    """Return the section of a listing that is near the visitor (`is_here`), or that helps from afar.

    A line that does not cover the visitor's area is moved to the last section by `rules.sections`.
    """
    is_for_loss = fit != Fit.GENERAL
    if is_here and is_for_loss and kind in (*COMPANY, Kind.PRACTICAL_HELP, Kind.REMEMBRANCE):
        return Section.NEAR_YOU
    if kind in LINES:
        return Section.BY_PHONE
    if is_for_loss and kind in COMPANY:
        return Section.SERVES_YOU
    if kind in (Kind.COUNSELLING, Kind.MENTAL_HEALTH_CLINIC):
        return Section.LOWER_COST_COUNSELLING
    if kind == Kind.SPECIALIST_CLINIC:
        return Section.HOSPITAL_CLINICS
    if kind == Kind.CLINIC:
        return Section.GENERAL_CLINICS
    if kind in (Kind.FINANCIAL_HELP, Kind.PRACTICAL_HELP):
        return Section.MONEY_AND_PRACTICAL
    return Section.LOOK_FURTHER


# What stands first, second, third and last within a section.
PARTS = range(4)


def part_of(kind: Kind, fit: Fit, costs: Collection[Cost]) -> int:
    """Return the place of a listing within its section, one of PARTS.

    People before teams, teams before practical help, remembrance last. Of general counseling what states a
    lower cost leads, then clinics that state it; then what states no cost, then what states only others.
    """
    if kind == Kind.MENTAL_HEALTH_CLINIC or (kind == Kind.COUNSELLING and fit == Fit.GENERAL):
        if not set(LOWER_COSTS).isdisjoint(costs):
            return 1 if kind == Kind.MENTAL_HEALTH_CLINIC else 0
        return 2 if Cost.UNKNOWN in costs else 3
    return {Kind.BEREAVEMENT_CARE: 1, Kind.PRACTICAL_HELP: 2, Kind.REMEMBRANCE: 3}.get(kind, 0)


def cautions_of(data: ServiceData) -> Iterator[Caution]:
    """Yield why a listing stands after others of its section."""
    if _is_doubtful(data):
        yield Caution.DOUBTFUL
    if data.service.open_to and OpenTo.ANYONE not in data.service.open_to:
        yield Caution.FOR_SOME


def _is_doubtful(data: ServiceData) -> bool:
    """True if it was last seen before SEEN_LATELY, or undated elsewhere than on its own page.

    So is what is only for the death of a child of any age: it may not expect who lost a pregnancy. What no
    source brought, a curator entered here.
    """
    if set(data.service.losses) == {Loss.CHILD_ANY_AGE}:
        return True
    record = data.record
    days = (data.service.assured_date, record and record.seen_on)
    years = [day.year for day in days if day]
    if record and not record.seen_on and record.seen_year:
        years.append(record.seen_year)
    if years:
        return max(years) < SEEN_LATELY
    return record is not None and not data.is_from_own_page


def focus_of(data: ServiceData) -> int:
    """Return the place of a mental health clinic among its equals.

    First those with a program for pregnant or postpartum women, then those for people after trauma.
    """
    if data.service.kind != Kind.MENTAL_HEALTH_CLINIC:
        return 0
    codes = {topic.code for topic in data.topics}
    return next((place for place, code in enumerate(FOCUS_TOPICS) if code in codes), len(FOCUS_TOPICS))


def on_request(data: ServiceData) -> Visibility:
    """Return what must be asked for to see the listing.

    Crisis lines, help only after abortion, and help only for health workers are hidden by default.
    """
    losses = set(data.service.losses)
    if data.service.kind == Kind.CRISIS_LINE:
        return Visibility.KIND
    if {row.audience for row in data.audiences} == {Audience.PROFESSIONALS}:
        return Visibility.AUDIENCE
    if Loss.ABORTION in losses and losses <= {Loss.ABORTION, Loss.TFMR}:
        return Visibility.LOSS
    return Visibility.NOTHING
