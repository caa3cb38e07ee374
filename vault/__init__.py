"""Evidence bytes, write-once and named by their SHA-256. Knows nothing of incidents or AWS accounts."""

from vault.packs import Pack, Packed, PackedMember, PackMember, open_pack, write_pack
from vault.store import (
    Corrupt,
    DirectoryVault,
    Mismatch,
    MissingObject,
    Receipt,
    Vault,
    VaultFull,
    naming_a_full_disk,
    open_vault,
)

__all__ = [
    "Corrupt",
    "DirectoryVault",
    "Mismatch",
    "MissingObject",
    "Pack",
    "PackMember",
    "Packed",
    "PackedMember",
    "Receipt",
    "Vault",
    "VaultFull",
    "naming_a_full_disk",
    "open_pack",
    "open_vault",
    "write_pack",
]
