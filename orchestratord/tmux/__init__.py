"""Everything that is known about tmux: where its server is, how it is spoken to, what a session and its panes are."""
