"""What can be asked of the daemon: one file a verb; the socket, the web and the documents are made from these."""
