"""graft on PyTorch: trains the learner in a job folder, and writes a run directory that graft reads."""
