"""Signing in: guessing, enumeration, fixation, replay, limits of time, foreign forms, cookies, tokens, floods."""

import asyncio
import re
import time
from datetime import timedelta
from urllib.parse import quote

import pytest
from starlette.testclient import TestClient
from web_clients import ADDRESS, NOW, PASSWORD, PEOPLE, app_of, cookies_of, front_of, session_of, url_of
from web_evenings import evening_of

from ledger.database import writing
from serving.people.front_door import IDLE, LONGEST
from serving.people.keys import digest
from serving.people.pace import Pace
from serving.people.passwords import Passwords
from serving.people.register import LINK_LASTS, Register
from serving.web import guard
from serving.web.door import PLAIN_COOKIE, TLS_COOKIE
from serving.web.forms import FORM_FIELD

PAGE = {"accept": "text/html"}


class Desk:
    """A desk whose clock a test moves, and browsers for it."""

    def __init__(self, store):
        self.now, self.store = NOW, store
        store.publish(evening_of())
        self.front = front_of(url_of(store), lambda: self.now)
        self.register = Register(self.front.store, lambda: self.now)
        self.app = app_of(store, front=self.front)

    def browser(self, base_url=ADDRESS, cookies=None, address="testclient", **settings):
        app = app_of(self.store, front=self.front, **settings) if settings else self.app
        return TestClient(
            app, base_url=base_url, cookies=cookies, client=(address, 1), follow_redirects=False,
            raise_server_exceptions=False,
        )  # fmt: skip

    def later(self, **more):
        self.now += timedelta(**more)


@pytest.fixture
def desk(store):
    return Desk(store)


def sign_in(browser, name="maria", password=PASSWORD, **more):
    return browser.post("/sign-in", data={"name": name, "password": password}, headers=PAGE, **more)


def is_in(browser):
    return browser.get("/queue", headers=PAGE).status_code == 200


def form_key_of(browser):
    return re.search(rf'name="{FORM_FIELD}" value="(\w+)"', browser.get("/me", headers=PAGE).text)[1]


# ---- in and out


def test_who_is_not_signed_in_is_led_to_the_form_and_then_to_where_they_wanted(desk):
    browser = desk.browser()

    led = browser.get("/queue?account=C-3&as_of=2026-03-31", headers=PAGE)
    form = browser.get(led.headers["location"], headers=PAGE)
    to = re.search(r'name="next" value="([^"]+)"', form.text)[1].replace("&amp;", "&")
    done = browser.post("/sign-in", data={"name": "Maria ", "password": PASSWORD, "next": to})

    assert (led.status_code, done.status_code) == (303, 303)
    assert done.headers["location"] == "/queue?account=C-3&as_of=2026-03-31"
    assert is_in(browser)


def test_a_program_that_is_not_signed_in_is_told_so(desk):
    answer = desk.browser().get("/api/v1/queues/today")

    assert (answer.status_code, answer.json()["code"]) == (401, "sign_in_needed")
    assert answer.headers["www-authenticate"] == "Bearer"
    assert answer.headers["content-type"] == "application/problem+json"


def test_signing_in_leads_to_no_other_site(desk):
    browser = desk.browser()

    for to in ("https://evil.example", "//evil.example", "/\\evil.example", "/x\r\nset-cookie: a=b", ""):
        done = browser.post("/sign-in", data={"name": "maria", "password": PASSWORD, "next": to})
        assert (done.status_code, done.headers["location"]) == (303, "/"), to


def test_a_cookie_that_was_taken_before_the_sign_out_opens_nothing_after_it(desk):
    browser = desk.browser()
    sign_in(browser)
    taken = dict(browser.cookies)

    out = browser.post("/sign-out", data={FORM_FIELD: form_key_of(browser)})

    assert (out.status_code, out.headers["location"]) == (303, "/sign-in")
    assert browser.cookies.get(PLAIN_COOKIE) is None
    assert not is_in(desk.browser(cookies=taken))


def test_a_session_that_was_planted_is_never_taken_over(desk):
    for planted in ("planted", session_of("ada")):
        answer = sign_in(desk.browser(cookies={PLAIN_COOKIE: planted}))

        assert f"{PLAIN_COOKIE}={planted};" not in answer.headers["set-cookie"]
        assert not is_in(desk.browser(cookies={PLAIN_COOKIE: planted}))


def test_a_session_ends_when_nobody_uses_it(desk):
    browser = desk.browser(cookies=cookies_of("maria"))

    for _ in range(3):
        desk.later(seconds=IDLE.total_seconds() - 1)
        assert is_in(browser)
    desk.later(seconds=IDLE.total_seconds() + 60)

    assert not is_in(browser)


def test_a_session_ends_after_a_working_day_however_busy(desk):
    browser = desk.browser(cookies=cookies_of("maria"))

    while desk.now - NOW < LONGEST:
        assert is_in(browser)
        desk.later(minutes=90)
    desk.later(minutes=1)

    assert not is_in(browser)


def test_a_page_waits_for_nobody_who_writes(desk):
    browser = desk.browser(cookies=cookies_of("maria"))
    desk.later(minutes=5)

    with writing(desk.front.store.engine):
        began = time.monotonic()
        assert is_in(browser)
        assert time.monotonic() - began < 5
    assert desk.front.store.session(digest(session_of("maria"))).seen_at == NOW

    assert is_in(browser)
    assert desk.front.store.session(digest(session_of("maria"))).seen_at == desk.now


def test_who_is_let_go_is_out_at_once(desk):
    browser = desk.browser(cookies=cookies_of("maria"))
    assert is_in(browser)

    desk.register.disable("maria")

    assert not is_in(browser)
    assert sign_in(desk.browser()).status_code == 403


def test_other_roles_count_from_the_next_page_on(desk):
    browser = desk.browser(cookies=cookies_of("maria"))

    desk.register.set_roles("maria", ["admin"])

    assert browser.get("/queue").status_code == 404


# ---- guessing


def test_a_wrong_password_an_unknown_name_a_machine_and_who_left_get_one_answer(desk):
    desk.register.disable("bob")

    answers = [
        sign_in(desk.browser(), name, password)
        for name, password in [("maria", "wrong"), ("nobody", PASSWORD), ("erp", PASSWORD), ("bob", PASSWORD)]
    ]

    assert {answer.status_code for answer in answers} == {403}
    texts = {re.sub(r'id="name" name="name" value="\w*"', "", answer.text) for answer in answers}
    assert len(texts) == 1
    assert not any("set-cookie" in answer.headers for answer in answers)


def test_an_unknown_name_is_compared_as_long_as_a_known_one(desk, monkeypatch):
    compared, passwords = [], desk.front.passwords
    real = passwords.hasher.verify
    monkeypatch.setattr(
        type(passwords.hasher), "verify", lambda self, kept, told: (compared.append(kept[:25]), real(kept, told))[1]
    )

    for name in ("maria", "nobody"):
        sign_in(desk.browser(), name, "wrong")

    assert len(compared) == 2
    assert compared[0] == compared[1]


def test_no_more_than_ten_guesses_a_minute_are_looked_at(desk):
    browser, looked_at = desk.browser(), 0

    for _ in range(60):
        looked_at += sign_in(browser, password="guess").status_code == 403
        desk.later(seconds=1)

    assert 5 <= looked_at <= 10


def test_while_guessing_is_delayed_the_right_password_is_no_better_and_afterwards_it_is(desk):
    browser = desk.browser()
    while (refused := sign_in(browser, password="guess")).status_code == 403:
        pass

    right = sign_in(browser)
    assert (refused.status_code, right.status_code) == (429, 429)
    assert right.text == refused.text
    assert int(right.headers["retry-after"]) >= 1

    desk.later(seconds=int(right.headers["retry-after"]))
    assert sign_in(browser).status_code == 303


def test_guesses_at_an_unknown_name_are_delayed_alike(desk):
    known, unknown = (
        [sign_in(desk.browser(address=name), name, "guess").status_code for _ in range(8)] for name in ("maria", "none")
    )

    assert known == unknown
    assert 429 in known


def test_a_colleague_is_not_kept_out_by_who_guesses_at_their_name_from_elsewhere(desk):
    for _ in range(12):
        sign_in(desk.browser(address="203.0.113.9"), password="guess")

    assert sign_in(desk.browser(address="192.0.2.1")).status_code == 303


def test_one_name_is_not_guessed_at_from_a_thousand_addresses(desk):
    looked_at = sum(
        sign_in(desk.browser(address=f"203.0.113.{n}"), password="guess").status_code == 403 for n in range(40)
    )

    assert looked_at <= 20


def test_one_address_does_not_try_one_password_on_a_thousand_names(desk):
    looked_at = sum(sign_in(desk.browser(), f"person{n}", PASSWORD).status_code == 403 for n in range(80))

    assert looked_at <= 50


def test_a_whole_office_behind_one_address_comes_in(desk):
    names = [person.person_id for person in PEOPLE if not person.is_service]

    assert {sign_in(desk.browser(), names[n % len(names)]).status_code for n in range(70)} == {303}


def test_failures_are_forgotten_after_a_quarter_of_an_hour(desk):
    for _ in range(8):
        sign_in(desk.browser(), password="guess")
    desk.later(minutes=16)

    assert [sign_in(desk.browser(), password="guess").status_code for _ in range(5)] == [403] * 5


# ---- one-time links


def test_a_link_signs_in_once_and_looking_at_it_spends_nothing(desk):
    path = f"/sign-in/{desk.register.link('maria')}"

    looks = [desk.browser().get(path, headers=PAGE) for _ in range(2)]
    first, second = desk.browser(), desk.browser()
    answers = [browser.post(path, headers=PAGE) for browser in (first, second)]

    assert all("Sign in as Maria" in look.text for look in looks)
    assert [answer.status_code for answer in answers] == [303, 404]
    assert (is_in(first), is_in(second)) == (True, False)
    assert "opens nothing any more" in answers[1].text


def test_a_link_that_is_too_old_or_of_one_who_left_opens_nothing(desk):
    old, of_one_who_left = (f"/sign-in/{desk.register.link(name)}" for name in ("maria", "ada"))
    desk.register.disable("ada")
    assert desk.browser().post(of_one_who_left).status_code == 404

    desk.later(seconds=LINK_LASTS.total_seconds() + 1)

    answers = [desk.browser().post(old, headers=PAGE), desk.browser().get(old, headers=PAGE)]
    assert {answer.status_code for answer in answers} == {404}
    assert desk.browser().get("/sign-in/never-was-one", headers=PAGE).text == answers[1].text


def test_who_comes_by_link_sets_a_password_without_the_old_one_and_other_sessions_end(desk):
    elsewhere, browser = desk.browser(cookies=cookies_of("maria")), desk.browser()
    browser.post(f"/sign-in/{desk.register.link('maria')}")

    done = browser.post(
        "/me/password", data={FORM_FIELD: form_key_of(browser), "new_password": "four small grey doors"}
    )

    assert done.status_code == 303
    assert (is_in(browser), is_in(elsewhere)) == (True, False)
    assert sign_in(desk.browser()).status_code == 403
    assert sign_in(desk.browser(), password="four small grey doors").status_code == 303


@pytest.mark.parametrize(
    ("old", "new", "told"),
    [
        ("wrong", "four small grey doors", "do not belong together"),
        (PASSWORD, "short", "12 to 200 characters"),
        (PASSWORD, "x" * 201, "12 to 200 characters"),
    ],
)
def test_a_password_is_changed_with_the_old_one_to_a_good_one(desk, old, new, told):
    browser = desk.browser(cookies=cookies_of("maria"))
    sent = {FORM_FIELD: form_key_of(browser), "old_password": old, "new_password": new}

    answer = browser.post("/me/password", data=sent, headers=PAGE)

    assert (answer.status_code, told in answer.text) == (422, True)
    assert sign_in(desk.browser()).status_code == 303


# ---- foreign forms


@pytest.mark.parametrize("told", [None, "", "wrong", "ü", "0" * 64])
def test_a_form_without_its_key_changes_nothing(desk, told):
    browser = desk.browser(cookies=cookies_of("maria"))

    answer = browser.post("/sign-out", data={} if told is None else {FORM_FIELD: told})

    assert (answer.status_code, answer.json()["code"]) == (403, "foreign_form")
    assert is_in(browser)


def test_the_key_of_another_session_is_not_taken(desk):
    others = form_key_of(desk.browser(cookies=cookies_of("ada")))

    assert desk.browser(cookies=cookies_of("maria")).post("/sign-out", data={FORM_FIELD: others}).status_code == 403


@pytest.mark.parametrize(
    ("headers", "status"),
    [
        ({"origin": "https://evil.example"}, 403),
        ({"origin": "null"}, 403),
        ({"origin": "http://127.0.0.1:9999"}, 403),
        ({"sec-fetch-site": "cross-site"}, 403),
        ({"sec-fetch-site": "same-site"}, 403),
        ({"sec-fetch-site": "cross-site", "origin": ADDRESS}, 403),
        ({"origin": ADDRESS}, 303),
        ({"sec-fetch-site": "same-origin", "origin": "null"}, 303),
    ],
)
def test_a_form_of_another_site_is_refused_with_the_right_key_and_at_the_sign_in_too(desk, headers, status):
    browser = desk.browser(cookies=cookies_of("maria"))

    assert browser.post("/sign-out", data={FORM_FIELD: form_key_of(browser)}, headers=headers).status_code == status
    data = {"name": "maria", "password": PASSWORD}
    assert desk.browser().post("/sign-in", data=data, headers=headers).status_code == status


# ---- cookies and the way they travel


def test_over_tls_the_cookie_is_bound_to_the_host_and_on_loopback_it_has_a_plain_name(desk):
    tls, plain = desk.browser("https://desk.example", trusted_hosts=["desk.example"]), desk.browser()

    over_tls, over_http = (sign_in(browser).headers.get_list("set-cookie") for browser in (tls, plain))

    for name, kept in (("", ""), ("-device", "Max-Age=15552000; ")):
        assert re.fullmatch(rf"{TLS_COOKIE}{name}=\S+; HttpOnly; {kept}Path=/; SameSite=lax; Secure", over_tls.pop(0))
        assert re.fullmatch(rf"{PLAIN_COOKIE}{name}=\S+; HttpOnly; {kept}Path=/; SameSite=lax", over_http.pop(0))
    assert (is_in(tls), is_in(plain)) == (True, True)


def test_a_plain_cookie_counts_for_nothing_over_tls_and_no_secret_is_taken_in_the_clear(desk):
    tls = desk.browser("https://desk.example", cookies_of("maria"), trusted_hosts=["desk.example"])
    clear = desk.browser("http://desk.example", cookies_of("maria"), trusted_hosts=["desk.example"])
    token = desk.register.token("erp", ["read"])[0]

    assert not is_in(tls)
    assert not is_in(clear)
    assert sign_in(clear).status_code == 403
    assert "https" in clear.get("/sign-in", headers=PAGE).text
    assert clear.get("/api/v1/queues/today", headers={"authorization": f"Bearer {token}"}).status_code == 401


def test_the_key_in_a_cookie_is_not_in_the_database(desk):
    browser = desk.browser()
    sign_in(browser)
    path = desk.register.link("maria")
    token, _ = desk.register.token("erp", ["read"], days=30)

    with desk.front.store.engine.connect() as connection:
        kept = "".join(connection.connection.iterdump())

    for secret in (browser.cookies[PLAIN_COOKIE], path, token, PASSWORD):
        assert secret not in kept


def test_a_password_is_kept_as_argon2id_at_the_strength_that_is_told():
    kept = Passwords().hashed(PASSWORD)

    assert kept.startswith("$argon2id$v=19$m=19456,t=2,p=1$")
    assert Passwords().hashed(PASSWORD) != kept  # each with a salt of its own
    assert [Passwords().matches(kept, told) for told in (PASSWORD, PASSWORD + "x")] == [True, False]


# ---- tokens


def test_a_token_reads_what_its_scope_says_until_it_ends(desk):
    key, token = desk.register.token("erp", ["read"], days=30)
    program = desk.browser()

    def status(path="/api/v1/queues/today", told=key):
        return program.get(path, headers={"authorization": f"Bearer {told}"}).status_code

    assert (status(), status("/queue"), status(told="payrisk_x"), status(told="")) == (200, 404, 401, 401)
    desk.later(days=31)
    assert status() == 401

    key, token = desk.register.token("erp", ["read"])
    assert status(told=key) == 200
    desk.register.end_token("erp", token.token_id)
    assert status(told=key) == 401


# ---- floods


def test_a_body_that_is_too_large_is_refused(desk):
    whole = desk.browser().post("/sign-in", content=b"x" * 70_000)
    form = {"content-type": "application/x-www-form-urlencoded", **PAGE}
    unannounced = desk.browser().post("/sign-in", content=iter([b"x" * 40_000] * 2), headers=form)

    assert (whole.status_code, unannounced.status_code) == (413, 413)
    assert whole.headers["content-type"].startswith("text/plain")
    assert "Go to the queue" in unannounced.text


def test_a_body_that_does_not_come_is_not_waited_for(desk, monkeypatch):
    monkeypatch.setattr(guard, "BODY_SECONDS", 0.05)
    sent = []

    async def a_part_and_no_more():
        if sent:
            await asyncio.sleep(30)
        sent.append("part")
        return {"type": "http.request", "body": b"name=", "more_body": True}

    async def collect(message):
        sent.append(message)

    headers = [(b"host", b"127.0.0.1"), (b"content-type", b"application/x-www-form-urlencoded")]
    asked = {"type": "http", "http_version": "1.1", "method": "POST", "path": "/sign-in", "query_string": b""}
    scope = {**asked, "scheme": "http", "headers": headers, "client": ("127.0.0.1", 1), "server": ("127.0.0.1", 80)}
    asyncio.run(asyncio.wait_for(desk.app(scope, a_part_and_no_more, collect), 10))

    assert sent[1]["status"] == 408


def test_a_form_of_a_thousand_fields_signs_nobody_in(desk):
    sent = "&".join(["a=b"] * 1_000) + f"&name=maria&password={PASSWORD.replace(' ', '+')}"

    answer = desk.browser().post(
        "/sign-in", content=sent, headers={"content-type": "application/x-www-form-urlencoded", **PAGE}
    )

    assert answer.status_code == 403


def test_who_asks_too_often_is_told_how_long_to_wait_and_others_are_not(desk):
    pace = Pace(per_second=1, at_once=5, seconds=lambda: 100.0)
    app = app_of(desk.store, front=desk.front, pace=pace)
    maria, ada = (TestClient(app, base_url=ADDRESS, cookies=cookies_of(name)) for name in ("maria", "ada"))

    answers = [maria.get("/api/v1/queues/today") for _ in range(6)]

    assert [answer.status_code for answer in answers] == [200] * 5 + [429]
    assert (answers[5].json()["code"], answers[5].headers["retry-after"]) == ("try_later", "2")
    assert ada.get("/api/v1/queues/today").status_code == 200


def test_hostile_names_and_keys_are_text(desk):
    browser, form = desk.browser(), {"content-type": "application/x-www-form-urlencoded", **PAGE}

    for hostile in ("<script>alert(1)</script>", "' OR 1=1 --", "\0", "\udce4", "\ufdfa" * 500, "{{7*7}}"):
        told = hostile.encode("utf-8", "surrogateescape")
        answer = browser.post("/sign-in", content=b"name=%s&password=%s" % (quote(told).encode(), told), headers=form)
        assert answer.status_code in (403, 429)
        assert "<script>alert" not in answer.text
        for header, value in ((b"authorization", b"Bearer " + told), (b"cookie", b"payrisk=" + told)):
            strange = {b"accept": b"text/html", header: value.replace(b"\0", b"")}
            assert browser.get("/queue", headers=strange).status_code == 303
