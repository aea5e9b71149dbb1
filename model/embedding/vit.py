"""A small vision transformer and a text encoder that share one embedding space.

The architecture is the one of Dosovitskiy et al., "An Image is Worth 16x16
Words" (2021), in its pre-norm form, and the pairing that of Radford et al.,
"Learning Transferable Visual Models From Natural Language Supervision" (CLIP,
2021). Layer names are timm's (``blocks.0.norm1``).
"""

from __future__ import annotations

import math
import string
from collections.abc import Sequence
from dataclasses import asdict, dataclass

import torch
from jaxtyping import Float
from torch import Tensor, nn
from torch.nn import functional as F

ALPHABET = " " + string.ascii_lowercase


@dataclass(frozen=True)
class ViTConfig:
    """The sizes of a :class:`ContrastiveModel`.

    Attributes
    ----------
    image_size, patch_size
        Sides of the square images and patches, in pixels.
    channels
        1 for grey, 3 for colour.
    width, depth, heads
        Numbers per token, blocks, and attention heads of the image encoder.
    text_length, text_width, text_depth
        Letters read of each text, numbers per letter, and blocks of the text encoder.
    embed_dim
        Dimensions of the space that images and texts share.
    """

    image_size: int = 16
    patch_size: int = 4
    channels: int = 1
    width: int = 48
    depth: int = 8
    heads: int = 4
    text_length: int = 8
    text_width: int = 32
    text_depth: int = 1
    embed_dim: int = 32

    def __post_init__(self) -> None:
        for name, value in asdict(self).items():
            if not isinstance(value, int) or value < 1:
                raise ValueError(f"{name}: got {value!r}, want a whole number, at least 1")
        for name, whole, part in (
            ("patch_size", self.image_size, self.patch_size),
            ("heads", self.width, self.heads),
            ("heads", self.text_width, self.heads),
        ):
            if whole % part:
                raise ValueError(f"{name}: got {part}, want a divisor of {whole}")

    @property
    def tokens(self) -> int:
        """Tokens of an image: its patches and the class token."""
        return (self.image_size // self.patch_size) ** 2 + 1


class Block(nn.Module):
    """``x + attn(norm1(x))``, then ``x + mlp(norm2(x))``."""

    def __init__(self, width: int, heads: int) -> None:
        super().__init__()
        self.norm1 = nn.LayerNorm(width)
        self.attn = nn.MultiheadAttention(width, heads, batch_first=True)
        self.norm2 = nn.LayerNorm(width)
        self.mlp = nn.Sequential(
            nn.Linear(width, 4 * width), nn.GELU(), nn.Linear(4 * width, width)
        )

    def forward(self, x: Float[Tensor, "n t d"]) -> Float[Tensor, "n t d"]:
        normed = self.norm1(x)
        x = x + self.attn(normed, normed, normed, need_weights=False)[0]
        return x + self.mlp(self.norm2(x))


class VisionTransformer(nn.Module):
    """Images to unit vectors of the shared space: patches, class token, blocks, projection."""

    def __init__(self, config: ViTConfig) -> None:
        super().__init__()
        width, patch = config.width, config.patch_size
        self.patch_embed = nn.Conv2d(config.channels, width, patch, stride=patch)
        self.class_token = nn.Parameter(torch.zeros(1, 1, width))
        self.position = nn.Parameter(0.02 * torch.randn(1, config.tokens, width))
        self.blocks = nn.Sequential(*(Block(width, config.heads) for _ in range(config.depth)))
        self.norm = nn.LayerNorm(width)
        self.head = nn.Linear(width, config.embed_dim, bias=False)

    def forward(self, images: Float[Tensor, "n c h w"]) -> Float[Tensor, "n e"]:
        patches = self.patch_embed(images).flatten(2).transpose(1, 2)
        tokens = torch.cat([self.class_token.expand(len(images), -1, -1), patches], dim=1)
        tokens = self.blocks(tokens + self.position)
        return F.normalize(self.head(self.norm(tokens[:, 0])), dim=-1)


class TextEncoder(nn.Module):
    """Texts, letter by letter, to unit vectors of the shared space."""

    def __init__(self, config: ViTConfig) -> None:
        super().__init__()
        self.length = config.text_length
        self.letters = nn.Embedding(len(ALPHABET), config.text_width)
        self.position = nn.Parameter(0.02 * torch.randn(1, config.text_length, config.text_width))
        self.blocks = nn.Sequential(
            *(Block(config.text_width, config.heads) for _ in range(config.text_depth))
        )
        self.norm = nn.LayerNorm(config.text_width)
        self.head = nn.Linear(config.text_width, config.embed_dim, bias=False)

    def forward(self, texts: Sequence[str]) -> Float[Tensor, "n e"]:
        letters = self.letters(tokenize(texts, self.length)) + self.position
        return F.normalize(self.head(self.norm(self.blocks(letters).mean(dim=1))), dim=-1)


class ContrastiveModel(nn.Module):
    """An image encoder, a text encoder, and the scale of their cosines (CLIP, 2021)."""

    def __init__(self, config: ViTConfig) -> None:
        super().__init__()
        self.config = config
        self.image = VisionTransformer(config)
        self.text = TextEncoder(config)
        self.log_scale = nn.Parameter(torch.tensor(math.log(1 / 0.07)))

    def logits(
        self, images: Float[Tensor, "n c h w"], texts: Sequence[str]
    ) -> Float[Tensor, "n m"]:
        """Scaled cosines of every image with every text."""
        scale = self.log_scale.clamp(max=math.log(100)).exp()
        return scale * self.image(images) @ self.text(texts).T


def tokenize(texts: Sequence[str], length: int) -> Tensor:
    """Return the letters of each text as indices into :data:`ALPHABET`, padded with spaces.

    Raises
    ------
    ValueError
        When a text is longer, or has a character that is not in the alphabet.
    """
    for text in texts:
        if len(text) > length or set(text) - set(ALPHABET):
            raise ValueError(
                f"texts: got {text!r}, want at most {length} lower-case letters and spaces"
            )
    return torch.tensor(
        [[ALPHABET.index(letter) for letter in text.ljust(length)] for text in texts]
    )


def clip_loss(logits: Float[Tensor, "g k k"]) -> Float[Tensor, ""]:
    """CLIP's symmetric loss, in nats, averaged over g batches of k image-text pairs.

    The mean of two cross-entropies: picking each image's own text among the k
    texts (rows) and each text's own image among the k images (columns). Pairs
    stand on the diagonal (Radford et al. 2021, figure 3).
    """
    pairs = torch.arange(logits.shape[1]).expand(len(logits), -1)
    rows = F.cross_entropy(logits.transpose(1, 2), pairs)
    return (rows + F.cross_entropy(logits, pairs)) / 2
