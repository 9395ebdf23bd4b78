"""The arithmetic of transforms on arrays of pixels (``src/data/pixel``)."""
