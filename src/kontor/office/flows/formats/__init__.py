"""A flow as it is written down, held against what can be run, run step by step, and drawn."""
