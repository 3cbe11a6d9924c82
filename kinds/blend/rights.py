"""Whose a blend is: what both of its parents ask follows it."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

from kinds.train.rights import FREE, FROM_FREE, FROM_NOTHING, NOT_SAID

NOBODY = "nobody has said what it asks; ask whoever made it."
OF_BOTH = "Blended of two models, and asks what each of them asks: "
MOST_SPDX = 200


def rights_of_both(one: Mapping[str, Any], other: Mapping[str, Any]) -> dict[str, str]:
    """Give the `licence` of a blend from those of its parents; what asks for nothing adds nothing."""
    mine, theirs = _plain(one), _plain(other)
    if mine == theirs:
        return mine
    bound = [each for each in (mine, theirs) if not _is_free(each)]
    if not bound:
        # Of two that are free for any use either may be said; what was learnt from one's own photographs is one's own.
        own = [each for each in (mine, theirs) if each["spdx"] == NOT_SAID]
        return {"spdx": NOT_SAID, "terms": FROM_FREE} if own else mine
    if len(bound) == 1:
        return bound[0]
    return {"spdx": _both_spdx(mine["spdx"], theirs["spdx"]), "terms": f"{OF_BOTH}{_said(mine)} And: {_said(theirs)}"}


def _plain(licence: Mapping[str, Any]) -> dict[str, str]:
    return {"spdx": str(licence.get("spdx") or NOT_SAID), "terms": str(licence.get("terms") or "")}


def _is_free(licence: Mapping[str, str]) -> bool:
    own = licence["spdx"] == NOT_SAID and licence["terms"] in (FROM_NOTHING, FROM_FREE)
    return licence["spdx"] in FREE or own


def _said(licence: Mapping[str, str]) -> str:
    words = licence["terms"].removeprefix(OF_BOTH) or (NOBODY if licence["spdx"] == NOT_SAID else licence["spdx"])
    return words if words.endswith(".") else f"{words}."


def _both_spdx(mine: str, theirs: str) -> str:
    """Join two expressions; SPDX has no way to join one with nobody's word."""
    if NOT_SAID in (mine, theirs):
        return NOT_SAID
    parts = list(dict.fromkeys((mine, theirs)))
    joined = " AND ".join(f"({part})" if " " in part and len(parts) > 1 else part for part in parts)
    return joined if len(joined) <= MOST_SPDX else NOT_SAID
