"""The outputs of named layers of any torch module, batch by batch, kept on disk."""

from __future__ import annotations

import difflib
import re
import tempfile
from collections.abc import Callable, Iterable, Iterator, Sequence
from contextlib import ExitStack, contextmanager
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import numpy as np
import torch
from jaxtyping import Float32
from torch import Tensor, nn

from model.embedding.store import as_names

TOKENS = ("all", "class")

# What timm, OpenCLIP and transformers call the first norm of a block.
_FIRST_NORM = re.compile(r"\d+\.(norm1|ln_1|layernorm_before|layer_norm1)$")


@dataclass(frozen=True, eq=False)
class Features:
    """The same n images at several layers.

    Attributes
    ----------
    names
        The layers' names.
    arrays
        One (n, d_l) float32 array a layer, mapped from a temporary file: the
        operating system holds as much of it in memory as there is room for.
    outputs
        (n, e) what the module itself gave out, where that is one row an image.
    """

    names: tuple[str, ...]
    arrays: tuple[Float32[np.ndarray, "n _"], ...]
    outputs: Float32[np.ndarray, "n e"] | None = None

    def __len__(self) -> int:
        """The number of images."""
        return len(self.arrays[0])


def first_norms(module: nn.Module) -> tuple[str, ...]:
    """The names of the first norm of each block, in order: the chapter's capture points.

    Raises
    ------
    ValueError
        When the module has none that is called as in timm, OpenCLIP or transformers.
    """
    names = tuple(name for name, _ in module.named_modules() if _FIRST_NORM.search(name))
    if not names:
        raise ValueError(
            f"layers: {type(module).__name__} has no norm1, ln_1, layernorm_before or layer_norm1 "
            "in its blocks; name the layers to capture"
        )
    return names


def spread(names: Sequence[str], count: int = 6) -> tuple[str, ...]:
    """Return ``count`` of the names, evenly spread from the first to the last; all when fewer."""
    last, steps = len(names) - 1, max(count - 1, 1)
    return tuple(dict.fromkeys(names[index * last // steps] for index in range(count)))


def check_layers(module: nn.Module, layers: Sequence[str]) -> tuple[str, ...]:
    """Return ``layers`` if the module has them all, each named once.

    Raises
    ------
    ValueError
        When a name is unknown (the message gives the nearest ones), is given
        twice, or there is none.
    """
    known = [name for name, _ in module.named_modules() if name]
    layers = as_names(layers, "layers")
    for name in layers:
        if name not in known:
            nearest = difflib.get_close_matches(name, known, n=3, cutoff=0.0)
            raise ValueError(
                f"layers: {type(module).__name__} has no layer {name!r}; "
                f"the nearest names are {', '.join(nearest)}"
            )
    return layers


def capture(
    module: nn.Module,
    batches: Iterable[Tensor],
    layers: Sequence[str],
    *,
    tokens: str = "all",
    scratch: str | Path | None = None,
) -> Features:
    """Run the batches through the module and keep what the named layers give out.

    Parameters
    ----------
    module
        Any module that takes a batch, its first axis the images. It is run in
        evaluation mode, without gradients, and left as it was.
    batches
        Batches of images, on the module's device.
    layers
        Names as in ``module.named_modules()``.
    tokens
        ``"all"`` keeps all numbers of an image in one row (the book's 38,400
        of a ViT-B/32 are 50 tokens of 768); ``"class"`` keeps the first token
        of an output (n, tokens, width).
    scratch
        Folder for the temporary files, 4 bytes a number; the system's when
        None. They vanish with the arrays. One batch at a time is in memory.

    Raises
    ------
    ValueError
        When a layer is unknown, is not run exactly once in a pass, or does not
        give out finite numbers, one row an image and as many for every batch;
        or when there is no batch. The first batch shows it.
    """
    layers = check_layers(module, layers)
    if tokens not in TOKENS:
        raise ValueError(f"tokens: got {tokens!r}, want 'all' or 'class'")
    widths: dict[str, int] = {}
    ends: list[Tensor | None] = []
    with ExitStack() as stack:
        files = {name: stack.enter_context(tempfile.TemporaryFile(dir=scratch)) for name in layers}
        for end, images, outputs in _passes(module, batches, layers):
            ends.append(end)
            for name, output in outputs.items():
                rows = _as_rows(name, output, images, tokens)
                if widths.setdefault(name, rows.shape[1]) != rows.shape[1]:
                    raise ValueError(
                        f"layers: {name!r} gives {rows.shape[1]} numbers an image, "
                        f"but {widths[name]} in the first batch; want images of one size"
                    )
                files[name].write(rows.tobytes())
        if not widths:
            raise ValueError("batches: got none, want at least one batch of images")
        arrays = tuple(_mapped(files[name], widths[name]) for name in layers)
    return Features(layers, arrays, _joined(ends))


def _passes(
    module: nn.Module, batches: Iterable[Tensor], layers: Sequence[str]
) -> Iterator[tuple[Tensor | None, int, dict[str, Any]]]:
    """For each batch: what the module gave out, the number of images, each layer's output."""
    seen: dict[str, list[Any]] = {name: [] for name in layers}
    with _recording(module, seen):
        for batch in batches:
            with torch.inference_mode():
                end = module(batch)
            for name, outputs in seen.items():
                if len(outputs) != 1:
                    raise ValueError(
                        f"layers: {name!r} is called {len(outputs)} times in a pass, want once; "
                        "name a layer inside or around it"
                    )
            rows = end.float().cpu() if isinstance(end, Tensor) and end.ndim == 2 else None
            yield rows, len(batch), {name: outputs.pop() for name, outputs in seen.items()}


@contextmanager
def _recording(module: nn.Module, seen: dict[str, list[Any]]) -> Iterator[None]:
    """Put whatever a layer gives out at the end of its list; evaluation mode meanwhile."""

    def recorder(outputs: list[Any]) -> Callable[..., None]:
        return lambda _module, _inputs, output: outputs.append(output)

    modes = {child: child.training for child in module.modules()}
    handles = [
        module.get_submodule(name).register_forward_hook(recorder(outputs))
        for name, outputs in seen.items()
    ]
    module.eval()
    try:
        yield
    finally:
        for handle in handles:
            handle.remove()
        for child, mode in modes.items():
            child.training = mode


def _as_rows(name: str, output: Any, images: int, tokens: str) -> Float32[np.ndarray, "n d"]:
    tensor = output[0] if isinstance(output, tuple) else output
    if not isinstance(tensor, Tensor):
        raise ValueError(f"layers: {name!r} gives a {type(tensor).__name__}, want a tensor")
    shape = tuple(tensor.shape)
    if tensor.ndim < 2 or shape[0] != images:
        raise ValueError(
            f"layers: {name!r} gives shape {shape}, want ({images}, ...): the images first"
        )
    if tokens == "class":
        if tensor.ndim != 3:
            raise ValueError(
                f"tokens: {name!r} gives shape {shape}, want (n, tokens, width) to take the "
                "class token of; take all of it with 'all'"
            )
        tensor = tensor[:, 0]
    rows = tensor.flatten(1).float().cpu()
    if not torch.isfinite(rows).all():
        raise ValueError(f"layers: {name!r} gives numbers that are not finite, want finite ones")
    return rows.numpy()


def _mapped(file: Any, width: int) -> Float32[np.ndarray, "n d"]:
    file.flush()
    return np.memmap(file, np.float32, mode="r").reshape(-1, width)


def _joined(ends: Sequence[Tensor | None]) -> Float32[np.ndarray, "n e"] | None:
    tensors = [end for end in ends if end is not None]
    return torch.cat(tensors).numpy() if len(tensors) == len(ends) else None
