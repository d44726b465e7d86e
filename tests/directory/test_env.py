"""What the environment may say, and the sentence it is answered with when it says something else."""

from collections.abc import Callable
from datetime import date
from pathlib import Path

import pytest
from django.core.exceptions import ImproperlyConfigured

from directory import env

ROOT = Path(__file__).resolve().parents[2]

Reader = Callable[[], object]

UNDERSTOOD: list[tuple[str | None, Reader, object]] = [
    # value of X         how it is read                                              what is understood
    (None, lambda: env.read_str("X", default="home"), "home"),
    ("", lambda: env.read_str("X", default="home"), "home"),
    ("  A name ", lambda: env.read_str("X", default="home"), "A name"),
    ("$HOME", lambda: env.read_str("X", default="home"), "$HOME"),
    ("GB", lambda: env.read_str("X", default="US", choices=("US", "GB")), "GB"),
    (None, lambda: env.read_bool("X", default=True), True),
    ("  ", lambda: env.read_bool("X", default=True), True),
    ("Yes", lambda: env.read_bool("X", default=False), True),
    ("1", lambda: env.read_bool("X", default=False), True),
    ("OFF", lambda: env.read_bool("X", default=True), False),
    ("0", lambda: env.read_bool("X", default=True), False),
    (None, lambda: env.read_int("X", default=5), 5),
    (" 12 ", lambda: env.read_int("X", default=5), 12),
    ("-3", lambda: env.read_int("X", default=5), -3),
    ("1", lambda: env.read_int("X", default=5, minimum=1, maximum=9), 1),
    ("9", lambda: env.read_int("X", default=5, minimum=1, maximum=9), 9),
    (None, lambda: env.read_list("X"), []),
    (None, lambda: env.read_list("X", default=("a",)), ["a"]),
    ("a, b ,,c", lambda: env.read_list("X"), ["a", "b", "c"]),
    ("GB, IE,GB", lambda: env.read_list("X", choices=("US", "GB", "IE")), ["GB", "IE"]),
    (" , ", lambda: env.read_list("X", default=("US", "GB"), choices=("US", "GB")), ["US", "GB"]),
    (None, lambda: env.read_secret("X"), None),
    (None, lambda: env.read_secret("X", default="spare"), "spare"),
    ("$ecret", lambda: env.read_secret("X"), "$ecret"),
    (None, lambda: env.read_origin("X", default="http://127.0.0.1:8000"), "http://127.0.0.1:8000"),
    ("https://Example.ORG/", lambda: env.read_origin("X", default=""), "https://example.org"),
    ("https://example.org:443", lambda: env.read_origin("X", default=""), "https://example.org"),
    ("http://example.org:443", lambda: env.read_origin("X", default=""), "http://example.org:443"),
    (None, lambda: env.read_zone("X", default="UTC"), "UTC"),
    ("America/Chicago", lambda: env.read_zone("X", default="UTC"), "America/Chicago"),
    ("http://[::1]:8000", lambda: env.read_origin("X", default=""), "http://[::1]:8000"),
]

DATABASES = [
    # URL                                     engine        name                             host        user
    ("sqlite:///var/a.sqlite3", "sqlite3", f"{ROOT}/var/a.sqlite3", "", ""),
    ("sqlite:////srv/a.sqlite3", "sqlite3", "/srv/a.sqlite3", "", ""),
    ("sqlite://", "sqlite3", ":memory:", "", ""),
    ("sqlite://:memory:", "sqlite3", ":memory:", "", ""),
    ("postgres://ann@db.example/help", "postgresql", "help", "db.example", "ann"),
    ("postgresql://ann:p%40ss@db.example:6432/help", "postgresql", "help", "db.example", "ann"),
    ("postgres://ann@//run/postgresql/help", "postgresql", "help", "/run/postgresql", "ann"),
    ("postgres://ann@%2Frun%2FPg/help", "postgresql", "help", "/run/Pg", "ann"),
    ("postgres://ann@%2frun%2fpg:5433/help?sslmode=disable", "postgresql", "help", "/run/pg", "ann"),
    ("postgres:///help", "postgresql", "help", "", ""),
]

MAIL_SERVERS = [
    # URL, backend, host, port, user, password, STARTTLS, TLS
    (None, "console", "", 25, "", "", False, False),
    ("consolemail://", "console", "", 25, "", "", False, False),
    ("smtp://localhost", "smtp", "localhost", 25, "", "", False, False),
    ("smtp+tls://ann:p%40ss@mail.example", "smtp", "mail.example", 587, "ann", "p@ss", True, False),
    ("smtp+ssl://ann%40a.org:pw@mail.example", "smtp", "mail.example", 465, "ann@a.org", "pw", False, True),
    ("smtp+tls://mail.example:2525/", "smtp", "mail.example", 2525, "", "", True, False),
]

REFUSED: list[tuple[str, Reader, str]] = [
    ("FR", lambda: env.read_str("X", default="US", choices=("US", "GB")), "X is 'FR': use one of US, GB."),
    ("maybe", lambda: env.read_bool("X", default=False), "neither on nor off: use true or false."),
    ("ten", lambda: env.read_int("X", default=5), "X is 'ten', not a whole number"),
    ("1.5", lambda: env.read_int("X", default=5), "not a whole number: use digits only, such as 5."),
    ("٣", lambda: env.read_int("X", default=5), "not a whole number"),
    ("9" * 5000, lambda: env.read_int("X", default=5), "not a whole number"),
    ("0", lambda: env.read_int("X", default=5, minimum=1), "X is 0: use 1 or more."),
    ("10", lambda: env.read_int("X", default=5, maximum=9), "X is 10: use 9 or less."),
    ("example.org", lambda: env.read_origin("X", default=""), "not a plain http or https address"),
    ("ftp://example.org", lambda: env.read_origin("X", default=""), "not a plain http or https address"),
    ("https://example.org/help", lambda: env.read_origin("X", default=""), "without a path"),
    ("https://example.org?a=1", lambda: env.read_origin("X", default=""), "not a plain http"),
    ("https://me:pw@example.org", lambda: env.read_origin("X", default=""), "not a plain http"),
    ("https://example.org:", lambda: env.read_origin("X", default=""), "not a plain http"),
    ("https://bücher.example", lambda: env.read_origin("X", default=""), "in the xn-- form"),
    ("https://example.org:99999", lambda: env.read_origin("X", default=""), "X is not an address"),
    ("https://", lambda: env.read_origin("X", default=""), "not a plain http"),
    ("mysql://a@b/c", lambda: env.read_database("X", default=""), "sqlite://, postgres://, postgresql://."),
    ("var/a.sqlite3", lambda: env.read_database("X", default=""), "is not a supported database URL"),
    ("sqlite://a.sqlite3", lambda: env.read_database("X", default=""), "use three slashes"),
    ("postgres://ann@db.example/", lambda: env.read_database("X", default=""), "which database to open"),
    ("postgres://ann:p/w@db/help", lambda: env.read_database("X", default=""), "percent-encoded"),
    ("Mars/Olympus", lambda: env.read_zone("X", default="UTC"), "X is 'Mars/Olympus', no time zone"),
    ("../etc/passwd", lambda: env.read_zone("X", default="UTC"), "such as America/Chicago."),
    ("help", lambda: env.read_email("X"), "not an email address: use one plain address"),
    ("Ann <ann@example.org>", lambda: env.read_email("X"), "not an email address"),
    ("a@example.org, b@example.org", lambda: env.read_email("X"), "not an email address"),
    (
        "mail.example.org",
        lambda: env.read_email_server("X", default=""),
        "consolemail://, smtp://, smtp+tls://",
    ),
    ("smtps://mail.example", lambda: env.read_email_server("X", default=""), "begin it with one of"),
    (
        "smtp://",
        lambda: env.read_email_server("X", default=""),
        "which mail server to use: use smtp+tls://",
    ),
    ("smtp://mail.example:many", lambda: env.read_email_server("X", default=""), "cannot be read as a mail"),
    ("smtp://ann:p/w@mail", lambda: env.read_email_server("X", default=""), "percent-encoded"),
    ("smtp://mail/?tls=1", lambda: env.read_email_server("X", default=""), "something after the mail server"),
    ("Dr Ann Example", lambda: env.read_review("X", "X_ON"), "X_ON is not: set both, or neither."),
    ("2026-11-28", lambda: env.read_review("X_BY", "X"), "X_BY is not: set both, or neither."),
    ("US", lambda: env.read_lines("X", default={}), "X has 'US', which is not a line: name a country"),
    ("US=our line", lambda: env.read_lines("X", default={}), "X has 'US=our line', which is not a line"),
]


@pytest.fixture(autouse=True)
def _nothing_set(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.delenv("X", raising=False)
    monkeypatch.delenv("X_FILE", raising=False)


def set_x(monkeypatch: pytest.MonkeyPatch, value: str | None) -> None:
    if value is not None:
        monkeypatch.setenv("X", value)


@pytest.mark.parametrize(("value", "read", "understood"), UNDERSTOOD)
def test_a_good_value_or_none_is_understood(
    monkeypatch: pytest.MonkeyPatch, value: str | None, read: Reader, understood: object
) -> None:
    set_x(monkeypatch, value)
    assert read() == understood


@pytest.mark.parametrize(("value", "read", "sentence"), REFUSED)
def test_a_bad_value_is_refused_in_one_sentence_with_a_hint(
    monkeypatch: pytest.MonkeyPatch, value: str, read: Reader, sentence: str
) -> None:
    set_x(monkeypatch, value)
    with pytest.raises(ImproperlyConfigured) as refusal:
        read()
    assert sentence in str(refusal.value)
    assert str(refusal.value).startswith("X ")
    assert str(refusal.value).endswith(".")


@pytest.mark.parametrize(("url", "engine", "database_name", "host", "user"), DATABASES)
def test_a_database_is_read_from_its_url(
    monkeypatch: pytest.MonkeyPatch, url: str, engine: str, database_name: str, host: str, user: str
) -> None:
    set_x(monkeypatch, url)
    settings = env.read_database("X", default="")
    assert settings["ENGINE"] == f"django.db.backends.{engine}"
    assert (settings["NAME"], settings.get("HOST", ""), settings.get("USER", "")) == (
        database_name,
        host,
        user,
    )


def test_the_default_database_is_read_like_any_other() -> None:
    assert env.read_database("X", default="sqlite:///var/a.sqlite3")["NAME"] == f"{ROOT}/var/a.sqlite3"


def test_what_stands_after_a_databases_name_is_told_to_its_server(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("X", "postgres://ann@db.example/help?sslmode=verify-full&sslrootcert=/etc/ca.pem")
    options = env.read_database("X", default="")["OPTIONS"]
    assert options == {"sslmode": "verify-full", "sslrootcert": "/etc/ca.pem"}


def test_a_database_password_may_hold_encoded_signs(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("X", "postgres://ann:p%2Fw%40@db.example/help")
    assert env.read_database("X", default="")["PASSWORD"] == "p/w@"


@pytest.mark.parametrize("url", ["postgres://ann:hunter2@db.example/", "mysql://ann:hunter2@db/help"])
def test_a_refused_database_never_shows_its_password(monkeypatch: pytest.MonkeyPatch, url: str) -> None:
    monkeypatch.setenv("X", url)
    with pytest.raises(ImproperlyConfigured) as refusal:
        env.read_database("X", default="")
    assert "hunter2" not in str(refusal.value)


@pytest.mark.parametrize(
    ("url", "backend", "host", "port", "user", "password", "starttls", "tls"), MAIL_SERVERS
)
def test_a_mail_server_is_read_from_its_url(
    monkeypatch: pytest.MonkeyPatch,
    url: str | None,
    backend: str,
    host: str,
    port: int,
    user: str,
    password: str,
    starttls: bool,
    tls: bool,
) -> None:
    set_x(monkeypatch, url)
    email = env.read_email_server("X", default="consolemail://")
    assert email["EMAIL_BACKEND"] == f"django.core.mail.backends.{backend}.EmailBackend"
    assert (email["EMAIL_HOST"], email["EMAIL_PORT"]) == (host, port)
    assert (email["EMAIL_HOST_USER"], email["EMAIL_HOST_PASSWORD"]) == (user, password)
    assert (email.get("EMAIL_USE_TLS", False), email.get("EMAIL_USE_SSL", False)) == (starttls, tls)
    assert email["EMAIL_TIMEOUT"] == env.EMAIL_TIMEOUT_SECONDS


@pytest.mark.parametrize("url", ["smtp://ann:hunter2@", "smtp://ann:hunter2@a:b", "mail://ann:hunter2@a"])
def test_a_refused_mail_server_never_shows_its_password(monkeypatch: pytest.MonkeyPatch, url: str) -> None:
    monkeypatch.setenv("X", url)
    with pytest.raises(ImproperlyConfigured) as refusal:
        env.read_email_server("X", default="")
    assert "hunter2" not in str(refusal.value)


def test_a_secret_is_read_from_the_file_that_is_named(
    monkeypatch: pytest.MonkeyPatch, tmp_path: Path
) -> None:
    (tmp_path / "secret").write_text("from a file\n")
    monkeypatch.setenv("X_FILE", str(tmp_path / "secret"))
    assert env.read_secret("X", default="spare") == "from a file"


@pytest.mark.parametrize(
    ("content", "sentence"),
    [
        (None, "which cannot be read: check its path and that this user may read it."),
        (b"\xff\xfe\x00", "which cannot be read"),
        (b" \n", "which is empty: put the secret in it."),
    ],
)
def test_a_secret_file_that_holds_no_secret_is_refused(
    monkeypatch: pytest.MonkeyPatch, tmp_path: Path, content: bytes | None, sentence: str
) -> None:
    if content is not None:
        (tmp_path / "secret").write_bytes(content)
    monkeypatch.setenv("X_FILE", str(tmp_path / "secret"))
    with pytest.raises(ImproperlyConfigured, match=r"^X_FILE names '.*") as refusal:
        env.read_secret("X")
    assert sentence in str(refusal.value)


def test_a_secret_given_twice_is_refused_and_not_shown(
    monkeypatch: pytest.MonkeyPatch, tmp_path: Path
) -> None:
    monkeypatch.setenv("X", "hunter2")
    monkeypatch.setenv("X_FILE", str(tmp_path / "secret"))
    with pytest.raises(ImproperlyConfigured, match=r"^X and X_FILE are both set: keep one") as refusal:
        env.read_secret("X")
    assert "hunter2" not in str(refusal.value)


def test_the_signing_key_of_the_environment_stands_before_the_one_at_home(
    monkeypatch: pytest.MonkeyPatch, tmp_path: Path
) -> None:
    monkeypatch.delenv("SECRET_KEY_FILE", raising=False)
    (tmp_path / "at_home").write_text("made at home\n")
    monkeypatch.setenv("SECRET_KEY", "given")
    assert env.read_secret_key(home=tmp_path / "at_home") == "given"
    monkeypatch.delenv("SECRET_KEY")
    assert env.read_secret_key(home=tmp_path / "at_home") == "made at home"


def test_without_any_signing_key_there_is_none_to_read(
    monkeypatch: pytest.MonkeyPatch, tmp_path: Path
) -> None:
    monkeypatch.delenv("SECRET_KEY", raising=False)
    monkeypatch.delenv("SECRET_KEY_FILE", raising=False)
    assert env.read_secret_key(home=tmp_path / "at_home") == ""


def test_a_review_is_a_name_and_a_day(monkeypatch: pytest.MonkeyPatch) -> None:
    assert env.read_review("X", "X_ON") is None
    set_x(monkeypatch, "Dr Ann Example")
    monkeypatch.setenv("X_ON", "2026-11-28")
    assert env.read_review("X", "X_ON") == ("Dr Ann Example", date(2026, 11, 28))
    monkeypatch.setenv("X_ON", "last week")
    with pytest.raises(ImproperlyConfigured, match="X_ON is 'last week', not a day: use the form 2026"):
        env.read_review("X", "X_ON")


def test_a_contact_is_one_plain_address_or_none(monkeypatch: pytest.MonkeyPatch) -> None:
    assert env.read_email("X") == ""
    set_x(monkeypatch, " help+site@support.example.org ")
    assert env.read_email("X") == "help+site@support.example.org"


NETWORKS = [
    ("", "127.0.0.1", False),
    ("127.0.0.1", "127.0.0.1", True),
    ("127.0.0.1", "127.0.0.2", False),
    ("10.0.0.0/8, 192.0.2.1", "10.200.0.3", True),
    ("10.0.0.0/8, 192.0.2.1", "192.0.2.1", True),
    ("10.0.0.0/8", "unknown", False),
    ("2001:db8::/32", "2001:db8::7", True),
]


@pytest.mark.parametrize(("text", "address", "inside"), NETWORKS)
def test_a_proxy_is_known_by_its_address_or_its_network(
    monkeypatch: pytest.MonkeyPatch, text: str, address: str, inside: bool
) -> None:
    monkeypatch.setenv("TRUSTED_PROXIES", text)
    networks = env.read_networks("TRUSTED_PROXIES")
    assert (address in networks) is inside
    assert bool(networks) is bool(text)


@pytest.mark.parametrize("text", ["proxy.example.org", "10.0.0.1/8", "10.0.0.0/99", "127.0.0.1;10.0.0.1"])
def test_what_is_no_network_is_refused(monkeypatch: pytest.MonkeyPatch, text: str) -> None:
    monkeypatch.setenv("TRUSTED_PROXIES", text)
    with pytest.raises(ImproperlyConfigured, match=r"TRUSTED_PROXIES .*10\.0\.0\.0/8"):
        env.read_networks("TRUSTED_PROXIES")


def test_lines_are_named_by_country_and_leave_those_of_other_countries(
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    shipped = {"US": ["a"], "GB": ["b"]}
    assert env.read_lines("X", default=shipped) == shipped
    first, second = (f"00000000-0000-4000-8000-00000000000{number}" for number in (1, 2))
    set_x(monkeypatch, f"us={first}, US = {second}")
    assert env.read_lines("X", default=shipped) == {"US": [first, second], "GB": ["b"]}
