"""One file a command; orchestratorctl.app lists them."""
