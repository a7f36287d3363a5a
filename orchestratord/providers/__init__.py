"""The agent CLIs: one file knows one of them, nothing else does."""
