"""The clusters of the agents' room, for their mail."""

from tests.agents_room.conftest import make_world

__all__ = ["make_world"]
