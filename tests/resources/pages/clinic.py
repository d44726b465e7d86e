"""A clinic whose fees depend on income, and what one tells it on its page."""

from __future__ import annotations

from decimal import Decimal
from typing import Any

from django.test import Client

from resources.models import CostOption, Service
from resources.vocabulary import Cost, CostUnit
from tests.build import DALLAS, build_service


def build_clinic() -> Service:
    """Bands by the guideline, by income and by household, a discount of a known fee and one of an unknown."""
    clinic = build_service(
        "Clinic", kind="clinic", fit="general", at=[DALLAS], cost="sliding_scale", fee_rule="health_center"
    )
    build_bands(
        clinic,
        {"guideline_up_to": 100, "amount": 25},
        {
            "guideline_over": 100,
            "guideline_up_to": 150,
            "percent_off": 80,
            "full_fee": 200,
            "option": "Medical",
        },
        {"guideline_over": 100, "guideline_up_to": 150, "amount": 60, "option": "Dental"},
        {"guideline_over": 150, "guideline_up_to": 200, "percent_off": 20},
        {"income_over": 50_000, "household_from": 4, "amount": 90},
    )
    return clinic


def build_bands(service: Service, *bands: dict[str, Any]) -> None:
    for band in bands:
        numbers = {name: Decimal(value) for name, value in band.items() if isinstance(value, int)}
        CostOption.objects.create(
            service=service,
            kind=Cost.SLIDING_SCALE,
            currency="USD",
            unit=CostUnit.VISIT,
            **{**band, **numbers},
        )


def post(service: Service, **answers: str) -> Any:
    data = {"household_size": "1", "income": "20,000", "period": "year", "region": "contiguous", **answers}
    return Client(enforce_csrf_checks=True).post(f"/services/{service.pk}/fees/", data)
