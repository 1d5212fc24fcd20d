"""Persons at the gate: copied, kept, erased, and swept from the files of the home too.

The database is changed in one transaction first; then what the home keeps beside it is thrown away: columns of the
ledger, outputs of daily runs, rows that imports set aside. Ended in between, the next `payrisk privacy` command does
the rest before its own work.
"""

from collections.abc import Iterable
from contextlib import suppress
from datetime import date
from pathlib import Path
from typing import TYPE_CHECKING, Any

from ledger.days import NEVER, to_date, to_day
from ledger.errors import EmptyLedger
from ledger.frames import where
from ledger.lookup import whole
from serving.imports.import_store import OPEN, ImportStore
from serving.imports.spool import Spool
from serving.morning.alone import alone
from serving.morning.outputs import forget_but
from serving.privacy.copying import copy_of
from serving.privacy.errors import MustBeKept, NoReason, NotAnAdministrator
from serving.privacy.keeping import Keeping, keeping_of, last_days
from serving.privacy.personal_store import Asked, PersonalStore
from serving.privacy.retention import older_than

if TYPE_CHECKING:
    from ledger.view import LedgerView
    from payrisk.gate import Gate

Json = dict[str, Any]

SHORTEST_WORD = 4
"""Letters of a word from which its place in a file is told: shorter ones stand everywhere."""

MOST_BYTES = 256 * 2**20
"""Of a file that is looked through."""


class Privacy:
    """The commands about persons.

    Raises, all of them: `NotAnAdministrator` where there are administrators and `by` is none, `NoReason`.
    """

    def __init__(self, gate: "Gate") -> None:
        self.gate, self.store = gate, PersonalStore(gate.store)

    def export(self, customer_id: str, by: str) -> Json:
        """The copy of what is stored of a person. Raises `NobodyKnown`."""
        found = self.store.copied(customer_id, self._asked(by, "request"))
        recorded: list[Json] = []
        below: int | None = None
        while True:
            page = self.gate.recorder.recorded(customer_id, below=below, limit=500)
            recorded += page["items"]
            if page["next_cursor"] is None:
                break
            below = int(page["next_cursor"])
        gone = self.store.erased().get(customer_id)
        return copy_of(customer_id, found, recorded, None if gone is None else gone.erased_at)

    def erase(self, customer_id: str, by: str, reason: str) -> Json:
        """Erase a person. Raises `NobodyKnown`, `MustBeKept`, `NamesThePerson`."""
        asked = self._asked(by, reason)
        self.store.require_known(customer_id)
        if why := self._keeping().why(customer_id):
            raise MustBeKept(customer_id, why)
        return self._erased([customer_id], asked)

    def retention(self, day: date, *, erase: bool, by: str = "", reason: str = "") -> Json:
        """The persons with whom nothing happened since a day: who may go, and who is kept and why; erased if asked."""
        asked = self._asked(by, reason) if erase else None
        view = self._view()
        found = older_than(to_day(day), self._last_days(view), _classes(view), self._keeping(), self._gone())
        goes = [one.customer_id for one in found if not one.why]
        body: Json = {
            "older_than": day.isoformat(),
            "dry_run": not erase,
            "goes": [{"customer_id": one.customer_id, "last_on": _iso(one.last_on)} for one in found if not one.why],
            "kept": [
                {"customer_id": one.customer_id, "last_on": _iso(one.last_on), "why": list(one.why)}
                for one in found
                if one.why
            ],
        }
        return {**body, **self._erased(goes, asked)} if asked else body

    def hold(self, customer_id: str, by: str, reason: str) -> Json:
        """Keep a person from being erased. Raises `NobodyKnown`, `HeldAlready`."""
        self.store.hold(customer_id, self._asked(by, reason))
        return {"customer_id": customer_id, "held": True}

    def release(self, customer_id: str, by: str, reason: str) -> Json:
        """Let a person be erased again. Raises `NotHeld`."""
        self.store.release(customer_id, self._asked(by, reason))
        return {"customer_id": customer_id, "held": False}

    def readmit(self, customer_id: str, by: str, reason: str) -> Json:
        """Let imports tell the name of an erased person again. Raises `NotErased`."""
        self.store.readmit(customer_id, self._asked(by, reason))
        return {"customer_id": customer_id, "readmitted": True}

    def _erased(self, customers: Iterable[str], asked: Asked) -> Json:
        words: set[str] = set()
        erased: list[Json] = []
        for customer_id in customers:
            words |= set(self.store.words_of(customer_id))
            lists = self.store.erase(customer_id, asked)
            erased.append({"customer_id": customer_id, "lists": lists})
        swept, why = self._swept()
        return {"erased": erased, "swept": swept, "why_not": why, "found_in": self._found_in(words)}

    def _asked(self, by: str, reason: str) -> Asked:
        if not reason.strip():
            raise NoReason
        everybody = self.gate.register.everybody()
        admins = sorted(one.person.person_id for one in everybody if "admin" in one.person.roles and not one.disabled)
        if admins and by not in admins:
            raise NotAnAdministrator(by, admins)
        self._finish()
        return Asked(by, reason, self.gate.now)

    def _finish(self) -> None:
        """What an erasure that was ended left in files."""
        if any(not one.swept for one in self.store.erased().values()):
            self._swept()

    def _swept(self) -> tuple[bool, str]:
        """Throw away what holds words beside the tables; whether all of it is gone, and else why not."""
        if not self.store.erased():
            return True, ""
        folder = self.gate.settings.home / "runs"
        folder.mkdir(exist_ok=True)
        with alone(folder / ".alone") as here:
            if not here:
                return False, "a daily run is under way, and its files may hold the name"
            forget_but(folder, ())
        try:
            self.gate.ledger.forget_columns()
        except OSError as error:
            return False, f"the columns of the ledger cannot be removed ({error.strerror or error})"
        if not self.store.compact():
            return False, "somebody reads or writes the database, so that its file could not be written anew"
        if why := self._imports_swept():
            return False, why
        self.store.remember_swept()
        return True, ""

    def _imports_swept(self) -> str:
        """Forget what imports set aside, and files that a process which was killed left behind; why not, where files of
        an import that has not ended are in the way."""
        imports, spool = ImportStore(self.gate.store), Spool(self.gate.settings.import_folder)
        now = spool.begin()
        spool.sweep(imports.ids(), now)
        spool.drop(now)
        with alone(spool.turn) as nobody_works:
            if not nobody_works:
                return "an import is under way, and its files may hold the name"
            spool.forget_rows()
            waiting = imports.in_state(*OPEN)
            for ended in spool.here() & imports.ids() - {one.import_id for one in waiting}:
                spool.drop_files(ended)
        if waiting:
            return f"an import waits, and its files may hold the name ({waiting[0].names})"
        coming = spool.here() - imports.ids()
        return "files are being uploaded, or were within the last hour, and may hold the name" if coming else ""

    def _found_in(self, words: Iterable[str]) -> list[str]:
        """Files of the home that hold one of these words all the same: people put them there."""
        needles = [word.encode("utf-8", "replace") for word in words if len(word) >= SHORTEST_WORD]
        return [str(path) for path in _files(self.gate.settings.home) if needles and _holds(path, needles)]

    def _keeping(self) -> Keeping:
        return keeping_of(self._view(), self.store.holds())

    def _view(self) -> "LedgerView | None":
        try:
            return self.gate.ledger.as_of(max(self.gate.ledger.newest_day(), self.gate.today))
        except EmptyLedger:
            return None

    def _last_days(self, view: "LedgerView | None") -> dict[str, int]:
        found = {} if view is None else last_days(view)
        for customer, day in self.store.last_recorded().items():
            found[customer] = max(found.get(customer, 0), to_day(date.fromisoformat(day)))
        return found

    def _gone(self) -> frozenset[str]:
        return frozenset(who for who, one in self.store.erased().items() if not one.readmitted)


def _classes(view: "LedgerView | None") -> dict[str, str]:
    if view is None:
        return {}
    valid = where(view.customers, whole(view.customers["superseded_on"]) == NEVER)
    return dict(zip(valid["customer_id"].astype(str), valid["debtor_class"].astype(str), strict=True))


def _iso(day: int) -> str:
    return to_date(day).isoformat()


def _files(home: Path) -> Iterable[Path]:
    return sorted(path for path in home.rglob("*") if path.is_file() and not path.is_symlink())


def _holds(path: Path, needles: Iterable[bytes]) -> bool:
    with suppress(OSError):
        if path.stat().st_size <= MOST_BYTES:
            content = path.read_bytes()
            return any(needle in content for needle in needles)
    return False
