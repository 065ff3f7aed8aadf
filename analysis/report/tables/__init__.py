"""The tables of a report as HTML, each with a line on how to read it."""
