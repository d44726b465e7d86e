"""How often one address may do something, without keeping the address.

What is counted stands under a keyed digest of the address, in the memory of this process, for an hour at
most. The key is made here, never leaves and is thrown away every day. Each process counts for itself.
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
    """Come back in `wait` seconds."""

    def __init__(self, wait: int) -> None:
        super().__init__(wait)
        self.wait = wait


class Limiter:
    """Counts one kind of deed, by address and of all together, within `seconds`.

    Of the addresses it keeps the `most` that were last heard of: whoever comes from more of them meets the
    limit for all together.
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
        """Counts one more deed from `address`; 0, or in how many seconds to come back if that is too many.

        An address that nobody knows ("") is held to the limit for all together alone.
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
        """Counts what is done within it, unless that fails. Raises RateLimitExceeded in place of doing it."""
        if wait := self.acquire(address, per_address=per_address, total=total):
            raise RateLimitExceeded(wait)
        try:
            yield
        except Exception:
            self.refund(address)
            raise

    def refund(self, address: str) -> None:
        """The last deed from `address` came to nothing."""
        with self.lock:
            for key in (GLOBAL_KEY, *([self._key(address)] if address else ())):
                if times := self.times.get(key):
                    times.pop()
                if not times:
                    self.times.pop(key, None)

    def forget(self) -> None:
        """Everything, with the key under which it stood."""
        with self.lock:
            self.times: OrderedDict[bytes, list[float]] = OrderedDict()
            self.secret, self.made_at = secrets.token_bytes(32), self.clock()

    def sweep(self) -> None:
        """Drops all that is over, also where nobody comes any more."""
        with self.lock:
            self.sweeper = None
            now = self._evict_old()
            for key in list(self.times):
                self._trim(key, now)
            self._sweep_later()

    def _evict_old(self) -> float:
        """The time now, and nothing kept of addresses not heard of within it: they stand first."""
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


contributions = Limiter()


def count_contribution(request: HttpRequest) -> AbstractContextManager[None]:
    """Around whatever keeps what somebody tells us. Raises RateLimitExceeded."""
    return contributions.counting(address_of(request), **contribution_limits())


def contribution_limits() -> dict[str, int]:
    """How many an hour, as `Limiter` takes it."""
    return {
        "per_address": settings.CONTRIBUTIONS_PER_HOUR,
        "total": settings.CONTRIBUTIONS_PER_HOUR_TOTAL,
    }


def address_of(request: HttpRequest) -> str:
    """Where a request comes from, as far as a network: an IPv4 address, or the /64 of an IPv6 one.

    What a proxy of ours names and is no address counts as the proxy itself; "" where there is none.
    """
    return _network(client_of(request)) or _network(peer_of(request))


def client_of(request: HttpRequest) -> str:
    """The last address that a proxy of ours vouches for, as it is written there.

    Each proxy writes at the end of the header, so it is read from there. What stands before the first
    stranger is only what that stranger says. "" where there is none, as behind a socket.
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
    """Who is at the other end of the line, be it a proxy; "" behind a socket."""
    peer: str = request.META.get("REMOTE_ADDR") or ""
    return peer


def _network(stated: str) -> str:
    """ "" for what is no address. A port or brackets around it, which some proxies write, are left off."""
    bare = stated.partition("]")[0].lstrip("[") if "]" in stated else stated
    if bare.count(":") == 1:
        bare = bare.partition(":")[0]
    try:
        address: IPv4Address | IPv6Address = ip_address(bare)
    except ValueError:
        return ""
    if isinstance(address, IPv6Address):
        if address.ipv4_mapped:
            return str(address.ipv4_mapped)
        return address.packed[:8].hex(":")
    return str(address)
