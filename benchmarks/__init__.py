"""Benchmarks on real data, printed as JSON. Timing lives here, never in a test."""
