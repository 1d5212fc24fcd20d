"""The books of an evening, to the cent: what a controller shows, and what proves it.

Read `aging_report.py` first (what is open, by how late it is), then `reconcile.py` (whether it ties, also with another
book: `control.py`, read from a file by `control_file.py`) and `roll_forward.py` (how one evening became a later one;
`entries.py` has what moved in between). `past_evenings.py` has the book on many evenings, each as it was known then.
`conversion.py` tells any of it in one currency.
"""
