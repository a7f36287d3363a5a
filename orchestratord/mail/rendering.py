"""How a message looks to the agent that gets it: one line of who and which, and below it the text as it was written."""

from orchestratord.mail.message import Message

__all__ = ["rendered"]


def rendered(message: Message) -> str:
    """What is typed into the pane: ``[message ID from SENDER; …]``, a line's end, and the text unaltered.

    The line makes every prompt another one, so that it can be told which message a pane, a hook or a transcript shows.
    It also keeps a text that begins with a slash or an @ from opening a picker. Only the first line is ours: one that
    looks like it further down is part of the text.
    """
    words = f"message {message.id} from {message.sender}"
    if message.reply_to is not None:
        words += f" in reply to {message.reply_to}"
    if message.subject:
        words += f" about {message.subject}"
    return f"[{words}; what you say last is your answer to it]\n{message.text}"
