"""A part of all households, about which a rule says the same."""

from __future__ import annotations

from dataclasses import dataclass

from resources.fees.household import EVERYBODY, Bounds


@dataclass(frozen=True)
class Tier:
    """`tried` is for whom it is looked at, after the tiers before it; `meant` is for whom it then is.

    `rule` says what the rule asks here, `promise` what it grants everybody; `headline` and `unknown` are said
    where no band of the service's own holds. `leaves_it_to_bands`: such a band is then all there is to say.
    `asks_the_full_fee` and `is_for_the_center_to_say` tell which stated prices are meant without one.
    """

    tried: Bounds = EVERYBODY
    meant: Bounds = EVERYBODY
    rule: str = ""
    promise: str = ""
    headline: str = ""
    unknown: str = ""
    leaves_it_to_bands: bool = True
    asks_the_full_fee: bool = False
    is_for_the_center_to_say: bool = False
