"""Users: types of people, segments of them, and their choice."""
