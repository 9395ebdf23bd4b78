"""Masks of segmentation: their values, classes, and drawing (``src/data/masks``)."""
