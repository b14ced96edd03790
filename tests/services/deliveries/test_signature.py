"""Mail that is signed by DKIM, as a mailbox checks it with the public key alone."""

import base64
from pathlib import Path

import dkim
import pytest
from cryptography.hazmat.primitives.asymmetric import ec, rsa
from cryptography.hazmat.primitives.serialization import Encoding, NoEncryption, PrivateFormat, PublicFormat

from core.errors import InvalidError
from services.deliveries.worker import deliver_due
from tests.services.deliveries.conftest import World


def sign_with(world: World, file: Path | None, selector: str = "p1") -> None:
    chosen = {"dkim_key_file": file, "dkim_selector": selector}
    world.platform.settings = world.platform.settings.model_copy(update=chosen)


def write_key(file: Path, key: rsa.RSAPrivateKey | ec.EllipticCurvePrivateKey) -> bytes:
    """The private key in the file; returns the TXT record of its public half."""
    file.write_bytes(key.private_bytes(Encoding.PEM, PrivateFormat.PKCS8, NoEncryption()))
    public = key.public_key().public_bytes(Encoding.DER, PublicFormat.SubjectPublicKeyInfo)
    return b"v=DKIM1; k=rsa; p=" + base64.b64encode(public)


def test_each_message_is_signed_and_one_that_was_changed_does_not_pass(world: World, tmp_path: Path) -> None:
    record = write_key(tmp_path / "key.pem", rsa.generate_private_key(65537, 2048))
    asked: list[bytes] = []

    def look_up(name: bytes, **_more: object) -> bytes:
        asked.append(name)
        return record

    sign_with(world, tmp_path / "key.pem")
    world.schedule("role:manager", notebook="review", formats=("csv",))
    world.add("zoë", "manager", "EMEA")
    world.deliver_next()
    assert world.mail.raw
    for raw in world.mail.raw:
        assert dkim.verify(raw, dnsfunc=look_up)
        assert not dkim.verify(
            raw.replace(b"List-Unsubscribe=One-Click", b"List-Unsubscribe=Two-Click"), dnsfunc=look_up
        )
        assert not dkim.verify(raw.replace(b"Value this year", b"Value last year"), dnsfunc=look_up)
    assert set(asked) == {b"p1._domainkey.plumbline.example."}
    assert any("zoë@acme.example" in one for one in world.mail.recipients)


@pytest.mark.parametrize("content", [None, b"no key", b"elliptic"])
def test_a_key_that_cannot_sign_is_refused_before_anything_is_scheduled(
    world: World, tmp_path: Path, content: bytes | None
) -> None:
    file = tmp_path / "key.pem"
    if content == b"elliptic":
        write_key(file, ec.generate_private_key(ec.SECP256R1()))
    elif content is not None:
        file.write_bytes(content)
    sign_with(world, file)
    reason = "No such file" if content is None else "it holds no RSA key in PEM"
    with pytest.raises(InvalidError, match=f"PLUMBLINE_DKIM_KEY_FILE cannot be used: {reason}"):
        world.schedule("role:manager")


def test_half_a_configuration_is_refused_and_one_that_broke_sends_nothing_unsigned(
    world: World, tmp_path: Path
) -> None:
    world.schedule("role:manager")
    sign_with(world, None)
    with pytest.raises(InvalidError, match="both PLUMBLINE_DKIM_SELECTOR and PLUMBLINE_DKIM_KEY_FILE"):
        world.schedule("role:manager", name="other")
    world.clock.move(days=7)
    deliver_due(world.platform)
    assert world.mail.raw == []
