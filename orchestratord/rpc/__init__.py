"""The Unix socket: JSON-RPC 2.0, one object a line, callers told by the kernel, every limit explicit."""
