"""One HTML page that answers the question of a run or a batch."""
