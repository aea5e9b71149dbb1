"""The libraries' own vision transformers, tiny and with random weights made here.

Nothing is downloaded: the weights are written to a file and read back by the
same calls that read real ones.
"""

import importlib
import importlib.util
import json
import logging
import socket
from pathlib import Path
from types import ModuleType
from typing import Any

import numpy as np
import pytest
import torch
from PIL import Image
from safetensors.torch import save_file

from model.embedding import Embeddings, pretrained
from model.embedding.__main__ import main
from model.embedding.capture import capture, first_norms
from model.embedding.contrastive import zero_shot_accuracy
from model.embedding.folders import read_batches, scan_folder
from model.embedding.pipeline import embed_images
from model.embedding.projection import Settings

INSTALLED = all(
    importlib.util.find_spec(name)
    for name in ("open_clip", "timm", "transformers", "torchvision", "huggingface_hub")
)
vit = pytest.mark.skipif(not INSTALLED, reason="needs the extra: pip install -e .[vit]")
QUICK = Settings(perplexity=4.0, iterations=250, neighbours=3)


def tiny_open_clip(folder: Path) -> tuple[str, str]:
    """Write a tiny CLIP's configuration and random weights; return its name and file."""
    open_clip = pretrained._import("open_clip")
    config = {
        "embed_dim": 16,
        "vision_cfg": {
            "image_size": 32, "layers": 3, "width": 64, "head_width": 32, "patch_size": 8
        },
        "text_cfg": {
            "context_length": 77, "vocab_size": 49408, "width": 32, "heads": 2, "layers": 1
        },
    }  # fmt: skip
    (folder / "tiny-clip.json").write_text(json.dumps(config))
    open_clip.add_model_config(folder / "tiny-clip.json")
    torch.manual_seed(0)
    save_file(open_clip.create_model("tiny-clip").state_dict(), folder / "clip.safetensors")
    return "open_clip:tiny-clip", str(folder / "clip.safetensors")


def tiny_timm(folder: Path) -> tuple[str, str]:
    timm = pretrained._import("timm")
    torch.manual_seed(0)
    model = timm.create_model("test_vit", pretrained=False)
    save_file(model.state_dict(), folder / "timm.safetensors")
    return "timm:test_vit", str(folder / "timm.safetensors")


def tiny_hugging_face(folder: Path, kind: str = "ViT") -> tuple[str, str]:
    transformers = pretrained._import("transformers")
    sizes: dict[str, Any] = {
        "hidden_size": 16, "num_hidden_layers": 3, "num_attention_heads": 2,
        "intermediate_size": 32, "image_size": 32, "patch_size": 8,
    }  # fmt: skip
    torch.manual_seed(0)
    if kind == "ViT":
        model = transformers.ViTModel(transformers.ViTConfig(**sizes))
    else:
        text = {k: v for k, v in sizes.items() if k not in ("image_size", "patch_size")}
        model = transformers.CLIPModel(
            transformers.CLIPConfig(vision_config=sizes, text_config=text, projection_dim=16)
        )
    processor = transformers.ViTImageProcessor(size={"height": 32, "width": 32})
    for part in (model, processor):
        part.save_pretrained(folder / kind)
    return f"hf:tiny-{kind.lower()}", str(folder / kind)


MAKERS = {
    "open_clip": tiny_open_clip,
    "timm": tiny_timm,
    "hf ViT": tiny_hugging_face,
    "hf CLIP": lambda folder: tiny_hugging_face(folder, "CLIP"),
}


@pytest.fixture(scope="module", params=MAKERS)
def made(
    request: pytest.FixtureRequest, tmp_path_factory: pytest.TempPathFactory
) -> tuple[str, str]:
    return MAKERS[request.param](tmp_path_factory.mktemp("weights"))


@pytest.fixture(scope="module")
def folder(tmp_path_factory: pytest.TempPathFactory) -> Path:
    rng, folder = np.random.default_rng(0), tmp_path_factory.mktemp("photographs")
    for index, name in enumerate(("green_leaf", "sky")):
        (folder / name).mkdir()
        for number in range(6):
            pixels = rng.integers(0, 120, (40, 48, 3), np.uint8)
            pixels[..., 1 + index] += 100
            Image.fromarray(pixels).save(folder / name / f"{number}.png")
    return folder


@vit
def test_a_real_architecture_is_loaded_captured_and_projected(
    made: tuple[str, str], folder: Path
) -> None:
    model = pretrained.load(*made)
    shown = embed_images(folder, model, settings=QUICK, batch=5)
    depth = len(first_norms(model.module))
    assert depth >= 3
    assert shown.points.shape == (min(depth, 6), 12, 2)
    assert shown.model_name == f"{made[0]} {Path(made[1]).name}"
    assert (shown.zero_shot_accuracy is not None) == made[0].startswith("open_clip")
    token = embed_images(folder, model, settings=QUICK, tokens="class")
    tokens = shown.parameters["numbers_per_image"] / token.parameters["numbers_per_image"]
    image = model.prepare(Image.new("RGB", (50, 40)))
    assert image.shape[0] == 3
    patch = {"timm": 16}.get(made[0].split(":")[0], 8)
    assert tokens == (image.shape[1] // patch) * (image.shape[2] // patch) + 1


@vit
def test_the_weights_are_those_of_the_file(made: tuple[str, str], folder: Path) -> None:
    first, second = pretrained.load(*made), pretrained.load(*made)
    batch = next(read_batches(scan_folder(folder), first.prepare, 4))
    names = first_norms(first.module)
    for one, other in zip(
        capture(first.module, [batch], names).arrays,
        capture(second.module, [batch], names).arrays,
        strict=True,
    ):
        assert np.array_equal(one, other)
        assert one.std() > 0.1


@vit
def test_captured_norms_are_inputs_of_the_attention(made: tuple[str, str], folder: Path) -> None:
    """The capture point is right after the first norm: what each block's attention is given."""
    model = pretrained.load(*made)
    names = first_norms(model.module)
    given: list[torch.Tensor] = []

    def note(_module: Any, inputs: Any, named: Any) -> None:
        given.append((*inputs, *named.values())[0])

    for name in names:
        block = model.module.get_submodule(name.rpartition(".")[0])
        key = next(k for k in ("attn", "attention", "self_attn") if hasattr(block, k))
        getattr(block, key).register_forward_pre_hook(note, with_kwargs=True)
    batch = next(read_batches(scan_folder(folder), model.prepare, 4))
    features = capture(model.module, [batch], names)
    assert len(given) == len(names)
    for array, tokens in zip(features.arrays, given, strict=True):
        assert np.allclose(array, tokens.flatten(1), atol=1e-6)


@vit
def test_zero_shot_is_open_clip_s_own(tmp_path: Path, folder: Path) -> None:
    model = pretrained.load(*tiny_open_clip(tmp_path))
    open_clip = pretrained._import("open_clip")
    found = scan_folder(folder)
    whole, _, prepare = open_clip.create_model_and_transforms(
        "tiny-clip", pretrained=str(tmp_path / "clip.safetensors")
    )
    tokens = open_clip.get_tokenizer("tiny-clip")(["a photo of a green leaf", "a photo of a sky"])
    batch = next(read_batches(found, prepare, 12))
    with torch.inference_mode():
        images, texts = whole.eval().encode_image(batch), whole.encode_text(tokens)
    wanted = zero_shot_accuracy(images.numpy(), texts.numpy(), found.labels)
    assert embed_images(folder, model, settings=QUICK).zero_shot_accuracy == wanted
    assert model.encode_names is not None
    assert torch.allclose(model.encode_names(found.class_names), texts, atol=1e-6)


@vit
def test_openai_s_weights_come_with_their_activation(monkeypatch: pytest.MonkeyPatch) -> None:
    open_clip = pretrained._import("open_clip")
    asked: list[tuple[str, bool]] = []

    def create(name: str, *, pretrained: str, force_quick_gelu: bool) -> None:
        asked.append((pretrained, force_quick_gelu))
        raise RuntimeError("enough")

    monkeypatch.setattr(open_clip, "create_model_from_pretrained", create)
    for tag in (None, "openai", "laion2b_s34b_b79k"):
        with pytest.raises(ValueError, match="enough"):
            pretrained.load("open_clip:ViT-B-32", tag)
    assert asked == [("openai", True), ("openai", True), ("laion2b_s34b_b79k", False)]


@vit
@pytest.mark.parametrize(
    ("source", "wanted"),
    [
        ("open_clip:ViT-B-32", "file.safetensors"),
        ("timm:vit_tiny_patch16_224", "file.safetensors"),
        ("hf:nobody/no-such-model", "folder"),
    ],
)
def test_weights_that_cannot_be_fetched(
    source: str,
    wanted: str,
    folder: Path,
    tmp_path: Path,
    capfd: pytest.CaptureFixture[str],
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    def unreachable(*_: Any, **__: Any) -> None:
        raise OSError("no network")

    monkeypatch.setattr(socket, "create_connection", unreachable)
    monkeypatch.setattr(pretrained, "getproxies", dict)
    hub = importlib.import_module("huggingface_hub.constants")
    monkeypatch.setattr(hub, "HF_HUB_CACHE", str(tmp_path))
    arguments = ["images", str(folder), "--model", source, "--out", str(tmp_path / "e")]
    assert main([*arguments, "--perplexity", "5"]) == 2
    error = capfd.readouterr().err
    assert error.count("\n") == 1
    first = "openai" if source.startswith("open_clip") else "the weights"
    assert error.startswith(f"error: weights: cannot load {first} for {source} (")
    assert error.endswith(f"download them elsewhere and give --weights path/to/{wanted}\n")
    assert not (tmp_path / "e").exists()
    assert hub.HF_HUB_OFFLINE is False
    assert logging.root.manager.disable == logging.NOTSET


@vit
def test_weights_that_do_not_fit(tmp_path: Path) -> None:
    name, _ = tiny_open_clip(tmp_path)
    save_file({"x": torch.zeros(1)}, tmp_path / "other.safetensors")
    (tmp_path / "text.safetensors").write_text("no tensors")
    for file in ("other.safetensors", "text.safetensors"):
        for source in (name, "timm:test_vit"):
            with pytest.raises(ValueError, match=f"weights: cannot load .*{file} for {source}"):
                pretrained.load(source, tmp_path / file)
    with pytest.raises(ValueError, match=r"weights: got .*none, want a local file or one of"):
        pretrained.load(name, tmp_path / "none")
    with pytest.raises(ValueError, match=r"weights: got .*none, want a local file"):
        pretrained.load("timm:test_vit", tmp_path / "none")
    with pytest.raises(ValueError, match="want a folder that save_pretrained wrote"):
        pretrained.load("hf:some/model", tmp_path / "other.safetensors")


@vit
def test_models_nobody_has() -> None:
    with pytest.raises(ValueError, match="model: OpenCLIP has no 'ViT-Q-1'"):
        pretrained.load("open_clip:ViT-Q-1")
    with pytest.raises(ValueError, match="model: timm has no 'vit_no'"):
        pretrained.load("timm:vit_no")


@vit
def test_the_command_line_projects_a_folder(tmp_path: Path, folder: Path) -> None:
    source, weights = tiny_timm(tmp_path)
    out = tmp_path / "mine.safetensors"
    arguments = ["images", str(folder), "--model", source, "--weights", weights]
    arguments += ["--out", str(out), "--perplexity", "4", "--neighbours", "3"]
    assert main([*arguments, "--layers", "blocks.0.nrm1"]) == 2
    assert not out.exists()
    assert main([*arguments, "--layers", "blocks.0.norm1,blocks.1.norm1"]) == 0
    shown = Embeddings.load(out)
    assert shown.class_names == ("green_leaf", "sky")
    assert shown.thumbnails.shape == (12, 32, 32, 3)
    assert (tmp_path / "mine.origin.toml").exists()


@pytest.mark.parametrize("source", ["", "clip", "clip:ViT-B-32", "timm:", ":x"])
def test_a_source_names_a_library_and_a_model(source: str) -> None:
    with pytest.raises(ValueError, match=r"model: got .*, want a library and a model's name"):
        pretrained.load(source)


def test_a_missing_library_is_named(monkeypatch: pytest.MonkeyPatch) -> None:
    def missing(name: str, *_: Any) -> ModuleType:
        raise ImportError(f"No module named {name!r}")

    monkeypatch.setattr(importlib, "import_module", missing)
    for source, library in (("timm:x", "timm"), ("hf:x", "transformers")):
        wanted = rf"model: {library} is not installed .*; run `pip install -e .\[vit\]`"
        with pytest.raises(ValueError, match=wanted):
            pretrained.load(source)


def test_the_hub_is_out_of_reach_when_no_connection_opens(monkeypatch: pytest.MonkeyPatch) -> None:
    asked: list[Any] = []

    class Connection:
        def close(self) -> None: ...

    def connect(address: tuple[str, int], timeout: float) -> Connection:
        asked.append(address)
        if address[0] == "down.example":
            raise TimeoutError
        return Connection()

    monkeypatch.setattr(socket, "create_connection", connect)
    monkeypatch.setattr(pretrained, "getproxies", dict)
    assert pretrained._reachable("https://up.example")
    assert not pretrained._reachable("http://down.example:8080/x")
    assert asked == [("up.example", 443), ("down.example", 8080)]
    monkeypatch.setattr(pretrained, "getproxies", lambda: {"https": "proxy"})
    assert pretrained._reachable("https://down.example")
    assert len(asked) == 2
