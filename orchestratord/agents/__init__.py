"""Agents and their lives: the decisions are pure functions, one task a life carries them out."""
