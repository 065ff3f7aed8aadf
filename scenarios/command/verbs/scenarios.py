"""``tokenmarket scenarios``."""


def scenarios_command() -> None:
    """List the scenarios and experiments that ship: name, title, and the question each answers."""
    from scenarios.command.catalogue import print_catalogue

    print_catalogue()
