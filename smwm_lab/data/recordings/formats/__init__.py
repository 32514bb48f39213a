"""Recordings on disk: a reader per kind of file, and the writer of HDF5."""
