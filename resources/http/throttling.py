"""Rate limiting by client network, without storing addresses.

Counts are keyed by an HMAC of the address, in process memory, for at most an hour. The key is generated at
start-up, never leaves the process and is replaced daily. Each process counts separately.
"""

from __future__ import annotations

import hmac
import secrets
import time
from collections import OrderedDict
from collections.abc import Callable, Iterator
from contextlib import AbstractContextManager, contextmanager
from ipaddress import IPv4Address, IPv6Address, ip_address
from itertools import islice
from math import ceil
from threading import RLock, Timer

from django.conf import settings
from django.http import HttpRequest

HOUR = 60 * 60  # seconds
DAY = 24 * HOUR
MAX_ADDRESSES = 20_000
SWEEP_BATCH = 100
GLOBAL_KEY = b""


class RateLimitExceeded(Exception):
    """Raised when there are too many requests; retry in `wait` seconds."""

    def __init__(self, wait: int) -> None:
        super().__init__(wait)
        self.wait = wait


class Limiter:
    """Counts one kind of action, by address and in total, within `seconds`.

    Keeps the `max_addresses` seen last: whoever uses more addresses meets the total limit.
    """

    def __init__(
        self,
        *,
        seconds: int = HOUR,
        max_addresses: int = MAX_ADDRESSES,
        clock: Callable[[], float] = time.monotonic,
    ) -> None:
        self.seconds, self.max_addresses, self.clock = min(seconds, HOUR), max_addresses, clock
        self.lock = RLock()
        self.sweeper: Timer | None = None
        self.forget()

    def acquire(self, address: str, *, per_address: int, total: int) -> int:
        """Count one action from `address`. Return 0, or in how many seconds to retry if there are too many.

        An unknown address ("") counts against the total only.
        """
        with self.lock:
            now = self._evict_old()
            limits = [(GLOBAL_KEY, total), *([(self._key(address), per_address)] if address else ())]
            wait = max(self._wait(key, limit, now) for key, limit in limits)
            if not wait:
                for key, _limit in limits:
                    self._note(key, now)
            return wait

    @contextmanager
    def counting(self, address: str, *, per_address: int, total: int) -> Iterator[None]:
        """Count the action in the block unless it fails. Raises RateLimitExceeded instead of running it."""
        if wait := self.acquire(address, per_address=per_address, total=total):
            raise RateLimitExceeded(wait)
        try:
            yield
        except Exception:
            self.refund(address)
            raise

    def refund(self, address: str) -> None:
        """Uncount the last action from `address`, which failed."""
        with self.lock:
            for key in (GLOBAL_KEY, *([self._key(address)] if address else ())):
                if times := self.times.get(key):
                    times.pop()
                if not times:
                    self.times.pop(key, None)

    def forget(self) -> None:
        """Discard all counts and the key."""
        with self.lock:
            self.times: OrderedDict[bytes, list[float]] = OrderedDict()
            self.secret, self.made_at = secrets.token_bytes(32), self.clock()

    def sweep(self) -> None:
        """Drop expired counts, also when there are no further requests."""
        with self.lock:
            self.sweeper = None
            now = self._evict_old()
            for key in list(self.times):
                self._trim(key, now)
            self._sweep_later()

    def _evict_old(self) -> float:
        """Return the current time, after dropping addresses not seen within `seconds`: they come first."""
        now = self.clock()
        if now - self.made_at >= DAY:
            self.forget()
        for key, times in list(islice(self.times.items(), SWEEP_BATCH)):
            if now - times[-1] >= self.seconds:
                del self.times[key]
        return now

    def _trim(self, key: bytes, now: float) -> list[float]:
        recent = [at for at in self.times.get(key, ()) if now - at < self.seconds]
        if recent:
            self.times[key] = recent
        else:
            self.times.pop(key, None)
        return recent

    def _wait(self, key: bytes, limit: int, now: float) -> int:
        times = self._trim(key, now)
        if len(times) < limit:
            return 0
        return max(1, ceil(times[-limit] + self.seconds - now)) if limit else self.seconds

    def _note(self, key: bytes, now: float) -> None:
        self.times.setdefault(key, []).append(now)
        self.times.move_to_end(key)
        while len(self.times) > self.max_addresses:
            oldest = next(key for key in self.times if key != GLOBAL_KEY)
            del self.times[oldest]
        self._sweep_later()

    def _key(self, address: str) -> bytes:
        return hmac.digest(self.secret, address.encode("utf-8", "replace"), "sha256")

    def _sweep_later(self) -> None:
        if self.times and self.sweeper is None:
            oldest = min(times[0] for times in self.times.values())
            self.sweeper = Timer(max(1, oldest + self.seconds - self.clock()), self.sweep)
            self.sweeper.daemon = True
            self.sweeper.start()


class Pace:
    """Holds each address to so many requests a second in the long run, and `burst` times as many at once.

    For each address it keeps one time: until when what it has asked would have taken at that pace. All is
    forgotten after an hour, with the key.
    """

    def __init__(
        self,
        *,
        burst: int = 20,
        max_addresses: int = MAX_ADDRESSES,
        clock: Callable[[], float] = time.monotonic,
    ) -> None:
        self.burst, self.max_addresses, self.clock = burst, max_addresses, clock
        self.lock = RLock()
        self.forgetting: Timer | None = None
        self.forget()

    def count(self, address: str, cost: int, *, per_second: int) -> int:
        """Count a request from `address`. Return 0, or in how many seconds to retry if there are too many."""
        if not address or not per_second:
            return 0
        with self.lock:
            now = self.clock()
            key = hmac.digest(self.secret, address.encode("utf-8", "replace"), "sha256")
            ahead = max(self.busy_until.pop(key, now) - now, 0)
            self._make_room(now)
            allowed = ahead + cost / per_second <= self.burst
            if allowed:
                ahead += cost / per_second
            self.busy_until[key] = now + ahead
            return 0 if allowed else max(1, ceil(ahead + cost / per_second - self.burst))

    def _make_room(self, now: float) -> None:
        """Drop the addresses that asked longest ago: those that are free again, or more than we keep."""
        while self.busy_until:
            oldest = next(iter(self.busy_until))
            if self.busy_until[oldest] > now and len(self.busy_until) < self.max_addresses:
                break
            del self.busy_until[oldest]
        if self.forgetting is None:
            self.forgetting = Timer(HOUR, self.forget)
            self.forgetting.daemon = True
            self.forgetting.start()

    def forget(self) -> None:
        """Discard all counts and the key."""
        with self.lock:
            self.busy_until: dict[bytes, float] = {}
            self.secret = secrets.token_bytes(32)
            self.forgetting = None


# What a request costs beside a page or a question, by its work and its bytes.
FILE_COST, EXPORT_COST = 40, 10

contributions = Limiter()
requests = Pace()


def cost_of(request: HttpRequest) -> int:
    """Return how many requests this one counts as."""
    if request.path_info.startswith("/api/v1/exports/"):
        return EXPORT_COST
    is_file = request.path_info == "/api/v1/listings/" and "as=" in request.META.get("QUERY_STRING", "")
    return FILE_COST if is_file else 1


def count_request(request: HttpRequest, cost: int) -> int:
    """Count this request. Return 0, or in how many seconds to retry if its address asks too much."""
    return requests.count(address_of(request), cost, per_second=settings.REQUESTS_PER_SECOND)


def count_contribution(request: HttpRequest) -> AbstractContextManager[None]:
    """Return a context manager that counts a contribution from this request. Raises RateLimitExceeded."""
    return contributions.counting(address_of(request), **contribution_limits())


def contribution_limits() -> dict[str, int]:
    """Return the limits per hour, as arguments of `Limiter`."""
    return {
        "per_address": settings.CONTRIBUTIONS_PER_HOUR,
        "total": settings.CONTRIBUTIONS_PER_HOUR_TOTAL,
    }


def address_of(request: HttpRequest) -> str:
    """Return the client's network: an IPv4 address, or the /64 of an IPv6 address.

    Something else reported by a trusted proxy counts as the proxy itself; "" if there is no address.
    """
    return _network(client_of(request)) or _network(peer_of(request))


def client_of(request: HttpRequest) -> str:
    """Return the last address that a trusted proxy vouches for, as written.

    Each proxy appends to the header, so it is read from the end. Anything before the first untrusted address
    is only that client's claim. "" if there is none, as behind a socket.
    """
    peer = peer_of(request)
    named = (
        request.META.get("HTTP_X_FORWARDED_FOR", "").split(",") if peer in settings.TRUSTED_PROXIES else ()
    )
    for stated in map(str.strip, (peer, *reversed(named))):
        if stated and stated not in settings.TRUSTED_PROXIES:
            return stated
    return peer


def peer_of(request: HttpRequest) -> str:
    """Return the address of the connection, which may be a proxy's; "" behind a socket."""
    peer: str = request.META.get("REMOTE_ADDR") or ""
    return peer


def read_address(stated: str) -> IPv4Address | IPv6Address | None:
    """Return None if it is no address. Ignores a port or brackets, which some proxies add."""
    bare = stated.partition("]")[0].lstrip("[") if "]" in stated else stated
    if bare.count(":") == 1:
        bare = bare.partition(":")[0]
    try:
        return ip_address(bare)
    except ValueError:
        return None


def _network(stated: str) -> str:
    address = read_address(stated)
    if address is None:
        return ""
    if isinstance(address, IPv6Address):
        if address.ipv4_mapped:
            return str(address.ipv4_mapped)
        return address.packed[:8].hex(":")
    return str(address)
