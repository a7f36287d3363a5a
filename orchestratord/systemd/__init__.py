"""The only room that knows systemd."""

from orchestratord.systemd.notify import Notifier

__all__ = ["Notifier"]
