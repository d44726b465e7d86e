"""The signed time stamp of a form."""

from __future__ import annotations

from datetime import UTC, datetime, timedelta

import pytest

from resources.http.form_tokens import MAX_AGE, MIN_AGE, InvalidToken, new_token, verify_token

NOW = datetime(2026, 11, 28, 12, tzinfo=UTC)
SECOND = timedelta(seconds=1)


@pytest.mark.parametrize("age", [MIN_AGE, timedelta(minutes=20), MAX_AGE], ids=["3 s", "20 min", "1 day"])
def test_a_stamp_of_a_usual_age_is_taken_and_known_again(age: timedelta) -> None:
    stamp = new_token("suggest", at=NOW)
    digest = verify_token(stamp, "suggest", at=NOW + age)
    assert len(digest) == 64
    assert digest == verify_token(stamp, "suggest", at=NOW + age)
    assert digest not in stamp


@pytest.mark.parametrize(
    ("age", "message"),
    [
        (-SECOND, "very quickly"),
        (MIN_AGE - SECOND, "very quickly"),
        (MAX_AGE + SECOND, "more than a day"),
    ],
    ids=["not served yet", "2 s", "1 day and a second"],
)
def test_too_quick_and_too_old_are_told_apart(age: timedelta, message: str) -> None:
    with pytest.raises(InvalidToken, match=message):
        verify_token(new_token("suggest", at=NOW), "suggest", at=NOW + age)


def test_no_two_stamps_are_alike() -> None:
    stamps = {new_token("suggest", at=NOW) for _ in range(100)}
    assert len({verify_token(stamp, "suggest", at=NOW + MAX_AGE) for stamp in stamps}) == 100


def test_a_stamp_holds_nothing_but_chance_and_the_time() -> None:
    chance, served, _signature = new_token("suggest", at=NOW).replace(".", ":", 1).split(":")
    assert len(chance) == 16
    assert int(served) == NOW.timestamp()


FORGED = ["", ":", "a.1:b", "\0", "é", "x" * 5000, "1.2.3:4:5"]


@pytest.mark.parametrize("stamp", FORGED, ids=map(str, range(len(FORGED))))
def test_a_stamp_that_is_none_is_refused(stamp: str) -> None:
    with pytest.raises(InvalidToken, match="did not load fully"):
        verify_token(stamp, "suggest", at=NOW)


def test_a_stamp_made_older_or_of_another_form_is_refused() -> None:
    stamp = new_token("suggest", at=NOW)
    older = stamp.replace(str(int(NOW.timestamp())), str(int(NOW.timestamp()) - 100))
    for form, forged in (("suggest", older), ("correct", stamp), ("suggest", stamp[:-1])):
        with pytest.raises(InvalidToken, match="did not load fully"):
            verify_token(forged, form, at=NOW + timedelta(minutes=1))
