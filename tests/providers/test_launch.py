"""What each provider starts."""

import itertools
import json
import sys
import tomllib
from pathlib import Path
from typing import Any

import pytest

from orchestratord.config.agent import AgentConfig
from orchestratord.errors import BadConfiguration
from orchestratord.providers.base import Activity, CannotLaunch, ExitCause, LaunchPlace
from orchestratord.providers.registry import provider_for


def agent(**keys: Any) -> AgentConfig:
    return AgentConfig.model_validate({"name": "anna", **keys})


def where(place: Path, **more: Any) -> LaunchPlace:
    return LaunchPlace(
        directory=place / "anna",
        socket=place / "ctl.sock",
        spool=place / "spool",
        python=sys.executable,
        work_dir=place,
        home=place,
        launch_id="l1",
        **more,
    )


def program(folder: Path, name: str) -> Path:
    folder.mkdir(exist_ok=True)
    path = folder / name
    path.write_text("#!/bin/sh\n")
    path.chmod(0o755)
    return path


def test_claude_gets_its_prompt_and_its_hooks_in_files_and_a_session_of_our_choice(place: Path) -> None:
    claude = program(place / "bin", "claude")
    config = agent(env={"PATH": str(place / "bin"), "LANG": "ja_JP.UTF-8"}, args=["--model", "opus"])
    launch = provider_for(config).prepare(config, where(place, personality="You are Anna. あなたはアンナです。"))
    prompt, settings = place / "anna" / "personality.txt", place / "anna" / "settings.json"
    tools = place / "anna" / "mcp.json"
    assert launch.argv == (
        str(claude), "--mcp-config", str(tools), "--settings", str(settings), "--session-id", launch.session_id,
        "-n", "anna", "--append-system-prompt-file", str(prompt), "--model", "opus",
    )  # fmt: skip
    assert launch.files[prompt] == "You are Anna. あなたはアンナです。"
    assert "Stop" in json.loads(launch.files[settings])["hooks"]
    assert json.loads(launch.files[settings])["permissions"] == {"allow": ["mcp__orchestrator"]}
    assert launch.env["LANG"] == "ja_JP.UTF-8"
    assert launch.env["ORCHESTRATOR_LAUNCH"] == "l1"
    assert "CLAUDECODE" in launch.drop_env


def test_codex_gets_its_hooks_and_its_prompt_as_settings_and_names_its_session_itself(place: Path) -> None:
    codex = program(place / "bin", "codex")
    config = agent(provider="codex", env={"PATH": str(place / "bin")}, args=["--model", "gpt"])
    launch = provider_for(config).prepare(config, where(place, personality='You are "Anna".\nあなたはアンナです。'))
    assert launch.argv[0] == str(codex)
    assert launch.argv[-2:] == ("--model", "gpt")
    assert launch.session_id is None
    settings = tomllib.loads("\n".join(text for flag, text in itertools.pairwise(launch.argv) if flag == "-c"))
    assert settings["developer_instructions"] == 'You are "Anna".\nあなたはアンナです。'
    assert settings["hooks"]["Stop"][0]["hooks"][0]["command"].endswith("report_hook.py")
    assert settings["mcp_servers"]["orchestrator"]["args"][-3:] == ["--socket", str(place / "ctl.sock"), "mcp"]
    resumed = provider_for(config).prepare(config, where(place, resume="the-session"))
    assert resumed.argv[1:3] == ("resume", "the-session")
    assert resumed.session_id == "the-session"


def test_gemini_gets_its_hooks_in_an_extension_that_all_agents_of_a_home_share(place: Path) -> None:
    program(place / "bin", "gemini")
    config = agent(provider="gemini", env={"PATH": str(place / "bin")})
    launch = provider_for(config).prepare(config, where(place, personality="You are Anna. あなたはアンナです。"))
    hooks = place / ".gemini" / "extensions" / "orchestratord" / "hooks" / "hooks.json"
    assert "AfterAgent" in json.loads(launch.files[hooks])["hooks"]
    greeting = Path(launch.env["ORCHESTRATOR_GREETING"])
    told = json.loads(launch.files[greeting])["hookSpecificOutput"]
    assert told["additionalContext"] == "You are Anna. あなたはアンナです。"
    assert launch.argv[1:] == ("--session-id", launch.session_id)
    assert provider_for(config).prepare(config, where(place, resume="s1")).argv[1:] == ("--resume", "s1")


@pytest.mark.parametrize("name", ["claude", "standin"])
def test_a_resumed_launch_names_the_session_and_keeps_it(place: Path, name: str) -> None:
    program(place / "bin", "claude")
    config = agent(provider=name, env={"PATH": str(place / "bin")})
    launch = provider_for(config).prepare(config, where(place, resume="the-session"))
    at = launch.argv.index("--resume")
    assert launch.argv[at + 1] == launch.session_id == "the-session"
    assert "--session-id" not in launch.argv
    tools = json.loads(launch.files[Path(launch.argv[launch.argv.index("--mcp-config") + 1])])
    assert tools["mcpServers"]["orchestrator"]["args"][-3:] == ["--socket", str(place / "ctl.sock"), "mcp"]


def test_every_new_launch_has_a_session_of_its_own(place: Path) -> None:
    config = agent(provider="standin")
    provider = provider_for(config)
    assert provider.prepare(config, where(place)).session_id != provider.prepare(config, where(place)).session_id


@pytest.mark.parametrize(
    "keys",
    [
        {"env": {"PATH": "/nonexistent"}},
        {"provider": "command", "command": ["/nonexistent/program"]},
        {"provider": "command", "command": ["./not-executable"]},
    ],
)
def test_a_program_that_is_missing_is_said_by_name_before_anything_is_started(
    place: Path, keys: dict[str, Any]
) -> None:
    (place / "not-executable").write_text("text")
    config = agent(**keys)
    with pytest.raises(CannotLaunch, match=config.command[0] if config.command else "claude") as caught:
        provider_for(config).prepare(config, where(place))
    assert caught.value.cause is ExitCause.MISSING_BINARY
    assert not caught.value.cause.restartable


def test_a_cli_that_cannot_be_run_yet_is_refused_by_name() -> None:
    with pytest.raises(BadConfiguration, match="anna: provider opencode is not yet supported"):
        provider_for(agent(provider="opencode"))


def test_a_command_is_started_as_it_stands_and_read_by_its_patterns(place: Path) -> None:
    config = agent(
        provider="command",
        command=["/bin/sh", "-i"],
        ready_pattern=r"\$ $",
        working_pattern="busy",
        waiting_pattern=r"Sure\?",
        quit_keys=["C-d"],
    )
    provider = provider_for(config)
    assert provider.prepare(config, where(place)).argv == ("/bin/sh", "-i")
    assert [step.keys for step in provider.quit_steps] == [("C-d",)]

    def seen(screen: str) -> Activity | None:
        reading = provider.read_screen(screen, "", 0.0)
        return None if reading is None else reading.activity

    assert seen("$ ") is Activity.IDLE
    assert seen("busy $ ") is Activity.WORKING
    assert seen("busy\nSure? $ ") is Activity.WAITING
    assert seen("???") is None


def test_a_command_without_patterns_is_idle_while_it_lives() -> None:
    reading = provider_for(agent(provider="command", command=["cat"])).read_screen("anything", "", 0.0)
    assert reading is not None
    assert reading.activity is Activity.IDLE
