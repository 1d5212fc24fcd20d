"""The settings of the company's own sign-in: read, half given, wrong; and whose account is whose."""

import pytest

from payrisk import desk_app
from payrisk.gate import Gate
from payrisk.settings import BadSettings, read_settings
from serving.people.company_store import CompanyStore
from serving.web.door import routes_of

GIVEN = {
    "PAYRISK_OIDC_ISSUER": "https://login.example/realms/company",
    "PAYRISK_OIDC_CLIENT_ID": "payrisk",
    "PAYRISK_OIDC_CLIENT_SECRET": "kept to itself",
    "PAYRISK_OIDC_ROLES": "ar-collections=collector, ar-leads=manager,ar-leads=analyst",
}


@pytest.fixture
def given(home, monkeypatch):
    def give(**changed):
        for name, value in {**GIVEN, **changed}.items():
            monkeypatch.setenv(name, value)

    return give


def test_it_is_off_unless_it_is_set(home):
    assert read_settings().provider is None


def test_the_environment_or_the_file_says_it(home, given, monkeypatch):
    given()
    told = read_settings()
    assert told.provider.roles == (("ar-collections", "collector"), ("ar-leads", "manager"), ("ar-leads", "analyst"))
    assert (told.provider.client_secret, told.provider.roles_claim) == ("kept to itself", "groups")
    assert "kept to itself" not in repr(told) + repr(told.provider)

    for name in GIVEN:
        monkeypatch.delenv(name)
    home.mkdir(parents=True, exist_ok=True)
    (home / "payrisk.toml").write_text(
        'oidc_issuer = "https://login.example"\noidc_client_id = "x"\noidc_roles = ["a=b=admin"]\n'
    )
    assert read_settings().provider.roles == (("a=b", "admin"),)


@pytest.mark.parametrize(
    ("name", "value", "told"),
    [
        ("PAYRISK_OIDC_ISSUER", "http://login.example", "expected an https address"),
        ("PAYRISK_OIDC_ISSUER", "login.example", "expected an https address"),
        ("PAYRISK_OIDC_ROLES", "ar=boss", "gives no role"),
        ("PAYRISK_OIDC_ROLES", "ar=service", "gives no role"),
        ("PAYRISK_OIDC_ROLES", "collector", "gives no role"),
    ],
)
def test_what_cannot_be_used_is_named(given, name, value, told):
    given(**{name: value})

    with pytest.raises(BadSettings, match=told):
        read_settings()


@pytest.mark.parametrize("lacks", ["PAYRISK_OIDC_CLIENT_ID", "PAYRISK_OIDC_ROLES"])
def test_half_of_it_is_refused(given, monkeypatch, lacks):
    given()
    monkeypatch.delenv(lacks)

    with pytest.raises(BadSettings, match=lacks):
        _ = read_settings().provider


def test_an_account_of_the_company_is_given_to_one_person(payrisk, given):
    payrisk("people", "add", "maria", "manager")
    assert "PAYRISK_OIDC_ISSUER" in payrisk("people", "identity", "maria", "u-1").err
    given()

    assert payrisk("people", "identity", "maria", "u-1").code == 0
    assert "lets somebody in already" in payrisk("people", "identity", "maria", "u-1").err
    assert payrisk("people", "identity", "nobody", "u-2").code == 1
    gate = Gate.open()
    kept, follow = CompanyStore(gate.people).identified(GIVEN["PAYRISK_OIDC_ISSUER"], "u-1")
    assert (kept.person.person_id, follow) == ("maria", False)
    assert ("GET", "/sign-in/company") in set(routes_of(desk_app.web_app(gate, "127.0.0.1")))
