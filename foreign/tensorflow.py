"""Files of NVIDIA's first StyleGAN2, for TensorFlow: named variables, renamed and turned one by one."""

from __future__ import annotations

import re
from collections.abc import Callable
from typing import Any

import numpy as np
from numpy.typing import NDArray

from foreign.errors import Refused, damaged, shown
from foreign.found import (
    NO_MEAN,
    OTHER_NETWORK,
    Found,
    Tensors,
    channels,
    depth,
    fits,
    float32,
    learnt_at,
    resolutions_of,
    widths,
)
from foreign.pickles import Call
from foreign.tensors import ARRAY_NAMES, array_of, number_of

NETWORK = "dnnlib.tflib.network.Network"
NAMES = ARRAY_NAMES | {NETWORK, "dnnlib.util.EasyDict"}
OLDEST = 4  # version of a network; before, they were StyleGAN1 and ProGAN
KNOWN = {  # settings -> what they are where they are absent
    "latent_size": 512,
    "label_size": 0,
    "dlatent_size": 512,
    "resolution": 1024,
    "num_channels": 3,
    "mapping_layers": None,
    "mapping_lrmul": None,
    "mapping_fmaps": None,
    "label_fmaps": None,
    "fmap_base": 16384,
    "fmap_max": 512,
    "num_fp16_res": 0,
    "conv_clamp": None,
    "architecture": None,
    "mbstd_group_size": None,
    "mbstd_num_features": 1,
    "nonlinearity": "lrelu",
    "mapping_nonlinearity": "lrelu",
    "resample_kernel": [1, 3, 3, 1],
    "use_noise": True,
    "w_avg_beta": 0.995,
}
IGNORED = {
    "truncation_psi",
    "truncation_cutoff",
    "style_mixing_prob",
    "structure",
    "freeze_layers",
    "dtype",
    "fmap_decay",
    "fmap_min",
    "randomize_noise",
}
Change = Callable[[NDArray[Any]], NDArray[Any]]


def _same(value: NDArray[Any]) -> NDArray[Any]:
    return value


def _turned(value: NDArray[Any]) -> NDArray[Any]:
    return value.transpose()


def _oihw(value: NDArray[Any]) -> NDArray[Any]:
    return value.transpose(3, 2, 0, 1)


def _flipped(value: NDArray[Any]) -> NDArray[Any]:
    return _oihw(value[::-1, ::-1])


def _first(value: NDArray[Any]) -> NDArray[Any]:
    return value.reshape(value.shape[1:]) if value.shape[:1] == (1,) else value


def _and_one(value: NDArray[Any]) -> NDArray[Any]:
    found: NDArray[Any] = value + 1
    return found


def _layer(found: str, name: str, weight: Change) -> list[tuple[str, str, Change]]:
    """A modulated layer: its own weight, and what all of them have."""
    return [
        (rf"{found}/weight", rf"{name}.weight", weight),
        (rf"{found}/(bias|noise_strength)", rf"{name}.\g<last>", _same),
        (rf"{found}/mod_weight", rf"{name}.affine.weight", _turned),
        (rf"{found}/mod_bias", rf"{name}.affine.bias", _and_one),
    ]


SIZE = r"(?P<r>\d+)x\d+"
GENERATOR: list[tuple[str, str, Change]] = [
    (r"dlatent_avg", "mapping.w_avg", _same),
    (r"mapping/LabelEmbed/weight", "mapping.embed.weight", _turned),
    (r"mapping/LabelEmbed/bias", "mapping.embed.bias", _same),
    (r"mapping/Dense(?P<i>\d+)/weight", r"mapping.fc\g<i>.weight", _turned),
    (r"mapping/Dense(?P<i>\d+)/bias", r"mapping.fc\g<i>.bias", _same),
    (r"synthesis/4x4/Const/const", "synthesis.b4.const", _first),
    *_layer("synthesis/4x4/Conv", "synthesis.b4.conv1", _oihw),
    *_layer(f"synthesis/{SIZE}/Conv0_up", r"synthesis.b\g<r>.conv0", _flipped),
    *_layer(f"synthesis/{SIZE}/Conv1", r"synthesis.b\g<r>.conv1", _oihw),
    *_layer(f"synthesis/{SIZE}/ToRGB", r"synthesis.b\g<r>.torgb", _oihw),
    (f"synthesis/{SIZE}/Skip/weight", r"synthesis.b\g<r>.skip.weight", _flipped),
]
DISCRIMINATOR: list[tuple[str, str, Change]] = [
    (r"LabelEmbed/weight", "mapping.embed.weight", _turned),
    (r"LabelEmbed/bias", "mapping.embed.bias", _same),
    (r"Mapping(?P<i>\d+)/weight", r"mapping.fc\g<i>.weight", _turned),
    (r"Mapping(?P<i>\d+)/bias", r"mapping.fc\g<i>.bias", _same),
    (r"4x4/Conv/weight", "b4.conv.weight", _oihw),
    (r"4x4/Dense0/weight", "b4.fc.weight", _turned),
    (r"Output/weight", "b4.out.weight", _turned),
    (r"4x4/Conv/bias", "b4.conv.bias", _same),
    (r"4x4/Dense0/bias", "b4.fc.bias", _same),
    (r"Output/bias", "b4.out.bias", _same),
    (f"{SIZE}/FromRGB/weight", r"b\g<r>.fromrgb.weight", _oihw),
    (f"{SIZE}/FromRGB/bias", r"b\g<r>.fromrgb.bias", _same),
    (f"{SIZE}/Conv0/weight", r"b\g<r>.conv0.weight", _oihw),
    (f"{SIZE}/Conv0/bias", r"b\g<r>.conv0.bias", _same),
    (f"{SIZE}/Conv1_down/weight", r"b\g<r>.conv1.weight", _oihw),
    (f"{SIZE}/Conv1_down/bias", r"b\g<r>.conv1.bias", _same),
    (f"{SIZE}/Skip/weight", r"b\g<r>.skip.weight", _oihw),
]


class Network:
    """A network of the file: its settings, and all its variables by name."""

    def __init__(self, value: Any) -> None:
        state = value.state if isinstance(value, Call) and value.name == NETWORK else None
        if not isinstance(state, dict) or not isinstance(state.get("static_kwargs"), dict):
            raise damaged("a network in it has no settings")
        self.settings = {str(name): number_of(given) for name, given in state["static_kwargs"].items()}
        self.version = state.get("version", 0)
        self.variables = dict(_variables(state, ""))
        self.parts = state.get("components") or {}
        for name, part in self.parts.items() if isinstance(self.parts, dict) else ():
            if isinstance(part, Call) and isinstance(part.state, dict):
                self.variables |= dict(_variables(part.state, f"{name}/"))

    def get(self, name: str) -> Any:
        """A setting, or what it is where it is absent."""
        found = self.settings.get(name)
        return KNOWN[name] if found is None else found


def _variables(state: dict[str, Any], prefix: str) -> list[tuple[str, NDArray[Any]]]:
    found = []
    for pair in state.get("variables") or []:
        array = array_of(pair[1]) if isinstance(pair, tuple) and len(pair) == 2 else None
        if array is None:
            raise damaged("a variable in it has no numbers")
        found.append((f"{prefix}{pair[0]}", array))
    return found


def read(root: tuple[Any, ...]) -> Found:
    """The averaged generator and the discriminator of a file (G, D, Gs).

    Raises: Refused.
    """
    G, D = Network(root[2]), Network(root[1])
    _check(G)
    notes: list[str] = []
    tensors, orig = _converted(G, GENERATOR, "synthesis/", "ToRGB", notes)
    tensors |= {name: tensors[name].reshape(()) for name in tensors if name.endswith("noise_strength")}
    sizes = resolutions_of(tensors, "synthesis.b")
    tensors |= _noise(G, sizes)
    found = widths(tensors, "synthesis.b{r}.conv1.weight", sizes)
    architecture = {
        "resolution": sizes[-1],
        "channels": G.get("num_channels"),
        "z_dim": G.get("latent_size"),
        "w_dim": G.get("dlatent_size"),
        "c_dim": G.get("label_size"),
        "mapping_layers": depth(tensors, "mapping."),
        **channels(found, sizes),
        "architecture_g": G.get("architecture") or ("orig" if orig else "skip"),
        "conv_clamp": G.get("conv_clamp"),
        "num_fp16_res": G.get("num_fp16_res"),
    }
    tensors = learnt_at(tensors, "mapping.", G.get("mapping_lrmul") or 0.01)
    if "mapping.w_avg" not in tensors:
        notes.append(NO_MEAN)
    judge = _discriminator(D, architecture, found, notes)
    return Found(
        origin="NVIDIA, TensorFlow",
        architecture=architecture,
        generator=float32(tensors),
        discriminator=judge,
        notes=notes,
        centred="mapping.w_avg" in tensors,
    )


def _check(net: Network) -> None:
    if not isinstance(net.version, int) or net.version < OLDEST or any("StyleMod" in name for name in net.variables):
        raise Refused("The file holds a StyleGAN1 or a ProGAN.", remedy=OTHER_NETWORK)
    if unknown := sorted(net.settings.keys() - KNOWN.keys() - IGNORED):
        raise Refused(f"Its network has a setting that is not known here: {unknown[0][:60]}.", remedy=OTHER_NETWORK)
    for name in ("nonlinearity", "mapping_nonlinearity"):
        if net.get(name) != "lrelu":
            raise Refused(
                f"Its layers have the activation {shown(net.get(name))}.", remedy="Only leaky ReLU can be used."
            )
    if net.get("resample_kernel") not in ([1, 3, 3, 1], (1, 3, 3, 1)):
        raise Refused("Its filter is another one than [1, 3, 3, 1].", remedy=OTHER_NETWORK)


def _converted(
    net: Network, rules: list[tuple[str, str, Change]], prefix: str, rgb: str, notes: list[str]
) -> tuple[Tensors, bool]:
    """All variables under their published names, and whether the network draws or looks at one size alone.

    Raises: Refused, if a variable has no place.
    """
    compiled = [(re.compile(pattern), name, change) for pattern, name, change in rules]
    found: Tensors = {}
    orig = False
    for variable, value in net.variables.items():
        name = variable
        if match := re.fullmatch(rf"{prefix}{rgb}_lod(\d+)/(.*)", variable):
            orig = True
            size = int(net.get("resolution")) >> int(match[1])
            name = f"{prefix}{size}x{size}/{rgb}/{match[2]}"
            if int(match[1]):
                continue  # of sizes that an "orig" network only drew while it grew
        if name.split("/")[-1] in ("lod", "pl_mean_var") or re.fullmatch(r"synthesis/noise\d+", name):
            continue
        for pattern, target, change in compiled:
            if match := pattern.fullmatch(name):
                named = target.replace(r"\g<last>", match.groups()[-1] if match.groups() else "")
                try:
                    found[match.expand(named)] = change(value)
                except (ValueError, IndexError) as error:
                    raise damaged(f"{variable} is {value.shape}") from error
                break
        else:
            raise Refused(f"Its variable {variable[:80]} has no place in a StyleGAN2.", remedy=OTHER_NETWORK)
    return found, orig


def _noise(net: Network, sizes: list[int]) -> Tensors:
    layers = ["b4.conv1", *(f"b{r}.conv{i}" for r in sizes[1:] for i in (0, 1))]
    found: Tensors = {}
    for i, layer in enumerate(layers):
        side = int(layer.split(".")[0][1:])
        value = net.variables.get(f"synthesis/noise{i}")
        name = f"synthesis.{layer}"
        found[f"{name}.noise_const"] = np.zeros((side, side)) if value is None else value.reshape(value.shape[-2:])
        if net.get("use_noise") is False:
            found[f"{name}.noise_strength"] = np.zeros(())
    return found


def _discriminator(D: Network, architecture: dict[str, Any], found: list[int], notes: list[str]) -> Tensors | None:
    _check(D)
    tensors, orig = _converted(D, DISCRIMINATOR, "", "FromRGB", notes)
    if not fits(tensors, found, notes):
        return None
    architecture |= {
        "architecture_d": D.get("architecture") or ("orig" if orig else "resnet"),
        "mbstd_group_size": D.get("mbstd_group_size"),
        "mbstd_channels": D.get("mbstd_num_features"),
    }
    if architecture["c_dim"]:
        architecture["mapping_layers_d"] = depth(tensors, "mapping.")
    return float32(learnt_at(tensors, "mapping.", D.get("mapping_lrmul") or 0.1))
