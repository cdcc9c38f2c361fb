"""What two states differ in, and who wrote it."""
