"""Who calls, and what that caller may do: roles, callers, the kernel's word on a peer, tokens."""
