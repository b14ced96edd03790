"""A tenant in one encrypted file, and the rows that make a tenant up."""

from tenants.backup.archive import Header, pack, read_header, unpack
from tenants.backup.errors import BackupFault

__all__ = ["BackupFault", "Header", "pack", "read_header", "unpack"]
