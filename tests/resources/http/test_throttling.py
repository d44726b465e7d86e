"""How often one address may do something, counted without keeping the address."""

from __future__ import annotations

import gc
from collections.abc import Iterator
from threading import Barrier, Thread
from typing import Any

import pytest
from django.test import Client, RequestFactory

from resources.http.throttling import (
    DAY,
    GLOBAL_KEY,
    HOUR,
    Limiter,
    Pace,
    RateLimitExceeded,
    address_of,
    cost_of,
    requests,
)

CANARY = "203.0.113.77"


class Clock:
    now = 1000.0

    def __call__(self) -> float:
        return self.now


@pytest.fixture
def clock() -> Clock:
    return Clock()


@pytest.fixture
def limiter(clock: Clock) -> Iterator[Limiter]:
    made = Limiter(max_addresses=10, clock=clock)
    yield made
    if made.sweeper:
        made.sweeper.cancel()


def take(limiter: Limiter, address: str = CANARY, each: int = 2, together: int = 100) -> int:
    return limiter.acquire(address, per_address=each, total=together)


def test_so_many_an_hour_and_then_it_is_said_when_to_come_back(limiter: Limiter, clock: Clock) -> None:
    assert [take(limiter), take(limiter)] == [0, 0]
    clock.now += 600
    assert take(limiter) == HOUR - 600
    assert take(limiter, "198.51.100.1") == 0
    clock.now += HOUR - 600
    assert take(limiter) == 0


def test_what_was_refused_does_not_count(limiter: Limiter, clock: Clock) -> None:
    take(limiter, each=1)
    clock.now += 10
    assert [take(limiter, each=1) for _ in range(5)] == [HOUR - 10] * 5
    clock.now += HOUR - 10
    assert take(limiter, each=1) == 0


def test_all_together_have_a_limit_too_and_who_has_no_address_only_that(limiter: Limiter) -> None:
    assert [take(limiter, f"198.51.100.{n}", together=3) for n in range(3)] == [0, 0, 0]
    assert take(limiter, "198.51.100.9", together=3) == HOUR
    assert [take(limiter, "", each=1, together=9) for _ in range(7)] == [0] * 6 + [HOUR]


def test_what_fails_is_not_counted(limiter: Limiter) -> None:
    def fail() -> None:
        with limiter.counting(CANARY, per_address=1, total=9):
            raise RuntimeError

    for _ in range(3):
        with pytest.raises(RuntimeError):
            fail()
    assert not limiter.times
    with limiter.counting(CANARY, per_address=1, total=9):
        pass
    with pytest.raises(RateLimitExceeded) as refused, limiter.counting(CANARY, per_address=1, total=9):
        pytest.fail("it was done all the same")
    assert refused.value.wait == HOUR


def test_nothing_stays_longer_than_an_hour_even_if_nobody_comes(limiter: Limiter, clock: Clock) -> None:
    take(limiter)
    assert limiter.sweeper
    assert limiter.sweeper.interval == HOUR
    assert limiter.sweeper.daemon
    clock.now += HOUR
    limiter.sweeper.cancel()
    limiter.sweep()
    assert not limiter.times
    assert limiter.sweeper is None


def test_the_next_sweep_comes_when_the_oldest_that_is_left_is_an_hour_old(
    limiter: Limiter, clock: Clock
) -> None:
    take(limiter)
    clock.now += HOUR - 1
    take(limiter, "198.51.100.77")
    clock.now += 1
    assert limiter.sweeper
    limiter.sweeper.cancel()
    limiter.sweep()
    assert limiter.sweeper is not None
    assert limiter.sweeper.interval == HOUR - 1


def test_no_longer_time_than_an_hour_can_be_asked_for() -> None:
    assert Limiter(seconds=DAY).seconds == HOUR


def test_those_heard_of_longest_ago_are_forgotten_first(limiter: Limiter) -> None:
    for number in range(40):
        take(limiter, f"198.51.100.{number}")
    assert len(limiter.times) == 10
    assert GLOBAL_KEY in limiter.times
    assert take(limiter, "198.51.100.39", each=1) == HOUR
    assert take(limiter, "198.51.100.0", each=1) == 0


def test_the_address_is_nowhere_in_it_and_its_key_changes_every_day(limiter: Limiter, clock: Clock) -> None:
    take(limiter)
    held = repr(vars(limiter)) + repr(limiter.times)
    assert CANARY not in held
    assert all(CANARY.encode() not in key for key in limiter.times)
    (key,) = (key for key in limiter.times if key != GLOBAL_KEY)
    assert len(key) == 32
    secret = limiter.secret
    clock.now += DAY
    take(limiter)
    assert limiter.secret != secret
    assert key not in limiter.times


def test_two_processes_know_one_address_by_different_keys(clock: Clock) -> None:
    assert Limiter(clock=clock)._key(CANARY) != Limiter(clock=clock)._key(CANARY)


@pytest.mark.slow("runs many threads")
def test_many_threads_together_never_get_more_than_the_limit(limiter: Limiter) -> None:
    answers: list[int] = []
    start = Barrier(8)

    def come() -> None:
        start.wait()
        answers.extend(take(limiter, each=20, together=1000) for _ in range(10))

    threads = [Thread(target=come) for _ in range(8)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    assert answers.count(0) == 20
    assert len(answers) == 80
    gc.collect()


PROXY = "10.0.0.1"


@pytest.mark.parametrize(
    ("peer", "forwarded", "known"),
    [
        ("203.0.113.7", "", "203.0.113.7"),
        ("203.0.113.7", "198.51.100.1", "203.0.113.7"),
        (PROXY, "203.0.113.7", "203.0.113.7"),
        (PROXY, "198.51.100.1, 203.0.113.7", "203.0.113.7"),
        (PROXY, "203.0.113.7, 10.0.0.2", "203.0.113.7"),
        (PROXY, "198.51.100.1,203.0.113.7:5123", "203.0.113.7"),
        (PROXY, "[2001:db8:1:2:3:4:5:6]:5123", "20:01:0d:b8:00:01:00:02"),
        (PROXY, "2001:db8:1:2:ffff::9", "20:01:0d:b8:00:01:00:02"),
        (PROXY, "::ffff:203.0.113.7", "203.0.113.7"),
        (PROXY, "unknown", PROXY),
        (PROXY, "", PROXY),
        ("", "203.0.113.7", ""),
        ("\udcff", "", ""),
    ],
    ids=[
        "none",
        "a stranger's own word",
        "by a proxy",
        "the last that a proxy names",
        "by two proxies",
        "with its port",
        "IPv6 in brackets",
        "IPv6 by its network",
        "IPv4 as IPv6",
        "unknown",
        "a proxy that names none",
        "a socket",
        "no address",
    ],
)
def test_the_address_is_the_last_one_that_our_proxies_vouch_for(
    settings: Any, peer: str, forwarded: str, known: str
) -> None:
    settings.TRUSTED_PROXIES = [PROXY, "10.0.0.2"]
    request = RequestFactory().get("/")
    request.META.update(REMOTE_ADDR=peer, HTTP_X_FORWARDED_FOR=forwarded)
    assert address_of(request) == known


# ---- reading


def test_an_address_may_ask_in_bursts_and_then_at_its_pace(clock: Clock) -> None:
    pace = Pace(burst=5, clock=clock)
    assert [pace.count("192.0.2.1", 1, per_second=2) for _each in range(11)] == [*[0] * 10, 1]
    assert pace.count("192.0.2.2", 1, per_second=2) == 0
    clock.now += 1
    assert [pace.count("192.0.2.1", 1, per_second=2) for _each in range(3)] == [0, 0, 1]
    assert pace.count("192.0.2.1", 8, per_second=2) == 4
    clock.now += 60
    assert pace.count("192.0.2.1", 8, per_second=2) == 0
    assert len(pace.busy_until) == 1  # the other address is free again, and forgotten


def test_a_limit_of_nothing_and_an_unknown_address_count_nothing() -> None:
    pace = Pace(burst=1)
    assert {pace.count(address, 9, per_second=rate) for address, rate in (("", 1), ("192.0.2.1", 0))} == {0}
    assert not pace.busy_until


def test_addresses_are_kept_as_digests_and_only_so_many() -> None:
    pace = Pace(burst=5, max_addresses=3)
    for number in range(10):
        pace.count(f"192.0.2.{number}", 1, per_second=1)
    assert len(pace.busy_until) == 3
    assert all(len(key) == 32 and b"192" not in key for key in pace.busy_until)
    secret = pace.secret
    pace.forget()
    assert (pace.busy_until, pace.secret == secret) == ({}, False)


@pytest.fixture
def slow_pace(settings: Any, clock: Clock, monkeypatch: pytest.MonkeyPatch) -> Iterator[None]:
    settings.REQUESTS_PER_SECOND = 1
    monkeypatch.setattr(requests, "clock", clock)
    requests.forget()
    yield
    requests.forget()


def test_whoever_asks_too_much_is_told_when_to_come_back(slow_pace: None) -> None:
    client = Client()
    answers = [client.get("/privacy/") for _each in range(21)]
    assert [answer.status_code for answer in answers] == [*[200] * 20, 429]
    assert int(answers[-1].headers["Retry-After"]) >= 1
    page = answers[-1].content.decode()
    for number in ("tel:911", "tel:999", "tel:000", "tel:111", "tel:988", "tel:116123", "tel:18007997233"):
        assert number in page
    api = client.get("/api/v1/", headers={"Origin": "https://example.org"})
    assert (api.status_code, api.json()["status"]) == (429, 429)
    assert "Retry-After" in api.headers["Access-Control-Expose-Headers"]
    assert api.headers["Access-Control-Allow-Origin"] == "*"
    for path in ("/urgent/", "/healthz"):
        assert client.get(path).status_code == 200


@pytest.mark.django_db
@pytest.mark.slow("asks hundreds of times")
def test_home_with_its_lines_is_never_limited(slow_pace: None) -> None:
    client = Client()
    assert {client.get("/").status_code for _each in range(25)} == {200}


def test_a_file_counts_as_many_questions() -> None:
    def cost(address: str) -> int:
        return cost_of(RequestFactory().get(address))

    assert cost("/search/?near=75201") == cost("/api/v1/listings/?near=75201") == 1
    assert cost("/api/v1/listings/?as=csv") > cost("/api/v1/exports/catalog.csv") > 1
