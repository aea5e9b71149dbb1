"""Web pages: one to embed for each clip, and one of the whole chapter."""

from publish.pages.site import web_address, write_pages

__all__ = ["web_address", "write_pages"]
