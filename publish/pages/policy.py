"""What a page may load: itself and its own files, and nothing from any other host."""

from __future__ import annotations

import base64
import hashlib
from collections.abc import Sequence


def content_policy(style: str, scripts: Sequence[str]) -> str:
    """Return a Content-Security-Policy (W3C CSP 3) that allows exactly these inline texts.

    Parameters
    ----------
    style, scripts
        What stands between the page's ``<style>`` and ``<script>`` tags.
    """
    return "; ".join(
        [
            "default-src 'none'",
            f"style-src {_hash(style)}",
            f"script-src {' '.join(map(_hash, scripts))}",
            "img-src 'self' data:",
            "media-src 'self' data: blob:",
            "connect-src 'self'",
            "base-uri 'none'",
            "form-action 'none'",
        ]
    )


def _hash(text: str) -> str:
    return f"'sha256-{base64.b64encode(hashlib.sha256(text.encode()).digest()).decode()}'"
