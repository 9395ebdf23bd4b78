"""Named points (``src/data/points``)."""
