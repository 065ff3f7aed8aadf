"""Tables made of results."""
