"""graft on PyTorch: trains the learner of a job folder with torch, and writes a run folder that graft reads."""
