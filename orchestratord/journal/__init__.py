"""The journal: everything that happens, written once, in order, and given to whoever reads along."""

from orchestratord.journal.broadcast import Subscription, TooSlow
from orchestratord.journal.events import Event
from orchestratord.journal.store import Journal

__all__ = ["Event", "Journal", "Subscription", "TooSlow"]
