"""``python -m model.embedding``: train the small network, project it, or project another."""

from __future__ import annotations

import argparse
import hashlib
import shlex
import sys
import time
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import asdict
from pathlib import Path

from model import files
from model.embedding.store import Embeddings

ASSETS = Path(__file__).parents[2] / "assets"
WEIGHTS = ASSETS / "embeddings_vit.safetensors"
POINTS = ASSETS / "embeddings.safetensors"


def main(arguments: list[str] | None = None) -> int:
    """Run one sub-command; return 0, or 2 after one line on what was wrong."""
    arguments = sys.argv[1:] if arguments is None else arguments
    chosen = _parser().parse_args(arguments)
    chosen.command = shlex.join(["python", "-m", "model.embedding", *arguments])
    try:
        chosen.run(chosen)
    except ValueError as error:
        print(f"error: {error}", file=sys.stderr)
        return 2
    return 0


def _parser() -> argparse.ArgumentParser:
    show = argparse.ArgumentDefaultsHelpFormatter
    parser = argparse.ArgumentParser(prog="python -m model.embedding", description=__doc__)
    commands = parser.add_subparsers(required=True, metavar="command")

    train = commands.add_parser("train", help="train the small network", formatter_class=show)
    train.add_argument("--steps", type=int, default=3000, help="updates")
    train.add_argument("--out", type=Path, default=WEIGHTS, help="file to write")
    train.set_defaults(run=_train)

    project = commands.add_parser(
        "project", help="project the held-out digits", formatter_class=show
    )
    project.add_argument("--weights", type=Path, default=WEIGHTS, help="what train wrote")
    project.add_argument("--limit", type=int, help="take only the first so many digits")
    project.add_argument("--out", type=Path, default=POINTS, help="file to write")
    project.set_defaults(run=_project)

    images = commands.add_parser(
        "images", help="project a folder of images by a trained network", formatter_class=show
    )
    images.add_argument("folder", type=Path, help="one subfolder of images a class")
    images.add_argument("--model", default="open_clip:ViT-B-32", help="open_clip:, timm: or hf:")
    images.add_argument(
        "--weights",
        help="local file (hf: folder; OpenAI's own: a -quickgelu model), or an OpenCLIP tag",
    )
    images.add_argument("--thumbnail", type=int, default=32, help="side in pixels")
    images.add_argument("--batch", type=int, default=32, help="images in memory at a time")
    images.add_argument("--out", type=Path, required=True, help="file to write")
    images.set_defaults(run=_images)

    for command in (train, project, images):
        command.add_argument("--seed", type=int, default=0)
    for command in (project, images):
        command.add_argument("--layers", type=_names, help="names, with commas; else six norms")
        command.add_argument("--tokens", choices=("all", "class"), default="all")
        command.add_argument("--perplexity", type=float, default=30.0)
        command.add_argument("--neighbours", type=int, default=10)
    return parser


@contextmanager
def _one_thread() -> Iterator[None]:
    """Sums in one order, so that one machine gives one result, however many cores are free."""
    import sklearn.manifold  # noqa: F401, limited only once it is loaded
    import torch
    from threadpoolctl import threadpool_limits

    before = torch.get_num_threads()
    torch.set_num_threads(1)
    try:
        with threadpool_limits(1):
            yield
    finally:
        torch.set_num_threads(before)


def _names(text: str) -> tuple[str, ...]:
    return tuple(name.strip() for name in text.split(",") if name.strip())


def _train(chosen: argparse.Namespace) -> None:
    from model.embedding import contrastive, digits
    from model.embedding.origin import write_origin
    from model.embedding.vit import ViTConfig

    files.check_target(chosen.out)
    training = contrastive.Training(steps=chosen.steps, seed=chosen.seed)
    placement, start = digits.Placement(), time.perf_counter()
    with _one_thread():
        model = contrastive.train(ViTConfig(), training, placement, progress=True)
    seconds = time.perf_counter() - start
    thumbnails, labels = digits.held_out_thumbnails(placement, seed=0)
    accuracy = contrastive.model_accuracy(model, digits.as_batch(thumbnails), labels)
    made = {
        "data": f"the first {digits.TRAINED} of scikit-learn's handwritten digits",
        "zero_shot_accuracy": accuracy,
        "zero_shot_images": f"the other {len(labels)}, never trained on, each placed once",
        "training": asdict(training),
        "placement": asdict(placement),
    }
    contrastive.save_model(model, chosen.out, made)
    digest = hashlib.sha256(files.read(chosen.out)).hexdigest()
    about = {**made, "seconds": round(seconds), "network": asdict(model.config)}
    write_origin(chosen.out, chosen.command, digest, about)
    print(f"{chosen.out}: trained in {seconds:.0f} s, zero-shot accuracy on {len(labels)} "
          f"held-out digits {accuracy:.1%}")  # fmt: skip


def _project(chosen: argparse.Namespace) -> None:
    from model.embedding.pipeline import embed_digits
    from model.embedding.projection import Settings

    files.check_target(chosen.out)
    settings = Settings(
        perplexity=chosen.perplexity, neighbours=chosen.neighbours, seed=chosen.seed
    )
    with _one_thread():
        embeddings = embed_digits(
            chosen.weights,
            layers=chosen.layers,
            tokens=chosen.tokens,
            settings=settings,
            limit=chosen.limit,
            progress=True,
        )
    _write(embeddings, chosen.out, chosen.command)


def _images(chosen: argparse.Namespace) -> None:
    from model.embedding.folders import scan_folder
    from model.embedding.pipeline import embed_images
    from model.embedding.pretrained import load
    from model.embedding.projection import Settings

    files.check_target(chosen.out)
    settings = Settings(
        perplexity=chosen.perplexity, neighbours=chosen.neighbours, seed=chosen.seed
    )
    scan_folder(chosen.folder)
    embeddings = embed_images(
        chosen.folder,
        load(chosen.model, chosen.weights),
        layers=chosen.layers,
        tokens=chosen.tokens,
        settings=settings,
        thumbnail=chosen.thumbnail,
        batch=chosen.batch,
        progress=True,
    )
    _write(embeddings, chosen.out, chosen.command)


def _write(embeddings: Embeddings, path: Path, command: str) -> None:
    from model.embedding.origin import write_origin

    embeddings.save(path)
    about = {"model": embeddings.model_name, "layers": embeddings.layers, **embeddings.parameters}
    write_origin(path, command, embeddings.digest, about)
    print(f"{path}: {len(embeddings)} images of {len(embeddings.class_names)} classes")
    for row in zip(embeddings.layers, embeddings.knn_accuracy, embeddings.silhouette, strict=True):
        print("  {}: k-nearest-neighbour accuracy {:.3f}, silhouette {:+.3f}".format(*row))
    if embeddings.zero_shot_accuracy is not None:
        print(f"  zero-shot accuracy {embeddings.zero_shot_accuracy:.3f}")


if __name__ == "__main__":
    sys.exit(main())
