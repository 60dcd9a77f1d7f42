"""Shapes that catalogs come in: tables of rows, and records with named values."""
