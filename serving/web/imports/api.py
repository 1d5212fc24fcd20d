"""The API of imports: bring files, see how one stands, answer it, and have the rows that were set aside."""

from typing import Annotated, Any

from fastapi import APIRouter, Body, Depends, Header, Query, Request
from fastapi.responses import JSONResponse, Response
from starlette.concurrency import run_in_threadpool

from ledger.desk_journal import Connection
from serving.activities.key_store import Answer, sent_of
from serving.etags import etag
from serving.imports.asked import Asked, checked_options
from serving.imports.errors import NothingSetAside
from serving.imports.import_store import FileImport
from serving.imports.room import ACCEPTED, Bringer, ImportAnswer, ImportRoom
from serving.people.person import Person
from serving.tabular.shelf_lists import imports_table, set_aside_table
from serving.web.door import DoorFirst
from serving.web.file_kinds import CSV, Wanted, file_answer, list_of, page_size
from serving.web.forms import UPLOADS
from serving.web.imports.schemas import AnswerIn, ImportOut, ImportsOut, QuarantineOut
from serving.web.navigation import may
from serving.web.parameters import Limit, responses
from serving.web.uploads import ANY_SIZE, Upload, receive_whole
from serving.web.writes import KEY_AT_WORK, Key, actor, request_id_of, version_problems, writes

PAGE = 50
ROWS = "/api/v1/imports/{import_id}/quarantine"
"""Whoever may see the rows that were set aside may see cells of the files elsewhere too."""

ANSWERS = "POST answers"
"""What the idempotency keys of answers belong to."""

_BROUGHT = writes(
    ImportOut,
    {
        400: "the body is not what it says it is",
        408: "the body came too slowly",
        409: KEY_AT_WORK,
        413: "more bytes than a file may have (PAYRISK_MAX_FILE_MB)",
        507: "no room is left for the files",
    },
    status=ACCEPTED,
)
_ANSWERED = writes(
    ImportOut,
    {
        **version_problems("somebody else answered first, or it went on"),
        409: f"it asks nothing, any more or yet, or {KEY_AT_WORK}",
    },
    status=ACCEPTED,
)
IfMatch = Annotated[str | None, Header(description="the ETag of the import: the version that the answer is made on")]
_FILES = {
    "requestBody": {
        "required": True,
        "description": "one file as it is (`?name=`), or several as multipart/form-data; options stand in the query, "
        "or as fields beside the files",
        "content": {
            "multipart/form-data": {
                "schema": {
                    "type": "object",
                    "properties": {"file": {"type": "array", "items": {"type": "string", "format": "binary"}}},
                }
            },
            "application/octet-stream": {"schema": {"type": "string", "format": "binary"}},
        },
    }
}


def imports_api_router(room: ImportRoom) -> APIRouter:
    """The routes below `/api/v1/imports`."""
    router = APIRouter(prefix="/api/v1/imports", tags=["imports"], route_class=DoorFirst)

    @router.post("", openapi_extra=_FILES, max_body_size=ANY_SIZE, **_BROUGHT)
    async def bring(request: Request, who: Who, idempotency_key: Key = None) -> JSONResponse:
        """Bring files that belong together: one import, all of them or nothing. It runs at its turn; look at it until
        its state is done, refused or failed, or asking: then it waits for an answer. `review=yes` has it wait for a
        word before anything is loaded; the other options are those of `payrisk import`."""
        answer = await brought(request, room, who, dict(request.query_params), idempotency_key)
        return JSONResponse(answer.body, answer.status, headers={"location": f"/api/v1/imports/{answer.body['id']}"})

    @router.get("", responses=responses(ImportsOut, is_list=True))
    def imports(
        request: Request,
        wanted: Wanted,
        cursor: Annotated[str | None, Query(max_length=400, description="next_cursor of the page before")] = None,
        limit: Limit = None,
    ) -> Response:
        """The imports, those that came last first; by commands too."""
        count = page_size(wanted, limit, PAGE)
        found = room.newest(count + 1, cursor)
        shown = [room.body(one, named=may(ROWS), short=True) for one in found[:count]]
        body = {"items": shown, "next_cursor": shown[-1]["id"] if len(found) > count else None}
        return list_of(request, wanted, body, imports_table, "imports")

    @router.get("/{import_id}", responses=responses(ImportOut))
    def one_import(import_id: str) -> JSONResponse:
        """One import: how it stands, what it asks, how its files are read, and what became of every row."""
        one = room.one(import_id)
        return JSONResponse(room.body(one, named=may(ROWS)), headers={"ETag": etag(one.version)})

    @router.get("/{import_id}/quarantine", responses=responses(QuarantineOut, is_list=True))
    def quarantine(
        request: Request,
        import_id: str,
        wanted: Wanted,
        cursor: Annotated[int, Query(ge=0, le=2**31 - 1, description="next_cursor of the page before")] = 0,
        limit: Limit = None,
        file: Annotated[int | None, Query(ge=0, le=10_000, description="a file of rows to correct; from 0")] = None,
    ) -> Response:
        """The rows that were set aside, and why. `file=0` gives those of the first file whole, as the CSV of `payrisk
        import --quarantine`: to correct, and to bring again with `mode=append`."""
        if file is not None:
            return set_aside_file(room, import_id, file)
        room.one(import_id)
        count = page_size(wanted, limit, PAGE)
        rows = room.rows(import_id, cursor, count + 1)
        body = {"items": rows[:count], "next_cursor": cursor + count if len(rows) > count else None}
        return list_of(request, wanted, body, set_aside_table, "set-aside")

    @router.post("/{import_id}/answers", **_ANSWERED)
    def answer(
        import_id: str,
        said: Annotated[AnswerIn, Body()],
        who: Who,
        if_match: IfMatch = None,
        idempotency_key: Key = None,
    ) -> JSONResponse:
        """Answer an import that asks."""

        sent = sent_of(who.actor.person_id, ANSWERS, idempotency_key, [import_id, said.model_dump()])

        def answer_of(one: FileImport) -> Answer:
            # The answer may be kept for a day, so no cell of the files stands in it: they are shown by GET alone.
            body = room.body(one, named=False, short=True)
            return Answer(ACCEPTED, 0, {"etag": etag(one.version), "import": body})

        def keep(connection: Connection) -> None:
            if (one := room.imports.read(connection, import_id)) is not None:
                room.once.keep(connection, sent, answer_of(one))

        def work() -> Answer:
            return answer_of(room.answer(import_id, ImportAnswer(**said.model_dump()), who, if_match, keep))

        told = room.once.answer(sent, work)
        return JSONResponse(told.body["import"], told.status, headers={"ETag": told.body["etag"]})

    setattr(bring, UPLOADS, room.most_bytes)
    return router


def bringer(request: Request) -> Bringer:
    """The person or machine that is let in."""
    person: Person = request.state.person
    via = "api" if request.url.path.startswith("/api/") else "page"
    return Bringer(actor(request), person.name, via, request_id_of(request))


Who = Annotated[Bringer, Depends(bringer)]


async def brought(
    request: Request, room: ImportRoom, who: Bringer, said: dict[str, str], key: str | None = None
) -> Answer:
    """Files from a request into the spool, and an import of them; nothing stays of what is refused.

    Args:
        said: options by name, beside those that stand before the files.
    """
    _asked(said)  # what cannot be used is said before a file is sent
    import_id = await run_in_threadpool(room.begin, who.actor.person_id)
    try:
        if request.headers.get("content-type", "").lower().startswith("multipart/"):
            upload: Upload = getattr(request.state, "upload", None) or Upload(request, room.most_bytes)
            files = await upload.receive(lambda number, name: room.spool.new_file(import_id, number, name))
            said = said | {name: value for name, value in upload.fields.items() if name not in _OURS}
        else:
            path = room.spool.new_file(import_id, 0, said.get("name", "upload"))
            files = [await receive_whole(request, room.most_bytes, path)]
        asked = _asked(said)
    except BaseException:
        room.spool.drop(import_id)
        raise
    # It drops them itself: its thread goes on where this request is given up, and may have taken them in by then.
    return await run_in_threadpool(room.submit, import_id, files, asked, who, key)


_OURS = frozenset({"form_key"})
_BESIDE = frozenset({"name", "mapping", "review"})


def _asked(said: dict[str, str]) -> Asked:
    options = checked_options({name: text for name, text in said.items() if name not in _BESIDE and text.strip()})
    return Asked(said.get("mapping", "").strip(), options, review=said.get("review") == "yes")


def set_aside_file(room: ImportRoom, import_id: str, number: int) -> Response:
    """One file of rows that were set aside, to correct and import again. Raises `UnknownImport`, `NothingSetAside`."""
    room.one(import_id)
    files = room.spool.set_aside_files(import_id)
    if number >= len(files):
        raise NothingSetAside
    return file_answer(files[number].read_bytes(), f"{CSV}; charset=utf-8", "".join(_plain(files[number].name)))


def _plain(name: str) -> Any:
    """A file's name as a header may have it."""
    return (char if char.isascii() and (char.isalnum() or char in "-_.") else "_" for char in name)
