"""Shape a head: mix the mesh's targets for age, sex, family and build, then features and an expression."""

from collections import defaultdict
from collections.abc import Mapping

import numpy as np

from demo.faces.mesh import Floats, Head
from demo.faces.person import FAMILIES, Person

# Largest strength by region; above these, noses and jaws leave what faces look like.
REGION_STRENGTH = {
    "asym": 0.15,
    "cheek": 0.45,
    "chin": 0.35,
    "ears": 0.35,
    "eyebrows": 0.4,
    "eyes": 0.4,
    "forehead": 0.35,
    "head": 0.3,
    "mouth": 0.4,
    "neck": 0.2,
    "nose": 0.36,
}
FEATURE_SHARE = 0.35  # how many of the feature targets take part in a head
DROPPED = ("pointed", "head-trans", "neck-trans", "breast", "trunk")


def deform(head: Head, strengths: Mapping[str, float]) -> Floats:
    """Apply targets by strength; gives the vertices `[V, 3]`."""
    vertices = head.vertices.copy()
    for name, strength in strengths.items():
        if strength > 1e-4 and name in head.targets:
            target = head.targets[name]
            vertices[target.indices] += np.float32(strength) * target.offsets
    return vertices


def draw_strengths(head: Head, person: Person, rng: np.random.Generator) -> dict[str, float]:
    """Draw the strength of every target that takes part in this person's head."""
    return _build(person) | _features(head, rng) | _expression(rng)


def _split(share: float, names: tuple[str, str, str]) -> dict[str, float]:
    """Weigh three shapes along one axis: `share` 0 is all the first, .5 the middle one, 1 the last."""
    low, middle, high = names
    return {low: max(0.0, 1 - 2 * share), middle: 1 - abs(2 * share - 1), high: max(0.0, 2 * share - 1)}


def _build(person: Person) -> dict[str, float]:
    muscles = _split(person.muscle, ("minmuscle", "averagemuscle", "maxmuscle"))
    weights = _split(person.weight, ("minweight", "averageweight", "maxweight"))
    ages = {"child": person.child, "young": person.young, "old": person.old}
    strengths = {}
    for sex, sex_share in (("male", person.masculinity), ("female", 1 - person.masculinity)):
        for age, age_share in ages.items():
            for family, share in zip(FAMILIES, person.families, strict=True):
                strengths[f"macrodetails/{family}-{sex}-{age}"] = share * sex_share * age_share
            for muscle, muscle_share in muscles.items():
                for weight, weight_share in weights.items():
                    name = f"macrodetails/universal-{sex}-{age}-{muscle}-{weight}"
                    strengths[name] = sex_share * age_share * muscle_share * weight_share
    return strengths


def feature_groups(head: Head) -> dict[str, list[str]]:
    """Group the feature targets so that left and right move together: key without side -> target names."""
    groups = defaultdict(list)
    for name in sorted(head.targets):
        region, _, own = name.partition("/")
        if region in REGION_STRENGTH and not any(word in own for word in DROPPED):
            groups[f"{region}/{own[2:] if own[:2] in ('l-', 'r-') else own}"].append(name)
    return dict(groups)


def _features(head: Head, rng: np.random.Generator) -> dict[str, float]:
    strengths = {}
    for group, names in feature_groups(head).items():
        if rng.random() >= FEATURE_SHARE:
            continue
        limit = REGION_STRENGTH[group.partition("/")[0]]
        limit *= 0.5 if "-trans-" in group else 1.0
        strength = min(abs(rng.normal(0, limit * 0.6)), limit)
        for name in names:
            strengths[name] = strength * (1 + 0.1 * rng.normal())
    # Wider eyes than the mesh's own: at 64 pixels an eye is five pixels wide and must still show its white.
    opening = rng.uniform(0.45, 0.9)
    for side in "lr":
        for own, share in (("eye-height2-incr", 0.9), ("eye-scale-incr", 1.3)):
            name = f"eyes/{side}-{own}"
            strengths[name] = strengths.get(name, 0.0) + share * opening
    # The mesh's own neck is long and its jaw square.
    strengths["neck/measure-neck-height-decr"] = rng.uniform(0.2, 0.7)
    strengths["head/head-oval"] = strengths.get("head/head-oval", 0.0) + rng.uniform(0.1, 0.55)
    return strengths


def _expression(rng: np.random.Generator) -> dict[str, float]:
    units: dict[str, float] = {}

    def both(name: str, strength: float) -> None:
        for side in ("Left", "Right"):
            units[f"faceunits/{name}{side}"] = strength * (1 + 0.1 * rng.normal())

    kind, force = rng.random(), float(rng.random())
    if kind < 0.24:  # lips closed
        both("mouthSmile", 0.3 + 0.5 * force)
        both("cheekSquint", 0.2 * force)
    elif kind < 0.56:  # teeth show
        both("mouthSmile", 0.55 + 0.35 * force)
        both("cheekSquint", 0.3 * force)
        both("mouthUpperUp", 0.3 + 0.25 * force)
        both("mouthLowerDown", 0.2 + 0.3 * force)
        units["faceunits/jawOpen"] = 0.04 + 0.08 * force
    elif kind < 0.63:  # a laugh
        both("mouthSmile", 0.7 + 0.25 * force)
        both("cheekSquint", 0.4)
        both("eyeSquint", 0.1)
        both("mouthUpperUp", 0.45)
        units["faceunits/jawOpen"] = 0.2 + 0.15 * force
    elif kind < 0.68:
        both("mouthFrown", 0.35 * force)
        both("browDown", 0.3 * force)
    elif kind < 0.74:
        units["faceunits/jawOpen"] = 0.12 * force
        units["faceunits/browInnerUp"] = 0.4 * rng.random()
    both("eyeWide", 0.2 + 0.4 * rng.random())
    if rng.random() < 0.15:
        both("browOuterUp", 0.6 * rng.random())
    return units
