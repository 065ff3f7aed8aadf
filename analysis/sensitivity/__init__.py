"""Which inputs decide a measure, and its sign: from the runs of a sensitivity study."""
