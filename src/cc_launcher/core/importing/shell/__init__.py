"""What start files and scripts of shells set, read as text and never run."""
