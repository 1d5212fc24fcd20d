"""The API of the audit log: who did what, entry by entry, with what its chain is checked by."""

from dataclasses import asdict
from typing import Annotated, Any

from fastapi import APIRouter, Query, Request
from fastapi.responses import Response

from serving.audit.audit_store import Reader, newest_entries
from serving.audit.chain import Entry
from serving.people.person import Person
from serving.published.store import ServingStore
from serving.tabular.lists import audit_table
from serving.web.file_kinds import Wanted, list_of, page_size
from serving.web.operations.schemas import AuditOut
from serving.web.parameters import PAGE_LINES, Limit, responses


def audit_router(store: ServingStore) -> APIRouter:
    """`GET /api/v1/audit`."""
    router = APIRouter(prefix="/api/v1/audit", tags=["operations"])

    @router.get("", responses=responses(AuditOut, is_list=True))
    def audit(
        request: Request,
        wanted: Wanted,
        cursor: Annotated[int | None, Query(ge=1, le=2**31 - 1, description="next_cursor of the page before")] = None,
        limit: Limit = None,
    ) -> Response:
        """The entries of the audit log, the newest first: an administrator's all, a manager's those about accounts, and
        everybody's own. Each holds the hash of the entry before it; `payrisk verify-audit` follows the chain."""
        count = page_size(wanted, limit, PAGE_LINES)
        with store.reading() as connection:
            found = newest_entries(connection, reader_of(request.state.person), count + 1, cursor)
        items = [_entry(one) for one in found[:count]]
        body = {"items": items, "next_cursor": items[-1]["seq"] if len(found) > count else None}
        return list_of(request, wanted, body, audit_table, "audit")

    return router


def reader_of(person: Person) -> Reader:
    """What the roles of a person let them read of the log."""
    return Reader(person.person_id, accounts="manager" in person.roles, everything="admin" in person.roles)


def _entry(one: Entry) -> dict[str, Any]:
    return {"seq": one.seq, **asdict(one.change), "prev_hash": one.prev_hash, "hash": one.hash}
