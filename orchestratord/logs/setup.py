"""Setting logging up: structlog's events and the libraries' records, through one queue, written by one thread."""

import logging
import logging.handlers
import queue
import sys
from dataclasses import dataclass
from pathlib import Path
from typing import Any, Final, Literal, Self, TextIO

import structlog

from orchestratord.logs.lines import Format, as_json, as_text, name_level
from orchestratord.logs.redact import redact
from orchestratord.logs.rotation import RotatingFile

__all__ = ["FILE_NAME", "Logging", "configure"]

FILE_NAME: Final = "orchestrator.log"

_MAX_BYTES: Final = 10 * 1024 * 1024
_PRIORITIES: Final = {"CRITICAL": 2, "ERROR": 3, "WARNING": 4, "INFO": 6, "DEBUG": 7}
"""Levels as journald reads them at the beginning of a line, see sd-daemon(3)."""


@dataclass(frozen=True, slots=True)
class Logging:
    """The running set-up; a context manager that closes it."""

    _listener: logging.handlers.QueueListener
    _handler: logging.Handler
    _file: RotatingFile | None

    def set_level(self, level: str) -> None:
        """Change what is written from now on: debug, info, warning, error or critical."""
        logging.getLogger().setLevel(level.upper())

    def __enter__(self) -> Self:
        return self

    def __exit__(self, *_: object) -> None:
        self.close()

    def close(self) -> None:
        """Write what waits (this may take a moment: not on the event loop) and stop."""
        logging.getLogger().removeHandler(self._handler)
        self._listener.stop()
        if self._file is not None:
            self._file.close()


def configure(
    level: str = "info",
    format: Literal["json", "text"] = "json",  # noqa: A002  the word the configuration uses
    directory: Path | None = None,
    *,
    journald: bool = False,
    max_bytes: int = _MAX_BYTES,
    keep: int = 0,
    stream: TextIO | None = None,
) -> Logging:
    """Log to standard error and, with ``directory``, to ``orchestrator.log`` there in the given format.

    On standard error stands text for a person, or with ``journald`` text that begins with the priority and has no time,
    because journald knows it. Whoever logs never waits for a disk or a terminal; secrets are hidden before anything is
    queued. A disk that takes nothing costs log lines, which the log says as soon as it can, and nothing else.
    """
    before: list[structlog.typing.Processor] = [
        structlog.contextvars.merge_contextvars,
        structlog.stdlib.add_log_level,
        structlog.stdlib.add_logger_name,
        structlog.processors.TimeStamper(fmt="iso", utc=True),
        structlog.processors.format_exc_info,
        name_level,
        redact,
    ]
    structlog.configure(
        processors=[structlog.stdlib.filter_by_level, *before, structlog.stdlib.ProcessorFormatter.wrap_for_formatter],
        logger_factory=structlog.stdlib.LoggerFactory(),
        wrapper_class=structlog.stdlib.BoundLogger,
        cache_logger_on_first_use=False,
    )
    handlers: list[logging.Handler] = [_StreamHandler(stream or sys.stderr, journald=journald)]
    file = None
    if directory is not None:
        file = RotatingFile(str(directory.absolute() / FILE_NAME), max_bytes, keep, _LossNote(format))
        handlers.append(_FileHandler(file, as_json if format == "json" else as_text))
    waiting: queue.SimpleQueue[Any] = queue.SimpleQueue()
    handler = _QueueHandler(waiting, before)
    listener = logging.handlers.QueueListener(waiting, *handlers)
    root = logging.getLogger()
    root.addHandler(handler)
    root.setLevel(level.upper())
    listener.start()
    return Logging(listener, handler, file)


class _QueueHandler(logging.handlers.QueueHandler):
    """Turns every record into one dictionary of plain values before it is queued."""

    def __init__(self, waiting: "queue.SimpleQueue[Any]", foreign: list[structlog.typing.Processor]) -> None:
        super().__init__(waiting)
        self._foreign = foreign

    def prepare(self, record: logging.LogRecord) -> logging.LogRecord:
        """Called where the record was made: what it refers to may have changed when it is written."""
        if isinstance(record.msg, dict):
            event: Any = record.msg
        else:
            event = {"event": record.getMessage(), "_record": record, "exc_info": record.exc_info}
            logger = logging.getLogger(record.name)
            for processor in self._foreign:
                event = processor(logger, record.levelname.lower(), event)
            del event["_record"]
        record = logging.makeLogRecord({"name": record.name, "levelno": record.levelno, "levelname": record.levelname})
        record.msg = event
        return record


class _FileHandler(logging.Handler):
    def __init__(self, file: RotatingFile, write: Format) -> None:
        super().__init__()
        self._file = file
        self._write = write

    def emit(self, record: logging.LogRecord) -> None:
        """One line, for good."""
        event: Any = record.msg
        self._file.write(f"{self._write(event)}\n".encode("utf-8", "backslashreplace"))


class _StreamHandler(logging.Handler):
    def __init__(self, stream: TextIO, *, journald: bool) -> None:
        super().__init__()
        self._stream = stream
        self._journald = journald

    def emit(self, record: logging.LogRecord) -> None:
        """One line, if the reader is still there."""
        event: Any = record.msg
        if self._journald:
            shown = {key: value for key, value in event.items() if key != "timestamp"}
            line = f"<{_PRIORITIES.get(record.levelname, 6)}>{as_text(shown)}\n"
        else:
            line = f"{as_text(event)}\n"
        try:
            self._stream.write(line.encode("utf-8", "backslashreplace").decode("utf-8"))
            self._stream.flush()
        except (OSError, ValueError):
            # The terminal is gone, or cannot show a character. The file has the line.
            return


@dataclass(frozen=True, slots=True)
class _LossNote:
    """Says in the log's own format that something is missing from it."""

    format: str

    def __call__(self, lost: int, why: str) -> bytes:
        event = {"level": "ERROR", "event": "log_lines_lost", "bytes": lost, "why": why}
        line = as_json(event) if self.format == "json" else as_text(event)
        return f"{line}\n".encode()
