"""Beards, as shares of hair on the skin in undeformed coordinates; soft at every edge."""

import numpy as np

from demo.faces.field import noise, ramp
from demo.faces.mesh import Floats
from demo.faces.person import Person

# Kinds and how often they are worn.
SHARES = {"shaved": 0.3, "shadow": 0.2, "stubble": 0.2, "moustache": 0.05, "full": 0.17, "goatee": 0.08}
# Upper edge of a full beard: y by |x|, from below the mouth up to the sideburn.
EDGE_X = (0.0, 0.16, 0.32, 0.48, 0.62, 0.78)
EDGE_Y = (6.46, 6.50, 6.72, 6.72, 6.86, 7.25)


def beard(rest: Floats, person: Person, rng: np.random.Generator) -> Floats:
    """Give the share of beard at undeformed points `[P, 3]`, 0..1; nothing for women's and children's faces."""
    if person.masculinity < 0.6 or person.child > 0:
        return np.zeros(len(rest), np.float32)
    kind = str(rng.choice(list(SHARES), p=list(SHARES.values())))
    x, y, z = rest.T
    side = np.abs(x)
    front = ramp(z + 0.25 * side, 0.62, 0.98)
    jaw = ramp(np.interp(side, EDGE_X, EDGE_Y) - y, -0.08, 0.16) * ramp(y, 6.02, 6.32) * front
    upper_lip = np.exp(-(((y - 6.775) / 0.06) ** 2)) * ramp(side, 0.36, 0.2) * ramp(z, 0.9, 1.2)
    corners = np.exp(-(((side - 0.27) / 0.07) ** 2) - ((y - 6.62) / 0.14) ** 2) * front
    chin = np.exp(-((side / 0.24) ** 2)) * ramp(y, 6.50, 6.42) * ramp(y, 6.08, 6.28) * front
    full = np.maximum.reduce([jaw, upper_lip, corners])
    share = {
        "shaved": 0.03 * full,
        "shadow": 0.14 * full,
        "stubble": 0.4 * full,
        "moustache": 0.8 * upper_lip,
        "full": 0.88 * full,
        "goatee": 0.82 * np.maximum.reduce([upper_lip, chin, 0.8 * corners]),
    }[kind]
    grain = np.clip(0.95 + 0.07 * noise(128, x * 1.1, y * 0.6), 0, 1)
    grown: Floats = (share * grain).astype(np.float32)
    return grown
