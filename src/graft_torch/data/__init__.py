"""Data: the order of items, images and masks, transforms, and batches."""
