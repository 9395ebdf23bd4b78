"""Changes of whole training batches after normalisation (``src/data/views``)."""
