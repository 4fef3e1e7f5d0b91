"""Where secrets come from: the environment, else the operating system's keyring, else a prompt; never a file."""

from __future__ import annotations

import contextlib
import getpass
import os
import sys

from bridgework.errors import UsageError

STORE_KEY = "BRIDGEWORK_STORE_KEY"
TWENTY_KEY = "BRIDGEWORK_TWENTY_KEY"
DENTADMIN_KEY = "BRIDGEWORK_DENTADMIN_KEY"
MODEL_KEY = "BRIDGEWORK_MODEL_KEY"
_SERVICE = "bridgework"
_ASK = {
    STORE_KEY: "Passphrase of the store",
    TWENTY_KEY: "API key of the Twenty workspace",
    DENTADMIN_KEY: "Key of DentAdmin's API",
    MODEL_KEY: "Key of the language model's provider",
}


def secret(name: str, migration_id: str, *, again: bool = False) -> str:
    """The secret of that name (STORE_KEY, TWENTY_KEY, DENTADMIN_KEY or MODEL_KEY) for a migration.

    `again` asks twice at a prompt, for a passphrase that is being chosen. Raises UsageError (KEY-MISSING) where there
    is none and nobody to ask.
    """
    if value := kept_secret(name, migration_id):
        return value
    if not sys.stdin.isatty():
        remembered = "" if name == MODEL_KEY else ", or keep it in the keyring with `bridgework init --remember`"
        raise UsageError(
            "KEY-MISSING", f"{_ASK[name]} is missing.", next_step=f"set {name} in the environment{remembered}"
        )
    value = getpass.getpass(f"{_ASK[name]}: ")
    if again and getpass.getpass(f"{_ASK[name]}, once more: ") != value:
        raise UsageError("KEY-DIFFERS", "The two are not the same.", next_step="run the command again")
    if not value:
        raise UsageError("KEY-MISSING", f"{_ASK[name]} is missing.", next_step="run the command again")
    return value


def kept_secret(name: str, migration_id: str) -> str | None:
    """The secret where the environment or the keyring has it; nobody is asked, since not everything needs one."""
    return os.environ.get(name) or _from_keyring(name, migration_id)


def remember(name: str, migration_id: str, value: str) -> None:
    """Keep a secret in the keyring; raises UsageError (KEYRING) where there is no usable one."""
    import keyring
    from keyring.errors import KeyringError

    try:
        keyring.set_password(_SERVICE, f"{name}:{migration_id}", value)
    except KeyringError:
        raise UsageError(
            "KEYRING",
            "This machine has no keyring that can be used.",
            next_step=f"set {name} in the environment instead",
        ) from None


def _from_keyring(name: str, migration_id: str) -> str | None:
    import keyring  # here, since finding a backend takes a noticeable part of a second
    from keyring.errors import KeyringError

    with contextlib.suppress(KeyringError):
        return keyring.get_password(_SERVICE, f"{name}:{migration_id}")
    return None
