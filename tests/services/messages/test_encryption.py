"""Mail over TLS: from the start or by STARTTLS, with a certificate that is looked at, and said in words if refused."""

import shutil
import socket
import ssl
from dataclasses import replace
from datetime import UTC, datetime

import pytest

from documents.desk.audit_entry import AuditEntry
from documents.messages.channel import MessageChannel
from rules.access import SYSTEM
from rules.errors import Refused
from rules.requests.messages import ChannelValues
from services.hooks import posting
from services.messages.channels import change_channel, make_channel
from services.messages.delivering import send_trial
from services.messages.sending import NOT_SIGNED_IN, SILENT
from services.messages.trusting import (
    ANOTHER_NAME,
    BAD_AUTHORITY,
    NO_TLS_HERE,
    OUT_OF_DATE,
    UNKNOWN_AUTHORITY,
    fingerprint_of,
    sentence_of,
)
from tests.services.messages.local_servers import certificate_for, mail_server

pytestmark = pytest.mark.skipif(not shutil.which("openssl"), reason="openssl makes the certificates")
KEY, HOME = "k" * 40, "https://bases.example.cn"
MAIL = ChannelValues(
    name="邮件", kind="mail", enabled=True, county="", events=("objection",), digest=False, host="mail.example.cn",
    port=465, user="bureau", secret="geheim", sender="bases@example.cn", recipients=("a@example.cn", "b@example.cn"),
)  # fmt: skip


@pytest.fixture
def office(_whole, db):
    """The sample office."""
    return _whole


@pytest.fixture(scope="module")
def certificates(tmp_path_factory):
    """Return, by the name that it is made out to, how a server speaks by a certificate, and the certificate."""
    folder = tmp_path_factory.mktemp("certificates")
    return {name: certificate_for(name, folder) for name in ("localhost", "other.example.cn")}


@pytest.fixture(autouse=True)
def _this_machine(monkeypatch) -> None:
    """Let the tests alone reach servers on this machine."""
    monkeypatch.setattr(posting, "may_be_told", lambda address, private: True)


def problem_of(port: int, *, secret: str = "geheim", **values: str) -> str:
    """Return what a test message to a server of this machine comes to."""
    values_of = replace(MAIL, secret=secret, **values)  # type: ignore[arg-type]  # of texts alone
    channel = make_channel(values_of, (), KEY, actor=SYSTEM, now=datetime.now(UTC))
    MessageChannel.collection().update_one({"_id": channel}, {"$set": {"host": "localhost", "port": port}})
    return send_trial(channel, KEY, HOME, actor=SYSTEM)


@pytest.mark.parametrize("security", ["tls", "starttls"])
def test_mail_goes_over_tls_to_who_has_the_right_certificate(office, certificates, security):
    (tls, authority), mails, heard = certificates["localhost"], list[str](), list[str]()
    with mail_server(mails, tls=tls, starttls=security == "starttls", password="geheim", heard=heard) as port:
        assert problem_of(port, security=security, authority=authority) == ""
    assert len(mails) == 1
    said = "".join(heard)
    assert "ehlo example.cn" in said
    assert socket.gethostname() not in said, "this machine's name is nobody's business"
    assert said.split("data\r\n")[1].count("a@example.cn") == 0, "no recipient is told of another"


@pytest.mark.parametrize("security", ["tls", "starttls"])
@pytest.mark.parametrize(
    ("name", "known", "problem"),
    [("localhost", False, UNKNOWN_AUTHORITY), ("other.example.cn", True, ANOTHER_NAME)],
)
def test_a_certificate_that_cannot_be_trusted_gets_no_password(
    office, certificates, security, name, known, problem
):
    (tls, authority), mails, heard = certificates[name], list[str](), list[str]()
    with mail_server(mails, tls=tls, starttls=security == "starttls", password="geheim", heard=heard) as port:
        assert problem_of(port, security=security, authority=authority if known else "") == problem
    assert mails == []
    assert "AUTH" not in "".join(heard).upper()


def test_a_wrong_password_and_a_port_of_another_kind_are_said(office, certificates):
    (tls, authority), mails = certificates["localhost"], list[str]()
    with mail_server(mails, tls=tls, password="geheim") as port:
        assert problem_of(port, authority=authority, secret="falsch") == NOT_SIGNED_IN
    with mail_server(mails, tls=tls, starttls=True) as port:
        assert problem_of(port, authority=authority) == NO_TLS_HERE
    with socket.socket() as nobody:
        nobody.bind(("127.0.0.1", 0))
        assert problem_of(nobody.getsockname()[1], authority=authority) == SILENT
    assert mails == []


@pytest.mark.parametrize(
    ("code", "problem"),
    [(10, OUT_OF_DATE), (9, OUT_OF_DATE), (62, ANOTHER_NAME), (18, UNKNOWN_AUTHORITY)],
)
def test_why_a_certificate_is_refused_is_said(code, problem):
    error = ssl.SSLCertVerificationError("certificate verify failed")
    error.verify_code = code
    assert sentence_of(error) == problem


def test_an_authority_is_a_certificate_without_a_key_and_told_in_the_trail_by_its_fingerprint(
    office, certificates
):
    authority = certificates["localhost"][1]
    key = "-----BEGIN PRIVATE KEY-----\nMIG\n-----END PRIVATE KEY-----\n"
    broken = "-----BEGIN CERTIFICATE-----\nMIIB\n-----END CERTIFICATE-----\n"
    for wrong in ("nothing", broken, authority + key):
        with pytest.raises(Refused) as refused:
            make_channel(replace(MAIL, authority=wrong), (), KEY, actor=SYSTEM, now=datetime.now(UTC))
        assert [one.message for one in refused.value.refusals] == [BAD_AUTHORITY]
    windows = f"\ufeffIssuer: the bureau\r\n{authority}".replace("\n", "\r\n")
    channel = make_channel(replace(MAIL, authority=windows), (), KEY, actor=SYSTEM, now=datetime.now(UTC))
    kept = MessageChannel.read(channel, SYSTEM)
    assert kept["authority"].strip() == authority.strip()
    change_channel(channel, MAIL, (), KEY, version=1, actor=SYSTEM, now=datetime.now(UTC))
    (change,) = AuditEntry._get_collection().find_one({"record_id": channel, "action": "changed"})["changes"]
    assert (change["field"], change["old"]) == ("authority", fingerprint_of(kept["authority"]))
