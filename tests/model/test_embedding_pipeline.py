"""From a network and images to the stored points, in small; and the command line."""

import subprocess
import sys
import tomllib
from pathlib import Path

import numpy as np
import pytest
import torch
from PIL import Image
from torch import nn

from model.embedding import Embeddings, contrastive, digits
from model.embedding.__main__ import main
from model.embedding.capture import capture
from model.embedding.pipeline import Pictures, embed_digits, embed_images, project
from model.embedding.pretrained import ImageModel
from model.embedding.projection import Settings
from model.embedding.quality import knn_accuracy, silhouette
from model.embedding.vit import ContrastiveModel, ViTConfig

SMALL = ViTConfig(patch_size=8, width=8, depth=2, heads=2, text_width=8, text_depth=1, embed_dim=4)
QUICK = Settings(perplexity=5.0, iterations=250, neighbours=3)


@pytest.fixture(scope="module")
def weights(tmp_path_factory: pytest.TempPathFactory) -> Path:
    torch.manual_seed(0)
    path = tmp_path_factory.mktemp("weights") / "small.safetensors"
    contrastive.save_model(ContrastiveModel(SMALL), path, {})
    return path


def test_digits_are_embedded_as_the_parts_say(weights: Path) -> None:
    made = embed_digits(weights, settings=QUICK, limit=40)
    model, _ = contrastive.load_model(weights)
    thumbnails, labels = digits.held_out_thumbnails(digits.Placement(), seed=0)
    assert made.layers == ("blocks.0.norm1", "blocks.1.norm1")
    assert made.points.shape == made.pca.shape == (2, 40, 2)
    assert np.array_equal(made.thumbnails, thumbnails[:40])
    assert np.array_equal(made.labels, labels[:40])
    assert made.class_names == digits.CLASS_NAMES
    batch = digits.as_batch(thumbnails[:40])
    assert made.zero_shot_accuracy == contrastive.model_accuracy(model, batch, labels[:40])
    for index, array in enumerate(capture(model.image, [batch], made.layers).arrays):
        assert made.knn_accuracy[index] == knn_accuracy(array, labels[:40], neighbours=3)
        assert made.silhouette[index] == pytest.approx(silhouette(array, labels[:40]), abs=1e-6)
    assert made.parameters["perplexity"] == 5.0
    assert made.parameters["numbers_per_image"] == 5 * 8
    assert made.parameters["network"]["patch_size"] == 8
    assert 0 < made.parameters["pca_explained"] < 1 + 1e-12


def test_the_class_token_and_named_layers(weights: Path) -> None:
    made = embed_digits(weights, layers=["norm"], settings=QUICK, limit=40)
    assert made.layers == ("norm",)
    assert made.parameters["numbers_per_image"] == 8
    token = embed_digits(
        weights, layers=["blocks.1.norm1"], tokens="class", settings=QUICK, limit=40
    )
    assert token.parameters["numbers_per_image"] == 8


def test_no_long_work_before_the_checks(weights: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    def never(*_: object, **__: object) -> None:
        raise AssertionError("the network ran")

    monkeypatch.setattr("model.embedding.pipeline.capture", never)
    with pytest.raises(ValueError, match="perplexity: 30 needs more than 91 points, but 20 images"):
        embed_digits(weights, limit=20)
    with pytest.raises(ValueError, match=r"no layer 'blocks.7.norm1'; the nearest names are"):
        embed_digits(weights, layers=["blocks.7.norm1"])


class Mean(nn.Module):
    """A toy encoder: blocks with a first norm, then the mean colour."""

    def __init__(self) -> None:
        super().__init__()
        self.blocks = nn.ModuleList([nn.ModuleDict({"norm1": nn.LayerNorm(3)}) for _ in range(8)])

    def forward(self, x: torch.Tensor) -> torch.Tensor:
        colours = x.flatten(2).transpose(1, 2)
        for block in self.blocks:
            block["norm1"](colours)
        return colours.mean(dim=1)


def toy(texts: bool = True) -> ImageModel:
    def prepare(image: Image.Image) -> torch.Tensor:
        return torch.tensor(np.asarray(image.resize((4, 4)))).permute(2, 0, 1) / 255

    order = {"blue": [0.0, 0.0, 1.0], "green": [0.0, 1.0, 0.0], "red": [1.0, 0.0, 0.0]}
    encode = lambda names: torch.tensor([order[name] for name in names])  # noqa: E731
    return ImageModel("toy", Mean(), prepare, encode if texts else None)


@pytest.fixture
def folder(tmp_path: Path) -> Path:
    rng = np.random.default_rng(0)
    for index, name in enumerate(("red", "green", "blue")):
        (tmp_path / "set" / name).mkdir(parents=True)
        for number in range(8):
            pixels = rng.integers(0, 90, (10, 12, 3), np.uint8)
            pixels[..., index] += 120
            Image.fromarray(pixels).save(tmp_path / "set" / name / f"{number}.png")
    return tmp_path / "set"


def test_a_folder_is_embedded(folder: Path) -> None:
    made = embed_images(folder, toy(), settings=QUICK, thumbnail=6, batch=5)
    assert made.layers == tuple(f"blocks.{i}.norm1" for i in (0, 1, 2, 4, 5, 7))
    assert made.class_names == ("blue", "green", "red")
    assert made.labels.tolist() == 8 * [0] + 8 * [1] + 8 * [2]
    assert made.thumbnails.shape == (24, 6, 6, 3)
    assert made.thumbnails.mean(axis=(1, 2)).argmax(axis=1).tolist() == (
        8 * [2] + 8 * [1] + 8 * [0]
    )
    assert made.zero_shot_accuracy == 1.0
    assert (made.knn_accuracy == 1.0).all()
    assert made.model_name == "toy"
    assert made.parameters["numbers_per_image"] == 16 * 3
    assert embed_images(folder, toy(texts=False), settings=QUICK).zero_shot_accuracy is None


def test_a_folder_s_faults_are_found_first(folder: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    def never(*_: object, **__: object) -> None:
        raise AssertionError("the network ran")

    monkeypatch.setattr("model.embedding.pipeline.capture", never)
    with pytest.raises(ValueError, match=r"no layer 'blocks.9.norm1'"):
        embed_images(folder, toy(), layers=["blocks.9.norm1"])
    with pytest.raises(ValueError, match="perplexity: 60 needs more than 181 points"):
        embed_images(folder, toy(), settings=Settings(perplexity=60.0))
    with pytest.raises(ValueError, match="batch: got 0"):
        embed_images(folder, toy(), batch=0)
    (folder / "red" / "broken.png").write_bytes(b"\x89PNG")
    with pytest.raises(ValueError, match=r"image: cannot read .*broken.png"):
        embed_images(folder, toy(), settings=QUICK)


def test_layers_of_other_widths_are_not_projected() -> None:
    model = nn.Sequential(nn.Linear(3, 4), nn.Linear(4, 5))
    captured = capture(model, [torch.rand(30, 3)], ["0", "1"])
    labels = np.arange(30) % 2
    pictures = Pictures(np.zeros((30, 2, 2), np.uint8), labels, ("a", "b"))
    with pytest.raises(ValueError, match="all of one width for a joint projection"):
        project(captured, pictures, QUICK, "m", None, {})


def test_the_command_line_trains_and_projects(
    tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    weights, points = tmp_path / "w.safetensors", tmp_path / "p.safetensors"
    assert main(["train", "--steps", "1", "--out", str(weights)]) == 0
    assert "zero-shot accuracy on 1017 held-out digits" in capsys.readouterr().out
    origin = tomllib.loads((tmp_path / "w.origin.toml").read_text())
    assert origin["training"]["steps"] == 1
    assert origin["network"]["depth"] == 8
    asked = ["project", "--weights", str(weights), "--limit", "60", "--out", str(points)]
    assert main([*asked, "--layers", "blocks.0.norm1,blocks.7.norm1", "--perplexity", "9"]) == 0
    made = Embeddings.load(points)
    assert made.layers == ("blocks.0.norm1", "blocks.7.norm1")
    origin = tomllib.loads((tmp_path / "p.origin.toml").read_text())
    assert origin["sha256"] == made.digest
    assert origin["weights_sha256"] == made.parameters["weights_sha256"]
    assert origin["tsne_arguments"]["perplexity"] == 9
    assert origin["command"].startswith("python -m model.embedding project --weights")
    assert "blocks.7.norm1: k-nearest-neighbour accuracy" in capsys.readouterr().out


@pytest.mark.parametrize(
    ("arguments", "message"),
    [
        (["train", "--out", "no/such/w.safetensors"], "there is no folder no/such"),
        (["train", "--steps", "0", "--out", "{tmp}/w"], "steps: got 0"),
        (["project", "--weights", "{tmp}/none"], "there is no file"),
        (["project", "--perplexity", "0", "--out", "{tmp}/p"], "perplexity: got 0.0"),
        (["project", "--out", "no/such/p.safetensors"], "there is no folder no/such"),
        (["images", "{tmp}/none", "--out", "{tmp}/p"], "there is no folder"),
        (["images", "{tmp}", "--out", "{tmp}/p"], "has none for subfolders with images"),
    ],
)
def test_the_command_line_says_what_is_wrong_in_one_line(
    arguments: list[str], message: str, tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    assert main([a.format(tmp=tmp_path) for a in arguments]) == 2
    error = capsys.readouterr().err
    assert error.startswith("error: ")
    assert message in error
    assert error.count("\n") == 1
    assert list(tmp_path.iterdir()) == []


def test_the_command_runs_as_a_module() -> None:
    ran = subprocess.run(
        [sys.executable, "-m", "model.embedding", "--help"], capture_output=True, text=True
    )
    assert ran.returncode == 0
    assert "train the small network" in ran.stdout
