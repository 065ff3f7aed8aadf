"""The answer to `show`: what can be changed in a scenario."""
