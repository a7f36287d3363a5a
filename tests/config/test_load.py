import contextlib
import os
import tempfile
from collections.abc import Iterator
from pathlib import Path

import pytest
import yaml
from hypothesis import given, settings
from hypothesis import strategies as st

from orchestratord.config.faults import ConfigurationFaults
from orchestratord.config.load import load
from orchestratord.config.schema import Configuration
from orchestratord.config.section import Section
from orchestratord.config.shape import keys_of, section_at
from tests.config.broken import furnish

_ROOT = Path(__file__).parents[2]
_FIVE = [
    "grand_boss", "middle_manager", "coding_writing_specialist", "research_analysis_specialist", "testing_specialist",
]  # fmt: skip

_OLDER = """\
# written for orchestrator-cc
cluster:
  name: "orchestrator-cc"
  session_name: "orchestrator-cc"
  work_dir: "{work_dir}"

agents:
  - name: "grand_boss"
    role: "grand_boss"
    personality_prompt_path: "{prompts}/grand_boss.txt"
    marker: "GRAND BOSS OK"
    pane_index: 0
    wait_time: 5.0
    poll_interval: 0.5

  - name: "middle_manager"
    role: "middle_manager"
    personality_prompt_path: "{prompts}/grand_boss.txt"
    marker: "MIDDLE MANAGER OK"
    pane_index: 1

  - name: "coding_writing_specialist"
    role: "specialist_coding_writing"
    personality_prompt_path: "{prompts}/grand_boss.txt"
    marker: "CODING OK"
    pane_index: 2  # ペイン 2
    wait_time: 8

  - name: "research_analysis_specialist"
    role: "specialist_research_analysis"
    personality_prompt_path: "{prompts}/grand_boss.txt"
    marker: "RESEARCH OK"
    pane_index: 3

  - name: "testing_specialist"
    role: "specialist_testing"
    personality_prompt_path: "{prompts}/grand_boss.txt"
    marker: "TESTING OK"
    pane_index: 4
"""


def _load(folder: Path, text: str, **environ: str) -> Configuration:
    furnish(folder)
    file = folder / "cc-cluster.yaml"
    file.write_text(text, encoding="utf-8")
    return load(file, environ)


def _refusal(path: Path) -> str:
    with pytest.raises(ConfigurationFaults) as refused:
        load(path, {})
    return refused.value.message


@pytest.mark.parametrize("name", ["cc-cluster.yaml", "demo.yaml"])
def test_the_shipped_configurations_have_the_five_agents_and_tell_each_how_to_write_to_the_others(name: str) -> None:
    configuration = load(_ROOT / "config" / name, {})
    assert list(configuration.by_name) == _FIVE
    assert configuration.cluster.work_dir == _ROOT
    for agent in configuration.agents:
        assert agent.personality_prompt_path
        text = agent.personality_prompt_path.read_text(encoding="utf-8")
        assert f"あなたは {agent.name}" in text
        assert f"You are {agent.name}" in text
        for word in ("send", "reply", "inbox"):
            assert text.count(f"orchestratorctl {word}") >= 2, (agent.name, word)
        for tool in ("list_agents", "ask_agent", "send_message", "`reply`", "read_inbox", "report_status"):
            assert text.count(tool) >= 2, (agent.name, tool)


@pytest.mark.parametrize(("work_dir", "prompts"), [(".", "personalities"), ("{up}", "config/personalities")])
def test_a_file_of_five_agents_written_for_orchestrator_cc_starts_unchanged(
    tmp_path: Path, work_dir: str, prompts: str
) -> None:
    text = _OLDER.format(work_dir=work_dir.format(up=tmp_path), prompts=prompts)
    folder = tmp_path / "config"
    folder.mkdir()
    configuration = _load(folder, text)
    assert sorted(configuration.by_name) == sorted(_FIVE)
    assert {agent.provider for agent in configuration.agents} == {"claude"}
    prompt = configuration.agents[0].personality_prompt_path
    assert prompt == folder / "personalities" / "grand_boss.txt"
    assert configuration.agents[0].work_dir == configuration.cluster.work_dir


def test_what_is_not_written_has_the_defaults_of_the_documentation(tmp_path: Path) -> None:
    configuration = _load(tmp_path, "agents: [{name: boss}]")
    restart = configuration.agents[0].restart
    assert (restart.policy, restart.backoff, restart.backoff_max) == ("on-failure", 1.0, 300.0)
    assert (restart.burst, restart.window, restart.stable_after) == (5, 600.0, 600.0)
    assert (configuration.http.host, configuration.http.port) == ("127.0.0.1", 8000)
    assert (configuration.messages.expire_after, configuration.messages.max_size) == (3600.0, 262_144)
    keep = configuration.backup.keep
    assert (keep.hourly, keep.daily, keep.weekly, keep.monthly) == (24, 30, 13, 12)
    monitoring = configuration.monitoring
    assert (monitoring.check_interval, monitoring.agent_timeout, monitoring.max_idle_time) == (5.0, 60.0, 300.0)


def test_the_thresholds_are_the_runbooks_table(tmp_path: Path) -> None:
    table = _load(tmp_path, "agents: [{name: boss}]").monitoring.thresholds
    assert (table.uptime.target, table.uptime.warning) == (99.0, 95.0)
    assert (table.response_time.target, table.response_time.warning) == (5.0, 10.0)
    assert (table.cpu.target, table.memory.target, table.disk.target) == (70.0, 70.0, 80.0)
    assert (table.cpu.warning, table.memory.warning, table.disk.warning) == (90.0, 85.0, 90.0)
    assert (table.idle.warning, table.idle.error, table.idle.critical) == (300.0, 600.0, 900.0)
    assert (table.restarts.warning, table.restarts.error, table.restarts.critical) == (3, 5, 10)
    assert (table.agents_down.warning, table.agents_down.error, table.agents_down.critical) == (1, 2, 3)


def test_the_levels_of_idleness_follow_max_idle_time_unless_written(tmp_path: Path) -> None:
    text = "agents: [{name: boss}]\nmonitoring: {max_idle_time: 20m, thresholds: {idle: {error: off}}}"
    idle = _load(tmp_path, text).monitoring.thresholds.idle
    assert (idle.warning, idle.error, idle.critical) == (1200.0, None, 3600.0)


def test_the_environment_stands_above_the_file(tmp_path: Path) -> None:
    configuration = _load(
        tmp_path,
        "cluster: {session_name: one, work_dir: nowhere}\nhttp: {port: 1}\nagents: [{name: boss}]",
        ORCHESTRATOR_WORK_DIR=str(tmp_path / "project"),
        ORCHESTRATOR_SESSION_NAME="two",
        ORCHESTRATOR_DASHBOARD_HOST="localhost",
        ORCHESTRATOR_DASHBOARD_PORT="8123",
        ORCHESTRATOR_LOG_LEVEL="debug",
    )
    assert configuration.cluster.session_name == "two"
    assert configuration.agents[0].work_dir == tmp_path / "project"
    assert (configuration.http.host, configuration.http.port) == ("localhost", 8123)
    assert configuration.logging.level == "DEBUG"


def test_an_empty_variable_says_nothing(tmp_path: Path) -> None:
    text = "http: {port: 81}\nagents: [{name: boss}]"
    assert _load(tmp_path, text, ORCHESTRATOR_DASHBOARD_PORT="").http.port == 81


def test_a_reference_is_filled_in_from_the_environment(tmp_path: Path) -> None:
    text = """\
agents:
  - name: boss
    env: {A: "${KEY}", B: "x-${KEY}-${OTHER:-none}", C: "$${KEY}", D: "$KEY", E: 8080}
"""
    env = _load(tmp_path, text, KEY="k").agents[0].env
    assert env == {"A": "k", "B": "x-k-none", "C": "${KEY}", "D": "$KEY", "E": "8080"}


def test_a_secret_is_read_from_a_file(tmp_path: Path) -> None:
    text = "agents: [{name: boss}]\nnotifications: {slack: {webhook_url_file: secrets/hook}}"
    slack = _load(tmp_path, text).notifications.slack
    assert slack
    assert slack.webhook_url
    assert slack.webhook_url.get_secret_value() == "https://hooks.slack.example/T0/B0/from-a-file"
    assert "from-a-file" not in repr(slack)


def test_paths_are_relative_to_the_file_and_an_agents_folder_to_the_clusters(tmp_path: Path) -> None:
    (tmp_path / "home").mkdir()
    text = """\
cluster: {work_dir: project}
agents:
  - {name: one}
  - {name: two, work_dir: .}
  - {name: three, work_dir: ../secrets}
  - {name: four, work_dir: ~}
  - {name: five, work_dir: ~/}
http: {tls: {cert: tls/cert.pem, key: tls/key.pem}}
backup: {directory: backups}
"""
    configuration = _load(tmp_path, text, HOME=str(tmp_path / "home"))
    project, home = tmp_path / "project", tmp_path / "home"
    # A bare ~ is YAML's word for nothing, so that the fourth has the default.
    assert [a.work_dir for a in configuration.agents] == [project, project, tmp_path / "secrets", project, home]
    assert configuration.http.tls
    assert configuration.http.tls.cert == tmp_path / "tls" / "cert.pem"
    assert configuration.backup.directory == tmp_path / "backups"


def test_anchors_aliases_and_merges_spare_repetition(tmp_path: Path) -> None:
    text = """\
agents:
  - name: one
    restart: &calm {backoff: 10s, burst: 2}
  - name: two
    restart: *calm
  - name: three
    restart: {<<: *calm, burst: 3}
"""
    one, two, three = (agent.restart for agent in _load(tmp_path, text).agents)
    assert one == two
    assert (three.backoff, three.burst) == (10.0, 3)


def test_words_that_older_yaml_takes_for_truth_octals_or_times_are_text(tmp_path: Path) -> None:
    text = "agents:\n- name: 'no'\n  args: [yes, 010, 1:30, 2026-02-04, 8080, '1.10']"
    assert _load(tmp_path, text).agents[0].args == ("yes", "010", "1:30", "2026-02-04", "8080", "1.10")


def test_a_byte_order_mark_and_windows_line_ends_do_not_matter(tmp_path: Path) -> None:
    file = tmp_path / "cc-cluster.yaml"
    file.write_bytes(b"\xef\xbb\xbfcluster:\r\n  name: x\r\nagents:\r\n  - name: boss\r\n")
    assert load(file, {}).cluster.name == "x"


def test_without_a_path_the_file_is_found_by_the_places(tmp_path: Path) -> None:
    file = tmp_path / "mine.yaml"
    file.write_text("agents: [{name: boss}]")
    assert load(None, {"ORCHESTRATOR_CONFIG_PATH": str(file), "HOME": str(tmp_path)}).agents[0].name == "boss"


def test_a_token_allows_a_bind_beyond_loopback(tmp_path: Path) -> None:
    file = tmp_path / "cc-cluster.yaml"
    file.write_text("agents: [{name: boss}]\nhttp: {host: 0.0.0.0}")
    assert load(file, {}, has_tokens=True).http.host == "0.0.0.0"


def test_what_is_no_readable_file_is_said_by_its_name(tmp_path: Path) -> None:
    assert _refusal(tmp_path / "none.yaml").startswith(f"{tmp_path}/none.yaml: there is no such file")
    assert _refusal(tmp_path).startswith(f"{tmp_path}: is a directory")
    os.mkfifo(tmp_path / "pipe")
    assert _refusal(tmp_path / "pipe").startswith(f"{tmp_path}/pipe: is not a regular file")


@pytest.mark.parametrize(
    ("content", "says"),
    [
        pytest.param(b"# " + b"x" * (300 << 10), "is larger than 256 KiB", id="huge"),
        pytest.param(b"a: [" + b"1," * 25_000, "more than 20000 values", id="many"),
        pytest.param(b"- " * 50_000, "blocks stand in more than 16 others", id="deep"),
        pytest.param(b"a:\n" + b" [\n" * 50_000, "blocks stand in more than 16 others", id="deeper"),
    ],
)
def test_a_file_that_would_take_up_the_machine_is_refused(tmp_path: Path, content: bytes, says: str) -> None:
    file = tmp_path / "cc-cluster.yaml"
    file.write_bytes(content)
    assert says in _refusal(file)


def test_of_a_thousand_faults_a_hundred_are_told_and_all_are_counted(tmp_path: Path) -> None:
    file = tmp_path / "cc-cluster.yaml"
    file.write_text("agents: [{name: boss}]\n" + "".join(f"key{n}: 1\n" for n in range(1000)))
    lines = _refusal(file).splitlines()
    assert len(lines) == 101
    assert lines[-1] == "… and 900 more"


def test_any_bytes_are_either_a_configuration_or_refused_in_words() -> None:
    pieces = st.lists(
        st.sampled_from([
            b"agents:", b"\n", b"  ", b"- ", b"name: ", b"boss", b": ", b"*a ", b"&a ", b"<<: ", b"{", b"}", b"[", b"]",
            b"'", b'"', b"\\", b"\t", b"|\n", b">\n", b"? ", b"!!int ", b"!x ", b"%YAML", b"---\n", b"...\n", b"#",
            b"${X", b"\x00", b"\xff", b"\r", "統括：".encode(), b"9" * 30, b"1e999", b"~", b"null", b"env: ", b"http: ",
        ]),
        max_size=30,
    ).map(b"".join)  # fmt: skip

    with tempfile.TemporaryDirectory() as folder:
        file = Path(folder) / "cc-cluster.yaml"

        @settings(max_examples=300, deadline=None, derandomize=True)
        @given(st.one_of(pieces, st.binary(max_size=200)))
        def never_anything_else(content: bytes) -> None:
            file.write_bytes(content)
            with contextlib.suppress(ConfigurationFaults):
                load(file, {}, has_tokens=False)

        never_anything_else()


def _every_key(section: type[Section], path: tuple[str | int, ...] = ()) -> Iterator[tuple[str | int, ...]]:
    for key in keys_of(section):
        here = (*path, key)
        yield here
        inner = section_at(here)
        if inner is not None:
            yield from _every_key(inner, (*here, 0) if here == ("agents",) else here)


def _nested(path: tuple[str | int, ...], value: object) -> object:
    for step in reversed(path):
        value = [value] if isinstance(step, int) else {step: value}
    return value


@pytest.mark.parametrize(
    "value",
    [
        [],
        [[]],
        {},
        {"": {}},
        "",
        " ",
        "\n",
        "~/../x",
        "://[",
        "a@b",
        "統括",
        -1,
        0,
        10**17,
        0.5,
        -1.5,
        True,
        ["a", 1, {}],
    ],
    ids=repr,
)
def test_a_value_of_any_kind_at_any_key_is_taken_or_refused_in_words(tmp_path: Path, value: object) -> None:
    file = tmp_path / "cc-cluster.yaml"
    for path in _every_key(Configuration):
        file.write_text(yaml.safe_dump(_nested(path, value), allow_unicode=True), encoding="utf-8")
        with contextlib.suppress(ConfigurationFaults):
            load(file, {"HOME": str(tmp_path)}, has_tokens=False)
