"""The files of docs/deploy fit together, and fit the program; `tests/deployment` runs an office on them."""

import ast
import re
import shutil
import subprocess
import sys
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import pytest

from app import create_app
from commands.serving import DRAIN_SECONDS
from documents.server.embedded import PROJECT

DEPLOY = PROJECT / "docs" / "deploy"
UNITS = ("bases-office@.service", "bases-office-check.service", "bases-office-check.timer")
# What a service manager or a session gives a process; nobody sets it by hand.
_NOT_OURS = {"NOTIFY_SOCKET", "WATCHDOG_USEC", "XDG_RUNTIME_DIR"}
# A request has an `environ` as well.
_OF_A_REQUEST = re.compile(
    r"HTTP_|PATH_INFO$|QUERY_STRING$|REMOTE_|REQUEST_|SCRIPT_|SERVER_|wsgi\.|\w+\.\w+$"
)
_SET_BY_THE_UNIT = {"HOST", "PORT", "DATA_DIR"}


def variables_read() -> set[str]:
    """Return the environment variables that the program reads by name."""
    found = set()
    rooms = ("commands", "admin_views", "public_views", "forms", "services", "office", "documents")
    files = [PROJECT / "app.py", *(path for room in rooms for path in (PROJECT / room).rglob("*.py"))]
    for path in files:
        for node in ast.walk(ast.parse(path.read_text())):
            match node:
                case ast.Call(func=ast.Attribute(attr="get", value=held), args=[ast.Constant(str(name)), *_]):
                    pass
                case ast.Subscript(value=held, slice=ast.Constant(str(name))):
                    pass
                case _:
                    continue
            if ast.unparse(held).endswith("environ"):
                found.add(name)
    return {name for name in found if not _OF_A_REQUEST.match(name)} - _NOT_OURS


def plain_yaml(text: str) -> Any:
    """Read YAML in the plain block style that compose.yaml keeps to; anything else is refused."""
    lines = [line for line in text.splitlines() if line.strip() and not line.lstrip().startswith("#")]
    rest = [(len(line) - len(line.lstrip()), line.strip()) for line in lines]
    value = _block(rest, 0)
    assert rest == [], rest
    return value


def _block(rest: list[tuple[int, str]], depth: int) -> Any:
    if rest[0][1].startswith("- "):
        items = []
        while rest and rest[0][0] == depth and rest[0][1].startswith("- "):
            items.append(_scalar(rest.pop(0)[1][2:]))
        return items
    mapping: dict[str, Any] = {}
    while rest and rest[0][0] == depth:
        key, colon, value = rest.pop(0)[1].partition(":")
        assert colon and re.fullmatch(r"\w+", key) and key not in mapping, key
        if value:
            assert value.startswith(" ")
            mapping[key] = _scalar(value.strip())
        else:
            deeper = bool(rest) and rest[0][0] > depth
            mapping[key] = _block(rest, rest[0][0]) if deeper else None
    return mapping


def _scalar(text: str) -> str:
    if text[0] in "'\"":
        assert text[-1] == text[0] and text[0] not in text[1:-1]
        return text[1:-1]
    assert text[0] not in "&*{[|>!%@`" and ": " not in text, text
    return text


@pytest.fixture(scope="module")
def compose() -> dict[str, Any]:
    """The services and volumes of compose.yaml."""
    found: dict[str, Any] = plain_yaml((DEPLOY / "compose.yaml").read_text())
    return found


def upstreams(name: str) -> list[tuple[str, str]]:
    """Return host and port of each server that an upstream file names."""
    return re.findall(r"^\s+server ([\w.]+):(\d+) max_fails=0;$", (DEPLOY / name).read_text(), re.MULTILINE)


def test_the_proxy_of_the_containers_points_at_services_that_are_there(compose: dict[str, Any]) -> None:
    named = upstreams("nginx-upstream-compose.conf")
    assert len(named) == 2
    for host, port in named:
        assert compose["services"][host]["environment"]["PORT"] == port
        assert compose["services"][host]["environment"]["HOST"] == "0.0.0.0"
    files = [volume.split(":") for volume in compose["services"]["proxy"]["volumes"]]
    mounted = {inside: outside for outside, inside, _ in files}
    assert mounted["/etc/nginx/conf.d/default.conf"] == "./nginx.conf"
    assert mounted["/etc/nginx/conf.d/upstream.conf"] == "./nginx-upstream-compose.conf"
    assert mounted["/etc/nginx/tls"] == "./tls"
    listens = set(re.findall(r"listen (\d+)", (DEPLOY / "nginx.conf").read_text()))
    assert {port.split(":")[1] for port in compose["services"]["proxy"]["ports"]} == listens


def test_every_name_in_the_compose_file_exists(compose: dict[str, Any]) -> None:
    services = compose["services"]
    assert set(compose) == {"services", "volumes"}
    used = set()
    for name, service in services.items():
        assert set(service.get("depends_on", ())) <= set(services), name
        for volume in service.get("volumes", ()):
            source = volume.split(":")[0]
            if not source.startswith("."):
                used.add(source)
            elif source != "./tls":  # the office's own certificate
                assert (DEPLOY / source).exists(), source
        if build := service.get("build"):
            context = (DEPLOY / build["context"]).resolve()
            assert context == PROJECT
            assert (context / build["dockerfile"]).is_file()
    assert used == set(compose["volumes"])


def test_the_two_web_services_are_alike_and_know_the_set(compose: dict[str, Any]) -> None:
    services = compose["services"]
    assert services["web1"] == services["web2"]
    uri = services["web1"]["environment"]["MONGODB_URI"]
    hosts = re.match(r"mongodb://([\w,]+)/bases_office\?replicaSet=(\w+)$", uri)
    assert hosts
    for host in hosts[1].split(","):
        assert f"--replSet {hosts[2]} " in services[host]["command"]
        assert "--setParameter transactionLifetimeLimitSeconds=10" in services[host]["command"]
        assert f'host: "{host}"' in services["initiate"]["command"][-1]
    assert "settings: {chainingAllowed: false}" in services["initiate"]["command"][-1]
    assert int(services["web1"]["stop_grace_period"].rstrip("s")) > DRAIN_SECONDS + 5


def test_each_way_of_running_sets_every_variable_of_the_program_and_no_other(compose: dict[str, Any]) -> None:
    known = variables_read()
    assert {"MONGODB_URI", "SECRET_KEY", "PORT"} <= known
    text = (DEPLOY / "bases-office.env").read_text()
    # What has a good default stands there as a comment.
    assert set(re.findall(r"^#?([A-Z_]+)=", text, re.MULTILINE)) == known - _SET_BY_THE_UNIT
    unit = (DEPLOY / "bases-office@.service").read_text()
    given = re.search(r"^Environment=(.*)$", unit, re.MULTILINE)
    assert given
    assert set(re.findall(r"(\w+)=", given[1])) == _SET_BY_THE_UNIT
    assert set(re.findall(r"^([A-Z_]+)=", text, re.MULTILINE)) | _SET_BY_THE_UNIT == set(
        compose["services"]["web1"]["environment"]
    )
    table = "\n".join(
        line for line in (PROJECT / "docs/deploy.md").read_text().splitlines() if line.startswith("| `")
    )
    for variable in known:
        assert f"`{variable}`" in table, variable


def test_the_proxy_takes_a_little_more_than_the_program() -> None:
    most = re.search(r"client_max_body_size (\d+)m;", (DEPLOY / "nginx.conf").read_text())
    assert most
    taken = create_app({"SECRET_KEY": "0" * 64}).config["MAX_CONTENT_LENGTH"]
    assert 0 < int(most[1]) - taken / 2**20 <= 1


def seconds(unit: str, name: str) -> int:
    found = re.search(rf"^{name}=(\d+)$", (DEPLOY / unit).read_text(), re.MULTILINE)
    assert found
    return int(found[1])


def test_the_unit_waits_for_what_the_process_has_taken() -> None:
    assert seconds("bases-office@.service", "TimeoutStopSec") > DRAIN_SECONDS + 5


@pytest.fixture
def units(tmp_path: Path) -> Iterator[list[Path]]:
    """Give copies of the units that name programs of this machine."""
    if not shutil.which("systemd-analyze"):
        pytest.skip("systemd-analyze is not installed (on Debian: apt-get install systemd)")
    copies = []
    for unit in UNITS:
        text = (DEPLOY / unit).read_text().replace("/opt/bases-office/.venv/bin/python", sys.executable)
        copies.append(tmp_path / unit.replace("@.", "@5001."))
        copies[-1].write_text(text)
    yield copies


def test_systemd_finds_nothing_to_say_about_the_units(units: list[Path]) -> None:
    done = subprocess.run(
        ["systemd-analyze", "verify", "--man=no", "--recursive-errors=no", *map(str, units)],
        capture_output=True, text=True, check=False,
    )  # fmt: skip
    ours = [line for line in done.stderr.splitlines() if any(unit.name in line for unit in units)]
    assert ours == []
    assert done.returncode == 0, done.stderr


def test_the_services_expose_little(units: list[Path]) -> None:
    for unit in units[:2]:
        done = subprocess.run(
            ["systemd-analyze", "security", "--offline=true", "--no-pager", "--threshold=30", str(unit)],
            capture_output=True, text=True, check=False,
        )  # fmt: skip
        assert done.returncode == 0, done.stdout[-400:] + done.stderr
