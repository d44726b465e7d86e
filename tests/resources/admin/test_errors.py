"""Errors inside the admin look like its pages, say what happened, and lead back."""

from __future__ import annotations

from typing import Any

import pytest
from django.http import HttpRequest
from django.test import Client, RequestFactory
from django.urls import reverse
from pytest_django import DjangoAssertNumQueries

from directory import errors
from resources.vocabulary import Role
from tests.build import build_service
from tests.resources.admin.desk import address, build_curator, sign_in

pytestmark = pytest.mark.django_db


def is_of_the_desk(answer: Any) -> bool:
    page = answer.content.decode()
    return "/admin-theme/admin." in page and f'href="{reverse("admin:index")}"' in page


@pytest.mark.parametrize(
    ("path", "status"),
    [
        ("/admin/nonsense/", 404),
        ("/admin/resources/service/5d1f1a6e-0000-4000-8000-000000000000/found/right/", 404),
        ("/admin/auth/user/", 403),
        ("/admin/undo/service/5d1f1a6e-0000-4000-8000-000000000000/", 405),
        ("/admin/resources/service/abc/change/", 302),
        ("/admin/resources/location/abc/change/?draft=1", 302),
    ],
)
def test_an_error_of_an_address(desk: Client, path: str, status: int) -> None:
    answer = desk.get(path)
    assert answer.status_code == status
    assert is_of_the_desk(desk.get(path, follow=True))


def test_a_viewer_who_posts_is_told_so(client: Client) -> None:
    sign_in(client, build_curator("vera", Role.VIEWER))
    answer = client.post(address(build_service(), "publish"))
    assert answer.status_code == 403
    assert "Your account may not do this" in answer.content.decode()
    assert is_of_the_desk(answer)


def test_a_form_whose_token_has_expired_says_so() -> None:
    strict = sign_in(Client(enforce_csrf_checks=True), build_curator())
    answer = strict.post(address(build_service(), "publish"))
    assert answer.status_code == 403
    assert "This form has expired" in answer.content.decode()
    assert is_of_the_desk(answer)


@pytest.mark.parametrize(
    ("handler", "status"),
    [
        (errors.bad_request, 400),
        (errors.payload_too_large, 413),
        (errors.too_many_requests, 429),
        (errors.server_error, 500),
        (errors.unavailable, 503),
    ],
)
def test_no_error_asks_the_database(
    handler: object, status: int, django_assert_num_queries: DjangoAssertNumQueries
) -> None:
    request: HttpRequest = RequestFactory().get("/admin/resources/service/")
    assert callable(handler)
    with django_assert_num_queries(0):
        answer = handler(request)
    assert answer.status_code == status
    assert is_of_the_desk(answer)


def test_outside_of_it_errors_are_the_visitors_own(client: Client) -> None:
    assert not is_of_the_desk(client.get("/nonsense/"))
