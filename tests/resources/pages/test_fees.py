"""What might I pay, on the page of a service: answered by the server, and nothing is kept."""

from __future__ import annotations

import html
import json
import re
from typing import Any

import pytest
from django.db import connection
from django.test import Client
from django.test.utils import CaptureQueriesContext

from tests.build import DALLAS, build_service
from tests.resources.pages.clinic import build_bands, build_clinic, post


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
        ("answers", "expected"),
        [
            ({"income": "-5"}, "An income is zero or more."),
            ({"income": "10000001"}, "up to 10,000,000"),
            ({"income": "little"}, "such as 1200 or 1,200.50"),
            ({"income": ""}, "It can be 0."),
            ({"household_size": "0"}, "from 1 to 20"),
            ({"household_size": "many"}, "from 1 to 20"),
            ({"period": "decade"}, "decade"),
        ],
    )
    @pytest.mark.slow("sends the form for every mistake")
    def test_a_bad_value_is_explained_at_its_field_and_nothing_is_lost(
        self, answers: dict[str, str], expected: str
    ) -> None:
        answer = post(build_clinic(), **answers)
        page = answer.content.decode()
        assert answer.status_code == 422
        assert expected in page
        for typed in answers.values():
            assert f'value="{typed}"' in page or typed == "decade"

    def test_another_site_may_not_send_the_form(self) -> None:
        address = f"/services/{build_clinic().pk}/fees/"
        answers = {"household_size": "1", "income": "1"}
        for headers in (
            {"Sec-Fetch-Site": "cross-site"},
            {"Sec-Fetch-Site": "same-site"},
            {"Origin": "https://other.example"},
            {"Origin": "null"},
            {"Referer": "https://other.example/x"},
        ):
            assert Client().post(address, answers, headers=headers).status_code == 403, headers
        for headers in ({"Sec-Fetch-Site": "same-origin"}, {"Origin": "http://testserver"}):
            assert Client().post(address, answers, headers=headers).status_code == 200, headers

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
        answers = {"household_size": "2", "income": "77123"}
        answer = client.post(f"/services/{build_clinic().pk}/fees/", answers)
        assert answer.status_code == 500
        assert "77123" not in answer.content.decode()
        assert "77123" not in "".join(capsys.readouterr())

    def test_a_type_that_names_other_letters_is_no_crash(self) -> None:
        address = f"/services/{build_clinic().pk}/fees/"
        form = "multipart/form-data; boundary=x; charset=base64"
        body = b'--x\r\nContent-Disposition: form-data; name="income"\r\n\r\n5\r\n--x--\r\n'
        assert Client().generic("POST", address, body, form).status_code == 422

    def test_what_does_not_depend_on_income_asks_nothing(self) -> None:
        for cost in ("free", "unknown", "sliding_scale"):  # nothing more is known of the last for any income
            service = build_service(areas=["US"], cost=cost)
            assert "What might I pay?" not in Client().get(f"/services/{service.pk}/").content.decode()
            assert post(service).status_code == 200


SEVERAL = "More than one of their prices fits. Ask which is yours."
# Bands that overlap, the dearer before the cheaper and the other way round: a household, and what it is told.
OVERLAPPING: list[dict[str, Any]] = [
    {"income_up_to": 30_000, "amount": 35},
    {"household_from": 3, "amount": 20},
    {"guideline_up_to": 100, "amount": 50},
]
TOLD = [
    ("0", "1", "About $35 a visit; $50 a visit", True),
    ("15960", "1", "About $35 a visit; $50 a visit", True),
    ("20000", "1", "About $35 a visit", False),
    ("20000", "3", "About $20 a visit; $35 a visit; $50 a visit", True),
    ("30000", "3", "About $20 a visit; $35 a visit", True),
    ("30000.01", "4", "About $20 a visit; $50 a visit", True),
    ("90000", "3", "About $20 a visit", False),
    ("90000", "1", "We cannot estimate the price", False),
]


@pytest.mark.slow("sends the form and asks the API for every income")
@pytest.mark.django_db
@pytest.mark.parametrize("in_reverse", [False, True])
def test_of_bands_that_overlap_page_api_and_script_name_each_and_say_so(in_reverse: bool) -> None:
    service = build_service("Clinic", at=[DALLAS])
    build_bands(service, *(reversed(OVERLAPPING) if in_reverse else OVERLAPPING))
    steps = steps_on_page(service.pk)
    for income, size, headline, are_several in TOLD:
        page = html.unescape(post(service, income=income, household_size=size).content.decode())
        page = page.split("<template")[0]
        request_body = {"service": str(service.pk), "income": float(income), "household_size": int(size)}
        answer = Client().post("/api/v1/fee-estimate/", request_body, content_type="application/json").json()
        step = step_for(steps, income, size)
        assert (answer["headline"], step["headline"]) == (headline, headline)
        assert headline in page
        expected = [
            SEVERAL in answer["unknown"],
            SEVERAL in step["unknown"],
            SEVERAL in page.split("<template")[0],
        ]
        assert expected == [are_several] * 3, (income, size)


def steps_on_page(pk: object) -> dict[str, Any]:
    page = Client().get(f"/services/{pk}/").content.decode()
    found = re.search(r'<script id="fee-steps"[^>]*>(.*?)</script>', page, re.DOTALL)
    assert found
    steps: dict[str, Any] = json.loads(found[1])
    return steps


def step_for(known: dict[str, Any], income: str, size: str) -> dict[str, Any]:
    """As the script picks it: the first step whose limits all hold, in cents and tenths of a percent."""
    cents, people = round(float(income) * 100), int(size)
    table = known["guideline"][known["region"]]
    guideline = table["one_person"] + (people - 1) * table["each_further"]
    values = {"guideline": cents * 10, "income": cents, "household": people}

    def holds(name: str, limit: int) -> bool:
        measure, _, side = name.partition("_")
        limit *= guideline if measure == "guideline" else 1
        number = values[measure]
        return {"over": number > limit, "from": number >= limit}.get(side, number <= limit)

    return next(step for step in known["steps"] if all(holds(*each) for each in step["bounds"].items()))
