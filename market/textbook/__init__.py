"""The textbook chain, in which compute is rented by the token: a small model of its own for what theory solves."""
