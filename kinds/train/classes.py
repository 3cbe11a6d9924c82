"""What a training tells apart: the labels of its archive beside those that its base knows."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import Any


@dataclass(frozen=True, kw_only=True, slots=True)
class Classes:
    """The networks' labels: `names` of all of them, and the number of each label of the archive."""

    names: Sequence[str]
    numbers: Sequence[int]

    @classmethod
    def of(cls, labels: Sequence[str], base: Mapping[str, Any] | None) -> Classes:
        """Give each label of the archive the number that the base knows it by; what it does not know comes after.

        `base` is its model.json. Of one that says no names, the first labels are learnt anew, each as it comes.
        """
        known = int((base or {}).get("architecture", {}).get("c_dim", 0))
        names = list((base or {}).get("labels") or ())[:known]
        if not names:
            unnamed = [str(number) for number in range(len(labels), known)]
            return cls(names=[*labels, *unnamed], numbers=range(len(labels)))
        names += [str(number) for number in range(len(names), known)]
        names += [label for label in labels if label not in names]
        return cls(names=names, numbers=[names.index(label) for label in labels])
