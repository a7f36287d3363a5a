"""A file and the environment become a Configuration, or every fault of both is said at once."""

import os
from collections.abc import Mapping
from pathlib import Path

from orchestratord.config import agreement, files, overlay, secrets, validation
from orchestratord.config.faults import ConfigurationFaults
from orchestratord.config.places import Places
from orchestratord.config.schema import Configuration
from orchestratord.config.yaml_file import read

__all__ = ["load"]


def load(path: Path | None, environ: Mapping[str, str], *, has_tokens: bool | None = None) -> Configuration:
    """Read ``path`` (None: where :class:`Places` finds it); paths in the result are absolute, secrets are filled in.

    Reads files: call it in a thread when a loop runs. ``has_tokens`` says whether an access token exists; without it
    a bind beyond loopback is not judged here, and whoever binds must ask :func:`orchestratord.config.bind.check_bind`.

    Raises:
        ConfigurationFaults: (a BadConfiguration) with all faults; those of the YAML itself come alone, because
            nothing behind them can be read.
    """
    cwd = Path.cwd()
    if path is None:
        path = Places.find(environ, uid=os.getuid(), cwd=cwd, exists=Path.exists).config_path
    document = read(path)
    base = files.Base(folder=(cwd / path).parent, home=environ.get("HOME", ""))
    overlay.lay(document, environ, cwd)
    secrets.substitute(document, environ)
    secrets.read_files(document, base)
    files.settle(document, base)
    configuration = validation.validate(document)
    agreement.check(document, has_tokens=has_tokens)
    if document.faults or configuration is None:
        raise ConfigurationFaults(document.faults)
    return configuration
