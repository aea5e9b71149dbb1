"""The classifier's loss as a divergence between distributions over the classes."""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np
from jaxtyping import Float
from scipy.special import entr, rel_entr

from model.checks import ArrayLike, FloatArray, as_points


@dataclass(frozen=True, eq=False)
class CrossEntropy:
    """The cross-entropy loss of each datapoint, in nats, and its two parts.

    Attributes
    ----------
    total
        ``-sum_i t_i log y_i``; always ``entropy + divergence``.
    entropy
        ``-sum_i t_i log t_i``, what no output can get below; 0 for one-hot
        targets.
    divergence
        ``sum_i t_i log(t_i / y_i)``, the Kullback-Leibler divergence of the
        target from the output; 0 when they agree, infinite when the output
        gives 0 to a class the target does not.
    """

    total: Float[np.ndarray, " n"]
    entropy: Float[np.ndarray, " n"]
    divergence: Float[np.ndarray, " n"]

    @property
    def mean(self) -> float:
        """The mean loss over the datapoints, as ``torch.nn.CrossEntropyLoss`` gives it."""
        return float(self.total.mean())


def softmax_cross_entropy(outputs: ArrayLike, targets: ArrayLike) -> CrossEntropy:
    """Compare the softmax outputs of a classifier with its targets.

    Parameters
    ----------
    outputs, targets
        (n, c), c at least 2: one distribution over the classes a row; targets
        may be one-hot (figure 1.7) or soft.

    Raises
    ------
    ValueError
        When the shapes differ, or a row has a number below 0 or does not add
        up to 1 (logits, for instance, go through softmax first).
    """
    y, t = _simplex(outputs, "outputs"), _simplex(targets, "targets")
    if y.shape != t.shape:
        raise ValueError(f"targets: got shape {t.shape}, want that of outputs, {y.shape}")
    entropy, divergence = entr(t).sum(axis=1), rel_entr(t, y).sum(axis=1)
    return CrossEntropy(entropy + divergence, entropy, divergence)


def _simplex(value: ArrayLike, name: str) -> FloatArray:
    rows = as_points(value, name)
    if rows.shape[1] < 2:
        raise ValueError(f"{name}: got shape {rows.shape}, want (n, c) with c at least 2 classes")
    wrong = (rows < 0).any(axis=1) | (np.abs(rows.sum(axis=1) - 1) > 1e-6)
    if wrong.any():
        first = int(np.argmax(wrong))
        raise ValueError(
            f"{name}: got {rows[first].tolist()} in row {first}, "
            "want numbers of at least 0 that add up to 1"
        )
    return rows
