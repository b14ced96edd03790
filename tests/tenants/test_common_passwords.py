"""Passwords that are tried first are refused; others are not."""

import hashlib
import random
from pathlib import Path

import pytest

import tenants.access
from core.errors import InvalidError
from tenants.access.common_passwords import is_common
from tenants.access.passwords import hash_password, verify_password

FILE = Path(tenants.access.__file__).with_name("common_passwords.bin")


@pytest.mark.parametrize(
    "password",
    [
        "123456789012", "987654321098", "aaaaaaaaaaaa", "abcabcabcabc", "qwertyuiop12", "Password2026!", "P@ssw0rd2026",
        "dragondragon", "iloveyou!!!!", "!!letmein!!2024", "1q2w3e4r5t6y7u", "sunshine-2025", "111222333444",
        "202420252026",
    ],
)  # fmt: skip
def test_what_guessers_try_first_is_refused(password: str) -> None:
    assert is_common(password)
    with pytest.raises(InvalidError, match="tried first"):
        hash_password(password)


@pytest.mark.parametrize(
    "password",
    ["correct horse battery", "staple battery horse", "Zwölf Boxkämpfer jagen", "t7#kLq9!vPz2", "кошка на крыше дома"],
)
def test_what_nobody_else_has_is_taken(password: str) -> None:
    assert not is_common(password)
    made = hash_password(password)
    assert made.startswith("$argon2id$v=19$m=65536,t=3,p=4$")
    assert verify_password(password, made)
    assert not verify_password(f"{password}.", made)


def test_a_hash_with_more_or_less_memory_is_still_compared() -> None:
    made = hash_password("correct horse battery", memory_mib=19)
    assert made.startswith("$argon2id$v=19$m=19456,t=3,p=4$")
    assert verify_password("correct horse battery", made)
    assert not verify_password("correct horse battery", None, memory_mib=19)


def test_words_that_belong_to_the_person_are_refused() -> None:
    assert is_common("Brightwater2026", known=("ann", "brightwater"))
    assert not is_common("Brightwater2026", known=("ann", "acme"))


def test_the_file_is_sorted_and_as_large_as_the_documentation_says() -> None:
    content = FILE.read_bytes()
    prefixes = [content[start : start + 4] for start in range(0, len(content), 4)]
    assert prefixes == sorted(set(prefixes))
    assert len(content) == 160_400
    assert hashlib.sha256(b"password").digest()[:4] in prefixes


def test_hardly_any_random_password_is_taken_for_a_known_one() -> None:
    letters, chance = "abcdefghijklmnopqrstuvwxyz", random.Random(1)  # noqa: S311
    wrong = sum(is_common("".join(chance.choices(letters, k=14))) for _ in range(20_000))
    assert wrong <= 3
