"""Transforms as data, and the drawing of their parameters (``src/data/transforms``)."""
