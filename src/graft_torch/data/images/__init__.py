"""Images: where they are, how they are decoded and scaled (``src/data/images``, ``src/io/formats``)."""
