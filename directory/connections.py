"""Limits on connections, in time and number, so that clients who are slow or many hold up nobody else.

uvicorn is given this protocol by bin/serve. What a body and an answer may take is in `directory.asgi`.
"""

from __future__ import annotations

import asyncio
import resource
from asyncio import TimerHandle
from collections import Counter
from typing import Any

from django.conf import settings
from uvicorn.protocols.http.httptools_impl import HttpToolsProtocol

HEAD_SECONDS = 10  # from connecting, or from the first byte of another request, to the end of its head
MAX_HEAD_BYTES = 64 * 1024
# Connections of one process at once: of one address, behind which there may be a hospital, and in all. When
# there are more, the one that has waited longest for its client ends; most of those are idle.
MAX_OF_ADDRESS = 250
MAX_CONNECTIONS = 2_000
OTHER_FILES = 200  # that a process may have open beside its connections


def allow_files() -> int:
    """Raise the number of files that this process may open. Return how many connections that allows."""
    wanted = MAX_CONNECTIONS + OTHER_FILES
    soft, hard = resource.getrlimit(resource.RLIMIT_NOFILE)
    allowed = wanted if hard == resource.RLIM_INFINITY else min(wanted, hard)
    if soft != resource.RLIM_INFINITY and soft < allowed:
        resource.setrlimit(resource.RLIMIT_NOFILE, (allowed, hard))
    return max(allowed, soft) - OTHER_FILES if soft != resource.RLIM_INFINITY else MAX_CONNECTIONS


class Connection(HttpToolsProtocol):
    """A connection that ends when its client is too slow, or when room is needed.

    `is_at_work` is True while a thread makes the answer: then nobody waits for the client.
    """

    all: dict[Connection, str] = {}  # in the order in which they began, each with its address
    by_address: Counter[str] = Counter()
    maximum = 0

    def __init__(self, *args: Any, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        self.is_at_work = False
        self.head_timer: TimerHandle | None = None
        self.head_bytes = 0
        Connection.maximum = Connection.maximum or min(MAX_CONNECTIONS, allow_files())

    def connection_made(self, transport: asyncio.Transport) -> None:  # type: ignore[override]
        super().connection_made(transport)
        # Paused means: the client has not taken everything. With TLS of its own uvloop would stay paused.
        if transport.get_extra_info("sslcontext") is None:
            transport.set_write_buffer_limits(high=0)
        address = self.client[0] if self.client else ""
        if len(self.all) >= self.maximum:
            self._end_longest_waiting(list(self.all))
        if self.by_address[address] >= MAX_OF_ADDRESS and address not in settings.TRUSTED_PROXIES:
            self._end_longest_waiting([each for each, its in self.all.items() if its == address])
        self.all[self] = address
        self.by_address[address] += 1
        self._wait_for_head()

    def connection_lost(self, exc: Exception | None) -> None:
        super().connection_lost(exc)
        self._end_wait_for_head()
        address = self.all.pop(self, None)
        if address is not None:
            self.by_address[address] -= 1
            if not self.by_address[address]:
                del self.by_address[address]

    def data_received(self, data: bytes) -> None:
        super().data_received(data)
        if self.cycle is not None and not self.cycle.response_complete:
            self._end_wait_for_head()
            return
        self.head_bytes += len(data)
        if self.head_bytes > MAX_HEAD_BYTES:
            self.drop()
        self._wait_for_head()

    def on_message_begin(self) -> None:
        super().on_message_begin()
        self.scope["client_connection"] = self  # type: ignore[typeddict-unknown-key]

    def drop(self) -> None:
        """End the connection at once."""
        if self.transport is not None:
            self.transport.abort()

    async def wait_until_taken(self) -> None:
        """Wait until the client has taken what was sent, or is gone."""
        if self.flow.write_paused:
            await self.flow.drain()

    def _wait_for_head(self) -> None:
        if self.head_timer is None:
            self.head_timer = self.loop.call_later(HEAD_SECONDS, self.drop)

    def _end_wait_for_head(self) -> None:
        self.head_bytes = 0
        if self.head_timer is not None:
            self.head_timer.cancel()
            self.head_timer = None

    @staticmethod
    def _end_longest_waiting(connections: list[Connection]) -> None:
        for each in connections:
            if not each.is_at_work:
                each.drop()
                return
