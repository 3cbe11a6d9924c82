"""Looking at pictures for the index: as wholes, reduced first, and by part."""

import numpy as np
import pytest
import torch
from PIL import Image, ImageFilter, ImageOps

from kinds.index.files import BOXES, PART_WIDTH, WIDTH
from kinds.index.looking import Looker, Maps, windows
from tests.kinds.pictures import picture


@pytest.fixture(scope="module")
def looker() -> Looker:
    return Looker()


def alike(one: np.ndarray, other: np.ndarray) -> float:
    return float(one @ other / np.linalg.norm(one) / np.linalg.norm(other))


def test_windows_are_the_means_of_the_cells_that_their_boxes_name() -> None:
    last = torch.arange(49.0).reshape(1, 1, 7, 7).expand(2, 3, 7, 7)
    middle = torch.arange(196.0).reshape(1, 1, 14, 14).expand(2, 2, 14, 14)
    found = windows(Maps(middle, last))
    assert (found.middle.shape, found.last.shape) == ((2, len(BOXES), 2), (2, len(BOXES), 3))
    for number, (left, top, right, bottom) in enumerate((BOXES * 7).round().astype(int)):
        torch.testing.assert_close(found.last[0, number, 0], last[0, 0, top:bottom, left:right].mean())
        inside = middle[0, 0, 2 * top : 2 * bottom, 2 * left : 2 * right]
        torch.testing.assert_close(found.middle[1, number, 1], inside.mean())


def test_a_picture_is_seen_the_same_alone_and_among_others(looker: Looker) -> None:
    pictures = [picture(0, size=(300, 200)), picture(1, size=(90, 130)).convert("L"), picture(2, size=(1, 1))]
    together = looker.looked(pictures)
    assert together.whole.shape == together.small.shape == (3, WIDTH)
    assert together.parts.shape == (3, len(BOXES), PART_WIDTH)
    np.testing.assert_allclose(np.linalg.norm(together.parts, axis=2), 1, atol=1e-5)
    alone = looker.looked(pictures[1:2])
    np.testing.assert_array_equal(alone.whole[0], together.whole[1])
    np.testing.assert_array_equal(alone.parts[0], together.parts[1])


def test_no_pictures_are_nothing_seen(looker: Looker) -> None:
    nothing = looker.looked([])
    assert (nothing.whole.shape, nothing.parts.shape) == ((0, WIDTH), (0, len(BOXES), PART_WIDTH))


def test_a_small_square_copy_is_most_like_what_the_photograph_looks_like_so(looker: Looker) -> None:
    photographs = [picture(seed, size=(320, 240)) for seed in range(6)]
    known = looker.looked(photographs)
    copies = looker.looked([ImageOps.fit(one, (64, 64)) for one in photographs])
    for number, copy in enumerate(copies.small):
        assert max(range(6), key=lambda other: alike(copy, known.small[other])) == number
        assert alike(copy, known.small[number]) > 0.95
        assert alike(copy, known.small[number]) > alike(copies.whole[number], known.whole[number])


def test_blur_and_noise_hardly_matter_to_what_is_reduced(looker: Looker) -> None:
    photograph = picture(4, size=(320, 240))
    blurred = photograph.filter(ImageFilter.GaussianBlur(3))
    grain = np.random.default_rng(0).normal(0, 20, (240, 320, 3))
    noisy = Image.fromarray((np.asarray(photograph) + grain).clip(0, 255).astype(np.uint8))
    known, *altered = looker.looked([photograph, blurred, noisy]).small
    assert all(alike(known, other) > 0.8 for other in altered)


def test_a_part_that_is_pasted_elsewhere_is_found(looker: Looker) -> None:
    photographs = [picture(seed, size=(320, 320)) for seed in range(6)]
    known = looker.looked(photographs)
    other = picture(9, size=(320, 320))
    other.paste(photographs[3].crop((0, 0, 140, 140)), (0, 0))
    (pasted,) = looker.regions(other, [(0, 0, 140 / 320, 140 / 320)])
    nearest = (known.parts @ pasted).max(axis=1)
    assert nearest.argmax() == 3


@pytest.mark.parametrize("box", [(0, 0, 1, 1), (0.5, 0.5, 0.5, 0.5), (1, 1, 1, 1), (0.9, 0, 0.2, 0.001)])
def test_a_region_is_one_pixel_at_least(looker: Looker, box: tuple[float, ...]) -> None:
    found = looker.regions(picture(0, size=(30, 20)), [box, box])
    assert found.shape == (2, PART_WIDTH)
    np.testing.assert_allclose(np.linalg.norm(found, axis=1), 1, atol=1e-5)
    assert looker.regions(picture(0), []).shape == (0, PART_WIDTH)


def test_transparent_and_palette_pictures_are_seen_too(looker: Looker) -> None:
    for mode in ("RGBA", "P", "LA", "CMYK"):
        assert np.isfinite(looker.looked([Image.new(mode, (40, 30))]).parts).all()
