"""Every setting of the product: one class, read from `PLUMBLINE_*` environment variables."""

from functools import cached_property
from pathlib import Path
from typing import Literal

from pydantic import Field, SecretStr
from pydantic_settings import BaseSettings, SettingsConfigDict

DEFAULT_DATA = Path(".plumbline")


class Settings(BaseSettings):
    """Where state lives and what the limits are. Paths below `data` are properties, so that one folder holds it all."""

    model_config = SettingsConfigDict(env_prefix="PLUMBLINE_", extra="ignore", frozen=True)

    data: Path = Field(default=DEFAULT_DATA, description="The data folder: metadata, keys and stores. Safe to delete.")
    host: str = Field(default="127.0.0.1", description="The address `plumbline serve` listens on.")
    port: int = Field(default=8080, ge=0, le=65535, description="The port it listens on; 0 takes a free one.")
    base_url: str | None = Field(
        default=None,
        description="The address members use, such as https://bi.example.com; default http://localhost:PORT.",
    )
    metadata_url: str | None = Field(
        default=None, description="SQLAlchemy URL of the metadata database; default SQLite in the data folder."
    )
    master_key: SecretStr | None = Field(
        default=None,
        description="Base64 of the 32 bytes that wrap the tenants' keys; default a file in the data folder.",
    )
    master_key_command: str | None = Field(
        default=None, description="A command that prints the master key, such as the client of a key service."
    )
    master_key_file: Path | None = Field(
        default=None, description="The file that holds the master key; default master.key in the data folder."
    )
    backup_folder: Path | None = Field(
        default=None, description="Where backups of tenants are written; default backups in the data folder."
    )
    session_hours: int = Field(default=12, ge=1, description="Hours after which a session ends, however busy.")
    session_idle_minutes: int = Field(default=120, ge=1, description="Minutes without a request after which it ends.")
    signin_link_hours: int = Field(default=24, ge=1, description="Hours for which a one-time sign-in link can be used.")
    outbound_hosts: str = Field(
        default="",
        description="Hosts, separated by commas, that may be reached though their address is private or without TLS.",
    )
    source_folders: str = Field(
        default="", description="Folders, separated by commas, whose files members may use as sources."
    )
    password_memory_mib: int = Field(
        default=64, ge=19, description="Memory that hashing a password takes, and each guess at one, in MiB."
    )
    store_memory_mb: int = Field(default=1024, ge=64, description="Memory one tenant's store may use, in MiB.")
    store_disk_mb: int | None = Field(
        default=None, ge=1, description="Disk one tenant's store may take, in MiB; default no limit."
    )
    open_stores: int = Field(default=32, ge=1, description="Stores kept open while nobody uses them.")
    regions: str = Field(
        default="", description="Folders of regions, such as eu=/srv/eu,us=/srv/us; a tenant's store stays in its own."
    )
    store_threads: int = Field(default=2, ge=1, description="Threads one tenant's store may use.")
    query_timeout_s: float = Field(default=30.0, gt=0, description="Seconds after which a query is interrupted.")
    query_max_rows: int = Field(default=1_000_000, ge=1, description="Rows a query may return.")
    event_max_rows: int = Field(default=20_000_000, ge=1, description="Events one analysis may read.")
    query_max_cells: int = Field(default=50_000_000, ge=1, description="Cells (rows times columns) of an answer.")
    result_cache_mb: int = Field(default=64, ge=0, description="Memory for answers that are asked again, in MiB.")
    rollup_min_rows: int = Field(
        default=200_000, ge=0, description="Rows from which on a table's questions share scans and get rollups."
    )
    smtp_host: str = Field(default="", description="The mail server that takes deliveries; none are mailed without it.")
    smtp_port: int = Field(default=587, ge=1, le=65535, description="The mail server's port.")
    smtp_security: Literal["starttls", "tls", "none"] = Field(
        default="starttls", description="How the connection is encrypted: `starttls`, `tls` from the start, or `none`."
    )
    smtp_user: str = Field(default="", description="The user the mail server knows; none for a server without sign-in.")
    smtp_password: SecretStr | None = Field(default=None, description="The user's password.")
    smtp_ca_file: Path | None = Field(
        default=None, description="Certificates the mail server is checked against; default those of the system."
    )
    dkim_selector: str = Field(default="", description="The name under which the domain publishes the key of its mail.")
    dkim_key_file: Path | None = Field(
        default=None, description="The RSA key (PEM) that signs mail by DKIM; mail is not signed without it."
    )
    mail_from: str = Field(default="Plumbline <reports@localhost>", description="Whom deliveries are mailed from.")
    mail_return_path: str = Field(
        default="", description="The address that returned messages go to; that of `mail_from` where none is named."
    )
    bounce_folder: Path | None = Field(
        default=None, description="The Maildir of that address, from which returned messages are read; none without it."
    )
    delivery_folder: Path | None = Field(
        default=None, description="The folder below which schedules may deliver files; none without it."
    )
    delivery_bucket: str = Field(
        default="", description="The bucket, and a path in it, where schedules may deliver files; none without it."
    )
    delivery_bucket_endpoint: str = Field(
        default="", description="The address of an S3-compatible store, such as https://s3.example.com; default AWS."
    )
    delivery_bucket_region: str = Field(default="us-east-1", description="The bucket's region.")
    delivery_bucket_key: str = Field(default="", description="The access key of the bucket.")
    delivery_bucket_secret: SecretStr | None = Field(default=None, description="The secret of that key.")
    delivery_link_days: int = Field(
        default=7, ge=1, description="Days for which a link to a delivered file can be opened."
    )
    mail_max_mb: float = Field(
        default=20, gt=0, description="Size of the files of one message, in MiB; larger ones become links."
    )
    slack_url: str = Field(default="https://slack.com/api/", description="The address of Slack's API.")
    deliveries_keep_days: int = Field(
        default=400, ge=1, description="Days for which delivered files and their proof are kept."
    )
    upload_max_mb: int = Field(default=500, ge=1, description="Size of a file that may be uploaded on a page, in MiB.")

    @cached_property
    def folder(self) -> Path:
        """The data folder as an absolute path."""
        return self.data.expanduser().resolve()

    @property
    def metadata_address(self) -> str:
        """The SQLAlchemy URL in force."""
        return self.metadata_url or f"sqlite:///{self.folder / 'metadata.sqlite3'}"

    @property
    def stores_folder(self) -> Path:
        """One subfolder for each tenant's store."""
        return self.folder / "stores"

    @property
    def staging_folder(self) -> Path:
        """Files on their way into a store."""
        return self.folder / "stores" / "staging"

    @property
    def backups_folder(self) -> Path:
        """Where backups are written unless a command names another folder."""
        return (self.backup_folder or self.folder / "backups").expanduser().resolve()

    @property
    def master_key_path(self) -> Path:
        """The file of the master key where it comes neither from the environment nor from a command."""
        return (self.master_key_file or self.folder / "master.key").expanduser().resolve()

    @property
    def region_folders(self) -> dict[str, Path]:
        """The folder with the stores of each region; that of tenants without a region under the empty name."""
        named = (pair.partition("=") for pair in self.regions.split(",") if pair.strip())
        folders = {name.strip(): Path(path.strip()).expanduser().resolve() / "stores" for name, _, path in named}
        return {"": self.stores_folder, **folders}

    @property
    def allowed_hosts(self) -> frozenset[str]:
        """The hosts of `outbound_hosts`."""
        return frozenset(host.strip() for host in self.outbound_hosts.split(",") if host.strip())

    @property
    def allowed_folders(self) -> tuple[Path, ...]:
        """The folders of `source_folders`."""
        return tuple(Path(folder.strip()) for folder in self.source_folders.split(",") if folder.strip())

    @property
    def address(self) -> str:
        """What a member types to get here, without a trailing slash."""
        return (self.base_url or f"http://localhost:{self.port}").rstrip("/")

    @property
    def is_https(self) -> bool:
        """Whether members reach us by https."""
        return self.address.startswith("https:")

    def cookie_name(self, name: str) -> str:
        """A cookie's name. By https it has the prefix of RFC 6265bis: browsers take it from this very host alone."""
        return f"__Host-{name}" if self.is_https else name
