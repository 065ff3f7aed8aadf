"""Many runs: planned, handed out, kept."""
