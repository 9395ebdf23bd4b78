"""Training steps on a device, over one or several processes."""
