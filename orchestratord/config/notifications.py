"""Where alerts are sent, as it may be written. Every secret can also be read from a file: the key with ``_file``."""

from typing import Annotated, ClassVar, Final, Literal, Self

from pydantic import AfterValidator, BeforeValidator, Field, WithJsonSchema, model_validator

from orchestratord.config.section import (
    Duration,
    FileName,
    Flag,
    PositiveDuration,
    Secret,
    SecretUrl,
    Section,
    Text,
    Url,
    count,
    key_fault,
)
from orchestratord.config.wording import quote

__all__ = ["AlertmanagerConfig", "EmailConfig", "Level", "NotificationsConfig", "SlackConfig", "WebhookConfig"]

Level = Literal["info", "warning", "error", "critical"]

_FILE: Final = "A file that holds it, relative to this file, instead of writing it here."


def _address(address: str) -> str:
    if address.count("@") != 1 or any(c.isspace() or c in ",;<>" for c in address) or not all(address.split("@")):
        raise ValueError(f"{quote(address)} is not a mail address: write name@host")
    return address


Address = Annotated[Text, AfterValidator(_address)]
Port = Annotated[
    int, BeforeValidator(count(1, 65_535)), WithJsonSchema({"type": "integer", "minimum": 1, "maximum": 65_535})
]


class _Channel(Section):
    """What every channel can be told."""

    needs: ClassVar[str] = ""
    """The secret without which the channel cannot send; empty when there is none."""

    min_level: Level = Field(default="warning", description="Alerts below this level are not sent here.")
    send_resolved: Flag = Field(default=True, description="Whether it is also told that an alert has gone.")
    timeout: PositiveDuration = Field(default=10.0, description="How long one attempt to send may take.")

    @model_validator(mode="after")
    def _can_send(self) -> Self:
        if self.needs and getattr(self, self.needs) is None and getattr(self, f"{self.needs}_file") is None:
            raise key_fault(self.needs, f"is missing: write {self.needs} or {self.needs}_file")
        return self


class SlackConfig(_Channel):
    """A Slack incoming webhook."""

    needs: ClassVar[str] = "webhook_url"

    webhook_url: SecretUrl | None = Field(default=None, description="The incoming webhook's URL; a secret.")
    webhook_url_file: FileName | None = Field(default=None, description=_FILE)
    channel: Text | None = Field(default=None, description="Another channel than the webhook's own.")
    username: Text | None = Field(default=None, description="The name under which it posts.")


class EmailConfig(_Channel):
    """Mail through an SMTP server."""

    smtp_host: Text = Field(description="The mail server.")
    smtp_port: Port = Field(default=587, description="Its port.")
    encryption: Literal["starttls", "tls", "none"] = Field(
        default="starttls", description="starttls (port 587), tls from the first byte (465), or none."
    )
    username: Text | None = Field(default=None, description="For servers that want a login.")
    password: Secret | None = Field(default=None, description="The login's password; a secret.")
    password_file: FileName | None = Field(default=None, description=_FILE)
    sender: Address = Field(alias="from", description="Who it is from.")
    to: tuple[Address, ...] = Field(min_length=1, description="Who gets it, one address a list item.")

    @model_validator(mode="after")
    def _login_is_whole(self) -> Self:
        secret = "password" if self.password is not None else "password_file"
        if self.username is None and getattr(self, secret) is not None:
            raise key_fault(secret, "needs a username beside it")
        return self


class WebhookConfig(_Channel):
    """A POST of JSON to a URL of one's own."""

    needs: ClassVar[str] = "url"

    url: SecretUrl | None = Field(default=None, description="Where it is posted; a secret.")
    url_file: FileName | None = Field(default=None, description=_FILE)
    secret: Secret | None = Field(default=None, description="Signs the body (HMAC-SHA256, X-Signature-256); a secret.")
    secret_file: FileName | None = Field(default=None, description=_FILE)


class AlertmanagerConfig(_Channel):
    """A Prometheus Alertmanager."""

    url: Url = Field(description="Its address, such as http://127.0.0.1:9093.")
    username: Text | None = Field(default=None, description="For basic authentication.")
    password: Secret | None = Field(default=None, description="For basic authentication; a secret.")
    password_file: FileName | None = Field(default=None, description=_FILE)
    bearer_token: Secret | None = Field(default=None, description="For a bearer token; a secret.")
    bearer_token_file: FileName | None = Field(default=None, description=_FILE)


class NotificationsConfig(Section):
    """Where alerts are sent. A channel that is not written is not used."""

    group_wait: Duration = Field(default=10.0, description="How long to collect alerts into one notification.")
    repeat_interval: PositiveDuration = Field(
        default=14_400.0, description="An alert that stays is told again so often."
    )
    slack: SlackConfig | None = Field(default=None, description="A Slack incoming webhook.")
    email: EmailConfig | None = Field(default=None, description="Mail through an SMTP server.")
    webhook: WebhookConfig | None = Field(default=None, description="A POST of JSON to a URL of one's own.")
    alertmanager: AlertmanagerConfig | None = Field(default=None, description="A Prometheus Alertmanager.")
