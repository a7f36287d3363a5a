"""What every section of the configuration is made of: a frozen model that refuses unknown keys, and its field types.

The types explain themselves to whoever wrote the file: their messages say what was found and what to write instead.
"""

import re
import warnings
from collections.abc import Callable
from pathlib import Path
from typing import Annotated, Final
from urllib.parse import urlsplit

from pydantic import AfterValidator, BaseModel, BeforeValidator, ConfigDict, PlainSerializer, SecretStr, WithJsonSchema
from pydantic_core import PydanticCustomError

from orchestratord.config.units import (
    parse_duration,
    parse_percent,
    parse_size,
    write_duration,
    write_percent,
    write_size,
)
from orchestratord.config.wording import describe, quote

__all__ = [
    "HIDDEN",
    "Count",
    "CpuQuota",
    "Duration",
    "FileName",
    "Flag",
    "Name",
    "Pattern",
    "Percent",
    "PositiveDuration",
    "Secret",
    "SecretUrl",
    "Section",
    "SessionName",
    "Size",
    "Text",
    "Url",
    "compile_pattern",
    "count",
    "key_fault",
]

_MANY: Final = 1_000_000

HIDDEN: Final = "***"
"""Stands for a secret wherever a configuration is shown."""


class Section(BaseModel):
    """A block of keys: cannot be changed once read, and knows every key it may hold."""

    model_config = ConfigDict(frozen=True, extra="forbid", hide_input_in_errors=True, regex_engine="python-re")


def key_fault(key: str, message: str) -> PydanticCustomError:
    """What a section's own check raises when it can name the key at fault."""
    return PydanticCustomError("key", "{message}", {"key": key, "message": message})


def _text(value: object) -> object:
    if complaint := _not_text(value):
        raise ValueError(complaint)
    # A whole number is written as it was read; a float is not: 1.10 has already become 1.1 here.
    return str(value) if isinstance(value, int) else value


def _not_text(value: object) -> str:
    if isinstance(value, bool):
        word = "true" if value else "false"
        return f'must be text; {word} is a truth value in YAML: write "{word}" in quotes'
    if isinstance(value, float):
        return f'must be text; {value} is a number in YAML: write "{value}" in quotes'
    if not isinstance(value, str | int):
        advice = ": write it or take the dash away" if value is None else ""
        return f"must be text, not {describe(value)}{advice}"
    return "must not hold a NUL character" if isinstance(value, str) and "\0" in value else ""


def _path(value: object) -> object:
    if isinstance(value, Path):
        return value
    text = _text(value)
    if not text:
        raise ValueError("must be a path, not an empty text")
    return text


def _flag(value: object) -> bool:
    words = {"true": True, "yes": True, "on": True, "false": False, "no": False, "off": False}
    if isinstance(value, bool):
        return value
    if isinstance(value, str) and value.lower() in words:
        return words[value.lower()]
    raise ValueError(f"must be true or false, not {describe(value)}")


def count(smallest: int, largest: int) -> Callable[[object], int]:
    """A reader of whole numbers within a range."""

    def read(value: object) -> int:
        if isinstance(value, str) and re.fullmatch(r"-?\d{1,18}", value):
            value = int(value)
        if isinstance(value, bool) or not isinstance(value, int) or not smallest <= value <= largest:
            most = f" and at most {largest}" if largest < _MANY else ""
            raise ValueError(f"must be a whole number, at least {smallest}{most}, not {describe(value)}")
        return value

    return read


def _positive(seconds: float) -> float:
    if seconds == 0:
        raise ValueError("must be more than 0")
    return seconds


def _share(percent: float) -> float:
    if percent > 100:
        raise ValueError(f"{write_percent(percent)} is more than the whole: write at most 100%")
    return percent


def _agent_name(name: str) -> str:
    if re.fullmatch(r"[a-z][a-z0-9_-]{0,31}", name):
        return name
    rule = "small letters, digits, _ and -, a letter first, at most 32 characters"
    near = re.sub(r"[^a-z0-9_-]+", "_", name.strip().lower()).strip("_-")[:32]
    advice = f'; "{near}" would do' if re.fullmatch(r"[a-z][a-z0-9_-]*", near) else ""
    raise ValueError(f"{quote(name)} cannot be an agent's name: {rule}{advice}")


def _session_name(name: str) -> str:
    # tmux turns . and : into _ and reads = @ $ % at the start of a target as something else.
    if re.fullmatch(r"\w[\w-]{0,63}", name):
        return name
    raise ValueError(f"{quote(name)} cannot name a tmux session: letters, digits, _ and - only, at most 64 characters")


def compile_pattern(pattern: str) -> re.Pattern[str]:
    """The expression as it is used on a screen: ``^`` and ``$`` mean a line's ends."""
    with warnings.catch_warnings():
        warnings.simplefilter("ignore")  # FutureWarning about sets within sets: the expression still works
        return re.compile(pattern, re.MULTILINE)


def _pattern(pattern: str) -> str:
    if len(pattern) > 1000:
        raise ValueError("is longer than 1000 characters: a few words of the screen are enough")
    try:
        compiled = compile_pattern(pattern)
    except (re.error, OverflowError, RecursionError) as error:
        raise ValueError(f"is not a regular expression: {error}") from None
    if compiled.search(""):
        raise ValueError("matches an empty screen, so it would always hold: say more of what the screen shows")
    return pattern


def _url(url: str) -> str:
    if fault := _fault_of_url(url):
        raise ValueError(fault)
    return url


def _secret_url(url: SecretStr) -> SecretStr:
    if fault := _fault_of_url(url.get_secret_value()):
        raise ValueError(fault)
    return url


def _fault_of_url(url: str) -> str:
    """Never shows the URL: whoever knows a webhook may post, and others hold passwords."""
    try:
        parts = urlsplit(url)
        host, _port = parts.hostname, parts.port
    except ValueError:
        return "is not a URL: write https://host/path"
    if parts.scheme not in ("http", "https") or not host or re.search(r"\s", url):
        return "is not a URL: write https://host/path"
    return "holds a password: write it under its own key instead" if parts.password else ""


def _secret(value: object) -> object:
    if isinstance(value, SecretStr):
        return value
    text = _text(value)
    if not text:
        raise ValueError("is empty: write the secret, ${NAME} for one from the environment, or use the key with _file")
    return text


def _secret_text(value: SecretStr) -> str:
    return HIDDEN if value.get_secret_value() else ""


Text = Annotated[str, BeforeValidator(_text)]
Flag = Annotated[bool, BeforeValidator(_flag), WithJsonSchema({"type": "boolean"})]
Count = Annotated[
    int, BeforeValidator(count(1, _MANY)), WithJsonSchema({"type": "integer", "minimum": 1, "maximum": _MANY})
]
FileName = Annotated[Path, BeforeValidator(_path), WithJsonSchema({"type": "string", "minLength": 1})]
Name = Annotated[
    Text, AfterValidator(_agent_name), WithJsonSchema({"type": "string", "pattern": "^[a-z][a-z0-9_-]{0,31}$"})
]
SessionName = Annotated[Text, AfterValidator(_session_name)]
Pattern = Annotated[Text, AfterValidator(_pattern), WithJsonSchema({"type": "string", "format": "regex"})]
Url = Annotated[Text, AfterValidator(_url), WithJsonSchema({"type": "string", "format": "uri"})]
_HIDE = PlainSerializer(_secret_text, when_used="json")
Secret = Annotated[SecretStr, BeforeValidator(_secret), _HIDE, WithJsonSchema({"type": "string", "writeOnly": True})]
SecretUrl = Annotated[
    SecretStr,
    BeforeValidator(_secret),
    AfterValidator(_secret_url),
    _HIDE,
    WithJsonSchema({"type": "string", "format": "uri", "writeOnly": True}),
]

_DURATION_SCHEMA: Final = WithJsonSchema({
    "anyOf": [{"type": "number", "minimum": 0}, {"type": "string", "pattern": r"^[0-9.]+[0-9. smhdw]*$"}],
    "examples": [30, "500ms", "10s", "5m", "1h30m", "2d"],
})  # fmt: skip
_SIZE_SCHEMA: Final = WithJsonSchema({
    "anyOf": [{"type": "integer", "minimum": 0}, {"type": "string", "pattern": r"^[0-9.]+ *([KMGTkmgt]?[iI]?[bB]?)$"}],
    "examples": [65536, "256KiB", "4G"],
})  # fmt: skip
_PERCENT_SCHEMA: Final = WithJsonSchema({
    "anyOf": [{"type": "number", "minimum": 0}, {"type": "string", "pattern": r"^[0-9.]+ *%?$"}],
    "examples": ["95%", 95],
})  # fmt: skip
_SHOW_DURATION: Final = PlainSerializer(write_duration, return_type=str, when_used="json")
Duration = Annotated[float, BeforeValidator(parse_duration), _SHOW_DURATION, _DURATION_SCHEMA]
PositiveDuration = Annotated[
    float, BeforeValidator(parse_duration), AfterValidator(_positive), _SHOW_DURATION, _DURATION_SCHEMA
]
_SHOW_SIZE: Final = PlainSerializer(write_size, return_type=str, when_used="json")
Size = Annotated[int, BeforeValidator(parse_size), _SHOW_SIZE, _SIZE_SCHEMA]
_SHOW_PERCENT: Final = PlainSerializer(write_percent, return_type=str, when_used="json")
Percent = Annotated[float, BeforeValidator(parse_percent), AfterValidator(_share), _SHOW_PERCENT, _PERCENT_SCHEMA]
CpuQuota = Annotated[float, BeforeValidator(parse_percent), AfterValidator(_positive), _SHOW_PERCENT, _PERCENT_SCHEMA]
