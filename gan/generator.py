"""The generator of StyleGAN2: a mapping z -> w and a synthesis w -> picture."""

from collections.abc import Callable, Sequence
from typing import Literal, cast

import torch
from torch import Tensor, nn

from gan.config import NetConfig
from gan.layers import Block, Conv2d, LabelledStack, SynthesisLayer, ToRGB, normalize_2nd_moment
from gan.operators import FIR_1331, HALF_SQRT, setup_filter, upsample_1331

NoiseMode = Literal["random", "const", "none"]
NoiseSource = Callable[[int], Tensor]  # resolution -> [N, 1, r, r], called once a layer, from 4 px up
LayerNoise = Callable[[SynthesisLayer], Tensor | None]
W_AVG_BETA = 0.995


def truncate(ws: Tensor, w_avg: Tensor, truncation_psi: float, *, cutoff: int | None = None) -> Tensor:
    """w_avg + psi * (ws - w_avg), truncation in W (Karras et al. 2019, App. B); ws `[N, L, W]`, w_avg `[W]`.

    `cutoff` truncates the first so many layers only."""
    if truncation_psi == 1:
        return ws
    low = torch.lerp(w_avg, ws[:, :cutoff], truncation_psi)
    return low if cutoff is None else torch.cat([low, ws[:, cutoff:]], dim=1)  # [N, L, W]


def one_hot(labels: Sequence[int], c_dim: int, device: torch.device) -> Tensor | None:
    """Labels from 0 to K - 1 as c `[N, K]` float32; None for networks without labels, of c_dim 0."""
    if not c_dim:
        return None
    return nn.functional.one_hot(torch.tensor(labels, device=device), c_dim).float()


class Mapping(LabelledStack):
    """z `[N, Z]` (and a one-hot label c `[N, K]`) to ws `[N, L, W]`, the same w for each of the L layers."""

    w_avg: Tensor

    def __init__(self, config: NetConfig) -> None:
        wide_in = config.z_dim + (config.w_dim if config.c_dim else 0)
        super().__init__(wide_in, config.w_dim, layers=config.mapping_layers, c_dim=config.c_dim)
        self.num_ws = config.num_ws
        self.register_buffer("w_avg", torch.zeros(config.w_dim))

    def style(self, z: Tensor, c: Tensor | None = None) -> Tensor:
        """w `[N, W]` of z `[N, Z]`, before it is handed to each layer."""
        x = normalize_2nd_moment(z.float())  # [N, Z]
        return self.through(torch.cat([x, self.embedded(c)], dim=1) if self.c_dim else x)

    def forward(self, z: Tensor, c: Tensor | None = None) -> Tensor:
        return self.style(z, c)[:, None].expand(-1, self.num_ws, -1)  # [N, L, W]

    @torch.no_grad()
    def track(self, w_mean: Tensor) -> None:
        """Move `w_avg` towards the mean w `[W]` of a batch, as each training-mode pass does once."""
        self.w_avg.copy_(w_mean.detach().lerp(self.w_avg, W_AVG_BETA))

    @torch.no_grad()
    def centre(self, z: Tensor) -> None:
        """Set `w_avg` to the mean w of z `[N, Z]`, labels in turn: what was tracked lags behind a short training."""
        c = one_hot([i % max(self.c_dim, 1) for i in range(len(z))], self.c_dim, z.device)
        self.w_avg.copy_(self.style(z, c).mean(dim=0))


class SynthesisBlock(Block):
    """Two convolutions (one at 4 px) at one resolution, and the step to RGB where there is one."""

    resample_filter: Tensor

    def __init__(self, config: NetConfig, resolution: int) -> None:
        super().__init__(config, resolution)
        self.first = resolution == 4
        self.num_convs = 1 if self.first else 2
        self.residual = config.architecture_g == "resnet" and not self.first
        wide, clamp, w_dim = config.width(resolution), config.conv_clamp, config.w_dim
        self.register_buffer("resample_filter", setup_filter(FIR_1331))
        self.conv0: SynthesisLayer | None = None
        if self.first:
            self.const = nn.Parameter(torch.randn(wide, 4, 4))
        else:
            below = config.width(resolution // 2)
            self.conv0 = SynthesisLayer(below, wide, w_dim=w_dim, resolution=resolution, up=2, clamp=clamp)
            if self.residual:
                self.skip = Conv2d(below, wide, 1, act="linear", up=2)
        self.conv1 = SynthesisLayer(wide, wide, w_dim=w_dim, resolution=resolution, clamp=clamp)
        has_rgb = config.architecture_g == "skip" or resolution == config.resolution
        self.torgb = ToRGB(wide, config.channels, w_dim=w_dim, clamp=clamp) if has_rgb else None

    def start(self, n: int) -> Tensor:
        """The learned constant that every picture grows from, `[N, I, 4, 4]`; at 4 px only."""
        return self.const[None].expand(n, -1, -1, -1).contiguous(memory_format=torch.channels_last)

    def forward(self, x: Tensor, image: Tensor | None, ws: Tensor, noise: LayerNoise) -> tuple[Tensor, Tensor | None]:
        """x `[N, I, r/2, r/2]`, image `[N, C, r/2, r/2]`, ws `[N, convs + 1, W]` give the same at r."""
        x = x.to(self.dtype(ws.device))
        if self.conv0 is None:
            x = self.conv1(x, ws[:, 0], noise=noise(self.conv1))
        else:
            y = self.skip(x, gain=HALF_SQRT) if self.residual else None
            x = self.conv0(x, ws[:, 0], noise=noise(self.conv0))
            x = self.conv1(x, ws[:, 1], noise=noise(self.conv1), gain=HALF_SQRT if self.residual else 1)
            x = x if y is None else y + x
        image = None if image is None else upsample_1331(image)
        if self.torgb is not None:
            # The picture is summed up in float32: half precision would band its smooth areas.
            rgb = self.torgb(x.float(), ws[:, self.num_convs])  # [N, C, r, r]
            image = rgb if image is None else image + rgb
        return x, image


class Synthesis(nn.Module):
    """ws `[N, L, W]` to pictures `[N, C, R, R]`, float32, about [-1, 1]."""

    def __init__(self, config: NetConfig) -> None:
        super().__init__()
        self.resolutions, self.num_ws = config.resolutions, config.num_ws
        for resolution in self.resolutions:
            self.add_module(f"b{resolution}", SynthesisBlock(config, resolution))

    def block(self, resolution: int) -> SynthesisBlock:
        return cast("SynthesisBlock", self.get_submodule(f"b{resolution}"))

    def noise_of(self, ws: Tensor, noise_mode: NoiseMode, noise: NoiseSource | None = None) -> LayerNoise:
        """The noise of each layer, `[r, r]` or `[N, 1, r, r]`; to be asked layer by layer, from 4 px up."""

        def of_layer(layer: SynthesisLayer) -> Tensor | None:
            if noise_mode != "random":
                return layer.noise_const if noise_mode == "const" else None
            if noise is not None:
                return noise(layer.resolution)
            return torch.randn(ws.shape[0], 1, layer.resolution, layer.resolution, device=ws.device)

        return of_layer

    def forward(self, ws: Tensor, *, noise_mode: NoiseMode = "random", noise: NoiseSource | None = None) -> Tensor:
        """Draw. `noise` gives the noise of "random" where the caller wants to have drawn it itself."""
        of_layer = self.noise_of(ws, noise_mode, noise)
        x, image, at = self.block(4).start(ws.shape[0]), None, 0
        for resolution in self.resolutions:
            block = self.block(resolution)
            x, image = block(x, image, ws[:, at : at + block.num_convs + 1], of_layer)
            at += block.num_convs
        return cast("Tensor", image)  # the last block always draws


class Generator(nn.Module):
    """G(z, c): mapping and synthesis."""

    def __init__(self, config: NetConfig) -> None:
        super().__init__()
        self.config, self.resolution, self.num_ws = config, config.resolution, config.num_ws
        self.z_dim, self.w_dim = config.z_dim, config.w_dim
        self.mapping, self.synthesis = Mapping(config), Synthesis(config)

    def forward(
        self,
        z: Tensor,
        c: Tensor | None = None,
        *,
        truncation_psi: float = 1,
        truncation_cutoff: int | None = None,
        noise_mode: NoiseMode = "random",
    ) -> Tensor:
        """z `[N, Z]`, c `[N, K]` give pictures `[N, C, R, R]`."""
        ws = truncate(self.mapping(z, c), self.mapping.w_avg, truncation_psi, cutoff=truncation_cutoff)
        image: Tensor = self.synthesis(ws, noise_mode=noise_mode)
        return image
