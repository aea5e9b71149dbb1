"""Web pages: one to embed for each clip, and one of the whole chapter."""

from publish.pages.site import write_pages

__all__ = ["write_pages"]
