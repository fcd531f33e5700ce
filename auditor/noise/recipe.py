"""What damage is asked for, and the chances that decide it."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass
from enum import StrEnum
from hashlib import sha256
from random import Random

from auditor.errors import UsageError

MOST = 0.5
"""Largest share; beyond it nothing of a call is left to judge."""


class Kind(StrEnum):
    """What telephone recognisers do to a text.

    The first five spend the share; the others go along with it and change no character that
    counts (``invention`` and ``invented_turn`` are paid from the share too).
    """

    SAME = "same"
    """A word becomes another of equal sound: 核实, 何时."""
    NEAR = "near"
    """A word becomes one of near sound or other tone: 分期, 分歧."""
    DROP = "drop"
    """A character is lost."""
    DOUBLE = "double"
    """A character or short word is written twice."""
    DIGITS = "digits"
    """Spoken numbers become digits, digits become spoken numbers."""
    PUNCTUATION = "punctuation"
    """Marks are lost or changed, in some calls all of them."""
    SCRIPT = "script"
    """The whole text of some calls is in traditional characters."""
    SPEAKER = "speaker"
    """A short turn is given to the other side or to nobody."""
    INVENTION = "invention"
    """A subtitle credit hangs on what somebody said."""
    INVENTED_TURN = "invented_turn"
    """A subtitle credit is a turn of its own."""
    SPLIT = "split"
    """A turn is cut into two."""
    MERGE = "merge"
    """Two turns become one."""


ALL_KINDS = frozenset(Kind)
STRUCTURAL = frozenset({Kind.SPLIT, Kind.MERGE, Kind.INVENTED_TURN})
"""Kinds that change the number of turns."""

IN_PLACE = ALL_KINDS - STRUCTURAL
"""Kinds that leave every turn where it is."""


@dataclass(frozen=True, slots=True)
class Recipe:
    """How much damage of which kinds.

    Args:
        share: Expected share of characters (hanzi and digits) damaged, 0 to 0.5.
        seed: Another seed, other damage.
        kinds: Which kinds of damage.

    Raises:
        UsageError: The share is out of range.
    """

    share: float
    seed: int
    kinds: frozenset[Kind] = ALL_KINDS

    def __post_init__(self) -> None:
        if not 0 <= self.share <= MOST:
            raise UsageError(f"the share of damaged characters must lie between 0 and {MOST}")

    def chances(self, call_id: str, stage: str) -> Callable[[], float]:
        """Return a source of uniform numbers below 1 for one stage of one call.

        It depends on seed, call and stage only, so neither the order of the calls nor a kind
        left out changes what the others do.
        """
        digest = sha256(f"{self.seed}\0{stage}\0{call_id}".encode(errors="surrogatepass")).digest()
        return Random(int.from_bytes(digest)).random
