"""The verbs of the command line, a file each: what may be said after it, and what it calls when it is said."""
