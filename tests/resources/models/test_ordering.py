"""NULLs sort first on one database and last on the other, so each order over them says where they stand."""

from __future__ import annotations

import ast
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import pytest
from django.apps import apps
from django.conf import settings

from resources.models import CostOption
from resources.vocabulary import Cost
from tests.api.asking import get
from tests.build import build_cost, build_service

MODELS = tuple(apps.get_app_config("resources").get_models())
# Followed in an order, a relation stands for the order of what it leads to; none of those may be NULL either.
NULLABLE = {
    field.name
    for model in MODELS
    for field in model._meta.concrete_fields
    if field.null and not field.is_relation
}
MODULES = [
    path
    for package in ("resources", "api")
    for path in sorted((settings.BASE_DIR / package).rglob("*.py"))
    if "migrations" not in path.parts
]


def orders_in(path: Path) -> Iterator[tuple[int, str]]:
    """Each name that is given to `order_by`, or to a variable that is called an order, and its line."""
    for node in ast.walk(ast.parse(path.read_text(encoding="utf-8"))):
        given: list[ast.expr] = []
        if isinstance(node, ast.Call) and isinstance(node.func, ast.Attribute):
            given = node.args if node.func.attr == "order_by" else []
        elif isinstance(node, ast.Assign) and "order" in ast.unparse(node.targets[0]).lower():
            given = node.value.elts if isinstance(node.value, ast.Tuple | ast.List) else [node.value]
        for each in given:
            if isinstance(each, ast.Constant) and isinstance(each.value, str):
                yield each.lineno, each.value


def column_of(order: str) -> str:
    return order.lstrip("-").split("__")[-1]


@pytest.mark.slow("looks at every order there is")
def test_no_order_leaves_it_to_the_database_where_nulls_stand() -> None:
    unsaid = [
        f"{path.relative_to(settings.BASE_DIR)}:{line} {order}"
        for path in MODULES
        for line, order in orders_in(path)
        if column_of(order) in NULLABLE
    ]
    assert unsaid == []


@pytest.mark.parametrize("model", MODELS, ids=lambda model: model.__name__)
def test_no_model_leaves_it_to_the_database_where_nulls_stand(model: Any) -> None:
    unsaid = [
        order
        for order in model._meta.ordering
        if isinstance(order, str) and model._meta.get_field(order.lstrip("-")).null
    ]
    assert unsaid == []


@pytest.mark.django_db
def test_a_price_that_states_no_amount_comes_after_those_that_do() -> None:
    service = build_service()
    CostOption.objects.all().delete()
    for amount in (None, 30, 20):
        build_cost(service, Cost.FIXED, amount)
    assert [option.amount for option in CostOption.objects.all()] == [20, 30, None]
    assert [each["amount"] for each in get(f"services/{service.pk}/")["cost_options"]] == [20, 30, None]
