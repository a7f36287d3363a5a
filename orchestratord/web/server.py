"""The door as a whole: opened with the house it shows, closed with every connection gone."""

from orchestratord.config.schema import HttpConfig
from orchestratord.verbs.house import House
from orchestratord.web.limits import Limits

__all__ = ["Web"]


class Web:
    """HTTP over ``house``: ``start()`` binds and serves, ``close()`` ends every connection."""

    def __init__(self, house: House, http: HttpConfig, limits: Limits | None = None) -> None:
        self._house = house
        self._http = http
        self._limits = limits or Limits()

    async def start(self) -> None:
        """Bind and serve. Raises ``Unavailable`` (port taken, no such address) or ``BadConfiguration`` (TLS files)."""
        raise NotImplementedError

    async def close(self) -> None:
        """Stop accepting, end the streams, let requests finish for a moment, then cut. Safe to call twice."""
        raise NotImplementedError

    @property
    def port(self) -> int:
        """The port in use, also when the configuration says 0."""
        raise NotImplementedError

    @property
    def url(self) -> str:
        """Where a browser finds it, for example ``http://127.0.0.1:8000``."""
        raise NotImplementedError
