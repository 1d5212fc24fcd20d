"""Signing in with the company's own account: there and back, roles, and everything that must not let anybody in."""

import base64
import json
import re
from datetime import timedelta
from urllib.parse import parse_qsl, urlsplit

import pytest
import sqlalchemy as sa
from company_provider import CLIENT, SECRET, company_provider
from english_words import english_of
from joserfc import jwt
from joserfc.jwk import ECKey, OctKey
from starlette.testclient import TestClient
from web_clients import ADDRESS, NOW, PASSWORD, app_of, form_headers, front_of, session_of, url_of
from web_evenings import evening_of

from serving.activities.people import Actor
from serving.people.company_sign_in import LASTS, CompanySignIn
from serving.people.errors import ProviderUnreachable
from serving.people.keys import form_key
from serving.people.provider import AGAIN_SECONDS, AWAY_SECONDS, Provider
from serving.people.provider_settings import ProviderSettings
from serving.people.register import Register
from serving.web.door import PLAIN_COOKIE, TLS_COOKIE
from serving.web.forms import FORM_FIELD

PAGE = {"accept": "text/html"}
ROLES = (("collections", "collector"), ("leads", "manager"), ("leads", "analyst"), ("it", "admin"))


@pytest.fixture(scope="module")
def served():
    with company_provider() as provider:
        yield provider


class Desk:
    """A desk with a provider, whose clocks a test moves."""

    def __init__(self, store, provider):
        provider.__init__(provider.issuer)
        self.provider, self.now, self.seconds = provider, NOW, 0.0
        store.publish(evening_of())
        self.front = front_of(url_of(store), lambda: self.now)
        settings = ProviderSettings(provider.issuer, CLIENT, SECRET, ROLES, collector_claim="team.id")
        self.company = CompanySignIn(self.front, Provider(settings, lambda: self.now, lambda: self.seconds))
        self.app = app_of(store, front=self.front, company=self.company, trusted_hosts=["127.0.0.1", "desk.example"])

    def browser(self, base_url=ADDRESS):
        return TestClient(self.app, base_url=base_url, follow_redirects=False, raise_server_exceptions=False)

    def there(self, browser, to="/queue?account=C-3"):
        led = browser.get("/sign-in/company", params={"next": to})
        assert led.status_code == 303, led.text
        return self.provider.arrive(led.headers["location"])

    def back(self, browser, told):
        return browser.get("/sign-in/company/back", params=told, headers=PAGE)

    def sign_in(self, browser=None):
        browser = browser or self.browser()
        return self.back(browser, self.there(browser))

    def person(self, name="nora"):
        return self.front.store.person(name)


@pytest.fixture
def desk(store, served):
    return Desk(store, served)


def refused(answer, words, status=403):
    assert answer.status_code == status, answer.text
    assert words in answer.text, answer.text
    assert "Traceback" not in answer.text
    assert not any(one.startswith(f"{PLAIN_COOKIE}=") for one in answer.headers.get_list("set-cookie"))
    return True


# ---- in and out


def test_who_comes_for_the_first_time_is_in_with_the_roles_of_their_groups(desk):
    desk.provider.claims |= {"groups": ["collections", "football"], "team": {"id": "ada"}}
    browser = desk.browser()

    done = desk.sign_in(browser)

    assert (done.status_code, done.headers["location"]) == (303, "/queue?account=C-3")
    assert browser.get("/queue", headers=PAGE).status_code == 200
    person = desk.person().person
    assert (person.name, person.roles, person.collector) == ("Nora Diaz", {"collector"}, "ada")
    assert desk.provider.proved()
    secret = base64.b64encode(f"{CLIENT}:a%20secret%20of%20the%20provider".encode()).decode()
    assert desk.provider.forms[-1]["authorization"] == f"Basic {secret}"
    assert desk.provider.forms[-1]["redirect_uri"] == f"{ADDRESS}/sign-in/company/back"


def test_every_change_of_people_by_the_company_is_in_the_audit_log_and_roles_given_here_stay(desk):
    desk.sign_in()
    desk.provider.claims["groups"] = "leads"
    desk.sign_in()
    Register(desk.front.store, lambda: desk.now, Actor("root", "admin")).set_roles("nora", ["collector"])

    assert desk.sign_in().status_code == 303

    assert desk.person().person.roles == {"collector"}
    with desk.front.store.engine.connect() as connection:
        found = [tuple(row) for row in connection.execute(sa.text("SELECT actor, action FROM audit_log ORDER BY seq"))]
    assert found == [("company", "person.add"), ("company", "person.roles"), ("root", "person.roles")]


def test_their_roles_follow_their_groups_and_without_any_they_stay_out(desk):
    desk.sign_in()
    desk.provider.claims["groups"] = "leads"
    assert desk.sign_in().status_code == 303
    assert desk.person().person.roles == {"manager", "analyst"}

    desk.provider.claims["groups"] = ["football"]

    assert refused(desk.sign_in(), "has no role here: nothing in &#34;groups&#34; gives one")
    desk.provider.claims |= {"sub": "u-18", "preferred_username": "paul"}
    assert refused(desk.sign_in(), "paul is signed in at the company and has no role here")
    assert desk.person("paul") is None


def test_the_last_administrator_stays_one_whatever_the_groups_say(desk):
    for name in ("root", "all"):
        desk.front.store.change(name, new_roles=["manager"]) or desk.front.store.change(name, disabled_at=NOW)
    desk.provider.claims["groups"] = ["it"]
    desk.sign_in()
    register = Register(desk.front.store, lambda: NOW)
    for kept in register.everybody():
        if "admin" in kept.person.roles and kept.person.person_id != "nora":
            register.disable(kept.person.person_id)

    desk.provider.claims["groups"] = ["collections"]

    assert desk.sign_in().status_code == 303
    assert desk.person().person.roles == {"admin"}


def test_the_company_s_button_is_the_one_action_of_the_form_in_both_languages(desk):
    browser = desk.browser()
    english, german = (browser.get("/sign-in", headers=PAGE | {"accept-language": one}).text for one in ("en", "de"))

    assert (english.count("primary"), german.count("primary")) == (1, 1)
    assert (english.count(" autofocus"), german.count(" autofocus")) == (1, 1)
    assert "Anmelden mit Ihrem Firmenkonto" in german
    assert english_of(german, re.compile(r"payrisk [a-z]+.*$")) == []


def test_a_password_of_the_desk_opens_it_as_before_and_the_form_offers_both(desk):
    browser = desk.browser()
    form = browser.get("/sign-in", headers=PAGE).text

    assert "Sign in with your company account" in form
    assert 'name="password"' in form
    assert browser.post("/sign-in", data={"name": "maria", "password": PASSWORD}).status_code == 303


def test_who_was_let_go_stays_out(desk):
    desk.sign_in()
    Register(desk.front.store, lambda: NOW).disable("nora")

    assert refused(desk.sign_in(), "nora cannot sign in any more")


def test_a_name_that_somebody_has_is_not_taken_over_until_it_is_said_to_be_theirs(desk):
    desk.provider.claims["preferred_username"] = "root"
    assert refused(desk.sign_in(), "payrisk people identity root u-17")

    Register(desk.front.store, lambda: NOW).identify("root", desk.provider.issuer, "u-17")

    assert desk.sign_in().status_code == 303
    assert desk.person("root").person.roles == {"admin"}


@pytest.mark.parametrize("name", ["", "a b", "<script>alert(1)</script>", "x" * 65, None, 7])
def test_a_name_that_is_none_is_refused_in_words(desk, name):
    desk.provider.claims["preferred_username"] = name

    assert refused(desk.sign_in(), "is no name to sign in with")


def test_the_session_ends_here_and_there_and_the_password_is_the_companys(desk):
    browser = desk.browser()
    desk.sign_in(browser)
    me = browser.get("/me", headers=PAGE).text
    sent = {FORM_FIELD: form_key(browser.cookies[PLAIN_COOKIE])}
    changed = browser.post("/me/password", data=sent | {"new_password": "four small grey doors"}, headers=PAGE)

    out = browser.post("/sign-out", data=sent)
    page = browser.get(out.headers["location"], headers=PAGE).text
    there = browser.get("/sign-in/company/out").headers["location"]

    assert "new_password" not in me
    assert (changed.status_code, "changed there" in changed.text) == (422, True)
    assert "Sign out of your company account too" in page
    assert browser.get("/queue", headers=PAGE).status_code == 303
    assert there.startswith(f"{desk.provider.issuer}/out?client_id={CLIENT}&post_logout_redirect_uri=http")


def test_without_a_provider_nothing_of_it_is_there(store):
    client = TestClient(app_of(store), base_url=ADDRESS)

    assert "company" not in client.get("/sign-in", headers=PAGE).text
    for path in ("/sign-in/company", "/sign-in/company/back", "/sign-in/company/out"):
        assert client.get(path).status_code == 404


def test_over_tls_the_way_back_is_the_name_that_was_asked_for_and_in_the_clear_nothing_begins(desk):
    tls = desk.browser("https://desk.example")
    led = tls.get("/sign-in/company")

    asked = dict(parse_qsl(urlsplit(led.headers["location"]).query))
    assert asked["redirect_uri"] == "https://desk.example/sign-in/company/back"
    assert led.headers["set-cookie"].startswith(f"{TLS_COOKIE}-under-way=")
    assert "Secure" in led.headers["set-cookie"]
    assert desk.browser("http://desk.example").get("/sign-in/company").status_code == 403


# ---- what must not let anybody in


def other_key(provider):
    key = ECKey.generate_key("P-256", {"kid": "one"})
    return lambda claims: jwt.encode({"alg": "ES256", "kid": "one"}, claims, key, algorithms=["ES256"])


def tampered(provider):
    def sign(claims):
        head, _, signature = provider.signed(claims).split(".")
        body = base64.urlsafe_b64encode(json.dumps(claims | {"groups": ["it"]}).encode()).decode().rstrip("=")
        return f"{head}.{body}.{signature}"

    return sign


def unsigned(provider):
    return lambda claims: ".".join([*(part(one) for one in ({"alg": "none"}, claims)), ""])


def part(told):
    return base64.urlsafe_b64encode(json.dumps(told).encode()).decode().rstrip("=")


def with_public_key_as_secret(provider):
    secret = OctKey.import_key(json.dumps(provider.key.as_dict(private=False)))
    return lambda claims: jwt.encode({"alg": "HS256", "kid": "one"}, claims, secret, algorithms=["HS256"])


FORGED = {
    "another key": other_key, "tampered": tampered, "alg none": unsigned, "shared secret": with_public_key_as_secret,
    "no token": lambda _: lambda claims: "a.b", "nothing": lambda _: lambda claims: 7,
}  # fmt: skip
AT = int(NOW.timestamp())
WRONG = {
    "expired": ({"exp": AT - 61}, "has expired"),
    "without an end": ({"exp": None}, "not for this sign-in"),
    "ends in words": ({"exp": "soon"}, "not for this sign-in"),
    "wrong nonce": ({"nonce": "of another sign-in"}, "not for this sign-in"),
    "no nonce": ({"nonce": None}, "not for this sign-in"),
    "wrong audience": ({"aud": "another-program"}, "not for this sign-in"),
    "several audiences": ({"aud": [CLIENT, "another"]}, "for another program"),
    "another party": ({"azp": "another"}, "for another program"),
    "wrong issuer": ({"iss": "https://evil.example"}, "not for this sign-in"),
    "of tomorrow": ({"nbf": AT + 3600}, "not "),
    "nobody": ({"sub": ""}, "not for this sign-in"),
    "a number": ({"sub": 7}, "not for this sign-in"),
}


@pytest.mark.parametrize("forge", FORGED.values(), ids=FORGED)
def test_a_token_that_the_provider_did_not_sign_lets_nobody_in(desk, forge):
    desk.provider.sign = forge(desk.provider)

    assert refused(desk.sign_in(), "was not accepted")
    assert desk.person() is None


@pytest.mark.parametrize(("change", "words"), WRONG.values(), ids=WRONG)
def test_a_token_for_something_else_lets_nobody_in(desk, change, words):
    desk.provider.change = lambda claims: {k: v for k, v in (claims | change).items() if v is not None}

    assert refused(desk.sign_in(), words)
    assert desk.person() is None


def test_a_way_back_is_gone_once_in_the_browser_that_began_and_in_time(desk):
    browser, other = desk.browser(), desk.browser()
    desk.there(other)
    told = desk.there(browser)
    assert refused(desk.back(other, told), "began in another browser")
    assert refused(desk.back(desk.browser(), told), "began in another browser")
    kept = dict(browser.cookies)
    assert desk.back(browser, told).status_code == 303

    again = desk.browser()
    again.cookies.update(kept)
    assert refused(desk.back(again, told), "finished already")
    late = desk.browser()
    told = desk.there(late)
    desk.now += LASTS + timedelta(seconds=1)
    assert refused(desk.back(late, told), "took too long")
    for nothing in ({}, {"state": "x"}, {"code": "y"}, {"error": "access_denied"}):
        assert refused(desk.back(desk.browser(), nothing), "finished already")


@pytest.mark.parametrize("told", [{"error": "access_denied"}, {"code": ""}, {"iss": "https://evil.example"}])
def test_who_gives_up_there_or_comes_from_elsewhere_is_not_in(desk, told):
    browser = desk.browser()

    assert refused(desk.back(browser, desk.there(browser) | told), "was not accepted")
    assert desk.provider.forms == []


def test_it_leads_to_no_other_site(desk):
    browser = desk.browser()

    done = desk.back(browser, desk.there(browser, "//evil.example"))

    assert (done.status_code, done.headers["location"]) == (303, "/")


# ---- a provider that does not answer as it should


def test_a_provider_that_cannot_be_reached_is_told_and_the_form_stays(desk):
    browser = desk.browser()
    told = desk.there(browser)
    desk.seconds += 3600
    desk.company.provider.settings = ProviderSettings("http://127.0.0.1:9", CLIENT, SECRET, ROLES)

    began = browser.get("/sign-in/company", headers=PAGE)
    desk.company.provider._kept.clear()
    came_back = desk.back(browser, {"state": told["state"], "code": "x"})

    for answer in (began, came_back):
        assert refused(answer, "it does not answer", 503)
        assert 'name="password"' in answer.text
    assert refused(browser.get("/sign-in/company/out", headers=PAGE), "it does not answer", 503)


def test_a_provider_that_did_not_answer_is_left_alone_for_a_while_so_that_nobody_waits_for_who_waits(desk, monkeypatch):
    asked, provider = [], desk.company.provider
    answered = provider._asked

    def silent(address, form=None):
        asked.append(address)
        raise ProviderUnreachable(provider.settings.issuer, "it does not answer")

    monkeypatch.setattr(provider, "_asked", silent)
    answers = [desk.browser().get("/sign-in/company", headers=PAGE) for _ in range(3)]
    assert all(refused(answer, "it does not answer", 503) for answer in answers)
    assert len(asked) == 1

    monkeypatch.setattr(provider, "_asked", answered)
    desk.seconds += AWAY_SECONDS + 1
    assert desk.sign_in().status_code == 303


@pytest.mark.parametrize(
    ("discovery", "words"),
    [
        ({"issuer": "https://evil.example"}, "calls itself by another name"),
        ({"authorization_endpoint": "http://login.example/authorize"}, "names no authorization_endpoint by https"),
        ({"authorization_endpoint": "file:///etc/passwd"}, "names no authorization_endpoint by https"),
        ({"authorization_endpoint": None}, "names no authorization_endpoint by https"),
    ],
)
def test_a_provider_that_leads_elsewhere_is_not_followed(desk, discovery, words):
    desk.provider.discovery = discovery

    assert refused(desk.browser().get("/sign-in/company", headers=PAGE), words, 503)


@pytest.mark.parametrize(("status", "words", "told"), [(400, "was refused", 403), (500, "it answers 500", 503),
                                                       (302, "it answers 302", 503)])  # fmt: skip
def test_a_code_that_is_not_taken_lets_nobody_in(desk, status, words, told):
    desk.provider.token_status = status

    assert refused(desk.sign_in(), words, told)


def test_a_new_key_of_the_provider_is_asked_for_but_not_at_every_word(desk):
    desk.sign_in()
    desk.provider.key = ECKey.generate_key("P-256", {"kid": "two", "use": "sig", "alg": "ES256"})

    assert refused(desk.sign_in(), "not signed as it should be")
    desk.seconds += AGAIN_SECONDS + 1
    assert desk.sign_in().status_code == 303


def test_the_secrets_of_a_sign_in_are_in_no_database_and_no_page(desk):
    browser = desk.browser()
    told = desk.there(browser)
    with desk.front.store.engine.connect() as connection:
        kept = "".join(connection.connection.iterdump())
    asked = desk.provider.asked

    for secret in (told["state"], asked["nonce"], browser.cookies[f"{PLAIN_COOKIE}-under-way"], SECRET):
        assert secret not in kept
        assert secret not in browser.get("/sign-in", headers=PAGE).text
    assert SECRET not in repr(desk.company.settings)


def test_a_session_of_somebody_else_in_the_browser_ends(desk):
    browser = desk.browser()
    browser.cookies[PLAIN_COOKIE] = session_of("maria")
    desk.sign_in(browser)

    old = desk.browser()
    old.cookies[PLAIN_COOKIE] = session_of("maria")
    assert old.get("/me", headers=PAGE | form_headers("maria")).status_code == 303
