"""Settings: environment and one TOML file, read once at the gate into one frozen object.

Order of authority: environment (`PAYRISK_…`), then `payrisk.toml` in the home folder, then the defaults below.
Nothing below the gate reads the environment or the clock.
"""

import json
import re
from datetime import date
from pathlib import Path
from typing import Annotated, Any
from zoneinfo import available_timezones

from pydantic import Field, SecretStr, ValidationError, field_validator
from pydantic_settings import (
    BaseSettings,
    NoDecode,
    PydanticBaseSettingsSource,
    SettingsConfigDict,
    TomlConfigSettingsSource,
)

from ledger.errors import PayriskError
from ledger.money import EXPONENT
from serving.people.person import ROLES, Role
from serving.people.provider_settings import ProviderSettings, may_be_asked


class BadSettings(PayriskError):
    """A setting that cannot be used: which, what came, what was expected."""

    code = "bad_settings"
    exit_code = 2


def default_home() -> Path:
    """`data/` beside the checkout's `pyproject.toml`; of an installed copy, `data/` in the current folder."""
    checkout = Path(__file__).resolve().parent.parent
    return (checkout if (checkout / "pyproject.toml").is_file() else Path.cwd()) / "data"


class Settings(BaseSettings):
    """Everything a person may set, with its unit. `docs/operations.md` lists the same names."""

    model_config = SettingsConfigDict(env_prefix="PAYRISK_", frozen=True, extra="ignore", env_ignore_empty=True)

    home: Path = Field(default_factory=default_home, description="folder that holds all data")
    database_url: str = Field("", description="SQLAlchemy URL; empty: an SQLite file in the home folder")
    today: date | None = Field(None, description="the gate's clock stopped at this day (tests, demonstrations)")
    reporting_currency: str | None = Field(None, description="ISO code to rank money in; empty: the ledger's own")
    grace_days: Annotated[int, Field(ge=0, le=15)] = 5
    posting_lag_days: Annotated[int, Field(ge=0, le=60)] = 0
    time_zone: str = Field("UTC", description="the company's zone (IANA), for time stamps that name theirs")
    max_file_mb: Annotated[int, Field(ge=1, le=100_000)] = 1024
    calls_per_day: Annotated[int, Field(ge=1, le=10_000)] = 40
    model_best_before_days: Annotated[int, Field(ge=1)] = 45
    service_account: Annotated[str, Field(min_length=1)] = "service"
    host: str = "127.0.0.1"
    trusted_hosts: Annotated[tuple[str, ...], NoDecode] = Field(
        (), description="further names that the desk answers to; comma separated or a JSON list"
    )
    port: Annotated[int, Field(ge=0, le=65535)] = 8321
    oidc_issuer: str = Field("", description="the company's OpenID Connect provider; empty: nobody signs in with it")
    oidc_client_id: str = ""
    oidc_client_secret: SecretStr = SecretStr("")
    oidc_roles: Annotated[tuple[tuple[str, Role], ...], NoDecode] = Field(
        (), description="which group of the company gives which role: group=role, comma separated or a JSON list"
    )
    oidc_roles_claim: str = "groups"
    oidc_name_claim: str = "preferred_username"
    oidc_collector_claim: str = ""
    oidc_scopes: str = "openid profile email"
    oidc_label: str = "your company account"

    @field_validator("home")
    @classmethod
    def _absolute(cls, home: Path) -> Path:
        return home.expanduser().resolve()

    @field_validator("today")
    @classmethod
    def _this_age(cls, day: date | None) -> date | None:
        if day is not None and not 1990 <= day.year <= 2199:
            raise ValueError("expected a day of the years 1990 to 2199")
        return day

    @field_validator("reporting_currency")
    @classmethod
    def _iso_currency(cls, code: str | None) -> str | None:
        if code is not None and code not in EXPONENT:
            raise ValueError("expected an active ISO 4217 code such as EUR")
        return code

    @field_validator("time_zone")
    @classmethod
    def _zone(cls, name: str) -> str:
        if name not in available_timezones():
            raise ValueError("expected a zone of the IANA list such as Europe/Berlin")
        return name

    @field_validator("trusted_hosts", mode="before")
    @classmethod
    def _listed(cls, told: Any) -> Any:
        return _list_of(told)

    @field_validator("oidc_issuer")
    @classmethod
    def _by_https(cls, issuer: str) -> str:
        if issuer and not may_be_asked(issuer):
            raise ValueError("expected an https address such as https://login.example/realms/company")
        return issuer

    @field_validator("oidc_roles", mode="before")
    @classmethod
    def _mapped(cls, told: Any) -> Any:
        pairs = [tuple(part.strip() for part in str(one).rpartition("=")[::2]) for one in _list_of(told)]
        for group, role in pairs:
            if not group or role == "service" or role not in ROLES:
                raise ValueError(f'"{group}={role}" gives no role; expected one such as "collections=collector"')
        return pairs

    @field_validator("trusted_hosts")
    @classmethod
    def _names_alone(cls, hosts: tuple[str, ...]) -> tuple[str, ...]:
        for host in hosts:
            if not re.fullmatch(r"[\w.-]+|\[?[0-9a-fA-F:.]*:[0-9a-fA-F:.]*:[0-9a-fA-F:.]*\]?", host.strip()):
                raise ValueError(f'"{host}" is no host name alone; expected one such as desk.example or fd00::1')
        return tuple(host.strip() for host in hosts)

    @classmethod
    def settings_customise_sources(
        cls,
        settings_cls: type[BaseSettings],
        init_settings: PydanticBaseSettingsSource,
        env_settings: PydanticBaseSettingsSource,
        dotenv_settings: PydanticBaseSettingsSource,
        file_secret_settings: PydanticBaseSettingsSource,
    ) -> tuple[PydanticBaseSettingsSource, ...]:
        home = Path(env_settings().get("home") or default_home()).expanduser()
        return init_settings, env_settings, TomlConfigSettingsSource(settings_cls, home / "payrisk.toml")

    @property
    def url(self) -> str:
        """The database that is used."""
        return self.database_url or f"sqlite:///{self.home / 'payrisk.db'}"

    @property
    def provider(self) -> ProviderSettings | None:
        """The company's own sign-in; None where it is off. Raises `BadSettings` for half of one."""
        if not self.oidc_issuer:
            return None
        for name in ("oidc_client_id", "oidc_roles"):
            if not getattr(self, name):
                raise BadSettings(
                    f"Setting {name}: it is empty, and oidc_issuer is set. Expected what the provider calls this desk, "
                    f"and at least one group that gives a role. It is read from PAYRISK_{name.upper()} or from "
                    "payrisk.toml in the home folder."
                )
        return ProviderSettings(
            self.oidc_issuer, self.oidc_client_id, self.oidc_client_secret.get_secret_value(), self.oidc_roles,
            self.oidc_scopes, self.oidc_roles_claim, self.oidc_name_claim, self.oidc_collector_claim, self.oidc_label,
        )  # fmt: skip

    @property
    def cache_folder(self) -> Path:
        """The ledger's columns, which may be deleted at any time."""
        return self.home / "cache"

    @property
    def shelf_folder(self) -> Path:
        """Fitted bundles."""
        return self.home / "models"

    @property
    def tracking_folder(self) -> Path:
        """MLflow's store and artifacts."""
        return self.home / "mlflow"

    @property
    def strategy_folder(self) -> Path:
        """The user's own strategies (`NAME.toml`); the shipped one comes with the program."""
        return self.home / "strategies"

    @property
    def team_file(self) -> Path:
        """Who calls; without it a nameless team makes `calls_per_day` calls."""
        return self.home / "team.toml"

    @property
    def import_folder(self) -> Path:
        """Files that were brought over the desk, and the rows of them that were set aside; for its owner alone."""
        return self.home / "imports"

    @property
    def mapping_folder(self) -> Path:
        """The user's own saved mappings (`NAME.toml`); the shipped ones come with the program."""
        return self.home / "mappings"


def _list_of(told: Any) -> Any:
    if not isinstance(told, str):
        return told
    return json.loads(told) if told.lstrip().startswith("[") else [name for name in told.split(",") if name.strip()]


def read_settings(**given: Any) -> Settings:
    """The settings of this process. Raises `BadSettings` naming the setting, what came and where it may be set."""
    try:
        return Settings(**given)
    except ValidationError as error:
        first = error.errors()[0]
        name = ".".join(str(part) for part in first["loc"]) or "settings"
        raise BadSettings(
            f'Setting {name}: "{first["input"]}" cannot be used: {first["msg"]}. '
            f"It is read from PAYRISK_{name.upper()} or from payrisk.toml in the home folder."
        ) from None
    except ValueError as error:  # a payrisk.toml that is not TOML
        raise BadSettings(f"payrisk.toml in the home folder is not readable TOML: {error}.") from None
