"""Whose a moment of a training is: its owner's, within what the base asks."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

NOT_SAID = "NOASSERTION"  # SPDX's word for a licence that nobody has given
FREE = frozenset({"CC0-1.0", "Unlicense", "0BSD", "MIT-0"})  # these ask nothing of what is made with them
FROM_NOTHING = "Trained from nothing on your own photographs; who may use it is for you to say."
FROM_FREE = "Learnt from your own photographs, on a base that is free for any use; who may use it is for you to say."
FROM_BOUND = "Learnt from your own photographs. Its base asks: "


def rights(base: Mapping[str, Any] | None) -> dict[str, str]:
    """Give the `licence` of what is learnt: `base` is the base's own, None for a training from nothing.

    A base that asks for something is heard down the whole line of its descendants.
    """
    if base is None:
        return {"spdx": NOT_SAID, "terms": FROM_NOTHING}
    spdx, terms = str(base.get("spdx") or NOT_SAID), str(base.get("terms") or "")
    if spdx in FREE:
        return {"spdx": NOT_SAID, "terms": FROM_FREE}
    if spdx == NOT_SAID and not terms:
        return {"spdx": NOT_SAID, "terms": f"{FROM_BOUND}nobody has said what; ask whoever made it."}
    own = terms in (FROM_NOTHING, FROM_FREE) or terms.startswith(FROM_BOUND)
    return {"spdx": spdx, "terms": terms if own else f"{FROM_BOUND}{terms or spdx}"}
