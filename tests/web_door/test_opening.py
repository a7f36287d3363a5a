"""Opening the door: ports, TLS, the documents and figures it serves."""

import asyncio
import socket
import ssl
import subprocess
from pathlib import Path

import aiohttp
import pytest
from openapi_spec_validator import validate
from prometheus_client.parser import text_string_to_metric_families

from orchestratord.config.schema import HttpConfig, TlsConfig
from orchestratord.errors import BadConfiguration, Unavailable
from orchestratord.verbs.registry import VERBS
from orchestratord.web.openapi import OWN, TAKEN
from orchestratord.web.server import Web
from tests.web_door.conftest import Open
from tests.web_door.raw import Raw


async def test_a_port_in_use_is_said_with_what_to_do(door: Web, open_door: Open) -> None:
    with pytest.raises(Unavailable) as refused:
        await open_door(HttpConfig(port=door.port))
    assert f"127.0.0.1:{door.port}" in refused.value.message
    assert "ss -ltnp" in refused.value.hint


async def test_an_address_of_another_machine_is_said(open_door: Open) -> None:
    with pytest.raises(Unavailable, match=r"192\.0\.2\.1:0: that is no address of this machine"):
        await open_door(HttpConfig(host="192.0.2.1", port=0))


async def test_a_name_is_listened_on_at_each_of_its_addresses(open_door: Open) -> None:
    door = await open_door(HttpConfig(host="localhost", port=0))
    _, _, addresses = await asyncio.to_thread(socket.gethostbyname_ex, "localhost")
    for address in addresses:
        async with aiohttp.ClientSession() as client, client.get(f"http://{address}:{door.port}/healthz") as answer:
            assert answer.status == 200


@pytest.fixture(scope="module")
def certificate(tmp_path_factory: pytest.TempPathFactory) -> TlsConfig:
    folder = tmp_path_factory.mktemp("tls")
    cert, key = folder / "cert.pem", folder / "key.pem"
    command = ["openssl", "req", "-x509", "-newkey", "rsa:2048", "-nodes", "-days", "1", "-subj", "/CN=localhost"]
    more = ["-addext", "subjectAltName=DNS:localhost,IP:127.0.0.1", "-keyout", str(key), "-out", str(cert)]
    subprocess.run([*command, *more], check=True, capture_output=True)
    return TlsConfig(cert=cert, key=key)


async def test_tls_is_spoken_with_the_given_certificate_and_nothing_else(
    open_door: Open, certificate: TlsConfig
) -> None:
    door = await open_door(HttpConfig(port=0, tls=certificate), closing_deadline=0.2)
    trusting = await asyncio.to_thread(ssl.create_default_context, cafile=str(certificate.cert))
    connector = aiohttp.TCPConnector(ssl=trusting)
    async with aiohttp.ClientSession(f"https://localhost:{door.port}", connector=connector) as client:
        async with client.get("/api/agents") as answer:
            assert answer.status == 200
        async with await Raw.to(door) as plain, await Raw.to(door):
            plain.get("/api/agents")
            assert b"agents" not in await plain.ended()
        async with client.get("/healthz") as answer:
            assert answer.status == 200
        await door.close()


async def test_tls_files_that_do_not_fit_are_named(open_door: Open, certificate: TlsConfig, place: Path) -> None:
    with pytest.raises(BadConfiguration, match=r"http\.tls\.key: .*gone.pem cannot be read"):
        await open_door(HttpConfig(port=0, tls=TlsConfig(cert=certificate.cert, key=place / "gone.pem")))
    with pytest.raises(BadConfiguration, match="are not a certificate and its key"):
        await open_door(HttpConfig(port=0, tls=TlsConfig(cert=certificate.cert, key=certificate.cert)))


async def test_the_openapi_document_is_valid_and_holds_every_route(client: aiohttp.ClientSession) -> None:
    async with client.get("/api/openapi.json") as answer:
        document = await answer.json()
    validate(document)
    described = {(method.upper(), path) for path, item in document["paths"].items() for method in item}
    declared = {(route.method, route.path) for verb in VERBS.values() for route in verb.routes}
    assert described == declared | {("GET", path) for path in OWN} | {("POST", path) for path in TAKEN}


async def test_every_fixed_path_of_the_document_answers(client: aiohttp.ClientSession) -> None:
    for path, (_, kind) in OWN.items():
        async with client.get(path) as answer:
            assert (answer.status, answer.content_type) == (200, kind), path


async def test_prometheus_finds_every_agent_in_exactly_one_state(client: aiohttp.ClientSession) -> None:
    async with client.get("/metrics") as answer:
        families = {family.name: family for family in text_string_to_metric_families(await answer.text())}
    assert {sample.labels["agent_name"]: sample.value for sample in families["orchestrator_agent_up"].samples} == {
        "grand_boss": 1.0,
        "worker": 0.0,
    }
    states = [sample.labels for sample in families["orchestrator_agent_state"].samples if sample.value == 1.0]
    assert states == [{"agent_name": "grand_boss", "state": "idle"}, {"agent_name": "worker", "state": "stopped"}]
    assert families["orchestrator_agent_idle_time_seconds"].samples[0].value == 12.5
    assert families["orchestrator_config_last_reload_success"].samples[0].value == 1.0
    assert {sample.labels["level"] for sample in families["orchestrator_alerts_firing"].samples} == {
        "info", "warning", "error", "critical",
    }  # fmt: skip
    assert families["orchestrator_agent_restarts"].samples == []
    assert "orchestrator_build_info" in families
    assert "orchestrator_event_loop_lag_seconds" in families
