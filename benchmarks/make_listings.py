"""`python -m benchmarks.make_listings N --seed S` adds about N synthetic listings to the database.

Their organizations' names begin "Made-up", and what is there already stays. Another seed adds others.
"""

from __future__ import annotations

import argparse
import os
import sys
from collections.abc import Sequence

import django


def main(arguments: Sequence[str] | None = None) -> None:
    """Ends the process with one sentence where nothing could be made. Django is set up already."""
    options = _parser().parse_args(arguments)
    from django.utils import timezone

    from benchmarks.making import MakingRefused, make_listings
    from resources.management.progress import progress_bar
    from resources.models.analyze import analyze_tables

    try:
        with progress_bar(sys.stdout, "Listings") as progress:
            made = make_listings(
                number=options.number, seed=options.seed, at=timezone.now(), progress=progress
            )
    except MakingRefused as refused:
        sys.exit(str(refused))
    analyze_tables()
    print(f"Generated {made.listings:,} listings for {made.services:,} services (seed {options.seed}).")


def _parser() -> argparse.ArgumentParser:
    parser = argparse.ArgumentParser(prog="python -m benchmarks.make_listings", description=__doc__)
    parser.add_argument("number", type=int, metavar="N", help="how many listings")
    parser.add_argument("--seed", type=int, default=1, metavar="S", help="random seed")
    return parser


if __name__ == "__main__":
    os.environ.setdefault("DJANGO_SETTINGS_MODULE", "directory.settings")
    django.setup()
    main()
