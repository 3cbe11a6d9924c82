"""Files of each published kind draw the pictures that their own programs draw."""

import argparse
import io
import json
from collections.abc import Callable
from dataclasses import fields
from typing import Any, TypeVar

import numpy as np
import pytest
import torch
from torch import nn

from foreign.errors import Refused
from foreign.found import Found, Tensors
from foreign.read import read
from gan.config import NetConfig
from gan.discriminator import Discriminator
from gan.generator import Generator
from tests.foreign import published
from tests.gan.golden import FOLDER, assert_close, part, vectors
from tests.gan.test_networks import DISCRIMINATORS, GENERATORS

Net = TypeVar("Net", bound=nn.Module)
FILES = {"nvidia_style": "pkl", "tf_style": "pkl", "rosinality_style": "pt"}


def content(name: str) -> bytes:
    return (FOLDER / f"{name}.{FILES[name]}").read_bytes()


def found_in(file: bytes) -> Found:
    return read(memoryview(file))


def filled(net: Net, given: Tensors) -> Net:
    """Every tensor used, none but the fixed filters missing."""
    tensors = {name: torch.from_numpy(value.copy()) for name, value in given.items()}
    left = net.load_state_dict(tensors, strict=False)
    assert left.unexpected_keys == []
    assert [name for name in left.missing_keys if not name.endswith("resample_filter")] == []
    return net


def networks(found: Found) -> tuple[Generator, Discriminator | None]:
    config = NetConfig(**found.architecture)
    G = filled(Generator(config), found.generator)
    return G, None if found.discriminator is None else filled(Discriminator(config), found.discriminator)


@torch.no_grad()
def draws_as_golden(found: Found, name: str, *, logits: bool = True) -> None:
    G, D = networks(found)
    golden = vectors(name)
    for psi, key in ((1, "psi1"), (0.7, "psi0p7")):
        image = G(golden["in.z"], truncation_psi=psi, noise_mode="const")
        assert_close(image, golden[f"out.img_{key}"], 1e-4, 1e-5, key)
    assert (D is not None) is logits
    if D is not None:
        assert_close(D(golden["out.img_psi1"]), golden["out.logits_of_img_psi1"], 1e-4, 1e-5, "logits")


@pytest.mark.parametrize("name", FILES)
def test_a_golden_file_draws_the_expected_pictures(name: str) -> None:
    found = found_in(content(name))
    draws_as_golden(found, name)
    assert found.notes == []
    assert found.centred


@pytest.mark.parametrize("name", ["nvidia_style", "tf_style"])
def test_weights_are_those_of_the_file_to_the_bit(name: str) -> None:
    found = found_in(content(name))
    golden = vectors(name)
    stored = {key: value for key, value in part(golden, "gema.").items() if not key.endswith("resample_filter")}
    assert found.generator.keys() == stored.keys()
    for key, value in stored.items():
        assert torch.equal(torch.from_numpy(found.generator[key].copy()), value), key
    assert found.discriminator is not None
    for key, value in part(golden, "d.").items():
        if not key.endswith("resample_filter"):
            assert torch.equal(torch.from_numpy(found.discriminator[key].copy()), value), key


def test_the_architecture_of_an_nvidia_file_is_read_from_it() -> None:
    told = json.loads((FOLDER / "nvidia_style.json").read_text())
    G, D = told["G"], told["D"]
    found = found_in(content("nvidia_style")).architecture
    config = NetConfig(**found)
    assert found.keys() <= {field.name for field in fields(NetConfig)}
    assert [config.width(r) for r in config.resolutions] == list(G["synthesis"]["channels_per_resolution"].values())
    assert {name: found[name] for name in ("z_dim", "c_dim", "w_dim", "resolution", "channels", "mapping_layers")} == {
        "z_dim": G["z_dim"],
        "c_dim": G["c_dim"],
        "w_dim": G["w_dim"],
        "resolution": G["img_resolution"],
        "channels": G["img_channels"],
        "mapping_layers": G["mapping"]["num_layers"],
    }
    for name in ("channel_base", "channel_max", "conv_clamp", "num_fp16_res"):
        assert found[name] == G["synthesis"][name], name
    assert (found["architecture_g"], found["architecture_d"]) == (G["synthesis"]["architecture"], D["architecture"])
    assert (found["mbstd_group_size"], found["mbstd_channels"]) == (D["mbstd_group_size"], D["mbstd_num_channels"])


def as_today(root: dict[str, Any]) -> None:
    """What a newer PyTorch adds to each module."""
    for name in ("G", "D", "G_ema"):
        for module in root[name].everywhere():
            module.meta["state"] |= {
                "_state_dict_pre_hooks": {},
                "_load_state_dict_post_hooks": {},
                "_is_full_backward_hook": None,
            }


def frozen(root: dict[str, Any]) -> None:
    """FreezeD: what did not learn lies among the buffers."""
    for module in root["D"].at("b32").everywhere():
        module.state["_buffers"] |= module.state["_parameters"]
        module.state["_parameters"].clear()


def without(*names: str) -> Callable[[dict[str, Any]], None]:
    return lambda root: root.update(dict.fromkeys(names))


def without_key(name: str) -> Callable[[dict[str, Any]], None]:
    return lambda root: root.pop(name, None)


def easy(root: dict[str, Any]) -> None:
    root["training_set_kwargs"] = published.EasyDict(root["training_set_kwargs"], resolution=np.int64(32))


VARIANTS: dict[str, Callable[[dict[str, Any]], None]] = {
    "hooks of a newer PyTorch": as_today,
    "frozen layers": frozen,
    "no word on the pictures": without("training_set_kwargs", "augment_pipe"),
    "an EasyDict": easy,
}


@pytest.mark.parametrize("protocol", [2, 3, 4, 5])
def test_an_nvidia_file_of_any_protocol(protocol: int) -> None:
    file = published.pickled(published.unpickled(content("nvidia_style")), protocol=protocol)
    assert b"numpy._core" in file or protocol == 4 or b"numpy" not in file
    draws_as_golden(found_in(file), "nvidia_style")


@pytest.mark.parametrize("variant", VARIANTS)
def test_an_nvidia_file_with(variant: str) -> None:
    root = published.unpickled(content("nvidia_style"))
    VARIANTS[variant](root)
    draws_as_golden(found_in(published.pickled(root)), "nvidia_style")


@pytest.mark.parametrize("change", [without("D"), without_key("D"), without("D", "G"), without_key("G")])
def test_an_nvidia_file_without_some_networks(change: Callable[[dict[str, Any]], None]) -> None:
    root = published.unpickled(content("nvidia_style"))
    change(root)
    draws_as_golden(found_in(published.pickled(root)), "nvidia_style", logits=root.get("D") is not None)


@torch.no_grad()
def test_an_nvidia_file_without_an_average() -> None:
    root = published.unpickled(content("nvidia_style"))
    del root["G_ema"]
    found = found_in(published.pickled(root))
    assert len(found.notes) == 1
    golden = vectors("nvidia_style")
    image = networks(found)[0](golden["in.z"], noise_mode="const")
    assert_close(image, golden["out.img_from_G"], 1e-4, 1e-5)


@pytest.mark.parametrize("name", GENERATORS)
@torch.no_grad()
def test_an_nvidia_file_of_each_architecture_of_generators(name: str) -> None:
    golden = vectors(name)
    G = Generator(GENERATORS[name])
    G.load_state_dict(part(golden, "g."))
    found = found_in(published.pickled(published.nvidia(G, None)))
    read_G, _ = networks(found)
    c = golden.get("in.c")
    for psi, key in ((1, "psi1"), (0.7, "psi0p7")):
        image = read_G(golden["in.z"], c, truncation_psi=psi, noise_mode="const")
        assert_close(image, golden[f"out.img.{key}.const"], 1e-4, 1e-5, key)


@pytest.mark.parametrize("name", DISCRIMINATORS)
@torch.no_grad()
def test_an_nvidia_file_of_each_architecture_of_discriminators(name: str) -> None:
    golden = vectors(name)
    D = Discriminator(DISCRIMINATORS[name])
    D.load_state_dict(part(golden, "d."))
    found = found_in(published.pickled(published.nvidia(Generator(DISCRIMINATORS[name]), D)))
    _, read_D = networks(found)
    assert read_D is not None
    assert_close(read_D(golden["in.img"], golden.get("in.c")), golden["out.logits"], 1e-5, 1e-5)


def loaded() -> dict[str, Any]:
    root: dict[str, Any] = torch.load(io.BytesIO(content("rosinality_style")), weights_only=True)
    return root


def test_a_rosinality_checkpoint_in_the_older_format() -> None:
    draws_as_golden(found_in(published.checkpoint(loaded(), zipped=False)), "rosinality_style")


@pytest.mark.parametrize("zipped", [True, False])
def test_a_rosinality_checkpoint_with_the_arguments_of_its_training(zipped: bool) -> None:
    root = loaded() | {"args": argparse.Namespace(path="lsun", size=32, lr=0.002, channel_multiplier=2, wandb=False)}
    draws_as_golden(found_in(published.checkpoint(root, zipped=zipped)), "rosinality_style")


def test_a_rosinality_checkpoint_of_data_parallel_networks() -> None:
    root = loaded()
    for name in ("g", "d", "g_ema"):
        root[name] = {f"module.{key}": value for key, value in root[name].items()}
    draws_as_golden(found_in(published.checkpoint(root)), "rosinality_style")


@pytest.mark.parametrize("left", [("g_ema", "latent_avg"), ("g_ema", "g", "latent_avg")])
def test_a_rosinality_checkpoint_without_a_discriminator(left: tuple[str, ...]) -> None:
    root = {name: value for name, value in loaded().items() if name in left}
    draws_as_golden(found_in(published.checkpoint(root)), "rosinality_style", logits=False)


@torch.no_grad()
def test_a_rosinality_checkpoint_without_a_mean_w_is_to_be_centred() -> None:
    root = loaded()
    del root["latent_avg"]
    found = found_in(published.checkpoint(root))
    assert not found.centred
    assert len(found.notes) == 1
    assert "mapping.w_avg" not in found.generator


def test_a_rosinality_checkpoint_with_optimisers() -> None:
    root = loaded()
    D = torch.nn.Linear(3, 3)
    optimizer = torch.optim.Adam(D.parameters())
    D(torch.ones(1, 3)).sum().backward()
    optimizer.step()
    root["g_optim"] = root["d_optim"] = optimizer.state_dict()
    draws_as_golden(found_in(published.checkpoint(root)), "rosinality_style")


@pytest.mark.parametrize("name", ["nvidia_style", "rosinality_style"])
def test_half_precision_and_double_come_as_float32(name: str) -> None:
    if name == "rosinality_style":
        root = loaded()
        root["g_ema"] = {key: value.half() for key, value in root["g_ema"].items()}
        found = found_in(published.checkpoint(root))
    else:
        root = published.unpickled(content("nvidia_style"))
        for module in root["G_ema"].everywhere():
            for values in (module.state["_parameters"], module.state["_buffers"]):
                values |= {key: value.double() for key, value in values.items() if value is not None}
        found = found_in(published.pickled(root))
    assert {value.dtype for value in found.generator.values()} == {np.dtype(np.float32)}
    networks(found)


@pytest.mark.parametrize("name", FILES)
@pytest.mark.parametrize("share", [0.05, 0.3, 0.6, 0.9, 0.999])
def test_a_file_that_is_cut_off_says_so(name: str, share: float) -> None:
    file = content(name)
    with pytest.raises(Refused, match=r"ends too early|damaged"):
        found_in(file[: int(len(file) * share)])
