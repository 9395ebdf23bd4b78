"""Networks: layers as JSON, and their torch modules."""
