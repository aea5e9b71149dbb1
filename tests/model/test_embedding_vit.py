"""The small vision transformer, its contrastive loss, and its training."""

import math
from pathlib import Path
from typing import Any

import numpy as np
import pytest
import torch
from hypothesis import given, settings
from hypothesis import strategies as st
from torch import nn

from model import files
from model.embedding import contrastive, digits
from model.embedding.vit import (
    ALPHABET,
    Block,
    ContrastiveModel,
    TextEncoder,
    VisionTransformer,
    ViTConfig,
    clip_loss,
    tokenize,
)

TINY = ViTConfig(
    image_size=8, patch_size=4, width=8, depth=2, heads=2, text_width=8, text_depth=1, embed_dim=4
)
STILL = digits.Placement(canvas=8, shift=0.0, turn=0.0, zoom=(1.0, 1.0))


def seeded(seed: int = 0) -> None:
    torch.manual_seed(seed)


def attention(block: Block, x: torch.Tensor) -> torch.Tensor:
    """Multi-head attention written out (Vaswani et al. 2017, section 3.2)."""
    heads, width = block.attn.num_heads, x.shape[-1]
    q, k, v = (x @ block.attn.in_proj_weight.T + block.attn.in_proj_bias).chunk(3, dim=-1)
    q, k, v = (t.unflatten(-1, (heads, width // heads)).transpose(1, 2) for t in (q, k, v))
    shares = (q @ k.transpose(-1, -2) / math.sqrt(width // heads)).softmax(dim=-1)
    return block.attn.out_proj((shares @ v).transpose(1, 2).flatten(2))


def test_the_image_encoder_is_a_pre_norm_vision_transformer() -> None:
    seeded()
    model = VisionTransformer(TINY).double().eval()
    nn.init.normal_(model.class_token)
    images = torch.rand(3, 1, 8, 8, dtype=torch.float64)
    weight = model.patch_embed.weight.flatten(1)
    corners = [(0, 0), (0, 4), (4, 0), (4, 4)]
    cut = [images[:, :, r : r + 4, c : c + 4].flatten(1) @ weight.T for r, c in corners]
    patches = torch.stack(cut, dim=1) + model.patch_embed.bias
    x = torch.cat([model.class_token.expand(3, 1, 8), patches], dim=1) + model.position
    for block in model.blocks:
        x = x + attention(block, block.norm1(x))
        x = x + block.mlp(block.norm2(x))
    wanted = model.norm(x[:, 0]) @ model.head.weight.T
    wanted = wanted / wanted.norm(dim=1, keepdim=True)
    assert torch.allclose(model(images), wanted, atol=1e-12)


def test_the_encoders_give_unit_vectors() -> None:
    seeded()
    images, texts = VisionTransformer(TINY)(torch.rand(3, 1, 8, 8)), TextEncoder(TINY)(["one", "a"])
    for embedded, count in ((images, 3), (texts, 2)):
        assert embedded.shape == (count, 4)
        assert torch.allclose(embedded.norm(dim=1), torch.ones(count))


def test_the_logits_are_scaled_cosines() -> None:
    seeded()
    model, images = ContrastiveModel(TINY), torch.rand(3, 1, 8, 8)
    logits = model.logits(images, ["one", "two"])
    cosines = nn.functional.cosine_similarity(
        model.image(images)[:, None], model.text(["one", "two"])[None], dim=2
    )
    assert torch.allclose(logits, cosines / 0.07, atol=1e-4)
    nn.init.constant_(model.log_scale, 9.0)
    assert torch.allclose(model.logits(images, ["one", "two"]), 100 * cosines, atol=1e-3)


@given(
    groups=st.integers(1, 3),
    pairs=st.integers(1, 4),
    seed=st.integers(0, 99),
    scale=st.floats(0.1, 30),
)
@settings(max_examples=30, deadline=None)
def test_the_loss_is_clip_s(groups: int, pairs: int, seed: int, scale: float) -> None:
    logits = scale * np.random.default_rng(seed).standard_normal((groups, pairs, pairs))
    by_hand = 0.0
    for batch in logits:
        for i in range(pairs):
            own = batch[i, i]
            by_hand += np.log(np.exp(batch[i] - own).sum()) + np.log(
                np.exp(batch[:, i] - own).sum()
            )
    loss = clip_loss(torch.tensor(logits)).item()
    assert loss == pytest.approx(by_hand / (2 * groups * pairs), rel=1e-9, abs=1e-12)
    swapped = clip_loss(torch.tensor(logits).transpose(1, 2)).item()
    assert swapped == pytest.approx(loss, rel=1e-9, abs=1e-12)


def test_words_become_letters() -> None:
    assert tokenize(["ab", ""], 3).tolist() == [[1, 2, 0], [0, 0, 0]]
    for wrong in ("four", "a1", "A"):
        with pytest.raises(ValueError, match=f"texts: got '{wrong}', want at most 3 lower-case"):
            tokenize(["ab", wrong], 3)
    names = tokenize(digits.CLASS_NAMES, ViTConfig().text_length)
    assert ["".join(ALPHABET[i] for i in row).strip() for row in names] == list(digits.CLASS_NAMES)


@pytest.mark.parametrize(
    ("changes", "message"),
    [
        ({"depth": 0}, "depth: got 0, want a whole number, at least 1"),
        ({"patch_size": 3}, "patch_size: got 3, want a divisor of 16"),
        ({"heads": 5}, "heads: got 5, want a divisor of 48"),
        ({"text_width": 30}, "heads: got 4, want a divisor of 30"),
    ],
)
def test_sizes_that_do_not_fit_are_refused(changes: dict[str, Any], message: str) -> None:
    with pytest.raises(ValueError, match=message):
        ViTConfig(**changes)


def test_the_split_keeps_the_held_out_digits_out() -> None:
    from sklearn.datasets import load_digits

    every = load_digits()
    trained, trained_labels = digits.load_digits(held_out=False)
    held_out, labels = digits.load_digits(held_out=True)
    assert (len(trained), len(held_out)) == (780, 1017)
    assert np.array_equal(torch.cat([trained, held_out])[:, 0].numpy() * 16, every.images)
    assert np.array_equal(np.concatenate([trained_labels, labels]), every.target)
    assert not set(map(bytes, trained.numpy())) & set(map(bytes, held_out.numpy()))


def test_an_unmoved_digit_stays_as_it_is() -> None:
    images, _ = digits.load_digits(held_out=True)
    assert torch.allclose(digits.place(images, STILL, torch.Generator()), images, atol=1e-6)


@given(seed=st.integers(0, 999), shift=st.floats(0.0, 3.0), turn=st.floats(0.0, 180.0))
@settings(max_examples=20, deadline=None)
def test_a_placed_digit_is_moved_whole(seed: int, shift: float, turn: float) -> None:
    """Its ink, away from the border, is kept; its centre moves as far as it may."""
    soft = torch.zeros(4, 1, 8, 8)
    soft[:, :, 3:5, 3:5] = 1.0
    placement = digits.Placement(canvas=16, shift=shift, turn=turn, zoom=(1.0, 1.0))
    placed = digits.place(soft, placement, torch.Generator().manual_seed(seed))[:, 0].double()
    ink = placed.sum(dim=(1, 2))
    assert torch.allclose(ink, torch.full_like(ink, 4.0), rtol=0.15)
    along = torch.arange(16) - 7.5
    for axis in (1, 2):
        centre = (placed.sum(dim=axis) * along).sum(dim=1) / ink
        assert centre.abs().max() <= shift + 0.15


@pytest.mark.parametrize("zoom", [1.0, 1.5, 2.0])
def test_a_placed_digit_is_turned_and_magnified_about_its_centre(zoom: float) -> None:
    mark = torch.zeros(400, 1, 8, 8)
    mark[:, :, 3:5, 6] = 0.5  # 2.5 pixels right of the centre
    placement = digits.Placement(canvas=16, shift=0.0, turn=30.0, zoom=(zoom, zoom))
    placed = digits.place(mark, placement, torch.Generator().manual_seed(0))[:, 0]
    along, ink = torch.arange(16) - 7.5, placed.sum(dim=(1, 2))
    x, y = ((placed.sum(dim=axis) * along).sum(dim=1) / ink for axis in (1, 2))
    assert torch.allclose(torch.hypot(x, y), torch.full_like(x, 2.5 * zoom), atol=0.2)
    angle = torch.rad2deg(torch.atan2(y, x))
    assert angle.abs().max() < 32
    assert angle.min() < -25
    assert angle.max() > 25
    assert torch.allclose(ink, torch.full_like(ink, zoom**2), rtol=0.25)


def test_thumbnails_are_what_the_network_sees() -> None:
    thumbnails, labels = digits.held_out_thumbnails(digits.Placement(), seed=3)
    again, _ = digits.held_out_thumbnails(digits.Placement(), seed=3)
    other, _ = digits.held_out_thumbnails(digits.Placement(), seed=4)
    assert thumbnails.shape == (1017, 16, 16)
    assert len(labels) == 1017
    assert np.array_equal(thumbnails, again)
    assert not np.array_equal(thumbnails, other)
    batch = digits.as_batch(thumbnails)
    assert batch.shape == (1017, 1, 16, 16)
    assert np.array_equal((batch[:, 0] * 255).round().numpy(), thumbnails)


def short(steps: int = 5, seed: int = 0) -> ContrastiveModel:
    training = contrastive.Training(steps=steps, groups=2, learning_rate=5e-3, seed=seed)
    return contrastive.train(TINY, training, STILL)


def test_training_is_repeatable_and_leaves_torch_s_seed_alone() -> None:
    torch.manual_seed(5)
    before = torch.get_rng_state()
    first, second, other = short(), short(), short(seed=1)
    assert torch.equal(torch.get_rng_state(), before)
    for name, value in first.state_dict().items():
        assert torch.equal(value, second.state_dict()[name])
    assert not torch.equal(first.image.head.weight, other.image.head.weight)


def test_a_tiny_training_learns() -> None:
    images, labels = digits.load_digits(held_out=True)
    untrained = contrastive.model_accuracy(short(steps=1), images, labels)
    trained = contrastive.model_accuracy(short(steps=400), images, labels)
    assert untrained < 0.3
    assert trained > 0.6


def test_each_contrastive_batch_holds_every_class_once() -> None:
    training = contrastive.Training(steps=3, groups=4)
    images, labels = digits.load_digits(held_out=False)
    known = {bytes(image): label for image, label in zip(images.numpy(), labels, strict=True)}
    exact = digits.Placement(canvas=8, shift=0.0, turn=0.0, zoom=(1.0, 1.0))
    batches = list(contrastive._draw_batches(training, exact, torch.Generator().manual_seed(0)))
    assert len(batches) == 3
    for batch in batches:
        drawn = [known[bytes((16 * image).round().numpy() / 16)] for image in batch]
        assert drawn == 4 * list(range(10))


def test_training_refuses_another_canvas() -> None:
    with pytest.raises(ValueError, match="canvas: got 16, want image_size, 8"):
        contrastive.train(TINY, contrastive.Training(steps=1), digits.Placement())
    with pytest.raises(ValueError, match="steps: got 0, want at least 1"):
        contrastive.Training(steps=0)


def test_the_zero_shot_class_is_the_nearest_text() -> None:
    texts = np.array([[1.0, 0.0], [0.0, 5.0]])
    images = np.array([[3.0, 1.0], [0.1, 0.2], [9.0, 1.0], [-1.0, -0.5]])
    labels = np.array([0, 1, 1, 1])
    assert contrastive.zero_shot_accuracy(images, texts, labels) == 0.75


def test_a_saved_model_is_the_same_model(tmp_path: Path) -> None:
    path, model = tmp_path / "m.safetensors", short()
    contrastive.save_model(model, path, {"steps": 5})
    read, made = contrastive.load_model(path)
    assert made == {"steps": 5}
    assert read.config == TINY
    images = torch.rand(2, 1, 8, 8)
    assert torch.equal(read.logits(images, ["one"]), model.logits(images, ["one"]))


def test_foreign_weights_are_refused(tmp_path: Path) -> None:
    path = tmp_path / "m.safetensors"
    with pytest.raises(ValueError, match=f"path: there is no file {path}"):
        contrastive.load_model(path)
    contrastive.save_model(short(), path, {})
    tensors, note = files.unpack(path.read_bytes())
    fewer = {name: value for name, value in tensors.items() if name != "log_scale"}
    for data, message in (
        (b"", "cut short"),
        (files.pack(tensors, note | {"format": "x"}), "is of the format 'x'"),
        (files.pack(tensors, note | {"config": {"depth": 0}}), "depth: got 0"),
        (files.pack(tensors, note | {"config": {"colour": 1}}), "colour"),
        (files.pack(fewer, note), "Missing key.*log_scale"),
    ):
        path.write_bytes(data)
        with pytest.raises(ValueError, match=f"path: {path} .*{message}"):
            contrastive.load_model(path)
