"""Detection: recognisers read the detection view and give findings; none decides what happens."""
