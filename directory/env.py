"""Typed readers of the environment: each refuses what it cannot use, in one sentence with a hint.

A variable that is empty counts as one that is not set, because that is how a compose file or a unit
file passes on what nobody filled in. Whatever may hold a password is never repeated in a refusal.
Relative file names are taken from the root of the repository, so that a nightly job started somewhere
else meets the same files. The sentences are for operators and are read before Django can translate.
"""

import os
import re
from collections.abc import Collection, Sequence
from datetime import date
from ipaddress import IPv4Network, IPv6Network, ip_address, ip_network
from pathlib import Path
from typing import Any
from urllib.parse import unquote, urlsplit
from zoneinfo import available_timezones

from django.core.exceptions import ImproperlyConfigured
from environ import Env

ROOT = Path(__file__).resolve().parent.parent

TRUE_WORDS = ("1", "true", "yes", "on")
FALSE_WORDS = ("0", "false", "no", "off")
DEFAULT_PORTS = {"http": 80, "https": 443}
DATABASE_SCHEMES = ("sqlite", "postgres", "postgresql")

# A name as browsers send it in Origin and Host: ASCII letters, or an IPv6 address in brackets.
HOST = re.compile(r"[a-z0-9]([a-z0-9._-]*[a-z0-9])?|\[[0-9a-f:.]+\]")


# Enough to notice a slip of the hand; whether it is read, only a letter can tell.
EMAIL = re.compile(r"[^\s@<>,;:\"]+@[a-z0-9][a-z0-9.-]*\.[a-z0-9-]+", re.IGNORECASE)


def read_str(name: str, *, default: str, choices: Collection[str] | None = None) -> str:
    """The text of `name` without its outer spaces; `choices`, if given, are the only words taken."""
    text = _text_of(name) or default
    if choices is not None and text not in choices:
        raise _refusal(name, f"is {text!r}", f"use one of {', '.join(choices)}")
    return text


def read_bool(name: str, *, default: bool) -> bool:
    """Whether `name` is on. Any word but the eight known ones is refused: a typo must not mean "off"."""
    text = _text_of(name).lower()
    if text in TRUE_WORDS:
        return True
    if text in FALSE_WORDS:
        return False
    if text:
        raise _refusal(name, f"is {text!r}, neither on nor off", "use true or false")
    return default


def read_int(name: str, *, default: int, minimum: int | None = None, maximum: int | None = None) -> int:
    """The whole number in `name`, from `minimum` to `maximum`, both included."""
    text = _text_of(name)
    if not text:
        return default
    if not re.fullmatch(r"[+-]?[0-9]{1,18}", text):
        raise _refusal(name, f"is {text!r}, not a whole number", f"use digits only, such as {default}")
    number = int(text)
    if minimum is not None and number < minimum:
        raise _refusal(name, f"is {number}", f"use {minimum} or more")
    if maximum is not None and number > maximum:
        raise _refusal(name, f"is {number}", f"use {maximum} or less")
    return number


def read_list(name: str, *, default: Sequence[str] = ()) -> list[str]:
    """The parts of `name` between commas, without outer spaces; empty parts are left out."""
    text = _text_of(name)
    if not text:
        return list(default)
    return [part.strip() for part in text.split(",") if part.strip()]


class Networks:
    """Addresses and networks, such as 127.0.0.1 and 10.0.0.0/8: `"10.1.2.3" in networks`."""

    def __init__(self, networks: Sequence[IPv4Network | IPv6Network] = ()) -> None:
        self.networks = tuple(networks)

    def __contains__(self, address: object) -> bool:
        """Whether this address, as text, lies in one of them; False for what is not an address."""
        try:
            found = ip_address(str(address))
        except ValueError:
            return False
        return any(found in network for network in self.networks)

    def __bool__(self) -> bool:
        return bool(self.networks)


def read_networks(name: str) -> Networks:
    """The addresses and networks in `name`, between commas."""
    parts = read_list(name)
    try:
        return Networks([ip_network(part) for part in parts])
    except ValueError:
        hint = "write addresses or networks between commas, such as 127.0.0.1,10.0.0.0/8"
        raise _refusal(name, "holds what is neither an address nor a network", hint) from None


def read_secret(name: str, *, default: str | None = None) -> str | None:
    """The secret in `name`, or the content of the file that `name`_FILE names, as containers mount them.

    Refused: both set at once, since one of them would be silently ignored; a file that cannot be read; an
    empty file. The secret itself appears in no refusal.
    """
    file_variable = f"{name}_FILE"
    text, file_name = _text_of(name), _text_of(file_variable)
    if text and file_name:
        raise _refusal(name, f"and {file_variable} are both set", "keep one of them")
    if file_name:
        return _secret_in(file_variable, file_name)
    return text or default


def read_secret_key(*, home: Path) -> str:
    """SECRET_KEY, or what `make run` wrote to `home`; or "", which is refused at start-up."""
    if secret := read_secret("SECRET_KEY"):
        return secret
    return _secret_in("SECRET_KEY_FILE", str(home)) if home.is_file() else ""


def read_origin(name: str, *, default: str) -> str:
    """The address of a site as `scheme://host[:port]`: lower case, no final slash, no default port.

    That is the form in which a browser sends `Origin`, so the two can be compared as they stand.
    """
    text = _text_of(name) or default
    hint = "write it as https://example.org, without a path, in the xn-- form if it has other letters"
    try:
        parts = urlsplit(text.lower())
        port = parts.port
    except ValueError:
        raise _refusal(name, "is not an address", hint) from None
    host = parts.netloc.removesuffix(f":{port}")
    plain = not (parts.query or parts.fragment) and parts.path in ("", "/")
    if parts.scheme not in DEFAULT_PORTS or not HOST.fullmatch(host) or not plain:
        raise _refusal(name, "is not a plain http or https address", hint)
    if port is None or port == DEFAULT_PORTS[parts.scheme]:
        return f"{parts.scheme}://{host}"
    return f"{parts.scheme}://{host}:{port}"


def read_zone(name: str, *, default: str) -> str:
    """A time zone by its IANA name, such as America/Chicago."""
    text = _text_of(name) or default
    if text not in available_timezones():
        raise _refusal(name, f"is {text!r}, no time zone", "write one by its place, such as America/Chicago")
    return text


def read_address(name: str, *, default: str) -> str:
    """The address of a web page, with https."""
    text = _text_of(name) or default
    try:
        parts = urlsplit(text)
    except ValueError:
        parts = urlsplit("")
    if parts.scheme != "https" or not HOST.fullmatch(parts.netloc.lower()) or " " in text:
        raise _refusal(name, "is not the address of a page", "write it as https://example.org/page")
    return text


def read_email(name: str) -> str:
    """One plain address such as `help@example.org`, or "" where none is given."""
    text = _text_of(name)
    if text and not EMAIL.fullmatch(text):
        raise _refusal(name, "is not an e-mail address", "write one plain address, such as help@example.org")
    return text


def read_review(name: str, day_name: str) -> tuple[str, date] | None:
    """Who reviewed something and on which day (2026-11-28); None where nobody did.

    Refused: one without the other, since a name without a day cannot be weighed, nor a day without a name.
    """
    who, day = _text_of(name), _text_of(day_name)
    if bool(who) != bool(day):
        given, missing = (name, day_name) if who else (day_name, name)
        raise _refusal(given, f"is set and {missing} is not", "set both, or neither")
    if not who:
        return None
    try:
        return who, date.fromisoformat(day)
    except ValueError:
        raise _refusal(day_name, f"is {day!r}, not a day", "write it as 2026-11-28") from None


def read_database(name: str, *, default: str) -> dict[str, Any]:
    """Django's settings of one database, from its URL: `sqlite:///var/file` or `postgres://user@host/name`.

    A server on a Unix socket is named by the socket's folder: `postgres://user@//run/postgresql/name`, or the
    folder percent-encoded in the place of the host. After a `?` stand libpq's words: `?sslmode=verify-full`.
    """
    url = _text_of(name) or default
    scheme = url.partition("://")[0]
    if scheme not in DATABASE_SCHEMES:
        known = ", ".join(f"{known}://" for known in DATABASE_SCHEMES)
        raise _refusal(name, "names no kind of database we know", f"begin it with one of {known}")
    return _sqlite_settings(name, url) if scheme == "sqlite" else _postgresql_settings(name, url)


def _sqlite_settings(name: str, url: str) -> dict[str, Any]:
    if not url.startswith("sqlite:///") and url not in ("sqlite://", "sqlite://:memory:"):
        raise _refusal(name, "names a server, and SQLite has none", "write three slashes: sqlite:///var/file")
    database: dict[str, Any] = Env.db_url_config(url)
    if database["NAME"] != ":memory:":
        database["NAME"] = str(ROOT / database["NAME"])
    return database


def _postgresql_settings(name: str, url: str) -> dict[str, Any]:
    hint = "write postgres://user:password@host:5432/name, with special letters percent-encoded"
    try:
        database: dict[str, Any] = Env.db_url_config(url)
    except ValueError:
        raise _refusal(name, "cannot be read as a database address", hint) from None
    if not database["NAME"]:
        raise _refusal(name, "does not say which database to open", hint)
    # Read again, because environ leaves a folder encoded and puts it in small letters.
    host = urlsplit(url).netloc.rpartition("@")[2]
    if host.upper().startswith("%2F"):
        database["HOST"] = unquote(host.partition(":")[0])
    return database


def _secret_in(file_variable: str, file_name: str) -> str:
    try:
        secret = (ROOT / file_name).read_text(encoding="utf-8").strip()
    except (OSError, UnicodeDecodeError):
        hint = "check its path and that this user may read it"
        raise _refusal(file_variable, f"names {file_name!r}, which cannot be read", hint) from None
    if not secret:
        raise _refusal(file_variable, f"names {file_name!r}, which is empty", "write the secret into it")
    return secret


def _text_of(name: str) -> str:
    # Not Env's own reader: that one takes a value beginning with "$" for the name of another variable.
    return os.environ.get(name, "").strip()


def _refusal(name: str, fault: str, hint: str) -> ImproperlyConfigured:
    return ImproperlyConfigured(f"{name} {fault}: {hint}.")
