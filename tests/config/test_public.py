import json
from pathlib import Path

import yaml

from orchestratord.config.load import load
from orchestratord.config.public import show
from tests.config.broken import furnish

_TEXT = """\
cluster: {work_dir: project}
agents:
  - {name: boss, env: {API_KEY: hunter2}, personality_prompt_path: personalities/grand_boss.txt}
  - {name: shell, provider: command, command: [bash], ready_pattern: '\\$ $', limits: {memory_max: 4G, cpu_quota: 200%}}
monitoring: {thresholds: {cpu: {warning: off}, idle: {error: 10m, critical: off}}}
http: {tls: {cert: tls/cert.pem, key: tls/key.pem}, allowed_hosts: [box.example]}
notifications:
  slack: {webhook_url: "https://hooks.slack.example/hunter2"}
  email: {smtp_host: m, from: a@m, to: [b@m], username: me, password_file: secrets/word}
  webhook: {url_file: secrets/hook, secret: hunter2}
  alertmanager: {url: "http://127.0.0.1:9093", bearer_token: hunter2}
backup: {schedule: {every: 30m}}
"""


def test_what_is_shown_holds_no_secret(tmp_path: Path) -> None:
    furnish(tmp_path)
    file = tmp_path / "c.yaml"
    file.write_text(_TEXT)
    configuration = load(file, {})
    shown = json.dumps(show(configuration))
    for text in (shown, repr(configuration.notifications)):
        assert "hunter2" not in text
        assert "from-a-file" not in text
    assert '"API_KEY": "***"' in shown
    assert '"webhook_url": "***"' in shown


def test_what_is_shown_of_a_configuration_without_secrets_can_be_read_again(tmp_path: Path) -> None:
    furnish(tmp_path)
    first, second = tmp_path / "c.yaml", tmp_path / "again.yaml"
    first.write_text(
        _TEXT[: _TEXT.index("notifications:")].replace("hunter2", "x") + "backup: {schedule: {every: 30m}}\n"
    )
    configuration = load(first, {})
    second.write_text(yaml.safe_dump(show(configuration), allow_unicode=True))
    assert show(load(second, {})) == show(configuration)
