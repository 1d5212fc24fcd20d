"""Why an import over the desk is not taken in, or not answered."""

from ledger.errors import PayriskError
from ledger.words import shown


class UnknownImport(PayriskError):
    """No import of that id."""

    code = "unknown_import"
    field = "import_id"

    def __init__(self, import_id: str) -> None:
        super().__init__(f'There is no import "{import_id[:60]}".')


class NothingSetAside(PayriskError):
    """No file of rows that were set aside."""

    code = "nothing_set_aside"

    def __init__(self) -> None:
        super().__init__("No row of this import was set aside.")


class NotAsking(PayriskError):
    """An answer to an import that asks nothing, any more or yet."""

    code = "not_asking"
    remedy = "Look at the import again: somebody may have answered, or it may be under way."

    def __init__(self, state: str) -> None:
        super().__init__(f"The import asks nothing: it is {state}. Nothing was changed.")


class ImportVersionMissing(PayriskError):
    """An answer that does not say to which question it is one."""

    code = "if_match_missing"
    field = "If-Match"
    remedy = "Send the ETag of GET /api/v1/imports/{import_id} as If-Match."

    def __init__(self) -> None:
        super().__init__("An answer must say which version of the import it was made on.")


class ImportChanged(PayriskError):
    """Somebody else answered first, or the import went on."""

    code = "import_changed"
    field = "If-Match"
    remedy = "Look at the import as it stands now, and answer that."

    def __init__(self) -> None:
        super().__init__("The import is another one than the answer was made on: somebody answered, or it went on.")


class NoAnswer(PayriskError):
    """An answer that settles nothing."""

    code = "no_answer"
    field = "body"

    def __init__(self) -> None:
        super().__init__("The answer says nothing. Expected options, columns, go or withdraw.")


class NameNeeded(PayriskError):
    """Columns said anew that are not saved under a name yet."""

    code = "mapping_name_needed"
    field = "save_as"

    def __init__(self) -> None:
        super().__init__(
            "What the columns mean was said anew, so it needs a name to be saved under: the name is the source of its "
            "exports, this one and those of the next nights."
        )


class MappingExists(PayriskError):
    """A new mapping under the name of another."""

    code = "mapping_exists"
    field = "save_as"

    def __init__(self, name: str) -> None:
        super().__init__(f'There is a mapping "{name}" already. Take another name, or begin with that mapping.')


class TwoHeaders(PayriskError):
    """Two headers that are both said to be one column."""

    code = "two_headers"
    field = "columns"

    def __init__(self, name: str, one: str, other: str) -> None:
        super().__init__(f'"{shown(one)}" and "{shown(other)}" cannot both be the {name}. Leave one of them unused.')


class NoFiles(PayriskError):
    """An upload without a file, or with one that has no name."""

    code = "no_files"
    field = "file"

    def __init__(self) -> None:
        super().__init__("No file came. Choose one or several: CSV, Excel or Parquet.")


class TooManyFiles(PayriskError):
    """More files than one import has."""

    code = "too_many_files"
    field = "file"

    def __init__(self, most: int) -> None:
        super().__init__(f"More than {most} files came. Import them in parts.")


class UploadTooLarge(PayriskError):
    """More bytes than a file may have."""

    code = "too_large"
    field = "file"

    def __init__(self, most: int) -> None:
        super().__init__(
            f"More than {most:,} bytes came, and nothing of it was kept. Bring it in parts; for exports, "
            "PAYRISK_MAX_FILE_MB says how many they may have."
        )


class UploadTooSlow(PayriskError):
    """A body that does not come."""

    code = "upload_too_slow"
    remedy = "Send it again over a better connection."

    def __init__(self) -> None:
        super().__init__("The file came too slowly, and nothing of it was kept.")


class UploadBroken(PayriskError):
    """A body that is not what it says it is."""

    code = "upload_broken"

    def __init__(self, why: str) -> None:
        super().__init__(f"The upload could not be read ({why}); nothing of it was kept. Send it again.")


class NoRoomForFiles(PayriskError):
    """A disk that is full, or a folder that may not be written."""

    code = "no_room_for_files"

    def __init__(self, why: str) -> None:
        super().__init__(f"The file could not be kept ({why}); nothing of it is there. Make room, then send it again.")


class TooManyWaiting(PayriskError):
    """More imports than one person may have waiting."""

    code = "too_many_waiting"

    def __init__(self, most: int) -> None:
        super().__init__(f"{most} imports wait already. Answer or withdraw them first.")


class ImportRunning(PayriskError):
    """Another import has its turn."""

    code = "import_running"

    def __init__(self, who: str, files: str) -> None:
        what = f"{who} imports {files}" if who else "Another import is running"
        super().__init__(
            f"{what} right now, and two at once are not done. Nothing was changed; run it again afterwards."
        )
