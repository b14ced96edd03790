"""What can be wrong with a backup.

UserError
└── BackupFault      the file is no backup, is damaged or cut off, or was written under another key
"""

from core.errors import UserError


class BackupFault(UserError):
    """A file from which nothing can be restored."""

    code = "backup_fault"
    status = 422
