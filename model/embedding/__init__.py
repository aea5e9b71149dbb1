"""What the layers of a deep network do to images, seen through a projection.

Rendering needs :class:`Embeddings` alone, and that NumPy and safetensors
alone. Training, capturing and projecting live in the modules beside it, and
``python -m model.embedding --help`` runs them.
"""

from model.embedding.store import Embeddings

__all__ = ["Embeddings"]
