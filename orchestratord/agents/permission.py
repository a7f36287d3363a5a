"""Whether a tool may run, where the configuration says so before a human is asked."""

from orchestratord.config.agent import DialogsConfig

__all__ = ["decide"]


def decide(dialogs: DialogsConfig, tool: str) -> bool | None:
    """True: it may, False: it may not, None: the dialog comes up and a human answers."""
    match dialogs.policy:
        case "allow":
            return True if not dialogs.allow or tool in dialogs.allow else None
        case "deny":
            return False
        case _:
            return None
