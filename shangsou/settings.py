"""Settings: environment variables SHANGSOU_*, then shangsou.toml, then the defaults here."""

import re
from ipaddress import IPv4Network, IPv6Network
from pathlib import Path
from typing import Annotated, Any, Literal

from pydantic import Field, ValidationError, field_validator, model_validator
from pydantic_core import PydanticCustomError
from pydantic_settings import (
    BaseSettings,
    NoDecode,
    PydanticBaseSettingsSource,
    SettingsConfigDict,
    TomlConfigSettingsSource,
)

from shangsou.errors import UnusableInput
from shangsou.secret_files import read_secret

Network = IPv4Network | IPv6Network
TOML_FILE = "shangsou.toml"
DEFAULT_MODEL = "BAAI/bge-small-zh-v1.5"
# As browsers write it: lower case, without a default port or a path.
_ORIGIN = re.compile(r"https?://[a-z0-9.\-\[\]:]+(?<!/)")
_RATE = r"^[1-9]\d{0,8}/(second|minute|hour|day)$"
# Suffixes of our own indices and aliases, after the name of their index.
_RESERVED_SUFFIX = re.compile(r"-(write|lock|building|documents|changes|events|files|shoppers|\d+)$")


class Settings(BaseSettings):
    """All settings, read once when a process starts. `SHANGSOU_HOME` is `home`, and so on."""

    model_config = SettingsConfigDict(
        env_prefix="SHANGSOU_", toml_file=TOML_FILE, frozen=True, extra="forbid"
    )

    home: Path = Field(
        default=Path.home() / ".shangsou",
        description="Folder of all state: the index, model weights, cached vectors.",
    )
    engine: Literal["embedded", "elastic"] = Field(
        default="embedded", description="Where documents live: in this process, or in Elasticsearch."
    )
    elastic_url: str = Field(
        default="http://127.0.0.1:9200",
        repr=False,
        description="Addresses of Elasticsearch, with commas between them; they may hold user and password.",
    )
    elastic_ca_file: str | None = Field(
        default=None, description="File in PEM of the authority that signed Elasticsearch's certificate."
    )
    elastic_fingerprint: str | None = Field(
        default=None,
        description="SHA-256 in hex of Elasticsearch's certificate or its authority's, instead of a file.",
    )
    elastic_api_key: str | None = Field(
        default=None, repr=False, description="API key for Elasticsearch, as it answers it in `encoded`."
    )
    elastic_api_key_file: str | None = Field(default=None, description="File that holds the API key.")
    elastic_user: str | None = Field(default=None, description="User for Elasticsearch.")
    elastic_password: str | None = Field(default=None, repr=False, description="Password of that user.")
    elastic_password_file: str | None = Field(default=None, description="File that holds the password.")
    elastic_index: str = Field(
        default="shangsou-products",
        pattern=r"^[a-z0-9][a-z0-9_-]{0,80}$",
        description="Alias that searches read; the generations are its name with a number.",
    )
    elastic_timeout_s: float = Field(
        default=5.0, gt=0, le=3_600, description="Seconds to wait for Elasticsearch before a search fails."
    )
    elastic_shards: int = Field(
        default=1,
        ge=1,
        le=1_024,
        description="Primary shards of each new generation in Elasticsearch. Results are those of one shard, "
        "which is enough for some million products.",
    )
    elastic_replicas: int | None = Field(
        default=None,
        ge=0,
        le=16,
        description="Copies of each shard of a new generation. Unset: one where there is a second node, made "
        "once it is complete; set: from the beginning, so that indexing survives a lost node too.",
    )
    elastic_vectors: Literal["int8_hnsw", "bbq_hnsw"] = Field(
        default="int8_hnsw",
        description="How Elasticsearch keeps the vectors of a new generation in memory: 8 bits a number, or "
        "one.",
    )
    model: str | None = Field(
        default=None,
        description="Encoder: a model name or a folder. Unset: the one the index was built with, "
        f"and for a first index {DEFAULT_MODEL}.",
    )
    model_repository: str | None = Field(
        default=None, description="Maven repository of the default weights, instead of Maven Central."
    )
    precision: Literal["auto", "int8", "float32"] = Field(
        default="auto",
        description="Of the default model: int8 is twice as fast and ranks as well; "
        "auto is int8 wherever the processor computes it exactly.",
    )
    threads: int | None = Field(
        default=None, ge=1, le=1_024, description="Threads for encoding while indexing. Unset: one a core."
    )
    derive_groups: bool = Field(
        default=True,
        description="Whether `shangsou index` groups variants that no column of the catalog groups.",
    )
    currency: str = Field(
        default="CNY",
        pattern=r"^[A-Za-z]{3}$",
        description="Code of the shop's money. Prices in another are left out of the index, and reported.",
    )
    map: dict[str, str] = Field(
        default={},
        description="Columns by field, as `--map` of `shangsou index` takes them: a table `[map]` "
        "in shangsou.toml.",
    )
    workers: int | None = Field(
        default=None,
        ge=0,
        le=256,
        description="Processes that a server with the embedded engine searches in, beside its own. "
        "Unset: one a core, at most 4; 0: all in one process.",
    )
    retention_days: int = Field(
        default=395,
        ge=1,
        le=36_500,
        description="Days for which events are kept: thirteen months, unless set.",
    )
    lists_days: int = Field(
        default=90,
        ge=1,
        le=36_500,
        description="Days for which lists of customers, of who may leave and whom to win back, are kept.",
    )
    admin_key: str | None = Field(
        default=None,
        min_length=16,
        repr=False,
        description="Key of the server's writing routes. Without it the server binds loopback only.",
    )
    admin_key_file: str | None = Field(default=None, description="File that holds that key.")
    keys_file: str | None = Field(
        default=None,
        description="File of the keys that `shangsou key` makes. Unset: `keys.json` in the home.",
    )
    signing_secret: str | None = Field(
        default=None,
        min_length=16,
        repr=False,
        description="Secret with which the merchant's own server signs the ids of users.",
    )
    signing_secret_file: str | None = Field(default=None, description="File that holds that secret.")
    trusted_proxies: Annotated[tuple[Network, ...], NoDecode] = Field(
        default=(),
        description="Addresses or networks of the proxies before the server, with commas between them. What "
        "they name in X-Forwarded-For counts as the client.",
    )

    allowed_origins: Annotated[tuple[str, ...], NoDecode] = Field(
        default=(),
        description="Origins of the merchant's own pages, as `https://www.shop.example`, with commas between "
        "them, that may search and send events from a browser.",
    )
    public: bool = Field(
        default=True,
        description="Whether anybody may search, as shoppers do. Off: only who has a key with the role "
        "search, or events to send them, as soon as the server has keys.",
    )
    address_limit: str = Field(
        default="1200/minute",
        pattern=_RATE,
        description="Requests of one address without a key, as soon as the server has keys.",
    )
    key_limit: str = Field(default="12000/minute", pattern=_RATE, description="Requests with one key.")

    @model_validator(mode="before")
    @classmethod
    def _read_secret_files(cls, values: dict[str, Any]) -> dict[str, Any]:
        return values | {
            name: read_secret(name.upper(), values.get(name), values[f"{name}_file"])
            for name in ("admin_key", "signing_secret")
            if values.get(f"{name}_file")
        }

    @field_validator("trusted_proxies", "allowed_origins", mode="before")
    @classmethod
    def _split(cls, value: object) -> object:
        return [one.strip() for one in value.split(",") if one.strip()] if isinstance(value, str) else value

    @field_validator("allowed_origins")
    @classmethod
    def _check_origins(cls, origins: tuple[str, ...]) -> tuple[str, ...]:
        for origin in origins:
            if not _ORIGIN.fullmatch(origin):
                raise PydanticCustomError(
                    "origin",
                    "{origin} is no origin; write scheme, host and port alone, as https://www.shop.example",
                    {"origin": origin},
                )
        return origins

    @field_validator("home")
    @classmethod
    def _expand_home(cls, home: Path) -> Path:
        # A shell expands a variable; in shangsou.toml nothing does.
        if home == Path() or "\0" in str(home):
            raise PydanticCustomError("home", "this names no folder; write the path of one")
        try:
            return home.expanduser()
        except RuntimeError:
            raise PydanticCustomError(
                "home", "~ stands for the folder of a user who has none; write the whole path"
            ) from None

    @field_validator("elastic_index")
    @classmethod
    def _reject_reserved_name(cls, name: str) -> str:
        suffix = _RESERVED_SUFFIX.search(name)
        if suffix:
            raise PydanticCustomError(
                "elastic_index",
                "a name that ends in {ending} is one that shangsou gives to its own indices; choose another",
                {"ending": suffix[0]},
            )
        return name

    @classmethod
    def settings_customise_sources(
        cls,
        settings_cls: type[BaseSettings],
        init_settings: PydanticBaseSettingsSource,
        env_settings: PydanticBaseSettingsSource,
        dotenv_settings: PydanticBaseSettingsSource,
        file_secret_settings: PydanticBaseSettingsSource,
    ) -> tuple[PydanticBaseSettingsSource, ...]:
        """Return the sources, highest precedence first."""
        return init_settings, env_settings, TomlConfigSettingsSource(settings_cls)


def read_settings() -> Settings:
    """Return the settings of this process; raises `UnusableInput` that names an invalid one."""
    try:
        return Settings()
    except ValidationError as problem:
        lines = [
            f"setting SHANGSOU_{'_'.join(map(str, error['loc'])).upper()}: {error['msg']}"
            + (f", got {error['input']!r}" if _is_shown(error["loc"]) else "")
            for error in problem.errors()
        ]
        raise UnusableInput("; ".join(lines)) from None
    except (ValueError, RecursionError, OSError) as problem:
        # pydantic-settings passes on errors from reading the file.
        raise UnusableInput(f"{TOML_FILE} cannot be read: {problem}; correct it, or move it away") from None


def _is_shown(location: tuple[int | str, ...]) -> bool:
    """Return whether messages may hold the value of a setting: of none that is secret or is not known."""
    setting = Settings.model_fields.get(str(location[0])) if location else None
    return setting is not None and setting.repr
