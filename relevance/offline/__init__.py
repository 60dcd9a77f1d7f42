"""Offline evaluation: events replayed in time order, and measured."""
