"""Check web addresses politely and safely, and numbers against what sources state.

Listings name addresses that anyone may have typed, so a request must not reach what only this machine can
reach: each host is resolved once, every address it has must be public, the connection goes to one of those
addresses, and every redirect is checked again. Only the head of an answer is read. No request carries
cookies or credentials.
"""

from __future__ import annotations

import http.client
import ipaddress
import re
import socket
import ssl
import threading
import time
from collections import Counter, defaultdict
from collections.abc import Callable, Collection, Iterable, Mapping
from contextlib import contextmanager, suppress
from dataclasses import dataclass
from datetime import datetime, timedelta
from typing import Any
from urllib.parse import urljoin, urlsplit, urlunsplit

from django.conf import settings
from django.db.models import F, Q, QuerySet
from django.utils.translation import gettext as _

from resources.events import log_event
from resources.models import ContactCheck, Organization, Phone, Service, SourceRecord
from resources.models.batches import batches
from resources.vocabulary import ContactKind, Status

MAX_REDIRECTS = 5
REDIRECTS = (301, 302, 303, 307, 308)
PORTS = (80, 443)
TIMEOUT_SECONDS = 10  # for a connection, and for each part of an answer
DEADLINE_SECONDS = 20  # for one address with all its redirects
# A web site is asked again after so long; sooner while it fails.
CHECK_EVERY = timedelta(days=7)
RETRY_EVERY = timedelta(days=1)
PER_RUN = 200  # addresses of one run
PAUSE_SECONDS = 1.0  # between two requests to one host
# So many failures in a row, over so long, make one task.
MAX_FAILURES, FAILING_FOR = 3, timedelta(days=7)
# Answers by which a site refuses machines, not people.
REFUSALS = frozenset({401, 402, 403, 405, 406, 407, 418, 429, 451, 503, 999})
# The problems of an address. Stored.
GONE, ERROR, UNREACHABLE, UNSAFE, LOOP, SLOW = "gone", "error", "unreachable", "unsafe", "loop", "slow"

IsAllowed = Callable[[str], bool]
# Of IPv6 only what is given out to the public: other blocks are private, or embed an IPv4 address. 2002::/16
# and 2001::/23 lie inside and embed one too.
_GIVEN_OUT = ipaddress.ip_network("2000::/3")
_SPECIAL = tuple(
    ipaddress.ip_network(block)
    for block in ("2001::/23", "2002::/16", "3fff::/20", "192.0.0.0/24", "192.88.99.0/24")
)


class UnsafeAddress(Exception):
    """The address is none that this program may ask: not public, another port or scheme, with credentials."""


@dataclass(frozen=True)
class Answer:
    """How an address answered:

    `problem` is "" if a person would get a page. `status` is 0 without an answer.
    """

    problem: str
    status: int = 0


# ---- one request


def is_public(address: str) -> bool:
    """Return True for an IP address on the public internet, also where IPv6 embeds another address."""
    ip = ipaddress.ip_address(address.split("%")[0])
    if isinstance(ip, ipaddress.IPv6Address):
        if ip.ipv4_mapped:
            ip = ip.ipv4_mapped
        elif ip not in _GIVEN_OUT:
            return False
    if any(ip in block for block in _SPECIAL):
        return False
    return ip.is_global and not (ip.is_multicast or ip.is_reserved or ip.is_unspecified)


class _Connection(http.client.HTTPConnection):
    """A connection to an address that was checked, whatever the name of the host means a moment later."""

    is_allowed: IsAllowed
    context: ssl.SSLContext | None = None
    end: float  # when to give up, on the monotonic clock

    def connect(self) -> None:
        found = socket.getaddrinfo(self.host, self.port, type=socket.SOCK_STREAM)
        if not found or not all(self.is_allowed(str(entry[4][0])) for entry in found):
            raise UnsafeAddress
        error: OSError | None = None
        for family, kind, protocol, _name, address in found[:3]:
            remaining = self.end - time.monotonic()
            if remaining <= 0:
                raise TimeoutError
            plain = socket.socket(family, kind, protocol)
            plain.settimeout(min(self.timeout or remaining, remaining))
            try:
                plain.connect(address)
            except OSError as failure:
                plain.close()
                error = failure
                continue
            self.sock = plain
            if self.context:
                # The handshake comes after `sock` is set: `_closed_at` must be able to cut it off, too.
                tls = self.context.wrap_socket(
                    plain, server_hostname=self.host, do_handshake_on_connect=False
                )
                self.sock = tls
                tls.do_handshake()
            return
        raise error or OSError("no address")


@dataclass(frozen=True)
class Client:
    """Asks web addresses. Tests say which addresses and ports are allowed."""

    is_allowed: IsAllowed = is_public
    ports: Collection[int] | None = PORTS
    timeout: float = TIMEOUT_SECONDS
    deadline: float = DEADLINE_SECONDS

    def ask(self, url: str) -> Answer:
        """Ask for a page and return how it answered. Raises nothing."""
        end = time.monotonic() + self.deadline
        try:
            for _hop in range(MAX_REDIRECTS + 1):
                status, location = self._request(url, end)
                if status not in REDIRECTS or not location:
                    return Answer(_problem_of(status), status)
                url = urljoin(url, location)
        except (UnsafeAddress, UnicodeError):
            return Answer(UNSAFE)
        except TimeoutError:
            return Answer(SLOW)
        except (OSError, http.client.HTTPException, ValueError):
            return Answer(SLOW if time.monotonic() >= end else UNREACHABLE)
        return Answer(LOOP)

    def _request(self, url: str, end: float) -> tuple[int, str]:
        """Return (status, Location) of one request. The body is not read, however long it is."""
        parts = urlsplit(url)
        host, port = self._host_and_port(url)
        remaining = end - time.monotonic()
        if remaining <= 0:
            raise TimeoutError
        connection = _Connection(host, port, timeout=min(self.timeout, remaining))
        connection.is_allowed, connection.end = self.is_allowed, end
        connection.context = ssl.create_default_context() if parts.scheme == "https" else None
        path = urlunsplit(("", "", parts.path or "/", parts.query, ""))
        with _closed_at(connection, remaining):
            connection.request("GET", _ascii(path), headers=_headers())
            answer = connection.getresponse()
            if time.monotonic() >= end:  # cut off in the middle of its head
                raise TimeoutError
            return answer.status, answer.getheader("Location") or ""

    def _host_and_port(self, url: str) -> tuple[str, int]:
        parts = urlsplit(url)
        if parts.scheme not in ("http", "https") or not parts.hostname or "@" in parts.netloc:
            raise UnsafeAddress
        port = parts.port or (443 if parts.scheme == "https" else 80)
        if self.ports is not None and port not in self.ports:
            raise UnsafeAddress
        return parts.hostname.encode("idna").decode(), port


@contextmanager
def _closed_at(connection: _Connection, seconds: float) -> Any:
    """Close the connection afterwards, after `seconds` at the latest: a server may send byte by byte."""

    def cut() -> None:
        if connection.sock is not None:
            with suppress(OSError):
                connection.sock.shutdown(socket.SHUT_RDWR)

    timer = threading.Timer(seconds, cut)
    timer.daemon = True
    timer.start()
    try:
        yield
    finally:
        timer.cancel()
        connection.close()


def _ascii(path: str) -> str:
    """Return the path as it may be sent: other letters and spaces percent-encoded."""
    return "".join(
        letter if " " < letter < "\x7f" else "".join(f"%{byte:02X}" for byte in letter.encode())
        for letter in path
    )


def _headers() -> dict[str, str]:
    return {
        "User-Agent": f"directory-link-check (+{settings.SITE_URL}/about/)",
        "Accept": "text/html,*/*;q=0.1",
        "Accept-Encoding": "identity",
        "Connection": "close",
    }


def _problem_of(status: int) -> str:
    if status in (404, 410):
        return GONE
    return ERROR if status >= 400 and status not in REFUSALS else ""


# ---- all addresses


def check_links(
    *,
    at: datetime,
    limit: int = PER_RUN,
    client: Client | None = None,
    wait: Callable[[float], None] = time.sleep,
    now: Callable[[], float] = time.monotonic,
) -> dict[str, int]:
    """Check the addresses that are due, `limit` at most, one after another. Return counts.

    Nothing is stored if no address answered at all: then it is our own network that is down. Addresses that
    no published service uses any more are forgotten.
    """
    client = client or Client()
    used = _addresses_in_use()
    _forget_unused(used)
    due = _due_addresses(used, at)[:limit]
    answers: dict[str, Answer] = {}
    asked: dict[str, float] = {}
    for url in due:
        host = urlsplit(url).netloc.lower()
        if host in asked and (left := asked[host] + PAUSE_SECONDS - now()) > 0:
            wait(left)
        answers[url] = client.ask(url)
        asked[host] = now()
    if len(answers) > 1 and not any(answer.status for answer in answers.values()):
        log_event("check_links", checked=len(answers), failed=0, offline=True)
        return {"checked": 0, "failed": 0, "offline": 1}
    for url, answer in answers.items():
        record_answer(url, answer, at=at)
    counts = {"checked": len(answers), "failed": sum(1 for answer in answers.values() if answer.problem)}
    return {**counts, "numbers": check_numbers(at=at)}


def record_answer(url: str, answer: Answer, *, at: datetime) -> ContactCheck:
    """Store how an address answered."""
    check, _created = ContactCheck.objects.get_or_create(
        kind=ContactKind.WEBSITE, value=url, defaults={"checked_at": at}
    )
    check.checked_at, check.problem = at, answer.problem
    if answer.problem:
        check.failures += 1
        check.first_failed_at = check.first_failed_at or at
    else:
        check.failures, check.first_failed_at, check.answered_at = 0, None, at
    check.save()
    return check


def failing_q() -> Q:
    """Build the filter over `ContactCheck` for what a curator should look at."""
    long_enough = Q(checked_at__gte=F("first_failed_at") + FAILING_FOR)
    website = Q(kind=ContactKind.WEBSITE, failures__gte=MAX_FAILURES) & long_enough
    return website | Q(kind=ContactKind.PHONE, answered_at=None)


def dismiss(*, check: ContactCheck, at: datetime) -> None:
    """Record that a person found the address or number right: failures are counted from the beginning."""
    check.failures, check.answered_at, check.first_failed_at = 0, at, None
    check.save()


def describe_problem(check: ContactCheck) -> str:
    """Return a sentence for curators about what is wrong."""
    if check.kind == ContactKind.PHONE:
        return _("Two sources state another number, ending in %(digits)s.") % {"digits": check.problem}
    sentences = {
        GONE: _("The page does not exist (404)."),
        ERROR: _("The site answers with an error."),
        UNREACHABLE: _("The site cannot be reached."),
        UNSAFE: _("The address leads into a private network."),
        LOOP: _("The address redirects in a circle."),
        SLOW: _("The site does not answer in time."),
    }
    return sentences.get(check.problem, "")


def services_using(check: ContactCheck) -> QuerySet[Service]:
    """Return the published services that name this address, or the one whose number it is."""
    services = Service.objects.published().select_related("organization")
    if check.kind == ContactKind.PHONE:
        return services.filter(contact_checks=check)
    return services.filter(Q(url=check.value) | Q(organization__website=check.value)).distinct()


def _addresses_in_use() -> list[str]:
    """Return every address that a published service or its organization names, without repeats."""
    published = Service.objects.published().order_by()
    own = published.exclude(url="").values_list("url", flat=True)
    owners = Organization.objects.filter(pk__in=published.values("organization")).exclude(website="")
    return sorted({*own, *owners.order_by().values_list("website", flat=True)})


def _forget_unused(used: Collection[str]) -> None:
    known = ContactCheck.objects.filter(kind=ContactKind.WEBSITE).order_by().values_list("value", flat=True)
    for batch in batches(sorted(set(known) - set(used)), 300):
        ContactCheck.objects.filter(kind=ContactKind.WEBSITE, value__in=batch).delete()


def _due_addresses(used: Iterable[str], at: datetime) -> list[str]:
    """Return the addresses to check, those that were never checked and those that fail first."""
    known = {
        value: (checked_at, failures)
        for value, checked_at, failures in ContactCheck.objects.filter(kind=ContactKind.WEBSITE)
        .order_by()
        .values_list("value", "checked_at", "failures")
    }
    due = [
        (url in known, -known[url][1] if url in known else 0, known[url][0] if url in known else at, url)
        for url in used
        if url not in known or at - known[url][0] >= (RETRY_EVERY if known[url][1] else CHECK_EVERY)
    ]
    return [url for *_order, url in sorted(due)]


# ---- numbers

_PHONE_KEYS = re.compile(r"phone|telephone|\btel\b", re.IGNORECASE)


def check_numbers(*, at: datetime) -> int:
    """Find numbers of published services that two sources state differently. Return how many there are.

    Only numbers on which two sources agree count, and only where the service has none of them.
    """
    stated: dict[Any, dict[str, set[int]]] = defaultdict(lambda: defaultdict(set))
    records = SourceRecord.objects.filter(service__status=Status.ACTIVE).order_by()
    several = Counter(records.values_list("service_id", flat=True))
    ids = [pk for pk, number in several.items() if number > 1]
    for batch in batches(ids, 300):
        for pk, source, raw in records.filter(service__in=batch).values_list("service", "source", "raw"):
            for digits in _numbers_in(raw):
                stated[pk][digits].add(source)
    found: set[Any] = set()
    for pk, numbers in stated.items():
        phones = list(Phone.objects.filter(service=pk))
        ours = {_last_digits(phone.international or phone.number) for phone in phones}
        agreed = {digits for digits, sources in numbers.items() if len(sources) > 1}
        if phones and agreed and ours.isdisjoint(agreed):
            check, _created = ContactCheck.objects.update_or_create(
                kind=ContactKind.PHONE,
                service_id=pk,
                value=phones[0].number,
                defaults={"checked_at": at, "failures": 2, "problem": min(agreed)},
                create_defaults={
                    "checked_at": at,
                    "first_failed_at": at,
                    "failures": 2,
                    "problem": min(agreed),
                },
            )
            found.add(check.pk)
    ContactCheck.objects.filter(kind=ContactKind.PHONE).exclude(pk__in=found).delete()
    return len(found)


def _numbers_in(raw: Mapping[str, Any]) -> set[str]:
    return {
        digits
        for key, value in raw.items()
        if _PHONE_KEYS.search(str(key)) and isinstance(value, str) and (digits := _last_digits(value))
    }


def _last_digits(number: str) -> str:
    """Return the last nine digits, alike with and without a country's code; "" for fewer than seven."""
    digits = re.sub(r"\D", "", number)
    return digits[-9:] if len(digits) >= 7 else ""
