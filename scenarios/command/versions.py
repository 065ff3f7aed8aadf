"""What ``--version`` prints."""

import platform


def version_line() -> str:
    """Return the versions of the program, Python and Mesa, and the commit if this is a checkout."""
    from scenarios.provenance import provenance

    found = provenance()
    versions, commit = found["versions"], found["commit"]
    about = [f"Python {platform.python_version()}", f"Mesa {versions['mesa']}"]
    about += [f"commit {commit[:12]}{commit[40:]}"] if commit else []
    return f"tokenmarket {versions['tokenmarket']} ({', '.join(about)})"
