"""All that the daemon knows of tmux: one connection for commands, the session and its panes, what happens to them."""
