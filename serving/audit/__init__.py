"""Who changed what, and that nobody rewrote it since.

`chain.py` hashes each entry over the one before and finds the first that is not as it was written; `audit_store.py`
appends entries in the transaction of the change; `shelf_audit.py` enters
changes of the version in use; `anchors.py` keeps the end of the chain outside of the store, for a
chain alone does not notice that its tail was cut.
"""
