"""The four phases of a step: G's and D's loss, and their lazy regularisation, each an optimiser step of its own.

Karras et al. 2020, "Analyzing and Improving the Image Quality of StyleGAN", App. B.
"""

from collections.abc import Callable, Sequence
from dataclasses import dataclass
from functools import reduce

import torch
from torch import Tensor
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

Named = dict[str, Tensor]


def mixed_ws(G: Generator, latents: Latents, c: Tensor | None = None) -> tuple[Tensor, Tensor]:
    """ws `[N, L, W]` with style mixing (Karras et al. 2019, Sec. 3.1), and w `[N, W]` of the first latent."""
    if latents.cutoff is None:
        w = G.mapping.style(latents.z, c)  # [N, W]
        return w[:, None].expand(-1, G.num_ws, -1), w
    # Both in one pass, which reads the weights of the mapping once.
    both = G.mapping.style(torch.cat([latents.z, latents.z_mix]), None if c is None else torch.cat([c, c]))
    w, w_mix = both.chunk(2)
    first = torch.arange(G.num_ws, device=w.device) < latents.cutoff[:, None]  # [N, L]
    return torch.where(first[:, :, None], w[:, None], w_mix[:, None]), w


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
        `state.micro_batch` keeps. Raises: MemoryShort, if there are none smaller; ProcessLost."""
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
            smaller = [n for n in range(1, state.micro_batch // 2 + 1) if fits(n, self.config, net, processes=count)]
            if not smaller:
                raise MemoryShort(
                    f"memory ran out at step {state.step} with {state.micro_batch} pictures at a time, and there "
                    "cannot be fewer; take a smaller network, or a device with more memory"
                )
            state.micro_batch = smaller[-1]
            torch.cuda.empty_cache()  # nothing without CUDA

    def _done(self, phase: Stream) -> Named:
        """All micro-batches of a phase, then a step of its optimiser; if one fails, nothing is applied."""
        state, team = self.state, self.team
        net, optimizer = (state.G, state.opt_g) if phase in (Stream.G_MAIN, Stream.G_REG) else (state.D, state.opt_d)
        parameters = [parameter for group in optimizer.param_groups for parameter in group["params"]]
        batch, size, group = self._sizes(phase)
        optimizer.zero_grad()
        try:
            for parameter in parameters:
                parameter.requires_grad_(True)
            parts = [self._micro_batch(phase, at) for at in shares(batch, size, team=team, group=group)]
            values = {name: torch.cat([value[name].flatten() for value, _ in parts]) for name in parts[0][0]}
            sums = {name: reduce(torch.add, [part[name] for _, part in parts]) for name in parts[0][1]}
            for parameter in parameters:
                # A parameter without a gradient is stepped with zero: Adam's moments and count must move on.
                parameter.grad = torch.zeros_like(parameter) if parameter.grad is None else parameter.grad
            gradients = [parameter.grad for parameter in parameters]
            team.sum_([*gradients, *sums.values()])
            for gradient in gradients:
                gradient.nan_to_num_(nan=0.0, posinf=1e5, neginf=-1e5)
            if "length" in values:
                state.pl_mean.lerp_(team.mean(values.pop("length")), self.config.pl_decay)
            if "w" in sums:
                state.G.mapping.track(sums["w"] / batch)
            optimizer.step()  # the moments are there already, so that this takes no memory and cannot half succeed
        finally:
            net.requires_grad_(False)
        if "thumbnails" in sums:
            mean, square = sums["thumbnails"] / batch
            values["variety"] = (square - mean.square()).clamp(min=0).sqrt().flatten()
        return values

    def _sizes(self, phase: Stream) -> tuple[int, int, int]:
        """The batch of a phase, its micro-batches, and the groups of the minibatch standard deviation in a share."""
        batch, size, own = self.config.batch, self.state.micro_batch, self.state.micro_batch // self.team.count
        if phase == Stream.G_REG:
            return max(batch // PL_SHRINK, 1), max(size // PL_SHRINK, 1), 1
        return batch, size, min(self.state.D.config.mbstd_group_size or own, own)

    def _micro_batch(self, phase: Stream, at: Sequence[int]) -> tuple[Named, Named]:
        """Collect gradients; gives what was measured, a value a sample, and sums over the samples."""
        config, D, pl_mean, (batch, _, _) = self.config, self.state.D, self.state.pl_mean, self._sizes(phase)
        if phase == Stream.G_MAIN:
            fake, _, sums, c = self._draw(phase, at)
            logits = D(self._augment(fake, phase, Use.AUGMENT_FAKE, at), c)
            loss = generator_loss(logits)
            backward(loss.sum() / batch)
            small = F.adaptive_avg_pool2d(fake.detach(), THUMBNAIL)  # [N, C, 8, 8]
            sums["thumbnails"] = torch.stack([small.sum(dim=0), small.square().sum(dim=0)])
            return {"loss_g": loss.detach(), "fake_logits": logits.detach()}, sums
        if phase == Stream.G_REG:
            fake, ws, sums, _ = self._draw(phase, at)
            noise = self.draws.path_noise(at, tuple(fake.shape[1:]))
            found = path_length(fake, ws, noise, pl_mean=pl_mean, decay=config.pl_decay, mean=self.team.mean)
            backward(found.penalty.sum() * (config.pl_weight * config.pl_interval / batch))
            return {"pl": found.penalty.detach(), "length": found.length}, sums
        real, labels = self.real(at)
        if phase == Stream.D_MAIN:
            with torch.no_grad():
                fake, _, sums, c = self._draw(phase, at)
                fake = self._augment(fake, phase, Use.AUGMENT_FAKE, at)
                seen = self._augment(real, phase, Use.AUGMENT_REAL, at)
            fake_loss = discriminator_loss(D(fake, c))
            backward(fake_loss.sum() / batch)
            logits = D(seen, self._one_hot(labels))
            loss = real_loss(logits)
            backward(loss.sum() / batch)
            return {"loss_d": (fake_loss + loss).detach(), "real_logits": logits.detach()}, sums
        seen = self._augment(real.requires_grad_(), phase, Use.AUGMENT_REAL, at)
        penalty = r1_penalty(real, D(seen, self._one_hot(labels)))
        backward(penalty.sum() * ((config.gamma or 0.0) / 2 * config.r1_interval / batch))
        return {"r1": penalty.detach()}, {}

    def _draw(self, phase: Stream, at: Sequence[int]) -> tuple[Tensor, Tensor, Named, Tensor | None]:
        """Pictures, their ws, the sum of their w, and their labels."""
        G, c = self.state.G, self._one_hot(self.draws.labels(phase, at))
        ws, w = mixed_ws(G, self.draws.latents(phase, at), c)
        noise = self.draws.noise(phase, at)
        fake = G.synthesis(ws, noise_mode="const" if noise is None else "random", noise=noise)
        return fake, ws, {"w": w.detach().sum(dim=0)}, c

    def _augment(self, image: Tensor, phase: Stream, use: Use, at: Sequence[int]) -> Tensor:
        if self.state.augment_p <= 0:
            return image
        return augment(image, PIPES[self.config.ada.pipe], self.state.augment_p, self.draws.augment(phase, use, at))

    def _one_hot(self, labels: list[int]) -> Tensor | None:
        return one_hot(labels, self.state.G.config.c_dim, self.state.pl_mean.device)
