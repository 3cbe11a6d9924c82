"""The four phases of a step: G's and D's loss, and their lazy regularisation, each an optimiser step of its own.

Karras et al. 2020, "Analyzing and Improving the Image Quality of StyleGAN", App. B.
"""

from collections.abc import Callable, Iterator, Sequence
from contextlib import contextmanager
from dataclasses import dataclass
from functools import partial

import torch
from torch import Tensor, nn
from torch.nn import functional as F

from gan.ada import PIPES, augment
from gan.config import NetConfig, TrainConfig
from gan.device import is_out_of_memory
from gan.errors import MemoryShort
from gan.generator import Generator, one_hot
from gan.losses import discriminator_loss, generator_loss, path_length, r1_penalty, real_loss
from gan.parallel import ALONE, OthersFailed, Team, shares
from gan.randomness import Draws, Latents, Stream, Use
from gan.state import TrainState

backward: Callable[[Tensor], None] = torch.autograd.backward
PL_SHRINK = 2  # path length takes half of the batch, for its memory
THUMBNAIL = 8  # px, at which the variety of pictures is measured; the noise of the layers is below it

Measured = dict[str, Tensor]  # what a phase measured, a value a sample


class _Joined(dict[str, list[Tensor]]):
    """Measured values of the micro-batches of a phase."""

    def add(self, **values: Tensor) -> None:
        for name, value in values.items():
            self.setdefault(name, []).append(value.detach().flatten())

    def whole(self) -> Measured:
        return {name: torch.cat(parts) for name, parts in self.items()}


@contextmanager
def _learning(net: nn.Module, optimizer: torch.optim.Optimizer) -> Iterator[None]:
    """Collect gradients for the parameters of `optimizer` alone, then step; not if the collecting failed."""
    for parameter in _parameters(optimizer):
        parameter.requires_grad_(True)
        parameter.grad = None
    try:
        yield
        optimizer.step()  # the moments are there already, so that this takes no memory and cannot half succeed
    finally:
        net.requires_grad_(False)


def _parameters(optimizer: torch.optim.Optimizer) -> list[nn.Parameter]:
    return [parameter for group in optimizer.param_groups for parameter in group["params"]]


def mixed_ws(G: Generator, latents: Latents, c: Tensor | None = None) -> tuple[Tensor, Tensor]:
    """ws `[N, L, W]` with style mixing (Karras et al. 2019, Sec. 3.1), and w `[N, W]` of the first latent."""
    w = G.mapping.style(latents.z, c)  # [N, W]
    ws = w[:, None].expand(-1, G.num_ws, -1)  # [N, L, W]
    if bool((latents.cutoff < G.num_ws).any()):
        w_mix = G.mapping.style(latents.z_mix, c)[:, None]  # [N, 1, W]
        first = torch.arange(G.num_ws, device=w.device) < latents.cutoff[:, None]  # [N, L]
        ws = torch.where(first[:, :, None], ws, w_mix)
    return ws, w


def fits(micro: int, config: TrainConfig, net: NetConfig, *, processes: int = 1) -> bool:
    """Whether the batch can be done in micro-batches of that size, each shared by the processes in whole groups."""
    own, rest = divmod(micro, processes)
    alike = processes == 1 or micro // PL_SHRINK % processes == 0
    return rest == 0 and alike and config.batch % micro == 0 and own % min(net.mbstd_group_size or own, own) == 0


@dataclass
class Step:
    """One step of `state`. `real` gives pictures `[N, C, H, W]` in [-1, 1] for places in the global batch, and
    `real_labels` their labels, where the networks want some."""

    state: TrainState
    config: TrainConfig
    draws: Draws
    real: Callable[[Sequence[int]], Tensor]
    team: Team = ALONE
    real_labels: Callable[[Sequence[int]], list[int]] = lambda at: []

    def run(self) -> Measured:
        """Do the phases that are due; gives loss_g, loss_d, r1, pl, real_logits and fake_logits, each `[n]`, and
        variety `[C * 8 * 8]`, the standard deviation of each pixel over the drawn pictures.

        Where memory runs out, the phase is done again from its start with smaller micro-batches, which
        `state.micro_batch` keeps. Raises: MemoryShort, if there are none smaller; ProcessLost.
        """
        config, step = self.config, self.state.step
        measured = self._until_it_fits(self.generator_main)
        if config.pl_weight and step % config.pl_interval == 0:
            measured |= self._until_it_fits(self.generator_regularisation)
        measured |= self._until_it_fits(self.discriminator_main)
        if config.gamma and step % config.r1_interval == 0:
            measured |= self._until_it_fits(self.discriminator_regularisation)
        return measured

    def _until_it_fits(self, phase: Callable[[], Measured]) -> Measured:
        while True:
            try:
                return phase()
            except OthersFailed:
                pass
            except (RuntimeError, MemoryError) as error:
                if not is_out_of_memory(error):
                    raise
                self.team.any(True)  # the others are at their next sum, or come to it
            # Out of the handler, so that the pictures which the error's traceback holds are free by now.
            self._shrink()

    def _shrink(self) -> None:
        state = self.state
        for half in range(state.micro_batch // 2, 0, -1):
            if fits(half, self.config, state.D.config, processes=self.team.count):
                state.micro_batch = half
                torch.cuda.empty_cache()  # nothing without CUDA
                return
        raise MemoryShort(
            f"memory ran out at step {state.step} with {state.micro_batch} pictures at a time, and there cannot be "
            "fewer; take a smaller network, or a device with more memory"
        )

    def _shares(self) -> Iterator[list[int]]:
        own = self.state.micro_batch // self.team.count
        group = min(self.state.D.config.mbstd_group_size or own, own)
        return shares(self.config.batch, self.state.micro_batch, team=self.team, group=group)

    def _augment(self, image: Tensor, phase: Stream, use: Use, at: Sequence[int]) -> Tensor:
        if self.state.augment_p <= 0:
            return image
        return augment(image, PIPES[self.config.ada.pipe], self.state.augment_p, self.draws.augment(phase, use, at))

    def _one_hot(self, labels: Callable[[], list[int]]) -> Tensor | None:
        c_dim = self.state.G.config.c_dim
        return one_hot(labels(), c_dim, self.state.pl_mean.device) if c_dim else None

    def _draw(self, phase: Stream, at: Sequence[int]) -> tuple[Tensor, Tensor, Tensor, Tensor | None]:
        """Pictures, their ws, the sum of their w, and their labels."""
        G = self.state.G
        c = self._one_hot(partial(self.draws.labels, phase, at))
        ws, w = mixed_ws(G, self.draws.latents(phase, at), c)
        noise = self.draws.noise(phase, at)
        fake = G.synthesis(ws, noise_mode="const" if noise is None else "random", noise=noise)
        return fake, ws, w.detach().sum(dim=0), c

    def _sum(self, optimizer: torch.optim.Optimizer, *others: Tensor) -> None:
        """Sum gradients and `others` over all processes."""
        parameters = _parameters(optimizer)
        for parameter in parameters:
            # A parameter without a gradient is stepped with zero: Adam's moments and count must move on.
            if parameter.grad is None:
                parameter.grad = torch.zeros_like(parameter)
        gradients = [parameter.grad for parameter in parameters if parameter.grad is not None]
        self.team.sum_([*gradients, *others])
        for gradient in gradients:
            gradient.nan_to_num_(nan=0.0, posinf=1e5, neginf=-1e5)

    def generator_main(self) -> Measured:
        state, batch, joined = self.state, self.config.batch, _Joined()
        w_sum = torch.zeros_like(state.G.mapping.w_avg)
        seen = torch.zeros(2, state.G.config.channels, THUMBNAIL, THUMBNAIL, device=w_sum.device)
        with _learning(state.G, state.opt_g):
            for at in self._shares():
                fake, _, w, c = self._draw(Stream.G_MAIN, at)
                logits = state.D(self._augment(fake, Stream.G_MAIN, Use.AUGMENT_FAKE, at), c)
                loss = generator_loss(logits)
                backward(loss.sum() / batch)
                w_sum += w
                small = F.adaptive_avg_pool2d(fake.detach(), THUMBNAIL)  # [N, C, 8, 8]
                seen += torch.stack([small.sum(dim=0), small.square().sum(dim=0)])
                joined.add(loss_g=loss, fake_logits=logits)
            self._sum(state.opt_g, w_sum, seen)
            state.G.mapping.track(w_sum / batch)
        mean, square = seen / batch
        return joined.whole() | {"variety": (square - mean.square()).clamp(min=0).sqrt().flatten()}

    def generator_regularisation(self) -> Measured:
        state, config, joined = self.state, self.config, _Joined()
        batch = max(config.batch // PL_SHRINK, 1)
        w_sum, lengths = torch.zeros_like(state.G.mapping.w_avg), []
        with _learning(state.G, state.opt_g):
            for at in shares(batch, max(state.micro_batch // PL_SHRINK, 1), team=self.team):
                image, ws, w, _ = self._draw(Stream.G_REG, at)
                noise = self.draws.path_noise(at, tuple(image.shape[1:]))
                found = path_length(image, ws, noise, pl_mean=state.pl_mean, decay=config.pl_decay, mean=self.team.mean)
                weight = config.pl_weight * config.pl_interval / batch
                backward(found.penalty.sum() * weight)
                w_sum += w
                lengths.append(found.length)
                joined.add(pl=found.penalty)
            self._sum(state.opt_g, w_sum)
            state.pl_mean.lerp_(self.team.mean(torch.cat(lengths)), config.pl_decay)
            state.G.mapping.track(w_sum / batch)
        return joined.whole()

    def discriminator_main(self) -> Measured:
        state, batch, joined = self.state, self.config.batch, _Joined()
        w_sum = torch.zeros_like(state.G.mapping.w_avg)
        with _learning(state.D, state.opt_d):
            for at in self._shares():
                with torch.no_grad():
                    fake, _, w, c = self._draw(Stream.D_MAIN, at)
                    fake = self._augment(fake, Stream.D_MAIN, Use.AUGMENT_FAKE, at)
                    real = self._augment(self.real(at), Stream.D_MAIN, Use.AUGMENT_REAL, at)
                fake_loss = discriminator_loss(state.D(fake, c))
                backward(fake_loss.sum() / batch)
                logits = state.D(real, self._one_hot(partial(self.real_labels, at)))
                loss = real_loss(logits)
                backward(loss.sum() / batch)
                w_sum += w
                joined.add(loss_d=fake_loss + loss, real_logits=logits)
            self._sum(state.opt_d, w_sum)
            state.G.mapping.track(w_sum / batch)
        return joined.whole()

    def discriminator_regularisation(self) -> Measured:
        state, config, joined = self.state, self.config, _Joined()
        weight = (config.gamma or 0.0) / 2 * config.r1_interval / config.batch
        with _learning(state.D, state.opt_d):
            for at in self._shares():
                real = self.real(at).requires_grad_()
                seen = self._augment(real, Stream.D_REG, Use.AUGMENT_REAL, at)
                penalty = r1_penalty(real, state.D(seen, self._one_hot(partial(self.real_labels, at))))
                backward(penalty.sum() * weight)
                joined.add(r1=penalty)
            self._sum(state.opt_d)
        return joined.whole()
