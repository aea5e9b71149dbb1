"""Names of layers, shortened, and the numbers in them."""

import numpy as np
import pytest

from model.embedding.names import block_numbers, short_names

OURS = ("blocks.0.norm1", "blocks.4.norm1", "blocks.7.norm1")
CLIP = tuple(f"visual.transformer.resblocks.{i}.ln_1" for i in (0, 11))


@pytest.mark.parametrize(
    ("layers", "short", "with_tail"),
    [
        (OURS, ["blocks.0", "blocks.4", "blocks.7"], list(OURS)),
        (CLIP, ["resblocks.0", "resblocks.11"], ["resblocks.0.ln_1", "resblocks.11.ln_1"]),
        (("stem", "blocks.0.norm1"), ["stem", "blocks.0.norm1"], ["stem", "blocks.0.norm1"]),
        (("a", "b"), ["a", "b"], ["a", "b"]),
    ],
)
def test_short_names(layers: tuple[str, ...], short: list[str], with_tail: list[str]) -> None:
    assert short_names(layers) == short
    assert short_names(layers, tail=True) == with_tail


@pytest.mark.parametrize(
    ("layers", "numbers"),
    [
        (OURS, [0, 4, 7]),
        (CLIP, [0, 11]),
        (("stem", "blocks.0", "head"), [0, 1, 2]),
        (("blocks.3", "blocks.1"), [0, 1]),
        (("layer.1.2", "layer.1.3"), [0, 1]),
    ],
)
def test_block_numbers(layers: tuple[str, ...], numbers: list[float]) -> None:
    np.testing.assert_array_equal(block_numbers(layers), numbers)
