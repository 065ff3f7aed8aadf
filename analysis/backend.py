"""Figures go into files and pages, never onto a screen, whatever backend the environment asks matplotlib for."""

import os


def draw_into_files() -> None:
    """Choose matplotlib's backend for a program of ours; to be called before matplotlib is imported.

    An environment that names an unknown backend, or one whose libraries are missing, would stop the import.
    """
    os.environ["MPLBACKEND"] = "agg"
