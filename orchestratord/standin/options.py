"""The command line: the flags of Claude Code that an orchestrator uses, and a manual.

Read by hand, because argparse takes longer to import than everything else here takes together.
"""

__all__ = ["MANUAL", "BadOption", "Options"]

MANUAL = """\
usage: python -m orchestratord.standin [--settings FILE] [--session-id ID | --resume ID] [-n NAME]
                                       [--append-system-prompt-file FILE] [--help] [--version]

An agent CLI without a model. It looks, reports (hooks of the settings file) and ends like Claude Code, and does what
it is told in prompts:

  say TEXT                        answer TEXT
  work 3s                         be busy for so long
  recall                          answer with everything said in this conversation, resumed ones too
  dialog permission TOOL [INPUT]  ask whether TOOL may run: Enter is yes, Esc is no, other text is lost
  limit until TIME                a used-up usage limit; TIME as in 7pm or 12:48am (Asia/Tokyo)
  api error [STATUS]              the turn fails, then a normal prompt
  retry [N]                       N retries of a second each before the answer (3)
  ask trust                       the dialog that asks whether this folder is trusted
  crash [STATUS]                  end at once with STATUS (1)
  hang                            react to nothing any more, signals included
  ignore SIGNAL...                such as SIGTERM SIGINT
  leave children                  start one child, and one that leaves the family
  send NAME TEXT                  send TEXT to another agent, to the end of the prompt
  ask NAME TEXT                   the same, wait for its answer, and answer that
  split NAME,NAME... TEXT         ask all of them at once, and answer what each of them says
  use tokens N                    say that N tokens of input and N of output were used, where reports are asked for
  print N MB, eat memory N MB, spin Ns

Several things in a row are joined by ", then ". Anything else is answered with itself. The lines that the daemon puts
around a message from another agent are no part of it.
/exit ends it, /clear begins a new session. Esc cancels a turn, Ctrl+C twice ends it with 0. SIGINT ends it with 0,
SIGTERM with 143, SIGHUP with 129.

environment:
  STANDIN_START   a prompt to begin with; "crash", "hang" and "ask trust" happen before it is ready
  STANDIN_OTHERWISE  what to do with a prompt that begins with none of these words; {} stands for it
  STANDIN_HOME    where sessions are kept (~/.standin)
  STANDIN_TROUBLE how likely trouble is: enter=0.1 paste=0.05 ask=0.05 draft=0.05 crash=0.02, each from 0 to 1: Enter is
                  swallowed, a dialog swallows a paste, a turn begins with one, a human's draft, a crash
  STANDIN_RECORD  a file that gets a line for each prompt (its SHA-256), dialog answered by key, and draft sent
"""

_VALUED = {
    "--settings": "settings",
    "--session-id": "session_id",
    "--resume": "resume",
    "-r": "resume",
    "-n": "name",
    "--name": "name",
    "--append-system-prompt-file": "prompt_file",
    "--system-prompt-file": "prompt_file",
    "--mcp-config": "mcp_config",
    "--model": "model",
    "--permission-mode": "permission_mode",
}
_PLAIN = {"--help": "help", "-h": "help", "--version": "version", "--dangerously-skip-permissions": "skip_permissions"}


class BadOption(Exception):
    """A word that is no option of this program; the message is the one to print."""


class Options:
    """What the command line says; "" where it says nothing."""

    def __init__(self, words: list[str]) -> None:
        self.given = dict.fromkeys((*_VALUED.values(), *_PLAIN.values()), "")
        rest = iter(words)
        for word in rest:
            flag, equals, value = word.partition("=")
            if flag in _VALUED:
                value = value if equals else next(rest, "")
                if not value:
                    raise BadOption(f"error: option '{flag}' argument missing")
                self.given[_VALUED[flag]] = value
            elif word in _PLAIN:
                self.given[_PLAIN[word]] = "yes"
            else:
                raise BadOption(f"error: unknown option '{word}'")

    def __getitem__(self, name: str) -> str:
        return self.given[name]
