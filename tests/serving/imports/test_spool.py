"""The folder of imports: what an upload left behind whose process ended is swept, and nothing else."""

import os

from serving.imports.spool import Spool


def test_folders_of_no_import_are_swept_once_they_are_old(tmp_path):
    spool = Spool(tmp_path / "imports")
    known, abandoned, under_way = (spool.begin() for _ in range(3))
    newest = spool.begin()
    for import_id in (known, abandoned):
        spool.new_file(import_id, 0, "a.csv").write_text("a", encoding="utf-8")
        for path in (spool.folder / import_id, *(spool.folder / import_id).rglob("*")):
            os.utime(path, (0, 0))

    spool.sweep({known}, newest)

    assert spool.here() == {known, under_way, newest}


def test_files_keep_their_order_and_names_whatever_they_are_called(tmp_path):
    spool = Spool(tmp_path / "imports")
    import_id = spool.begin()
    names = ["b.csv", "a.csv", "../../x", "a.csv", *(f"{n}.csv" for n in range(8)), "…" * 200 + ".csv"]
    for number, name in enumerate(names):
        spool.new_file(import_id, number, name).write_text(name, encoding="utf-8")

    paths = spool.files(import_id)

    assert [path.read_text(encoding="utf-8") for path in paths] == names
    assert [path.name for path in paths][:4] == ["b.csv", "a.csv", "x", "a.csv"]
    assert all(len(path.name.encode()) <= 150 for path in paths)
    assert all(path.is_relative_to(spool.folder / import_id) for path in paths)
