"""A generator as ONNX graphs: `mapping.onnx`, z to w, and `synthesis.onnx`, w to picture; plain operators alone.

Written by hand, operator by operator, in a version of ONNX that is old and everywhere. The modulated convolutions are
formulated so that the weights stay what they are: activations are scaled before a convolution (style) and after it
(demodulation), which is the same (Karras et al. 2020, Eq. 1 and 3). Where a model keeps half precision, so does the
file: a Cast at each such tensor makes float32 of it, once, when the file is opened.
"""

from __future__ import annotations

import math
from collections.abc import Callable, Mapping, Sequence
from typing import Any

import numpy as np
import onnx
from numpy.typing import NDArray
from onnx import TensorProto, helper, numpy_helper

from gan.config import NetConfig

OPSET, IR_VERSION = 17, 8  # of 2022: what reads ONNX at all reads these
MOST_BYTES = 2_000_000_000  # protobuf's limit, with some room for what is not tensors
FP16_MAX = float(np.finfo(np.float16).max)
GAIN = math.sqrt(2)  # of the leaky ReLU
SLOPE = 0.2
FIR = (1.0, 3.0, 3.0, 1.0)
Tensors = Mapping[str, NDArray[Any]]
Value = str  # the name of what flows through a graph


class TooLarge(Exception):
    """The weights do not fit into one ONNX file."""


def mapping(config: NetConfig, tensors: Tensors) -> onnx.ModelProto:
    """z `[N, Z]`, psi `[1]` and, of a network with labels, a one-hot label `[N, K]` to w `[N, W]`, truncated."""
    g = _Graph(tensors, prefix="mapping.")
    x = g.on_sphere("z")
    inputs = [_typed("z", ["N", config.z_dim]), _typed("psi", [1])]
    if config.c_dim:
        inputs.append(_typed("label", ["N", config.c_dim]))
        x = g.op("Concat", x, g.on_sphere(g.dense("label", "embed")), axis=1)
    for layer in range(config.mapping_layers):
        x = g.op("LeakyRelu", g.dense(x, f"fc{layer}", rate=0.01, gain=GAIN), alpha=SLOPE)
    mean = g.weight("w_avg")
    g.op("Add", g.op("Mul", g.op("Sub", x, mean), "psi"), mean, name="w")
    return g.model(inputs, [_typed("w", ["N", config.w_dim])], "Reverie: mapping")


def synthesis(config: NetConfig, tensors: Tensors) -> onnx.ModelProto:
    """ws `[N, L, W]` and noise `[1]`, the strength of the constant grain (1: as learnt, 0: none), to a picture.

    The picture is uint8 `[N, R, R, C]`, rows from above. Raises: TooLarge.
    """
    g = _Graph(tensors, prefix="synthesis.")
    styles = g.split("ws", config.num_ws)
    ws = [g.reshaped(one, [-1, config.w_dim]) for one in styles]
    x: Value = g.weight("b4.const", lead=1)
    image: Value | None = None
    at = 0
    for resolution in config.resolutions:
        block = _Block(g, config, resolution)
        x, image = block.drawn(x, image, ws[at : at + block.convs + 1])
        at += block.convs
    if image is None:
        raise ValueError("the last block draws")
    half = g.number(127.5)
    level = g.op("Round", g.op("Add", g.op("Mul", image, half), half))
    level = g.op("Clip", level, g.number(0.0), g.number(255.0))
    g.op("Cast", g.op("Transpose", level, perm=[0, 2, 3, 1]), to=TensorProto.UINT8, name="picture")
    side, inputs = config.resolution, [_typed("ws", ["N", config.num_ws, config.w_dim]), _typed("noise", [1])]
    picture = helper.make_tensor_value_info("picture", TensorProto.UINT8, ["N", side, side, config.channels])
    return g.model(inputs, [picture], "Reverie: synthesis")


class _Block:
    """One resolution of a synthesis."""

    def __init__(self, g: _Graph, config: NetConfig, resolution: int) -> None:
        self._g, self._config, self._at = g, config, f"b{resolution}"
        self._first = resolution == 4
        self.convs = 1 if self._first else 2
        self._residual = config.architecture_g == "resnet" and not self._first
        self._has_rgb = config.architecture_g == "skip" or resolution == config.resolution

    def drawn(self, x: Value, image: Value | None, ws: Sequence[Value]) -> tuple[Value, Value | None]:
        g, gain = self._g, math.sqrt(0.5) if self._residual else 1.0
        y: Value | None = None
        if self._residual:
            scale = gain / math.sqrt(g.shape(f"{self._at}.skip.weight")[1])
            y = g.enlarged(g.op("Conv", x, g.weight(f"{self._at}.skip.weight", scale=scale)), g.wide(self._at))
        if not self._first:
            x = self._layer(x, "conv0", ws[0], up=True, gain=1.0)
        x = self._layer(x, "conv1", ws[self.convs - 1], up=False, gain=gain)
        x = x if y is None else g.op("Add", y, x)
        image = None if image is None else g.enlarged(image, self._config.channels)
        if self._has_rgb:
            rgb = self._rgb(x, ws[self.convs])
            image = rgb if image is None else g.op("Add", image, rgb)
        return x, image

    def _layer(self, x: Value, name: str, w: Value, *, up: bool, gain: float) -> Value:
        """Modulated 3x3 convolution, noise, bias, leaky ReLU, whose gain goes into all that is added before it."""
        g, at = self._g, f"{self._at}.{name}"
        out, fan_in = g.shape(f"{at}.weight")[0], math.prod(g.shape(f"{at}.weight")[1:])
        s = g.op("Mul", g.dense(w, f"{at}.affine"), g.number(1 / math.sqrt(fan_in)))  # [N, I]
        x = g.op("Mul", x, g.reshaped(s, [-1, g.shape(f"{at}.weight")[1], 1, 1]))
        weight = g.weight(f"{at}.weight", transposed=up)  # [O, I, 3, 3]; enlarging: [I, O, 3, 3]
        if up:
            y = g.filtered(g.op("ConvTranspose", x, weight, strides=[2, 2]), out)
        else:
            y = g.op("Conv", x, weight, pads=[1, 1, 1, 1])
        power = g.op("ReduceSumSquare", weight, axes=[2, 3], keepdims=0)
        sums = g.op("MatMul", g.op("Mul", s, s), power if up else g.op("Transpose", power, perm=[1, 0]))  # [N, O]
        sums = g.op("Sqrt", g.op("Add", sums, g.number(1e-8 / fan_in)))
        d = g.op("Div", g.number(GAIN * gain), sums)
        y = g.op("Mul", y, g.reshaped(d, [-1, out, 1, 1]))
        strength = float(g.tensor(f"{at}.noise_strength"))
        if strength:
            grain = g.op("Mul", g.weight(f"{at}.noise_const", scale=strength * GAIN * gain), "noise")
            y = g.op("Add", y, grain)
        y = g.op("Add", y, g.kept(g.tensor(f"{at}.bias").astype(np.float32).reshape(1, -1, 1, 1) * (GAIN * gain)))
        return self._clamped(g.op("LeakyRelu", y, alpha=SLOPE), gain)

    def _rgb(self, x: Value, w: Value) -> Value:
        """The picture at this resolution: a product of matrices, of which the small one takes the style."""
        g, at = self._g, f"{self._at}.torgb"
        channels, wide = g.shape(f"{at}.weight")[:2]
        s = g.op("Mul", g.dense(w, f"{at}.affine"), g.number(1 / math.sqrt(wide)))
        weight = g.op("Mul", g.reshaped(g.weight(f"{at}.weight"), [1, channels, wide]), g.reshaped(s, [-1, 1, wide]))
        side = int(self._at[1:])
        rgb = g.op("MatMul", weight, g.reshaped(x, [-1, wide, side * side]))
        rgb = g.reshaped(rgb, [-1, channels, side, side])
        bias = g.tensor(f"{at}.bias").astype(np.float32).reshape(1, -1, 1, 1)
        return self._clamped(g.op("Add", rgb, g.kept(bias)), 1.0)

    def _clamped(self, x: Value, gain: float) -> Value:
        most = self._config.conv_clamp
        return x if most is None else self._g.op("Clip", x, self._g.number(-most * gain), self._g.number(most * gain))


class _Graph:
    """A graph that is being written: nodes, and the tensors that stand in it."""

    def __init__(self, tensors: Tensors, *, prefix: str) -> None:
        self._tensors, self._prefix = tensors, prefix
        self._nodes: list[onnx.NodeProto] = []
        self._kept: list[onnx.TensorProto] = []
        self._known: dict[tuple[Any, ...], Value] = {}
        self._bytes = 0

    def tensor(self, name: str) -> NDArray[Any]:
        return self._tensors[self._prefix + name]

    def shape(self, name: str) -> tuple[int, ...]:
        return self.tensor(name).shape

    def wide(self, block: str) -> int:
        return self.shape(f"{block}.skip.weight")[0]

    def op(self, type: str, *inputs: Value, name: str | None = None, **how: Any) -> Value:
        """Add a node; gives the name of what comes out."""
        return self._node(type, inputs, [name or f"v{len(self._nodes)}"], how)[0]

    def split(self, x: Value, count: int) -> list[Value]:
        """Split x `[N, L, W]` into its `count` layers."""
        return self._node("Split", [x], [f"layer{n}" for n in range(count)], {"axis": 1})

    def _node(self, type: str, inputs: Sequence[Value], outputs: list[Value], how: Mapping[str, Any]) -> list[Value]:
        number = len(self._nodes)
        self._nodes.append(helper.make_node(type, list(inputs), outputs, name=f"{type}_{number}", **how))
        return outputs

    def kept(self, value: NDArray[Any], *, name: str | None = None) -> Value:
        """Keep a tensor in the file. Raises: TooLarge."""
        name = name or f"t{len(self._kept)}"
        self._bytes += value.nbytes
        if self._bytes > MOST_BYTES:
            raise TooLarge(f"its weights take more than {MOST_BYTES / 1e9:.0f} GB")
        self._kept.append(numpy_helper.from_array(np.ascontiguousarray(value), name))
        return name

    def number(self, value: float) -> Value:
        return self._once(("number", value), lambda: self.kept(np.array(value, np.float32)))

    def weight(self, name: str, *, transposed: bool = False, lead: int = 0, scale: float = 1.0) -> Value:
        """A tensor of the model as float32; kept in half precision where it has two dimensions or more, and fits."""
        value = self.tensor(name)
        value = value.swapaxes(0, 1) if transposed else value
        value = value.reshape(*[1] * lead, *value.shape)
        if value.ndim - lead >= 2 and float(np.abs(value).max(initial=0)) <= FP16_MAX and value.dtype == np.float16:
            found = self.op("Cast", self.kept(value, name=self._prefix + name), to=TensorProto.FLOAT)
        else:
            found = self.kept(value.astype(np.float32), name=self._prefix + name)
        return found if scale == 1.0 else self.op("Mul", found, self.number(scale))

    def dense(self, x: Value, name: str, *, rate: float = 1.0, gain: float = 1.0) -> Value:
        """A fully connected layer with equalised learning rate."""
        wide = self.shape(f"{name}.weight")[1]
        weight, bias = self.weight(f"{name}.weight"), self.weight(f"{name}.bias")
        return self.op("Gemm", x, weight, bias, transB=1, alpha=rate * gain / math.sqrt(wide), beta=rate * gain)

    def on_sphere(self, x: Value) -> Value:
        """x / sqrt(mean of x^2 + 1e-8)."""
        mean = self.op("ReduceMean", self.op("Mul", x, x), axes=[1], keepdims=1)
        return self.op("Div", x, self.op("Sqrt", self.op("Add", mean, self.number(1e-8))))

    def reshaped(self, x: Value, shape: Sequence[int]) -> Value:
        known = self._once(("shape", *shape), lambda: self.kept(np.array(shape, np.int64)))
        return self.op("Reshape", x, known)

    def filtered(self, x: Value, wide: int) -> Value:
        """The filter [1, 3, 3, 1] over each channel, four times as strong, one pixel smaller: after enlarging."""
        return self.op("Conv", x, self._fir(wide), pads=[1, 1, 1, 1], group=wide)

    def enlarged(self, x: Value, wide: int) -> Value:
        """Twice as large with the filter [1, 3, 3, 1], zeros around the border."""
        return self.op("ConvTranspose", x, self._fir(wide), strides=[2, 2], pads=[1, 1, 1, 1], group=wide)

    def _fir(self, wide: int) -> Value:
        kernel = np.outer(FIR, FIR).astype(np.float32) / 16
        return self._once(("fir", wide), lambda: self.kept(np.tile(kernel, (wide, 1, 1, 1))))

    def _once(self, key: tuple[Any, ...], made: Callable[[], Value]) -> Value:
        if key not in self._known:
            self._known[key] = made()
        return self._known[key]

    def model(
        self, inputs: Sequence[onnx.ValueInfoProto], outputs: Sequence[onnx.ValueInfoProto], name: str
    ) -> onnx.ModelProto:
        graph = helper.make_graph(self._nodes, name, list(inputs), list(outputs), initializer=self._kept)
        opset = [helper.make_opsetid("", OPSET)]
        return helper.make_model(graph, opset_imports=opset, ir_version=IR_VERSION, producer_name="Reverie")


def _typed(name: str, shape: Sequence[int | str]) -> onnx.ValueInfoProto:
    return helper.make_tensor_value_info(name, TensorProto.FLOAT, list(shape))
