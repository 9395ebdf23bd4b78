"""How a network is trained: losses, optimisers, schedules, steps and watchers."""
