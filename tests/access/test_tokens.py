"""Tokens: told once, kept as hashes, worthless once revoked."""

import asyncio
import json
import stat
from pathlib import Path

import pytest

from orchestratord.access.role import Role
from orchestratord.access.tokens import Tokens
from orchestratord.errors import BadRequest, NotFound, OrchestratorError


@pytest.fixture
def path(state_dir: Path) -> Path:
    return state_dir / "tokens.json"


async def load(path: Path) -> Tokens:
    return await asyncio.to_thread(Tokens.load, path)


def look_at(path: Path) -> tuple[int, list[Path]]:
    """The file's mode, and everything that is in its folder."""
    return stat.S_IMODE(path.stat().st_mode), list(path.parent.iterdir())


async def test_a_token_opens_what_its_scope_says_also_after_a_restart(path: Path) -> None:
    token, secret = await (await load(path)).create("dashboard", Role.LOOK)
    again = await load(path)
    caller = again.caller(secret)
    assert caller is not None
    assert (caller.role, caller.who) == (Role.LOOK, f"token {token.id} (dashboard)")
    assert again.caller(secret + "x") is None
    assert again.caller("\udcff not even text") is None


async def test_the_file_is_private_and_does_not_hold_the_secret(path: Path) -> None:
    _, secret = await (await load(path)).create("dashboard", Role.OPERATE)
    assert await asyncio.to_thread(look_at, path) == (0o600, [path])
    assert secret not in await asyncio.to_thread(path.read_text)


async def test_a_revoked_token_opens_nothing_and_cannot_be_revoked_again(path: Path) -> None:
    tokens = await load(path)
    token, secret = await tokens.create("old", Role.OPERATE)
    await tokens.revoke(token.id)
    assert tokens.caller(secret) is None
    assert len(await load(path)) == 0
    with pytest.raises(NotFound, match=token.id):
        await tokens.revoke(token.id)


async def test_tokens_made_at_the_same_time_are_all_kept(path: Path) -> None:
    tokens = await load(path)
    made = await asyncio.gather(*(tokens.create(f"n{number}", Role.LOOK) for number in range(20)))
    assert {token.id for token in await load(path)} == {token.id for token, _ in made}


async def test_no_token_makes_its_bearer_an_agent(path: Path) -> None:
    with pytest.raises(BadRequest, match="look, operate"):
        await (await load(path)).create("agent", Role.TAKE_PART)


@pytest.mark.parametrize("content", ["", "{", "[]", '{"tokens": [{"id": 1}]}', "\0"])
def test_a_damaged_file_is_an_error_and_not_an_empty_list(path: Path, content: str) -> None:
    path.write_text(content)
    with pytest.raises(OrchestratorError, match=r"tokens\.json"):
        Tokens.load(path)


async def test_what_is_shown_of_a_token_is_not_its_hash(path: Path) -> None:
    token, _ = await (await load(path)).create("dashboard", Role.LOOK)
    assert token.digest not in json.dumps(token.as_json())
