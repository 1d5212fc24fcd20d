"""From a ledger to the desk: every reason that is told leads to its documents, and they say the same."""

from starlette.testclient import TestClient

from payrisk import desk_app
from payrisk.arguments import open_gate
from serving.why.evidence import feature_behind


def test_every_reason_of_the_desk_opens_its_documents_and_none_disagrees(payrisk, invoices):
    payrisk("import", invoices, "--as-of", "2026-03-31")
    payrisk("queue")
    gate = open_gate()
    client = TestClient(desk_app.web_app(gate, "127.0.0.1"), base_url="http://127.0.0.1")
    gate.register.first_administrator()
    client.post(f"/sign-in/{gate.register.link('admin')}", follow_redirects=False)

    codes = {reason["code"] for reason in client.get("/api/v1/accounts/C-1").json()["reasons"]}
    answers = [client.get(f"/api/v1/accounts/C-1/evidence/{code}") for code in codes if feature_behind(code)]
    gate.close()

    assert "overdue_amount_invoices" in codes
    assert [answer.status_code for answer in answers] == [200] * len(answers)
    assert all(answer.json()["rows"] for answer in answers)
    assert False not in [answer.json()["agrees"] for answer in answers]
