"""Bearer tokens for the web door: shown once when made, kept only as hashes."""

import asyncio
import hashlib
import hmac
import json
import os
import secrets
import time
from collections.abc import Callable, Iterator
from dataclasses import dataclass
from pathlib import Path
from typing import Final, Self

from pydantic import BaseModel, ConfigDict, JsonValue, ValidationError

from orchestratord.access.role import Caller, Role
from orchestratord.errors import BadRequest, NotFound, OrchestratorError

__all__ = ["Token", "Tokens"]

_PREFIX: Final = "orc_"
_SCOPES: Final = (Role.LOOK, Role.OPERATE)


class Token(BaseModel):
    """What is kept of a token; the secret itself is not."""

    model_config = ConfigDict(frozen=True, extra="forbid")

    id: str
    """Eight hexadecimal digits, to name it by."""
    name: str
    """What it is for, in its maker's words."""
    scope: Role
    created_at: float
    """Unix seconds."""
    digest: str
    """SHA-256 of the secret. The secret is 256 random bits, so a slow hash would add nothing."""

    def as_json(self) -> dict[str, JsonValue]:
        """``{id, name, scope, created_at}``: what may be shown."""
        return {"id": self.id, "name": self.name, "scope": self.scope.value, "created_at": self.created_at}


@dataclass(frozen=True, slots=True)
class _File:
    """The tokens' file; written whole beside its place, mode 0600, then moved there."""

    path: Path

    def read(self) -> dict[str, Token]:
        try:
            kept = json.loads(self.path.read_text(encoding="utf-8"))
            return {token.id: token for token in (Token.model_validate(one) for one in kept["tokens"])}
        except FileNotFoundError:
            return {}
        except (OSError, ValueError, KeyError, TypeError, ValidationError) as fault:
            raise OrchestratorError(
                f"{self.path}: the tokens cannot be read: {type(fault).__name__}",
                hint="Restore the file, or remove it and make the tokens anew with orchestratorctl token create.",
            ) from fault

    def write(self, tokens: dict[str, Token]) -> None:
        text = json.dumps({"tokens": [token.model_dump(mode="json") for token in tokens.values()]}, indent=2)
        beside = self.path.with_name(f".{self.path.name}.new")
        beside.unlink(missing_ok=True)
        descriptor = os.open(beside, os.O_WRONLY | os.O_CREAT | os.O_EXCL | os.O_CLOEXEC, 0o600)
        with os.fdopen(descriptor, "w", encoding="utf-8") as file:
            file.write(text + "\n")
            file.flush()
            os.fsync(file.fileno())
        beside.replace(self.path)


class Tokens:
    """The tokens of one state directory. Looking one up touches no disk; making and revoking do."""

    def __init__(self, file: _File, tokens: dict[str, Token], clock: Callable[[], float]) -> None:
        self._file = file
        self._tokens = tokens
        self._clock = clock
        self._writing = asyncio.Lock()

    @classmethod
    def load(cls, path: Path, *, clock: Callable[[], float] = time.time) -> Self:
        """Read the file, which need not exist yet; blocks, so call it before the loop runs or in a thread.

        Raises OrchestratorError when the file is there and cannot be read: going on without it would look as if
        every token had been revoked, and the next one made would make that true.
        """
        file = _File(path)
        return cls(file, file.read(), clock)

    def __len__(self) -> int:
        return len(self._tokens)

    def __iter__(self) -> Iterator[Token]:
        """Oldest first."""
        return iter(sorted(self._tokens.values(), key=lambda token: (token.created_at, token.id)))

    async def create(self, name: str, scope: Role) -> tuple[Token, str]:
        """Make a token; returns it and its secret, which nobody can ask for again."""
        if scope not in _SCOPES:
            raise BadRequest(f"a token's scope is one of {', '.join(_SCOPES)}, not {scope}")
        secret = _PREFIX + secrets.token_urlsafe(32)
        async with self._writing:
            token = Token(
                id=self._unused_id(), name=name, scope=scope, created_at=self._clock(), digest=_digest(secret)
            )
            await self._keep(self._tokens | {token.id: token})
        return token, secret

    async def revoke(self, token_id: str) -> Token:
        """Forget a token; from now on its secret opens nothing. Raises NotFound."""
        async with self._writing:
            if token_id not in self._tokens:
                raise NotFound(f"there is no token {token_id}", hint="orchestratorctl token list shows them.")
            left = dict(self._tokens)
            token = left.pop(token_id)
            await self._keep(left)
        return token

    def caller(self, secret: str) -> Caller | None:
        """Whom this secret makes its bearer, or None; takes the same time whichever token it is."""
        digest = _digest(secret)
        found = None
        for token in self._tokens.values():
            if hmac.compare_digest(token.digest, digest):
                found = token
        return None if found is None else Caller(found.scope, f"token {found.id} ({found.name})")

    async def _keep(self, tokens: dict[str, Token]) -> None:
        await asyncio.to_thread(self._file.write, tokens)
        self._tokens = tokens

    def _unused_id(self) -> str:
        while (token_id := secrets.token_hex(4)) in self._tokens:
            continue
        return token_id


def _digest(secret: str) -> str:
    return hashlib.sha256(secret.encode(errors="surrogateescape")).hexdigest()
