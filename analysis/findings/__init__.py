"""What results say of the questions asked, in verdicts and sentences."""
