"""Each module prints figures beside a peer's, measured in the same run: `scripts/bench NAME`."""
