"""Rows that belong to one of several records are found without reading all of them."""

from __future__ import annotations

import pytest
from django.db.models import Q

from resources.models import Phone, Schedule
from resources.models.analyze import analyze_tables
from tests.build import build_service, build_services

pytestmark = [
    pytest.mark.django_db,
    pytest.mark.sqlite("asks SQLite for its plan, which ignores an index in which all rows are alike"),
]


@pytest.mark.parametrize(
    ("model", "owners"),
    [
        (Phone, ("organization", "service", "service_at_location", "location")),
        (Schedule, ("service", "service_at_location")),
    ],
)
def test_no_table_of_several_owners_is_read_whole(
    model: type[Phone | Schedule], owners: tuple[str, ...]
) -> None:
    service = build_service(schedules=[{"description": "Mondays"}])
    build_services([f"Group {number}" for number in range(300)], schedules=[{"description": "Tuesdays"}])
    analyze_tables()
    of_one = Q()
    for owner in owners:
        of_one |= Q(**{f"{owner}_id__in": [service.pk]})
    assert model.objects.filter(of_one).count() == 1
    plan = model.objects.filter(of_one).order_by().explain()
    assert "SCAN" not in plan, plan
