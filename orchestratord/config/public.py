"""A configuration as it may be shown: complete with its defaults, its secrets hidden."""

from pydantic import JsonValue

from orchestratord.config.agent import COMMAND_ONLY
from orchestratord.config.schema import Configuration
from orchestratord.config.section import HIDDEN

__all__ = ["show"]


def show(configuration: Configuration) -> dict[str, JsonValue]:
    """Every key with its value, units written out (``5m``, ``4GiB``); secrets as ``***``, what is not set left out.

    The values of an agent's ``env`` are hidden whatever they are: that is where API keys are handed over.
    """
    shown = configuration.model_dump(mode="json", by_alias=True)
    for agent in shown["agents"]:
        agent["env"] = dict.fromkeys(agent["env"], HIDDEN)
        if agent["provider"] != "command":
            for key in COMMAND_ONLY:
                del agent[key]
    return _without_nothing(shown)


def _without_nothing(block: dict[str, JsonValue]) -> dict[str, JsonValue]:
    kept: dict[str, JsonValue] = {}
    for key, value in block.items():
        if isinstance(value, dict):
            kept[key] = _without_nothing(value)
        elif isinstance(value, list):
            kept[key] = [_without_nothing(item) if isinstance(item, dict) else item for item in value]
        elif value is not None:
            kept[key] = value
    return kept
