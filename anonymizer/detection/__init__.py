"""Detection: every recogniser reads the detection view and gives findings; none decides what happens."""
