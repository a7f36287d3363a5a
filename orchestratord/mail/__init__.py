"""Messages: what they are, where they are kept, and how they get into a pane."""
