"""Simulated shoppers with known hazards and a known response to offers, for tests and benchmarks."""
