"""What might I pay, on the page of a service: answered by the server, and nothing is kept."""

from __future__ import annotations

from typing import Any

import pytest
from django.db import connection
from django.test import Client
from django.test.utils import CaptureQueriesContext

from tests.build import build_service
from tests.resources.pages.clinic import build_clinic, post


@pytest.mark.django_db
class TestWithoutJavaScript:
    def test_it_is_answered_and_forgotten(self) -> None:
        answer = post(build_clinic())
        page = answer.content.decode()
        assert answer.status_code == 200
        assert "About $60 a visit (Dental); $40 a visit (Medical)" in page
        assert "about 125.4% of the US poverty guideline for a household of 1" in page
        assert 'value="20,000"' in page
        assert answer.headers["Cache-Control"] == "no-store"
        assert not answer.cookies
        assert "ETag" not in answer.headers

    def test_nothing_of_it_is_written_down(self, caplog: pytest.LogCaptureFixture) -> None:
        clinic = build_clinic()
        with CaptureQueriesContext(connection) as queries:
            assert post(clinic, income="31337.42").status_code == 200
        assert {query["sql"].split()[0] for query in queries} == {"SELECT"}
        assert not any("31337" in query["sql"] for query in queries)
        assert "31337" not in caplog.text

    @pytest.mark.parametrize(
        ("told", "said"),
        [
            ({"income": "-5"}, "An income is zero or more."),
            ({"income": "10000001"}, "at most 10,000,000"),
            ({"income": "little"}, "such as 1200 or 1,200.50"),
            ({"income": ""}, "It may be 0."),
            ({"household_size": "0"}, "from 1 to 20"),
            ({"household_size": "many"}, "from 1 to 20"),
            ({"period": "decade"}, "decade"),
        ],
    )
    def test_a_bad_value_is_explained_at_its_field_and_nothing_is_lost(
        self, told: dict[str, str], said: str
    ) -> None:
        answer = post(build_clinic(), **told)
        page = answer.content.decode()
        assert answer.status_code == 422
        assert said in page
        for typed in told.values():
            assert f'value="{typed}"' in page or typed == "decade"

    def test_another_site_may_not_send_the_form(self) -> None:
        address = f"/services/{build_clinic().pk}/fees/"
        told = {"household_size": "1", "income": "1"}
        for headers in (
            {"Sec-Fetch-Site": "cross-site"},
            {"Sec-Fetch-Site": "same-site"},
            {"Origin": "https://other.example"},
            {"Origin": "null"},
            {"Referer": "https://other.example/x"},
        ):
            assert Client().post(address, told, headers=headers).status_code == 403, headers
        for headers in ({"Sec-Fetch-Site": "same-origin"}, {"Origin": "http://testserver"}):
            assert Client().post(address, told, headers=headers).status_code == 200, headers

    def test_only_a_short_form_is_read_and_only_here(self) -> None:
        clinic = build_clinic()
        assert Client().post(f"/services/{clinic.pk}/fees/", {"income": "1" * 5000}).status_code == 413
        assert Client().get(f"/services/{clinic.pk}/fees/").status_code == 405
        assert Client().post(f"/services/{clinic.pk}/", {"income": "1"}).status_code == 405
        clinic.__class__.objects.update(status="inactive")
        assert post(clinic).status_code == 404

    def test_what_was_typed_is_in_no_log_even_when_it_crashes(
        self, monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
    ) -> None:
        def crash(*_: Any, **__: Any) -> None:
            raise RuntimeError("the income was 77123")

        monkeypatch.setattr("resources.pages.fees.estimate", crash)
        client = Client(raise_request_exception=False)
        told = {"household_size": "2", "income": "77123"}
        answer = client.post(f"/services/{build_clinic().pk}/fees/", told)
        assert answer.status_code == 500
        assert "77123" not in answer.content.decode()
        assert "77123" not in "".join(capsys.readouterr())

    def test_a_type_that_names_other_letters_is_no_crash(self) -> None:
        address = f"/services/{build_clinic().pk}/fees/"
        form = "multipart/form-data; boundary=x; charset=base64"
        body = b'--x\r\nContent-Disposition: form-data; name="income"\r\n\r\n5\r\n--x--\r\n'
        assert Client().generic("POST", address, body, form).status_code == 422

    def test_what_does_not_depend_on_income_asks_nothing(self) -> None:
        for cost in ("free", "unknown"):
            service = build_service(areas=["US"], cost=cost)
            assert "What might I pay?" not in Client().get(f"/services/{service.pk}/").content.decode()
            assert post(service).status_code == 200
