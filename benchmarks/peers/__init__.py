"""The supervisors we are measured beside, one file each, with one face: :class:`benchmarks.peers.peer.Peer`."""
