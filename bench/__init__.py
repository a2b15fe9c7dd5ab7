"""Benchmarks: they print, people judge. No test depends on them."""
