"""The embedded PostgreSQL and Valkey of a machine that has none: where they are. Starting them is `python -m config.embedded`."""

from config.embedded.places import ConnectionUrls, Trouble, connection_urls

__all__ = ["ConnectionUrls", "Trouble", "connection_urls"]
