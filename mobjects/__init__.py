"""The drawing: arrays in, mobjects out. Knows nothing of networks."""
