"""Plans: which parameters are trained, and how."""
