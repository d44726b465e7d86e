"""Rows that belong to one of several records are found without reading all of them."""

from __future__ import annotations

import pytest
from django.db.models import Q

from resources.models import Phone, Schedule
from resources.models.analyze import analyze_tables
from tests.build import build_service

pytestmark = [
    pytest.mark.django_db,
    pytest.mark.sqlite("asks SQLite for its plan, which ignores an index in which all rows are alike"),
]


OWNERS: dict[type[Phone | Schedule], tuple[str, ...]] = {
    Phone: ("organization", "service", "service_at_location", "location"),
    Schedule: ("service", "service_at_location"),
}


@pytest.mark.slow("builds three hundred services")
def test_no_table_of_several_owners_is_read_whole() -> None:
    service = build_service(schedules=[{"description": "Mondays"}])
    for _number in range(300):
        build_service(schedules=[{"description": "Tuesdays"}], refresh=False)
    analyze_tables()
    for model, owners in OWNERS.items():
        of_one = Q()
        for owner in owners:
            of_one |= Q(**{f"{owner}_id__in": [service.pk]})
        assert model.objects.filter(of_one).count() == 1
        plan = model.objects.filter(of_one).order_by().explain()
        assert "SCAN" not in plan, plan
