"""Vision transformers from OpenCLIP, timm and Hugging Face (``pip install -e .[vit]``)."""

from __future__ import annotations

import contextlib
import importlib
import logging
import socket
import sys
from collections.abc import Callable, Iterator, Sequence
from dataclasses import dataclass
from pathlib import Path
from types import ModuleType
from typing import Any
from urllib.parse import urlsplit
from urllib.request import getproxies

import torch
from jaxtyping import Float
from PIL import Image
from torch import Tensor, nn


@dataclass(frozen=True, eq=False)
class ImageModel:
    """An image encoder, and what it needs around it.

    Attributes
    ----------
    name
        As given to :func:`load`, with the weights.
    module
        Takes a batch of prepared images.
    prepare
        Turns an RGB image into the module's input, (3, h, w).
    encode_names
        Turns class names into text embeddings (k, e) in the space of the
        module's output; None without a text encoder.
    """

    name: str
    module: nn.Module
    prepare: Callable[[Image.Image], Tensor]
    encode_names: Callable[[Sequence[str]], Float[Tensor, "k e"]] | None = None


def load(source: str, weights: str | Path | None = None) -> ImageModel:
    """Return a trained image encoder.

    Parameters
    ----------
    source
        ``open_clip:ViT-B-32``, ``timm:vit_base_patch16_224`` or
        ``hf:google/vit-base-patch16-224``: the library and its own name.
    weights
        A local file (for ``hf`` a folder, as ``save_pretrained`` writes it),
        or for ``open_clip`` one of its tags, e.g. ``laion2b_s34b_b79k``. When
        None the library's first choice is fetched, or found in its cache. For
        a local file of OpenAI's own weights name ``ViT-B-32-quickgelu``: their
        activation cannot be told from the file.

    Raises
    ------
    ValueError
        When the library is unknown or not installed, it does not know the
        model, or the weights cannot be fetched or do not fit.
    """
    library, _, name = source.partition(":")
    if library not in _LOADERS or not name:
        raise ValueError(
            f"model: got {source!r}, want a library and a model's name, such as "
            "open_clip:ViT-B-32, timm:vit_base_patch16_224 or hf:google/vit-base-patch16-224"
        )
    package, loader = _LOADERS[library]
    module = _import(package)
    with _quiet_hub():
        return loader(module, name, None if weights is None else str(weights))


def _load_open_clip(open_clip: ModuleType, name: str, weights: str | None) -> ImageModel:
    if name not in open_clip.list_models():
        raise ValueError(f"model: OpenCLIP has no {name!r}; open_clip.list_models() lists them")
    tags = open_clip.list_pretrained_tags_by_model(name)
    weights = weights or next(iter(tags), None)
    if weights not in tags:
        _check_file(weights, f"a local file or one of {', '.join(tags) or 'none'}")
    quick = open_clip.get_pretrained_cfg(name, weights).get("quick_gelu", False)
    with _explained(f"open_clip:{name}", weights, "file.safetensors"):
        model, prepare = open_clip.create_model_from_pretrained(
            name, pretrained=weights, force_quick_gelu=quick
        )
        tokenize = open_clip.get_tokenizer(name)
    model.eval()

    @torch.inference_mode()
    def encode_names(names: Sequence[str]) -> Float[Tensor, "k e"]:
        return model.encode_text(tokenize([f"a photo of a {n.replace('_', ' ')}" for n in names]))

    full = _full_name(f"open_clip:{name}", weights)
    return ImageModel(full, model.visual, prepare, encode_names)


def _load_timm(timm: ModuleType, name: str, weights: str | None) -> ImageModel:
    if not timm.is_model(name.split(".")[0]):
        raise ValueError(f"model: timm has no {name!r}; timm.list_models('vit*') lists some")
    if weights is not None:
        _check_file(weights, "a local file")
    overlay = {} if weights is None else {"pretrained_cfg_overlay": {"file": weights}}
    with _explained(f"timm:{name}", weights, "file.safetensors"):
        model = timm.create_model(name, pretrained=True, **overlay).eval()
    prepare = timm.data.create_transform(**timm.data.resolve_model_data_config(model))
    return ImageModel(_full_name(f"timm:{name}", weights), model, prepare)


def _load_hugging_face(transformers: ModuleType, name: str, weights: str | None) -> ImageModel:
    if weights is not None and not Path(weights).is_dir():
        raise ValueError(f"weights: got {weights}, want a folder that save_pretrained wrote")
    place = weights or name
    with _explained(f"hf:{name}", weights, "folder"):
        model = transformers.AutoModel.from_pretrained(place).eval()
        processor = transformers.AutoImageProcessor.from_pretrained(place)

    def prepare(image: Image.Image) -> Tensor:
        return processor(images=image, return_tensors="pt")["pixel_values"][0]

    module = getattr(model, "vision_model", model)
    return ImageModel(_full_name(f"hf:{name}", weights), module, prepare)


_LOADERS: dict[str, tuple[str, Callable[[ModuleType, str, str | None], ImageModel]]] = {
    "open_clip": ("open_clip", _load_open_clip),
    "timm": ("timm", _load_timm),
    "hf": ("transformers", _load_hugging_face),
}


def _check_file(weights: str | None, wanted: str) -> None:
    if weights is None or not Path(weights).is_file():
        raise ValueError(f"weights: got {weights}, want {wanted}")


def _full_name(name: str, weights: str | None) -> str:
    return name if weights is None else f"{name} {Path(weights).name}"


def _import(library: str) -> ModuleType:
    try:
        _declare_torchvision_operators()
        return importlib.import_module(library)
    except ImportError as error:
        raise ValueError(
            f"model: {library} is not installed ({error}); run `pip install -e .[vit]`"
        ) from error


def _declare_torchvision_operators() -> None:
    """Make torchvision import beside a torch that its compiled part was not built for.

    PyPI's torchvision expects PyPI's CUDA build of torch. Beside the CPU build
    its operators stay undefined, and importing it fails on the two it
    describes. No vision transformer calls them; declaring them is enough.
    """
    try:
        importlib.import_module("torchvision")
    except RuntimeError as error:
        if "torchvision::nms does not exist" not in str(error):
            raise
        for operator in ("nms", "qnms"):
            torch.library.define(
                f"torchvision::{operator}", "(Tensor dets, Tensor scores, float iou) -> Tensor"
            )
        for name in [name for name in sys.modules if name.split(".")[0] == "torchvision"]:
            del sys.modules[name]


@contextlib.contextmanager
def _explained(model: str, weights: str | None, wanted: str) -> Iterator[None]:
    """Turn whatever a library raises while it loads weights into one line."""
    try:
        yield
    except Exception as error:
        reason = " ".join(str(error).split())[:160]
        raise ValueError(
            f"weights: cannot load {weights or 'the weights'} for {model} ({reason}); "
            f"download them elsewhere and give --weights path/to/{wanted}"
        ) from error


@contextlib.contextmanager
def _quiet_hub() -> Iterator[None]:
    """Keep the libraries' logging down and, where their hub is out of reach, their retries."""
    constants: Any = importlib.import_module("huggingface_hub.constants")

    before = constants.HF_HUB_OFFLINE, logging.root.manager.disable
    constants.HF_HUB_OFFLINE = before[0] or not _reachable(constants.ENDPOINT)
    logging.disable(logging.ERROR)
    try:
        yield
    finally:
        constants.HF_HUB_OFFLINE = before[0]
        logging.disable(before[1])


def _reachable(url: str) -> bool:
    """Whether a connection opens within 5 s; taken for granted behind a proxy."""
    parts = urlsplit(url)
    if getproxies():
        return True
    try:
        address = (parts.hostname or "", parts.port or (443 if parts.scheme == "https" else 80))
        socket.create_connection(address, timeout=5).close()
    except OSError:
        return False
    return True
