"""What may be written to a log: where in the code it went wrong, never what a visitor typed or who asked.

A message of an exception may quote the question, and a path may hold typed words, so neither is written:
the route and the frames say enough to mend a fault.
"""

import logging
import traceback
from types import TracebackType
from typing import Any


class PrivateFormatter(logging.Formatter):
    """Level, logger, and for requests the route and status in place of the message."""

    def __init__(self) -> None:
        super().__init__("%(levelname)s %(name)s %(message)s")

    def format(self, record: logging.LogRecord) -> str:
        if record.name.startswith(("django.request", "django.security", "django.server")):
            record = _without_request(record)
        return super().format(record)

    def formatException(self, ei: Any) -> str:  # noqa: N802
        return _frames(ei[0], ei[2])


def _without_request(record: logging.LogRecord) -> logging.LogRecord:
    request = getattr(record, "request", None)
    match = getattr(request, "resolver_match", None)
    route = match.route if match else "(no route)"
    clean = logging.makeLogRecord(record.__dict__)
    clean.msg = f"{getattr(record, 'status_code', '-')} at /{route}"
    clean.args = ()
    clean.exc_text = None
    return clean


def _frames(kind: type[BaseException] | None, trace: TracebackType | None) -> str:
    lines = [
        f"  {frame.filename}:{frame.lineno} in {frame.name}"
        for frame in traceback.extract_tb(trace, limit=-20)
    ]
    return "\n".join([*lines, f"  {kind.__name__ if kind else 'unknown'} (its message is not kept)"])
