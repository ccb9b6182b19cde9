"""Catalogue feeds of shops, streamed: `read.read_feed` turns bytes into offers and reports of bad rows."""
