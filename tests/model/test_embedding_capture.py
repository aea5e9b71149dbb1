"""Capture: what the hooks keep is what the layers gave out."""

import copy
import tempfile
from typing import Any

import numpy as np
import pytest
import torch
from hypothesis import given, settings
from hypothesis import strategies as st
from torch import Tensor, nn

from model.embedding.capture import capture, check_layers, first_norms, spread
from model.embedding.vit import VisionTransformer, ViTConfig

TINY = ViTConfig(image_size=8, patch_size=4, width=8, depth=3, heads=2, embed_dim=4)


def vit() -> VisionTransformer:
    torch.manual_seed(0)
    return VisionTransformer(TINY)


@given(sizes=st.lists(st.integers(1, 4), min_size=1, max_size=4))
@settings(max_examples=15, deadline=None)
def test_captured_is_what_the_layers_compute(sizes: list[int]) -> None:
    torch.manual_seed(0)
    model = nn.Sequential(nn.Linear(3, 5), nn.ReLU(), nn.Sequential(nn.Linear(5, 2)))
    x = torch.randn(sum(sizes), 3)
    features = capture(model, x.split(sizes), ["0", "2.0", "1"])
    z = x @ model[0].weight.T + model[0].bias
    y = z.clamp(min=0) @ model[2][0].weight.T + model[2][0].bias
    assert features.names == ("0", "2.0", "1")
    for array, wanted in zip(features.arrays, (z, y, z.clamp(min=0)), strict=True):
        assert array.dtype == np.float32
        assert np.allclose(array, wanted.detach(), atol=1e-6)
    assert features.outputs is not None
    assert np.allclose(features.outputs, y.detach(), atol=1e-6)
    assert len(features) == len(x)


def test_the_first_norm_of_a_block_is_seen_by_hand() -> None:
    model, images = vit(), torch.rand(3, 1, 8, 8)
    features = capture(model, [images], first_norms(model))
    with torch.no_grad():
        patches = model.patch_embed(images).flatten(2).transpose(1, 2)
        x = torch.cat([model.class_token.expand(3, 1, 8), patches], dim=1) + model.position
        for block, array in zip(model.blocks, features.arrays, strict=True):
            assert array.shape == (3, 5 * 8)
            assert np.allclose(array, block.norm1(x).flatten(1), atol=1e-5)
            x = block(x)


def test_the_class_token_is_the_first_one() -> None:
    model, images = vit(), torch.rand(3, 1, 8, 8)
    names = first_norms(model)
    every, first = (capture(model, [images], names, tokens=t) for t in ("all", "class"))
    for whole, token in zip(every.arrays, first.arrays, strict=True):
        assert np.array_equal(whole.reshape(3, 5, 8)[:, 0], token)


def test_the_module_is_left_as_it_was() -> None:
    model = nn.Sequential(nn.Linear(3, 3), nn.Dropout(0.5), nn.Linear(3, 3)).train()
    model[2].eval()
    x = torch.ones(4, 3)
    features = capture(model, [x], ["1"])
    assert np.allclose(features.arrays[0], model[0](x).detach())
    assert [m.training for m in model] == [True, True, False]
    assert all(not m._forward_hooks for m in model.modules())
    assert all(p.grad is None and p.requires_grad for p in model.parameters())
    with pytest.raises(RuntimeError):
        capture(model, [torch.ones(4, 9)], ["1"])
    assert model.training
    assert all(not m._forward_hooks for m in model.modules())


def test_memory_holds_one_batch(monkeypatch: pytest.MonkeyPatch) -> None:
    """What is kept lies in temporary files, and no batch outlives its turn."""
    import weakref

    alive: list[weakref.ref[Tensor]] = []

    class Wide(nn.Module):
        def forward(self, x: Tensor) -> Tensor:
            return x.repeat(1, 1000)[:, :, None]

    model = nn.Sequential(Wide())
    model[0].register_forward_hook(lambda _m, _i, out: alive.append(weakref.ref(out)))
    most = 0

    def batches() -> Any:
        nonlocal most
        for _ in range(20):
            most = max(most, sum(ref() is not None for ref in alive))
            yield torch.rand(2, 10)

    features = capture(model, batches(), ["0"])
    assert most <= 1
    assert isinstance(features.arrays[0].base, np.memmap) or isinstance(
        features.arrays[0], np.memmap
    )
    assert features.arrays[0].shape == (40, 10_000)


def test_scratch_files_are_where_asked_and_vanish(tmp_path: Any) -> None:
    opened: list[Any] = []
    real = tempfile.TemporaryFile

    def spy(*args: Any, **kwargs: Any) -> Any:
        opened.append(kwargs["dir"])
        return real(*args, **kwargs)

    with pytest.MonkeyPatch.context() as patch:
        patch.setattr(tempfile, "TemporaryFile", spy)
        features = capture(nn.Sequential(nn.ReLU()), [torch.ones(2, 2)], ["0"], scratch=tmp_path)
    assert opened == [tmp_path]
    assert list(tmp_path.iterdir()) == []
    assert (features.arrays[0] == 1).all()


def test_half_precision_and_tuples_are_taken() -> None:
    class Pair(nn.Module):
        def forward(self, x: Tensor) -> tuple[Tensor, None]:
            return x.half(), None

    features = capture(nn.Sequential(Pair()), [torch.full((2, 3), 0.5)], ["0"])
    assert features.outputs is None
    assert np.array_equal(features.arrays[0], np.full((2, 3), 0.5, np.float32))


def test_an_unknown_layer_brings_the_nearest_names() -> None:
    with pytest.raises(ValueError, match=r"no layer 'blocks.1.nrm1'; the nearest names are blocks"):
        check_layers(vit(), ["blocks.0.norm1", "blocks.1.nrm1"])
    with pytest.raises(ValueError, match=r"nearest names are .*blocks\.1\.norm1"):
        capture(vit(), [torch.zeros(1)], ["blocks.1.nom1"])
    for wrong in ([], ["norm", "norm"], "norm"):
        with pytest.raises(ValueError, match="layers: got"):
            check_layers(vit(), wrong)


def test_nothing_runs_before_the_names_are_checked() -> None:
    def never() -> Any:
        raise AssertionError("a batch was drawn")
        yield

    with pytest.raises(ValueError, match="has no layer"):
        capture(vit(), never(), ["nothing"])
    with pytest.raises(ValueError, match="tokens: got 'mean', want 'all' or 'class'"):
        capture(vit(), never(), ["norm"], tokens="mean")


def test_outputs_that_cannot_be_rows_are_refused() -> None:
    class Twice(nn.Module):
        def __init__(self) -> None:
            super().__init__()
            self.used, self.unused = nn.Identity(), nn.Identity()

        def forward(self, x: Tensor) -> Tensor:
            return self.used(self.used(x))

    class Gives(nn.Module):
        def __init__(self, value: Any) -> None:
            super().__init__()
            self.value = value

        def forward(self, x: Tensor) -> Any:
            return self.value

    x = torch.ones(2, 3)
    cases: list[tuple[nn.Module, str, str]] = [
        (Twice(), "used", "'used' is called 2 times in a pass, want once"),
        (Twice(), "unused", "'unused' is called 0 times in a pass, want once"),
        (nn.Sequential(Gives("text")), "0", "'0' gives a str, want a tensor"),
        (nn.Sequential(Gives(torch.ones(5, 2))), "0", r"shape \(5, 2\), want \(2, ...\)"),
        (nn.Sequential(Gives(torch.tensor(1.0))), "0", r"shape \(\), want"),
        (nn.Sequential(Gives(torch.full((2, 2), torch.nan))), "0", "that are not finite"),
    ]
    for module, layer, message in cases:
        with pytest.raises(ValueError, match=f"layers: .*{message}"):
            capture(module, [x], [layer])
    with pytest.raises(ValueError, match=r"tokens: '0' gives shape \(2, 3\), want \(n, tokens"):
        capture(nn.Sequential(nn.ReLU()), [x], ["0"], tokens="class")
    with pytest.raises(ValueError, match="'0' gives 4 numbers an image, but 3 in the first batch"):
        capture(nn.Sequential(nn.ReLU()), [x, torch.ones(2, 4)], ["0"])
    with pytest.raises(ValueError, match="batches: got none"):
        capture(nn.Sequential(nn.ReLU()), [], ["0"])


def test_first_norms_by_every_library_s_names() -> None:
    for name in ("norm1", "ln_1", "layernorm_before", "layer_norm1"):
        block = nn.ModuleDict({name: nn.Identity(), "norm2": nn.Identity(), "x_norm1": nn.ReLU()})
        model = nn.ModuleDict({"blocks": nn.ModuleList([block, copy.deepcopy(block)])})
        assert first_norms(model) == (f"blocks.0.{name}", f"blocks.1.{name}")
    with pytest.raises(ValueError, match="layers: Sequential has no norm1, ln_1"):
        first_norms(nn.Sequential(nn.Linear(2, 2)))


@given(depth=st.integers(1, 40), count=st.integers(1, 12))
def test_the_spread_runs_from_first_to_last(depth: int, count: int) -> None:
    names = [str(i) for i in range(depth)]
    chosen = [int(name) for name in spread(names, count)]
    assert chosen[0] == 0
    assert len(chosen) == min(depth, count)
    assert chosen[-1] == depth - 1 or count == 1
    gaps = np.diff(chosen)
    assert not len(gaps) or gaps.max() - gaps.min() <= 1
    assert chosen == sorted(set(chosen))
