"""A mail server on loopback, for tests: it speaks SMTP by RFC 5321 and keeps what it is given.

Not aiosmtpd: that has had no release for two years, and a test needs six verbs of the protocol.
"""

from __future__ import annotations

import socketserver
import threading
import time
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass, field
from email import message_from_bytes
from email.message import EmailMessage
from email.policy import default


@dataclass
class MailServer:
    """What a server received. `refuse`: it answers recipients with 550. `wait`: seconds of silence first."""

    port: int = 0
    refuse: bool = False
    wait: float = 0.0
    commands: list[str] = field(default_factory=list)
    messages: list[EmailMessage] = field(default_factory=list)

    @property
    def url(self) -> str:
        return f"smtp://127.0.0.1:{self.port}"


class _Conversation(socketserver.StreamRequestHandler):
    box: MailServer

    def handle(self) -> None:
        time.sleep(self.box.wait)
        self._answer("220 mail.example ready")
        while line := self.rfile.readline():
            command = line.decode().rstrip("\r\n")
            self.box.commands.append(command)
            verb = command[:4].upper()
            if verb == "DATA":
                self._read_message()
            elif verb == "QUIT":
                self._answer("221 bye")
                return
            elif verb == "RCPT" and self.box.refuse:
                self._answer("550 no such mailbox")
            else:
                self._answer("250 mail.example")

    def _read_message(self) -> None:
        self._answer("354 go on")
        lines = []
        while (line := self.rfile.readline()) not in (b".\r\n", b""):
            lines.append(line.removeprefix(b"."))
        self.box.messages.append(message_from_bytes(b"".join(lines), policy=default))
        self._answer("250 kept")

    def _answer(self, line: str) -> None:
        self.wfile.write(f"{line}\r\n".encode())


@contextmanager
def mail_server(*, refuse: bool = False, wait: float = 0.0) -> Iterator[MailServer]:
    """Run a mail server on a free port of loopback."""
    box = MailServer(refuse=refuse, wait=wait)
    handler = type("Conversation", (_Conversation,), {"box": box})
    with socketserver.ThreadingTCPServer(("127.0.0.1", 0), handler) as server:
        server.daemon_threads = True
        server.block_on_close = False
        box.port = server.server_address[1]
        thread = threading.Thread(target=server.serve_forever, args=(0.05,), daemon=True)
        thread.start()
        try:
            yield box
        finally:
            server.shutdown()
            thread.join()
