"""The verbs there are. What is not in this table cannot be called: no name from outside is ever looked up elsewhere."""

from collections.abc import Mapping
from typing import Any, Final

from orchestratord.verbs.verb import Verb

__all__ = ["VERBS"]

VERBS: Final[Mapping[str, Verb[Any]]] = {}
