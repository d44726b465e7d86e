"""What goes into the image, and that the trial follows every instruction of Containerfile."""

from __future__ import annotations

from tests.trial.image import DebianRoot, find_left_out, read_instructions
from tests.trial.product import ROOT

SECRETS = {".env", "var", ".git"}


def test_every_instruction_is_one_that_the_trial_follows() -> None:
    names = [name for name, _words in read_instructions((ROOT / "Containerfile").read_text())]
    assert names[0] == "FROM"
    assert {"COPY", "RUN", "USER", "CMD"} <= set(names)
    assert [name for name in names if not callable(getattr(DebianRoot, name, None))] == []


def test_continued_lines_and_comments_are_read() -> None:
    text = "# One\nRUN make \\\n    && make install\n\n# Two\nUSER nobody\n"
    assert list(read_instructions(text)) == [("RUN", "make && make install"), ("USER", "nobody")]


def test_no_image_holds_data_secrets_or_what_tools_leave() -> None:
    """Docker and Podman both read .dockerignore; `.env` has the passwords of compose."""
    ignored_by_git = [line.strip("/") for line in (ROOT / ".gitignore").read_text().splitlines()]
    folders = {line for line in ignored_by_git if line and line[0] != "#" and "*" not in line}
    names = SECRETS | folders - {".coverage", "uv.lock"}
    assert find_left_out(ROOT, sorted(names)) == names
    assert find_left_out(ROOT / "resources", ["__pycache__", "models"]) == {"__pycache__"}
    assert find_left_out(ROOT, ["manage.py", "resources", "bin", "docs"]) == set()
