"""The four phases of a step: G's and D's loss, and their lazy regularisation, each an optimiser step of its own.

Karras et al. 2020, "Analyzing and Improving the Image Quality of StyleGAN", App. B.
"""

from collections.abc import Callable, Iterator, Sequence
from dataclasses import dataclass
from functools import reduce

import torch
from torch import Tensor
from torch.nn import functional as F

from gan.ada import PIPES
from gan.augment import augment
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

Named = dict[str, Tensor]


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
    """One step of `state`. `real` gives pictures `[N, C, H, W]` in [-1, 1] for places in the global batch, and their
    labels, where there are some."""

    state: TrainState
    config: TrainConfig
    draws: Draws
    real: Callable[[Sequence[int]], tuple[Tensor, list[int]]]
    team: Team = ALONE

    def run(self) -> Named:
        """Do the phases that are due; gives loss_g, loss_d, r1, pl, real_logits and fake_logits, each `[n]`, and
        variety `[C * 8 * 8]`, the standard deviation of each pixel over the drawn pictures.

        Where memory runs out, the phase is done again from its start with smaller micro-batches, which
        `state.micro_batch` keeps. Raises: MemoryShort, if there are none smaller; ProcessLost.
        """
        config, step = self.config, self.state.step
        measured = self._until_it_fits(Stream.G_MAIN)
        if config.pl_weight and step % config.pl_interval == 0:
            measured |= self._until_it_fits(Stream.G_REG)
        measured |= self._until_it_fits(Stream.D_MAIN)
        if config.gamma and step % config.r1_interval == 0:
            measured |= self._until_it_fits(Stream.D_REG)
        return measured

    def _until_it_fits(self, phase: Stream) -> Named:
        while True:
            try:
                return self._done(phase)
            except OthersFailed:
                pass
            except (RuntimeError, MemoryError) as error:
                if not is_out_of_memory(error):
                    raise
                self.team.any(True)  # the others are at their next sum, or come to it
            # Out of the handler, so that the pictures which the error's traceback holds are free by now.
            state, net, count = self.state, self.state.D.config, self.team.count
            halves = range(state.micro_batch // 2, 0, -1)
            fitting = next((half for half in halves if fits(half, self.config, net, processes=count)), None)
            if fitting is None:
                raise MemoryShort(
                    f"memory ran out at step {state.step} with {state.micro_batch} pictures at a time, and there "
                    "cannot be fewer; take a smaller network, or a device with more memory"
                )
            state.micro_batch = fitting
            torch.cuda.empty_cache()  # nothing without CUDA

    def _done(self, phase: Stream) -> Named:
        """All micro-batches of a phase, then a step of its optimiser; if one fails, nothing is applied."""
        state, config, team = self.state, self.config, self.team
        net, optimizer = (state.G, state.opt_g) if phase in (Stream.G_MAIN, Stream.G_REG) else (state.D, state.opt_d)
        parameters = [parameter for group in optimizer.param_groups for parameter in group["params"]]
        optimizer.zero_grad()
        try:
            for parameter in parameters:
                parameter.requires_grad_(True)
            micro_batch = {
                Stream.G_MAIN: self._generator_loss,
                Stream.G_REG: self._path_length,
                Stream.D_MAIN: self._discriminator_loss,
                Stream.D_REG: self._r1,
            }[phase]
            values, sums = zip(*map(micro_batch, self._shares(phase)), strict=True)
            measured = {name: torch.cat([part[name].flatten() for part in values]) for name in values[0]}
            total = {name: reduce(torch.add, [part[name] for part in sums]) for name in sums[0]}
            for parameter in parameters:
                # A parameter without a gradient is stepped with zero: Adam's moments and count must move on.
                parameter.grad = torch.zeros_like(parameter) if parameter.grad is None else parameter.grad
            team.sum_([*(parameter.grad for parameter in parameters), *total.values()])
            for parameter in parameters:
                parameter.grad.nan_to_num_(nan=0.0, posinf=1e5, neginf=-1e5)
            if "length" in measured:
                state.pl_mean.lerp_(team.mean(measured.pop("length")), config.pl_decay)
            if "w" in total:
                state.G.mapping.track(total["w"] / self._batch(phase))
            optimizer.step()  # the moments are there already, so that this takes no memory and cannot half succeed
        finally:
            net.requires_grad_(False)
        if "thumbnails" in total:
            mean, square = total["thumbnails"] / config.batch
            measured["variety"] = (square - mean.square()).clamp(min=0).sqrt().flatten()
        return measured

    def _batch(self, phase: Stream) -> int:
        return max(self.config.batch // PL_SHRINK, 1) if phase == Stream.G_REG else self.config.batch

    def _shares(self, phase: Stream) -> Iterator[list[int]]:
        at_a_time = self.state.micro_batch
        if phase == Stream.G_REG:
            return shares(self._batch(phase), max(at_a_time // PL_SHRINK, 1), team=self.team)
        own = at_a_time // self.team.count
        group = min(self.state.D.config.mbstd_group_size or own, own)
        return shares(self._batch(phase), at_a_time, team=self.team, group=group)

    def _augment(self, image: Tensor, phase: Stream, use: Use, at: Sequence[int]) -> Tensor:
        if self.state.augment_p <= 0:
            return image
        return augment(image, PIPES[self.config.ada.pipe], self.state.augment_p, self.draws.augment(phase, use, at))

    def _one_hot(self, labels: list[int]) -> Tensor | None:
        return one_hot(labels, self.state.G.config.c_dim, self.state.pl_mean.device)

    def _draw(self, phase: Stream, at: Sequence[int]) -> tuple[Tensor, Tensor, Named, Tensor | None]:
        """Pictures, their ws, the sum of their w, and their labels."""
        G, c = self.state.G, self._one_hot(self.draws.labels(phase, at))
        ws, w = mixed_ws(G, self.draws.latents(phase, at), c)
        noise = self.draws.noise(phase, at)
        fake = G.synthesis(ws, noise_mode="const" if noise is None else "random", noise=noise)
        return fake, ws, {"w": w.detach().sum(dim=0)}, c

    # What follows is one micro-batch of a phase: its gradients, values of each sample, and sums over its samples.

    def _generator_loss(self, at: Sequence[int]) -> tuple[Named, Named]:
        fake, _, sums, c = self._draw(Stream.G_MAIN, at)
        logits = self.state.D(self._augment(fake, Stream.G_MAIN, Use.AUGMENT_FAKE, at), c)
        loss = generator_loss(logits)
        backward(loss.sum() / self.config.batch)
        small = F.adaptive_avg_pool2d(fake.detach(), THUMBNAIL)  # [N, C, 8, 8]
        sums["thumbnails"] = torch.stack([small.sum(dim=0), small.square().sum(dim=0)])
        return {"loss_g": loss.detach(), "fake_logits": logits.detach()}, sums

    def _path_length(self, at: Sequence[int]) -> tuple[Named, Named]:
        config = self.config
        image, ws, sums, _ = self._draw(Stream.G_REG, at)
        noise, pl_mean = self.draws.path_noise(at, tuple(image.shape[1:])), self.state.pl_mean
        found = path_length(image, ws, noise, pl_mean=pl_mean, decay=config.pl_decay, mean=self.team.mean)
        backward(found.penalty.sum() * (config.pl_weight * config.pl_interval / self._batch(Stream.G_REG)))
        return {"pl": found.penalty.detach(), "length": found.length}, sums

    def _discriminator_loss(self, at: Sequence[int]) -> tuple[Named, Named]:
        D, batch = self.state.D, self.config.batch
        with torch.no_grad():
            fake, _, sums, c = self._draw(Stream.D_MAIN, at)
            fake = self._augment(fake, Stream.D_MAIN, Use.AUGMENT_FAKE, at)
            real, labels = self.real(at)
            real = self._augment(real, Stream.D_MAIN, Use.AUGMENT_REAL, at)
        fake_loss = discriminator_loss(D(fake, c))
        backward(fake_loss.sum() / batch)
        logits = D(real, self._one_hot(labels))
        loss = real_loss(logits)
        backward(loss.sum() / batch)
        return {"loss_d": (fake_loss + loss).detach(), "real_logits": logits.detach()}, sums

    def _r1(self, at: Sequence[int]) -> tuple[Named, Named]:
        real, labels = self.real(at)
        seen = self._augment(real.requires_grad_(), Stream.D_REG, Use.AUGMENT_REAL, at)
        penalty = r1_penalty(real, self.state.D(seen, self._one_hot(labels)))
        backward(penalty.sum() * ((self.config.gamma or 0.0) / 2 * self.config.r1_interval / self.config.batch))
        return {"r1": penalty.detach()}, {}
