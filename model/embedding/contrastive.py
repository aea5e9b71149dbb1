"""Training images against their names, and the weights on disk."""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence
from dataclasses import asdict, dataclass
from pathlib import Path
from typing import Any

import numpy as np
import torch
from jaxtyping import Float, Int
from torch import Tensor, nn
from tqdm import tqdm

from model import files
from model.embedding.digits import CLASS_NAMES, Placement, load_digits, place
from model.embedding.vit import ContrastiveModel, ViTConfig, clip_loss

FORMAT = "distribution-transformers contrastive model 1"


@dataclass(frozen=True)
class Training:
    """How a :class:`ContrastiveModel` is trained.

    Attributes
    ----------
    steps
        Updates of AdamW, at a learning rate that rises to ``learning_rate``
        over the first tenth and then falls to nearly 0 (one cycle).
    groups
        Contrastive batches in an update: each holds one image of every class.
    learning_rate, weight_decay
        AdamW's.
    seed
        Of the initial parameters, the images drawn, and their placement.
    """

    steps: int = 3000
    groups: int = 16
    learning_rate: float = 1e-3
    weight_decay: float = 0.05
    seed: int = 0

    def __post_init__(self) -> None:
        for name in ("steps", "groups"):
            if getattr(self, name) < 1:
                raise ValueError(f"{name}: got {getattr(self, name)}, want at least 1")


def train(
    config: ViTConfig, training: Training, placement: Placement, *, progress: bool = False
) -> ContrastiveModel:
    """Return a model trained on the digits' training part against their names.

    A batch of CLIP's symmetric loss holds one image of each of the ten classes
    and the ten names, so that no other pair of it belongs together.

    Raises
    ------
    ValueError
        When the canvas is not of the size the model takes.
    """
    if placement.canvas != config.image_size:
        raise ValueError(f"canvas: got {placement.canvas}, want image_size, {config.image_size}")
    generator = torch.Generator().manual_seed(training.seed)
    with torch.random.fork_rng(devices=[]):
        torch.manual_seed(training.seed)
        model = ContrastiveModel(config)
    optimiser = torch.optim.AdamW(
        model.parameters(), lr=training.learning_rate, weight_decay=training.weight_decay
    )
    schedule = torch.optim.lr_scheduler.OneCycleLR(
        optimiser, training.learning_rate, total_steps=training.steps + 1, pct_start=0.1
    )
    batches = _draw_batches(training, placement, generator)
    bar = tqdm(batches, "training", training.steps, unit="step", disable=not progress)
    for images in bar:
        logits = model.logits(images, CLASS_NAMES)
        loss = clip_loss(logits.unflatten(0, (training.groups, len(CLASS_NAMES))))
        optimiser.zero_grad()
        loss.backward()
        nn.utils.clip_grad_norm_(model.parameters(), 1.0)
        optimiser.step()
        schedule.step()
        bar.set_postfix(loss=f"{loss.item():.3f}", refresh=False)
    return model.eval()


def _draw_batches(
    training: Training, placement: Placement, generator: torch.Generator
) -> Iterator[Float[Tensor, "n 1 s s"]]:
    """For each step, ``groups`` times one placed image of every class, in the classes' order."""
    images, labels = load_digits(held_out=False)
    by_class = [torch.tensor(np.flatnonzero(labels == c)) for c in range(len(CLASS_NAMES))]
    for _ in range(training.steps):
        drawn = [c[torch.randint(len(c), [training.groups], generator=generator)] for c in by_class]
        yield place(images[torch.stack(drawn, dim=1).flatten()], placement, generator)


def zero_shot_accuracy(
    images: Float[np.ndarray, "n e"], texts: Float[np.ndarray, "k e"], labels: Int[np.ndarray, " n"]
) -> float:
    """Share of the images whose nearest text, by cosine, is that of their class."""
    unit = [x / np.linalg.norm(x, axis=1, keepdims=True) for x in (images, texts)]
    return float(np.mean((unit[0] @ unit[1].T).argmax(axis=1) == labels))


@torch.inference_mode()
def model_accuracy(
    model: ContrastiveModel,
    images: Float[Tensor, "n c h w"],
    labels: Int[np.ndarray, " n"],
    names: Sequence[str] = CLASS_NAMES,
) -> float:
    """Zero-shot accuracy, 0 to 1, of a :class:`ContrastiveModel` on images."""
    embedded = torch.cat([model.image(batch) for batch in images.split(256)])
    return zero_shot_accuracy(embedded.double().numpy(), model.text(names).double().numpy(), labels)


def save_model(model: ContrastiveModel, path: str | Path, made: Mapping[str, Any]) -> None:
    """Write the parameters as float32 and, beside them, the sizes and how it was made.

    Raises
    ------
    ValueError
        When nothing can be written there.
    """
    note = {"format": FORMAT, "config": asdict(model.config), "made": dict(made)}
    weights = {name: value.detach().numpy() for name, value in model.state_dict().items()}
    files.write(path, files.pack(weights, note))


def load_model(path: str | Path) -> tuple[ContrastiveModel, dict[str, Any]]:
    """Return the model that :func:`save_model` wrote, and how it was made.

    Raises
    ------
    ValueError
        When the file is missing, foreign, or its parameters do not fit its sizes.
    """
    return files.load(path, _from_parts)


def _from_parts(
    weights: files.Tensors, note: Mapping[str, Any]
) -> tuple[ContrastiveModel, dict[str, Any]]:
    try:
        if note.get("format") != FORMAT:
            raise ValueError(f"is of the format {note.get('format')!r}, want {FORMAT!r}")
        model = ContrastiveModel(ViTConfig(**note["config"]))
        model.load_state_dict({name: torch.tensor(value) for name, value in weights.items()})
    except (ValueError, KeyError, TypeError, RuntimeError) as error:
        reason = " ".join(str(error).split())
        raise ValueError(f"holds no contrastive model: {reason}") from error
    return model.eval(), dict(note.get("made", {}))
