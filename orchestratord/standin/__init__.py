"""A stand-in for an agent CLI: no network, no key, no model, ready at once.

It is a double of Claude Code as far as its screen, keys, hooks, sessions and endings go, and does what it is told in
prompts (``python -m orchestratord.standin --help``). It stands alone: the standard library only, and as little of it
as possible, because it is started by the dozen.
"""
