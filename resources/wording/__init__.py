"""How a record is said aloud. Pure: no database, no clock, no request."""

from resources.wording.names import (
    KM_PER_MILE,
    MILE_COUNTRIES,
    assured,
    country_name,
    distance,
    found_lately,
    is_language_tag,
    joined,
    language_name,
    one_after_another,
    the_country,
    within_a_sentence,
)
from resources.wording.prices import (
    band,
    cost_phrase,
    cost_range,
    discount,
    joining_fee,
    money_name,
    money_of_hundredths,
)
from resources.wording.times import (
    clock,
    meeting,
    schedule,
    weekday_and_clock,
    zone_name,
)

__all__ = [
    "KM_PER_MILE",
    "MILE_COUNTRIES",
    "assured",
    "band",
    "clock",
    "cost_phrase",
    "cost_range",
    "country_name",
    "discount",
    "distance",
    "found_lately",
    "is_language_tag",
    "joined",
    "joining_fee",
    "language_name",
    "meeting",
    "money_name",
    "money_of_hundredths",
    "one_after_another",
    "schedule",
    "the_country",
    "weekday_and_clock",
    "within_a_sentence",
    "zone_name",
]
