"""Behaviour change programmes: who may come, who decided so, how it went; and nothing of the partner (domain 11, SEED-142 to 146, F9)."""
