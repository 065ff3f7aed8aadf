"""The content commons: what people and models write, and what it does to the models trained on it."""
