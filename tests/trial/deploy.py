"""docs/deploy.md walked on one machine without systemd: nginx and PostgreSQL as they are, https, a backup.

`bin/try-deploy` runs it and prints a line for each step. The server block is deploy/nginx.conf itself, with
the trial's ports, name and certificate written into it. At the end, Containerfile's steps are followed.
Ends with 1 and a sentence where a promise is broken, with 69 where nginx or PostgreSQL is missing.
"""

from __future__ import annotations

import base64
import gzip
import hmac
import http.cookiejar
import re
import secrets
import shutil
import ssl
import subprocess
import sys
import tempfile
import time
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path
from urllib.error import HTTPError
from urllib.parse import urlencode
from urllib.request import HTTPCookieProcessor, HTTPSHandler, Request, build_opener

import psycopg

from tests.trial.certificate import Certificate, make_certificate
from tests.trial.image import follow_containerfile
from tests.trial.postgresql import UNAVAILABLE, NotInstalled, throw_away_server
from tests.trial.product import ROOT, Failed, Product, free_port, trusting_all

# Words that stand for a visitor: none of them may be found in any file that the run leaves.
CANARIES = ("canarymiscarriage", "Canaryville", "203.0.113.77")
# Any address of a network, and any request: servers may write neither down.
ADDRESS_OR_QUERY = re.compile(r"\b\d{1,3}(\.\d{1,3}){3}\b|[?&]\w+=|(GET|POST) /")
PASSWORD = secrets.token_urlsafe(18)
SET_UP_THE_PHONE = """
from django.contrib.auth.models import User
from tests.resources.admin.desk import give_phone
give_phone(User.objects.get(username="ada"), "{key}")
"""
MAIN = """
daemon off;
user root;
pid {home}/nginx.pid;
error_log {home}/nginx-error.log;
events {{}}
http {{
    client_body_temp_path {home}/body;
    proxy_temp_path {home}/proxy;
    fastcgi_temp_path {home}/fastcgi;
    uwsgi_temp_path {home}/uwsgi;
    scgi_temp_path {home}/scgi;
    access_log {home}/nginx-access.log;
    include {home}/site.conf;
}}
"""


class Broken(Exception):
    """A promise of docs/deploy.md that does not hold."""


class Visitor:
    """A browser without scripts: it keeps cookies, follows redirects, and comes from one stated address."""

    def __init__(self, url: str) -> None:
        self.url = url
        self.cookies = http.cookiejar.CookieJar()
        context: ssl.SSLContext = trusting_all()
        self.opener = build_opener(HTTPCookieProcessor(self.cookies), HTTPSHandler(context=context))

    def get(self, path: str) -> str:
        return self._open(Request(f"{self.url}{path}"))  # noqa: S310  (our own server)

    def send(self, path: str, page: str, **fields: str) -> str:
        """Fills in the form of `page` and sends it to `path`."""
        token = re.search(r'name="csrfmiddlewaretoken" value="([^"]+)"', page)
        if token is None:
            raise Broken(f"{path}: the page has no form to send")
        body = urlencode({"csrfmiddlewaretoken": token[1], **fields}).encode()
        headers = {"Referer": f"{self.url}{path}", "Origin": self.url}
        return self._open(Request(f"{self.url}{path}", data=body, headers=headers))  # noqa: S310

    def _open(self, request: Request) -> str:
        request.add_header("X-Forwarded-For", CANARIES[2])
        with self.opener.open(request, timeout=60) as answer:
            text: str = answer.read().decode()
            return text


def code_for(key: str) -> str:
    """What the app on the phone shows now for this key."""
    digest = hmac.digest(base64.b32decode(key), int(time.time() // 30).to_bytes(8, "big"), "sha1")
    start = digest[-1] & 15
    return str((int.from_bytes(digest[start : start + 4], "big") & 0x7FFFFFFF) % 1_000_000).zfill(6)


@contextmanager
def nginx(home: Path, product_port: str, port: int, certificate: Certificate) -> Iterator[None]:
    """deploy/nginx.conf with this trial's ports, name and certificate, in front of the product."""
    site = (ROOT / "deploy" / "nginx.conf").read_text()
    replacements = {
        r"listen 80;": f"listen 127.0.0.1:{free_port()};",
        r"listen \[::\]:\d+[^;]*;": "",
        r"listen 443 ": f"listen 127.0.0.1:{port} ",
        r"/etc/letsencrypt/live/\S+/fullchain.pem": str(certificate.certificate),
        r"/etc/letsencrypt/live/\S+/privkey.pem": str(certificate.key),
        r"server_name [^;]+;": "server_name 127.0.0.1;",
        r"\$host;": "$http_host;",  # with the port of this trial
        r"127\.0\.0\.1:8000": f"127.0.0.1:{product_port}",
    }
    for pattern, text in replacements.items():
        site = re.sub(pattern, text, site)
    (home / "site.conf").write_text(site)
    (home / "nginx.conf").write_text(MAIN.format(home=home))
    server = subprocess.Popen(["nginx", "-p", str(home), "-c", str(home / "nginx.conf")])
    try:
        time.sleep(1)
        if server.poll() is not None:
            raise Broken(
                f"nginx does not start with deploy/nginx.conf: {(home / 'nginx-error.log').read_text()}"
            )
        yield
    finally:
        server.terminate()
        server.wait(timeout=20)


def walk(home: Path, database: str, empty_database: str) -> None:
    certificate = make_certificate(home)
    port = free_port()
    product = Product(database, log=home / "application.log")
    product.environment |= {
        "SITE_URL": f"https://127.0.0.1:{port}",
        "TRUSTED_PROXIES": "127.0.0.0/8",
        "CONTACT_EMAIL": "help@example.org",
        "CURATOR_PASSWORD": PASSWORD,
    }
    with step("the first start: tables, places, records, static files"):
        for words in (("migrate", "--verbosity", "0"), ("load_places",), ("load_catalogue",)):
            product.manage(*words)
        product.manage("collectstatic", "--noinput", "--verbosity", "0")
    product.manage("make_curator", "--username", "ada", "--no-input")
    key = "JBSWY3DPEHPK3PXPJBSWY3DPEHPK3PXP"
    product.manage("shell", "--verbosity", "0", "--command", SET_UP_THE_PHONE.format(key=key))
    with step("the jobs after it, none of which makes the listings again"):
        run_the_jobs(product)
    with product.served("/healthz"), nginx(home, product.environment["PORT"], port, certificate):
        visitor = Visitor(f"https://127.0.0.1:{port}")
        with step("https through nginx: a search, the API, security.txt, and no cookie"):
            search(visitor)
        with step("a sign-in by password and code, its cookies Secure and __Host-"):
            sign_in(visitor, key)
        with step("a wrong password, a wrong address, and a request that nginx refuses"):
            provoke_log_lines(visitor)
    restored = Product(empty_database, log=home / "restored.log")
    with step("a backup"):
        product.manage("backup", str(home / "copy.gz"))
    with step("its restore on an empty database"):
        restored.manage("migrate", "--verbosity", "0")
        restored.manage("restore", str(home / "copy.gz"))
    with step("the same rows and digests in a backup of what was restored"):
        restored.manage("backup", str(home / "again.gz"))
        compare(home / "copy.gz", home / "again.gz")


@contextmanager
def step(what: str) -> Iterator[None]:
    """One line of the summary, with the seconds it took; nothing where it fails."""
    start = time.monotonic()
    yield
    print(f"  {time.monotonic() - start:5.0f} s  {what}", flush=True)


def run_the_jobs(product: Product) -> None:
    done = product.manage("run_jobs")
    if "rebuild_listings: ok\n" not in done or "failed" in done:
        raise Broken(f"after the first start, run_jobs did not find everything in order: {done}")


def compare(*backups: Path) -> None:
    """The last line of a backup names each table with its number of rows and their digest."""
    figures = [gzip.decompress(path.read_bytes()).splitlines()[-1] for path in backups]
    if figures[0] != figures[1]:
        raise Broken("a backup of the restored database differs from the one it was restored from")


def search(visitor: Visitor) -> None:
    page = visitor.get(f"/search/?near=75201&q={CANARIES[0]}")
    if "<h1" not in page:
        raise Broken("a search through nginx shows no page")
    if '"count"' not in visitor.get("/api/v1/listings/?near=75201&kind=clinic"):
        raise Broken("the API does not answer through nginx")
    visitor.get(f"/api/v1/places/?q={CANARIES[1]}")
    if "mailto:help@example.org" not in visitor.get("/.well-known/security.txt"):
        raise Broken("security.txt does not name the contact")
    if list(visitor.cookies):
        raise Broken("a visitor was given a cookie")


def sign_in(visitor: Visitor, key: str) -> None:
    login = "/admin/account/login/"
    page = visitor.send(login, visitor.get(login), login="ada", password=PASSWORD)
    page = visitor.send("/admin/account/2fa/authenticate/", page, code=code_for(key))
    if "Today" not in page:
        raise Broken("signing in does not lead to Today")
    if not all(cookie.name.startswith("__Host-") and cookie.secure for cookie in visitor.cookies):
        raise Broken("a cookie is not Secure and __Host-")


def provoke_log_lines(visitor: Visitor) -> None:
    """Do what makes servers write to their logs: be refused, ask for a missing page, ask for too much."""
    login = "/admin/account/login/"
    stranger = Visitor(visitor.url)
    stranger.send(login, stranger.get(login), login=CANARIES[0], password=CANARIES[1])
    expect(404, stranger, f"/services/{CANARIES[0]}/?q={CANARIES[1]}")
    expect(414, stranger, f"/search/?q={CANARIES[0]}{'x' * 9_000}")


def expect(status: int, visitor: Visitor, path: str) -> None:
    try:
        visitor.get(path)
    except HTTPError as error:
        if error.code == status:
            return
        raise Broken(f"{path[:60]} answers {error.code}, not {status}") from None
    raise Broken(f"{path[:60]} answers well, not with {status}")


def read_the_logs(home: Path) -> None:
    logs = sorted(path for path in home.rglob("*") if path.is_file() and path.suffix == ".log")
    lines = [(path.name, line) for path in logs for line in path.read_text(errors="replace").splitlines()]
    for name, line in lines:
        for told in (*CANARIES, "near=75201", PASSWORD):
            if told in line:
                raise Broken(f"{name} holds {told!r}")
        if ADDRESS_OR_QUERY.search(line):
            raise Broken(f"{name} holds an address or a query: {line}")
    refused = [line for name, line in lines if "event=refused_sign_in" in line]
    if len(refused) != 1:
        raise Broken(f"one sign-in was refused, and {len(refused)} lines tell of it")
    print(f"  {len(lines)} lines in {', '.join(path.name for path in logs)}: no address and no query")


def main() -> int:
    if shutil.which("nginx") is None:
        print("nginx is missing. On Debian, as root: apt-get install nginx", file=sys.stderr)
        return UNAVAILABLE
    try:
        with tempfile.TemporaryDirectory() as folder, throw_away_server() as server:
            home = Path(folder)
            with psycopg.connect(
                host=str(server.home), user="app", dbname="postgres", autocommit=True
            ) as link:
                link.execute("CREATE DATABASE directory")
                link.execute("CREATE DATABASE restored")
            walk(home, server.url("directory"), server.url("restored"))
            shutil.copy(server.log, home / "postgresql.log")
            read_the_logs(home)
            try_the_image(home)
    except NotInstalled as missing:
        print(missing, file=sys.stderr)
        return UNAVAILABLE
    except (Broken, Failed) as broken:
        print(f"BROKEN: {broken}", file=sys.stderr)
        return 1
    return 0


def try_the_image(home: Path) -> None:
    if shutil.which("debootstrap") is None:
        print("  Containerfile was not tried: that takes debootstrap (apt-get install debootstrap)")
        return
    with step("every step of Containerfile in a plain Debian, its command started and asked"):
        follow_containerfile(home)
    print("  Image not built here: no base image can be had. compose.yaml was not run.")


if __name__ == "__main__":
    sys.exit(main())
