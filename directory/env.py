"""Typed readers of environment variables. Each refuses a bad value in one sentence with a hint.

An empty variable counts as not set, because compose files and unit files pass on variables that way. Values
that may contain a password are never repeated in an error. Relative file names are relative to the root of
the repository, so that a job started elsewhere finds the same files. The sentences are for operators and are
read before Django can translate.
"""

import os
import re
from collections.abc import Collection, Mapping, Sequence
from datetime import date
from ipaddress import IPv4Network, IPv6Network, ip_address, ip_network
from pathlib import Path
from typing import Any
from urllib.parse import unquote, urlsplit
from uuid import UUID
from zoneinfo import available_timezones

from django.core.exceptions import ImproperlyConfigured
from environ import Env

ROOT = Path(__file__).resolve().parent.parent

TRUE_WORDS = ("1", "true", "yes", "on")
FALSE_WORDS = ("0", "false", "no", "off")
DEFAULT_PORTS = {"http": 80, "https": 443}
DATABASE_SCHEMES = ("sqlite", "postgres", "postgresql")
# By scheme of EMAIL_URL, as django-environ names them: the default port. smtp+tls is STARTTLS; smtp+ssl is
# TLS from the first byte.
EMAIL_PORTS = {"consolemail": None, "smtp": 25, "smtp+tls": 587, "smtp+ssl": 465}
EMAIL_TIMEOUT_SECONDS = 10

# A host as browsers send it in Origin and Host: ASCII letters, or an IPv6 address in brackets.
HOST = re.compile(r"[a-z0-9]([a-z0-9._-]*[a-z0-9])?|\[[0-9a-f:.]+\]")


# Enough to notice a typing error; only a message can show whether the address works.
EMAIL = re.compile(r"[^\s@<>,;:\"]+@[a-z0-9][a-z0-9.-]*\.[a-z0-9-]+", re.IGNORECASE)


def read_str(name: str, *, default: str, choices: Collection[str] | None = None) -> str:
    """Return the text of `name` without outer spaces. If `choices` is given, other values are refused."""
    text = _read_variable(name) or default
    if choices is not None and text not in choices:
        raise _error(name, f"is {text!r}", f"use one of {', '.join(choices)}")
    return text


def read_bool(name: str, *, default: bool) -> bool:
    """Return whether `name` is on. Unknown words are refused: a typo must not mean "off" by accident."""
    text = _read_variable(name).lower()
    if text in TRUE_WORDS:
        return True
    if text in FALSE_WORDS:
        return False
    if text:
        raise _error(name, f"is {text!r}, neither on nor off", "use true or false")
    return default


def read_int(name: str, *, default: int, minimum: int | None = None, maximum: int | None = None) -> int:
    """Return the whole number in `name`, from `minimum` to `maximum`, both included."""
    text = _read_variable(name)
    if not text:
        return default
    if not re.fullmatch(r"[+-]?[0-9]{1,18}", text):
        raise _error(name, f"is {text!r}, not a whole number", f"use digits only, such as {default}")
    number = int(text)
    if minimum is not None and number < minimum:
        raise _error(name, f"is {number}", f"use {minimum} or more")
    if maximum is not None and number > maximum:
        raise _error(name, f"is {number}", f"use {maximum} or less")
    return number


def read_list(name: str, *, default: Sequence[str] = (), choices: Collection[str] | None = None) -> list[str]:
    """Return the comma-separated parts of `name`, without outer spaces, empty parts and repeats.

    If `choices` is given, other parts are refused.
    """
    text = _read_variable(name)
    parts = list(dict.fromkeys(part.strip() for part in text.split(",") if part.strip()))
    for part in parts if choices is not None else ():
        if part not in (choices or ()):
            raise _error(name, f"has {part!r} in it", f"use only {', '.join(choices or ())}, between commas")
    return parts or list(default)


class Networks:
    """Addresses and networks, such as 127.0.0.1 and 10.0.0.0/8: `"10.1.2.3" in networks`."""

    def __init__(self, networks: Sequence[IPv4Network | IPv6Network] = ()) -> None:
        self.networks = tuple(networks)

    def __contains__(self, address: object) -> bool:
        """Return True if this address, as text, is in one of the networks. False if it is no address."""
        try:
            ip = ip_address(str(address))
        except ValueError:
            return False
        return any(ip in network for network in self.networks)

    def __bool__(self) -> bool:
        return bool(self.networks)


def read_networks(name: str) -> Networks:
    """Return the comma-separated addresses and networks in `name`."""
    parts = read_list(name)
    try:
        return Networks([ip_network(part) for part in parts])
    except ValueError:
        hint = "use addresses or networks separated by commas, such as 127.0.0.1,10.0.0.0/8"
        raise _error(name, "contains something that is neither an address nor a network", hint) from None


def read_secret(name: str, *, default: str | None = None) -> str | None:
    """Return the secret in `name`, or in the file that `name`_FILE names, as containers mount them.

    Refuses both set at once, because one of them would be ignored; an unreadable file; an empty file. The
    secret itself is in no error.
    """
    file_variable = f"{name}_FILE"
    text, file_name = _read_variable(name), _read_variable(file_variable)
    if text and file_name:
        raise _error(name, f"and {file_variable} are both set", "keep one of them")
    if file_name:
        return _read_secret_file(file_variable, file_name)
    return text or default


def read_secret_key(*, home: Path) -> str:
    """Return SECRET_KEY, or what `make run` wrote to `home`; or "", which is refused at start-up."""
    if secret := read_secret("SECRET_KEY"):
        return secret
    return _read_secret_file("SECRET_KEY_FILE", str(home)) if home.is_file() else ""


def read_origin(name: str, *, default: str) -> str:
    """Return the origin of a site as `scheme://host[:port]`: lower case, no final slash, no default port.

    Browsers send `Origin` in that form, so the two can be compared directly.
    """
    text = _read_variable(name) or default
    hint = "use the form https://example.org, without a path, in the xn-- form if it has other letters"
    try:
        parts = urlsplit(text.lower())
        port = parts.port
    except ValueError:
        raise _error(name, "is not an address", hint) from None
    host = parts.netloc.removesuffix(f":{port}")
    plain = not (parts.query or parts.fragment) and parts.path in ("", "/")
    if parts.scheme not in DEFAULT_PORTS or not HOST.fullmatch(host) or not plain:
        raise _error(name, "is not a plain http or https address", hint)
    if port is None or port == DEFAULT_PORTS[parts.scheme]:
        return f"{parts.scheme}://{host}"
    return f"{parts.scheme}://{host}:{port}"


def read_zone(name: str, *, default: str) -> str:
    """Return a time zone by its IANA name, such as America/Chicago."""
    text = _read_variable(name) or default
    if text not in available_timezones():
        raise _error(name, f"is {text!r}, no time zone", "use the name of a place, such as America/Chicago")
    return text


def read_address(name: str, *, default: str) -> str:
    """Return the https URL of a web page."""
    text = _read_variable(name) or default
    try:
        parts = urlsplit(text)
    except ValueError:
        parts = urlsplit("")
    if parts.scheme != "https" or not HOST.fullmatch(parts.netloc.lower()) or " " in text:
        raise _error(name, "is not the address of a page", "use the form https://example.org/page")
    return text


def read_email(name: str) -> str:
    """Return one plain address such as `help@example.org`, or "" if not set."""
    text = _read_variable(name)
    if text and not EMAIL.fullmatch(text):
        raise _error(name, "is not an email address", "use one plain address, such as help@example.org")
    return text


def read_lines(name: str, *, default: Mapping[str, Sequence[str]]) -> dict[str, list[str]]:
    """Return ids of services of `US=ID, US=ID, GB=ID` by country, in order; `default` for others."""
    chosen: dict[str, list[str]] = {}
    for part in read_list(name):
        country, _, service = part.partition("=")
        try:
            chosen.setdefault(country.strip().upper(), []).append(str(UUID(service.strip())))
        except ValueError:
            hint = "name a country and the id of a service, such as US=e8dcbf4b-b83f-5052-b830-73334ce17976"
            raise _error(name, f"has {part!r}, which is not a line", hint) from None
    return {country: list(services) for country, services in {**default, **chosen}.items()}


def read_review(name: str, day_name: str) -> tuple[str, date] | None:
    """Return who reviewed something and on which date (2026-11-28); None if nobody did.

    Refuses one without the other: neither a name without a date nor a date without a name is of use.
    """
    who, day = _read_variable(name), _read_variable(day_name)
    if bool(who) != bool(day):
        present, missing = (name, day_name) if who else (day_name, name)
        raise _error(present, f"is set and {missing} is not", "set both, or neither")
    if not who:
        return None
    try:
        return who, date.fromisoformat(day)
    except ValueError:
        raise _error(day_name, f"is {day!r}, not a day", "use the form 2026-11-28") from None


def read_database(name: str, *, default: str) -> dict[str, Any]:
    """Return Django's settings of one database from its URL.

    Such as `sqlite:///var/file` or `postgres://user@host/name`. A server on a Unix socket is named by the
    socket's folder: `postgres://user@//run/postgresql/name`, or by the percent-encoded folder in place of the
    host. Parameters of libpq follow a `?`: `?sslmode=verify-full`.
    """
    url = _read_variable(name) or default
    scheme = url.partition("://")[0]
    if scheme not in DATABASE_SCHEMES:
        known = ", ".join(f"{known}://" for known in DATABASE_SCHEMES)
        raise _error(name, "is not a supported database URL", f"begin it with one of {known}")
    return _sqlite_settings(name, url) if scheme == "sqlite" else _postgresql_settings(name, url)


def read_email_server(name: str, *, default: str) -> dict[str, Any]:
    """Return Django's EMAIL_... settings from a URL such as `smtp+tls://user:password@mail.example.org:587`.

    `consolemail://` prints messages in place of sending them. A server that does not answer within
    EMAIL_TIMEOUT_SECONDS is an error for the sender, never a thread that waits.
    """
    url = _read_variable(name) or default
    scheme = url.partition("://")[0]
    hint = "use smtp+tls://user:password@mail.example.org:587, with special letters percent-encoded"
    if scheme not in EMAIL_PORTS:
        known = ", ".join(f"{known}://" for known in EMAIL_PORTS)
        raise _error(name, "is not a supported mail server URL", f"begin it with one of {known}")
    try:
        email: dict[str, Any] = Env.email_url_config(url)
        parts = urlsplit(url)
    except ValueError:
        raise _error(name, "cannot be read as a mail server's address", hint) from None
    if EMAIL_PORTS[scheme] and not parts.hostname:
        raise _error(name, "does not say which mail server to use", hint)
    if parts.path.strip("/") or parts.query or parts.fragment:
        raise _error(name, "has something after the mail server", hint)
    email["EMAIL_PORT"] = email["EMAIL_PORT"] or EMAIL_PORTS[scheme] or 25
    return {key: value or "" for key, value in email.items()} | {"EMAIL_TIMEOUT": EMAIL_TIMEOUT_SECONDS}


def _sqlite_settings(name: str, url: str) -> dict[str, Any]:
    if not url.startswith("sqlite:///") and url not in ("sqlite://", "sqlite://:memory:"):
        raise _error(name, "has a host, but SQLite does not use one", "use three slashes: sqlite:///var/file")
    database: dict[str, Any] = Env.db_url_config(url)
    if database["NAME"] != ":memory:":
        database["NAME"] = str(ROOT / database["NAME"])
    return database


def _postgresql_settings(name: str, url: str) -> dict[str, Any]:
    hint = "use postgres://user:password@host:5432/name, with special letters percent-encoded"
    try:
        database: dict[str, Any] = Env.db_url_config(url)
    except ValueError:
        raise _error(name, "cannot be read as a database address", hint) from None
    if not database["NAME"]:
        raise _error(name, "does not say which database to open", hint)
    # Parsed again, because environ leaves a folder encoded and lowercases it.
    host = urlsplit(url).netloc.rpartition("@")[2]
    if host.upper().startswith("%2F"):
        database["HOST"] = unquote(host.partition(":")[0])
    return database


def _read_secret_file(file_variable: str, file_name: str) -> str:
    try:
        secret = (ROOT / file_name).read_text(encoding="utf-8").strip()
    except (OSError, UnicodeDecodeError):
        hint = "check its path and that this user may read it"
        raise _error(file_variable, f"names {file_name!r}, which cannot be read", hint) from None
    if not secret:
        raise _error(file_variable, f"names {file_name!r}, which is empty", "put the secret in it")
    return secret


def _read_variable(name: str) -> str:
    # Not Env's own reader, which takes a value that begins with "$" for the name of another variable.
    return os.environ.get(name, "").strip()


def _error(name: str, problem: str, hint: str) -> ImproperlyConfigured:
    return ImproperlyConfigured(f"{name} {problem}: {hint}.")
