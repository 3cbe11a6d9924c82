"""The four phases of a step: G's and D's loss, and their lazy regularisation, each an optimiser step of its own.

Karras et al. 2020, "Analyzing and Improving the Image Quality of StyleGAN", App. B.
"""

from collections.abc import Callable, Iterator
from contextlib import contextmanager
from dataclasses import dataclass, field

import torch
from torch import Tensor, nn

from gan.ada import PIPES
from gan.augment import augment
from gan.config import TrainConfig
from gan.generator import Generator
from gan.losses import discriminator_loss, generator_loss, path_length, r1_penalty, real_loss
from gan.randomness import Draws, Latents, Stream, Use
from gan.state import TrainState

backward: Callable[[Tensor], None] = torch.autograd.backward
PL_SHRINK = 2  # path length takes half of the batch, for its memory


@dataclass
class Report:
    """What one step measured, a value a sample, joined over micro-batches."""

    values: dict[str, list[Tensor]] = field(default_factory=dict)

    def add(self, name: str, value: Tensor) -> None:
        self.values.setdefault(name, []).append(value.detach().flatten())

    def joined(self) -> dict[str, Tensor]:
        return {name: torch.cat(parts) for name, parts in self.values.items()}


def _parts(batch: int, size: int) -> Iterator[tuple[int, int]]:
    for lo in range(0, batch, size):
        yield lo, min(lo + size, batch)


@contextmanager
def _learning(net: nn.Module, optimizer: torch.optim.Optimizer) -> Iterator[None]:
    """Collect gradients for the parameters of `optimizer` alone, then step."""
    parameters = [p for group in optimizer.param_groups for p in group["params"]]
    for parameter in parameters:
        parameter.requires_grad_(True)
        parameter.grad = None
    yield
    for parameter in parameters:
        # A parameter without a gradient is stepped with zero: Adam's moments and count must move on.
        if parameter.grad is None:
            parameter.grad = torch.zeros_like(parameter)
        parameter.grad.nan_to_num_(nan=0.0, posinf=1e5, neginf=-1e5)
    optimizer.step()
    net.requires_grad_(False)


def mixed_ws(G: Generator, latents: Latents) -> tuple[Tensor, Tensor]:
    """ws `[N, L, W]` with style mixing (Karras et al. 2019, Sec. 3.1), and w `[N, W]` of the first latent."""
    w = G.mapping.style(latents.z)  # [N, W]
    ws = w[:, None].expand(-1, G.num_ws, -1)  # [N, L, W]
    if bool((latents.cutoff < G.num_ws).any()):
        w_mix = G.mapping.style(latents.z_mix)[:, None]  # [N, 1, W]
        first = torch.arange(G.num_ws, device=w.device) < latents.cutoff[:, None]  # [N, L]
        ws = torch.where(first[:, :, None], ws, w_mix)
    return ws, w


@dataclass
class Step:
    """One step of `state` on real pictures `[B, C, H, W]` in [-1, 1]."""

    state: TrainState
    config: TrainConfig
    draws: Draws
    real: Tensor
    report: Report = field(default_factory=Report)

    def run(self) -> dict[str, Tensor]:
        """Do the phases that are due; gives loss_g, loss_d, r1, pl, real_logits and fake_logits, each `[n]`."""
        state, config = self.state, self.config
        self.generator_main()
        if config.pl_weight and state.step % config.pl_interval == 0:
            self.generator_regularisation()
        self.discriminator_main()
        if config.gamma and state.step % config.r1_interval == 0:
            self.discriminator_regularisation()
        return self.report.joined()

    @property
    def _micro(self) -> int:
        return self.config.micro_batch or self.config.batch

    def _augment(self, image: Tensor, phase: Stream, use: Use, lo: int, hi: int) -> Tensor:
        if self.state.augment_p <= 0:
            return image
        return augment(image, PIPES[self.config.ada.pipe], self.state.augment_p, self.draws.augment(phase, use, lo, hi))

    def _draw(self, phase: Stream, lo: int, hi: int) -> tuple[Tensor, Tensor, Tensor]:
        G = self.state.G
        ws, w = mixed_ws(G, self.draws.latents(phase, lo, hi))
        noise = self.draws.noise(phase, lo, hi)
        fake = G.synthesis(ws, noise_mode="const" if noise is None else "random", noise=noise)
        return fake, ws, w.detach().sum(dim=0)

    def generator_main(self) -> None:
        state, batch = self.state, self.config.batch
        w_sum = torch.zeros_like(state.G.mapping.w_avg)
        with _learning(state.G, state.opt_g):
            for lo, hi in _parts(batch, self._micro):
                fake, _, w = self._draw(Stream.G_MAIN, lo, hi)
                logits = state.D(self._augment(fake, Stream.G_MAIN, Use.AUGMENT_FAKE, lo, hi))
                loss = generator_loss(logits)
                backward(loss.sum() / batch)
                w_sum += w
                self.report.add("loss_g", loss)
                self.report.add("fake_logits", logits)
        state.G.mapping.track(w_sum / batch)

    def generator_regularisation(self) -> None:
        state, config = self.state, self.config
        batch = max(config.batch // PL_SHRINK, 1)
        w_sum = torch.zeros_like(state.G.mapping.w_avg)
        lengths = []
        with _learning(state.G, state.opt_g):
            for lo, hi in _parts(batch, max(self._micro // PL_SHRINK, 1)):
                image, ws, w = self._draw(Stream.G_REG, lo, hi)
                noise = self.draws.path_noise(lo, hi, tuple(image.shape[1:]))
                found = path_length(image, ws, noise, pl_mean=state.pl_mean, decay=config.pl_decay)
                weight = config.pl_weight * config.pl_interval / batch
                backward(found.penalty.sum() * weight)
                w_sum += w
                lengths.append(found.length)
                self.report.add("pl", found.penalty)
        state.pl_mean.lerp_(torch.cat(lengths).mean(), config.pl_decay)
        state.G.mapping.track(w_sum / batch)

    def discriminator_main(self) -> None:
        state, batch = self.state, self.config.batch
        w_sum = torch.zeros_like(state.G.mapping.w_avg)
        with _learning(state.D, state.opt_d):
            for lo, hi in _parts(batch, self._micro):
                with torch.no_grad():
                    fake, _, w = self._draw(Stream.D_MAIN, lo, hi)
                    fake = self._augment(fake, Stream.D_MAIN, Use.AUGMENT_FAKE, lo, hi)
                    real = self._augment(self.real[lo:hi], Stream.D_MAIN, Use.AUGMENT_REAL, lo, hi)
                fake_loss = discriminator_loss(state.D(fake))
                backward(fake_loss.sum() / batch)
                logits = state.D(real)
                loss = real_loss(logits)
                backward(loss.sum() / batch)
                w_sum += w
                self.report.add("loss_d", fake_loss + loss)
                self.report.add("real_logits", logits)
        state.G.mapping.track(w_sum / batch)

    def discriminator_regularisation(self) -> None:
        state, config = self.state, self.config
        gamma = config.gamma or 0.0
        with _learning(state.D, state.opt_d):
            for lo, hi in _parts(config.batch, self._micro):
                real = self.real[lo:hi].detach().requires_grad_()
                logits = state.D(self._augment(real, Stream.D_REG, Use.AUGMENT_REAL, lo, hi))
                penalty = r1_penalty(real, logits)
                backward(penalty.sum() * (gamma / 2 * config.r1_interval / config.batch))
                self.report.add("r1", penalty)
