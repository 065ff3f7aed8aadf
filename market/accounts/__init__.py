"""Money: payments, profit statements, interest."""
