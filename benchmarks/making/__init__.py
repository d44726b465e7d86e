"""Records that nobody gave: made up for tests and benchmarks, and marked so that nobody takes them for real.

Every organization's name begins "Made-up ", every service has a source record of the source "made", every
address ends in `.example` and every telephone number is one that the regulators keep for fiction.
"""

from benchmarks.making.catalogue import SOURCE_SLUG, Made, make_listings
from benchmarks.making.places import MakingRefused

__all__ = ["SOURCE_SLUG", "Made", "MakingRefused", "make_listings"]
