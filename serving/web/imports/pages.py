"""The page of imports: bring files, see how they are read, answer what is asked, and have the account of every row."""

from typing import Any

from fastapi import APIRouter, Request
from fastapi.responses import HTMLResponse, RedirectResponse, Response
from starlette.concurrency import run_in_threadpool

from ledger.errors import PayriskError
from serving.etags import etag
from serving.imports.asked import Asked
from serving.imports.errors import TwoHeaders
from serving.imports.import_store import FileImport
from serving.imports.room import ImportAnswer, ImportRoom
from serving.web.forms import UPLOADS, form_of
from serving.web.imports import words
from serving.web.imports.api import ROWS, Who, brought, set_aside_file
from serving.web.navigation import may
from serving.web.pages import Pages
from serving.web.problems import of_error
from serving.web.uploads import ANY_SIZE

Json = dict[str, Any]

HISTORY, ROWS_ON_PAGE, ROWS_LOOKED_AT = 20, 5, 2_000
OPTION_FIELDS = ("as_of", "mode", "date_order", "decimal", "currency")
"""Options that the page has fields for; the others are said over the API and by the command."""


def imports_page_router(room: ImportRoom, pages: Pages) -> APIRouter:
    """The routes below `/imports`."""
    router = APIRouter(include_in_schema=False)
    pages.templates.globals.update(import_words=words)

    @router.get("/imports")
    def imports(cursor: str | None = None) -> HTMLResponse:
        """The import that somebody waits for, or the last one."""
        newest = room.newest(HISTORY)
        waiting = [one for one in newest if one.state in ("asking", "running", "uploaded")]
        return pages.show("imports.html", **imports_page(room, next(iter([*waiting, *newest]), None), cursor))

    @router.get("/imports/{import_id}")
    def one_import(import_id: str, cursor: str | None = None) -> HTMLResponse:
        """One import."""
        return pages.show("imports.html", **imports_page(room, room.one(import_id), cursor))

    @router.get("/imports/{import_id}/set-aside.csv")
    def set_aside(import_id: str, file: int = 0) -> Response:
        """The rows that were set aside, as a file to correct."""
        return set_aside_file(room, import_id, max(file, 0))

    @router.post("/imports", max_body_size=ANY_SIZE)
    async def bring(request: Request, who: Who) -> Response:
        """Take files in; how they are read is shown before anything is imported."""
        answer = await brought(request, room, who, {"review": "yes"})
        return RedirectResponse(f"/imports/{answer.body['id']}", status_code=303)

    @router.post("/imports/{import_id}/answers")
    async def answer(request: Request, import_id: str, who: Who) -> Response:
        """Take an answer, and go on."""
        form = await form_of(request)
        try:
            await run_in_threadpool(_answer, room, import_id, form, who)
        except PayriskError as error:
            told = of_error(error)
            one = await run_in_threadpool(room.one, import_id)
            page = await run_in_threadpool(imports_page, room, one, None)
            return pages.show("imports.html", told["status"], **page | {"alert": told, "sent": form})
        return RedirectResponse(f"/imports/{import_id}", status_code=303)

    setattr(bring, UPLOADS, room.most_bytes)
    return router


def imports_page(room: ImportRoom, one: FileImport | None, cursor: str | None) -> Json:
    """What the page shows: one import, the account of its rows or of the last one that has one, and the history."""
    named = may(ROWS)
    history = room.newest(HISTORY + 1, cursor)
    accounted = one if one is not None and one.report else next((past for past in history if past.state == "done"), one)
    month, mappings = room.month(), room.mappings()
    newest = max((past.report["as_of"] for past in history if _is_export(past) and past.report), default=None)
    return {
        "one": None if one is None else room.body(one, named=named),
        "accounted": None if accounted is None or not accounted.report else room.body(accounted, named=named),
        "rows": _some_rows(room, accounted.import_id) if accounted is not None and named else [],
        "set_aside_files": len(room.spool.set_aside_files(accounted.import_id)) if accounted is not None else 0,
        "version": None if one is None else one.version,
        "asked": None if one is None else Asked(**one.asked),
        "history": [room.body(past, named=named, short=True) for past in history[:HISTORY]],
        "next_cursor": history[HISTORY - 1].import_id if len(history) > HISTORY else None,
        "this_month": len(month),
        "refused_this_month": sum(_is_refused(past) for past in month),
        "newest_day": newest,
        "mappings": mappings,
        "suggested_name": None if one is None else words.mapping_slug(one.files, mappings),
        "named": named,
        "brings": may("/imports", "POST"),
        "most_mb": room.most_bytes // 2**20,
        "alert": None,
        "sent": {},
    }


def _some_rows(room: ImportRoom, import_id: str) -> list[Json]:
    """A few rows that were set aside, of each reason the first one before others."""
    rows = room.rows(import_id, 0, ROWS_LOOKED_AT)
    firsts = {row["reason"]: at for at, row in reversed(list(enumerate(rows)))}
    order = sorted(range(len(rows)), key=lambda at: (firsts[rows[at]["reason"]] != at, at))
    return [rows[at] for at in sorted(order[:ROWS_ON_PAGE])]


def _is_refused(one: FileImport) -> bool:
    """Whether it was the importer that refused it; people leave imports too."""
    return one.state == "refused" and (one.problem or {}).get("code") not in ("withdrawn", "not_answered")


def _is_export(one: FileImport) -> bool:
    return one.state == "done" and bool((one.report or {}).get("is_export"))


def _answer(room: ImportRoom, import_id: str, form: dict[str, str], who: Any) -> None:
    """An answer from the page's form: a button of the question, or the columns and options as they stand in it."""
    one = room.one(import_id)
    options = {name: form[name] for name in OPTION_FIELDS if name in form}
    read = _read_as(one)
    columns = _chosen(one, form)
    option, _, value = form.get("answer", "").partition("=")
    if option == "columns" and one.question:
        columns = read | {one.question["column"]: value}
    elif option == "leave_out":
        columns = {name: header for name, header in read.items() if name != value}
    elif option:
        options |= {option: value}
    save_as = form.get("save_as", "").strip()
    go = form.get("go") == "yes"
    if columns == read and not (save_as and (go or one.asked["columns"])):
        columns = None  # nothing was said anew
    elif columns is None and save_as and go:
        columns = read
    said = ImportAnswer(options, columns, save_as, go, form.get("withdraw") == "yes")
    room.answer(import_id, said, who, etag(form["version"]) if "version" in form else None)


def _read_as(one: FileImport) -> dict[str, str]:
    """Canonical column → header, as the files are read now."""
    columns = [column for table in one.preview or [] for column in table["columns"]]
    return {column["read_as"]: column["header"] for column in columns if column["read_as"] and column["header"]}


def _chosen(one: FileImport, form: dict[str, str]) -> dict[str, str] | None:
    """Canonical column → header, as chosen in the form; a header without a field stays as it is read."""
    if not any(name.startswith("read_as.") for name in form):
        return None
    chosen: dict[str, str] = {}
    for at, table in enumerate(one.preview or []):
        for place, column in enumerate(table["columns"]):
            name = form.get(f"read_as.{at}.{place}", column["read_as"])
            if name and chosen.get(name, column["header"]) != column["header"]:
                raise TwoHeaders(words.column_name(name), chosen[name], column["header"])
            if name and column["header"]:
                chosen[name] = column["header"]
    return chosen
