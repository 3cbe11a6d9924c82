"""A model as ONNX draws what PyTorch draws, whatever its architecture."""

from dataclasses import replace
from typing import Any

import numpy as np
import onnx
import onnxruntime
import pytest
import torch
from numpy.typing import NDArray

from gan.config import NetConfig
from gan.generate import to_uint8
from gan.generator import Generator
from kinds.export import graph
from kinds.export.weights import halved, lightest

SMALL = NetConfig(resolution=32, channel_base=512, channel_max=24, z_dim=16, w_dim=24, mapping_layers=2)
NETWORKS = {
    "skip": SMALL,
    "resnet": replace(SMALL, architecture_g="resnet"),
    "orig": replace(SMALL, architecture_g="orig"),
    "grey": replace(SMALL, channels=1),
    "of labels": replace(SMALL, c_dim=3),
    "clamped": replace(SMALL, architecture_g="resnet", conv_clamp=0.8),
    "of widths": replace(SMALL, widths=(24, 20, 12, 6)),
    "small": replace(SMALL, resolution=8),
    "as large as most": NetConfig(resolution=128, channel_base=4096, channel_max=64),
}


def network(config: NetConfig) -> Generator:
    """A network of random weights whose every part does something."""
    with torch.random.fork_rng(), torch.no_grad():
        torch.manual_seed(3)
        G = Generator(config).eval()
        for name, value in G.named_parameters():
            if name.endswith("noise_strength"):
                value.fill_(0.2)
            elif name.endswith("bias") and "affine" not in name:
                value.normal_(0, 0.2)
        G.mapping.w_avg.normal_(0, 0.3)
    return G.requires_grad_(False)


def tensors(G: Generator) -> dict[str, NDArray[Any]]:
    return {name: value.numpy() for name, value in G.state_dict().items()}


def session(model: onnx.ModelProto) -> onnxruntime.InferenceSession:
    onnx.checker.check_model(model, full_check=True)
    how = onnxruntime.SessionOptions()
    how.intra_op_num_threads, how.log_severity_level = 1, 3
    return onnxruntime.InferenceSession(model.SerializeToString(), how)


def off(G: Generator, held: graph.Tensors) -> int:
    """The most that a level differs of several pictures, between PyTorch and what was written of `held`."""
    config = G.config
    mapping, synthesis = session(graph.mapping(config, held)), session(graph.synthesis(config, held))
    worst = 0
    for seed, psi, noise in [(0, 0.7, 1.0), (1, 1.0, 0.0), (2, 0.0, 1.0)]:
        z = np.random.RandomState(seed).randn(1, config.z_dim).astype(np.float32)
        given = {"z": z, "psi": np.array([psi], np.float32)}
        label = np.eye(config.c_dim, dtype=np.float32)[[seed]] if config.c_dim else None
        if label is not None:
            given["label"] = label
        (w,) = mapping.run(None, given)
        ws = np.repeat(w[:, None], config.num_ws, axis=1)
        (drawn,) = synthesis.run(None, {"ws": ws, "noise": np.array([noise], np.float32)})
        mode = "const" if noise else "none"
        c = None if label is None else torch.from_numpy(label)
        wanted = to_uint8(G(torch.from_numpy(z), c, truncation_psi=psi, noise_mode=mode)[0])
        worst = max(worst, int(np.abs(wanted.astype(int) - drawn[0].astype(int)).max()))
    return worst


@pytest.mark.parametrize("name", NETWORKS)
def test_what_is_written_draws_the_same(name: str) -> None:
    G = network(NETWORKS[name])
    assert off(G, tensors(G)) <= 1


@pytest.mark.parametrize("name", ["skip", "resnet"])
def test_half_precision_is_taken_where_nobody_sees_it(name: str) -> None:
    G = network(NETWORKS[name])
    held = lightest(G.config, G, tensors(G))
    assert off(G, held) <= 2
    kept = graph.synthesis(G.config, halved(held)).ByteSize()
    assert kept <= 0.6 * graph.synthesis(G.config, tensors(G)).ByteSize()


def test_half_precision_is_not_taken_where_it_shows() -> None:
    """Large weights that all but cancel each other: rounded, they draw another picture."""
    G = network(SMALL)
    with torch.no_grad():
        torgb = G.synthesis.block(32).torgb
        assert torgb is not None
        torgb.weight.add_(2000.0)
        torgb.bias.sub_(3.0)
    held = lightest(SMALL, G, tensors(G))
    assert held["synthesis.b32.torgb.weight"].dtype == np.float32


def test_several_pictures_are_drawn_at_once_as_one_by_one() -> None:
    G = network(SMALL)
    synthesis = session(graph.synthesis(SMALL, tensors(G)))
    ws = np.random.RandomState(0).randn(3, SMALL.num_ws, SMALL.w_dim).astype(np.float32)
    noise = np.ones(1, np.float32)
    (together,) = synthesis.run(None, {"ws": ws, "noise": noise})
    for number, picture in enumerate(together):
        (alone,) = synthesis.run(None, {"ws": ws[[number]], "noise": noise})
        assert np.abs(alone[0].astype(int) - picture.astype(int)).max() <= 1


def test_a_model_that_no_file_holds_is_refused(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(graph, "MOST_BYTES", 10_000)
    with pytest.raises(graph.TooLarge):
        graph.synthesis(SMALL, tensors(network(SMALL)))
