"""The versions of the model at the desk: `version_shelf.py` tells of them, `version_changes.py` puts one to use."""
