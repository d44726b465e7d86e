"""docs/deploy.md walked on one machine without systemd: nginx and PostgreSQL as they are, https, a backup.

`bin/try-deploy` runs it. The server block is deploy/nginx.conf itself, with this trial's ports, name and
certificate written into it. Ends with 1 and a sentence where a promise is broken, with 69 where nginx or
PostgreSQL is missing.
"""

from __future__ import annotations

import base64
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
from urllib.parse import urlencode
from urllib.request import HTTPCookieProcessor, HTTPSHandler, Request, build_opener

import psycopg

from tests.trial.certificate import Certificate, make_certificate
from tests.trial.postgresql import UNAVAILABLE, NotInstalled, throw_away_server
from tests.trial.product import ROOT, Product, free_port, trusting_all

# Words that stand for a visitor: none of them may be found in any file that the run leaves.
CANARIES = ("canarymiscarriage", "Canaryville", "203.0.113.77")
PASSWORD = secrets.token_urlsafe(18)
SET_UP_THE_PHONE = """
from allauth.mfa.totp.internal.auth import TOTP
from django.contrib.auth.models import User
TOTP.activate(User.objects.get(username="ada"), "{key}")
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
        r"listen \[::\]:\d+( ssl)?;": "",
        r"listen 443 ssl;": f"listen 127.0.0.1:{port} ssl;",
        r"/etc/letsencrypt/live/\S+/fullchain.pem": str(certificate.certificate),
        r"/etc/letsencrypt/live/\S+/privkey.pem": str(certificate.key),
        r"server_name [^;]+;": "server_name 127.0.0.1;",
        r"http2 on;": "",  # older than 1.25.1, nginx has it as a word of `listen`
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
    for words in (("migrate", "--verbosity", "0"), ("load_places",), ("load_starter",)):
        print(product.manage(*words), end="", flush=True)
    product.manage("collectstatic", "--noinput", "--verbosity", "0")
    product.manage("make_curator", "--username", "ada", "--no-input")
    key = "JBSWY3DPEHPK3PXPJBSWY3DPEHPK3PXP"
    product.manage("shell", "--verbosity", "0", "--command", SET_UP_THE_PHONE.format(key=key))
    print("jobs:", product.manage("run_jobs").strip().replace("\n", "; "))
    with product.served("/healthz"), nginx(home, product.environment["PORT"], port, certificate):
        visitor = Visitor(f"https://127.0.0.1:{port}")
        search(visitor)
        sign_in(visitor, key)
    print("backup:", product.manage("backup", str(home / "copy.gz")).strip())
    other = Product(empty_database, log=home / "restored.log")
    other.manage("migrate", "--verbosity", "0")
    print("restore:", other.manage("restore", str(home / "copy.gz")).strip().splitlines()[-1])
    read_the_logs(home)


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
    print("https, a search, the API: as promised")


def sign_in(visitor: Visitor, key: str) -> None:
    login = "/admin/account/login/"
    page = visitor.send(login, visitor.get(login), login="ada", password=PASSWORD)
    page = visitor.send("/admin/account/2fa/authenticate/", page, code=code_for(key))
    if "Today" not in page:
        raise Broken("signing in does not lead to Today")
    if not all(cookie.name.startswith("__Host-") and cookie.secure for cookie in visitor.cookies):
        raise Broken("a cookie is not Secure and __Host-")
    print("sign-in by password and code: as promised")


def read_the_logs(home: Path) -> None:
    logs = [path for path in home.rglob("*") if path.is_file() and path.suffix == ".log"]
    for path in logs:
        text = path.read_text(errors="replace")
        for canary in (*CANARIES, "near=75201", PASSWORD):
            if canary in text:
                raise Broken(f"{path.name} holds {canary!r}")
    print(
        "log files read for addresses and searches:", ", ".join(sorted(path.name for path in logs)), "- none"
    )


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
    except NotInstalled as missing:
        print(missing, file=sys.stderr)
        return UNAVAILABLE
    except Broken as broken:
        print(f"BROKEN: {broken}", file=sys.stderr)
        return 1
    print("Image not built here: no base image can be had. Containerfile and compose.yaml were not run.")
    return 0


if __name__ == "__main__":
    sys.exit(main())
