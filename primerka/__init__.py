"""Primerka: an open-source, self-hosted fitting room for online clothing shops."""

__version__ = "0.1.17"
