"""A new installation begins with whom to call, until someone has recorded a check."""

from __future__ import annotations

import pytest
from django.test import Client
from django.urls import reverse

from resources.models import Assurance
from tests.build import build_service, build_source_record

pytestmark = pytest.mark.django_db
TODAY = reverse("admin:index")


def test_today_begins_with_whom_to_call_first(desk: Client) -> None:
    service = build_service("Tommy's line", phone="", areas=["GB"])
    build_source_record(service, "uk-tommys", slug="starter")
    other = build_service("Local group")
    page = desk.get(TODAY)
    assert [each["name"] for each in page.context["first_calls"]] == ["Tommy's line"]
    assert "Before you open: call this number" in page.content.decode()
    assert "no number: find one" in page.content.decode()
    assert desk.get(f"{TODAY}?reason=never").context["first_calls"] == []
    found = reverse("admin:resources_service_found", args=[other.pk, "right"])
    desk.post(found, {"learned": "phone"})
    assert Assurance.objects.exists()
    assert desk.get(TODAY).context["first_calls"] == []
